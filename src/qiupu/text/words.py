"""The words of a text with their places: English stems, Chinese words by ``rjieba``, numbers as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from qiupu.text.fold import fold

_RUN = re.compile(r"[a-z0-9\u00df-\u024f]+(?:[.][0-9]+)?|[\u3400-\u9fff]+")
HAN = "\u3400"
_ENGLISH = (
    "a an the of to in on at by for with and or nor but is are was were be been being am do does did done what which "
    "who whom whose when where why how that this these those it its as from into than then there their they them he "
    "she his her him i you we us our your my me not no any some many much more most has have had having can could "
    "will would should may might must shall also such other about over under between during while if so very each per "
    "via within"
)
ENGLISH_STOP = frozenset(_ENGLISH.split())
_CHINESE = (
    "的 了 是 在 和 与 及 或 有 为 被 把 对 于 从 到 也 都 就 而 之 其 这 那 哪 什么 谁 "
    "哪个 哪些 怎么 多少 几 何 何时 如何 为什么 吗 呢 一个 个 他 她 它 他们 我们 你们 以 所 并 "
    "会 能 将 由 因 不 没有 可以 时候 地 得 着 过 以及 等 进行 通过 我 你 您 该 等等 需要 希望 "
    "能够 用于 各 每 要 请"
)
CHINESE_STOP = frozenset(_CHINESE.split())
_ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("ly", ""), ("ations", "at"), ("ation", "at"),
    ("ions", ""), ("ion", ""), ("ments", ""), ("ment", ""), ("es", ""), ("s", ""), ("ers", ""), ("er", ""), ("al", ""),
)  # fmt: skip


@dataclass(frozen=True)
class Word:
    """``key`` is what is compared (a stem, a Chinese word, a number); ``start:end`` its place in the given text."""

    key: str
    start: int
    end: int

    @property
    def is_chinese(self) -> bool:
        """Whether the word is written in Chinese characters."""
        return self.key[0] >= HAN


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return a short form that the inflections of an English word share (one ending, then a final e or double letter).

    It is made for comparing, not for reading, and is the same for the dictionary's English and for the text's.
    """
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= 3:
            word = word[: len(word) - len(ending)] + instead
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


@cache
def _segmenter() -> Any:  # Any: the module of an optional package without types
    try:
        import rjieba
    except ImportError:
        return None
    return rjieba


def has_segmenter() -> bool:
    """Whether Chinese words are cut by a dictionary; pairs of characters stand in for them otherwise."""
    return _segmenter() is not None


def pairs_of(run: str) -> Iterator[tuple[str, int, int]]:
    """Yield every two neighbouring characters of a Chinese run, or the one it has, with their places."""
    if len(run) == 1:
        yield run, 0, 1
    for place in range(len(run) - 1):
        yield run[place : place + 2], place, place + 2


@lru_cache(maxsize=200_000)
def _inside(word: str) -> tuple[tuple[str, int], ...]:
    """Return the shorter words inside a long one with their places, as a search engine wants them."""
    cutter, size = _segmenter(), len(word)
    return tuple(
        (word[place : place + length], place)
        for length in (2, 3)
        if length < size
        for place in range(size - length + 1)
        if cutter.has_word(word[place : place + length])
    )


def _chinese(run: str) -> Iterator[tuple[str, int, int]]:
    cutter = _segmenter()
    if cutter is None:
        yield from pairs_of(run)
        return
    for word, start, end in cutter.tokenize(run):
        yield word, start, end
        if end - start > 2:
            for part, place in _inside(word):
                yield part, start + place, start + place + len(part)


def words_of(text: str, *, stop: bool = True) -> tuple[Word, ...]:
    """Return the words of a text in order; words of every other sentence (stop words) are left out unless ``stop`` is false."""
    folded = fold(text)
    words: list[Word] = []
    for match in _RUN.finditer(folded.text):
        run, base = match.group(), match.start()
        if run[0] >= HAN:
            for word, start, end in _chinese(run):
                if not (stop and word in CHINESE_STOP):
                    words.append(Word(word, *folded.place(base + start, base + end)))
        elif not (stop and run in ENGLISH_STOP):
            words.append(Word(stem(run), *folded.place(base, match.end())))
    return tuple(words)


@dataclass(frozen=True)
class Keys:
    """What the words of a text are compared by, without their places: Latin stems and numbers, Chinese words, Chinese runs."""

    latin: tuple[str, ...]
    chinese: tuple[str, ...]
    runs: tuple[str, ...]


def keys_of(text: str) -> Keys:
    """Return the keys of ``words_of`` and the unbroken runs of Chinese characters, several times as fast."""
    latin: list[str] = []
    chinese: list[str] = []
    runs: list[str] = []
    cutter = _segmenter()
    for run in _RUN.findall(fold(text).text):
        if run[0] < HAN:
            if run not in ENGLISH_STOP:
                latin.append(stem(run))
            continue
        runs.append(run)
        for word in cutter.cut(run) if cutter is not None else [pair for pair, _, _ in pairs_of(run)]:
            if word not in CHINESE_STOP:
                chinese.append(word)
            if cutter is not None and len(word) > 2:
                chinese += [part for part, _ in _inside(word) if part not in CHINESE_STOP]
    return Keys(tuple(latin), tuple(chinese), tuple(runs))
