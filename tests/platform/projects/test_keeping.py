"""Risks, benefits, contract documents, replication and the plan's changes: what is written, who may, what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests import factories
from tests.factories import NOW

from qiupu.errors import Conflict, FileError, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.actors import Actor
from qiupu_web.projects import usecases
from qiupu_web.projects.models import Benefit, Project, Replication, Risk
from qiupu_web.projects.rules import PROJECT, gravity, share_reached

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 one page"
DAY = timedelta(days=1)


def project_of(state: str = "building", **fields: object) -> Project:
    scenario = factories.scenario(state="building", commitment=factories.commitment(state="confirmed"))
    return Project.objects.create(
        code=f"p-{scenario.pk}", scenario=scenario, supplier=factories.organisation(kind="startup"), title_en="Gate",
        budget_cny=300_000, created_at=NOW, **PROJECT.begin(state, NOW), **fields,
    )  # fmt: skip


@pytest.fixture
def project() -> Project:
    return project_of()


@pytest.fixture
def owner(project: Project) -> Actor:
    return factories.actor("owner", project.scenario.owner)


# Risks --------------------------------------------------------------------------------------------------------------


def risk_of(project: Project, actor: Actor, **fields: object) -> Risk:
    return usecases.add_risk(
        actor=actor, now=NOW, project=project,
        **{"title_en": "Counters fail in the rain", "likelihood": "medium", "impact": "high", "keeper": project.supplier, **fields},
    )  # fmt: skip


def test_how_grave_a_risk_is_by_hand() -> None:
    # low, medium, high weigh 1, 2, 3: 1x3 = 3 is medium, 2x3 = 6 is high, 1x2 = 2 is low
    assert [gravity(*pair) for pair in (("low", "high"), ("medium", "high"), ("low", "medium"), ("medium", "medium"))] == [
        "medium", "high", "low", "medium",
    ]  # fmt: skip


def test_a_risk_has_a_life_with_reasons(project: Project, owner: Actor) -> None:
    supplier = factories.actor("supplier", project.supplier)
    risk = risk_of(project, supplier)
    assert (risk.number, risk.state) == (1, "open")
    assert risk_of(project, owner).number == 2
    usecases.edit_risk(actor=owner, now=NOW, risk=risk, likelihood="low", measures_en="Covers on every counter")
    usecases.move_risk(actor=owner, now=NOW, risk=risk, to="treated")
    with pytest.raises(Conflict, match="Say why"):
        usecases.move_risk(actor=owner, now=NOW, risk=risk, to="closed")
    with pytest.raises(InputError):
        usecases.move_risk(actor=owner, now=NOW, risk=risk, to="closed", reason="mood")
    usecases.move_risk(actor=owner, now=NOW, risk=risk, to="happened", reason="delay", note="Two weeks")
    usecases.move_risk(actor=owner, now=NOW, risk=risk, to="closed", reason="borne")
    with pytest.raises(Conflict, match="not possible"):
        usecases.move_risk(actor=owner, now=NOW, risk=risk, to="treated")
    usecases.move_risk(actor=owner, now=NOW, risk=risk, to="open")
    records = AuditRecord.objects.filter(action__in=("projects.add_risk", "projects.edit_risk", "projects.move_risk"))
    assert {one.thing for one in records} == {f"projects.project:{project.pk}"}


def test_a_risk_says_what_and_how_grave(project: Project, owner: Actor) -> None:
    for wrong in ({"title_en": " "}, {"likelihood": "7"}, {"impact": ""}):
        with pytest.raises(InputError):
            risk_of(project, owner, **wrong)
    risk = risk_of(project, owner)
    with pytest.raises(InputError):
        usecases.edit_risk(actor=owner, now=NOW, risk=risk, title_en="")
    with pytest.raises(InputError):
        usecases.edit_risk(actor=owner, now=NOW, risk=risk, state="closed")
    for stranger in (factories.actor("owner"), factories.actor("supplier"), factories.actor("auditor")):
        with pytest.raises(NotAllowed):
            risk_of(project, stranger)
    with pytest.raises(Conflict, match="ended"):
        risk_of(project_of("terminated"), factories.actor("office"))


# Benefits -----------------------------------------------------------------------------------------------------------


def benefit_of(project: Project, actor: Actor, **fields: object) -> Benefit:
    return usecases.add_benefit(
        actor=actor, now=NOW, project=project,
        **{"title_en": "Waiting at the gate", "unit_en": "minutes", "direction": "lower", "baseline": 40.0,
           "expected": 30.0, **fields},
    )  # fmt: skip


def measured(benefit: Benefit, actor: Actor, value: float = 35.0, **fields: object) -> object:
    return usecases.measure_benefit(
        actor=actor, now=NOW, benefit=benefit, value=value, **{"measured_on": NOW.date(), "how": "Counted for a week", **fields}
    )


def test_the_share_of_what_was_expected_by_hand() -> None:
    # from 40 down to 30 was expected; 35 is half of the way, 28 is 1.2 of it, 42 went the other way by a fifth
    assert [share_reached(baseline=40, expected=30, value=value) for value in (35, 28, 42)] == [0.5, 1.2, -0.2]
    assert share_reached(baseline=0, expected=200, value=50) == 0.25
    assert share_reached(baseline=None, expected=30, value=35) is None
    assert share_reached(baseline=30, expected=30, value=30) is None


def test_a_benefit_is_not_measured_until_somebody_measures_it_and_somebody_else_looks(project: Project, owner: Actor) -> None:
    benefit = benefit_of(project, owner)
    assert (benefit.state, benefit.get_state_display()) == ("expected", "not measured yet")
    row = measured(benefit, owner, document=PDF, name="count.pdf")
    assert benefit.state == "measured"
    with pytest.raises(NotAllowed):
        usecases.review_benefit(actor=owner, now=NOW, measurement=row)  # type: ignore[arg-type]  # a measurement
    auditor = factories.actor("auditor")
    usecases.review_benefit(actor=auditor, now=NOW, measurement=row)  # type: ignore[arg-type]  # as above
    assert benefit.state == "reviewed"
    newer = measured(benefit, owner, 31.0)
    assert benefit.state == "measured"
    with pytest.raises(Conflict):
        usecases.review_benefit(actor=auditor, now=NOW, measurement=row)  # type: ignore[arg-type]  # as above
    office = factories.actor("office")
    own = measured(benefit, office, 30.5)
    with pytest.raises(Conflict, match="newer"):
        usecases.review_benefit(actor=auditor, now=NOW, measurement=newer)  # type: ignore[arg-type]  # as above
    with pytest.raises(NotAllowed, match="another organisation"):
        usecases.review_benefit(actor=office, now=NOW, measurement=own)  # type: ignore[arg-type]  # as above
    assert [one.value for one in benefit.measurements.all()] == [35.0, 31.0, 30.5]


def test_what_is_wrong_about_a_benefit(project: Project, owner: Actor) -> None:
    for wrong in (
        {"title_en": ""}, {"unit_en": " "}, {"direction": "up"}, {"baseline": float("nan")}, {"expected": 41.0},
        {"expected": 40.0}, {"direction": "higher"},
    ):  # fmt: skip
        with pytest.raises(InputError):
            benefit_of(project, owner, **wrong)
    assert benefit_of(project, owner, baseline=None).baseline is None
    benefit = benefit_of(project, owner)
    for wrong in ({"how": " "}, {"measured_on": NOW.date() + 2 * DAY}, {"value": float("inf")}):
        with pytest.raises(InputError):
            measured(benefit, owner, **wrong)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(FileError):
        measured(benefit, owner, document=b"GIF", name="a.pdf")
    with pytest.raises(NotAllowed):
        measured(benefit, factories.actor("supplier", project.supplier))
    assert benefit.state == "expected"
    with pytest.raises(InputError, match="Say why"):
        usecases.drop_benefit(actor=owner, now=NOW, benefit=benefit, reason="")
    usecases.drop_benefit(actor=owner, now=NOW, benefit=benefit, reason="not-measurable", note="No counter")
    with pytest.raises(Conflict):
        measured(benefit, owner)


# Documents ----------------------------------------------------------------------------------------------------------


def test_documents_of_the_contract_are_kept_under_their_hash(project: Project, owner: Actor) -> None:
    supplier = factories.actor("supplier", project.supplier)
    row = usecases.add_document(actor=supplier, now=NOW, project=project, document=PDF, name="contract.pdf", kind="contract")
    assert (row.name, row.kind, row.document.content_type) == ("contract.pdf", "contract", "application/pdf")
    with pytest.raises(Conflict, match="already"):
        usecases.add_document(actor=owner, now=NOW, project=project, document=PDF, name="again.pdf", kind="other")
    with pytest.raises(FileError, match="not what its name says"):
        usecases.add_document(actor=owner, now=NOW, project=project, document=b"MZ", name="a.pdf", kind="contract")
    with pytest.raises(InputError):
        usecases.add_document(actor=owner, now=NOW, project=project, document=PDF + b"2", name="a.pdf", kind="novel")
    with pytest.raises(NotAllowed):
        usecases.add_document(actor=factories.actor("owner"), now=NOW, project=project, document=PDF, name="a.pdf", kind="contract")


# Replication --------------------------------------------------------------------------------------------------------


def test_another_unit_takes_over_what_worked(project: Project) -> None:
    office, other = factories.actor("office"), factories.organisation(kind="unit")
    with pytest.raises(Conflict, match="accepted and bought"):
        usecases.replicate_project(actor=office, now=NOW, project=project, owner=other)
    project.state = "operating"
    project.save(update_fields=["state"])
    old = project.scenario
    link = usecases.replicate_project(actor=office, now=NOW, project=project, owner=other, note="Same gates")
    new = link.scenario
    assert (new.owner, new.state, new.metric, new.bar, new.direction) == (other, "draft", old.metric, old.bar, old.direction)
    assert (new.body_en, new.budget_cny, new.decision_maker_en, new.commitment) == (old.body_en, None, "", None)
    assert set(link.carried) == {"title_zh", "title_en", "body_zh", "body_en", "metric", "bar", "direction"}
    for owner in (old.owner, other):
        with pytest.raises(Conflict):
            usecases.replicate_project(actor=office, now=NOW, project=project, owner=owner)
    third = factories.organisation(kind="unit")
    with pytest.raises(NotAllowed):
        usecases.replicate_project(actor=factories.actor("unit", other), now=NOW, project=project, owner=third)
    usecases.replicate_project(actor=factories.actor("unit", third), now=NOW, project=project, owner=third)
    assert Replication.objects.count() == 2


def test_only_the_purchase_counts_as_replicated(project: Project) -> None:
    project.state = "operating"
    project.save(update_fields=["state"])
    office, other = factories.actor("office"), factories.organisation(kind="unit")
    new = usecases.replicate_project(actor=office, now=NOW, project=project, owner=other).scenario
    commitment = project.scenario.commitment
    assert commitment is not None
    assert not commitment.evidence.exists()
    taken = Project.objects.create(
        code="taken",
        scenario=new,
        supplier=project.supplier,
        title_en="Gate there",
        created_at=NOW,
        **PROJECT.begin("acceptance", NOW),
    )
    new.metric, new.bar, new.waiver = "", None, "as agreed"
    new.save()
    usecases.waive_acceptance(actor=office, now=NOW, project=taken, reason="as agreed")
    usecases.move_project(actor=office, now=NOW, project=taken, to="purchased")
    assert [(one.kind, one.outcome, one.title_en) for one in commitment.evidence.all()] == [("project", "scaled", "Gate there")]


# The plan -----------------------------------------------------------------------------------------------------------


def test_a_milestone_is_changed_until_it_is_met(project: Project, owner: Actor) -> None:
    stone = usecases.add_milestone(actor=owner, now=NOW, project=project, title_en="Run", payment_cny=200_000)
    usecases.add_milestone(actor=owner, now=NOW, project=project, title_en="Next", payment_cny=50_000)
    usecases.edit_milestone(actor=owner, now=NOW, milestone=stone, due_on=date(2026, 5, 1), payment_cny=Decimal(250_000))
    assert (stone.due_on, stone.payment_cny) == (date(2026, 5, 1), 250_000)
    # 250,001 and the other's 50,000 are one yuan more than the budget of 300,000
    for wrong in ({"payment_cny": Decimal(250_001)}, {"payment_cny": Decimal(-1)}, {"title_en": ""}, {"state": "met"}):
        with pytest.raises(InputError):
            usecases.edit_milestone(actor=owner, now=NOW, milestone=stone, **wrong)
    stone.state = "met"
    with pytest.raises(Conflict, match="met and countersigned"):
        usecases.edit_milestone(actor=owner, now=NOW, milestone=stone, title_en="Other")
    with pytest.raises(NotAllowed):
        usecases.edit_milestone(actor=factories.actor("supplier", project.supplier), now=NOW, milestone=stone, title_en="Mine")
