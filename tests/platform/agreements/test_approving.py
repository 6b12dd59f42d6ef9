"""Approval steps: in order, with return and comment, void after a change; stand-ins act and the record says for whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests import factories
from tests.factories import NOW

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.agreements import queries, usecases
from qiupu_web.agreements.models import Approval, ApprovalStep, Commitment, StandIn
from qiupu_web.agreements.usecases.approving import Approver
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Membership

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def acting(one: Membership) -> Actor:
    return Actor(one.role, one.user.name, one.user_id, one.organisation_id, one.organisation.code)


@pytest.fixture
def office() -> Actor:
    return factories.actor("office", factories.organisation("exchange", kind="office"))


@pytest.fixture
def finance() -> Membership:
    return factories.member("unit", factories.organisation("finance", kind="unit"))


@pytest.fixture
def mayor() -> Membership:
    return factories.member("unit", factories.organisation("city-hall", kind="unit"))


@pytest.fixture
def row(office: Actor, finance: Membership, mayor: Membership) -> Commitment:
    """A commitment that the finance department approves first, then one person of the city hall."""
    found = factories.commitment(lead_unit=factories.organisation("lead", kind="unit"), due_on=date(2026, 9, 1))
    approvers: list[Approver] = [(finance.organisation, None), (mayor.organisation, mayor)]
    usecases.set_approval_steps(actor=office, now=NOW, agreement=found.statement.agreement, approvers=approvers)
    return found


def confirm_all(row: Commitment) -> None:
    for party in row.statement.agreement.parties.all():
        assert party.organisation is not None
        usecases.confirm(actor=factories.actor("unit", party.organisation), now=NOW, commitment=row)


def decide(who: Membership | Actor, row: Commitment, approve: bool = True, **fields: Any) -> Approval:
    actor = acting(who) if isinstance(who, Membership) else who
    return usecases.decide_approval(actor=actor, now=fields.pop("now", NOW), commitment=row, approve=approve, **fields)


def test_without_steps_everything_is_as_before() -> None:
    row = factories.commitment()
    assert queries.open_step(row) is None
    assert list(queries.approved(Commitment.objects.all())) == [row]
    confirm_all(row)
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_the_steps_decide_in_order_and_only_then_the_parties(row: Commitment, finance: Membership, mayor: Membership) -> None:
    with pytest.raises(Conflict, match=r"waits for approval by Org finance \(step 1\)"):
        confirm_all(row)
    with pytest.raises(NotAllowed, match="Step 1 is for Org finance"):
        decide(mayor, row)
    assert list(queries.waiting_for_approval(acting(finance), TODAY)) == [row]
    assert not queries.waiting_for_approval(acting(mayor), TODAY)
    decide(finance, row, comment="fits the budget")
    assert list(queries.waiting_for_approval(acting(mayor), TODAY)) == [row]
    assert not queries.approved(Commitment.objects.all())
    decide(mayor, row)
    assert list(queries.approved(Commitment.objects.all())) == [row]
    assert [(one.step, one.is_approved, one.comment) for one in row.approvals.all()] == [
        (1, True, "fits the budget"),
        (2, True, ""),
    ]
    confirm_all(row)
    row.refresh_from_db()
    assert row.state == "confirmed"
    with pytest.raises(Conflict, match="does not wait for approval"):
        decide(mayor, row)


def test_the_parties_are_not_asked_before_every_step_has_approved(row: Commitment, finance: Membership, mayor: Membership) -> None:
    party = row.statement.agreement.parties.first()
    assert party is not None
    assert party.organisation_id is not None
    assert not queries.waiting_for_confirmation(party.organisation_id)
    decide(finance, row)
    assert not queries.waiting_for_confirmation(party.organisation_id)
    decide(mayor, row)
    assert list(queries.waiting_for_confirmation(party.organisation_id)) == [row]


def test_a_step_that_names_a_person_is_not_for_her_colleagues(row: Commitment, finance: Membership, mayor: Membership) -> None:
    decide(finance, row)
    colleague = factories.actor("unit", mayor.organisation)
    with pytest.raises(NotAllowed, match="Step 2"):
        decide(colleague, row)
    assert not queries.waiting_for_approval(colleague, TODAY)


def test_a_return_needs_a_comment_and_begins_again(row: Commitment, office: Actor, finance: Membership, mayor: Membership) -> None:
    decide(finance, row)
    with pytest.raises(InputError, match="Say why"):
        decide(mayor, row, False, comment="  ")
    decide(mayor, row, False, comment="the measure is vague")
    row.refresh_from_db()
    assert (row.state, row.reason_code, row.reason_note, row.state_owner) == (
        "returned",
        "approval",
        "the measure is vague",
        "office",
    )
    usecases.edit_commitment(actor=office, now=NOW, commitment=row, measure_en="Three pilots run")
    assert (row.state, row.approvals_passed) == ("broken-down", 0)
    decide(finance, row)
    decide(mayor, row)
    assert [(one.step, one.is_approved, one.void_at is None) for one in row.approvals.all()] == [
        (1, True, False), (2, False, False), (1, True, True), (2, True, True),
    ]  # fmt: skip


def test_a_change_of_words_or_date_makes_approvals_void(row: Commitment, office: Actor, finance: Membership) -> None:
    decide(finance, row)
    usecases.edit_commitment(actor=office, now=NOW, commitment=row, title_en="Other words")
    assert row.approvals_passed == 0
    decide(finance, row)
    assert row.lead_unit is not None
    lead = factories.actor("unit", row.lead_unit)
    usecases.answer_breakdown(actor=lead, now=NOW, commitment=row, accept=True, due_on=row.due_on)
    assert row.approvals_passed == 1  # the same date: what was approved still stands
    row.state = "broken-down"
    row.save(update_fields=["state"])
    usecases.answer_breakdown(actor=lead, now=NOW, commitment=row, accept=True, due_on=date(2026, 12, 1))
    assert (row.approvals_passed, row.state) == (0, "accepted")


def test_new_steps_ask_again_and_hold_for_the_translation_too(row: Commitment, office: Actor, finance: Membership) -> None:
    decide(finance, row)
    agreement, twin = row.statement.agreement, factories.agreement(language="zh")
    usecases.link_twins(actor=office, now=NOW, agreement=agreement, twin=twin)
    other = factories.commitment(factories.statement(twin))
    assert queries.open_step(other) is not None
    usecases.set_approval_steps(actor=office, now=NOW, agreement=twin, approvers=[(finance.organisation, None)])
    row.refresh_from_db()
    assert (row.approvals_passed, ApprovalStep.objects.count()) == (0, 1)
    usecases.set_approval_steps(actor=office, now=NOW, agreement=agreement, approvers=[])
    assert not ApprovalStep.objects.exists()
    assert set(queries.approved(Commitment.objects.all())) == {row, other}


def test_steps_are_three_at_most_and_each_has_its_own_approver(row: Commitment, office: Actor, finance: Membership) -> None:
    agreement = row.statement.agreement
    units = [factories.organisation(kind="unit") for _ in range(4)]
    for approvers, words in (
        ([(unit, None) for unit in units], "three approval steps"),
        ([(units[0], None), (units[0], None)], "two steps"),
        ([(units[0], finance)], "does not act for"),
    ):
        with pytest.raises(InputError, match=words):
            usecases.set_approval_steps(actor=office, now=NOW, agreement=agreement, approvers=approvers)  # type: ignore[arg-type]  # rows of both shapes
    assert ApprovalStep.objects.count() == 2


def test_a_stand_in_decides_within_her_days_and_the_record_says_for_whom(
    row: Commitment, finance: Membership, mayor: Membership
) -> None:
    decide(finance, row)
    deputy = factories.member("unit")
    usecases.name_stand_in(
        actor=acting(mayor), now=NOW, member=mayor, stand_in=deputy.user, from_on=TODAY, until_on=TODAY + timedelta(days=7)
    )
    late = NOW + timedelta(days=8)
    assert not queries.waiting_for_approval(acting(deputy), late.date())
    with pytest.raises(NotAllowed):
        decide(deputy, row, now=late)
    assert list(queries.waiting_for_approval(acting(deputy), TODAY)) == [row]
    made = decide(deputy, row)
    assert (made.by, made.on_behalf_of) == (deputy.user.name, mayor.user.name)
    record = AuditRecord.objects.order_by("-number").first()
    assert record is not None
    assert record.changes[0]["on_behalf_of"] == mayor.user.name


def test_a_stand_in_sees_the_agreement_and_answers_for_the_unit(row: Commitment) -> None:
    agreement = row.statement.agreement
    agreement.is_public = False
    agreement.save()
    assert row.lead_unit is not None
    lead, deputy = factories.member("unit", row.lead_unit), factories.member("unit")
    with pytest.raises(NotAllowed):
        usecases.answer_breakdown(actor=acting(deputy), now=NOW, commitment=row, accept=True)
    usecases.name_stand_in(actor=acting(lead), now=NOW, member=lead, stand_in=deputy.user, from_on=TODAY, until_on=TODAY)
    usecases.answer_breakdown(actor=acting(deputy), now=NOW, commitment=row, accept=True)
    assert row.state == "accepted"
    row_of = StandIn.objects.get()
    usecases.end_stand_in(actor=acting(lead), now=NOW, stand_in=row_of)
    with pytest.raises(Conflict, match="ended already"):
        usecases.end_stand_in(actor=acting(lead), now=NOW, stand_in=row_of)
    with pytest.raises(NotAllowed, match="herself"):
        usecases.end_stand_in(actor=acting(deputy), now=NOW, stand_in=row_of)


def test_approvers_and_their_stand_ins_see_a_text_that_is_not_public(
    row: Commitment, finance: Membership, mayor: Membership
) -> None:
    agreement = row.statement.agreement
    agreement.is_public = False
    agreement.save()
    deputy = factories.member("unit")
    assert list(queries.visible_agreements(acting(finance))) == [agreement]
    assert not queries.visible_agreements(acting(deputy))
    today = timezone.localdate()  # what is visible is asked by pages, on the day on which they are read
    StandIn.objects.create(member=mayor, stand_in=deputy.user, from_on=today, until_on=today, created_at=NOW)
    assert list(queries.visible_agreements(acting(deputy))) == [agreement]


def test_a_stand_in_is_somebody_else_for_days_to_come(finance: Membership) -> None:
    other = factories.member("unit")
    day = timedelta(days=1)
    for stand_in, from_on, until_on, words in (
        (finance.user, TODAY, TODAY, "Nobody else"),
        (other.user, TODAY, TODAY - day, "before the first"),
        (other.user, TODAY - 5 * day, TODAY - day, "over already"),
        (other.user, TODAY, TODAY + 400 * day, "a year at most"),
    ):
        with pytest.raises(InputError, match=words):
            usecases.name_stand_in(
                actor=acting(finance), now=NOW, member=finance, stand_in=stand_in, from_on=from_on, until_on=until_on
            )
    with pytest.raises(NotAllowed, match="herself"):
        usecases.name_stand_in(actor=acting(finance), now=NOW, member=other, stand_in=finance.user, from_on=TODAY, until_on=TODAY)
    assert not StandIn.objects.exists()


def test_a_stamped_form_of_what_is_not_approved_is_refused(row: Commitment, office: Actor) -> None:
    party = row.statement.agreement.parties.first()
    assert party is not None
    assert party.organisation is not None
    with pytest.raises(Conflict, match="still waits for approval"):
        usecases.record_scan(
            actor=office, now=NOW, commitments=[row], party=party.organisation, scan=b"%PDF-1.4 one page", name="scan.pdf"
        )
    assert not row.confirmations.exists()
