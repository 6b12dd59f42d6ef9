"""Scores, money and lights by hand: counted by hand from a few rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests import factories
from tests.factories import NOW

from qiupu.errors import Conflict, FileError, InputError, NotAllowed
from qiupu_web.agreements import usecases
from qiupu_web.agreements.models import Commitment, LightOverride, MoneyEntry
from qiupu_web.agreements.standing import Money, Score, money_of, score, scores_by
from qiupu_web.base.models import AuditRecord, StoredFile
from qiupu_web.parties.actors import Actor

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a bank slip\n%%EOF\n"
TODAY = NOW.date()  # 2 March 2026


@pytest.fixture
def office() -> Actor:
    return factories.actor("office", factories.organisation("exchange", kind="office"))


def confirmed(**fields: object) -> Commitment:
    return factories.commitment(**{"state": "confirmed", "lead_unit": factories.organisation(kind="unit"), **fields})  # type: ignore[arg-type]  # fields of the row


# Scores -------------------------------------------------------------------------------------------------------------


def test_a_score_counts_promises_by_where_they_stand() -> None:
    debtor = factories.organisation("debtor")
    day = timedelta(days=1)
    for state, due_on in (
        ("met", TODAY + day),  # met on 2 March, before its date: in time
        ("met", TODAY - day),  # met on 2 March, a day late
        ("met", None),  # without a date it cannot be early or late
        ("overdue", TODAY - 9 * day),
        ("at-risk", TODAY + day),
        ("on-track", TODAY + day),
        ("linked", None),
        ("partially-met", TODAY - day),
        ("waived", TODAY - day),  # a waived promise never falls due
        ("broken-down", TODAY),  # not confirmed: asked, no promise
        ("amended", TODAY),  # counts as its successor
    ):
        factories.commitment(state=state, due_on=due_on, debtor=debtor)
    found = score(Commitment.objects.all(), TODAY)
    # fallen due: met in time, met late, overdue, partially met = 4, of which 1 in time
    assert found == Score(
        promised=9, met=3, partially_met=1, under_way=2, at_risk=1, overdue=1, waived=1, asked=1, in_time=1, fallen_due=4
    )
    parts = found.met + found.partially_met + found.under_way + found.at_risk + found.overdue + found.waived
    assert parts == found.promised
    assert scores_by(Commitment.objects.all(), "debtor_id", TODAY) == {debtor.pk: found}


# Money --------------------------------------------------------------------------------------------------------------


def test_money_is_recorded_with_its_document_and_struck_but_never_changed(office: Actor) -> None:
    row = confirmed()
    assert money_of(Commitment.objects.all()) == {}
    usecases.record_money(actor=office, now=NOW, commitment=row, kind="agreed", amount_cny=Decimal(1_000_000), on=TODAY)
    first = usecases.record_money(
        actor=office, now=NOW, commitment=row, kind="paid-in", amount_cny=Decimal("300000.50"), on=TODAY, data=PDF, name="slip.pdf"
    )
    usecases.record_money(
        actor=office, now=NOW, commitment=row, kind="paid-in", amount_cny=Decimal(100_000), on=TODAY, data=PDF, name="slip.pdf"
    )
    assert money_of(Commitment.objects.all()) == {row.pk: Money(Decimal(1_000_000), Decimal("400000.50"), None)}
    assert first.document is not None
    assert (first.recorded_by, first.recorded_by_organisation_id) == (office.name, office.organisation_id)
    usecases.strike_money(actor=office, now=NOW, entry=first, note="booked twice")
    assert money_of(Commitment.objects.all())[row.pk].paid_in == Decimal(100_000)
    assert (first.amount_cny, first.struck_note) == (Decimal("300000.50"), "booked twice")
    with pytest.raises(Conflict, match="struck out already"):
        usecases.strike_money(actor=office, now=NOW, entry=first, note="again")
    record = AuditRecord.objects.order_by("number").first()
    assert record is not None
    assert record.action == "agreements.record_money"
    assert record.changes[0]["amount_cny"] == "1000000"


def test_money_that_cannot_be_is_refused_and_nothing_is_kept(office: Actor) -> None:
    row = confirmed()

    def record(**fields: object) -> None:
        given = {"kind": "agreed", "amount_cny": Decimal(5), "on": TODAY, **fields}
        usecases.record_money(actor=office, now=NOW, commitment=row, **given)  # type: ignore[arg-type]  # wrong on purpose

    for fields, words in (
        ({"kind": "hoped"}, "not one of"),
        ({"amount_cny": Decimal(0)}, "above 0"),
        ({"amount_cny": Decimal(-3)}, "above 0"),
        ({"on": TODAY + timedelta(days=1)}, "still to come"),
        ({"kind": "paid-in"}, "needs a document"),
        ({"kind": "landed"}, "needs a document"),
    ):
        with pytest.raises(InputError, match=words):
            record(**fields)
    with pytest.raises(FileError, match="not what its name says"):
        record(kind="landed", data=b"MZ a program", name="slip.pdf")
    row.state = "broken-down"
    row.save()
    with pytest.raises(Conflict, match="confirmed commitment"):
        record()
    assert not MoneyEntry.objects.exists()
    assert not StoredFile.objects.exists()


def test_who_has_a_part_in_it_records_money_and_others_do_not() -> None:
    row = confirmed(debtor=factories.organisation("payer"))
    assert row.debtor is not None
    usecases.record_money(
        actor=factories.actor("supplier", row.debtor), now=NOW, commitment=row, kind="agreed", amount_cny=Decimal(5), on=TODAY
    )
    with pytest.raises(NotAllowed):
        usecases.record_money(
            actor=factories.actor("supplier"), now=NOW, commitment=row, kind="agreed", amount_cny=Decimal(5), on=TODAY
        )


def test_money_follows_an_amendment(office: Actor) -> None:
    old = confirmed()
    for kind, amount in (("agreed", 500), ("paid-in", 200)):
        usecases.record_money(
            actor=office, now=NOW, commitment=old, kind=kind, amount_cny=Decimal(amount), on=TODAY, data=PDF, name="a.pdf"
        )
    new = usecases.amend_commitment(actor=office, now=NOW, commitment=old, note="smaller", title_en="Smaller")
    assert money_of(Commitment.objects.all()) == {new.pk: Money(Decimal(500), Decimal(200), None)}
    Commitment.objects.filter(pk=new.pk).update(state="confirmed")
    old.refresh_from_db()
    for kind, amount in (("agreed", 300), ("paid-in", 50)):  # recorded for the old one, kept at the one that stands now
        usecases.record_money(
            actor=office, now=NOW, commitment=old, kind=kind, amount_cny=Decimal(amount), on=TODAY, data=PDF, name="a.pdf"
        )
    assert set(new.money.values_list("kind", flat=True)) == {"agreed", "paid-in"}
    # agreed: the newest version's 300; paid in: 200 before the amendment and 50 after it
    assert money_of(Commitment.objects.all()) == {new.pk: Money(Decimal(300), Decimal(250), None)}


# Lights by hand -----------------------------------------------------------------------------------------------------


def test_a_light_by_hand_needs_a_reason_and_ends_by_itself(office: Actor) -> None:
    row = confirmed(due_on=TODAY + timedelta(days=200))
    given = {"state": "at-risk", "reason": "known-delay", "note": "the site is flooded", "until_on": TODAY + timedelta(days=10)}

    def override(**fields: object) -> LightOverride:
        return usecases.override_light(actor=office, now=NOW, commitment=row, **{**given, **fields})  # type: ignore[arg-type]  # wrong on purpose

    for fields, words in (
        ({"state": "met"}, "not one of"),
        ({"reason": ""}, "reasons of the list"),
        ({"note": "  "}, "in a sentence"),
        ({"until_on": TODAY + timedelta(days=91)}, "90 days"),
        ({"until_on": TODAY - timedelta(days=1)}, "90 days"),
    ):
        with pytest.raises(InputError, match=words):
            override(**fields)
    override()
    assert row.state == "at-risk"
    assert score(Commitment.objects.all(), TODAY).by_hand == 1
    usecases.refresh_lights(actor=office, now=NOW + timedelta(days=9))
    row.refresh_from_db()
    assert row.state == "at-risk"
    usecases.refresh_lights(actor=office, now=NOW + timedelta(days=11))  # 11 of 200 days have run: by the rule on track
    row.refresh_from_db()
    assert row.state == "on-track"
    assert score(Commitment.objects.all(), TODAY + timedelta(days=11)).by_hand == 0


def test_the_rule_decides_again_when_the_hand_is_taken_off(office: Actor) -> None:
    row = confirmed(due_on=TODAY - timedelta(days=1))
    usecases.refresh_lights(actor=office, now=NOW)
    row = Commitment.objects.get(pk=row.pk)
    assert row.state == "overdue"
    until = TODAY + timedelta(days=5)
    for state in ("at-risk", "on-track"):
        usecases.override_light(
            actor=office, now=NOW, commitment=row, state=state, reason="date-moves", note="agreed in talks", until_on=until
        )
        assert row.state == state
    assert row.overrides.filter(ended_at=None).count() == 1  # the earlier one has ended
    row = Commitment.objects.get(pk=row.pk)
    usecases.end_override(actor=office, now=NOW, commitment=row)
    assert row.state == "overdue"
    with pytest.raises(Conflict, match="not set by hand"):
        usecases.end_override(actor=office, now=NOW, commitment=row)


def test_only_a_computed_light_is_set_by_hand(office: Actor) -> None:
    for state in ("broken-down", "met", "waived"):
        row = factories.commitment(state=state)
        with pytest.raises(Conflict, match="rule computes"):
            usecases.override_light(
                actor=office, now=NOW, commitment=row, state="at-risk", reason="other", note="x", until_on=date(2026, 3, 3)
            )
