"""Bringing a text in and mending what was written about it: what the page says, offers and leads to."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests import factories
from tests.platform.agreements.test_sources import TWO

from qiupu.errors import Conflict
from qiupu_web.agreements.bridge import propose_units
from qiupu_web.agreements.models import Agreement
from qiupu_web.faces.web.agreements.adding_forms import AddForm
from qiupu_web.parties.models import Organisation

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
CODE = re.compile(r"\bP\d+[YMWD]\b|\d+ CNY\b")
REPORT = (
    "本报讯（记者 顾思远）11月18日，岚川市人民政府与衡曜智能科技股份有限公司签署合作协议。董事长陆景行出席签约仪式。\n"
    "根据协议，衡曜智能科技股份有限公司将在两年内投资5000万元建设示范线，并每年培训200名标注人员。\n"
    "岚川市人民政府应当在十日内成立工作专班。\n"
)
CONTRACT = (
    "合作协议\n甲方：岚川市人民政府\n乙方：衡曜智能科技股份有限公司\n"
    "第一条 乙方应在两年内投资5000万元。\n第二条 甲方应在十日内答复。\n"
)


def address(name: str, *args: object, lang: str = "en") -> str:
    with override(lang):
        return reverse(f"agreements:{name}", args=args)


def add(client: Client, text: str, lang: str = "en", **more: object) -> Agreement:
    sent = client.post(address("add", lang=lang), {"title_zh": "合作", "text": text, "form_key": text[:30], **more})
    assert sent.status_code == 302, sent.content.decode()
    return Agreement.objects.latest("pk")


@pytest.mark.parametrize("text, kind", [(REPORT, "report"), (CONTRACT, "agreement")])
def test_the_kind_is_told_from_the_text_and_said_on_the_next_page(client: Client, sign_in: SignIn, text: str, kind: str) -> None:
    sign_in("office")
    form = client.get(address("add", lang="zh-hans")).content.decode()
    assert '<option value="" selected>由系统根据文本判断</option>' in form
    row = add(client, text, "zh-hans")
    assert row.kind == kind
    page = client.get(address("detail", row.code, lang="zh-hans")).content.decode()
    assert ("已判断为报道" if kind == "report" else "已判断为协议文本") in page
    note = re.search(r'<li class="note info">(.*?)</li>', page, re.S)
    assert note is not None
    assert address("edit", row.code, lang="zh-hans") in note.group(1)


def test_a_chosen_kind_stands(client: Client, sign_in: SignIn) -> None:
    sign_in("office")
    row = add(client, CONTRACT, kind="report")
    assert row.kind == "report"
    assert "It was taken for" not in client.get(address("detail", row.code)).content.decode()


def test_title_kind_and_readers_are_mended(client: Client, sign_in: SignIn) -> None:
    row = factories.agreement(title_en="Agrement", is_public=True)
    where = address("edit", row.code)
    assert client.get(where).status_code == 403
    sign_in("unit")
    assert client.post(where, {"kind": "report", "title_en": "x"}).status_code == 403
    sign_in("office")
    assert 'value="Agrement"' in client.get(where).content.decode()
    empty = client.post(where, {"kind": "report", "title_en": "", "title_zh": ""})
    assert (empty.status_code, "at least one language" in empty.content.decode()) == (400, True)
    sent = client.post(where, {"kind": "report", "title_en": "Agreement", "form_key": "a"})
    assert sent["Location"] == address("detail", row.code)
    row.refresh_from_db()
    assert (row.kind, row.title_en, row.is_public) == ("report", "Agreement", False)


@pytest.mark.parametrize("lang, words", [("en", "Open the text that is here"), ("zh-hans", "打开已有的文本")])
def test_a_text_that_is_here_is_linked(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    sign_in("office")
    row = add(client, CONTRACT)
    again = client.post(address("add", lang=lang), {"title_en": "Again", "text": CONTRACT, "form_key": "b"})
    assert again.status_code == 400
    problem = re.search(r'<div class="problem" role="alert">(.*?)</div>', again.content.decode(), re.S)
    assert problem is not None
    assert f'<a href="{address("detail", row.code, lang=lang)}">{words}</a>' in problem.group(1)


def test_a_text_that_is_not_open_to_the_reader_is_neither_named_nor_linked() -> None:
    row = factories.agreement(title_en="A secret title", is_public=False)
    for role, is_open in (("supplier", False), ("office", True)):
        form = AddForm({"title_en": "x", "text": "words"}, actor=factories.actor(role))
        assert form.is_valid()
        form.add_error_of_ours(Conflict("{title} {existing}", code="same-text", title=row.title_en, existing=row.code))
        said = str(form.non_field_errors())
        assert (row.code in said, row.title_en in said, "<a href" in said) == (is_open, is_open, is_open)


@pytest.mark.parametrize("lang, words", [("en", "holds 2 agreements"), ("zh-hans", "这份文本含 2 份协议")])
def test_several_agreements_are_offered_by_their_titles(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    sign_in("office")
    assert 'type="radio" name="part"' not in client.get(address("add", lang=lang)).content.decode()
    sent = {"title_en": "Both", "text": TWO, "form_key": "a"}
    page = client.post(address("add", lang=lang), sent).content.decode()
    assert words in page
    assert "--part" not in page
    offered = re.findall(r'<input type="radio" name="part" value="(\d)"', page)
    assert offered == ["1", "2"]
    assert re.search(r"2\. MAINTENANCE AGREEMENT", page)
    file = SimpleUploadedFile("two.txt", TWO.encode())
    with_file = client.post(address("add", lang=lang), {"title_en": "Both", "file": file, "form_key": "c"}).content.decode()
    assert ("Choose the file once more" if lang == "en" else "文件也请重新选择") in with_file
    assert client.post(address("add", lang=lang), {**sent, "part": "2", "form_key": "b"}).status_code == 302
    assert Agreement.objects.get().text.startswith("MAINTENANCE")


@pytest.mark.parametrize(
    "lang, shown", [("en", ["CNY 50 million", "within 2 years", "within 10 days"]), ("zh-hans", ["5,000 万元", "两年内", "十天内"])]
)
def test_no_page_of_the_breakdown_shows_a_code(client: Client, sign_in: SignIn, lang: str, shown: list[str]) -> None:
    sign_in("office")
    row = add(client, CONTRACT, lang)
    page = client.get(address("breakdown", row.code, lang=lang)).content.decode()
    assert all(words in page for words in shown)
    numbers = [str(one.number) for one in row.statements.exclude(strength="fact")]
    pages = [page, client.get(address("detail", row.code, lang=lang)).content.decode()]
    pages += [client.get(address("break_down", row.code, number, lang=lang)).content.decode() for number in numbers]
    pages.append(client.get(address("together", row.code, lang=lang), {"numbers": numbers, "act": "break_down"}).content.decode())
    assert not [found for one in pages for found in CODE.findall(one)]
    # the sentence names money, so the measure is filled in with it as the text would write it; two years are no measure
    invest = row.statements.get(quantity="50000000 CNY")
    form = client.get(address("break_down", row.code, invest.number, lang=lang)).content.decode()
    typed = re.search(r'<textarea name="measure_zh"[^>]*>\s*([^<]*)</textarea>', form)
    assert typed is not None
    assert typed.group(1) == "5,000 万元"


def register(party: int, back: str, lang: str = "en") -> str:
    with override(lang):
        return f"{reverse('parties:new')}?party={party}&next={back}"


def test_a_party_is_registered_from_the_agreement_and_comes_back_linked(client: Client, sign_in: SignIn) -> None:
    sign_in("office")
    row = add(client, CONTRACT)
    firm = row.parties.get(name="衡曜智能科技股份有限公司")
    links = re.findall(r'href="([^"]*/new/\?party[^"]*)"', client.get(address("detail", row.code)).content.decode())
    where = next(one for one in map(unescape, links) if f"party={firm.pk}&" in one)
    page = client.get(where).content.decode()
    assert 'value="衡曜智能科技股份有限公司"' in page
    assert '<option value="company" selected>' in page
    sent = client.post(where, {"kind": "company", "name_zh": firm.name, "form_key": "a"})
    assert sent["Location"] == f"{address('detail', row.code)}#parties"
    firm.refresh_from_db()
    assert firm.organisation == Organisation.objects.get(name_zh=firm.name)


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "http:///evil.example"])
def test_a_page_of_another_site_is_refused(client: Client, sign_in: SignIn, outside: str) -> None:
    sign_in("office")
    with override("en"):
        where = reverse("parties:new")
    page = client.get(where, {"next": outside}).content.decode()
    assert "evil.example" not in page.split("<main", 1)[1]
    assert "javascript:alert" not in page.split("<main", 1)[1]
    sent = client.post(f"{where}?next={outside}", {"kind": "company", "name_en": "New firm", "form_key": "a"})
    made = Organisation.objects.get(name_en="New firm")
    with override("en"):
        assert sent["Location"] == reverse("parties:detail", args=[made.code])


def test_a_party_that_is_an_organisation_already_is_left_alone(client: Client, sign_in: SignIn) -> None:
    agreement = factories.agreement()
    party = agreement.parties.all()[0]
    before = party.organisation
    assert before is not None
    sign_in("office")
    client.post(register(party.pk, "/"), {"kind": "company", "name_en": "Another", "form_key": "a"})
    party.refresh_from_db()
    assert party.organisation == before


@pytest.mark.parametrize("name, field", [("settle_commitment", "outcome"), ("override_light", "state"), ("record_money", "kind")])
def test_nothing_of_weight_is_chosen_by_passing_it_over(client: Client, sign_in: SignIn, name: str, field: str) -> None:
    row = factories.commitment(state="overdue", lead_unit=factories.organisation(kind="unit"))
    sign_in("office")
    page = client.get(address(name, row.code, lang="zh-hans")).content.decode()
    first = re.search(rf'<select name="{field}".*?<option value="([^"]*)"([^>]*)>\s*([^<]*)</option>', page, re.S)
    assert first is not None
    assert (first.group(1), first.group(3)) == ("", "请选择")
    sent = client.post(address(name, row.code), {field: "", "note": "why", "amount_cny": "5", "on": "2026-03-01"})
    assert sent.status_code == 400
    row.refresh_from_db()
    assert (row.state, row.money.count()) == ("overdue", 0)


def test_a_text_is_the_same_however_its_lines_end(client: Client, sign_in: SignIn) -> None:
    # a browser sends CR LF for the lines of a text area; a file has LF
    sign_in("office")
    as_sent = {"title_en": "Both", "text": TWO.replace("\n", "\r\n"), "form_key": "a"}
    assert "holds 2 agreements" in client.post(address("add"), as_sent).content.decode()
    row = add(client, CONTRACT.replace("\n", "\r\n"))
    assert "\r" not in row.text
    assert all(row.text[one.start : one.end] == one.quote for one in row.statements.all())
    file = SimpleUploadedFile("a.txt", CONTRACT.encode())
    again = client.post(address("add"), {"title_en": "Again", "file": file, "form_key": "b"}).content.decode()
    assert address("detail", row.code) in again


@pytest.mark.parametrize("lang, words", [("en", "only takes what a form sends"), ("zh-hans", "此网址只接收表单")])
def test_an_address_of_a_form_opened_like_a_page_says_so(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    row = factories.agreement()
    sign_in("office")
    # the switch of languages on a refused form leads here
    answer = client.get(address("link_twin", row.code, lang=lang))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert words in answer.content.decode()
    assert answer.content.decode().count("<h1") == 1


def test_signs_of_the_file_are_no_words_of_a_quote(client: Client, sign_in: SignIn) -> None:
    agreement = factories.agreement(text="> The Firm shall deliver.")
    factories.statement(agreement, start=0, end=25, quote="> The Firm shall deliver.")
    sign_in("office")
    for name, args in (("breakdown", [agreement.code]), ("break_down", [agreement.code, 1])):
        page = client.get(address(name, *args)).content.decode()
        assert "&gt; The Firm" not in page
        assert "The Firm shall deliver" in page


@pytest.mark.parametrize("lang, between", [("en", ", "), ("zh-hans", "、")])
def test_shared_words_stand_in_a_row_as_the_language_writes_them(client: Client, sign_in: SignIn, lang: str, between: str) -> None:
    agreement = factories.agreement(text="The City shall let parks grow.")
    one = factories.statement(agreement)
    unit = factories.organisation(
        "gardens", kind="unit", name_zh="园林局", name_en="Bureau", remit_zh="", remit_en="parks that grow"
    )
    (reasons,) = [found.reasons for found in propose_units(one.quote, [(unit.pk, unit.remit_en)])]
    assert len(reasons) == 2
    sign_in("office")
    for name, args in (("breakdown", [agreement.code]), ("break_down", [agreement.code, 1])):
        assert between.join(reasons) in client.get(address(name, *args, lang=lang)).content.decode()
