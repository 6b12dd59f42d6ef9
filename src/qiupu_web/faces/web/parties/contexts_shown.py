"""What an organisation has shown as a supplier: milestones met with evidence, acceptances, cases; public facts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiupu_web.parties.models import Organisation
from qiupu_web.projects.enums import AcceptanceVerdict, MilestoneState
from qiupu_web.projects.models import Acceptance, Milestone, Project
from qiupu_web.projects.queries import BEFORE_ORDER
from qiupu_web.scenarios.rules import BENCHMARK_STATES

SHOWN = 12
TONES = {AcceptanceVerdict.PASS: "pass", AcceptanceVerdict.FAIL: "fail"}


@dataclass(frozen=True)
class Shown:
    """One dated fact: what happened, in which project, and how it came out."""

    at: datetime
    project: Project
    line: str
    tone: str
    outcome: str
    note: str = ""


def shown_by(row: Organisation) -> Sequence[Shown]:
    """Return what ordered projects show of a supplier, the latest first; three queries."""
    found = [*_milestones(row), *_acceptances(row), *_cases(row)]
    return sorted(found, key=lambda one: (one.at, one.line), reverse=True)[:SHOWN]


def _milestones(row: Organisation) -> list[Shown]:
    signed = Count("evidence", filter=Q(evidence__countersigned_at__isnull=False))
    rows = Milestone.objects.filter(project__supplier=row, state=MilestoneState.MET).exclude(project__state__in=BEFORE_ORDER)
    found = []
    for one in rows.select_related("project").annotate(signed=signed).order_by("-state_since", "-id")[:SHOWN]:
        n = one.signed
        pieces = ngettext("%(n)d piece of evidence countersigned", "%(n)d pieces of evidence countersigned", n) % {"n": n}
        line = _("Milestone: %(title)s") % {"title": one.title}
        found.append(Shown(one.state_since, one.project, line, "pass", str(one.get_state_display()), pieces))
    return found


def _acceptances(row: Organisation) -> list[Shown]:
    rows = Acceptance.objects.filter(project__supplier=row).exclude(project__state__in=BEFORE_ORDER)
    line, found = _("Measured again on fresh data at acceptance"), []
    for one in rows.select_related("project").order_by("-measured_at", "-id")[:SHOWN]:
        tone = TONES.get(AcceptanceVerdict(one.verdict), "undecided")
        found.append(Shown(one.measured_at, one.project, line, tone, str(one.get_verdict_display())))
    return found


def _cases(row: Organisation) -> list[Shown]:
    rows = Project.objects.filter(supplier=row, scenario__state__in=BENCHMARK_STATES).exclude(state__in=BEFORE_ORDER)
    line = _("A case on the benchmark list")
    return [
        Shown(one.scenario.state_since, one, line, "pass", str(one.scenario.get_state_display()))
        for one in rows.select_related("scenario").order_by("-scenario__state_since", "-id")[:SHOWN]
    ]
