"""The funnel: how many sentences of an agreement came how far, at any moment, from dated facts only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAGES: tuple[tuple[str, Promise], ...] = (
    ("said", _("Said")),
    ("committed", _("Committed")),
    ("published", _("Published")),
    ("matched", _("Matched")),
    ("on-trial", _("On trial")),
    ("passed", _("Passed")),
    ("contracted", _("Contracted")),
    ("accepted", _("Accepted")),
    ("bought", _("Bought")),
    ("replicated", _("Replicated")),
)
ORDER = {code: place for place, (code, _label) in enumerate(STAGES)}
STAGE_OF_EVIDENCE: Mapping[str, str] = {
    "scenario": "published",
    "match": "matched",
    "trial": "on-trial",
    "project": "contracted",
    "acceptance": "accepted",
}
STAGE_OF_OUTCOME: Mapping[tuple[str, str], str] = {
    ("verdict", "pass"): "passed",
    ("verdict", "passed"): "passed",
    ("project", "purchased"): "bought",
    ("project", "scaled"): "replicated",
}


@dataclass(frozen=True)
class Fact:
    """A sentence has reached a stage at a moment."""

    statement: int
    stage: str
    at: datetime


@dataclass(frozen=True)
class Bar:
    """One stage of the drawing: the count, what was lost since the stage before, and widths in percent of the first stage."""

    code: str
    label: str
    count: int
    lost: int
    change: int | None
    width: float
    lost_width: float


def stage_of(kind: str, outcome: str) -> str | None:
    """Return the stage that a piece of evidence shows, or None when it shows none."""
    return STAGE_OF_OUTCOME.get((kind, outcome)) or STAGE_OF_EVIDENCE.get(kind)


def reached(facts: Iterable[Fact], *, by: datetime | None = None) -> dict[int, int]:
    """Return the furthest stage (its place) of each sentence, counting only facts up to ``by``."""
    found: dict[int, int] = {}
    for fact in facts:
        if by is None or fact.at <= by:
            found[fact.statement] = max(found.get(fact.statement, -1), ORDER[fact.stage])
    return found


def counts(facts: Sequence[Fact], *, by: datetime | None = None) -> list[int]:
    """Return how many sentences came at least as far as each stage."""
    places = reached(facts, by=by).values()
    return [sum(place >= stage for place in places) for stage in range(len(STAGES))]


def bars(facts: Sequence[Fact], *, before: Sequence[Fact] | None = None) -> list[Bar]:
    """Return the drawing; ``before`` are the facts as they stood earlier: each count then tells how it has changed from them."""
    now = counts(facts)
    earlier = counts(before) if before is not None else None
    whole = max(now[0], 1)
    drawn = []
    for place, (code, label) in enumerate(STAGES):
        lost = now[place - 1] - now[place] if place else 0
        change = now[place] - earlier[place] if earlier is not None else None
        drawn.append(Bar(code, str(label), now[place], lost, change, 100 * now[place] / whole, 100 * lost / whole))
    return drawn
