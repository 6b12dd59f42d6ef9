"""Pages of agreements and commitments: both languages, who sees and does what, forms wrong or sent twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW

from qiupu_web.agreements import usecases
from qiupu_web.agreements.models import Agreement, Commitment
from qiupu_web.parties.models import OneTimeLink

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 one page"
TEXT = """Strategic Cooperation Agreement

Party A: Chizhou City Government
Party B: Firm Technology Co., Ltd.

1.1 Party A shall open a hall by May 1, 2027.

1.2 Party B hopes to help.
"""
SignIn = Callable[..., Client]


def address(name: str, *args: object, lang: str = "en") -> str:
    with override(lang):
        return reverse(f"agreements:{name}", args=args)


def a_text() -> tuple[Agreement, Commitment]:
    agreement = factories.agreement(text="The Firm shall deliver. The City hopes to grow.")
    one = factories.statement(agreement, disposition="broken-down")
    start = agreement.text.index("The City")
    agreement.statements.create(
        number=2, start=start, end=len(agreement.text), quote=agreement.text[start:], strength="hope", speaker="the Mayor"
    )
    unit = factories.organisation(kind="unit")
    return agreement, factories.commitment(one, lead_unit=unit, due_on=date(2027, 5, 1), measure_en="One hall")


@pytest.mark.parametrize("lang, heading", [("en", "What was signed"), ("zh-hans", "签了什么，后来怎样")])
def test_the_list_in_both_languages(client: Client, lang: str, heading: str) -> None:
    assert heading in client.get(address("list", lang=lang)).content.decode()
    a_text()
    page = client.get(address("list", lang=lang)).content.decode()
    assert ("Cooperation agreement" if lang == "en" else "合作协议") in page


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(client: Client, sign_in: SignIn, lang: str) -> None:
    agreement, row = a_text()
    sign_in("office")
    for name, args in (
        ("detail", [agreement.code]), ("breakdown", [agreement.code]), ("break_down", [agreement.code, 2]),
        ("form", [agreement.code]),
        ("scan", [agreement.code]), ("commitments", []), ("commitment", [row.code]), ("edit_commitment", [row.code]),
        ("settle_commitment", [row.code]), ("send_link", [row.code]), ("add", []), ("lights", []), ("source", [agreement.code]),
    ):  # fmt: skip
        response = client.get(address(name, *args, lang=lang))
        assert response.status_code == 200, name
        if name != "source":
            assert response.content.decode().count("<h1") == 1, name


def test_every_sentence_shows_its_state(client: Client) -> None:
    agreement, row = a_text()
    page = client.get(address("detail", agreement.code)).content.decode()
    assert '<mark class="duty" id="s-1">The Firm shall deliver.</mark>' in page
    assert '<mark class="hope" id="s-2">The City hopes to grow.</mark>' in page
    became = re.findall(r'<li class="[a-z]+" id="b-(\d)">(.*?)</li>', page, re.S)
    assert [number for number, _html in became] == ["1", "2"]
    assert f"Commitment {row.pk}" in became[0][1] or str(row.title_en) in became[0][1]
    assert "waits for breakdown" in became[1][1]
    assert "words of the Mayor" in became[1][1]
    assert "2 hopes and duties were said: 1 became work, 1 wait for breakdown, 0 are met." in page


def test_the_translation_shows_what_became_of_the_same_sentence(client: Client, sign_in: SignIn) -> None:
    agreement, row = a_text()
    zh = factories.agreement(language="zh", text="公司应交付。市里希望发展。")
    for number, (start, end) in enumerate(((0, 6), (6, 13)), 1):
        zh.statements.create(number=number, start=start, end=end, quote=zh.text[start:end], strength=("duty", "hope")[number - 1])
    usecases.link_twins(actor=factories.actor("office"), now=NOW, agreement=agreement, twin=zh)
    page = client.get(address("detail", zh.code, lang="zh-hans")).content.decode()
    assert row.title_zh in page
    assert "公司应交付。" in client.get(address("commitment", row.code, lang="zh-hans")).content.decode()
    listed = client.get(address("list", lang="zh-hans")).content.decode()
    assert zh.code in listed
    assert agreement.code not in listed


def test_what_is_not_public_is_not_found(client: Client, sign_in: SignIn) -> None:
    agreement, row = a_text()
    Agreement.objects.update(is_public=False)
    for name, arg in (("detail", agreement.code), ("form", agreement.code), ("commitment", row.code), ("source", agreement.code)):
        assert client.get(address(name, arg)).status_code == 404
    party = agreement.parties.all()[0].organisation
    sign_in("unit", party)
    assert client.get(address("detail", agreement.code)).status_code == 200


def test_visitors_are_sent_away_from_the_workshop(client: Client, sign_in: SignIn) -> None:
    agreement, row = a_text()
    for name, args in (("add", []), ("breakdown", [agreement.code]), ("edit_commitment", [row.code]), ("send_link", [row.code])):
        assert client.get(address(name, *args)).status_code == 403
    sign_in("supplier")
    assert client.get(address("breakdown", agreement.code)).status_code == 403
    assert client.post(address("settle_commitment", row.code), {"outcome": "met"}).status_code == 403


def test_a_pasted_text_is_read(client: Client, sign_in: SignIn) -> None:
    sign_in("office")
    sent = client.post(
        address("add"), {"kind": "agreement", "title_en": "Cooperation", "text": TEXT, "is_public": "on", "form_key": "k1"}
    )
    row = Agreement.objects.get()
    assert sent["Location"] == address("detail", row.code)
    assert row.statements.filter(strength="duty").exists()
    again = client.post(address("add"), {"kind": "agreement", "title_en": "Cooperation", "text": TEXT, "form_key": "k1"})
    assert again["Location"] == sent["Location"]
    other = client.post(address("add"), {"kind": "agreement", "title_en": "Once more", "text": TEXT, "form_key": "k2"})
    assert other.status_code == 400
    page = other.content.decode()
    assert "is here already, as “Cooperation”" in page
    assert "Party B hopes to help." in page  # what was typed is still there


def test_bad_input_keeps_what_was_typed(client: Client, sign_in: SignIn) -> None:
    sign_in("office")
    page = client.post(address("add"), {"kind": "agreement", "title_en": "", "text": "Some words"}).content.decode()
    assert "at least one language" in page
    assert "Some words" in page
    both = {"kind": "agreement", "title_en": "x", "text": "words", "file": SimpleUploadedFile("a.txt", b"words")}
    assert "one of the two" in client.post(address("add"), both).content.decode()
    broken = {"kind": "agreement", "title_en": "Kept title", "file": SimpleUploadedFile("a.docx", b"no zip at all")}
    response = client.post(address("add"), broken)
    assert response.status_code == 400
    assert "Kept title" in response.content.decode()


def test_the_office_breaks_a_hope_down(client: Client, sign_in: SignIn) -> None:
    agreement, _row = a_text()
    unit = factories.organisation("parks", kind="unit", remit_en="parks, so that the City may grow")
    sign_in("office")
    where = address("break_down", agreement.code, 2)
    # "grow" stands in the sentence and in the parks' remit, so their unit is proposed
    assert f'<option value="{unit.pk}" selected>' in client.get(where).content.decode()
    half = client.post(where, {"title_en": "Let the city grow"})
    assert half.status_code == 400
    assert "Let the city grow" in half.content.decode()
    form = {
        "title_en": "Let the city grow",
        "lead_unit": unit.pk,
        "due_on": "2027-01-31",
        "measure_en": "Ten parks",
        "form_key": "a",
    }
    sent = client.post(where, form)
    made = Commitment.objects.get(title_en="Let the city grow")
    assert sent["Location"] == address("commitment", made.code)
    client.post(where, form)
    assert Commitment.objects.filter(title_en="Let the city grow").count() == 1
    assert "Every sentence has found its place" in client.get(address("breakdown", agreement.code)).content.decode()


def test_a_unit_answers_by_link_once(client: Client, sign_in: SignIn) -> None:
    _agreement, row = a_text()
    sign_in("office")
    client.post(address("send_link", row.code), {"sent_to": "unit@example.org"})
    token = re.search(r"/answer/([^/\s]+)/", mail.outbox[0].body)
    assert token is not None
    client.logout()
    where = address("answer_by_link", token.group(1))
    page = client.get(where)
    assert page["Referrer-Policy"] == "same-origin"
    assert row.title_en in page.content.decode()
    wrong = client.post(where, {"accept": "no", "note": ""})
    assert "Say why" in wrong.content.decode()
    assert OneTimeLink.objects.get().used_at is None
    first = client.post(where, {"accept": "yes", "note": "Fine", "form_key": "one"})
    second = client.post(where, {"accept": "yes", "note": "Fine", "form_key": "one"})
    assert first["Location"] == second["Location"]
    assert "Thank you" in client.get(first["Location"]).content.decode()
    row.refresh_from_db()
    assert (row.state, row.answer_note) == ("accepted", "Fine")
    third = client.post(where, {"accept": "no", "note": "No", "form_key": "two"})
    assert third.status_code == 409
    assert "used already" in third.content.decode()
    assert client.get(address("answer_by_link", "wrong-token")).status_code == 404


def test_parties_confirm_on_line(client: Client, sign_in: SignIn) -> None:
    agreement, row = a_text()
    assert client.post(address("confirm_commitment", row.code)).status_code == 403
    for party in agreement.parties.all():
        sign_in("unit", party.organisation)
        assert "Confirm for your side" in client.get(address("commitment", row.code)).content.decode()
        client.post(address("confirm_commitment", row.code), {"form_key": party.name})
    row.refresh_from_db()
    assert row.confirmations.count() == 2
    assert row.state not in ("broken-down", "accepted")
    assert "Confirm for your side" not in client.get(address("commitment", row.code)).content.decode()


def test_a_stamped_form_comes_back(client: Client, sign_in: SignIn) -> None:
    agreement, row = a_text()
    sign_in("office")
    printed = client.get(address("form", agreement.code)).content.decode()
    code = re.search(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", printed)
    assert code is not None
    party = agreement.parties.all()[0].organisation
    assert party is not None
    form = {"party": party.pk, "commitments": [row.pk], "form_code": code.group(0)}
    wrong = client.post(address("scan", agreement.code), {**form, "scan": SimpleUploadedFile("s.pdf", b"text")})
    assert "not what its name says" in wrong.content.decode()
    client.post(address("scan", agreement.code), {**form, "scan": SimpleUploadedFile("s.pdf", PDF)})
    assert row.confirmations.get().how == "scan"


def test_documents_are_for_those_who_take_part(client: Client, sign_in: SignIn) -> None:
    agreement, row = a_text()
    for party in agreement.parties.all():
        usecases.confirm(actor=factories.actor("unit", party.organisation), now=NOW, commitment=row)
    sign_in("unit", row.lead_unit)
    upload = {"title": "Minutes", "file": SimpleUploadedFile("m.pdf", PDF)}
    client.post(address("add_evidence", row.code), upload)
    evidence = row.evidence.get()
    where = address("evidence_file", row.code, evidence.pk)
    assert client.get(where).content == PDF
    assert client.post(address("countersign_evidence", row.code, evidence.pk)).status_code == 403
    client.logout()
    assert client.get(where).status_code == 404
    sign_in("office")
    client.post(address("countersign_evidence", row.code, evidence.pk))
    client.post(address("settle_commitment", row.code), {"outcome": "met"})
    row.refresh_from_db()
    assert row.state == "met"


def test_parties_and_translation_are_set_by_the_office(client: Client, sign_in: SignIn) -> None:
    agreement, _row = a_text()
    party = agreement.parties.all()[0]
    other = factories.organisation()
    assert client.post(address("link_party", agreement.code, party.pk), {"organisation": other.pk}).status_code == 403
    sign_in("office")
    client.post(address("link_party", agreement.code, party.pk), {"organisation": other.pk})
    party.refresh_from_db()
    assert party.organisation == other
    zh = factories.agreement(language="zh", text="公司应交付。")
    client.post(address("link_twin", agreement.code), {"twin": zh.pk})
    zh.refresh_from_db()
    assert zh.twin == agreement


@pytest.mark.parametrize("name", ["list", "commitments"])
def test_lists_ask_the_same_number_of_queries(
    client: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    a_text()
    client.get(address(name))
    with django_assert_max_num_queries(8) as one:
        client.get(address(name))
    for _ in range(2):
        a_text()
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address(name))


def test_the_agreement_page_asks_the_same_number_of_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agreement, _row = a_text()
    with django_assert_max_num_queries(12) as one:
        client.get(address("detail", agreement.code))
    for _ in range(2):
        factories.commitment(agreement.statements.all()[0], lead_unit=factories.organisation())
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address("detail", agreement.code))


def test_the_ledger_filters_and_searches(client: Client) -> None:
    _agreement, row = a_text()
    other = factories.commitment(state="confirmed", field="culture", title_en="Open the archive")
    page = client.get(address("commitments"), {"state": "confirmed"}).content.decode()
    assert other.code in page
    assert row.code not in page
    assert row.code in client.get(address("commitments"), {"q": "hall"}).content.decode()
    assert "Nothing fits" in client.get(address("commitments"), {"q": "no such words"}).content.decode()


@pytest.mark.parametrize("lang, words", [("en", "Objects or documents digitised"), ("zh-hans", "完成数字化并公开可查")])
def test_measures_are_proposed_and_come_into_the_form(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    agreement = factories.agreement(text="The City hopes to train talent for museums.")
    factories.statement(agreement, field="culture", strength="hope")
    sign_in("office")
    where = address("break_down", agreement.code, 1, lang=lang)
    page = client.get(where).content.decode()
    assert words in page
    assert client.get(f"{where}?measure=99").status_code == 200
    # the sentence's own word, "train", comes first; then what is usual in culture
    page = client.get(f"{where}?measure=1").content.decode()
    typed = re.findall(r'<textarea name="measure_(zh|en)"[^>]*>\s*([^<]+)</textarea>', page)
    assert [code for code, _text in typed] == ["zh", "en"]
    assert "people trained" in typed[1][1]


def test_similar_commitments_of_other_agreements_are_shown(client: Client, sign_in: SignIn) -> None:
    text = "The Firm shall forecast visitors of the mountain."
    agreement = factories.agreement(text=text)
    one = factories.statement(agreement, field="smart-tourism")
    factories.commitment(one, title_en="Our own forecast of visitors of the mountain", field="smart-tourism")
    other = factories.statement(factories.agreement(text="The Partner will forecast visitors at the mountain gate."))
    there = factories.commitment(
        other, title_en="Forecast visitors of the mountain", field="smart-tourism", measure_en="MASE below 0.8"
    )
    factories.commitment(factories.statement(), title_en="Train two hundred farmers", field="agriculture")
    sign_in("office")
    page = client.get(address("break_down", agreement.code, 1)).content.decode()
    shown = page.split("Similar commitments of other agreements")[1].split("</details>")[0]
    assert address("commitment", there.code) in shown
    assert "MASE below 0.8" in shown
    assert "Train two hundred" not in shown
    assert "Our own forecast" not in shown


def test_a_long_text_is_shown_by_sheets_and_counted_whole(client: Client, sign_in: SignIn) -> None:
    sentences = [f"Party A shall open hall {n}." for n in range(1, 251)]
    agreement = factories.agreement(text="\n".join(sentences))
    at = 0
    for number, sentence in enumerate(sentences, 1):
        factories.statement(agreement, number=number, start=at, end=at + len(sentence), quote=sentence)
        at += len(sentence) + 1
    last = agreement.statements.get(number=250)
    last.disposition = "broken-down"
    last.save()
    row = factories.commitment(last, lead_unit=factories.organisation(kind="unit"))
    page = client.get(address("detail", agreement.code)).content.decode()
    assert "250 hopes and duties were said: 1 became work, 249 wait" in page
    assert "hall 100." in page
    assert "hall 101." not in page
    assert "1 / 3" in page
    assert "hall 250." in client.get(address("detail", agreement.code), {"page": 3}).content.decode()
    said = client.get(address("commitment", row.code)).content.decode()
    link = f"{address('detail', agreement.code)}?sentence=250#b-250"
    assert link in said
    assert 'id="b-250"' in client.get(link.split("#", maxsplit=1)[0]).content.decode()
    for odd in ("sentence=999", "sentence=x", "sentence=²", "page=99", "page=x"):
        assert client.get(f"{address('detail', agreement.code)}?{odd}").status_code == 200
    sign_in("office")
    page = client.get(address("breakdown", agreement.code)).content.decode()
    assert "249 sentences wait" in page
    assert page.count('name="numbers"') == 40
