"""What a trial's page says beside its board: frozen, so that equal facts are written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from qiupu_web.base.bilingual import Words
from qiupu_web.base.bilingual import words as words_of
from qiupu_web.faces.web.trials.plain import bar_line, percent
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials.models import Trial, TrialVersion


@dataclass(frozen=True)
class Facts:
    """The trial in five figures."""

    code: str
    bar: str
    level: str
    final: int | None
    feedback: int | None
    sealed_on: date | None
    sealers: tuple[Words, ...]
    entry_count: int
    opens_on: date | None
    closes_on: date | None


@dataclass(frozen=True)
class Passing:
    """What a pass leads to."""

    budget_cny: Decimal | None
    route: Words
    decision_maker: Words
    decide_by: date | None
    need_code: str
    need: Words
    next_step: str
    next_owner: Words | None
    next_due_on: date | None
    bar_rule: Words


def facts_of(trial: Trial, version: TrialVersion | None, sealers: list[Words], entry_count: int) -> Facts:
    """Return the figures of a trial; None where there is no version yet."""
    return Facts(
        code=trial.code,
        bar=bar_line(trial),
        level=percent(trial.level),
        final=None if version is None else version.n_final,
        feedback=None if version is None else version.n_feedback,
        sealed_on=None if version is None else _day(version.sealed_at),
        sealers=tuple(sealers),
        entry_count=entry_count,
        opens_on=_day(trial.opens_at),
        closes_on=_day(trial.closes_at),
    )


def passing_of(trial: Trial, need: Scenario) -> Passing:
    """Return what was promised for a pass, and what follows now."""
    return Passing(
        budget_cny=need.budget_cny,
        route=words_of(need, "budget_route"),
        decision_maker=words_of(need, "decision_maker"),
        decide_by=need.decide_by,
        need_code=need.code,
        need=words_of(need, "title"),
        next_step=trial.get_next_step_display() if trial.next_step else "",
        next_owner=None if trial.next_owner is None else words_of(trial.next_owner, "name"),
        next_due_on=trial.next_due_on,
        bar_rule=words_of(trial, "bar_rule"),
    )


def _day(at: datetime | None) -> date | None:
    return None if at is None else timezone.localtime(at).date()
