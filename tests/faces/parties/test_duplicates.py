"""Duplicates: the office's list, one pair side by side, merge and undo, in both languages."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.entries import entry
from tests.factories import member, organisation

from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.models import DifferentOrganisations, Organisation, OrganisationMerge

pytestmark = pytest.mark.django_db
LANGS = ("zh-hans", "en")
PATH = "organisations/duplicates/"


def _as(role: str) -> Client:
    client = Client()
    client.force_login(member(role).user)
    return client


@pytest.fixture
def pair() -> tuple[Organisation, Organisation]:
    one = organisation("yuexi-data", name_zh="月溪数据", name_en="Yuexi Data", region="池州")
    other = organisation(
        "yuexi-2", name_zh="池州市月溪数据科技有限公司", name_en="", region="合肥", website="https://yuexi.example"
    )
    return one, other


@pytest.mark.parametrize("lang", LANGS)
class TestPages:
    def test_the_list_says_why(self, lang: str, pair: tuple[Organisation, Organisation]) -> None:
        page = _as("office").get(f"/{lang}/{PATH}").content.decode()
        assert {"en": "but for words of trade", "zh-hans": "行业用词"}[lang] in page
        assert f"/{lang}/{PATH}yuexi-data/yuexi-2/" in page

    def test_an_empty_list_says_what_was_compared(self, lang: str) -> None:
        page = _as("office").get(f"/{lang}/{PATH}").content.decode()
        assert 'class="empty"' in page

    def test_a_pair_stands_side_by_side_and_can_be_turned_round(self, lang: str, pair: tuple[Organisation, Organisation]) -> None:
        page = _as("office").get(f"/{lang}/{PATH}yuexi-data/yuexi-2/").content.decode()
        assert page.count("<h1") == 1
        assert "https://yuexi.example" in page
        assert f"/{lang}/{PATH}yuexi-2/yuexi-data/" in page

    def test_a_running_trial_is_named_before_anybody_presses(self, lang: str, pair: tuple[Organisation, Organisation]) -> None:
        entry(pair[0], "open")
        page = _as("office").get(f"/{lang}/{PATH}yuexi-data/yuexi-2/").content.decode()
        assert "trial-1" in page
        assert "/merge/" not in page

    def test_merge_look_and_undo(self, lang: str, pair: tuple[Organisation, Organisation]) -> None:
        office, capability = _as("office"), make.capability(pair[1])
        given = {"region": "merged", "website": "merged", "name_zh": "kept", "name_en": "kept"}
        answer = office.post(f"/{lang}/{PATH}yuexi-data/yuexi-2/merge/", given)
        row = OrganisationMerge.objects.get()
        assert answer["Location"] == f"/{lang}/organisations/merges/{row.pk}/"
        assert Organisation.objects.get(code="yuexi-data").region == "合肥"
        page = office.get(answer["Location"]).content.decode()
        assert {"en": "capabilities", "zh-hans": "能力"}[lang] in page
        assert office.get(f"/{lang}/organisations/yuexi-2/")["Location"] == f"/{lang}/organisations/yuexi-data/"
        assert "yuexi-2" not in office.get(f"/{lang}/organisations/").content.decode()
        office.post(answer["Location"])
        capability.refresh_from_db()
        assert capability.supplier == pair[1]
        assert office.get(answer["Location"]).status_code == 200
        assert AuditRecord.objects.filter(action="parties.undo_merge").count() == 1

    def test_an_undo_that_is_too_late_says_why(self, lang: str, pair: tuple[Organisation, Organisation]) -> None:
        office, capability = _as("office"), make.capability(pair[1])
        given = {"region": "kept", "website": "kept", "name_zh": "kept", "name_en": "kept"}
        address = office.post(f"/{lang}/{PATH}yuexi-data/yuexi-2/merge/", given)["Location"]
        type(capability).objects.update(supplier=organisation())
        answer = office.post(address)
        assert answer.status_code == 400
        assert f"capabilities.capability {capability.pk}" in answer.content.decode()

    def test_told_apart_and_asked_again(self, lang: str, pair: tuple[Organisation, Organisation]) -> None:
        office = _as("office")
        office.post(f"/{lang}/{PATH}yuexi-data/yuexi-2/different/", {"note": "Two brothers"})
        page = office.get(f"/{lang}/{PATH}").content.decode()
        assert "Two brothers" in page
        assert "yuexi-data/yuexi-2/" not in page
        office.post(f"/{lang}/{PATH}told-apart/{DifferentOrganisations.objects.get().pk}/again/")
        assert "yuexi-data/yuexi-2/" in office.get(f"/{lang}/{PATH}").content.decode()


@pytest.mark.parametrize("lang", LANGS)
def test_who_registers_a_twin_is_told_at_once(lang: str, pair: tuple[Organisation, Organisation]) -> None:
    office = _as("office")
    answer = office.post(f"/{lang}/organisations/new/", {"kind": "startup", "name_zh": "月溪数据股份有限公司"})
    page = office.get(answer["Location"]).content.decode()
    assert {"en": "may be registered already", "zh-hans": "可能已经登记"}[lang] in page
    answer = office.post(f"/{lang}/organisations/new/", {"kind": "startup", "name_zh": "全新企业"})
    assert {"en": "registered already", "zh-hans": "可能已经登记"}[lang] not in office.get(answer["Location"]).content.decode()


def test_a_choice_that_is_missing_is_asked_for_and_nothing_is_merged(pair: tuple[Organisation, Organisation]) -> None:
    answer = _as("office").post(f"/en/{PATH}yuexi-data/yuexi-2/merge/", {"region": "moon"})
    assert answer.status_code == 400
    assert not OrganisationMerge.objects.exists()


@pytest.mark.parametrize("role", ["unit", "owner", "supplier", "steward", "auditor"])
def test_others_are_refused(role: str, pair: tuple[Organisation, Organisation]) -> None:
    client = _as(role)
    for path in ("", "yuexi-data/yuexi-2/"):
        assert client.get(f"/en/{PATH}{path}").status_code == 403
    assert client.post(f"/en/{PATH}yuexi-data/yuexi-2/merge/").status_code == 403


def test_one_or_an_unknown_one_is_not_found(pair: tuple[Organisation, Organisation]) -> None:
    office = _as("office")
    assert office.get(f"/en/{PATH}yuexi-data/yuexi-data/").status_code == 404
    assert office.get(f"/en/{PATH}yuexi-data/nobody/").status_code == 404


def test_the_list_asks_as_much_for_one_pair_as_for_three(django_assert_max_num_queries: Any) -> None:
    office, counts = _as("office"), []
    for name in ("甲乙丙丁", "戊己庚辛", "子丑寅卯"):
        for form in ("", "有限公司"):
            organisation(name_zh=name + form, name_en="")
        if name != "戊己庚辛":
            with django_assert_max_num_queries(30) as captured:
                office.get(f"/en/{PATH}")
            counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("lang, kind, day", [("zh-hans", "初创企业", "2024年3月11日"), ("en", "Start-up", "11 March 2024")])
def test_values_are_shown_as_people_read_them_before_and_after_a_merge(lang: str, kind: str, day: str) -> None:
    organisation("first", kind="company", name_en="First", founded_on=None)
    organisation("second", kind="startup", name_en="Second", founded_on=date(2024, 3, 11))
    office = _as("office")
    page = office.get(f"/{lang}/{PATH}first/second/").content.decode()
    given = dict.fromkeys(("kind", "founded_on", "name_zh", "name_en"), "merged")
    after = office.get(office.post(f"/{lang}/{PATH}first/second/merge/", given)["Location"]).content.decode()
    for shown in (page, after):
        assert kind in shown
        assert day in shown
        assert "2024-03-11" not in shown
        assert not re.search(r">\s*startup\s*<", shown)


def test_a_new_organisation_and_a_new_member_are_given_no_kind_and_no_role_by_default() -> None:
    row, office = organisation(), _as("office")
    for path, name in (("new/", "kind"), (f"{row.code}/members/", "role")):
        page = office.get(f"/zh-hans/organisations/{path}").content.decode()
        assert re.search(rf'<select name="{name}"[^>]*>\s*<option value=""[^>]*>请选择</option>', page)
    assert office.post("/en/organisations/new/", {"name_en": "No kind"}).status_code == 400
    assert not Organisation.objects.filter(name_en="No kind").exists()
