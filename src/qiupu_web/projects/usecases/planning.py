"""Begin a project, plan it, move it along its life."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements.enums import EvidenceKind
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.projects.enums import MilestoneState, MoveReason, ProjectState
from qiupu_web.projects.models import Milestone, Project
from qiupu_web.projects.queries import standing_acceptance
from qiupu_web.projects.rules import ACCEPTED, ENDED, MILESTONE, PROJECT, check_money
from qiupu_web.projects.usecases.replicating import tell_source
from qiupu_web.projects.usecases.telling import follow_project, require_living, tell_commitment
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import EXITS, PUBLIC_STATES
from qiupu_web.trials.models import Entry, Trial

S = ProjectState
MILESTONE_FIELDS = ("title_zh", "title_en", "due_on", "payment_cny")
EDITABLE = ("title_zh", "title_en", "budget_cny", "committed_cny", "paid_cny", "starts_on", "ends_on")


@usecase("projects.create")
def create_project(
    *,
    actor: Actor,
    now: datetime,
    scenario: Scenario,
    supplier: Organisation,
    code: str = "",
    title_zh: str = "",
    title_en: str = "",
    trial: Trial | None = None,
    entry: Entry | None = None,
    budget_cny: Decimal | int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_invented: bool = False,
) -> Project:
    """Make a candidate project of a scenario and a supplier; titles default to the scenario's, the budget too.

    Must hold: the scenario is published and has not ended; trial and entry, when given, belong to it and to the
    supplier, and the verdict is not "fail"; there is no other living project of the two. Writes: the project, evidence of the
    scenario's commitment. May: the exchange office, the scenario's owner.
    """
    require(actor, "projects.create", scenario.owner_id)
    _check_origin(scenario, supplier, trial, entry)
    budget = Decimal(budget_cny) if budget_cny is not None else scenario.budget_cny
    _check_dates(starts_on, ends_on)
    check_money(budget=budget, committed=None, paid=None, milestones=Decimal(0))
    number = Project.objects.filter(scenario=scenario).count() + 1
    project = Project.objects.create(
        code=code or f"{scenario.code[:54]}-p{number}",
        scenario=scenario,
        supplier=supplier,
        trial=trial,
        entry=entry,
        title_zh=title_zh or ("" if title_en else scenario.title_zh),
        title_en=title_en or ("" if title_zh else scenario.title_en),
        budget_cny=budget,
        starts_on=starts_on,
        ends_on=ends_on,
        is_invented=is_invented,
        created_at=now,
        **PROJECT.begin(S.CANDIDATE, now),
    )
    touched(project, scenario=scenario, supplier=supplier.code, trial=trial, budget_cny=budget)
    tell_commitment(project, about=project, actor=actor, now=now, kind=EvidenceKind.PROJECT, key=f"project:{project.code}")
    return project


def _check_origin(scenario: Scenario, supplier: Organisation, trial: Trial | None, entry: Entry | None) -> None:
    if scenario.state not in PUBLIC_STATES or scenario.state in EXITS:
        raise Conflict(
            N_("A project follows from a published scenario; this one is “{state}”."),
            code="wrong-state",
            state=scenario.get_state_display(),
        )
    if trial is not None and trial.scenario_id != scenario.pk:
        raise InputError(N_("The trial belongs to another scenario."), column="trial", code="other-trial")
    if entry is not None and (trial is None or entry.trial_id != trial.pk or entry.organisation_id != supplier.pk):
        raise InputError(N_("The entry belongs to another trial or supplier."), column="entry", code="other-entry")
    if entry is not None and any(decision.verdict == "fail" for decision in entry.decisions.order_by("-decided_at")[:1]):
        raise Conflict(
            N_("This entry did not meet the bar, so no project follows from it."),
            cure=N_("Choose an entry that passed, or one that is undecided for a paid pilot."),
            code="failed",
        )
    if Project.objects.filter(scenario=scenario, supplier=supplier).exclude(state__in=ENDED).exists():
        raise Conflict(N_("There is a project of this scenario and supplier already."), code="exists")


def _check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise InputError(N_("The end lies before the start."), column="ends_on", code="dates")


def _payments(project: Project) -> Decimal:
    return project.milestones.aggregate(sum=Sum("payment_cny"))["sum"] or Decimal(0)


@usecase("projects.edit")
def edit_project(*, actor: Actor, now: datetime, project: Project, **fields: Any) -> None:
    """Change titles, dates and money of a project that has not ended; paid <= committed <= budget must hold.

    Writes: the project. May: the exchange office, the scenario's owner.
    """
    require(actor, "projects.edit", project.scenario.owner_id)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise InputError(N_("A project has no “{name}”."), name=", ".join(sorted(unknown)))
    require_living(project)
    values = {name: fields.get(name, getattr(project, name)) for name in EDITABLE}
    _check_dates(values["starts_on"], values["ends_on"])
    check_money(
        budget=values["budget_cny"], committed=values["committed_cny"], paid=values["paid_cny"], milestones=_payments(project)
    )
    changed(project, **fields)


@usecase("projects.add_milestone")
def add_milestone(
    *,
    actor: Actor,
    now: datetime,
    project: Project,
    title_zh: str = "",
    title_en: str = "",
    due_on: date | None = None,
    payment_cny: Decimal | int | None = None,
) -> Milestone:
    """Add a checkpoint with its date and the payment that falls due when it is met.

    Must hold: a title; the date lies within the project; all payments fit into the budget. Writes: the milestone. May: the
    exchange office, the scenario's owner.
    """
    require(actor, "projects.add_milestone", project.scenario.owner_id)
    require_living(project)
    payment = Decimal(payment_cny) if payment_cny is not None else None
    _check_milestone(
        project, {"title_zh": title_zh, "title_en": title_en, "due_on": due_on, "payment_cny": payment}, _payments(project)
    )
    last = project.milestones.aggregate(last=Max("number"))["last"] or 0
    milestone = Milestone.objects.create(
        project=project,
        number=last + 1,
        title_zh=title_zh,
        title_en=title_en,
        due_on=due_on,
        payment_cny=payment,
        created_at=now,
        **MILESTONE.begin(MilestoneState.SCHEDULED, now),
    )
    touched(project, milestone=milestone, title=str(milestone), due_on=due_on, payment_cny=payment)
    return milestone


def _check_milestone(project: Project, values: dict[str, Any], others: Decimal) -> None:
    """Check one milestone beside the payments of the others."""
    due_on, payment = values["due_on"], values["payment_cny"]
    if not (values["title_zh"] or values["title_en"]):
        raise InputError(N_("A milestone needs a title."), column="title_zh", code="no-title")
    if due_on and project.starts_on and due_on < project.starts_on:
        raise InputError(N_("The milestone lies before the project's start."), column="due_on", code="dates")
    if payment is not None and payment < 0:
        raise InputError(N_("Money cannot be negative."), column="payment_cny", code="negative")
    check_money(budget=project.budget_cny, committed=project.committed_cny, paid=None, milestones=others + (payment or 0))


@usecase("projects.edit_milestone")
def edit_milestone(*, actor: Actor, now: datetime, milestone: Milestone, **fields: Any) -> None:
    """Change the words, the date or the payment of a milestone that is not met.

    Must hold: as for adding one; it is not met. Writes: the milestone. May: the exchange office, the scenario's owner.
    """
    project = milestone.project
    require(actor, "projects.edit_milestone", project.scenario.owner_id)
    require_living(project)
    unknown = set(fields) - set(MILESTONE_FIELDS)
    if unknown:
        raise InputError(N_("A milestone has no “{name}”."), name=", ".join(sorted(unknown)))
    if milestone.state == MilestoneState.MET:
        raise Conflict(N_("This milestone is met and countersigned; it stays as it is."), cure=N_("Add another one."), code="met")
    values = {name: fields.get(name, getattr(milestone, name)) for name in MILESTONE_FIELDS}
    _check_milestone(project, values, _payments(project) - (milestone.payment_cny or 0))
    touched(project, milestone=milestone, number=milestone.number)
    changed(milestone, **fields)


@usecase("projects.move")
def move_project(*, actor: Actor, now: datetime, project: Project, to: str, reason: str = "", note: str = "") -> None:
    """Move a project along its life; its scenario follows (ordered: contracted; building; purchased: accepted).

    Must hold: the step is possible; suspending, changing and ending need a reason of the list; an order needs a milestone;
    buying needs every milestone met, and the bar passed on fresh data or a waiver. Writes: the project, the scenario,
    evidence of the purchase. May: the exchange office, the scenario's owner.
    """
    require(actor, "projects.move", project.scenario.owner_id)
    if to in PROJECT.exits and reason and reason not in MoveReason.values:
        raise InputError(N_("“{value}” is not one of the reasons."), column="reason", value=reason)
    if PROJECT.allows(project.state, to):
        _ready_for(project, to)
    committed: dict[str, Any] = {}
    if to == S.ORDERED and project.committed_cny is None:
        committed = {"committed_cny": _payments(project) or project.budget_cny}
    PROJECT.move(project, to, now=now, reason=reason, note=note, **committed)
    follow_project(actor, now, project)
    if to == S.PURCHASED:
        tell_source(actor, now, project)
    if to in (S.PURCHASED, S.SCALED):
        key = f"project:{project.code}:{to}"
        tell_commitment(project, about=project, actor=actor, now=now, kind=EvidenceKind.PROJECT, key=key, outcome=to)


def _ready_for(project: Project, to: str) -> None:
    if to == S.ORDERED and not project.milestones.exists():
        raise Conflict(N_("Add a milestone first: what is ordered, by when, for how much."), code="no-milestone")
    if to not in (S.PURCHASED, S.SCALED) or project.state != S.ACCEPTANCE:
        return
    unmet = [str(row.number) for row in project.milestones.exclude(state=MilestoneState.MET)]
    if unmet:
        raise Conflict(
            N_("Before it is bought, every milestone is met and countersigned; these are not: {numbers}."),
            code="unmet",
            numbers=", ".join(unmet),
        )
    measured = standing_acceptance(project)
    if measured is None:
        raise Conflict(
            N_("Before it is bought, the metric is measured again on fresh data."),
            cure=N_("Record the acceptance on the project's page."),
            code="no-acceptance",
        )
    if measured.verdict not in ACCEPTED:
        raise Conflict(
            N_("On fresh data the bar was not shown to be met, so it is not bought."),
            cure=N_("Send it back to its trial run, or measure again on other fresh data."),
            code="not-accepted",
        )
