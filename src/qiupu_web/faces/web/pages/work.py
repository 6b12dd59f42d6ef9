"""What waits for somebody: one list over all concepts, the most urgent first.

Each source is one query, whatever the number of rows; at most ``MOST`` rows of a source are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiupu_web.agreements.enums import CommitmentState, Disposition
from qiupu_web.agreements.models import Agreement, Commitment
from qiupu_web.agreements.queries import BINDING, waiting_for_approval, waiting_for_confirmation, waiting_for_unit
from qiupu_web.faces.web.agreements.words import approval_task
from qiupu_web.faces.web.events.waiting import waiting_events
from qiupu_web.matches.enums import MatchState
from qiupu_web.matches.models import Match
from qiupu_web.matches.queries import introductions_of, with_parties
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may
from qiupu_web.parties.queries import waiting_sign_ups
from qiupu_web.projects.enums import MilestoneState, ProjectState
from qiupu_web.projects.models import Milestone, MilestoneEvidence, Project
from qiupu_web.projects.rules import RUNNING
from qiupu_web.scenarios.enums import ScenarioState
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import LAPSING_STATES
from qiupu_web.trials.enums import EntryState, TrialState
from qiupu_web.trials.models import Entry, Objection, Trial

MOST = 50
RECONFIRM_FROM = timedelta(days=30)
"""An owner is asked to re-confirm a need in its last days on the list."""


@dataclass(frozen=True)
class Item:
    """One thing that waits. ``task`` says what to do; ``thing`` is what it is about; ``due`` is None when there is no deadline."""

    area: str
    task: str
    thing: object
    address: str
    due: datetime | None
    is_late: bool = False


def _moment(value: date | datetime | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return timezone.make_aware(datetime.combine(value, time(23, 59)))


def waiting_for(actor: Actor, now: datetime) -> list[Item]:
    """Return everything that waits for this actor: late things first, then by deadline, those without one last."""
    found = [item for source in SOURCES for item in source(actor, now)]
    found = [Item(one.area, one.task, one.thing, one.address, one.due, one.due is not None and one.due < now) for one in found]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(found, key=lambda one: (one.due or far, one.area, one.address))


def _commitments(actor: Actor, now: datetime) -> Iterator[Item]:
    area = _("Commitments")
    seen: set[int] = set()

    def items(rows: Iterable[Commitment], task: str) -> Iterator[Item]:
        for row in rows:
            if row.pk in seen:
                continue
            seen.add(row.pk)
            due = row.state_due_at or _moment(row.due_on)
            yield Item(area, task, row.title, reverse("agreements:commitment", args=[row.code]), due)

    if actor.role == "office":
        rows = Commitment.objects.filter(state=CommitmentState.RETURNED).order_by("state_due_at", "code")
        yield from items(rows[:MOST], _("Answer the unit that returned it"))
    if actor.organisation_id is None:
        return
    own = actor.organisation_id
    if may(actor, "agreements.answer_breakdown", own):
        yield from items(waiting_for_unit(own)[:MOST], _("Accept it or return it"))
    if may(actor, "agreements.decide_approval", own):
        yield from items(waiting_for_approval(actor, timezone.localdate(now))[:MOST], approval_task())
    if may(actor, "agreements.confirm", own):
        yield from items(waiting_for_confirmation(own)[:MOST], _("Confirm it for your side"))
    if actor.role in {"unit", "owner"}:
        late = Commitment.objects.filter(lead_unit_id=own, state__in=(CommitmentState.AT_RISK, CommitmentState.OVERDUE))
        yield from items(late.order_by("due_on", "code")[:MOST], _("Show how it moves: it is late or at risk"))


def _sentences(actor: Actor, now: datetime) -> Iterator[Item]:
    if actor.role != "office":
        return
    waiting = Q(statements__disposition=Disposition.WAITING, statements__strength__in=BINDING)
    rows = Agreement.objects.annotate(waiting=Count("statements", filter=waiting)).filter(waiting__gt=0).order_by("added_at", "pk")
    for row in rows[:MOST]:
        task = ngettext("Break it down: %(count)d sentence waits", "Break it down: %(count)d sentences wait", row.waiting)
        yield Item(
            _("Agreements"), task % {"count": row.waiting}, row.title, reverse("agreements:breakdown", args=[row.code]), None
        )


SCENARIO_TASKS: dict[str, Callable[[], str]] = {
    ScenarioState.SUBMITTED: lambda: _("Publish it or send it back"),
    ScenarioState.RETURNED: lambda: _("Put it right and hand it in again"),
    ScenarioState.DRAFT: lambda: _("Finish the draft and hand it in"),
    ScenarioState.NEGOTIATING: lambda: _("Decide how to go on"),
    ScenarioState.SELECTED: lambda: _("Make the contract"),
    ScenarioState.PUBLISHED: lambda: _("Find who can do it, or re-confirm the need"),
    ScenarioState.MATCHING: lambda: _("Bring owner and suppliers together"),
    ScenarioState.ACCEPTED: lambda: _("Hold it up as a benchmark case, if others can copy it"),
}


def _scenarios(actor: Actor, now: datetime) -> Iterator[Item]:
    if actor.role == "office":
        mine = Q(state_owner="office")
    elif actor.role in {"owner", "unit"} and actor.organisation_id is not None:
        mine = Q(state_owner="owner", owner_id=actor.organisation_id)
    else:
        return
    rows = Scenario.objects.filter(mine, state__in=SCENARIO_TASKS).order_by("state_due_at", "code")
    for row in rows[:MOST]:
        task = SCENARIO_TASKS[row.state]()
        yield Item(_("Opportunities"), task, row.title, reverse("scenarios:detail", args=[row.code]), row.state_due_at)


def _reconfirmations(actor: Actor, now: datetime) -> Iterator[Item]:
    """What leaves the list unless its owner says in time that the need still stands."""
    own = actor.organisation_id
    if actor.role not in {"owner", "unit"} or own is None:
        return
    near = Scenario.objects.filter(owner_id=own, state__in=LAPSING_STATES, state_due_at__lte=now + RECONFIRM_FROM)
    for row in near.order_by("state_due_at", "code")[:MOST]:
        address = reverse("scenarios:detail", args=[row.code])
        yield Item(
            _("Opportunities"), _("Say that the need still stands, or it leaves the list"), row.title, address, row.state_due_at
        )


def _matches(actor: Actor, now: datetime) -> Iterator[Item]:
    if actor.organisation_id is None:
        return
    rows: Iterable[Match] = ()
    task = ""
    if actor.role == "supplier":
        rows = introductions_of(actor.organisation_id).filter(state=MatchState.INTRODUCED)[:MOST]
        task = _("Say whether you are interested")
    elif actor.role in {"owner", "unit"}:
        rows = with_parties(
            Match.objects.filter(scenario__owner_id=actor.organisation_id, state__in=(MatchState.INTERESTED, MatchState.MET))
        ).order_by("state_due_at", "id")[:MOST]
        task = _("Meet the supplier and decide")
    for row in rows:
        thing = row.scenario.title if actor.role == "supplier" else row.capability.title
        yield Item(_("Matches"), task, thing, reverse("matches:detail", args=[row.pk]), row.state_due_at)


def _events(actor: Actor, now: datetime) -> Iterator[Item]:
    return (Item(*one) for one in waiting_events(actor, now))


TRIAL_TASKS: dict[str, Callable[[], str]] = {
    TrialState.DRAFT: lambda: _("Bring the data"),
    TrialState.DATA_CHECK: lambda: _("Look at the findings and seal"),
    TrialState.SEALED: lambda: _("Open it"),
    TrialState.PRACTICE: lambda: _("Open it"),
    TrialState.OPEN: lambda: _("Close it in time"),
    TrialState.CLOSED: lambda: _("Unseal and score the final split"),
    TrialState.SCORED: lambda: _("Review the result"),
    TrialState.REVIEW: lambda: _("Announce the result"),
    TrialState.ANNOUNCED: lambda: _("Open the time for objections"),
    TrialState.OBJECTIONS: lambda: _("Decide objections, then conclude"),
    TrialState.PASSED: lambda: _("Contract with who passed"),
    TrialState.UNDECIDED: lambda: _("Take the next step"),
}


def _trials(actor: Actor, now: datetime) -> Iterator[Item]:
    if actor.role in {"steward", "auditor"}:
        mine = Q(state_owner=actor.role)
    elif actor.role in {"owner", "unit"} and actor.organisation_id is not None:
        own = actor.organisation_id
        mine = Q(state_owner="owner") & (Q(scenario__owner_id=own) | Q(next_owner_id=own))
    else:
        return
    for row in Trial.objects.filter(mine, state__in=TRIAL_TASKS).order_by("state_due_at", "code")[:MOST]:
        due = _moment(row.next_due_on) or (row.closes_at if row.state == TrialState.OPEN else None) or row.state_due_at
        yield Item(_("Trials"), TRIAL_TASKS[row.state](), row.title, reverse("trials:detail", args=[row.code]), due)


def _objections(actor: Actor, now: datetime) -> Iterator[Item]:
    if actor.role != "auditor":
        return
    rows = Objection.objects.filter(state_owner="auditor").select_related("trial").order_by("state_due_at", "pk")
    for row in rows[:MOST]:
        address = reverse("trials:detail", args=[row.trial.code])
        yield Item(_("Trials"), _("Answer an objection"), row.trial.title, address, row.state_due_at)


def _entries(actor: Actor, now: datetime) -> Iterator[Item]:
    if actor.role != "supplier" or actor.organisation_id is None:
        return
    mine = Q(entries__organisation_id=actor.organisation_id, entries__state=EntryState.SCORED)
    named = Entry.objects.filter(organisation_id=actor.organisation_id, is_final=True).values("trial_id")
    rows = Trial.objects.filter(mine, state=TrialState.OPEN).exclude(pk__in=named)
    for row in rows.annotate(latest=Max("entries__created_at")).order_by("closes_at", "code")[:MOST]:
        address = reverse("trials:detail", args=[row.code])
        yield Item(_("Trials"), _("Name the entry that counts, or the best counts"), row.title, address, row.closes_at)


PROJECT_TASKS: dict[str, Callable[[], str]] = {
    ProjectState.CANDIDATE: lambda: _("Select the project"),
    ProjectState.SELECTED: lambda: _("Approve the project"),
    ProjectState.APPROVED: lambda: _("Place the order"),
    ProjectState.ORDERED: lambda: _("Start building"),
    ProjectState.TRIAL_RUN: lambda: _("Finish the trial run"),
    ProjectState.ACCEPTANCE: lambda: _("Measure again on fresh data and accept"),
    ProjectState.PURCHASED: lambda: _("Take it into operation"),
    ProjectState.SCALED: lambda: _("Take it into operation"),
    ProjectState.OPERATING: lambda: _("Review what it brought"),
    ProjectState.SUSPENDED: lambda: _("Decide how to go on"),
    ProjectState.CHANGED: lambda: _("Decide how to go on"),
}


def _sides(actor: Actor, to_project: str = "") -> Q | None:
    """Return the filter for projects in which this actor has to act."""
    if actor.role == "office":
        return Q(**{f"{to_project}state_owner": "office"})
    if actor.organisation_id is None:
        return None
    if actor.role in {"owner", "unit"}:
        return Q(**{f"{to_project}state_owner": "owner", f"{to_project}scenario__owner_id": actor.organisation_id})
    if actor.role == "supplier":
        return Q(**{f"{to_project}state_owner": "supplier", f"{to_project}supplier_id": actor.organisation_id})
    return None


def _projects(actor: Actor, now: datetime) -> Iterator[Item]:
    mine = _sides(actor)
    if mine is None:
        return
    for row in Project.objects.filter(mine, state__in=PROJECT_TASKS).order_by("state_due_at", "code")[:MOST]:
        address = reverse("projects:detail", args=[row.code])
        yield Item(_("Projects"), PROJECT_TASKS[row.state](), row.title, address, row.state_due_at)


def _milestones(actor: Actor, now: datetime) -> Iterator[Item]:
    own = actor.organisation_id
    if own is None:
        return
    if actor.role == "supplier":
        rows = Milestone.objects.filter(project__supplier_id=own, project__state__in=RUNNING).exclude(state=MilestoneState.MET)
        for one in rows.select_related("project").order_by("due_on", "pk")[:MOST]:
            address = reverse("projects:detail", args=[one.project.code])
            yield Item(_("Projects"), _("Meet the milestone and show it"), one.title, address, _moment(one.due_on))
    elif actor.role in {"owner", "unit"}:
        shown = MilestoneEvidence.objects.filter(milestone__project__scenario__owner_id=own, countersigned_at__isnull=True)
        shown = shown.exclude(added_by_organisation_id=own).select_related("milestone__project").order_by("added_at", "pk")
        for piece in shown[:MOST]:
            address = reverse("projects:detail", args=[piece.milestone.project.code])
            due = _moment(piece.milestone.due_on)
            yield Item(_("Projects"), _("Countersign the evidence or object"), piece.milestone.title, address, due)


def _sign_ups(actor: Actor, now: datetime) -> Iterator[Item]:
    if not may(actor, "parties.decide_sign_up"):
        return
    for row in waiting_sign_ups()[:MOST]:
        thing = f"{row.user.name} · {row.organisation_name}"
        yield Item(_("Accounts"), _("Open the account or decline"), thing, reverse("accounts:sign_up_detail", args=[row.pk]), None)


SOURCES: tuple[Callable[[Actor, datetime], Iterator[Item]], ...] = (
    _commitments,
    _sentences,
    _scenarios,
    _reconfirmations,
    _matches,
    _events,
    _trials,
    _objections,
    _entries,
    _projects,
    _milestones,
    _sign_ups,
)
