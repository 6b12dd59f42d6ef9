"""Pages of approvals: setting steps, deciding for several at once, stand-ins; both languages, wrong and repeated forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from tests import factories

from qiupu_web.agreements.models import Agreement, Approval, ApprovalStep, Commitment, StandIn
from qiupu_web.parties.models import Membership

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def address(name: str, *args: object, lang: str = "en") -> str:
    with override(lang):
        return reverse(f"agreements:{name}", args=args)


def commitments(count: int) -> tuple[Agreement, list[Commitment], Membership]:
    """Make an agreement of which a member approves every commitment."""
    agreement = factories.agreement()
    one = factories.statement(agreement, disposition="broken-down")
    member = factories.member("unit")
    ApprovalStep.objects.create(agreement=agreement, number=1, organisation=member.organisation)
    return agreement, [factories.commitment(one, lead_unit=member.organisation) for _ in range(count)], member


@pytest.mark.parametrize("lang, words", [("en", "2 commitments wait for your approval"), ("zh-hans", "2 项承诺等您审批")])
def test_an_approver_decides_for_several_at_once(client: Client, lang: str, words: str) -> None:
    agreement, (one, two), member = commitments(2)
    client.force_login(member.user)
    page = client.get(address("approval", agreement.code, lang=lang)).content.decode()
    assert words in page
    assert page.count("<h1") == 1
    sent = {"commitments": [one.pk, two.pk], "approve": "no", "comment": "", "form_key": "k1"}
    refused = client.post(address("decide_approval", agreement.code, lang=lang), sent)
    assert refused.status_code == 400
    assert ("so that the office can mend it" if lang == "en" else "说明退回") in refused.content.decode()
    assert not Approval.objects.exists()
    sent |= {"approve": "yes", "comment": "good", "form_key": "k2"}
    for _press in range(2):
        assert client.post(address("decide_approval", agreement.code, lang=lang), sent).status_code == 302
    assert Approval.objects.count() == 2
    shown = client.get(address("commitment", one.code, lang=lang)).content.decode()
    assert "good" in shown
    client.logout()
    assert "good" not in client.get(address("commitment", one.code, lang=lang)).content.decode()


def test_what_was_said_on_the_way_is_not_for_visitors(client: Client) -> None:
    agreement, _rows, _member = commitments(1)
    response = client.get(address("approval", agreement.code))
    assert response.status_code in (302, 401, 403)


def test_the_office_sets_the_steps(client: Client, sign_in: SignIn) -> None:
    agreement, (row,), member = commitments(1)
    other = factories.member("unit")
    sign_in("office")
    assert "who acts for the unit" in client.get(address("approval", agreement.code)).content.decode()
    sent = {"unit_1": other.organisation_id, "member_1": member.pk, "form_key": "a"}
    refused = client.post(address("approval_steps", agreement.code), sent)
    assert refused.status_code == 400
    assert "does not act for" in refused.content.decode()
    sent = {"unit_1": other.organisation_id, "member_2": member.pk, "form_key": "b"}
    assert client.post(address("approval_steps", agreement.code), sent).status_code == 302
    found = [(step.number, step.organisation_id, step.member_id) for step in agreement.approval_steps.all()]
    assert found == [(1, other.organisation_id, None), (2, member.organisation_id, member.pk)]
    assert row.code not in client.get(address("form", agreement.code)).content.decode()  # nothing to stamp before that
    sign_in("unit", other.organisation)
    assert client.post(address("approval_steps", agreement.code), {"form_key": "c"}).status_code == 403


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_stand_in_is_named_decides_and_is_taken_back(client: Client, lang: str) -> None:
    agreement, (row,), member = commitments(1)
    deputy, today = factories.member("unit"), timezone.localdate()
    client.force_login(member.user)
    sent = {"member": member.pk, "email": "nobody@example.org", "from_on": today, "until_on": today, "form_key": "a"}
    assert client.post(address("name_stand_in", lang=lang), sent).status_code == 400
    sent |= {"email": deputy.user.email, "until_on": today - timedelta(days=1), "form_key": "b"}
    assert client.post(address("name_stand_in", lang=lang), sent).status_code == 400
    sent |= {"until_on": today, "form_key": "c"}
    assert client.post(address("name_stand_in", lang=lang), sent).status_code == 302
    client.force_login(deputy.user)
    page = client.get(address("desk", lang=lang)).content.decode()
    assert ("You stand in for" if lang == "en" else "代行审批") in page
    assert row.code in page
    sent = {"commitments": [row.pk], "approve": "yes", "form_key": "d"}
    assert client.post(address("decide_approval", agreement.code, lang=lang), sent).status_code == 302
    name = "Zhang San" if lang == "en" else "张三"
    words = f"on behalf of {name}" if lang == "en" else f"代{name}"
    assert words in client.get(address("commitment", row.code, lang=lang)).content.decode()
    client.force_login(member.user)
    assert client.post(address("end_stand_in", StandIn.objects.get().pk, lang=lang), {"form_key": "e"}).status_code == 302
    assert StandIn.objects.get().ended_at is not None


@pytest.mark.parametrize("lang, words", [("en", "one of the two"), ("zh-hans", "两者填其一")])
def test_a_colleague_is_chosen_from_a_list(client: Client, lang: str, words: str) -> None:
    _agreement, _rows, member = commitments(1)
    colleague, stranger = factories.member("unit", member.organisation), factories.member("unit")
    gone = factories.member("unit", member.organisation, is_active=False)
    client.force_login(member.user)
    page = client.get(address("desk", lang=lang)).content.decode()
    assert f'<option value="{colleague.user_id}">' in page
    for other in (stranger, gone, member):
        assert f" · {other.user.email}" not in page.split("<select")[2]
    today = timezone.localdate()
    sent = {"member": member.pk, "from_on": today, "until_on": today}
    for number, wrong in enumerate(({}, {"colleague": colleague.user_id, "email": stranger.user.email})):
        answer = client.post(address("name_stand_in", lang=lang), {**sent, **wrong, "form_key": f"w{number}"})
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert client.post(address("name_stand_in", lang=lang), {**sent, "colleague": stranger.user_id}).status_code == 400
    good = {**sent, "colleague": colleague.user_id, "form_key": "g"}
    assert client.post(address("name_stand_in", lang=lang), good).status_code == 302
    assert StandIn.objects.get().stand_in == colleague.user


def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    counts = []
    for count in (1, 3):
        agreement, _rows, member = commitments(count)
        client.force_login(member.user)
        for name, args in (("approval", [agreement.code]), ("desk", [])):
            client.get(address(name, *args))
            with django_assert_num_queries(40, exact=False) as captured:
                client.get(address(name, *args))
            counts.append(len(captured))
    assert counts[:2] == counts[2:]


def test_an_amended_commitment_is_approved_again(client: Client, sign_in: SignIn) -> None:
    _agreement, (row,), member = commitments(1)
    Commitment.objects.filter(pk=row.pk).update(state="confirmed", approvals_passed=1, due_on=date(2027, 1, 1))
    sign_in("office")
    sent = {"note": "later", "title_en": "Later", "lead_unit": member.organisation_id, "form_key": "a"}
    assert client.post(address("amend_commitment", row.code), sent).status_code == 302
    new = Commitment.objects.get(amends=row)
    assert new.approvals_passed == 0
    client.force_login(member.user)
    assert new.code in client.get(address("desk")).content.decode()
