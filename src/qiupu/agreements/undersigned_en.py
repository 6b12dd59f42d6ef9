"""Agreements of "the undersigned", as joint filings are: who agrees, and when, stands only above the signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING = re.compile(r"(?i)\bundersigned\b|\beach\s+party\s+hereto\b|\breporting\s+persons?\b")
FILING = re.compile(r"(?i)joint\s+(?:filing|statement|acquisition)|schedule\s+13\s?[dg]|rule\s+13d-1")
CAPITALS = r"[A-Z][A-Z0-9&.'’/-]*"
SIGNER = re.compile(rf"(?<!\w)(?P<name>{CAPITALS}(?:,?[ ]{{1,3}}(?:{CAPITALS}|&))*)\.?\s{{1,6}}(?=By\s*:|/s/)")
HEAD = 6000


@dataclass(frozen=True)
class Signer:
    """A name above a signature."""

    name: str
    start: int
    end: int


def undersigned(text: str) -> tuple[Signer, ...]:
    """Return who signs a joint filing, each once; empty for any other text."""
    if not (OPENING.search(text, 0, HEAD) and FILING.search(text, 0, HEAD)):
        return ()
    found: dict[str, Signer] = {}
    for match in SIGNER.finditer(text):
        start, end = match.span("name")
        end = _once(text, start, end)
        name = text[start:end]
        if len(re.sub(r"\W", "", name)) > 3 and not re.match(r"(?:IN WITNESS|DATED?|EXHIBIT|SCHEDULE|JOINT)\b", name):
            found.setdefault(re.sub(r"\W", "", name), Signer(name, start, end))
    return tuple(found.values()) if len(found) > 1 else ()


def _once(text: str, start: int, end: int) -> int:
    """Two columns of signatures put a name there twice: keep the first."""
    words = text[start:end].split()
    half = len(words) // 2
    if len(words) > 1 and len(words) % 2 == 0 and words[:half] == words[half:]:
        return (
            start + text[start:end].rindex(words[half]) if half == 1 else text.index(words[half - 1], start) + len(words[half - 1])
        )
    return end
