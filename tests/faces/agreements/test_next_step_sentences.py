"""The next step says who, what and until when, and leads those who may do it to the place where it is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from tests import factories
from tests.factories import NOW

from qiupu_web.agreements import usecases
from qiupu_web.agreements.enums import CommitmentState as S
from qiupu_web.agreements.models import Commitment

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
LEAD = {"zh-hans": "市文旅局", "en": "Bureau of Culture"}


def address(name: str, *args: object, lang: str = "en") -> str:
    with override(lang):
        return reverse(f"agreements:{name}", args=args)


def a_commitment(state: str) -> Commitment:
    unit = factories.organisation(kind="unit", name_zh=LEAD["zh-hans"], name_en=LEAD["en"])
    one = factories.statement(factories.agreement(), disposition="broken-down")
    due = timezone.now() + timedelta(days=9)
    return factories.commitment(one, state=state, lead_unit=unit, due_on=date(2031, 5, 1), state_due_at=due)


def steps(client: Client, where: str) -> list[tuple[str, str]]:
    """Return the next steps of a page: what is said, and where it leads."""
    page = client.get(where).content.decode()
    found = re.search(r'<div class="next">(.*?)</div>', page, re.S)
    lines = re.findall(r"<li>(.*?)</li>", found.group(1), re.S) if found else []
    links = [re.search(r'<a href="([^"]+)"', line) for line in lines]
    return [
        (unescape(re.sub(r"<[^>]+>|\s+", " ", line)), link.group(1) if link else "")
        for line, link in zip(lines, links, strict=True)
    ]


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize("state", [state for state in S.values if state not in ("met", "waived", "amended")])
def test_every_open_state_says_who_what_and_until_when(client: Client, lang: str, state: str) -> None:
    row = a_commitment(state)
    ((says, link), *rest) = steps(client, address("commitment", row.code, lang=lang))
    assert not rest
    who = {
        "returned": {"en": "The exchange office", "zh-hans": "对接办公室"},
        "accepted": {"en": "Org", "zh-hans": "机构"},
    }.get(state, LEAD)
    assert who[lang] in says
    assert ("by " if lang == "en" else "前") in says
    assert ("9 days left" if lang == "en" else "还剩 9 天") in says
    assert link == "", "a visitor may do none of it"


@pytest.mark.parametrize("state", ["met", "waived", "amended"])
def test_what_has_ended_has_no_next_step(client: Client, state: str) -> None:
    assert steps(client, address("commitment", a_commitment(state).code)) == []


def test_each_is_led_to_what_she_may_do(client: Client, sign_in: SignIn) -> None:
    row = a_commitment("broken-down")
    where, code = address("commitment", row.code), row.statement.agreement.code
    sign_in("office")
    assert [link for _says, link in steps(client, where)] == [address("send_link", row.code)]
    sign_in("unit")
    assert [link for _says, link in steps(client, where)] == [""], "another unit"
    sign_in("unit", row.lead_unit)
    assert [link for _says, link in steps(client, where)] == [address("answer_commitment", row.code)]
    usecases.answer_breakdown(actor=factories.actor("unit", row.lead_unit), now=NOW, commitment=row, accept=True)
    assert [link for _says, link in steps(client, where)] == [""], "it waits for the parties now"
    sign_in("office")
    assert [link for _says, link in steps(client, where)] == [address("form", code)]
    first, second = row.statement.agreement.parties.all()
    usecases.confirm(actor=factories.actor("unit", first.organisation), now=NOW, commitment=row)
    sign_in("unit", second.organisation)
    ((says, link),) = steps(client, where)
    assert link == "#acts"
    assert str(second.organisation.name_en) in says  # type: ignore[union-attr]  # both parties are organisations
    assert str(first.organisation.name_en) not in says  # type: ignore[union-attr]
    assert 'id="acts"' in client.get(where).content.decode()


def test_an_open_approval_is_named_beside_the_answer(client: Client, sign_in: SignIn) -> None:
    row = a_commitment("broken-down")
    approver = factories.organisation(kind="unit", name_en="Office of the Mayor")
    office = factories.actor("office")
    usecases.set_approval_steps(actor=office, now=NOW, agreement=row.statement.agreement, approvers=[(approver, None)])
    where = address("commitment", row.code)
    assert "An approving unit approves" in steps(client, where)[1][0], "visitors are not told which"
    sign_in("unit", approver)
    said = steps(client, where)
    assert "Office of the Mayor approves the breakdown" in said[1][0]
    assert said[1][1] == address("approval", row.statement.agreement.code)


def test_parties_that_are_nobody_here_are_named_first(client: Client, sign_in: SignIn) -> None:
    row = a_commitment("accepted")
    row.statement.agreement.parties.update(organisation=None)
    sign_in("office")
    ((says, link),) = steps(client, address("commitment", row.code))
    assert "says which organisations here the parties are" in says
    assert link == f"{address('detail', row.statement.agreement.code)}#parties"


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_an_agreement_says_what_comes_next(client: Client, sign_in: SignIn, lang: str) -> None:
    row = a_commitment("broken-down")
    agreement = row.statement.agreement
    start = agreement.text.index("The City")
    factories.statement(agreement, start=start, end=len(agreement.text), quote=agreement.text[start:], strength="hope")
    where = address("detail", agreement.code, lang=lang)
    told = [says for says, _link in steps(client, where)]
    assert any(("breaks 1 sentence down" if lang == "en" else "对接办公室分解 1 个句子") in one for one in told)
    assert any(("answers for 1 commitment" if lang == "en" else "牵头单位答复 1 条承诺") in one for one in told)
    assert any(("9 days left" if lang == "en" else "还剩 9 天") in one for one in told)
    assert all(link == "" for _says, link in steps(client, where))
    agreement.parties.update(organisation=None)
    sign_in("office")
    links = [link for _says, link in steps(client, where)]
    assert links[:2] == ["#parties", address("breakdown", agreement.code, lang=lang)]
    Commitment.objects.update(state="overdue", state_due_at=None)
    late = steps(client, where)[-1]
    assert ("late or at risk" if lang == "en" else "有风险或逾期") in late[0]
    assert late[1] == address("scorecard", agreement.code, lang=lang)


def test_units_and_parties_are_led_from_the_agreement_to_theirs(client: Client, sign_in: SignIn) -> None:
    row = a_commitment("broken-down")
    where, theirs = address("detail", row.statement.agreement.code), address("commitment", row.code)
    sign_in("unit", row.lead_unit)
    assert [link for _says, link in steps(client, where)] == [theirs]
    Commitment.objects.update(state="accepted")
    assert [link for _says, link in steps(client, where)] == [""]
    sign_in("unit", row.statement.agreement.parties.all()[0].organisation)
    assert [link for _says, link in steps(client, where)] == [theirs]


def test_the_way_back_is_in_the_readers_language(client: Client) -> None:
    row = a_commitment("broken-down")
    english = row.statement.agreement
    chinese = factories.agreement(language="zh", text="公司应交付。", title_zh="中文协议", title_en="", twin=english)
    english.title_zh, english.title_en, english.twin = "", "English text", chinese
    english.save()
    twin = factories.statement(chinese, start=0, end=6, quote="公司应交付。")
    row.statement.twin = twin
    row.statement.save()
    assert ">English text</a>" in client.get(address("commitment", row.code)).content.decode()
    page = client.get(address("commitment", row.code, lang="zh-hans")).content.decode()
    assert ">中文协议</a>" in page
    assert "English text" not in page
