"""The terms of a text, in its own language and in English across the languages."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from qiupu.text import glosses, language_of
from qiupu.text.words import keys_of

PAIR = "#"
"""Before a pair of Chinese characters, so that it is no word."""


class _Numbers(dict[str, int]):
    """A number for each term that was ever met in this process. Nothing that is computed may depend on which number it is.

    ``hashes[number]`` is a hash of the term itself: what does depend on an order takes that of the hashes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.terms: list[str] = []
        self.hashes = np.zeros(1024, dtype=np.uint64)
        self._lock = Lock()

    def __missing__(self, term: str) -> int:
        with self._lock:
            known = self.get(term)
            if known is None:
                known = len(self.terms)
                if known == len(self.hashes):
                    self.hashes = np.concatenate([self.hashes, np.zeros_like(self.hashes)])
                digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                self.hashes[known] = int.from_bytes(digest, "little")
                self.terms.append(term)
                self[term] = known
        return known


NUMBERS = _Numbers()


class Bag(Mapping[str, float]):
    """Terms with weights as two short strings of bytes: a large pool holds two for each document."""

    __slots__ = ("numbers", "weights")

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.numbers = array("i", [NUMBERS[term] for term in weights]).tobytes()
        self.weights = array("f", weights.values()).tobytes()

    def __getitem__(self, term: str) -> float:
        try:
            return self.values_in_order()[[*self].index(term)]
        except ValueError:
            raise KeyError(term) from None

    def __iter__(self) -> Iterator[str]:
        return iter([NUMBERS.terms[number] for number in array("i", self.numbers)])

    def __len__(self) -> int:
        return len(self.numbers) // 4

    def values_in_order(self) -> list[float]:
        """Return the weights in the order of the terms."""
        return array("f", self.weights).tolist()

    def in_order(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the numbers and weights in an order that depends on the terms alone."""
        numbers = np.frombuffer(self.numbers, dtype=np.int32)
        order = np.argsort(NUMBERS.hashes[numbers])
        return numbers[order], np.frombuffer(self.weights, dtype=np.float32)[order]

    def pairs(self) -> zip[tuple[str, float]]:
        """Return the terms with their weights, quicker than ``items``."""
        return zip(self, self.values_in_order(), strict=True)


def laid_end_to_end(bags: Sequence[Bag]) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    """Return the terms' numbers and weights of all bags, and where each bag begins (and the last ends)."""
    numbers = np.frombuffer(b"".join([bag.numbers for bag in bags]), dtype=np.int32)
    weights = np.frombuffer(b"".join([bag.weights for bag in bags]), dtype=np.float32)
    ends = np.zeros(len(bags) + 1, dtype=np.int64)
    np.cumsum([len(bag) for bag in bags], out=ends[1:])
    return numbers, weights, ends


@dataclass(frozen=True, slots=True)
class Terms:
    """``own`` counts words, and pairs of characters in Chinese; ``shared`` weighs English stems that any language can reach."""

    language: str
    own: Bag
    shared: Bag


@lru_cache(maxsize=8192)
def terms_of(text: str) -> Terms:
    """Return the terms of a text; stop words are left out. Both directions of a ranking read the same texts, so they are kept."""
    keys = keys_of(text)
    shared: dict[str, float] = dict(Counter(keys.latin))
    chinese = Counter(keys.chinese)
    for word, count in chinese.items():
        for stem, weight in glosses(word):
            shared[stem] = shared.get(stem, 0.0) + weight * count
    own = Counter(keys.latin)
    own.update(chinese)
    for run in keys.runs:
        own.update([PAIR + first + second for first, second in pairwise(run)] if len(run) > 1 else [PAIR + run])
    return Terms(language_of(text), Bag(own), Bag(shared))
