"""What people make of a suggestion: introduce, reply, meet, choose, decline."""

from __future__ import annotations

from datetime import datetime, timedelta

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements.usecases import record_evidence
from qiupu_web.base.audit import changed, usecase
from qiupu_web.base.bilingual import state_words
from qiupu_web.matches.enums import DeclineReason, MatchState
from qiupu_web.matches.models import Match, MatchDecision
from qiupu_web.matches.rules import DECISIONS, MATCH, REMIND_DAYS
from qiupu_web.matches.usecases.rankings import require_sought
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.enums import ScenarioState
from qiupu_web.scenarios.usecases import move_scenario


@usecase("matches.introduce")
def introduce_match(*, actor: Actor, now: datetime, match: Match, note: str = "", due: datetime | None = None) -> Match:
    """Introduce a supplier to an owner; its clock to reply begins.

    Must hold: the scenario is open; the match is suggested, or the supplier did not reply in time. Writes: its state;
    a published scenario moves to matching. Who: the office, members of the owner.
    """
    require(actor, "matches.introduce", match.scenario.owner_id)
    require_sought(match.scenario)
    MATCH.move(match, MatchState.INTRODUCED, now=now, note=note, due=due, reminded_at=None, reminders=0)
    if match.scenario.state == ScenarioState.PUBLISHED:
        move_scenario(actor=actor, now=now, scenario=match.scenario, to=ScenarioState.MATCHING)
    return match


@usecase("matches.reply")
def reply_match(*, actor: Actor, now: datetime, match: Match, interested: bool, reason: str = "", note: str = "") -> Match:
    """Reply to an introduction.

    Must hold: it is introduced and waits for a reply; declining carries a reason of ``DeclineReason``.
    Writes: its state. Who: the supplier's members.
    """
    require(actor, "matches.reply", match.capability.supplier_id)
    if match.state != MatchState.INTRODUCED:
        raise Conflict(
            N_("This is in the state “{state}”; no reply is awaited."),
            cure=N_("Reload the page; somebody else may have moved it on."),
            code="wrong-state",
            state=state_words(match),
        )
    if interested:
        MATCH.move(match, MatchState.INTERESTED, now=now, note=note)
        keep_decision(actor, now, match)
    else:
        _decline(actor, match, now=now, reason=reason, note=note)
    return match


@usecase("matches.decide")
def decide_match(*, actor: Actor, now: datetime, match: Match, decision: str, reason: str = "", note: str = "") -> Match:
    """Decide on a supplier: met, chosen, or declined.

    Must hold: the life cycle allows it (chosen needs an interested supplier); declining carries a reason of
    ``DeclineReason``. Writes: its state; a chosen one is evidence at the scenario's commitment, and the scenario goes to
    negotiating when it is not further yet. Who: members of the owner, the office.
    """
    require(actor, "matches.decide", match.scenario.owner_id)
    if decision not in DECISIONS:
        raise InputError(
            N_("“{given}” is no decision."), cure=N_("Choose one of the list."), column="decision", code="decision", given=decision
        )
    if decision == MatchState.DECLINED:
        _decline(actor, match, now=now, reason=reason, note=note)
        return match
    MATCH.move(match, decision, now=now, note=note, decided_at=now)
    keep_decision(actor, now, match)
    if decision == MatchState.CHOSEN:
        _chosen(actor, now, match)
    return match


@usecase("matches.remind")
def remind_supplier(*, actor: Actor, now: datetime, match: Match) -> Match:
    """Ask an introduced supplier once more; the digest and the supplier's page show it.

    Must hold: it is introduced and waits for a reply, and was not reminded within a day. Writes: when, and how often.
    Who: the office, members of the owner, the system before the clock runs out.
    """
    require(actor, "matches.remind", match.scenario.owner_id)
    if match.state != MatchState.INTRODUCED:
        raise Conflict(
            N_("This is in the state “{state}”; no reply is awaited."),
            cure=N_("Reload the page; somebody else may have moved it on."),
            code="wrong-state",
            state=state_words(match),
        )
    if match.reminded_at is not None and now - match.reminded_at < timedelta(days=1):
        raise Conflict(N_("It was reminded less than a day ago."), cure=N_("Give it a day to answer."), code="reminded")
    changed(match, reminded_at=now, reminders=match.reminders + 1)
    return match


@usecase("matches.lapse")
def lapse_match(*, actor: Actor, now: datetime, match: Match) -> Match:
    """End an introduction to which no reply came in time. Writes: its state. Who: the system."""
    require(actor, "matches.lapse")
    if match.state_due_at is None or match.state_due_at >= now:
        raise Conflict(N_("Its deadline is not over."), code="not-due")
    MATCH.move(match, MatchState.LAPSED, now=now)
    return match


def lapse_matches(*, now: datetime, actor: Actor | None = None) -> int:
    """End every introduction whose reply is overdue, each with its own record; return how many."""
    rows = list(Match.objects.filter(state=MatchState.INTRODUCED, state_due_at__lt=now).order_by("pk"))
    for row in rows:
        lapse_match(actor=actor or system("deadlines"), now=now, match=row)
    return len(rows)


def remind_suppliers(*, now: datetime, actor: Actor | None = None) -> int:
    """Remind, once, every supplier whose clock runs out within ``REMIND_DAYS``; return how many."""
    rows = Match.objects.filter(state=MatchState.INTRODUCED, reminders=0, state_due_at__gte=now)
    due = list(rows.filter(state_due_at__lt=now + timedelta(days=REMIND_DAYS)).select_related("scenario").order_by("pk"))
    for row in due:
        remind_supplier(actor=actor or system("deadlines"), now=now, match=row)
    return len(due)


def keep_decision(actor: Actor, now: datetime, match: Match) -> None:
    """Keep what was decided, for judging rankings by time (part of the use case that decided)."""
    MatchDecision.objects.create(match=match, decision=match.state, reason=match.decline_reason, decided_at=now, by=actor.role[:20])


def _decline(actor: Actor, match: Match, *, now: datetime, reason: str, note: str) -> None:
    if reason not in DeclineReason.values:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason")
    MATCH.move(match, MatchState.DECLINED, now=now, reason=reason, note=note, decline_reason=reason, decided_at=now)
    keep_decision(actor, now, match)


def _chosen(actor: Actor, now: datetime, match: Match) -> None:
    scenario, capability = match.scenario, match.capability
    if scenario.state in (ScenarioState.PUBLISHED, ScenarioState.MATCHING):
        move_scenario(actor=actor, now=now, scenario=scenario, to=ScenarioState.NEGOTIATING)
    if scenario.commitment is not None:
        record_evidence(
            actor=actor,
            now=now,
            commitment=scenario.commitment,
            kind="match",
            key=f"match:{scenario.code}:{capability.code}",
            title_zh=capability.title_zh,
            title_en=capability.title_en,
            outcome=MatchState.CHOSEN.value,
        )
