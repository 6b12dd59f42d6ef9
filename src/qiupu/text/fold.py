"""Fold a text to one form: width, case, Traditional characters; and take the markup out of it."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

MAX_CHARS = 20_000
"""What is read of one text for matching; a megabyte pasted into a form adds nothing after this."""

_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)\s*>|<!--.*?-->|</?[a-zA-Z][^<>]{0,2000}>", re.DOTALL | re.IGNORECASE)
_BLANK = re.compile(r"[^\S\n]+")
_DROP = {"Cc", "Cf", "Cs", "Co", "Cn"}


@dataclass(frozen=True)
class Folded:
    """A folded text; ``origin[i]`` is where the folded character ``i`` stands in the text that was given."""

    text: str
    origin: tuple[int, ...] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the given text of ``text[start:end]``."""
        if self.origin is None or start >= end:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


@cache
def _simplified() -> dict[int, str]:
    """Map each Traditional character to its Simplified one; empty when the extra is not installed."""
    try:
        from opencc import OpenCC
    except ImportError:
        return {}
    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    folded = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(old): new for old, new in zip(characters, folded, strict=True) if old != new and len(new) == 1}


class _Folds(dict[int, str]):
    """The folded form of each character, for ``str.translate``; filled as characters are met."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()
        """Characters that become none or several, after which places no longer agree."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKC", char).lower().translate(_simplified())
        if len(folded) != 1:
            self.uneven.add(char)
        self[code] = folded
        return folded


_FOLDS = _Folds()


@lru_cache(maxsize=4)
def fold(text: str) -> Folded:
    """Fold width (NFKC), case and Traditional characters, one character at a time.

    Returns
    -------
    Folded
        Its ``origin`` is ``None`` when every character kept its place.
    """
    if text.isascii():
        return Folded(text.lower(), None)
    joined = text.translate(_FOLDS)
    if _FOLDS.uneven.isdisjoint(text):
        return Folded(joined, None)
    return Folded(joined, tuple(place for place, char in enumerate(text) for _ in _FOLDS[ord(char)]))


def plain(text: str, *, limit: int = MAX_CHARS) -> str:
    """Return the text without markup, entities, control and private characters, at most ``limit`` characters of it.

    Emoji and line breaks stay; a ``<`` that opens no tag stays as well (``PM2.5 < 35``).
    """
    text = text[: limit * 4]
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    if not text.isprintable():
        text = "".join(char if char == "\n" or unicodedata.category(char) not in _DROP else " " for char in text)
    return _BLANK.sub(" ", text).strip()[:limit]
