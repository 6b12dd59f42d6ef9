"""Lists of other cities: kept apart, with their source, until a person confirms a row; undone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.factories import NOW, actor, organisation

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.queries import published_capabilities
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.queries import alike
from qiupu_web.scenarios import usecases
from qiupu_web.scenarios.models import OutsideList, OutsideRow, Scenario
from qiupu_web.scenarios.queries import opportunities, outside_rows, source_of
from qiupu_web.scenarios.rules_outside import OutsideWords, repeated

pytestmark = pytest.mark.django_db
ROWS = (
    OutsideWords(2, "景区客流预测", "黄山市文化和旅游局", ref="HS-01", body="提前两周预测客流。", budget_cny=Decimal(380000)),
    OutsideWords(3, "Leaf disease spotting", "Huizhou Tea Cooperative", ref="HS-02", region="歙县"),
    OutsideWords(4, "产线缺陷检测", "某厂", field="smart-manufacturing"),
)


@pytest.fixture
def office() -> Any:
    return actor("office")


def add(office: Any, **fields: Any) -> OutsideList:
    given = {
        "kind": "opportunities",
        "city": "黄山市",
        "title": "第一批应用场景机会清单",
        "published_on": date(2026, 2, 10),
        "address": "https://huangshan.example/list",
        "data": b"x",
        "name": "list.xlsx",
        "is_invented": True,
    }
    return usecases.add_outside_list(actor=office, now=NOW, **{**given, **fields})


def bring(office: Any, rows: Any = ROWS, **fields: Any) -> OutsideList:
    return usecases.bring_in_outside_list(actor=office, now=NOW, outside=add(office, **fields), rows=rows)


def confirm(office: Any, row: OutsideRow, **fields: Any) -> Any:
    given = {"field": "smart-tourism", "organisation_kind": "unit", **fields}
    return usecases.confirm_outside_row(actor=office, now=NOW, row=row, **given)


class TestApart:
    def test_rows_wait_beside_the_lists_and_in_none_of_them(self, office: Any) -> None:
        bring(office)
        bring(office, kind="capabilities")
        assert outside_rows().count() == 6
        assert not opportunities().exists()
        assert not published_capabilities().exists()
        assert not Scenario.objects.exists()
        assert not Organisation.objects.filter(name_zh="黄山市文化和旅游局").exists()

    def test_the_language_is_the_titles(self, office: Any) -> None:
        assert list(bring(office).rows.values_list("language", flat=True)) == ["zh", "en", "zh"]

    @pytest.mark.parametrize(
        "column, value", [("city", " "), ("title", ""), ("address", ""), ("address", "javascript:alert(1)"), ("kind", "moon")]
    )
    def test_a_list_needs_its_source(self, office: Any, column: str, value: str) -> None:
        with pytest.raises(InputError) as caught:
            add(office, **{column: value})
        assert caught.value.where.column == column
        assert not OutsideList.objects.exists()

    def test_it_was_published_in_the_past(self, office: Any) -> None:
        assert add(office, published_on=NOW.date())
        with pytest.raises(InputError, match="not over"):
            add(office, published_on=NOW.date() + timedelta(days=1))

    def test_repeated_ids_bring_nothing_in(self, office: Any) -> None:
        twice = (*ROWS, OutsideWords(9, "另一个", "某单位", ref="HS-02"))
        assert [(row.number, first) for row, first in repeated(twice)] == [(9, 3)]
        with pytest.raises(InputError, match="row 3"):
            bring(office, twice)
        assert not OutsideRow.objects.exists()

    def test_without_an_id_title_and_organisation_tell(self) -> None:
        row = OutsideWords(2, "甲", "乙")
        assert repeated([row, OutsideWords(3, "甲", "丙"), OutsideWords(4, "甲", "乙")]) == [(OutsideWords(4, "甲", "乙"), 2)]

    @pytest.mark.parametrize("words", [{"title": "", "organisation_name": "甲"}, {"title": "甲", "organisation_name": ""}])
    def test_a_row_needs_a_title_and_an_organisation(self, words: dict[str, str]) -> None:
        with pytest.raises(InputError, match="empty"):
            OutsideWords(2, **words)

    def test_it_comes_in_once(self, office: Any) -> None:
        outside = bring(office)
        with pytest.raises(Conflict, match="already"):
            usecases.bring_in_outside_list(actor=office, now=NOW, outside=outside, rows=ROWS)

    @pytest.mark.parametrize("role", ["unit", "owner", "supplier", "steward", "auditor", "administrator"])
    def test_others_do_not(self, role: str) -> None:
        with pytest.raises(NotAllowed):
            add(actor(role))


class TestDeciding:
    def test_a_confirmed_row_is_a_draft_with_its_source_and_a_new_organisation(self, office: Any) -> None:
        row = bring(office).rows.get(number=2)
        entry = confirm(office, row)
        assert (entry.state, entry.title_zh, entry.body_zh, entry.title_en) == ("draft", "景区客流预测", "提前两周预测客流。", "")
        assert (entry.region, entry.budget_cny, entry.is_invented) == ("黄山市", 380000, True)
        assert (entry.owner.name_zh, entry.owner.kind, entry.owner.is_invented) == ("黄山市文化和旅游局", "unit", True)
        source = source_of(entry)
        assert source is not None
        assert (source.outside.city, source.outside.address, source.ref) == ("黄山市", "https://huangshan.example/list", "HS-01")
        assert not opportunities().exists()  # it goes the usual way from here
        record = AuditRecord.objects.order_by("-number").first()
        assert record is not None
        assert "https://huangshan.example/list" in str(record.changes)

    def test_a_known_organisation_is_proposed_and_taken(self, office: Any) -> None:
        known = organisation(name_zh="黄山市文化和旅游局（演示）", name_en="")
        organisation(name_zh="池州市文化和旅游局", name_en="")
        assert alike("黄山市文化和旅游局") == [known]
        entry = confirm(office, bring(office).rows.get(number=2), organisation=known)
        assert entry.owner == known

    def test_a_capability_comes_in_as_one(self, office: Any) -> None:
        row = bring(office, kind="capabilities").rows.get(number=3)
        entry = confirm(office, row, field="agriculture", organisation_kind="company")
        assert isinstance(entry, Capability)
        assert (entry.title_en, entry.regions, entry.supplier.name_en) == (
            "Leaf disease spotting",
            "歙县",
            "Huizhou Tea Cooperative",
        )
        assert source_of(entry) == row

    def test_a_fault_leaves_nothing_behind(self, office: Any) -> None:
        row = bring(office).rows.get(number=2)
        with pytest.raises(InputError) as caught:
            confirm(office, row, field="moon")
        assert caught.value.where.column == "field"
        assert not Scenario.objects.exists()
        assert not Organisation.objects.filter(name_zh=row.organisation_name).exists()

    def test_a_row_is_decided_once(self, office: Any) -> None:
        row = bring(office).rows.get(number=2)
        confirm(office, row)
        with pytest.raises(Conflict, match="already"):
            confirm(office, row)
        with pytest.raises(Conflict, match="already"):
            usecases.decline_outside_row(actor=office, now=NOW, row=row, reason="No")

    def test_declining_needs_a_reason(self, office: Any) -> None:
        row = bring(office).rows.get(number=2)
        with pytest.raises(InputError):
            usecases.decline_outside_row(actor=office, now=NOW, row=row, reason=" ")
        usecases.decline_outside_row(actor=office, now=NOW, row=row, reason="Too far away")
        assert outside_rows().count() == 2


class TestUndoing:
    def test_a_confirmed_row_waits_again_and_leaves_nothing(self, office: Any) -> None:
        row = bring(office).rows.get(number=2)
        before = OutsideRow.objects.filter(pk=row.pk).values().get()
        confirm(office, row)
        usecases.reopen_outside_row(actor=office, now=NOW, row=row)
        assert OutsideRow.objects.filter(pk=row.pk).values().get() == before
        assert not Scenario.objects.exists()
        assert not Organisation.objects.filter(name_zh=row.organisation_name).exists()

    def test_a_new_organisation_that_is_used_by_now_stays(self, office: Any) -> None:
        row = bring(office).rows.get(number=2)
        entry = confirm(office, row)
        other = confirm(office, row.outside.rows.get(number=4), organisation=entry.owner)
        usecases.reopen_outside_row(actor=office, now=NOW, row=row)
        assert Organisation.objects.filter(pk=other.owner_id).exists()

    def test_a_draft_that_was_changed_since_stops_it(self, office: Any) -> None:
        row = bring(office).rows.get(number=2)
        entry = confirm(office, row)
        usecases.edit_scenario(actor=office, now=NOW + timedelta(hours=1), scenario=entry, region="黄山区")
        with pytest.raises(Conflict, match="since"):
            usecases.reopen_outside_row(actor=office, now=NOW, row=row)
        row.refresh_from_db()
        assert (row.state, row.scenario) == ("confirmed", entry)

    def test_a_whole_list_goes_and_may_come_again(self, office: Any) -> None:
        outside = bring(office)
        usecases.undo_outside_list(actor=office, now=NOW, outside=outside)
        assert not OutsideRow.objects.exists()
        assert outside.undone_at == NOW
        usecases.bring_in_outside_list(actor=office, now=NOW, outside=outside, rows=ROWS)
        assert OutsideRow.objects.count() == 3

    def test_a_list_with_a_confirmed_row_stays(self, office: Any) -> None:
        outside = bring(office)
        confirm(office, outside.rows.get(number=3))
        with pytest.raises(Conflict, match=r"confirmed: 3\."):
            usecases.undo_outside_list(actor=office, now=NOW, outside=outside)
        assert OutsideRow.objects.count() == 3

    def test_nothing_to_undo(self, office: Any) -> None:
        outside = bring(office)
        with pytest.raises(Conflict, match="nothing"):
            usecases.reopen_outside_row(actor=office, now=NOW, row=outside.rows.get(number=2))
        with pytest.raises(Conflict, match="nothing"):
            usecases.undo_outside_list(actor=office, now=NOW, outside=add(office))
