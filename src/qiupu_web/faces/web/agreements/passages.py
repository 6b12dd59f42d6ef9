"""Cut a text into passages for the page: paragraphs with the statements in them, nothing lost between."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADING = re.compile(r"^\s*#{1,6}\s*")
QUOTE = re.compile(r"^\s*>\s?")


@dataclass(frozen=True)
class Span:
    """Where a statement stands: its number, and the first and last offset."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Piece:
    """A stretch of a passage; ``number`` names its statement, None between statements."""

    text: str
    number: int | None = None


@dataclass(frozen=True)
class Passage:
    """One paragraph: ``heading``, ``remark`` (quoted by a ">") or ``text``."""

    kind: str
    pieces: tuple[Piece, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The statements in it, in order."""
        return tuple(piece.number for piece in self.pieces if piece.number is not None)


def cut(text: str, spans: Iterable[Span]) -> tuple[Passage, ...]:
    """Return the paragraphs of a text. A statement that runs over a line break keeps its lines together."""
    spans = sorted(spans, key=lambda span: span.start)
    starts = [span.start for span in spans]

    def is_inside(at: int) -> bool:
        before = bisect_right(starts, at) - 1  # spans do not overlap, so only the last one begun can hold it
        return before >= 0 and at < spans[before].end

    breaks = [at.start() for at in re.finditer(r"\n", text) if not is_inside(at.start())]
    found = []
    for start, end in zip([0, *(at + 1 for at in breaks)], [*breaks, len(text)], strict=True):
        if text[start:end].strip():
            found.append(_passage(text, start, end, spans[bisect_left(starts, start) : bisect_left(starts, end)]))
    return tuple(found)


def sheets_of(passages: Sequence[Passage], most: int) -> tuple[tuple[Passage, ...], ...]:
    """Divide passages into sheets of at most ``most`` statements, at least one passage each; a heading begins the next sheet."""
    sheets: list[list[Passage]] = [[]]
    count = 0
    for passage in passages:
        if count and count + len(passage.numbers) > most:
            carried: list[Passage] = []
            while len(sheets[-1]) > 1 and sheets[-1][-1].kind == "heading":
                carried.insert(0, sheets[-1].pop())
            sheets.append(carried)
            count = 0
        sheets[-1].append(passage)
        count += len(passage.numbers)
    return tuple(tuple(sheet) for sheet in sheets)


def _passage(text: str, start: int, end: int, spans: Sequence[Span]) -> Passage:
    pieces: list[Piece] = []
    at = start
    for span in spans:
        pieces.append(Piece(text[at : span.start]))
        pieces.append(Piece(text[span.start : span.end], span.number))
        at = span.end
    pieces.append(Piece(text[at:end].rstrip()))
    raw = text[start:end]
    mark = HEADING if HEADING.match(raw) else QUOTE if QUOTE.match(raw) else None
    kind = "heading" if mark is HEADING else "remark" if mark is QUOTE else "text"
    pieces = [piece for piece in pieces if piece.text]
    if mark is not None:
        pieces[0] = Piece(mark.sub("", pieces[0].text), pieces[0].number)
    return Passage(kind, tuple(piece for piece in pieces if piece.text))
