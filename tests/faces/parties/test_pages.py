"""Organisations: list, page, form, members, for those who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.factories import NOW, capability, commitment, member, organisation, scenario

from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.web.parties.contexts import facts_of
from qiupu_web.parties.models import Membership, Organisation
from qiupu_web.projects.models import Project
from qiupu_web.projects.rules import PROJECT

pytestmark = pytest.mark.django_db
LANGS = ("zh-hans", "en")


def _as(role: str, org: Organisation | None = None) -> Client:
    client = Client()
    client.force_login(member(role, org).user)
    return client


@pytest.mark.parametrize("lang", LANGS)
class TestReading:
    def test_the_list_and_a_page(self, client: Client, lang: str) -> None:
        row = organisation("tea", remit_zh="种茶", remit_en="Grows tea", region="石台县", is_invented=True)
        capability(row)
        scenario(row)
        commitment(lead_unit=row)
        page = client.get(f"/{lang}/organisations/")
        assert page.status_code == 200
        assert "tea/" in page.content.decode()
        page = client.get(f"/{lang}/organisations/tea/").content.decode()
        assert page.count("<h1") == 1
        assert {"en": "Grows tea", "zh-hans": "种茶"}[lang] in page
        assert client.get(f"/{lang}/organisations/?q=nothing-like-it&kind=company").status_code == 200

    def test_forms_answer(self, client: Client, lang: str) -> None:
        row = organisation()
        office = _as("office")
        for path in ("new/", f"{row.code}/edit/", f"{row.code}/members/"):
            assert office.get(f"/{lang}/organisations/{path}").status_code == 200

    def test_an_empty_page_says_how_it_grows(self, client: Client, lang: str) -> None:
        row = organisation()
        page = client.get(f"/{lang}/organisations/{row.code}/").content.decode()
        assert 'class="empty"' in page


class TestHidden:
    def test_members_are_shown_to_members_the_office_and_auditors(self, client: Client) -> None:
        row = organisation()
        person = member("owner", row).user
        person.name_en = "Unmistakable Name"
        person.save()
        address = f"/en/organisations/{row.code}/"
        assert "Unmistakable" not in client.get(address).content.decode()
        assert "Unmistakable" not in _as("supplier").get(address).content.decode()
        for reader in (_as("supplier", row), _as("office"), _as("auditor")):
            assert "Unmistakable" in reader.get(address).content.decode()

    def test_a_closed_one_is_gone_for_others(self, client: Client) -> None:
        row = organisation(is_active=False)
        assert client.get(f"/en/organisations/{row.code}/").status_code == 404
        assert _as("office").get(f"/en/organisations/{row.code}/").status_code == 200

    def test_drafts_stay_off_the_page(self, client: Client) -> None:
        row = organisation()
        capability(row, state="draft", title_en="Secret capability")
        scenario(row, state="draft", title_en="Secret need")
        Project.objects.create(
            code="p",
            title_en="Secret project",
            scenario=scenario(),
            supplier=row,
            created_at=NOW,
            **PROJECT.begin("candidate", NOW),
        )
        assert "Secret" not in client.get(f"/en/organisations/{row.code}/").content.decode()

    @pytest.mark.parametrize("path", ["new/", "tea/edit/", "tea/members/"])
    def test_forms_are_refused_to_others(self, client: Client, path: str) -> None:
        organisation("tea")
        assert client.get(f"/en/organisations/{path}").status_code == 403
        assert _as("supplier").get(f"/en/organisations/{path}").status_code == 403


class TestWriting:
    GIVEN = {"kind": "startup", "name_zh": "九华智茶", "name_en": "", "website": ""}

    def test_registered_once_though_sent_twice(self) -> None:
        office = _as("office")
        given = {**self.GIVEN, "form_key": "twice", "code": "jiuhua-tea"}
        first, second = (office.post("/en/organisations/new/", given) for _ in "ab")
        assert first["Location"] == second["Location"] == "/en/organisations/jiuhua-tea/"
        assert AuditRecord.objects.count() == 1

    def test_a_wrong_form_keeps_what_was_typed(self) -> None:
        office = _as("office")
        page = office.post("/en/organisations/new/", {**self.GIVEN, "credit_code": "9" + "0" * 16 + "P"})
        assert page.status_code == 400
        text = page.content.decode()
        assert "九华智茶" in text
        assert "check character does not fit" in text
        assert 'class="row wrong"' in text
        assert office.post("/en/organisations/new/", {"kind": "startup"}).status_code == 400

    def test_members_change_what_is_theirs_and_are_not_offered_the_rest(self) -> None:
        row = organisation(kind="company")
        own = _as("supplier", row)
        assert 'name="kind"' not in own.get(f"/en/organisations/{row.code}/edit/").content.decode()
        given = {"name_zh": row.name_zh, "name_en": row.name_en, "region": "青阳县", "kind": "office", "is_invented": "on"}
        assert own.post(f"/en/organisations/{row.code}/edit/", given).status_code == 302
        row.refresh_from_db()
        assert (row.region, row.kind, row.is_invented, row.is_active) == ("青阳县", "company", False, True)

    def test_the_office_closes_one(self) -> None:
        row = organisation()
        given = {"kind": row.kind, "name_zh": row.name_zh, "name_en": row.name_en}
        _as("office").post(f"/en/organisations/{row.code}/edit/", given)
        row.refresh_from_db()
        assert not row.is_active

    def test_letting_somebody_act_and_ending_it(self) -> None:
        row, other = organisation(), member("owner").user
        own = _as("supplier", row)
        address = f"/en/organisations/{row.code}/members/"
        assert own.post(address, {"email": other.email.upper(), "role": "supplier"}).status_code == 302
        one = Membership.objects.get(user=other, organisation=row)
        assert own.post(f"{address}{one.pk}/remove/").status_code == 302
        one.refresh_from_db()
        assert not one.is_active
        assert own.get(f"{address}{one.pk}/remove/").status_code == 405

    def test_an_unknown_address_and_a_role_of_trust_are_refused_in_the_form(self) -> None:
        row, other = organisation(), member("owner").user
        own = _as("supplier", row)
        address = f"/en/organisations/{row.code}/members/"
        page = own.post(address, {"email": "nobody@example.org", "role": "supplier"})
        assert page.status_code == 400
        assert "No open account has this address" in page.content.decode()
        assert own.post(address, {"email": other.email, "role": "auditor"}).status_code == 400
        assert not Membership.objects.filter(user=other, role="auditor").exists()

    def test_a_member_of_another_organisation_is_not_removed_by_this_address(self) -> None:
        row, foreign = organisation(), member("owner")
        assert _as("supplier", row).post(f"/en/organisations/{row.code}/members/{foreign.pk}/remove/").status_code == 404


class TestFacts:
    def test_they_are_counted_from_records(self) -> None:
        row = organisation()
        scenario(row)
        scenario(row, state="accepted")
        scenario(row, state="draft")
        commitment(lead_unit=row, state="met")
        commitment(lead_unit=row, state="amended")
        Project.objects.create(
            code="p", title_en="P", scenario=scenario(), supplier=row, created_at=NOW, **PROJECT.begin("purchased", NOW)
        )
        facts = facts_of(row)
        assert (facts.needs_published, facts.needs_solved) == (2, 1)
        assert (facts.commitments_led, facts.commitments_met) == (1, 1)
        assert (facts.solutions_accepted, facts.trials_entered) == (1, 0)

    def test_the_count_of_queries_does_not_grow(self, client: Client, django_assert_max_num_queries: Any) -> None:
        row = organisation("tea")
        for _ in range(3):
            capability(row)
            scenario(row)
            commitment(lead_unit=row)
            organisation(parent=row)
        with django_assert_max_num_queries(14):
            client.get("/en/organisations/tea/")
        with django_assert_max_num_queries(4):
            client.get("/en/organisations/")
