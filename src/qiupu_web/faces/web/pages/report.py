"""The monthly report of an agreement: ledger, lights, changes, funnel, projects; one set of facts for page, Word, Excel and PDF.

A past month is told as its rows stood at its end: what was changed since is taken back (``past.py``), what came since is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu_web.agreements.enums import CommitmentState
from qiupu_web.agreements.models import Agreement, Commitment, Evidence
from qiupu_web.agreements.queries import latest_evidence
from qiupu_web.agreements.rules import ENDED, LIT
from qiupu_web.agreements.usecases import light_of
from qiupu_web.faces.templatetags.qiupu import MARKS, TONES, cny, day
from qiupu_web.faces.web.agreements.words import light_sentence, outcome_words
from qiupu_web.faces.web.pages import reported
from qiupu_web.faces.web.pages.funnel import Bar, bars
from qiupu_web.faces.web.pages.months import Month
from qiupu_web.faces.web.pages.past import Past
from qiupu_web.faces.web.pages.reported import ProjectFacts
from qiupu_web.faces.web.projects.accepting import acceptance_sentence
from qiupu_web.faces.web.projects.drawing import Gantt, draw
from qiupu_web.faces.web.projects.registers import benefit_sentence, risk_order
from qiupu_web.parties.actors import Actor
from qiupu_web.projects.enums import BenefitState, RiskState
from qiupu_web.projects.models import Benefit, Milestone, Project, Risk

DECAYED = (CommitmentState.OVERDUE, CommitmentState.AT_RISK)


@dataclass(frozen=True)
class Line:
    """One commitment of the ledger."""

    number: int
    row: Commitment
    mark: str
    light: str
    evidence: Evidence | None
    outcome: str
    is_changed: bool


@dataclass(frozen=True)
class LightCount:
    """How many commitments show a light."""

    code: str
    label: str
    count: int
    mark: str


@dataclass(frozen=True)
class Change:
    """One thing that happened in the month: evidence, or a commitment that came to another state."""

    at: datetime
    commitment: Commitment
    evidence: Evidence | None
    outcome: str


@dataclass(frozen=True)
class ProjectShown:
    """A project of the agreement with its drawing, its open risks, what it brings and whether it was accepted."""

    row: Project
    milestones: tuple[Milestone, ...]
    gantt: Gantt | None
    money: str
    risks: tuple[Risk, ...]
    benefits: tuple[tuple[Benefit, str], ...]
    acceptance: str


@dataclass(frozen=True)
class Report:
    """Everything that the page, the Word file, the Excel file and the PDF say; ``today`` is the last day that they tell of."""

    agreement: Agreement
    month: Month
    is_running: bool
    since: datetime
    today: datetime
    lines: tuple[Line, ...]
    lights: tuple[LightCount, ...]
    changes: tuple[Change, ...]
    bars: Sequence[Bar]
    projects: tuple[ProjectShown, ...]

    @property
    def span(self) -> str:
        """The stretch of time in words."""
        return span_of(self.month, self.since, self.today, is_running=self.is_running)


def monthly_report(agreement: Agreement, actor: Actor, now: datetime, month: Month | None = None) -> Report:
    """Put the report of a month together (of the running one when none is named); a text and its translation share commitments."""
    month = month or Month.of(now)
    is_running = now < month.end
    last = now if is_running else month.end - timedelta(microseconds=1)
    facts = reported.facts_of(agreement, actor, month)
    rows = facts.commitments
    return Report(
        agreement=agreement,
        month=month,
        is_running=is_running,
        since=month.begin,
        today=last,
        lines=tuple(_line(number, row, month, last, facts.earlier) for number, row in enumerate(rows, 1)),
        lights=_lights(rows),
        changes=_changes(rows, month, facts.earlier),
        bars=bars(facts.reached, before=facts.reached_before),
        projects=tuple(_project(one, last) for one in facts.projects),
    )


def _line(number: int, row: Commitment, month: Month, last: datetime, earlier: Past) -> Line:
    latest = latest_evidence(row)
    lit = row.state in (*LIT, CommitmentState.CONFIRMED)
    return Line(
        number=number,
        row=row,
        mark=MARKS[TONES.get(row.state, "plain")],
        light=light_sentence(light_of(row, last)) if lit else row.reason_note,
        evidence=latest,
        outcome=_outcome(latest),
        is_changed=_moved(row, month, earlier) or (latest is not None and latest.recorded_at >= month.begin),
    )


def _moved(row: Commitment, month: Month, earlier: Past) -> bool:
    return row.created_at >= month.begin or row.state != earlier.value(row, "state")


def _outcome(evidence: Evidence | None) -> str:
    return "" if evidence is None else outcome_words().get(evidence.outcome, evidence.outcome)


def _lights(rows: Sequence[Commitment]) -> tuple[LightCount, ...]:
    found = Counter(row.state for row in rows)
    return tuple(
        LightCount(code, str(label), found[code], MARKS[TONES.get(code, "plain")])
        for code, label in CommitmentState.choices
        if found[code]
    )


def _changes(rows: Sequence[Commitment], month: Month, earlier: Past) -> tuple[Change, ...]:
    """Return the month's evidence, and the commitments that ended the month in another state than they began it; newest first."""
    found = [
        Change(one.recorded_at, row, one, _outcome(one))
        for row in rows
        for one in row.evidence.all()
        if one.recorded_at >= month.begin
    ]
    found += [
        Change(max(row.state_since, month.begin), row, None, _move(row, month, earlier))
        for row in rows
        if _moved(row, month, earlier)
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.commitment.code), reverse=True))


def _move(row: Commitment, month: Month, earlier: Past) -> str:
    if row.created_at >= month.begin:
        return _("new: %(state)s") % {"state": row.get_state_display()}
    before = str(CommitmentState(earlier.value(row, "state")).label)
    return _("was %(before)s, now %(state)s") % {"before": before, "state": row.get_state_display()}


def _project(facts: ProjectFacts, last: datetime) -> ProjectShown:
    row, measured = facts.row, facts.acceptance
    risks = [one for one in sorted(facts.risks, key=risk_order) if one.state != RiskState.CLOSED]
    return ProjectShown(
        row=row,
        milestones=facts.milestones,
        gantt=draw(row.starts_on, row.ends_on, facts.milestones, timezone.localdate(last)),
        money=_money(row),
        risks=tuple(risks),
        benefits=tuple((one, benefit_sentence(one)) for one in facts.benefits if one.state != BenefitState.DROPPED),
        acceptance=f"{measured.get_verdict_display()} · {acceptance_sentence(measured)}" if measured else "",
    )


def _money(row: Project) -> str:
    amounts = {"planned": cny(row.budget_cny), "committed": cny(row.committed_cny), "paid": cny(row.paid_cny)}
    return _("planned %(planned)s, committed %(committed)s, paid %(paid)s") % amounts


def span_of(month: Month, since: datetime, today: datetime, *, is_running: bool) -> str:
    """Say which stretch of time a report tells of."""
    words = {"month": month, "since": day(since), "today": day(today)}
    return _("%(month)s, so far: %(since)s to %(today)s") % words if is_running else _("%(month)s: %(since)s to %(today)s") % words


# The leader's page --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leader:
    """One page for the leader: the same month, its news and what decays, the first of each."""

    agreement: Agreement
    month: Month
    is_running: bool
    since: datetime
    today: datetime
    bars: Sequence[Bar]
    news: Sequence[Evidence]
    news_more: int
    decaying: Sequence[Commitment]
    decaying_more: int

    @property
    def span(self) -> str:
        """The stretch of time in words."""
        return span_of(self.month, self.since, self.today, is_running=self.is_running)


def leaders_page(report: Report, shown: int) -> Leader:
    """Return the page of a report, with at most ``shown`` items of each list."""
    news = [one.evidence for one in report.changes if one.evidence is not None]
    today = timezone.localdate(report.today)
    rows = [one.row for one in report.lines if one.row.state not in ENDED]
    decaying = [row for row in rows if row.state in DECAYED or (row.due_on is not None and row.due_on < today)]
    decaying.sort(key=lambda row: (row.due_on is None, row.due_on or today, row.code))
    return Leader(
        agreement=report.agreement,
        month=report.month,
        is_running=report.is_running,
        since=report.since,
        today=report.today,
        bars=report.bars,
        news=news[:shown],
        news_more=max(len(news) - shown, 0),
        decaying=decaying[:shown],
        decaying_more=max(len(decaying) - shown, 0),
    )
