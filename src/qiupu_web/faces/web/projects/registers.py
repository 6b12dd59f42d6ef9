"""What a project's page shows of risks, benefits, contract documents and who takes the project over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiupu_web.faces.templatetags.qiupu import day
from qiupu_web.faces.web.projects.register_forms import (
    BenefitForm,
    DocumentForm,
    DropForm,
    MeasureForm,
    ReplicateForm,
    ReviewForm,
    RiskForm,
    RiskMoveForm,
)
from qiupu_web.faces.web.trials.drawing import Plot, plot_of, scale_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import matrix, may
from qiupu_web.projects.enums import BenefitState, Degree, DropReason, ProjectState, RiskReason, RiskState
from qiupu_web.projects.models import Benefit, BenefitMeasurement, ContractDocument, Project, Replication, Risk
from qiupu_web.projects.queries import SEES_ALL
from qiupu_web.projects.rules import ENDED, REPLICABLE, RISK, gravity, share_reached
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import PUBLIC_STATES

GRAVEST = (Degree.HIGH, Degree.MEDIUM, Degree.LOW)


# Risks --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RiskShown:
    """A risk with how grave it is and what the reader may do."""

    row: Risk
    gravity: str
    gravity_label: str
    reason: str
    may_edit: bool
    move_form: RiskMoveForm | None


@dataclass(frozen=True)
class RiskPart:
    """The register: what is open first, the gravest first."""

    shown: tuple[RiskShown, ...]
    form: RiskForm | None


def risk_part(row: Project, actor: Actor) -> RiskPart:
    """Put the register together."""
    lives = row.state not in ENDED
    owners = (row.scenario.owner_id, row.supplier_id)
    may_edit, may_move = lives and may(actor, "projects.edit_risk", *owners), may(actor, "projects.move_risk", *owners)
    rows = sorted(row.risks.all(), key=risk_order)
    shown = tuple(
        RiskShown(
            one,
            gravity(one.likelihood, one.impact),
            str(gravity(one.likelihood, one.impact).label),
            str(RiskReason(one.reason_code).label) if one.reason_code else "",
            may_edit,
            RiskMoveForm(state=one.state, auto_id=f"r{one.number}-%s") if may_move and RISK.steps[one.state].to else None,
        )
        for one in rows
    )
    form = RiskForm(project=row, auto_id="risk-%s") if lives and may(actor, "projects.add_risk", *owners) else None
    return RiskPart(shown, form)


def risk_order(one: Risk) -> tuple[bool, int, int]:
    """Sort what is closed last, then by how grave it is, then by number."""
    return (one.state == RiskState.CLOSED, GRAVEST.index(gravity(one.likelihood, one.impact)), one.number)


def risk_line(one: Risk) -> str:
    """Return a risk in one line, for reports."""
    grave = gravity(one.likelihood, one.impact).label
    parts = [f"{one} ({grave})", one.get_state_display(), str(one.keeper)]
    if one.due_on:
        parts.append(_("by %(day)s") % {"day": day(one.due_on)})
    if str(one.measures):
        parts.append(str(one.measures))
    return " · ".join(parts)


# Benefits -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BenefitShown:
    """A benefit in a sentence, with its newest value, the earlier ones, and what the reader may do."""

    row: Benefit
    sentence: str
    plot: Plot | None
    newest: BenefitMeasurement | None
    earlier: tuple[BenefitMeasurement, ...]
    reason: str
    measure_form: MeasureForm | None
    review_form: ReviewForm | None
    drop_form: DropForm | None


@dataclass(frozen=True)
class BenefitPart:
    """What the project brings."""

    shown: tuple[BenefitShown, ...]
    form: BenefitForm | None


def benefit_part(row: Project, actor: Actor) -> BenefitPart:
    """Put the section together."""
    owner = row.scenario.owner_id
    may_add = row.state != ProjectState.TERMINATED and may(actor, "projects.add_benefit", owner)
    shown = tuple(_benefit(one, actor, owner) for one in row.benefits.all())
    return BenefitPart(shown, BenefitForm(auto_id="benefit-%s") if may_add else None)


def newest_of(one: Benefit) -> BenefitMeasurement | None:
    """Return the value that was written down last."""
    return max(one.measurements.all(), key=lambda value: (value.recorded_at, value.pk), default=None)


def _benefit(one: Benefit, actor: Actor, owner: int) -> BenefitShown:
    newest = newest_of(one)
    pursued = one.state != BenefitState.DROPPED
    may_measure = pursued and may(actor, "projects.measure_benefit", owner)
    foreign = newest is not None and (actor.organisation_id is None or newest.recorded_by_organisation_id != actor.organisation_id)
    may_review = one.state == BenefitState.MEASURED and foreign and may(actor, "projects.review_benefit")
    may_drop = one.state in (BenefitState.EXPECTED, BenefitState.MEASURED) and may(actor, "projects.drop_benefit", owner)
    return BenefitShown(
        row=one,
        sentence=benefit_sentence(one),
        plot=_plot(one, newest),
        newest=newest,
        earlier=tuple(value for value in one.measurements.all() if value != newest),
        reason=str(DropReason(one.reason_code).label) if one.reason_code else "",
        measure_form=MeasureForm(auto_id=f"m{one.number}-%s") if may_measure else None,
        review_form=ReviewForm(auto_id=f"v{one.number}-%s") if may_review else None,
        drop_form=DropForm(auto_id=f"d{one.number}-%s") if may_drop else None,
    )


def benefit_sentence(one: Benefit) -> str:
    """Say what was before, what is expected, what was measured and how much of the way that is; what is missing is said, not 0."""
    newest, unit = newest_of(one), str(one.unit)
    unknown = pgettext("figure", "unknown")
    before = f"{one.baseline:g}" if one.baseline is not None else unknown
    expected = f"{one.expected:g}" if one.expected is not None else unknown
    plan = _("Before: %(before)s, expected: %(expected)s (%(unit)s).") % {"before": before, "expected": expected, "unit": unit}
    if newest is None:
        return " ".join((plan, _("Not measured yet.")))
    words = {"value": f"{newest.value:g}", "day": day(newest.measured_on)}
    told = _("Measured: %(value)s on %(day)s.") % words
    share = share_reached(baseline=one.baseline, expected=one.expected, value=newest.value)
    if share is None:
        return f"{plan} {told}"
    if share < 0:
        return " ".join((plan, told, _("It went the other way.")))
    reached = _("That is %(share)d%% of the change that was expected.") % {"share": round(100 * share)}
    return f"{plan} {told} {reached}"


def _plot(one: Benefit, newest: BenefitMeasurement | None) -> Plot | None:
    if newest is None or one.expected is None:
        return None
    scale = scale_of((one.baseline, one.expected, newest.value))
    return plot_of(scale, value=newest.value, low=None, high=None, bar=one.expected, label=benefit_sentence(one))


# Documents and replication ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentPart:
    """The documents of the contract."""

    rows: tuple[ContractDocument, ...]
    form: DocumentForm | None


def document_part(row: Project, actor: Actor) -> DocumentPart:
    """Put the section together."""
    allowed = may(actor, "projects.add_document", row.scenario.owner_id, row.supplier_id)
    return DocumentPart(tuple(row.documents.all()), DocumentForm(auto_id="document-%s") if allowed else None)


@dataclass(frozen=True)
class Taken:
    """Who takes a project over; ``address`` is empty where the reader may not see the need yet."""

    row: Replication
    address: str


@dataclass(frozen=True)
class ReplicationPart:
    """Who takes the project over, and from where it was taken over itself."""

    source: Project | None
    shown: tuple[Taken, ...]
    form: ReplicateForm | None


def replication_part(row: Project, actor: Actor) -> ReplicationPart:
    """Put the section together."""
    link = getattr(row.scenario, "replicates", None)
    mine = None if matrix()["projects.replicate"].get(actor.role) != "own" else actor.organisation_id
    allowed = row.state in REPLICABLE and mine != row.scenario.owner_id and may(actor, "projects.replicate", mine)
    form = ReplicateForm(project=row, organisation_id=mine, auto_id="replicate-%s") if allowed else None
    return ReplicationPart(link.source if link else None, _taken(row.replications.all(), actor), form)


def taken_over(scenario: Scenario, actor: Actor) -> ReplicationPart:
    """Return the same for the page of a need: who takes over its project, and what it follows itself. One query."""
    near = Q(source__scenario=scenario) | Q(scenario=scenario)
    links = list(Replication.objects.filter(near).select_related("source", "scenario__owner"))
    source = next((link.source for link in links if link.scenario_id == scenario.pk), None)
    return ReplicationPart(source, _taken((link for link in links if link.scenario_id != scenario.pk), actor), None)


def takers_of(scenarios: Iterable[Scenario]) -> dict[int, tuple[str, ...]]:
    """Return for each need who takes its project over and how far that has come. One query."""
    found: dict[int, tuple[str, ...]] = {}
    rows = Replication.objects.filter(source__scenario__in=[one.pk for one in scenarios])
    for link in rows.select_related("source", "scenario__owner"):
        words = {"name": link.scenario.owner, "state": link.scenario.get_state_display()}
        known = found.get(link.source.scenario_id, ())
        found[link.source.scenario_id] = (*known, _("%(name)s (%(state)s)") % words)
    return found


def _taken(rows: Iterable[Replication], actor: Actor) -> tuple[Taken, ...]:
    return tuple(Taken(one, _address(one, actor)) for one in rows)


def _address(one: Replication, actor: Actor) -> str:
    new = one.scenario
    inside = actor.role in SEES_ALL or (actor.organisation_id is not None and actor.organisation_id == new.owner_id)
    return reverse("scenarios:detail", args=[new.code]) if inside or new.state in PUBLIC_STATES else ""
