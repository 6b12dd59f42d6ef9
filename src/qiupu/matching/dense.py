"""Vectors of a pool: centred within their language, and asked so that the languages compare.

In a pool of two languages, raw multilingual vectors find their own language first, whatever the meaning. Taking each
language's mean off (Libovický et al. 2020, doi:10.18653/v1/2020.findings-emnlp.150) mends most of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Union

import numpy as np
from numpy.typing import NDArray

from qiupu.text import Embedder
from qiupu.text.reference import REFERENCE_STRENGTH, reference_mean

Matrix = NDArray[np.float32]
Given = Union[NDArray[np.float32], NDArray[np.float16], "Stacked"]
"""Vectors as they are kept: half the bytes are enough before centring."""
Centred = NDArray[np.float32] | NDArray[np.int16]
_STEPS = np.float32(32767)
"""Steps from 0 to 1 of a component that is kept in 16 bits: whole numbers turn into floats far quicker than half floats do."""
COARSE = 64
_SAMPLE = 4000
MOMENTS = 20_000
DIRECT = 500
"""Up to so many documents, mean and spread are taken from the similarities themselves, which is quicker."""


class Stacked:
    """Vectors that are kept one by one, read like an array a few thousand rows at a time; one that is missing reads as zeros."""

    def __init__(self, rows: Sequence[Given | None], size: int) -> None:
        self._rows, self._nothing = rows, np.zeros(size, dtype=np.float16)
        self.shape = (len(rows), size)

    def __getitem__(self, places: NDArray[np.int64]) -> Matrix:
        held = (self._rows[place] for place in places.tolist())
        return np.stack([self._nothing if one is None else one for one in held]).astype(np.float32)  # type: ignore[misc]  # rows are arrays


@dataclass(frozen=True)
class Shape:
    """What must be known of an embedder to use its vectors without it."""

    name: str
    spans: tuple[int, ...]
    weights: tuple[float, ...]
    centring: tuple[float, ...]

    @classmethod
    def of(cls, embedder: Embedder) -> Shape:
        """Return the shape of an embedder's vectors."""
        return cls(embedder.name, embedder.spans, embedder.weights, embedder.centring)

    @property
    def size(self) -> int:
        """Length of a whole vector."""
        return sum(self.spans)

    def parts(self) -> list[slice]:
        """Return where each part stands."""
        ends = np.cumsum(self.spans)
        return [slice(int(end) - span, int(end)) for end, span in zip(ends, self.spans, strict=True)]


def language_means(shape: Shape, vectors: Given, languages: NDArray[np.str_]) -> dict[str, Matrix]:
    """Return the mean vector of each language of the pool.

    A small pool's own mean would take its topics off as well, so it is drawn towards the mean of a fixed set of sentences
    as though that stood for ``REFERENCE_STRENGTH`` documents.
    """
    means: dict[str, Matrix] = {}
    for language in ("zh", "en", "other"):
        rows = languages == language
        count = int(rows.sum())
        own = _mean(vectors, np.flatnonzero(rows)) if count else np.zeros(shape.size)
        known = reference_mean(shape.name, shape.spans, language)
        if known is None:
            if count:
                means[language] = own.astype(np.float32)
            continue
        means[language] = ((count * own + REFERENCE_STRENGTH * known) / (count + REFERENCE_STRENGTH)).astype(np.float32)
    return means


def _mean(vectors: Given, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean of some rows, a few thousand at a time."""
    total = np.zeros(vectors.shape[1])
    for begin in range(0, len(rows), _SAMPLE):
        total += vectors[rows[begin : begin + _SAMPLE]].sum(axis=0, dtype=np.float64)
    return total / len(rows)


def centre(shape: Shape, vectors: Matrix, languages: NDArray[np.str_], means: Mapping[str, Matrix]) -> Matrix:
    """Take each language's mean off, part by part, and bring each part back to length one; a zero part stays zero."""
    out = np.zeros((len(vectors), shape.size), dtype=np.float32)
    for language in np.unique(languages):
        rows = np.flatnonzero(languages == language)
        out[rows] = centre_rows(shape, vectors, rows, language=str(language), means=means)
    return out


def centre_rows(
    shape: Shape, vectors: Given, rows: NDArray[np.int64], *, language: str, means: Mapping[str, Matrix], half: bool = False
) -> Centred:
    """Return some rows, all of one language, centred; a few thousand at a time, so that no second copy is needed.

    With ``half`` they are kept in half the bytes, as whole steps, which moves a similarity by about 0.00001.
    """
    fallback = np.mean(list(means.values()), axis=0) if means else np.zeros(shape.size)
    mean = means.get(language, fallback)
    out: Centred = (
        np.empty((len(rows), shape.size), dtype=np.int16) if half else np.empty((len(rows), shape.size), dtype=np.float32)
    )
    for begin in range(0, len(rows), _SAMPLE):
        chunk = vectors[rows[begin : begin + _SAMPLE]].astype(np.float32)
        for part, share in zip(shape.parts(), shape.centring, strict=True):
            block = chunk[:, part]
            filled = np.linalg.norm(block, axis=1, keepdims=True) > 0
            block = np.where(filled, block - np.float32(share) * mean[part].astype(np.float32), 0)
            length = np.linalg.norm(block, axis=1, keepdims=True)
            block /= np.where(length > 0, length, 1)
            out[begin : begin + len(chunk), part] = np.rint(block * _STEPS) if half else block
    return out


class DensePool:
    """The centred vectors of one language's documents, with what is needed to standardise a similarity without seeing all.

    The mean and the spread of a query's similarities over the documents follow from the documents' mean and
    covariance: ``q·m`` and ``sqrt(q' C q)``; of more than ``MOMENTS`` documents every so-many-th is enough for these.
    """

    def __init__(self, shape: Shape, vectors: Centred) -> None:
        self.shape = shape
        self.vectors = vectors
        self.size = len(vectors)
        self._moments = [] if self.size <= DIRECT else [self._moment(part) for part in shape.parts()]
        self.coarse: Matrix | None = None
        self._axes: Matrix | None = None

    def _moment(self, part: slice) -> tuple[Matrix, Matrix]:
        total, second = np.zeros(part.stop - part.start), np.zeros((part.stop - part.start,) * 2)
        some = self.vectors[:: max(1, self.size // MOMENTS), part]
        for begin in range(0, len(some), _SAMPLE):
            block = self._floats(some[begin : begin + _SAMPLE])
            total += block.sum(axis=0, dtype=np.float64)
            second += block.T @ block
        mean = total / len(some)
        return mean.astype(np.float32), (second / len(some) - np.outer(mean, mean)).astype(np.float32)

    def similar(self, rows: NDArray[np.int64], query: Matrix) -> Matrix:
        """Return the products of some documents with a query."""
        return np.asarray(self._floats(self.vectors[rows]) @ query, dtype=np.float32)

    @staticmethod
    def _floats(kept: Centred) -> Matrix:
        """Return vectors as they are multiplied, whichever way they are kept."""
        return kept.astype(np.float32) / _STEPS if kept.dtype == np.int16 else kept.astype(np.float32, copy=False)

    def moments(self, queries: Matrix) -> tuple[Matrix, Matrix]:
        """Return mean and variance of each query's similarities, each of shape ``(queries, parts)``."""
        if not self._moments:
            similar = [queries[:, part] @ self._floats(self.vectors[:, part]).T for part in self.shape.parts()]
            return np.stack([one.mean(axis=1) for one in similar], axis=1), np.stack([one.var(axis=1) for one in similar], axis=1)
        means = [queries[:, part] @ mean for part, (mean, _) in zip(self.shape.parts(), self._moments, strict=True)]
        spread = [
            np.einsum("ij,ij->i", queries[:, part] @ cov, queries[:, part])
            for part, (_, cov) in zip(self.shape.parts(), self._moments, strict=True)
        ]
        return np.stack(means, axis=1), np.maximum(np.stack(spread, axis=1), 0)

    def prepare_coarse(self) -> None:
        """Keep a projection on the main axes, so that a large pool is first sifted in a fourteenth of the bytes."""
        step = max(1, self.size // _SAMPLE)
        weights = np.concatenate(
            [np.full(n, w, dtype=np.float32) for n, w in zip(self.shape.spans, self.shape.weights, strict=True)]
        )
        sample = self._floats(self.vectors[::step]) * np.sqrt(weights)
        _, axes = np.linalg.eigh((sample.T @ sample).astype(np.float64))
        self._axes = np.ascontiguousarray(axes[:, ::-1][:, :COARSE], dtype=np.float32) * np.sqrt(weights)[:, None]
        self._back = np.ascontiguousarray(axes[:, ::-1][:, :COARSE], dtype=np.float32) / np.sqrt(weights)[:, None]
        self.coarse = np.empty((self.size, COARSE), dtype=np.float32)
        for begin in range(0, self.size, _SAMPLE):
            self.coarse[begin : begin + _SAMPLE] = self._floats(self.vectors[begin : begin + _SAMPLE]) @ self._axes

    def project(self, scaled: Matrix) -> Matrix:
        """Return scaled queries on the coarse axes."""
        return np.asarray(scaled @ self._back, dtype=np.float32)
