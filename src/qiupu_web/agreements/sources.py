"""One agreement from two sources: which texts are likely the same, and where their sentences differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qiupu_web.agreements.models import Agreement, Statement

SHARED = 0.5
"""From this share of the shorter text's sentences on, two texts are likely of one agreement."""
NEAR = 0.5
"""From this share of common pairs of characters on, two sentences are shown beside each other."""
FEWEST = 2
MOST_COMPARED = 60


@dataclass(frozen=True)
class Sentence:
    """A sentence by its number in its text."""

    number: int
    quote: str


@dataclass(frozen=True)
class Pair:
    """A sentence and the one of the other text that says the same, or nearly; None where the other text has none."""

    ours: int | None
    theirs: int | None
    is_equal: bool


@dataclass(frozen=True)
class Likely:
    """A text that is likely of the same agreement: how many sentences are equal, of how many of the shorter one."""

    agreement: Agreement
    equal: int
    of: int


def sentences_of(agreement: Agreement) -> list[Sentence]:
    """Return the sentences of a text in order."""
    return [Sentence(*row) for row in agreement.statements.order_by("number").values_list("number", "quote")]


def folded(quote: str) -> str:
    """Return a sentence without case, blanks and punctuation, to compare it."""
    return re.sub(r"[\W_]+", "", quote, flags=re.UNICODE).casefold()


def reconcile(ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> tuple[Pair, ...]:
    """Pair the sentences of two texts: equal ones first, then the nearest ones, in the order of ours; the rest stay alone."""
    left = {one.number: folded(one.quote) for one in ours}
    right = {one.number: folded(one.quote) for one in theirs}
    equal: dict[int, int] = {}
    places: dict[str, list[int]] = {}
    for number, words in right.items():
        places.setdefault(words, []).append(number)
    for number, words in left.items():
        if places.get(words):
            equal[number] = places[words].pop(0)
    rest = {number: _pairs(words) for number, words in right.items() if number not in equal.values()}
    near: dict[int, int] = {}
    for number, words in left.items():
        if number not in equal and rest:
            mine = _pairs(words)
            best = max(rest, key=lambda other: (_overlap(mine, rest[other]), -other))
            if _overlap(mine, rest[best]) >= NEAR:
                near[number] = best
                del rest[best]
    found = [Pair(one.number, equal.get(one.number, near.get(one.number)), one.number in equal) for one in ours]
    return (*found, *(Pair(None, number, False) for number in rest))


def _pairs(words: str) -> frozenset[str]:
    return frozenset(words[at : at + 2] for at in range(len(words) - 1))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left or right else 0.0


def likely_same(agreement: Agreement) -> list[Likely]:
    """Return texts in the same language of which at least half the sentences are word for word the same, the likest first."""
    others = Agreement.objects.filter(language=agreement.language).exclude(pk=agreement.pk).defer("text", "reading")
    recent = {row.pk: row for row in others.order_by("-added_at", "-pk")[:MOST_COMPARED]}
    mine = {folded(one.quote) for one in sentences_of(agreement)}
    quotes: dict[int, set[str]] = {pk: set() for pk in recent}
    for pk, quote in Statement.objects.filter(agreement__in=recent).order_by().values_list("agreement_id", "quote"):
        quotes[pk].add(folded(quote))
    found = [Likely(recent[pk], len(mine & words), min(len(mine), len(words))) for pk, words in quotes.items()]
    likely = [one for one in found if one.equal >= FEWEST and one.equal >= SHARED * one.of]
    return sorted(likely, key=lambda one: (-one.equal / one.of, -one.equal, one.agreement.code))
