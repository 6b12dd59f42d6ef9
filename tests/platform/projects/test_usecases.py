"""From a scenario to a bought solution: what is written, who may, what is refused, what moves with it."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests import factories
from tests.factories import NOW

from qiupu.errors import Conflict, FileError, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.actors import Actor
from qiupu_web.projects import usecases
from qiupu_web.projects.models import Milestone, Project
from qiupu_web.projects.rules import ENDED, MAIN_LINE, PROJECT
from qiupu_web.scenarios.models import Scenario

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 one page"


@pytest.fixture
def scenario() -> Scenario:
    return factories.scenario(state="matching", commitment=factories.commitment(state="confirmed"))


@pytest.fixture
def owner(scenario: Scenario) -> Actor:
    return factories.actor("owner", scenario.owner)


@pytest.fixture
def project(scenario: Scenario, owner: Actor) -> Project:
    return usecases.create_project(
        actor=owner, now=NOW, scenario=scenario, supplier=factories.organisation(kind="startup"), budget_cny=300_000
    )


def milestone_of(project: Project, owner: Actor, **fields: Any) -> Milestone:
    return usecases.add_milestone(
        actor=owner, now=NOW, project=project, **{"title_en": "Trial run", "payment_cny": 100_000, **fields}
    )


def series(start: int, *, off: float = 0.0) -> bytes:
    """Sixty days that go up and down by ten; ``off`` is how far a prediction lies beside them."""
    name = "prediction" if off else "target"
    rows = [f"gate,{date.fromordinal(739_000 + start + i)},{100 + 10 * (i % 2) + off}" for i in range(60)]
    return "\n".join([f"series,time,{name}", *rows]).encode()


def evidence_of(milestone: Milestone, who: Actor) -> None:
    usecases.add_milestone_evidence(actor=who, now=NOW, milestone=milestone, note="Runs", document=PDF, name="report.pdf")


def test_a_project_takes_title_and_budget_from_its_scenario_and_tells_the_commitment(scenario: Scenario, owner: Actor) -> None:
    supplier = factories.organisation()
    project = usecases.create_project(actor=owner, now=NOW, scenario=scenario, supplier=supplier)
    assert (project.title_en, project.budget_cny, project.state) == (scenario.title_en, 300_000, "candidate")
    assert scenario.commitment is not None
    assert [(one.kind, one.key) for one in scenario.commitment.evidence.all()] == [("project", f"project:{project.code}")]
    record = AuditRecord.objects.get()
    assert record.action == "projects.create"
    assert record.changes[-1]["action"] == "agreements.record_evidence"
    with pytest.raises(Conflict, match="already"):
        usecases.create_project(actor=owner, now=NOW, scenario=scenario, supplier=supplier)


def test_who_may_create(scenario: Scenario) -> None:
    supplier = factories.organisation()
    for other in (
        factories.actor("owner"),
        factories.actor("supplier", supplier),
        factories.actor("unit"),
        factories.actor("auditor"),
    ):
        with pytest.raises(NotAllowed):
            usecases.create_project(actor=other, now=NOW, scenario=scenario, supplier=supplier)
    usecases.create_project(actor=factories.actor("office"), now=NOW, scenario=scenario, supplier=supplier)


def test_no_project_from_a_draft_or_an_ended_scenario() -> None:
    for state in ("draft", "withdrawn", "no-taker"):
        with pytest.raises(Conflict):
            usecases.create_project(
                actor=factories.actor("office"),
                now=NOW,
                scenario=factories.scenario(state=state),
                supplier=factories.organisation(),
            )


def test_milestones_are_numbered_and_fit_into_the_budget(project: Project, owner: Actor) -> None:
    assert [milestone_of(project, owner).number for _ in range(3)] == [1, 2, 3]
    with pytest.raises(InputError, match="400,000"):
        milestone_of(project, owner)
    with pytest.raises(InputError, match="negative"):
        milestone_of(project, owner, payment_cny=-1)
    with pytest.raises(InputError, match="title"):
        milestone_of(project, owner, title_en="")


def test_money_adds_up(project: Project, owner: Actor) -> None:
    usecases.edit_project(actor=owner, now=NOW, project=project, committed_cny=Decimal(250_000), paid_cny=Decimal(50_000))
    for wrong in ({"committed_cny": Decimal(300_001)}, {"paid_cny": Decimal(250_001)}, {"state": "reviewed"}):
        with pytest.raises(InputError):
            usecases.edit_project(actor=owner, now=NOW, project=project, **wrong)
    with pytest.raises(InputError, match="before the start"):
        usecases.edit_project(actor=owner, now=NOW, project=project, starts_on=date(2026, 5, 1), ends_on=date(2026, 4, 1))


def test_the_whole_way_carries_the_scenario(scenario: Scenario, project: Project, owner: Actor) -> None:
    office, supplier = factories.actor("office"), factories.actor("supplier", project.supplier)

    def to(state: str) -> tuple[str, str]:
        usecases.move_project(actor=office, now=NOW, project=project, to=state)
        scenario.refresh_from_db()
        return project.state, scenario.state

    assert to("selected") == ("selected", "selected")
    assert to("approved") == ("approved", "selected")
    with pytest.raises(Conflict, match="milestone first"):
        to("ordered")
    milestone = milestone_of(project, owner)
    assert to("ordered") == ("ordered", "contracted")
    assert project.committed_cny == 100_000
    assert to("building") == ("building", "building")
    to("trial-run")
    to("acceptance")
    with pytest.raises(Conflict, match="these are not: 1"):
        to("purchased")
    evidence_of(milestone, supplier)
    usecases.countersign_milestone(actor=owner, now=NOW, milestone=milestone, met=True)
    with pytest.raises(Conflict, match="again on fresh data"):
        to("purchased")
    usecases.record_acceptance(
        actor=owner, now=NOW, project=project, truth=series(100), predictions=series(100, off=1), history=series(0)
    )
    scenario.refresh_from_db()
    assert scenario.state == "accepted"
    assert to("purchased") == ("purchased", "accepted")
    assert scenario.commitment is not None
    kinds = sorted((one.kind, one.outcome) for one in scenario.commitment.evidence.all())
    assert kinds == [("acceptance", "accepted"), ("milestone", "met"), ("project", ""), ("project", "purchased")]
    assert scenario.commitment.state == "on-track"


def test_side_states_need_a_reason_of_the_list(project: Project, owner: Actor) -> None:
    for state in ("selected", "approved"):
        usecases.move_project(actor=owner, now=NOW, project=project, to=state)
    with pytest.raises(Conflict, match="Say why"):
        usecases.move_project(actor=owner, now=NOW, project=project, to="suspended")
    with pytest.raises(InputError):
        usecases.move_project(actor=owner, now=NOW, project=project, to="suspended", reason="mood")
    usecases.move_project(actor=owner, now=NOW, project=project, to="suspended", reason="budget", note="Next year")
    with pytest.raises(Conflict, match="not possible"):
        usecases.move_project(actor=owner, now=NOW, project=project, to="purchased")
    usecases.move_project(actor=owner, now=NOW, project=project, to="terminated", reason="budget")
    with pytest.raises(Conflict, match="ended"):
        milestone_of(project, owner)
    with pytest.raises(NotAllowed):
        usecases.move_project(actor=factories.actor("supplier", project.supplier), now=NOW, project=project, to="approved")


def test_evidence_comes_from_one_side_and_is_countersigned_by_another(project: Project, owner: Actor) -> None:
    milestone = milestone_of(project, owner)
    supplier = factories.actor("supplier", project.supplier)
    with pytest.raises(Conflict, match="no new evidence"):
        usecases.countersign_milestone(actor=owner, now=NOW, milestone=milestone, met=True)
    with pytest.raises(InputError, match="sentence"):
        usecases.add_milestone_evidence(actor=supplier, now=NOW, milestone=milestone, note=" ", document=None)
    with pytest.raises(FileError, match="not what its name says"):
        usecases.add_milestone_evidence(actor=supplier, now=NOW, milestone=milestone, note="x", document=b"GIF", name="a.png")
    with pytest.raises(NotAllowed):
        usecases.add_milestone_evidence(actor=factories.actor("supplier"), now=NOW, milestone=milestone, note="x", document=None)
    usecases.add_milestone_evidence(actor=owner, now=NOW, milestone=milestone, note="We saw it", document=None)
    with pytest.raises(NotAllowed, match="another organisation"):
        usecases.countersign_milestone(actor=owner, now=NOW, milestone=milestone, met=True)
    evidence_of(milestone, supplier)
    with pytest.raises(NotAllowed):
        usecases.countersign_milestone(actor=supplier, now=NOW, milestone=milestone, met=True)
    with pytest.raises(InputError, match="missing"):
        usecases.countersign_milestone(actor=owner, now=NOW, milestone=milestone, met=False)
    usecases.countersign_milestone(actor=owner, now=NOW, milestone=milestone, met=False, note="No night data")
    assert (milestone.state, milestone.reason_note) == ("not-met", "No night data")
    usecases.countersign_milestone(actor=owner, now=NOW, milestone=milestone, met=False, note="Half", partly=True)
    assert milestone.state == "partially-met"
    usecases.countersign_milestone(actor=owner, now=NOW, milestone=milestone, met=True)
    signed = {one.added_by_organisation_id: bool(one.countersigned_at) for one in milestone.evidence.all()}
    assert signed == {owner.organisation_id: False, supplier.organisation_id: True}
    with pytest.raises(Conflict, match="met"):
        evidence_of(milestone, supplier)


def test_the_drawn_line_is_a_way_through_the_life_cycle() -> None:
    for before, after in itertools.pairwise(MAIN_LINE):
        assert PROJECT.allows(before, after)
    assert all(not PROJECT.steps[state].to for state in ENDED)
