"""Pages of money, lights by hand, the benefits ledger and the scorecards; both languages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook
from tests import factories

from qiupu_web.agreements.models import Agreement, Commitment, MoneyEntry
from qiupu_web.parties.models import Organisation

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 a bank slip\n%%EOF\n"
SignIn = Callable[..., Client]


def address(name: str, *args: object, lang: str = "en") -> str:
    with override(lang):
        return reverse(f"agreements:{name}", args=args)


def a_promise(agreement: Agreement | None = None, **fields: object) -> tuple[Agreement, Commitment, Organisation, Organisation]:
    """Make a confirmed commitment of the partner to the city."""
    agreement = agreement or factories.agreement()
    city, firm = (party.organisation for party in agreement.parties.order_by("pk"))
    assert city is not None
    assert firm is not None
    one = agreement.statements.first() or factories.statement(agreement, disposition="broken-down")
    row = factories.commitment(one, **{"state": "on-track", "debtor": firm, "creditor": city, **fields})  # type: ignore[arg-type]  # fields of the row
    return agreement, row, city, firm


def paid(row: Commitment, amount: int, kind: str = "paid-in") -> MoneyEntry:
    return MoneyEntry.objects.create(
        commitment=row, kind=kind, amount_cny=amount, on=timezone.localdate(), recorded_at=timezone.now(), recorded_by="Zhang San"
    )


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_money_is_recorded_shown_and_struck_out(client: Client, sign_in: SignIn, lang: str) -> None:
    _agreement, row, _city, _firm = a_promise()
    sign_in("office")
    form = address("record_money", row.code, lang=lang)
    assert client.get(form).status_code == 200
    sent = {"kind": "paid-in", "amount_cny": "2500000", "on": "2026-01-05", "note": "first part", "form_key": "a"}
    refused = client.post(form, sent)
    assert refused.status_code == 400
    assert ("needs a document" if lang == "en" else "须附佐证") in refused.content.decode()
    sent |= {"document": SimpleUploadedFile("slip.pdf", PDF), "form_key": "b"}
    assert client.post(form, sent).status_code == 302
    page = client.get(address("commitment", row.code, lang=lang)).content.decode()
    assert ("CNY 2,500,000" if lang == "en" else "250 万元") in page
    assert ("not recorded" if lang == "en" else "无记录") in page  # what was agreed and what has landed
    entry = MoneyEntry.objects.get()
    assert client.get(address("money_file", row.code, entry.pk, lang=lang)).content == PDF
    strike = address("strike_money", row.code, entry.pk, lang=lang)
    assert client.get(strike).status_code == 200
    assert client.post(strike, {"note": "other account", "form_key": "c"}).status_code == 302
    page = client.get(address("commitment", row.code, lang=lang)).content.decode()
    assert "<del>" in page
    assert "other account" in page
    client.logout()
    assert client.get(address("money_file", row.code, entry.pk, lang=lang)).status_code == 404


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_light_by_hand_says_who_why_and_what_the_rule_sees(client: Client, sign_in: SignIn, lang: str) -> None:
    agreement, row, _city, firm = a_promise(due_on=timezone.localdate() + timedelta(days=300), created_at=timezone.now())
    sign_in("office")
    form = address("override_light", row.code, lang=lang)
    assert client.get(form).status_code == 200
    until = timezone.localdate() + timedelta(days=30)
    sent = {"state": "at-risk", "reason": "known-delay", "note": "", "until_on": until, "form_key": "a"}
    assert client.post(form, sent).status_code == 400
    sent |= {"note": "the site is flooded", "form_key": "b"}
    assert client.post(form, sent).status_code == 302
    client.logout()
    for name, args in (("commitment", [row.code]), ("scorecard", [agreement.code]), ("party_scorecard", [firm.code])):
        page = client.get(address(name, *args, lang=lang)).content.decode()
        assert "the site is flooded" in page, name
    sign_in("office")
    assert client.post(address("end_override", row.code, lang=lang), {"form_key": "c"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "on-track"


@pytest.mark.parametrize("lang, none", [("en", "not recorded"), ("zh-hans", "无记录")])
def test_the_ledger_says_what_each_side_gave_and_got(client: Client, lang: str, none: str) -> None:
    agreement, row, city, firm = a_promise(state="met")
    a_promise(agreement, state="overdue")
    a_promise(agreement, state="on-track", debtor=city, creditor=firm)
    factories.capability(firm)
    page = client.get(address("ledger", agreement.code, lang=lang)).content.decode()
    assert page.count(none) >= 2 * 2 * 4 - 4  # agreed, paid in, landed and resources, for both sides, gave and got
    paid(row, 800_000)
    paid(row, 100_000, "agreed")
    page = client.get(address("ledger", agreement.code, lang=lang)).content.decode()
    assert ("CNY 800,000" if lang == "en" else "80 万元") in page
    assert ("the partner's own" if lang == "en" else "合作方自身交付") in page
    data = client.get(address("ledger_file", agreement.code, lang=lang)).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = book.get_sheet_by_index(0).to_python()
    by_party = {(str(line[0]), str(line[1])): (line[2], line[3]) for line in rows[1:17]}
    name = f"Org {firm.code}" if lang == "en" else f"机构{firm.code}"
    words = ("Deliverables met", "Money paid in", "Money landed") if lang == "en" else ("已兑现的交付", "到位资金", "落地资金")
    found = [by_party[name, one] for one in words]
    # the firm owes two (one met) and is owed one; 800,000 was paid in on what it owes; nothing has landed
    assert found == [(1.0, 0.0), (800_000.0, none), (none, none)]
    assert len(book.get_sheet_by_index(1).to_python()) == 1 + 3
    assert len(book.get_sheet_by_index(2).to_python()) == 1 + 2


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_scorecards_are_public_and_linked(client: Client, lang: str) -> None:
    agreement, _row, city, firm = a_promise(state="met")
    a_promise(agreement, state="overdue")
    hidden, _other, _city, _firm = a_promise(state="overdue")
    Agreement.objects.filter(pk=hidden.pk).update(is_public=False)
    page = client.get(address("scorecards", lang=lang)).content.decode()
    assert address("scorecard", agreement.code, lang=lang) in page
    assert address("party_scorecard", firm.code, lang=lang) in page
    assert address("scorecard", hidden.code, lang=lang) not in page
    assert client.get(address("scorecard", hidden.code, lang=lang)).status_code == 404
    for name, code in (("scorecard", agreement.code), ("party_scorecard", firm.code)):
        page = client.get(address(name, code, lang=lang)).content.decode()
        assert ("2 promises: 1 met, 1 overdue" if lang == "en" else "2 项承诺：已兑现 1 项，逾期 1 项") in page
        assert address("lights", lang=lang) in page
    page = client.get(address("party_scorecard", city.code, lang=lang)).content.decode()
    assert ("Nothing has been promised" if lang == "en" else "尚无经双方确认的承诺") in page
    assert (
        address("scorecard", agreement.code, lang=lang) in client.get(address("detail", agreement.code, lang=lang)).content.decode()
    )


def test_home_and_the_organisations_page_lead_to_the_scorecards(client: Client) -> None:
    _agreement, _row, _city, firm = a_promise()
    home = client.get("/en/").content.decode()
    assert address("scorecards") in home
    with override("en"):
        page = client.get(reverse("parties:detail", args=[firm.code])).content.decode()
    assert address("party_scorecard", firm.code) in page


def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    agreement, row, _city, firm = a_promise()
    pages = [
        address("scorecards"), address("scorecard", agreement.code), address("party_scorecard", firm.code),
        address("ledger", agreement.code), address("ledger_file", agreement.code), address("commitment", row.code),
    ]  # fmt: skip

    def counts() -> list[int]:
        found = []
        for page in pages:
            client.get(page)
            with django_assert_num_queries(60, exact=False) as captured:
                client.get(page)
            found.append(len(captured))
        return found

    paid(row, 5)
    before = counts()
    for _ in range(2):
        _agreement, more, _city, _firm = a_promise(agreement, lead_unit=factories.organisation(kind="unit"))
        paid(more, 7)
        paid(row, 7)
        other, _row, _city, _firm = a_promise(debtor=firm)
        assert other.pk != agreement.pk
    assert counts() == before


def test_an_amount_is_shown_as_it_is_written(client: Client) -> None:
    _agreement, row, _city, _firm = a_promise()
    MoneyEntry.objects.create(
        commitment=row, kind="landed", amount_cny=Decimal("12345678.90"), on=timezone.localdate(), recorded_at=timezone.now(),
        recorded_by="x",
    )  # fmt: skip
    assert "CNY 12,345,679" in client.get(address("commitment", row.code)).content.decode()


def test_a_stamped_scan_shows_who_recorded_it_when_and_its_hash(client: Client, sign_in: SignIn) -> None:
    _agreement, row, city, _firm = a_promise(state="accepted", lead_unit=factories.organisation(kind="unit"))
    sign_in("office")
    scan = SimpleUploadedFile("form.pdf", PDF)
    sent = {"party": city.pk, "commitments": [row.pk], "scan": scan, "form_key": "a"}
    assert client.post(address("scan", row.statement.agreement.code), sent).status_code == 302
    confirmation = row.confirmations.get()
    assert confirmation.scan is not None
    page = client.get(address("commitment", row.code)).content.decode()
    assert "recorded by Zhang San" in page
    assert confirmation.scan.sha256[:12] in page
    file = address("confirmation_file", row.code, confirmation.pk)
    assert client.get(file).content == PDF
    client.logout()
    public = client.get(address("commitment", row.code)).content.decode()
    assert confirmation.scan.sha256[:12] in public
    assert "Zhang San" not in public
    assert client.get(file).status_code == 404


def test_the_list_tells_the_partners_own_deliverables_apart(client: Client) -> None:
    agreement, own, city, firm = a_promise()
    _agreement, other, _city, _firm = a_promise(agreement, debtor=city, creditor=firm)
    for side, shown, hidden in (("partner", own, other), ("others", other, own)):
        page = client.get(address("commitments"), {"owes": side}).content.decode()
        assert shown.code in page
        assert hidden.code not in page


def test_an_amendment_keeps_the_old_words_and_both_are_linked(client: Client, sign_in: SignIn) -> None:
    _agreement, row, _city, _firm = a_promise(lead_unit=factories.organisation(kind="unit"), title_en="Five pilots")
    sign_in("office")
    sent = {"note": "fewer firms", "title_en": "Three pilots", "lead_unit": row.lead_unit_id, "form_key": "a"}
    assert client.post(address("amend_commitment", row.code), sent).status_code == 302
    new = Commitment.objects.get(amends=row)
    old_page = client.get(address("commitment", row.code)).content.decode()
    new_page = client.get(address("commitment", new.code)).content.decode()
    assert "Five pilots" in old_page
    assert address("commitment", new.code) in old_page
    assert address("commitment", row.code) in new_page
    assert new.state == "broken-down"  # both sides confirm it again


def test_a_text_and_its_translation_are_one_line_in_the_readers_language(client: Client) -> None:
    agreement, row, _city, firm = a_promise()
    twin = factories.agreement(language="zh", title_zh="译文", title_en="", twin=agreement)
    agreement.twin = twin
    agreement.save()
    a_promise(twin, debtor=firm)
    for lang, own, other in (("en", agreement, twin), ("zh-hans", twin, agreement)):
        page = client.get(address("scorecards", lang=lang)).content.decode()
        assert address("scorecard", own.code, lang=lang) in page
        assert address("scorecard", other.code, lang=lang) not in page
    assert row.statement.agreement == agreement
