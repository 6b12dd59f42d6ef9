"""What the templates of organisations are given, and what their profile grows from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet

from qiupu_web.agreements.models import Commitment
from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.web.listing import Listing
from qiupu_web.faces.web.parties.contexts_shown import Shown
from qiupu_web.faces.web.parties.forms import MemberForm, OrganisationForm
from qiupu_web.faces.web.parties.returning import Return
from qiupu_web.parties.models import Membership, Organisation
from qiupu_web.projects.models import Project
from qiupu_web.projects.queries import BEFORE_ORDER
from qiupu_web.projects.rules import MAIN_LINE
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import BENCHMARK_STATES, PUBLIC_STATES
from qiupu_web.trials.enums import Verdict
from qiupu_web.trials.models import Decision
from qiupu_web.trials.queries import ANNOUNCED_STATES

SHOWN = 12
ACCEPTED = (*MAIN_LINE[MAIN_LINE.index("purchased") :], "scaled")
"""States of a project whose solution was accepted."""


@dataclass(frozen=True)
class OrganisationList:
    """The list of organisations."""

    listing: Listing[Organisation]
    may_create: bool
    may_merge: bool


@dataclass(frozen=True)
class Facts:
    """What the records say of an organisation; nothing here is claimed by itself."""

    trials_entered: int
    trials_passed: int
    solutions_accepted: int
    needs_published: int
    needs_solved: int
    commitments_led: int
    commitments_met: int

    @property
    def has_any(self) -> bool:
        """Whether anything has happened yet."""
        return any((self.trials_entered, self.solutions_accepted, self.needs_published, self.commitments_led))


@dataclass(frozen=True)
class Profile:
    """One organisation's page."""

    row: Organisation
    facts: Facts
    capabilities: Sequence[Capability]
    scenarios: Sequence[Scenario]
    verdicts: Sequence[Decision]
    projects: Sequence[Project]
    shown: Sequence[Shown]
    commitments: Sequence[Commitment]
    units: Sequence[Organisation]
    members: Sequence[Membership] | None
    may_edit: bool
    may_manage: bool


@dataclass(frozen=True)
class Members:
    """Who acts for an organisation, and the form for one more."""

    row: Organisation
    members: Sequence[Membership]
    form: MemberForm


@dataclass(frozen=True)
class Edit:
    """Creating or changing an organisation, and where a registration came from."""

    row: Organisation | None
    form: OrganisationForm
    back: Return = field(default_factory=Return)


def _announced(row: Organisation) -> Q:
    """What was announced of its entries, by the version in force; a void trial says nothing."""
    own = Q(entry__organisation=row, entry__is_baseline=False, version__number=F("entry__trial__version"))
    return own & Q(entry__trial__state__in=ANNOUNCED_STATES) & ~Q(entry__trial__state="void")


def facts_of(row: Organisation) -> Facts:
    """Count what the records say; five queries."""
    verdicts = Decision.objects.filter(_announced(row)).aggregate(
        entered=Count("entry__trial", distinct=True),
        passed=Count("entry__trial", filter=Q(verdict=Verdict.PASS), distinct=True),
    )
    needs = Scenario.objects.filter(owner=row, state__in=PUBLIC_STATES).aggregate(
        published=Count("pk"), solved=Count("pk", filter=Q(state__in=BENCHMARK_STATES))
    )
    led = public_commitments(row).aggregate(led=Count("pk"), met=Count("pk", filter=Q(state="met")))
    return Facts(
        trials_entered=verdicts["entered"],
        trials_passed=verdicts["passed"],
        solutions_accepted=Project.objects.filter(supplier=row, state__in=ACCEPTED).count(),
        needs_published=needs["published"],
        needs_solved=needs["solved"],
        commitments_led=led["led"],
        commitments_met=led["met"],
    )


def public_commitments(row: Organisation) -> QuerySet[Commitment]:
    """Return the commitments of public agreements that an organisation leads."""
    return Commitment.objects.filter(lead_unit=row, statement__agreement__is_public=True).exclude(state="amended")


def verdicts_of(row: Organisation) -> Sequence[Decision]:
    """Return what trials decided about its entries, the latest first, once announced."""
    rows = Decision.objects.filter(_announced(row)).select_related("entry__trial", "entry__organisation")
    return list(rows.order_by("-decided_at", "-pk")[:SHOWN])


def capabilities_of(row: Organisation) -> Sequence[Capability]:
    """Return its published capabilities."""
    return list(Capability.objects.filter(supplier=row, state=CapabilityState.PUBLISHED).order_by("code")[:SHOWN])


def scenarios_of(row: Organisation) -> Sequence[Scenario]:
    """Return its published needs."""
    return list(Scenario.objects.filter(owner=row, state__in=PUBLIC_STATES).order_by("-published_at", "code")[:SHOWN])


def projects_of(row: Organisation) -> Sequence[Project]:
    """Return the ordered projects in which it builds or owns."""
    rows = Project.objects.filter(Q(supplier=row) | Q(scenario__owner=row)).exclude(state__in=BEFORE_ORDER)
    return list(rows.select_related("scenario__owner", "supplier").order_by("-state_since", "code")[:SHOWN])
