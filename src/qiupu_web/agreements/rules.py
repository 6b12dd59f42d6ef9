"""What must hold for agreements and commitments; no database here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from qiupu_web.agreements.enums import CommitmentState as S
from qiupu_web.agreements.enums import EvidenceKind as E
from qiupu_web.base.lifecycle import Lifecycle, Step

PROGRESS = (S.LINKED, S.ON_TRACK, S.AT_RISK, S.OVERDUE, S.PARTIALLY_MET, S.MET, S.WAIVED, S.AMENDED)

COMMITMENT = Lifecycle(
    "commitment",
    {
        S.BROKEN_DOWN: Step((S.ACCEPTED, S.RETURNED, S.CONFIRMED, S.WAIVED, S.AMENDED), "unit", 14),
        S.RETURNED: Step((S.BROKEN_DOWN, S.WAIVED), "office", 14),
        S.ACCEPTED: Step((S.CONFIRMED, S.RETURNED, S.BROKEN_DOWN, S.WAIVED, S.AMENDED), "office", 30),
        S.CONFIRMED: Step(PROGRESS, "unit", None),
        S.LINKED: Step(PROGRESS[1:], "unit", None),
        S.ON_TRACK: Step((S.AT_RISK, S.OVERDUE, S.PARTIALLY_MET, S.MET, S.WAIVED, S.AMENDED), "unit", None),
        S.AT_RISK: Step((S.ON_TRACK, S.OVERDUE, S.PARTIALLY_MET, S.MET, S.WAIVED, S.AMENDED), "unit", None),
        S.OVERDUE: Step((S.ON_TRACK, S.AT_RISK, S.PARTIALLY_MET, S.MET, S.WAIVED, S.AMENDED), "unit", None),
        S.PARTIALLY_MET: Step((S.ON_TRACK, S.AT_RISK, S.OVERDUE, S.MET, S.WAIVED, S.AMENDED), "unit", None),
        S.MET: Step(),
        S.WAIVED: Step(),
        S.AMENDED: Step(),
    },
    exits=frozenset({S.WAIVED, S.RETURNED}),
)
OPEN_TO_EDIT = (S.BROKEN_DOWN, S.RETURNED, S.ACCEPTED)
"""Before both parties have confirmed."""
LIT = (S.LINKED, S.ON_TRACK, S.AT_RISK, S.OVERDUE)
"""States that the rule of lights sets."""
ENDED = (S.MET, S.WAIVED, S.AMENDED)
MOVING = (S.CONFIRMED, *LIT, S.PARTIALLY_MET)
"""Confirmed and not ended."""


def answer_in(state: str) -> str:
    """Return what the lead unit has answered by a commitment's state; empty while it is asked."""
    if state in (S.BROKEN_DOWN, S.WAIVED, S.AMENDED):
        return ""
    return "return" if state == S.RETURNED else "accept"


# The published rule of lights ------------------------------------------------------------------------------------

REACHED: Mapping[str, float] = {
    E.SCENARIO: 0.15,
    E.MATCH: 0.25,
    E.TRIAL: 0.35,
    E.DOCUMENT: 0.35,
    E.VERDICT: 0.5,
    E.PROJECT: 0.65,
    E.MILESTONE: 0.8,
    E.ACCEPTANCE: 1.0,
}
"""How far the furthest evidence shows a commitment to be, from 0 to 1."""
LAG_ALLOWED = 0.4
"""Share of the time by which work may lag behind the calendar before the light turns."""
LAST_DAYS = 14
ENOUGH_AT_THE_END = 0.65
SILENCE_DAYS = 120
FAILED = frozenset({"fail", "none-passed", "not-met", "void", "terminated"})


@dataclass(frozen=True)
class Fact:
    """What the rule of lights needs of one piece of evidence."""

    kind: str
    on: date
    outcome: str = ""

    @property
    def reached(self) -> float:
        """How far it shows the commitment to be; a failed outcome counts as a trial that was made."""
        reached = REACHED[self.kind]
        return min(reached, REACHED[E.TRIAL]) if self.outcome in FAILED else reached


@dataclass(frozen=True)
class Light:
    """The computed state and its reason: a code that the page turns into a sentence."""

    state: str
    reason: str
    elapsed: float | None
    reached: float


def light(*, begun_on: date, due_on: date | None, today: date, facts: Iterable[Fact]) -> Light:
    """Return a commitment's light from its dates and evidence alone.

    Overdue once the due date has passed. At risk when the share of the time that has run exceeds what the furthest
    evidence shows by more than 40 points, or in the last 14 days without a project. Without a due date: at risk
    after 120 days in which nothing happened. Else on track.
    """
    facts = list(facts)
    reached = max((fact.reached for fact in facts), default=0.0)
    if due_on is None:
        latest = max([begun_on, *(fact.on for fact in facts)])
        silent = today - latest > timedelta(days=SILENCE_DAYS)
        return Light(S.AT_RISK, "silent", None, reached) if silent else Light(S.ON_TRACK, "moving", None, reached)
    if today > due_on:
        return Light(S.OVERDUE, "past-due", 1.0, reached)
    span = max((due_on - begun_on).days, 1)
    elapsed = min(max((today - begun_on).days / span, 0.0), 1.0)
    if elapsed - reached > LAG_ALLOWED:
        return Light(S.AT_RISK, "lagging", elapsed, reached)
    if (due_on - today).days <= LAST_DAYS and reached < ENOUGH_AT_THE_END:
        return Light(S.AT_RISK, "last-days", elapsed, reached)
    return Light(S.ON_TRACK, "in-time", elapsed, reached)


# Twins, codes, forms -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """A statement's place: its id, the clause it stands in, and whether it only tells a fact."""

    id: int
    clause: str
    is_fact: bool


def pair(ours: Sequence[Placed], theirs: Sequence[Placed]) -> dict[int, int]:
    """Pair the statements of a text with those of its translation: the n-th of a clause with the n-th of that clause.

    A clause whose statements are not equally many in both is paired by its hopes and duties alone, when those are
    equally many; else its statements stay alone. No guess is made.
    """
    other = _by_clause(theirs)
    pairs: dict[int, int] = {}
    for clause, mine in _by_clause(ours).items():
        yours = other.get(clause, [])
        for left, right in ((mine, yours), (_binding(mine), _binding(yours))):
            if len(left) == len(right):
                pairs.update((a.id, b.id) for a, b in zip(left, right, strict=True))
                break
    return pairs


def _by_clause(rows: Sequence[Placed]) -> dict[str, list[Placed]]:
    return {clause: list(group) for clause, group in groupby(sorted(rows, key=lambda row: row.clause), lambda row: row.clause)}


def _binding(rows: Sequence[Placed]) -> list[Placed]:
    return [row for row in rows if not row.is_fact]


def free_code(wanted: str, taken: Iterable[str]) -> str:
    """Return ``wanted``, or ``wanted-2``, ``wanted-3`` ... when it is taken. Codes are at most 60 characters."""
    taken = set(taken)
    wanted = wanted[:54]
    if wanted not in taken:
        return wanted
    return next(code for n in range(2, len(taken) + 3) if (code := f"{wanted}-{n}") not in taken)


def check_code(contents: Sequence[Mapping[str, object]]) -> str:
    """Return the code printed on a confirmation form; it changes with any word of the commitments on it."""
    body = json.dumps([dict(sorted(row.items())) for row in contents], ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(body.encode()).hexdigest()[:12].upper()
    return "-".join(digest[i : i + 4] for i in range(0, 12, 4))
