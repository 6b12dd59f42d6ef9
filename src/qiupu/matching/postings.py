"""BM25 over weighted terms, as a sparse matrix: the same score for one need or ten thousand, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qiupu.matching.terms import NUMBERS, Bag, laid_end_to_end

K1 = 0.8
B = 0.5
"""BM25's saturation and length normalisation (Robertson and Zaragoza 2009, doi:10.1561/1500000019), lower than for long
documents, since capabilities are short."""

Scores = NDArray[np.float32]


class Postings:
    """The terms of documents, ready to be asked.

    A term's count may be a weight (a translation's), which a text search engine's index does not hold: it takes part
    in saturation and length as a count does, and any weight above 0 counts as one document for the term's rarity.
    """

    def __init__(self, documents: Sequence[Bag]) -> None:
        numbers, values, ends = laid_end_to_end(documents)
        present = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=bool)
        present[numbers] = True
        self.numbers = np.flatnonzero(present)
        """The process-wide numbers of the terms, rising; a term's column is its place here."""
        size = len(self.numbers)
        columns = (np.cumsum(present, dtype=np.int32) - 1)[numbers]
        counts = sparse.csr_matrix((values.copy(), columns, ends), shape=(len(documents), size))
        rows = np.repeat(np.arange(len(documents), dtype=np.int32), np.diff(counts.indptr))
        length = np.bincount(rows, weights=counts.data, minlength=len(documents))
        mean_length = length.mean() if len(length) and length.any() else 1.0
        found_in = np.bincount(counts.indices, minlength=size)
        self.rarity = np.log1p((len(documents) - found_in + 0.5) / (found_in + 0.5)).astype(np.float32)
        norm = K1 * (1 - B + B * length / mean_length)
        counts.data = counts.data * np.float32(K1 + 1) / (counts.data + norm.astype(np.float32)[rows])
        counts.data *= self.rarity[counts.indices]
        del columns, values, rows
        self._by_term = counts.T.tocsr()
        self.size = len(documents)

    def scores(self, queries: Sequence[Bag]) -> Scores:
        """Return BM25 of each query against each document, shape ``(queries, documents)``, 0 where no term is shared.

        A term that a query repeats counts once; a weight below 1 counts as it is.
        """
        if len(queries) == 1:
            return self._one(queries[0])[None]
        asked = [self._known(query) for query in queries]
        indptr = np.cumsum([0, *(len(columns) for columns, _ in asked)])
        matrix = sparse.csr_matrix(
            (np.concatenate([weights for _, weights in asked]), np.concatenate([columns for columns, _ in asked]), indptr),
            shape=(len(queries), len(self.numbers)),
        )
        return np.asarray((matrix @ self._by_term).toarray(), dtype=np.float32)

    def _known(self, query: Bag) -> tuple[NDArray[np.int32], Scores]:
        """Return the columns and weights of a query's terms that some document has, in an order of the terms alone.

        Sums of floats depend on their order, and columns on what else the process has read.
        """
        numbers, weights = query.in_order()
        columns = np.searchsorted(self.numbers, numbers)
        known = columns < len(self.numbers)
        known[known] = self.numbers[columns[known]] == numbers[known]
        return columns[known].astype(np.int32), np.minimum(weights[known], np.float32(1))

    def _one(self, query: Bag) -> Scores:
        out = np.zeros(self.size, dtype=np.float32)
        indptr, indices, data = self._by_term.indptr, self._by_term.indices, self._by_term.data
        for column, weight in zip(*self._known(query), strict=True):
            begin, end = indptr[column], indptr[column + 1]
            out[indices[begin:end]] += weight * data[begin:end]
        return out

    @property
    def terms(self) -> list[str]:
        """The terms, in order of their columns."""
        return [NUMBERS.terms[number] for number in self.numbers.tolist()]
