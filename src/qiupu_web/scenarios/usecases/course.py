"""What may be done with scenarios."""

from __future__ import annotations

from datetime import datetime, timedelta

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements.models import Commitment
from qiupu_web.agreements.usecases import record_evidence
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.bilingual import state_words
from qiupu_web.base.codes import take_code
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.enums import Role
from qiupu_web.parties.models import Organisation, User
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.enums import ExitReason, ReturnReason, ScenarioState
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import (
    BENCHMARK_STATES,
    DESCRIPTIVE,
    EDITABLE,
    LAPSING_STATES,
    OPEN_TO_OFFICE,
    OPEN_TO_OWNER,
    OWN_USE_CASE,
    SCENARIO,
    TRIAL_MOVES,
    check_complete,
    check_scenario,
)

OFFICE = (Role.OFFICE, "system")


def _only(fields: dict[str, object], name: str) -> None:
    """Refuse a field that a caller misspelt, as a plain signature would."""
    unknown = sorted(set(fields) - set(EDITABLE))
    if unknown:
        raise TypeError(f"{name}() takes no {unknown}")


@usecase("scenarios.draft")
def draft_scenario(
    *,
    actor: Actor,
    now: datetime,
    owner: Organisation,
    field: str,
    code: str = "",
    commitment: Commitment | None = None,
    is_invented: bool = False,
    **fields: object,
) -> Scenario:
    """Write down a need as a draft; it may still be incomplete. ``fields`` are named in ``rules.EDITABLE``.

    Must hold: a title in one language, a known field, values that make sense, a free code (one is made when it is
    empty). Writes: the scenario. Who: members of the owner (a firm or a unit), the exchange office.
    """
    require(actor, "scenarios.draft", owner.pk)
    _only(fields, "draft_scenario")
    row = Scenario(
        owner=owner,
        field=field,
        commitment=commitment,
        is_invented=is_invented,
        created_at=now,
        updated_at=now,
        **{name: value.strip() if isinstance(value, str) else value for name, value in fields.items()},
        **SCENARIO.begin(ScenarioState.DRAFT, now),
    )
    check_scenario(row)
    row.code = take_code(Scenario, code, name=row.title_en or row.title_zh, prefix="scenario")
    row.save(force_insert=True)
    touched(row, owner=owner.code, field=field, title_zh=row.title_zh, title_en=row.title_en)
    return row


@usecase("scenarios.edit")
def edit_scenario(*, actor: Actor, now: datetime, scenario: Scenario, **fields: object) -> Scenario:
    """Change the words of a scenario.

    Must hold: as for drafting; the owner may while it is a draft or returned, the office until it is on trial; what is
    handed in stays complete. Of an accepted case the office may still describe need, setting and data better.
    Writes: the scenario. Who: members of the owner, the exchange office.
    """
    require(actor, "scenarios.edit", scenario.owner_id)
    _only(fields, "edit_scenario")
    is_description = actor.role in OFFICE and scenario.state in BENCHMARK_STATES and set(fields) <= DESCRIPTIVE
    if scenario.state not in (OPEN_TO_OFFICE if actor.role in OFFICE else OPEN_TO_OWNER) and not is_description:
        raise Conflict(
            N_("This is in the state “{state}”, in which its words stand."),
            cure=N_("Ask the exchange office; what is on trial cannot be changed."),
            code="wrong-state",
            state=state_words(scenario),
        )
    wanted = Scenario(**{name: fields.get(name, getattr(scenario, name)) for name in EDITABLE})
    check_scenario(wanted)
    if scenario.state not in OPEN_TO_OWNER:
        check_complete(wanted)
    changed(scenario, **fields, updated_at=now)
    return scenario


@usecase("scenarios.submit")
def submit_scenario(*, actor: Actor, now: datetime, scenario: Scenario) -> Scenario:
    """Hand a draft to the exchange office.

    Must hold: it is complete (``rules.requirements``; the error names everything that is missing).
    Writes: its state. Who: members of the owner, the exchange office.
    """
    require(actor, "scenarios.submit", scenario.owner_id)
    check_complete(scenario)
    SCENARIO.move(scenario, ScenarioState.SUBMITTED, now=now)
    return scenario


@usecase("scenarios.return")
def return_scenario(*, actor: Actor, now: datetime, scenario: Scenario, reason: str, note: str = "") -> Scenario:
    """Send a scenario back to its owner.

    Must hold: it is handed in; a reason of ``ReturnReason``. Writes: its state. Who: the exchange office.
    """
    require(actor, "scenarios.return", scenario.owner_id)
    _check_reason(reason, ReturnReason.values)
    SCENARIO.move(scenario, ScenarioState.RETURNED, now=now, reason=reason, note=note)
    return scenario


@usecase("scenarios.publish")
def publish_scenario(*, actor: Actor, now: datetime, scenario: Scenario, manager: User | None = None) -> Scenario:
    """Put a scenario on the opportunity list.

    Must hold: it is handed in and complete. Writes: its state, the manager (the person of the office who publishes it
    when nobody else is named), and evidence at its commitment. Who: the exchange office.
    """
    require(actor, "scenarios.publish", scenario.owner_id)
    check_complete(scenario)
    if manager is None and actor.role == Role.OFFICE:
        manager = User.objects.filter(pk=actor.user_id or 0).first()
    SCENARIO.move(scenario, ScenarioState.PUBLISHED, now=now, published_at=now, manager=manager)
    if scenario.commitment is not None:
        record_evidence(
            actor=actor,
            now=now,
            commitment=scenario.commitment,
            kind="scenario",
            key=f"scenario:{scenario.code}",
            title_zh=scenario.title_zh,
            title_en=scenario.title_en,
        )
    return scenario


@usecase("scenarios.move")
def move_scenario(*, actor: Actor, now: datetime, scenario: Scenario, to: str, reason: str = "", note: str = "") -> Scenario:
    """Take a scenario on: matching, on trial, negotiating, selected, contracted, building, accepted, benchmark, or an exit.

    Must hold: ``to`` may follow; an exit carries a reason of ``ExitReason``. Already being there changes nothing.
    Writes: its state. Who: the office and the owner; the moves of a trial also stewards and auditors.
    """
    require(actor, "scenarios.move_by_trial" if to in TRIAL_MOVES else "scenarios.move", scenario.owner_id)
    if to in OWN_USE_CASE:
        raise ValueError(f"move_scenario() does not lead to {to}")
    if to in SCENARIO.exits:
        _check_reason(reason, ExitReason.values)
    touched(scenario)
    if scenario.state != to:
        SCENARIO.move(scenario, to, now=now, reason=reason, note=note)
    return scenario


@usecase("scenarios.withdraw")
def withdraw_scenario(*, actor: Actor, now: datetime, scenario: Scenario, reason: str, note: str = "") -> Scenario:
    """Take a scenario back.

    Must hold: no contract yet; a reason of ``ExitReason``. Writes: its state. Who: members of the owner, the office.
    """
    require(actor, "scenarios.withdraw", scenario.owner_id)
    _check_reason(reason, ExitReason.values)
    SCENARIO.move(scenario, ScenarioState.WITHDRAWN, now=now, reason=reason, note=note)
    return scenario


@usecase("scenarios.reconfirm")
def reconfirm_scenario(*, actor: Actor, now: datetime, scenario: Scenario) -> Scenario:
    """Say that the need still stands, so that it does not lapse.

    Must hold: it is on the list and not on trial yet. Writes: a fresh deadline. Who: members of the owner, the office.
    """
    require(actor, "scenarios.reconfirm", scenario.owner_id)
    if scenario.state not in LAPSING_STATES:
        raise Conflict(
            N_("This is in the state “{state}”, in which nothing needs to be re-confirmed."),
            code="wrong-state",
            state=state_words(scenario),
        )
    days = SCENARIO.steps[scenario.state].days
    changed(scenario, state_due_at=now + timedelta(days=days or 0))
    return scenario


@usecase("scenarios.lapse_overdue")
def lapse_scenario(*, actor: Actor, now: datetime, scenario: Scenario) -> Scenario:
    """Take a scenario off the list that was not re-confirmed in time.

    Must hold: its deadline is over. Writes: its state. Who: the system.
    """
    require(actor, "scenarios.lapse_overdue")
    if scenario.state_due_at is None or scenario.state_due_at >= now:
        raise Conflict(N_("Its deadline is not over."), code="not-due")
    SCENARIO.move(scenario, ScenarioState.LAPSED, now=now, reason=ExitReason.NOT_RECONFIRMED.value)
    return scenario


def lapse_overdue(*, now: datetime, actor: Actor | None = None) -> int:
    """Let every scenario lapse whose deadline is over, each with its own record; return how many."""
    due = Scenario.objects.filter(state__in=LAPSING_STATES, state_due_at__lt=now).order_by("pk")
    rows = list(due)
    for row in rows:
        lapse_scenario(actor=actor or system("deadlines"), now=now, scenario=row)
    return len(rows)


def _check_reason(reason: str, known: list[str]) -> None:
    if reason not in known:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason", given=reason[:40])
