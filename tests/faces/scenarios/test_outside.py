"""Lists of other cities by pages: the source, the columns, the faults, the tab apart, confirm and undo, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import capability, commitment, member, organisation, scenario

from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.queries import counts_by_field
from qiupu_web.faces.web.pages.funnel import counts
from qiupu_web.faces.web.pages.queries import facts_of, open_opportunities
from qiupu_web.faces.web.scenarios.reading_outside import guessed
from qiupu_web.matches.queries import rankable_capabilities
from qiupu_web.scenarios.models import OutsideList, OutsideRow, Scenario

pytestmark = pytest.mark.django_db
LANGS = ("zh-hans", "en")
TABLE = (
    "序号,场景名称,需求单位,应用领域,预算\n"
    "1,景区客流预测,黄山市文化和旅游局,智慧文旅,38万\n"
    "2,叶片病害识别,徽州茶叶合作社,,\n"
    "2,另一场景,某单位,,\n"
    "4,月面巡检,某单位,智慧月球,\n"
    "5,,某单位,,\n"
    "6,预算不明,某单位,,面议\n"
)


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(member("office").user)
    return client


def send(office: Client, lang: str = "en", table: str = TABLE, name: str = "list.csv", **fields: str) -> Any:
    given = {
        "kind": "opportunities",
        "city": "黄山市",
        "title": "第一批机会清单",
        "published_on": "2026-02-10",
        "address": "https://huangshan.example/list",
        **fields,
    }
    return office.post(f"/{lang}/opportunities/elsewhere/lists/", {**given, "file": SimpleUploadedFile(name, table.encode())})


def bring(office: Client, lang: str = "en", **fields: str) -> str:
    address = str(send(office, lang, **fields)["Location"])
    office.post(f"{address}bring-in/")
    return address


def test_usual_headers_are_recognised() -> None:
    found = guessed(["序号", "场景名称", "需求单位", "应用领域", "预算", "联系人"])
    assert found == {"ref": "序号", "title": "场景名称", "organisation_name": "需求单位", "field": "应用领域", "budget_cny": "预算"}


@pytest.mark.parametrize("lang", LANGS)
class TestWay:
    def test_faults_are_named_before_anything_comes_in(self, lang: str, office: Client) -> None:
        address = send(office, lang)["Location"]
        page = office.get(address).content.decode()
        # Row 4 repeats the id of row 3, row 5 has an unknown field, row 6 no title, row 7 no number: 2 of 6 can come in.
        assert {"en": "2 of 6 rows", "zh-hans": "共 6 行，2 行"}[lang] in page
        assert {"en": "the same as row 3", "zh-hans": "与本文件第 3 行重复"}[lang] in page
        assert "智慧月球" in page
        assert not OutsideRow.objects.exists()
        office.post(f"{address}bring-in/")
        assert list(OutsideRow.objects.values_list("number", "ref")) == [(2, "1"), (3, "2")]
        assert office.get(address).status_code == 200

    def test_the_tab_shows_them_with_their_source_and_the_list_does_not(self, lang: str, office: Client, client: Client) -> None:
        own = scenario()
        bring(office, lang)
        tab = client.get(f"/{lang}/opportunities/elsewhere/").content.decode()
        assert "景区客流预测" in tab
        assert {"en": "from 黄山市, not confirmed", "zh-hans": "来自黄山市，未确认"}[lang] in tab
        page = client.get(f"/{lang}/opportunities/").content.decode()
        assert own.code in page
        assert "景区客流预测" not in page
        assert "/elsewhere/" in page
        assert client.get(f"/{lang}/opportunities/elsewhere/?kind=capabilities&q=x").status_code == 200
        row = client.get(f"/{lang}/opportunities/elsewhere/rows/{OutsideRow.objects.get(number=2).pk}/").content.decode()
        assert "https://huangshan.example/list" in row
        assert "confirm/" not in row

    def test_confirm_complete_and_take_back(self, lang: str, office: Client, client: Client) -> None:
        address = bring(office, lang)
        row = OutsideRow.objects.get(number=2)
        place = f"/{lang}/opportunities/elsewhere/rows/{row.pk}/"
        assert "黄山市文化和旅游局" in office.get(place).content.decode()
        answer = office.post(f"{place}confirm/", {"organisation": "new", "kind": "unit", "field": "smart-tourism"})
        entry = Scenario.objects.get()
        assert answer["Location"] == f"/{lang}/opportunities/{entry.code}/"
        assert "https://huangshan.example/list" in office.get(answer["Location"]).content.decode()
        assert "景区客流预测" not in client.get(f"/{lang}/opportunities/elsewhere/").content.decode()
        assert client.get(place).status_code == 404  # what was decided is for the office
        assert office.post(f"{address}undo/").status_code == 400  # a row of it is confirmed
        office.post(f"{place}reopen/")
        assert not Scenario.objects.exists()
        office.post(f"{address}undo/")
        assert not OutsideRow.objects.exists()
        assert OutsideList.objects.get().undone_at is not None

    def test_declined_with_a_reason(self, lang: str, office: Client) -> None:
        address = bring(office, lang)
        place = f"/{lang}/opportunities/elsewhere/rows/{OutsideRow.objects.get(number=3).pk}/"
        assert office.post(f"{place}decline/", {"reason": ""}).status_code == 400
        office.post(f"{place}decline/", {"reason": "Too far"})
        assert "Too far" in office.get(address).content.decode()
        assert office.get(place).status_code == 200

    @pytest.mark.parametrize(
        "table, name, said",
        [
            ("", "list.csv", ("empty", "空")),
            ("名称,单位\n", "list.csv", ("no rows", "没有")),
            ("x", "list.pdf", ("type", "类型")),
        ],
    )
    def test_bad_files_are_named(self, lang: str, office: Client, table: str, name: str, said: tuple[str, str]) -> None:
        answer = send(office, lang, table, name)
        assert answer.status_code == 400
        assert said[lang != "en"] in answer.content.decode()
        assert not OutsideList.objects.exists()


def test_a_capability_list_gives_capabilities(office: Client) -> None:
    bring(office, kind="capabilities")
    place = f"/en/opportunities/elsewhere/rows/{OutsideRow.objects.get(number=3).pk}/"
    known = organisation(name_zh="徽州茶叶合作社", name_en="")
    page = office.get(place).content.decode()
    assert f'value="{known.pk}"' in page
    answer = office.post(f"{place}confirm/", {"organisation": str(known.pk), "kind": "company", "field": "agriculture"})
    row = Capability.objects.get()
    assert row.supplier == known
    assert "https://huangshan.example/list" in office.get(answer["Location"]).content.decode()


def test_columns_are_corrected_by_a_person(office: Client) -> None:
    address = send(office, table="甲,乙\n景区客流预测,某局\n")["Location"]
    assert "0 of 1 rows" in office.get(address).content.decode()
    assert office.post(address, {"title": "甲", "organisation_name": "甲"}).status_code == 400
    office.post(address, {"title": "甲", "organisation_name": "乙"})
    assert "1 of 1 rows" in office.get(address).content.decode()


def test_no_row_is_ranked_counted_or_opened_before_it_is_confirmed_and_published(office: Client) -> None:
    need, own = scenario(), capability()
    promise = commitment()
    agreement = promise.statement.agreement

    def seen() -> tuple[object, ...]:
        pool = [one.code for one in rankable_capabilities(need)]
        return pool, counts(facts_of(agreement)), list(open_opportunities().values_list("code", flat=True)), counts_by_field()

    before = seen()
    assert before[0] == [own.code]
    bring(office)
    bring(office, kind="capabilities")
    assert OutsideRow.objects.count() == 4
    assert seen() == before
    for row in OutsideRow.objects.all():
        place = f"/en/opportunities/elsewhere/rows/{row.pk}/confirm/"
        office.post(place, {"organisation": "new", "kind": "company", "field": "smart-tourism"})
    assert (Scenario.objects.count(), Capability.objects.count()) == (3, 3)  # one of each was there
    assert seen() == before  # drafts: they go the usual way from here


@pytest.mark.parametrize("role", ["unit", "owner", "supplier", "steward", "auditor", "administrator"])
def test_others_read_the_tab_and_no_more(role: str, office: Client) -> None:
    address = bring(office)
    client = Client()
    client.force_login(member(role).user)
    assert client.get("/en/opportunities/elsewhere/").status_code == 200
    assert client.get(address).status_code == 403
    assert client.post(f"{address}undo/").status_code == 403
    place = f"/en/opportunities/elsewhere/rows/{OutsideRow.objects.get(number=2).pk}/"
    assert client.post(f"{place}confirm/", {"organisation": "new", "field": "culture"}).status_code == 403


def test_the_tab_asks_as_much_for_one_row_as_for_three(client: Client, office: Client, django_assert_max_num_queries: Any) -> None:
    counts = []
    for n in (1, 3):
        OutsideList.objects.all().delete()
        rows = "".join(f"{k},场景{k},单位{k}\n" for k in range(n))
        bring(office, table=f"编号,名称,单位\n{rows}")
        with django_assert_max_num_queries(20) as captured:
            client.get("/en/opportunities/elsewhere/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
