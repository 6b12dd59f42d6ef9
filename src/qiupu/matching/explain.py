"""Why: each requirement of a need with the sentence of the capability that answers it, or "no evidence found"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qiupu.matching.dense import Matrix, Shape, centre
from qiupu.matching.results import Answer, Passage
from qiupu.text import Sentence, Word, glosses, language_of, sentences_of, words_of

MAX_REQUIREMENTS = 12
MAX_SENTENCES = 60
MAX_WORDS = 80
"""Words of one sentence that are compared; a text without a full stop is one sentence."""
MEANING_SHARE = 0.6
THRESHOLD = 0.25
THRESHOLD_WORDS = 0.3
"""Share of the meaning in an answer's strength (the rest is words), and what an answer needs, with and without vectors.

On the even articles of XQuAD-R a question finds an "answer" in a paragraph of another article in 2% of cases, and one in its own
paragraph in 99% (the same language) and 90% (the other language); by words alone 4%, 96% and 70%.
"""


@dataclass(frozen=True)
class Parts:
    """A text cut into sentences, with the words of each and their vectors when there are vectors."""

    sentences: tuple[Sentence, ...]
    words: tuple[tuple[Word, ...], ...]
    stems: tuple[frozenset[str], ...]
    vectors: Matrix | None


def cut(text: str, *, limit: int) -> tuple[Sentence, ...]:
    """Return the sentences that carry at least one word that is no stop word."""
    return tuple(one for one in sentences_of(text, limit=limit) if words_of(one.text[: MAX_WORDS * 8]))


@lru_cache(maxsize=50_000)
def _keys(key: str) -> frozenset[str]:
    """Return what a word is compared by: itself, and the likelier English stems of a Chinese word."""
    return frozenset([key, *(stem for stem, weight in glosses(key) if weight >= 0.4)])


def parts_of(sentences: tuple[Sentence, ...], vectors: Matrix | None) -> Parts:
    """Return the sentences with what is needed to compare them."""
    words = tuple(words_of(one.text[: MAX_WORDS * 8])[:MAX_WORDS] for one in sentences)
    return Parts(sentences, words, tuple(frozenset().union(*(_keys(word.key) for word in one)) for one in words), vectors)


def centred_sentences(sentences: Sequence[Sentence], vectors: Matrix, shape: Shape, means: Mapping[str, Matrix]) -> Matrix:
    """Return the vectors of sentences without the mean of their language."""
    languages = np.array([language_of(one.text) for one in sentences], dtype=np.str_)
    return centre(shape, vectors, languages, means)


def answers_of(need: Parts, capability: Parts, rarity: Mapping[str, float]) -> tuple[Answer, ...]:
    """Return, for each requirement, its best answer.

    Parameters
    ----------
    rarity : mapping
        How much a word tells, by its key; 1 when absent.
    """
    return tuple(_answer(need, place, capability, rarity) for place in range(min(len(need.sentences), MAX_REQUIREMENTS)))


def _answer(need: Parts, place: int, capability: Parts, rarity: Mapping[str, float]) -> Answer:
    asked = need.sentences[place]
    requirement = Passage(asked.text, asked.start, asked.end)
    if not capability.sentences:
        return Answer(requirement, None, 0.0)
    worded = _overlap(need.words[place], capability.stems, rarity)
    if need.vectors is None or capability.vectors is None:
        strength = worded
    else:
        meaning = np.clip(capability.vectors @ need.vectors[place], 0, 1)
        strength = MEANING_SHARE * meaning + (1 - MEANING_SHARE) * worded
    best = int(np.argmax(np.round(strength, 6)))
    value = float(strength[best])
    if value < (THRESHOLD_WORDS if need.vectors is None else THRESHOLD):
        return Answer(requirement, None, value)
    sentence = capability.sentences[best]
    spans = _spans(need.words[place], capability.words[best])
    return Answer(requirement, Passage(sentence.text, sentence.start, sentence.end), value, spans)


def _overlap(words: Sequence[Word], stems: Sequence[frozenset[str]], rarity: Mapping[str, float]) -> NDArray[np.float64]:
    """Return, for each sentence, the share of the requirement's words (by rarity) that it holds, in either language."""
    unique = dict.fromkeys(word.key for word in words)
    weights = np.array([rarity.get(key, 1.0) for key in unique])
    if not len(weights):
        return np.zeros(len(stems))
    keys = [_keys(key) for key in unique]
    held = np.array([[not key.isdisjoint(sentence) for key in keys] for sentence in stems], dtype=np.float64)
    return np.asarray(held @ weights / weights.sum(), dtype=np.float64)


def _spans(asked: Sequence[Word], answering: Sequence[Word]) -> tuple[tuple[int, int, int, int], ...]:
    """Return the places of words that meet, the longest first where they overlap, at most twelve."""
    pairs = []
    for word in asked:
        keys = _keys(word.key)
        other = next((one for one in answering if not keys.isdisjoint(_keys(one.key))), None)
        if other is not None:
            pairs.append((word.start, word.end, other.start, other.end))
    pairs.sort(key=lambda pair: (pair[0] - pair[1], pair))
    chosen: list[tuple[int, int, int, int]] = []
    for pair in pairs:
        if all(pair[1] <= one[0] or pair[0] >= one[1] for one in chosen):
            chosen.append(pair)
    return tuple(sorted(chosen)[:12])
