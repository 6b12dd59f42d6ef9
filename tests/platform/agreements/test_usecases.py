"""From statement to kept promise: what is written, who may, what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests import factories
from tests.factories import NOW

from qiupu.errors import Conflict, FileError, InputError, NotAllowed
from qiupu_web.agreements import usecases
from qiupu_web.agreements.bridge import ReadParty, ReadStatement, ReadText
from qiupu_web.agreements.models import Agreement, Commitment, Statement
from qiupu_web.agreements.rules import check_code
from qiupu_web.base.audit import broken_links
from qiupu_web.base.models import AuditRecord, StoredFile
from qiupu_web.parties.actors import VISITOR, Actor
from qiupu_web.parties.models import Organisation

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 one page"


@pytest.fixture
def office() -> Actor:
    return factories.actor("office", factories.organisation("exchange", kind="office"))


@pytest.fixture
def unit() -> Organisation:
    return factories.organisation("tourism", kind="unit")


def parties_of(commitment: Commitment) -> list[Organisation]:
    return [row.organisation for row in commitment.statement.agreement.parties.all() if row.organisation]


def acting(role: str, org: Organisation, **fields: Any) -> Actor:
    return factories.actor(role, org, **fields)


def confirmed(**fields: Any) -> Commitment:
    """Make a commitment that both parties have confirmed."""
    row = factories.commitment(**fields)
    for party in parties_of(row):
        usecases.confirm(actor=acting("unit", party), now=NOW, commitment=row)
    row.refresh_from_db()
    return row


def reading(text: str = "The City shall open a hall. The Firm hopes to help.") -> ReadText:
    return ReadText(
        text=text,
        language="en",
        kind="agreement",
        parties=(
            ReadParty("City of Chizhou", "government", ("City of Chizhou", "the City")),
            ReadParty("Firm", "company", ("Firm",)),
        ),
        statements=(
            ReadStatement(0, 27, text[0:27], "duty", clause="1", debtor="City of Chizhou"),
            ReadStatement(28, 51, text[28:51], "hope", clause="2", debtor="Firm"),
        ),
        signed_on="2026-03-01",
    )


def test_a_text_is_kept_with_parties_and_statements(office: Actor) -> None:
    city, firm = factories.organisation("city", kind="unit"), factories.organisation("firm", kind="partner", name_en="Firm")
    row = usecases.record_agreement(
        actor=office, now=NOW, read=reading(), kind="agreement", code="coop", title_en="Cooperation",
        party_organisations={"the City": city}, partner=firm,
    )  # fmt: skip
    named = {party.name: (party.organisation, party.is_partner) for party in row.parties.all()}
    assert named == {"City of Chizhou": (city, False), "Firm": (firm, True)}  # the second one by its equal name
    for statement in row.statements.all():
        assert row.text[statement.start : statement.end] == statement.quote
    record = AuditRecord.objects.get()
    assert (record.action, record.target_type) == ("agreements.read_agreement", "agreements.agreement")
    assert record.changes[0]["statements"] == 2


def test_the_same_text_twice_names_the_first(office: Actor) -> None:
    usecases.record_agreement(actor=office, now=NOW, read=reading(), kind="agreement", code="coop", title_en="Cooperation")
    with pytest.raises(Conflict, match=r"Cooperation.*coop"):
        usecases.record_agreement(actor=office, now=NOW, read=reading(), kind="report", title_en="Again")
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize("given", [{}, {"text": "  "}, {"text": "a", "data": b"b"}])
def test_a_text_or_a_file_is_needed(office: Actor, given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="one of the two"):
        usecases.add_agreement(actor=office, now=NOW, kind="agreement", **given)


def test_only_the_office_brings_texts_in() -> None:
    for role in ("unit", "owner", "supplier", "steward", "auditor", "administrator"):
        with pytest.raises(NotAllowed):
            usecases.add_agreement(actor=factories.actor(role), now=NOW, kind="agreement", text="x")
    with pytest.raises(NotAllowed, match="account"):
        usecases.add_agreement(actor=VISITOR, now=NOW, kind="agreement", text="x")


def test_twins_share_what_became_of_a_sentence(office: Actor, unit: Organisation) -> None:
    en = usecases.record_agreement(actor=office, now=NOW, read=reading(), kind="agreement", title_en="en")
    zh = factories.agreement(language="zh", text="市里应开放大厅。公司希望帮忙。")
    for number, clause in ((1, "1"), (2, "2")):
        Statement.objects.create(
            agreement=zh, number=number, clause=clause, start=number, end=number + 1, quote=zh.text[number], strength="duty"
        )
    assert usecases.link_twins(actor=office, now=NOW, agreement=en, twin=zh) == 2
    first, second = zh.statements.all()
    usecases.break_down(actor=office, now=NOW, statement=first, lead_unit=unit, title_zh="开放大厅")
    usecases.dispose_statement(actor=office, now=NOW, statement=second, disposition="noted", note="只是愿望")
    assert [(one.disposition, one.disposition_note) for one in en.statements.all()] == [("broken-down", ""), ("noted", "只是愿望")]
    with pytest.raises(Conflict, match="another language"):
        usecases.link_twins(actor=office, now=NOW, agreement=en, twin=en)
    with pytest.raises(Conflict, match="joined to another"):
        usecases.link_twins(actor=office, now=NOW, agreement=en, twin=factories.agreement(language="zh"))


def test_breaking_down_needs_a_title_a_lead_and_a_known_field(office: Actor, unit: Organisation) -> None:
    statement = factories.statement()
    for wrong in ({"lead_unit": unit}, {"lead_unit": None, "title_en": "x"}, {"lead_unit": unit, "title_en": "x", "field": "?"}):
        with pytest.raises(InputError):
            usecases.break_down(actor=office, now=NOW, statement=statement, **wrong)
    assert not Commitment.objects.exists()
    assert not AuditRecord.objects.exists()


def test_debtor_and_creditor_are_the_parties_that_the_statement_names(office: Actor, unit: Organisation) -> None:
    agreement = factories.agreement()
    city, firm = agreement.parties.all()
    statement = factories.statement(agreement, debtor=city.name, creditor=firm.name)
    row = usecases.break_down(actor=office, now=NOW, statement=statement, lead_unit=unit, title_en="Open the hall")
    assert (row.debtor, row.creditor) == (city.organisation, firm.organisation)
    assert row.code == f"{agreement.code}-1"
    again = usecases.break_down(actor=office, now=NOW, statement=statement, lead_unit=unit, title_en="And keep it open")
    assert again.code == f"{agreement.code}-1-2"
    with pytest.raises(Conflict, match="already"):
        usecases.break_down(actor=office, now=NOW, statement=statement, lead_unit=unit, title_en="x", code=row.code)
    with pytest.raises(Conflict, match="waive"):
        usecases.dispose_statement(actor=office, now=NOW, statement=statement, disposition="noted")


def test_the_lead_unit_answers_and_nobody_else(office: Actor, unit: Organisation) -> None:
    row = factories.commitment(lead_unit=unit)
    for other in (office, factories.actor("unit"), factories.actor("supplier")):
        with pytest.raises(NotAllowed):
            usecases.answer_breakdown(actor=other, now=NOW, commitment=row, accept=True)
    me = acting("unit", unit)
    with pytest.raises(InputError, match="Say why"):
        usecases.answer_breakdown(actor=me, now=NOW, commitment=row, accept=False, note=" ")
    usecases.answer_breakdown(actor=me, now=NOW, commitment=row, accept=False, note="No budget line")
    assert (row.state, row.answer_note, row.reason_code) == ("returned", "No budget line", "unit")
    usecases.edit_commitment(actor=office, now=NOW, commitment=row, measure_en="One hall is open")
    assert row.state == "broken-down"
    usecases.answer_breakdown(actor=me, now=NOW, commitment=row, accept=True, due_on=date(2026, 9, 1))
    assert (row.state, row.due_on) == ("accepted", date(2026, 9, 1))


def test_a_link_opens_one_use_case_only(unit: Organisation) -> None:
    row = factories.commitment(lead_unit=unit)
    link = Actor(
        role="unit", name="tourism", organisation_id=unit.pk, organisation_code=unit.code, via="link",
        only=frozenset({"agreements.answer_breakdown"}),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        usecases.confirm(actor=link, now=NOW, commitment=row)
    usecases.answer_breakdown(actor=link, now=NOW, commitment=row, accept=True)
    assert row.state == "accepted"
    assert AuditRecord.objects.get().via == "link"


def test_confirmed_when_every_party_has(office: Actor) -> None:
    row = factories.commitment()
    city, firm = parties_of(row)
    usecases.confirm(actor=acting("unit", city), now=NOW, commitment=row)
    assert row.state == "broken-down"
    with pytest.raises(Conflict, match="already"):
        usecases.confirm(actor=acting("unit", city), now=NOW, commitment=row)
    with pytest.raises(NotAllowed):
        usecases.confirm(actor=factories.actor("supplier"), now=NOW, commitment=row)
    usecases.confirm(actor=acting("supplier", firm), now=NOW, commitment=row)
    assert row.state == "confirmed"
    assert [one.how for one in row.confirmations.all()] == ["online", "online"]
    with pytest.raises(Conflict, match="Amend it"):
        usecases.edit_commitment(actor=office, now=NOW, commitment=row, title_en="Other words")


def test_editing_voids_the_confirmations_given_so_far(office: Actor) -> None:
    row = factories.commitment(lead_unit=factories.organisation(kind="unit"))
    usecases.confirm(actor=acting("unit", parties_of(row)[0]), now=NOW, commitment=row)
    usecases.edit_commitment(actor=office, now=NOW, commitment=row, title_en="Other words")
    assert not row.confirmations.exists()
    with pytest.raises(InputError, match="code"):
        usecases.edit_commitment(actor=office, now=NOW, commitment=row, code="other")


def test_a_stamped_scan_confirms_what_the_form_lists(office: Actor) -> None:
    agreement = factories.agreement()
    rows = [factories.commitment(factories.statement(agreement)) for _ in range(2)]
    party = parties_of(rows[0])[0]
    code = check_code(usecases.form_contents(rows))
    scan = {"actor": office, "now": NOW, "commitments": rows, "party": party, "name": "stamped.pdf", "form_code": code}
    with pytest.raises(FileError, match="not what its name says"):
        usecases.record_scan(scan=b"hello", **scan)
    usecases.record_scan(scan=PDF, **scan)
    for row in rows:
        one = row.confirmations.get()
        assert (one.how, one.by, one.scan) == ("scan", office.name, StoredFile.objects.get())
    Commitment.objects.filter(pk=rows[0].pk).update(due_on=date(2027, 1, 1))
    rows[0].refresh_from_db()
    with pytest.raises(Conflict, match="check code"):
        usecases.record_scan(scan=PDF, **{**scan, "party": parties_of(rows[0])[1]})
    with pytest.raises(InputError, match="not a party"):
        usecases.record_scan(scan=PDF, **{**scan, "party": factories.organisation(), "form_code": ""})


def test_evidence_is_recorded_once_and_lights_the_commitment(office: Actor) -> None:
    row = confirmed(due_on=NOW.date() + timedelta(days=200))
    for _ in range(2):
        usecases.record_evidence(actor=office, now=NOW, commitment=row, kind="scenario", key="scenario:1", title_en="Published")
    assert row.evidence.count() == 1
    assert row.state == "on-track"
    states = [change["changed"]["state"] for change in AuditRecord.objects.order_by("-number")[1].changes if "changed" in change]
    assert states == [["confirmed", "linked"], ["linked", "on-track"]]
    usecases.record_evidence(actor=office, now=NOW, commitment=row, kind="scenario", key="scenario:1", outcome="fail")
    assert row.evidence.get().outcome == "fail"
    with pytest.raises(InputError):
        usecases.record_evidence(actor=office, now=NOW, commitment=row, kind="document", key="x")


def test_evidence_before_confirmation_waits_and_lights_up_with_it(office: Actor) -> None:
    row = factories.commitment()
    usecases.record_evidence(actor=office, now=NOW, commitment=row, kind="scenario", key="scenario:1")
    assert row.state == "broken-down"
    for party in parties_of(row):
        usecases.confirm(actor=acting("unit", party), now=NOW, commitment=row)
    assert row.state == "on-track"


def test_lights_follow_the_calendar(office: Actor) -> None:
    row = confirmed(due_on=NOW.date() + timedelta(days=100))
    assert usecases.refresh_lights(actor=office, now=NOW + timedelta(days=10)) == 0
    assert usecases.refresh_lights(actor=office, now=NOW + timedelta(days=60)) == 1
    row.refresh_from_db()
    assert row.state == "at-risk"
    usecases.refresh_lights(actor=office, now=NOW + timedelta(days=101))
    row.refresh_from_db()
    assert row.state == "overdue"


def test_an_amendment_takes_the_place_and_inherits_what_comes(office: Actor) -> None:
    row = confirmed(lead_unit=factories.organisation(kind="unit"))
    with pytest.raises(InputError, match="Say why"):
        usecases.amend_commitment(actor=office, now=NOW, commitment=row, note="", due_on=date(2027, 1, 1))
    new = usecases.amend_commitment(actor=office, now=NOW, commitment=row, note="Both agreed", due_on=date(2027, 1, 1))
    assert (row.state, new.state, new.amends, new.due_on) == ("amended", "broken-down", row, date(2027, 1, 1))
    found = usecases.record_evidence(actor=office, now=NOW, commitment=row, kind="trial", key="trial:1")
    assert found.commitment == new
    with pytest.raises(Conflict):
        usecases.amend_commitment(actor=office, now=NOW, commitment=row, note="again")


def test_documents_are_countersigned_by_another_side(office: Actor, unit: Organisation) -> None:
    row = confirmed(lead_unit=unit)
    me = acting("unit", unit)
    with pytest.raises(FileError, match="cannot serve"):
        usecases.add_document_evidence(actor=me, now=NOW, commitment=row, data=b"MZ", name="a.exe")
    with pytest.raises(NotAllowed):
        usecases.add_document_evidence(actor=factories.actor("unit"), now=NOW, commitment=row, data=PDF, name="a.pdf")
    found = usecases.add_document_evidence(actor=me, now=NOW, commitment=row, data=PDF, name="a.pdf", title_en="Minutes")
    with pytest.raises(Conflict, match="already"):
        usecases.add_document_evidence(actor=me, now=NOW, commitment=row, data=PDF, name="b.pdf")
    with pytest.raises(Conflict, match="Nothing shows it"):
        usecases.settle_commitment(actor=office, now=NOW, commitment=row, met=True)
    with pytest.raises(NotAllowed, match="another organisation"):
        usecases.countersign_evidence(actor=me, now=NOW, evidence=found)
    usecases.countersign_evidence(actor=office, now=NOW, evidence=found)
    with pytest.raises(Conflict, match="already"):
        usecases.countersign_evidence(actor=office, now=NOW, evidence=found)
    usecases.settle_commitment(actor=office, now=NOW, commitment=row, met=False, reason="partial")
    assert row.state == "partially-met"
    usecases.settle_commitment(actor=office, now=NOW, commitment=row, met=True)
    assert row.state == "met"


def test_a_waiver_needs_a_reason_and_a_sentence(office: Actor) -> None:
    row = confirmed()
    for wrong in ({}, {"reason": "because"}, {"reason": "both-agreed"}):
        with pytest.raises(InputError):
            usecases.settle_commitment(actor=office, now=NOW, commitment=row, met=False, **wrong)
    usecases.settle_commitment(actor=office, now=NOW, commitment=row, met=False, reason="both-agreed", note="Moved to 2027")
    assert (row.state, row.reason_code) == ("waived", "both-agreed")
    assert list(broken_links()) == []


def test_parties_stay_once_something_is_confirmed(office: Actor) -> None:
    row = factories.commitment()
    party = row.statement.agreement.parties.all()[0]
    other = factories.organisation()
    usecases.link_party(actor=office, now=NOW, party=party, organisation=other)
    assert party.organisation == other
    usecases.confirm(actor=acting("unit", other), now=NOW, commitment=row)
    with pytest.raises(Conflict, match="confirmed already"):
        usecases.link_party(actor=office, now=NOW, party=party, organisation=None)
