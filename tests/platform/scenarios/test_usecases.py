"""Scenarios: completeness, life cycle, permissions, evidence at the commitment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories as make
from tests.factories import NOW

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.actors import VISITOR, system
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import Incomplete
from qiupu_web.scenarios.usecases import (
    draft_scenario,
    edit_scenario,
    lapse_overdue,
    lapse_scenario,
    move_scenario,
    publish_scenario,
    reconfirm_scenario,
    return_scenario,
    submit_scenario,
    withdraw_scenario,
)

pytestmark = pytest.mark.django_db

COMPLETE = {
    "body_en": "Visitor flow must be known two weeks ahead.",
    "metric": "mase",
    "bar": 0.8,
    "direction": "lower",
    "decision_maker_en": "Head of operations",
    "budget_route_en": "Direct purchase",
}


@pytest.fixture
def owner():
    return make.organisation(kind="company")


@pytest.fixture
def member(owner):
    return make.actor("owner", owner)


@pytest.fixture
def office():
    return make.actor("office")


def draft(actor, owner, **fields):
    return draft_scenario(actor=actor, now=NOW, owner=owner, field="smart-tourism", title_en="Visitor flow", **fields)


def test_a_draft_may_be_incomplete_and_leaves_one_record(member, owner):
    row = draft(member, owner)
    assert (row.state, row.code, row.state_owner) == ("draft", "visitor-flow", "owner")
    assert AuditRecord.objects.get().action == "scenarios.draft"


def test_handing_in_names_everything_that_is_missing_in_one_error(member, owner):
    row = draft(member, owner)
    with pytest.raises(Incomplete) as caught:
        submit_scenario(actor=member, now=NOW, scenario=row)
    assert [one.column for one in caught.value.missing] == [
        "body_zh", "metric", "bar", "direction", "decision_maker_zh", "budget_route_zh",
    ]  # fmt: skip
    sentence = caught.value.message("en")
    assert "the acceptance bar" in sentence
    assert "who decides" in sentence
    assert Scenario.objects.get().state == "draft"


def test_a_waiver_stands_in_for_metric_and_bar(member, owner):
    words = {name: value for name, value in COMPLETE.items() if name not in ("metric", "bar", "direction")}
    row = draft(member, owner, **words, waiver="Nobody can count this.")
    submit_scenario(actor=member, now=NOW, scenario=row)
    assert row.state == "submitted"


def test_a_waiver_beside_a_metric_is_refused(member, owner):
    with pytest.raises(InputError) as caught:
        draft(member, owner, metric="mase", waiver="cannot be measured")
    assert caught.value.where.column == "waiver"


@pytest.mark.parametrize(
    "fields, column",
    [({"bar": float("nan")}, "bar"), ({"budget_cny": -1}, "budget_cny"), ({"direction": "sideways"}, "direction")],
)
def test_values_without_sense_name_their_field(member, owner, fields, column):
    with pytest.raises(InputError) as caught:
        draft(member, owner, **fields)
    assert caught.value.where.column == column


def test_from_draft_to_the_list_by_way_of_a_return(member, owner, office):
    row = draft(member, owner, **COMPLETE)
    submit_scenario(actor=member, now=NOW, scenario=row)
    with pytest.raises(InputError):
        return_scenario(actor=office, now=NOW, scenario=row, reason="")
    return_scenario(actor=office, now=NOW, scenario=row, reason="unclear", note="Which gates?")
    assert (row.state, row.reason_code, row.reason_note, row.state_owner) == ("returned", "unclear", "Which gates?", "owner")
    edit_scenario(actor=member, now=NOW, scenario=row, body_en="Three gates, each hour.")
    submit_scenario(actor=member, now=NOW, scenario=row)
    publish_scenario(actor=office, now=NOW, scenario=row)
    row.refresh_from_db()
    assert (row.state, row.published_at, row.manager_id) == ("published", NOW, office.user_id)


def test_only_the_office_publishes(member, owner):
    row = draft(member, owner, **COMPLETE)
    submit_scenario(actor=member, now=NOW, scenario=row)
    for actor in (member, make.actor("supplier"), make.actor("steward"), VISITOR):
        with pytest.raises(NotAllowed):
            publish_scenario(actor=actor, now=NOW, scenario=row)


def test_publishing_is_evidence_at_the_commitment(member, owner, office):
    commitment = make.commitment(state="confirmed")
    row = draft(member, owner, commitment=commitment, **COMPLETE)
    submit_scenario(actor=member, now=NOW, scenario=row)
    publish_scenario(actor=office, now=NOW, scenario=row)
    (evidence,) = commitment.evidence.all()
    assert (evidence.kind, evidence.key) == ("scenario", f"scenario:{row.code}")
    record = AuditRecord.objects.order_by("-number").first()
    assert record.action == "scenarios.publish"  # one record; the evidence is a part of it


def test_another_owner_neither_drafts_nor_edits(owner):
    other = make.actor("owner")
    with pytest.raises(NotAllowed):
        draft(other, owner)
    with pytest.raises(NotAllowed):
        edit_scenario(actor=other, now=NOW, scenario=make.scenario(owner, state="draft"), title_en="Mine now")


def test_words_stand_once_on_trial(member, owner, office):
    row = make.scenario(owner, state="published")
    with pytest.raises(Conflict):
        edit_scenario(actor=member, now=NOW, scenario=row, bar=0.9)
    edit_scenario(actor=office, now=NOW, scenario=row, bar=0.9)
    move_scenario(actor=office, now=NOW, scenario=row, to="on-trial")
    with pytest.raises(Conflict):
        edit_scenario(actor=office, now=NOW, scenario=row, bar=0.5)


def test_what_is_published_cannot_lose_its_bar(owner, office):
    with pytest.raises(Incomplete):
        edit_scenario(actor=office, now=NOW, scenario=make.scenario(owner), bar=None)


def test_an_accepted_case_may_be_described_better_but_not_measured_anew(owner, office):
    row = make.scenario(owner, state="accepted")
    edit_scenario(actor=office, now=NOW, scenario=row, body_en="Better words.")
    with pytest.raises(Conflict):
        edit_scenario(actor=office, now=NOW, scenario=row, bar=0.1)


def test_a_steward_takes_it_on_trial_but_not_to_a_contract(owner):
    steward, row = make.actor("steward"), make.scenario(owner)
    move_scenario(actor=steward, now=NOW, scenario=row, to="on-trial")
    move_scenario(actor=steward, now=NOW, scenario=row, to="on-trial")  # already there: nothing changes
    move_scenario(actor=steward, now=NOW, scenario=row, to="selected")
    with pytest.raises(NotAllowed):
        move_scenario(actor=steward, now=NOW, scenario=row, to="contracted")
    assert row.state == "selected"


def test_moves_that_do_not_follow_are_refused(owner, office):
    with pytest.raises(Conflict):
        move_scenario(actor=office, now=NOW, scenario=make.scenario(owner), to="building")
    with pytest.raises(InputError):
        move_scenario(actor=office, now=NOW, scenario=make.scenario(owner), to="terminated")
    with pytest.raises(ValueError, match="published"):
        move_scenario(actor=office, now=NOW, scenario=make.scenario(owner, state="submitted"), to="published")


def test_withdrawing_wants_a_reason_and_ends_before_a_contract(member, owner):
    row = make.scenario(owner)
    with pytest.raises(InputError):
        withdraw_scenario(actor=member, now=NOW, scenario=row, reason="tired")
    withdraw_scenario(actor=member, now=NOW, scenario=row, reason="need-gone")
    assert row.state == "withdrawn"
    with pytest.raises(Conflict):
        withdraw_scenario(actor=member, now=NOW, scenario=make.scenario(owner, state="building"), reason="need-gone")


def test_only_what_nobody_reconfirms_lapses(member, owner):
    kept, lost = make.scenario(owner), make.scenario(owner)
    trial = make.scenario(owner, state="on-trial")
    later = NOW + timedelta(days=89)  # the published state lasts 90 days
    reconfirm_scenario(actor=member, now=later, scenario=kept)
    assert lapse_overdue(now=later) == 0
    assert lapse_overdue(now=NOW + timedelta(days=91)) == 1
    states = dict(Scenario.objects.values_list("pk", "state"))
    assert states == {kept.pk: "published", lost.pk: "lapsed", trial.pk: "on-trial"}
    assert Scenario.objects.get(pk=lost.pk).reason_code == "not-reconfirmed"


def test_lapsing_is_the_systems_own_and_waits_for_the_deadline(owner, office):
    row = make.scenario(owner)
    with pytest.raises(NotAllowed):
        lapse_scenario(actor=office, now=NOW + timedelta(days=91), scenario=row)
    with pytest.raises(Conflict):
        lapse_scenario(actor=system(), now=NOW, scenario=row)
