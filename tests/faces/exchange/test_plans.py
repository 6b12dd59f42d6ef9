"""The plan of a project out to Excel and in again: dry run, rows named by their faults, upsert by code, undo."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import factories
from tests.faces.exchange.test_exchange import bring, take_in, xlsx
from tests.faces.projects.test_pages import a_project, address, move

from qiupu.errors import Conflict
from qiupu_web.base.models import ImportBatch
from qiupu_web.faces.web.exchange import usecases
from qiupu_web.parties.actors import Actor
from qiupu_web.projects.models import Milestone, Project

pytestmark = pytest.mark.django_db
ZH = ["代码", "项目", "里程碑（中文）", "里程碑（英文）", "完成时限", "完成后付款（元）"]


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """How many rows are new, changed, the same, faulty."""
    return batch.plan["created"], batch.plan["changed"], batch.plan["same"], batch.plan["faulty"]


@pytest.fixture
def office() -> Actor:
    return factories.actor("office")


@pytest.fixture
def project() -> Project:
    row = a_project()
    move(row, "selected", "approved", "ordered")
    return row


@pytest.mark.parametrize("lang, head", [("en", "Milestones and payments"), ("zh-hans", "项目里程碑和付款计划")])
def test_what_goes_out_comes_in_again_unchanged(client: Client, office: Actor, project: Project, lang: str, head: str) -> None:
    where = address("plan_file", project.code, lang=lang)
    assert client.get(where).status_code == 403
    client.force_login(factories.member("supplier", project.supplier).user)
    data = client.get(where).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert sheet.sheet_names[0] == head
    rows = sheet.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [f"{project.code}#{number}" for number in (1, 2, 3)]
    batch = bring(office, "milestones", data)
    assert counts(batch) == (0, 0, 3, 0)
    client.force_login(factories.member("supplier").user)
    assert client.get(where).status_code == 403


def test_changed_new_and_faulty_rows_and_all_back_again(office: Actor, project: Project) -> None:
    code = project.code
    met = project.milestones.get(number=3)
    met.state = "met"
    met.save(update_fields=["state"])
    project.budget_cny = Decimal(500_000)
    project.committed_cny = None
    project.save(update_fields=["budget_cny", "committed_cny"])
    data = xlsx([
        ZH,
        [f"{code}#1", code, "第一步", "", "2026年5月1日", "8万"],  # changed
        ["", code, "新的一步", "New step", "2026-11-01", "50000"],  # new
        [f"{code}#3", code, "", "Other words", "", ""],  # met: stays as it is
        [f"{code}#9", code, "没有", "", "", ""],  # there is no ninth
        ["", "nowhere", "没有项目", "", "", ""],
        ["", code, "太贵", "", "", "30万"],  # 80 + 100 + 100 + 50 thousand and 300 more are over 500
        ["", code, "坏日期", "", "明天", ""],
        [f"{code}#2", code, "", "", "", ""],  # the same
    ])  # fmt: skip
    batch = bring(office, "milestones", data)
    assert counts(batch) == (1, 1, 1, 5)
    assert {(fault["row"], fault["column"]) for fault in batch.faults} == {
        (4, ""), (5, "代码"), (6, "项目"), (7, "完成后付款（元）"), (8, "完成时限"),
    }  # fmt: skip
    assert all(fault["text_zh"] and fault["text_en"] for fault in batch.faults)
    assert project.milestones.count() == 3
    usecases.import_table(actor=office, now=factories.NOW, batch=batch)
    first = project.milestones.get(number=1)
    assert (first.due_on, first.payment_cny, first.title_zh) == (date(2026, 5, 1), 80_000, "第一步")
    assert project.milestones.get(number=4).title_en == "New step"
    usecases.undo_import(actor=office, now=factories.NOW, batch=batch)
    first.refresh_from_db()
    assert (first.due_on, first.payment_cny, first.title_zh) == (date(2026, 4, 1), 100_000, "第1步")
    assert project.milestones.count() == 3


def test_what_was_used_since_is_not_taken_back(office: Actor, project: Project) -> None:
    batch = take_in(office, "milestones", xlsx([ZH, ["", project.code, "免费的一步", "", "", ""]]))
    stone = Milestone.objects.get(title_zh="免费的一步")
    stone.state = "partially-met"
    stone.save(update_fields=["state"])
    with pytest.raises(Conflict, match=f"{project.code}#4"):
        usecases.undo_import(actor=office, now=factories.NOW, batch=batch)


def test_dates_and_money_of_projects(client: Client, office: Actor, project: Project) -> None:
    head = ["代码", "预算（元）", "合同金额（元）", "已付（元）"]
    batch = bring(office, "projects", xlsx([head, [project.code, "40万", "35万", "10万"], ["nowhere", "1", "", ""]]))
    assert counts(batch) == (0, 1, 0, 1)
    usecases.import_table(actor=office, now=factories.NOW, batch=batch)
    project.refresh_from_db()
    assert (project.budget_cny, project.committed_cny, project.paid_cny) == (400_000, 350_000, 100_000)
    over = bring(office, "projects", xlsx([head, [project.code, "", "", "36万"]]))
    assert over.faults[0]["column"] == "已付（元）"
    usecases.undo_import(actor=office, now=factories.NOW, batch=batch)
    project.refresh_from_db()
    assert (project.budget_cny, project.paid_cny) == (300_000, None)


def test_the_page_of_a_batch_leads_to_its_project(client: Client, project: Project) -> None:
    office = factories.member("office")
    actor = Actor(role="office", name="x", user_id=office.user_id, organisation_id=office.organisation_id, organisation_code="x")
    batch = take_in(actor, "milestones", xlsx([ZH, ["", project.code, "一步", "", "", ""]]))
    client.force_login(office.user)
    page = client.get(f"/en/exchange/{batch.pk}/").content.decode()
    assert address("detail", project.code) in page
