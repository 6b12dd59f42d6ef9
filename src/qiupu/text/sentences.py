"""Cut a text into sentences with their places; list marks and line breaks cut as well."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END = re.compile(r"[。！？；!?;]+[”’」』\"')）]*|(?<=[^\W\d_])\.(?=\s|$)|(?<=[\d)\]%])\.(?=\s+[A-Z\u4e00-\u9fff]|$)|\n+|…+")
_LEAD = re.compile(r"\s*(?:[-*•·●○▪]+\s*|[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[a-hA-H])[)）、．.]\s*)?")
_LETTER = re.compile(r"[^\W_]")
_MARK = re.compile(r"\s*[（(]?\w{1,2}\.")
_SHORT_FORMS = re.compile(r"\b(?:e\.g|i\.e|etc|vs|no|fig|dr|mr|ms|mrs|st|co|ltd|inc|approx|[A-Z])\.$", re.IGNORECASE)


@dataclass(frozen=True)
class Sentence:
    """``text`` stands at ``start:end`` of the text that was cut."""

    text: str
    start: int
    end: int


def sentences_of(text: str, *, limit: int = 200) -> tuple[Sentence, ...]:
    """Return the first ``limit`` sentences that hold a letter or digit; ``text[s.start:s.end] == s.text``."""
    found: list[Sentence] = []
    begin = 0
    for end in [*_ends(text), len(text)]:
        if end <= begin:
            continue
        sentence = _trim(text, begin, end)
        begin = end
        if sentence is not None:
            found.append(sentence)
            if len(found) == limit:
                break
    return tuple(found)


def _ends(text: str) -> list[int]:
    ends: list[int] = []
    for match in _END.finditer(text):
        end = match.end()
        if match.group().startswith("."):
            last = ends[-1] if ends else 0
            if _SHORT_FORMS.search(text[max(0, end - 8) : end]) or _MARK.fullmatch(text, last, end):
                continue  # "Dr." ends no sentence, and neither does the mark of a list ("1.")
        ends.append(end)
    return ends


def _trim(text: str, start: int, end: int) -> Sentence | None:
    lead = _LEAD.match(text, start, end)
    if lead is not None and lead.end() < end:
        start = lead.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    piece = text[start:end]
    return Sentence(piece, start, end) if _LETTER.search(piece) else None
