"""Every pair's features for the needs that people decided on, laid out once, so that many weights can be tried on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from qiupu.errors import N_, InputError
from qiupu.matching.dense import Shape
from qiupu.matching.fit import Side, Weights, fit, record_share
from qiupu.matching.items import FEATURES, Capability, Need, Record
from qiupu.matching.pool import Pool, Query
from qiupu.matching.postings import Postings
from qiupu.matching.terms import terms_of
from qiupu.text import Embedder

Numbers = NDArray[np.float64]
RecordsAt = Callable[[datetime], Mapping[str, Record]]
"""The records of capabilities (by id) as they were known at an instant."""
UNIT = Weights(
    met=(1.0,) * len(FEATURES), contradicted=(-1.0,) * len(FEATURES), record=1.0, meaning=1.0, words=1.0
)  # what a feature gives with this is the feature itself
NAMES = ("meaning", "words", *(f"{name}:met" for name in FEATURES), *(f"{name}:contradicted" for name in FEATURES), "record")


@dataclass(frozen=True)
class Pairs:
    """Features of all pairs; the points of a pair are ``features @ vector_of(weights)``.

    Attributes
    ----------
    needs, capabilities : list of str
        Ids, sorted.
    features : array of shape (needs, capabilities, len(NAMES))
        The last column, the record, is 0 here: it depends on the instant.
    allowed : array of bool of shape (needs, capabilities)
        False where a demand forbids the pair, both are of one organisation, or the texts were not compared.
    keywords : array of shape (needs, capabilities)
        Plain BM25 over words and Chinese character pairs: no vectors, no dictionary, no structure.
    """

    needs: list[str]
    capabilities: list[str]
    features: NDArray[np.float32]
    allowed: NDArray[np.bool_]
    keywords: NDArray[np.float32]
    records_at: RecordsAt | None
    record_half: float

    def record(self, when: datetime) -> Numbers:
        """Return the record feature of each capability as it was known at an instant; 0 when nobody keeps records."""
        known = {} if self.records_at is None else self.records_at(when)
        return np.array([record_share(known.get(one), self.record_half) for one in self.capabilities])

    def at(self, need: int, when: datetime) -> Numbers:
        """Return the features of one need's pairs at an instant."""
        found: Numbers = self.features[need].astype(np.float64)
        found[:, -1] = self.record(when)
        return found


def vector_of(weights: Weights) -> Numbers:
    """Return weights in the order of ``NAMES``."""
    return np.array([weights.meaning, weights.words, *weights.met, *weights.contradicted, weights.record])


def weights_of(vector: Numbers, like: Weights) -> Weights:
    """Return the weights of a vector, with the other settings of ``like``."""
    values, size = [round(float(one), 4) for one in vector], len(FEATURES)
    return Weights(
        meaning=values[0],
        words=values[1],
        met=tuple(values[2 : 2 + size]),
        contradicted=tuple(values[2 + size : 2 + 2 * size]),
        record=values[-1],
        record_half=like.record_half,
    )


def lay_out(
    needs: Sequence[Need],
    capabilities: Sequence[Capability],
    *,
    embedder: Embedder | None,
    record_half: float,
    records_at: RecordsAt | None = None,
) -> Pairs:
    """Compare all needs with all capabilities."""
    asked = sorted(needs, key=lambda one: one.id)
    held = sorted(capabilities, key=lambda one: one.id)
    texts = [one.text for one in held]
    terms = [terms_of(text) for text in texts]
    vectors = None if embedder is None else embedder.encode(texts, "passage")
    pool = Pool(terms, None if embedder is None else Shape.of(embedder), vectors)
    questions = [one.text for one in asked]
    given = None if embedder is None else embedder.encode(questions, "query")
    queries = [Query(terms_of(text), None if given is None else given[place]) for place, text in enumerate(questions)]
    right = Side(held, UNIT, texts=texts)
    left = Side(asked, UNIT, like=right, texts=questions)
    features = np.zeros((len(asked), len(held), len(NAMES)), dtype=np.float32)
    allowed = np.zeros((len(asked), len(held)), dtype=bool)
    first = 0 if embedder is not None else 1
    for place, relevance in enumerate(pool.ask(queries)):
        features[place, relevance.rows, 0] = relevance.meaning
        features[place, relevance.rows, 1] = relevance.words
        features[place, relevance.rows, first] += relevance.language
        fitting = fit(left, place, right, asking_is_need=True)
        features[place, :, 2 : 2 + len(FEATURES)] = np.maximum(fitting.states, 0).T
        features[place, :, 2 + len(FEATURES) : -1] = np.maximum(-fitting.states, 0).T
        allowed[place, relevance.rows] = True
        allowed[place] &= ~fitting.forbidden.any(axis=0) & ~fitting.own
    plain = Postings([one.own for one in terms])
    keywords = plain.scores([query.terms.own for query in queries]) if queries else np.zeros((0, len(held)), dtype=np.float32)
    return Pairs([one.id for one in asked], [one.id for one in held], features, allowed, keywords, records_at, record_half)


def check_decided(needs: Sequence[Need], capabilities: Sequence[Capability], ids: Sequence[tuple[str, str]]) -> None:
    """Raise ``InputError`` when a decision names a need or a capability that is not given."""
    known = {one.id for one in needs}, {one.id for one in capabilities}
    for pair in ids:
        for name, some in zip(pair, known, strict=True):
            if name not in some:
                raise InputError(
                    N_("A decision names {id}, which is not among those given."),
                    cure=N_("Give it too, or leave the decision out."),
                    code="unknown-id",
                    id=name,
                )
