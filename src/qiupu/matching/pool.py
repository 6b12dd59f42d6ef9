"""The texts of one side, ready to be asked by the other: words and vectors, language by language, then made comparable.

For a query and each language of the pool apart, similarities are standardised (mean 0, spread 1), parts are added by fixed
weights, and most of the mean of the three best is taken off, so that no language wins by being the query's own (the
query's side of CSLS, Conneau et al. 2018, arXiv 1710.04087). Nothing depends on which other queries are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qiupu.matching.dense import DensePool, Given, Matrix, Shape, centre, centre_rows, language_means
from qiupu.matching.fit import Weights
from qiupu.matching.postings import Postings
from qiupu.matching.terms import Terms
from qiupu.text import has_lexicon

Rows = NDArray[np.int64]
WORDS_WEIGHT = 0.2
WORDS_ALONE = 1.5
NEIGHBOURS = 3
CORRECTION = 0.7
SMALL = 10.0
"""A language's mean and spread are drawn towards the whole pool's as though that stood for ten documents."""
CORRECTION_SMALL = 20.0
COARSE_FROM = 20_000
CANDIDATES = 300
EACH = 80
"""Of a large language group: how many are looked at exactly for both together, and for meaning and words alone."""
BLOCK = 8_000_000


@dataclass(frozen=True)
class Query:
    """A text that asks: its terms, and its vector when there are vectors."""

    terms: Terms
    vector: Matrix | None


@dataclass(frozen=True)
class Relevance:
    """What the texts say for some documents of the pool; all three arrays are parallel, in rising order of ``rows``."""

    rows: Rows
    meaning: Matrix
    words: Matrix
    language: Matrix

    @property
    def points(self) -> Matrix:
        """The sum."""
        return self.meaning + self.words + self.language

    def weighed(self, weights: Weights, *, with_meaning: bool) -> Relevance:
        """Return the same under the multipliers of meaning and words; the languages' levelling goes with the leading one."""
        if weights.meaning == weights.words == 1:
            return self
        meaning, words = np.float32(weights.meaning), np.float32(weights.words)
        return Relevance(
            self.rows, self.meaning * meaning, self.words * words, self.language * (meaning if with_meaning else words)
        )


class _Group:
    """The documents of one language."""

    def __init__(self, language: str, rows: Rows, terms: Sequence[Terms]) -> None:
        self.language = language
        self.rows = rows
        self.own = Postings([terms[row].own for row in rows])
        self.shared = Postings([terms[row].shared for row in rows])
        self.dense: DensePool | None = None

    def attach(self, dense: DensePool) -> None:
        """Add the vectors of the group's documents."""
        self.dense = dense
        if len(self.rows) > COARSE_FROM:
            dense.prepare_coarse()

    def words(self, queries: Sequence[Query]) -> Matrix:
        """Return BM25: own words where the language is the query's, English stems across languages.

        Where no dictionary joins the two languages, chance words (a year, an abbreviation) would decide; then, if there are
        vectors, words say nothing.
        """
        same = [place for place, query in enumerate(queries) if query.terms.language == self.language]
        across = [place for place, query in enumerate(queries) if query.terms.language != self.language and self._joins(query)]
        out = np.zeros((len(queries), len(self.rows)), dtype=np.float32)
        if same:
            out[same] = self.own.scores([queries[place].terms.own for place in same])
        if across:
            out[across] = self.shared.scores([queries[place].terms.shared for place in across])
        return out

    def _joins(self, query: Query) -> bool:
        return self.dense is None or (has_lexicon() and {self.language, query.terms.language} == {"zh", "en"})


def _shrunk(means: Matrix, variances: Matrix, sizes: NDArray[np.float64]) -> tuple[Matrix, Matrix]:
    """Draw each group's mean and variance (shape ``(groups, ...)``) towards the whole pool's; return mean and spread."""
    share = sizes.reshape(-1, *([1] * (means.ndim - 1)))
    total = sizes.sum()
    mean_all = (share * means).sum(axis=0) / total
    variance_all = (share * (variances + means**2)).sum(axis=0) / total - mean_all**2
    mean = (share * means + SMALL * mean_all) / (share + SMALL)
    variance = (share * variances + SMALL * np.maximum(variance_all, 0)) / (share + SMALL)
    return mean.astype(np.float32), np.sqrt(np.maximum(variance, 1e-8)).astype(np.float32)


class Pool:
    """Documents to be asked.

    Parameters
    ----------
    terms : sequence of Terms
        One per document.
    shape, vectors
        The vectors as the embedder gave them, shape ``(documents, shape.size)``; ``None`` for words only.
    """

    def __init__(self, terms: Sequence[Terms], shape: Shape | None = None, vectors: Given | None = None) -> None:
        self.size = len(terms)
        self.shape = shape
        languages = np.array([one.language for one in terms], dtype=np.str_)
        self.means: Mapping[str, Matrix] = {}
        self._groups = [_Group(str(name), np.flatnonzero(languages == name), terms) for name in np.unique(languages)]
        if shape is not None and vectors is not None:  # after the words, whose building needs much memory for a moment
            self.means = language_means(shape, vectors, languages)
            for group in self._groups:
                is_large = len(group.rows) > COARSE_FROM
                centred = centre_rows(shape, vectors, group.rows, language=group.language, means=self.means, half=is_large)
                group.attach(DensePool(shape, centred))

    @cached_property
    def rarity(self) -> Mapping[str, float]:
        """How rare each word is among the documents of its own language."""
        found: dict[str, float] = {}
        for group in self._groups:
            for term, rarity in zip(group.own.terms, group.own.rarity.tolist(), strict=True):
                found[term] = max(found.get(term, 0.0), rarity)
        return found

    def centre_queries(self, queries: Sequence[Query]) -> Matrix | None:
        """Return the queries' vectors, centred by the pool's means."""
        if self.shape is None or not queries:
            return None
        empty = np.zeros(self.shape.size, dtype=np.float32)
        vectors = np.array([empty if query.vector is None else query.vector for query in queries], dtype=np.float32)
        languages = np.array([query.terms.language for query in queries], dtype=np.str_)
        return centre(self.shape, vectors, languages, self.means)

    def ask(self, queries: Sequence[Query]) -> list[Relevance]:
        """Return, for each query, what the texts say for each document (of a large pool, for the likeliest ones)."""
        answers: list[Relevance] = []
        step = max(1, min(512, BLOCK // max(self.size, 1)))
        for begin in range(0, len(queries), step):
            answers += self._ask_block(queries[begin : begin + step])
        return answers

    def _ask_block(self, queries: Sequence[Query]) -> list[Relevance]:
        if not self._groups:
            empty = np.zeros(0, dtype=np.float32)
            return [Relevance(np.zeros(0, dtype=np.int64), empty, empty, empty) for _ in queries]
        sizes = np.array([len(group.rows) for group in self._groups], dtype=np.float64)
        words = [group.words(queries) for group in self._groups]
        mean, spread = _shrunk(
            np.array([block.mean(axis=1) for block in words]), np.array([block.var(axis=1) for block in words]), sizes
        )
        scaled = self._scaled(queries, sizes)
        weight = WORDS_ALONE if scaled is None else WORDS_WEIGHT
        for place, block in enumerate(words):
            words[place] = (block - mean[place][:, None]) * (weight / spread[place])[:, None]
        pieces: list[list[tuple[Rows, Matrix, Matrix, float]]] = [[] for _ in queries]
        for place, group in enumerate(self._groups):
            asked = None if scaled is None else scaled[place]
            for number, piece in enumerate(self._pieces(group, asked, words[place])):
                pieces[number].append(piece)
        return [self._joined(parts) for parts in pieces]

    def _scaled(self, queries: Sequence[Query], sizes: NDArray[np.float64]) -> list[tuple[Matrix, Matrix]] | None:
        """Return, for each group, the queries scaled so that a product gives the weighted standard scores, less a constant."""
        centred = self.centre_queries(queries)
        if centred is None or self.shape is None:
            return None
        moments = [group.dense.moments(centred) for group in self._groups if group.dense is not None]
        mean, spread = _shrunk(np.array([m for m, _ in moments]), np.array([v for _, v in moments]), sizes)
        weights = np.array(self.shape.weights, dtype=np.float32)
        filled = np.stack([np.abs(centred[:, part]).max(axis=1) > 0 for part in self.shape.parts()], axis=1)
        found = []
        for place in range(len(self._groups)):
            factor = np.where(filled, weights / spread[place], 0)
            factors = np.repeat(factor, self.shape.spans, axis=1).astype(np.float32)
            found.append((centred * factors, (factor * mean[place]).sum(axis=1).astype(np.float32)))
        return found

    def _pieces(
        self, group: _Group, asked: tuple[Matrix, Matrix] | None, words: Matrix
    ) -> list[tuple[Rows, Matrix, Matrix, float]]:
        everything = np.arange(len(group.rows))
        if asked is None or group.dense is None:
            return [(group.rows, np.zeros_like(row), row, _correction(row, len(everything))) for row in words]
        scaled, constant = asked
        if group.dense.coarse is None:
            meaning = scaled @ group.dense.vectors.T - constant[:, None]
            return [(group.rows, m, w, _correction(m + w, len(everything))) for m, w in zip(meaning, words, strict=True)]
        rough = group.dense.project(scaled) @ group.dense.coarse.T
        found = []
        for number, row in enumerate(words):
            near = np.argpartition(rough[number], -EACH)[-EACH:]
            worded = np.argpartition(row, -EACH)[-EACH:]
            both = np.argpartition(rough[number] + row, -CANDIDATES)[-CANDIDATES:]
            chosen = np.unique(np.concatenate([near, worded, both]))
            exact = group.dense.similar(chosen, scaled[number]) - constant[number]
            found.append((group.rows[chosen], exact, row[chosen], _correction(exact + row[chosen], len(everything))))
        return found

    @staticmethod
    def _joined(parts: Sequence[tuple[Rows, Matrix, Matrix, float]]) -> Relevance:
        rows = np.concatenate([part[0] for part in parts])
        order = np.argsort(rows, kind="stable")
        return Relevance(
            rows[order],
            np.concatenate([part[1] for part in parts])[order],
            np.concatenate([part[2] for part in parts])[order],
            np.concatenate([np.full(len(part[0]), part[3], dtype=np.float32) for part in parts])[order],
        )


def _correction(points: Matrix, size: int) -> float:
    """Return what a language's scores lose: most of the mean of their three best, less in a small group."""
    best = np.sort(np.partition(points, -NEIGHBOURS)[-NEIGHBOURS:]) if len(points) > NEIGHBOURS else points
    return float(-CORRECTION * size / (size + CORRECTION_SMALL) * best.mean())
