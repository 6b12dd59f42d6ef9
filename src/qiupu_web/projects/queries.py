"""What pages and the API read of projects."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet

from qiupu_web.base.searching import holding
from qiupu_web.parties.actors import Actor
from qiupu_web.projects.enums import MilestoneState
from qiupu_web.projects.enums import ProjectState as S
from qiupu_web.projects.models import Acceptance, Milestone, Project

SEES_ALL = ("office", "auditor", "administrator", "steward", "system")
BEFORE_ORDER = (S.CANDIDATE, S.SELECTED, S.APPROVED)


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """Ordered projects for everybody; earlier ones for the office, their owner and their supplier."""
    rows = Project.objects.select_related("scenario", "scenario__owner", "supplier")
    if actor.role in SEES_ALL:
        return rows
    shown = ~Q(state__in=BEFORE_ORDER)
    if actor.organisation_id is not None:
        shown |= Q(supplier_id=actor.organisation_id) | Q(scenario__owner_id=actor.organisation_id)
    return rows.filter(shown)


def may_see(actor: Actor, row: Project) -> bool:
    """Return whether the actor may see a project in the state that it has (perhaps had); the same rule for one row."""
    if actor.role in SEES_ALL or row.state not in BEFORE_ORDER:
        return True
    return actor.organisation_id is not None and actor.organisation_id in (row.supplier_id, row.scenario.owner_id)


def with_milestones(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Sort by what falls due next; add ``milestones_n``, ``met_n`` and ``next_due_on`` (the first date of what is not met)."""
    unmet = ~Q(milestones__state=MilestoneState.MET)
    return rows.annotate(
        milestones_n=Count("milestones"),
        met_n=Count("milestones", filter=Q(milestones__state=MilestoneState.MET)),
        next_due_on=Min("milestones__due_on", filter=unmet),
    ).order_by("next_due_on", "code")


def search_projects(rows: QuerySet[Project], words: str) -> QuerySet[Project]:
    """Narrow projects to those whose title, code, supplier or owner hold every word."""
    return holding(rows, words, bilingual=["title", "supplier__name", "scenario__owner__name"], plain=["code"])


def next_milestone(milestones: list[Milestone]) -> Milestone | None:
    """Return the first milestone that is not met, by number."""
    return next((row for row in milestones if row.state != MilestoneState.MET), None)


def earned_cny(milestones: list[Milestone]) -> Decimal:
    """Return what fell due for payment: the payments of the milestones that are met."""
    return sum((row.payment_cny or Decimal(0) for row in milestones if row.state == MilestoneState.MET), Decimal(0))


def standing_acceptance(project: Project) -> Acceptance | None:
    """Return the latest acceptance since the project came to its acceptance; what was measured before a rework is over."""
    return project.acceptances.filter(measured_at__gte=project.state_since).order_by("-measured_at", "-id").first()
