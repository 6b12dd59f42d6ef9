"""Excel in and out: 40 rows with three faulty ones, columns, dry run, undo, bad files."""

from __future__ import annotations

import io
import json

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook
from tests import factories as make
from tests.factories import NOW

from qiupu.errors import Conflict, FileError, NotAllowed, TableError
from qiupu_web.agreements.models import Commitment
from qiupu_web.base.models import AuditRecord, ImportBatch
from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.usecases import edit_capability, publish_capability
from qiupu_web.faces.web.exchange import usecases
from qiupu_web.faces.web.exchange.columns import day, flag, guess, money, number
from qiupu_web.faces.web.exchange.kinds import KINDS
from qiupu_web.faces.web.exchange.sheets import workbook
from qiupu_web.parties.models import Organisation
from qiupu_web.projects.models import Project
from qiupu_web.projects.rules import PROJECT
from qiupu_web.projects.usecases import add_milestone
from qiupu_web.scenarios.models import Scenario

pytestmark = pytest.mark.django_db
HEADER = ["代码", "供给方", "领域", "名称（中文）", "说明（中文）", "常用报价（元）"]


def xlsx(rows):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate(rows):
        sheet.write_row(line, 0, row)
    book.close()
    return stream.getvalue()


def forty(supplier):
    """Forty rows; row 6 names an unknown field, row 16 an unknown supplier, row 31 has words for a price."""
    rows = [[f"X-{n}", supplier.code, "smart-tourism", f"能力{n}", "按小时预测。", 1000 * n] for n in range(1, 41)]
    rows[4][2] = "智慧月球"
    rows[14][1] = "nobody"
    rows[29][5] = "面议"
    return xlsx([HEADER, *rows])


@pytest.fixture
def office():
    return make.actor("office")


@pytest.fixture
def supplier():
    return make.organisation("supplier-a", kind="startup")


def bring(office, kind, data, name="table.xlsx", mapping=None):
    batch = usecases.upload_table(actor=office, now=NOW, kind=kind, data=data, name=name)
    usecases.try_table(actor=office, now=NOW, batch=batch, mapping=mapping or batch.mapping)
    return batch


def take_in(office, kind, data, **options):
    batch = bring(office, kind, data, **options)
    return usecases.import_table(actor=office, now=NOW, batch=batch)


def test_forty_rows_with_three_faulty_give_thirty_seven_and_three_named(office, supplier):
    batch = bring(office, "capabilities", forty(supplier))
    assert batch.plan == {"created": 37, "changed": 0, "same": 0, "faulty": 3}
    assert Capability.objects.count() == 0  # a dry run writes nothing
    usecases.import_table(actor=office, now=NOW, batch=batch)
    assert Capability.objects.count() == 37
    assert [(one["row"], one["column"]) for one in batch.faults] == [(6, "领域"), (16, "供给方"), (31, "常用报价（元）")]
    for fault in batch.faults:
        assert fault["text_zh"]
        assert fault["cure_en"]
    record = AuditRecord.objects.order_by("-number").first()
    assert record.action == "exchange.import"
    assert sum("action" in part for part in record.changes) == 37  # one record, with a part for each row


def test_the_same_file_again_changes_nothing_and_a_changed_one_updates_by_code(office, supplier):
    take_in(office, "capabilities", forty(supplier))
    again = take_in(office, "capabilities", forty(supplier))
    assert (again.plan["created"], again.plan["same"]) == (0, 37)
    changed = take_in(office, "capabilities", xlsx([["Code", "Title in Chinese"], ["X-1", "新名称"]]))
    assert changed.plan["changed"] == 1
    row = Capability.objects.get(code="X-1")
    assert (row.title_zh, row.body_zh) == ("新名称", "按小时预测。")  # columns that are not in the file stay


def test_undo_takes_new_rows_away_and_restores_changed_ones(office, supplier):
    take_in(office, "capabilities", forty(supplier))
    batch = take_in(
        office, "capabilities", xlsx([HEADER, ["X-1", "", "", "改", "", 5], ["Y-1", "supplier-a", "文化", "新", "", ""]])
    )
    assert Capability.objects.count() == 38
    usecases.undo_import(actor=office, now=NOW, batch=batch)
    row = Capability.objects.get(code="X-1")
    assert (row.title_zh, row.price_cny) == ("能力1", 1000)
    assert not Capability.objects.filter(code="Y-1").exists()
    assert AuditRecord.objects.order_by("-number").first().action == "exchange.undo"
    with pytest.raises(Conflict):
        usecases.undo_import(actor=office, now=NOW, batch=batch)


@pytest.mark.parametrize("how", ["edited", "published", "used"])
def test_undo_is_refused_whole_when_a_row_was_changed_or_used_since(office, supplier, how):
    batch = take_in(office, "capabilities", forty(supplier))
    row = Capability.objects.get(code="X-2")
    if how == "edited":
        edit_capability(actor=office, now=NOW, capability=row, title_zh="改过")
    elif how == "published":
        publish_capability(actor=office, now=NOW, capability=row)
    else:
        row.proofs.create(kind="verdict", key="x", outcome="pass", recorded_at=NOW)
    with pytest.raises(Conflict) as caught:
        usecases.undo_import(actor=office, now=NOW, batch=batch)
    assert "X-2" in caught.value.message("en")
    assert Capability.objects.count() == 37


def test_a_code_twice_in_a_file_names_the_first_row(office, supplier):
    rows = [HEADER, ["X-1", "supplier-a", "culture", "甲", "", ""], ["X-1", "supplier-a", "culture", "乙", "", ""]]
    batch = bring(office, "capabilities", xlsx(rows))
    assert [one["row"] for one in batch.faults] == [3]
    assert "row 2" in batch.faults[0]["text_en"]


def test_the_supplier_of_a_row_cannot_be_changed_by_a_table(office, supplier):
    make.capability(supplier, code="X-1")
    make.organisation("supplier-b")
    batch = bring(office, "capabilities", xlsx([["code", "supplier"], ["X-1", "supplier-b"]]))
    assert [(one["row"], one["column"]) for one in batch.faults] == [(2, "supplier")]


def test_needs_come_in_as_drafts_and_what_is_too_late_to_change_is_a_fault(office):
    owner = make.organisation("pump-station")
    make.scenario(owner, code="S-1", state="on-trial")
    header = ["Code", "Owner", "Field", "Title in English", "Budget ceiling in yuan", "Decided by", "Acceptance bar"]
    rows = [
        ["S-1", "pump-station", "smart-city", "Other words", "", "", ""],
        ["S-2", "Org pump-station", "智慧城市", "Pump alarms", "38万", "2026年12月15日", "85%"],
        ["S-3", "pump-station", "culture", "", "", "", ""],
    ]
    batch = take_in(office, "scenarios", xlsx([header, *rows]))
    assert [one["row"] for one in batch.faults] == [2, 4]
    row = Scenario.objects.get(code="S-2")
    assert (row.state, row.budget_cny, str(row.decide_by), row.bar) == ("draft", 380_000, "2026-12-15", 0.85)


def test_benchmark_cases_are_described_but_not_made(office):
    make.scenario(code="B-1", state="benchmark")
    header = ["Code", "Title in English"]
    batch = take_in(office, "benchmarks", xlsx([header, ["B-1", "Better words"], ["B-2", "Out of nothing"]]))
    assert Scenario.objects.get(code="B-1").title_en == "Better words"
    assert [one["row"] for one in batch.faults] == [3]


def test_organisations_come_in(office):
    header = ["类型", "中文名称", "英文名称", "成立日期", "是否虚构"]
    take_in(office, "organisations", xlsx([header, ["初创企业", "杏花科技", "Apricot Tech", "2024/5/1", "是"]]))
    row = Organisation.objects.get(code="apricot-tech")
    assert (row.kind, str(row.founded_on), row.is_invented) == ("startup", "2024-05-01", True)


def test_the_breakdown_comes_in_by_its_sentences_and_goes_again(office):
    statement = make.statement()
    unit = make.organisation("data-bureau", kind="unit")
    make.organisation("water-bureau", kind="unit")
    header = ["原文句子", "承诺事项（英文）", "牵头单位", "配合单位", "完成时限"]
    good = [statement.quote, "Deliver the service", "data-bureau", "water-bureau", "2026-12-31"]
    batch = take_in(office, "commitments", xlsx([header, good, ["no such sentence", "x", "data-bureau", "", ""]]))
    row = Commitment.objects.get()
    assert (row.lead_unit, row.statement, str(row.due_on)) == (unit, statement, "2026-12-31")
    assert [one.code for one in row.supporting_units.all()] == ["water-bureau"]
    assert [one["row"] for one in batch.faults] == [3]
    usecases.undo_import(actor=office, now=NOW, batch=batch)
    statement.refresh_from_db()
    assert Commitment.objects.count() == 0
    assert statement.disposition == "waiting"


@pytest.mark.parametrize("code", list(KINDS))
def test_what_goes_out_comes_in_again_as_the_same(office, code):
    statement = make.statement(strength="hope")
    commitment = make.commitment(statement, lead_unit=make.organisation(kind="unit"))
    commitment.supporting_units.add(make.organisation(kind="unit"))
    make.capability(price_cny=98_000)
    make.scenario(commitment=commitment)
    project = Project.objects.create(
        code="gate", scenario=make.scenario(state="benchmark"), supplier=make.organisation(), title_zh="闸口", budget_cny=90_000,
        created_at=NOW, **PROJECT.begin("ordered", NOW),
    )  # fmt: skip
    add_milestone(actor=office, now=NOW, project=project, title_zh="上线", payment_cny=60_000)
    kind = KINDS[code]
    data = workbook(kind, [kind.read(row) for row in kind.rows()], "zh-hans")
    batch = bring(office, code, data)
    assert batch.faults == []
    assert batch.plan == {"created": 0, "changed": 0, "same": kind.rows().count(), "faulty": 0}


@pytest.mark.parametrize(
    "name, data, error",
    [
        ("empty.xlsx", b"", FileError),
        ("empty.csv", b"  \n", FileError),
        ("picture.png", b"\x89PNG....", FileError),
        ("report.pdf", b"%PDF-1.7", FileError),
        ("not-excel.xlsx", b"PK\x03\x04 no", FileError),
        ("pdf-inside.csv", b"%PDF-1.7 ....", FileError),
        ("header-only.csv", "代码,名称（中文）\n".encode(), TableError),
        ("twice.csv", b"code,code\n1,2\n", TableError),
    ],
)
def test_files_that_are_no_tables_get_a_sentence(office, name, data, error):
    with pytest.raises(error) as caught:
        usecases.upload_table(actor=office, now=NOW, kind="capabilities", data=data, name=name)
    assert caught.value.sentence("en")
    assert caught.value.cure("en")
    assert ImportBatch.objects.count() == 0


def test_a_gb18030_csv_is_read(office, supplier):
    data = "代码,供给方,领域,名称（中文）\nX-1,supplier-a,文化,诗词检索\n".encode("gb18030")
    take_in(office, "capabilities", data, name="表.csv")
    assert Capability.objects.get().title_zh == "诗词检索"


def test_only_the_office_brings_tables_in(supplier):
    for role in ("supplier", "owner", "unit", "steward", "auditor"):
        with pytest.raises(NotAllowed):
            usecases.upload_table(actor=make.actor(role), now=NOW, kind="capabilities", data=b"x", name="x.csv")


def test_headers_are_guessed_in_either_language_and_by_name():
    columns = KINDS["scenarios"].columns
    found = guess(columns, ["机会编号", "TITLE in english *", "名称（中文）", "owner", "验收线", "Field"])
    assert found == {
        "owner": "owner", "field": "Field", "title_zh": "名称（中文）", "title_en": "TITLE in english *", "bar": "验收线",
    }  # fmt: skip


@pytest.mark.parametrize(
    "parse, cell, value",
    [
        (money, "38万", 380_000), (money, "¥1,234.50", 1234.5), (money, "0.5亿元", 50_000_000), (number, "85%", 0.85),
        (number, "1,000", 1000), (flag, "否", False), (day, "2026.1.5", None), (day, "2026-12-15 00:00:00", None),
    ],
)  # fmt: skip
def test_cells_as_people_write_them(parse, cell, value):
    found = parse(cell)
    assert found.year == 2026 if value is None else float(found) == value


@pytest.fixture
def browser():
    client = Client()
    client.force_login(make.member("office").user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_way_in_by_pages(browser, supplier):
    page = browser.get("/zh-hans/exchange/")
    assert page.status_code == 200
    file = SimpleUploadedFile("四十行.xlsx", forty(supplier))
    sent = browser.post("/zh-hans/exchange/upload/capabilities/", {"file": file, "form_key": "k1"})
    assert sent.status_code == 302
    batch = ImportBatch.objects.get()
    assert browser.get(sent.url).status_code == 200
    mapping = {**batch.mapping, "form_key": "k2"}
    assert browser.post(f"{sent.url}check/", mapping).status_code == 302
    checked = browser.get(sent.url).content.decode()
    assert "面议" in checked
    assert "37" in checked
    assert browser.post(f"{sent.url}import/", {"form_key": "k3"}).status_code == 302
    assert browser.post(f"{sent.url}import/", {"form_key": "k3"}).status_code == 302  # pressed twice: nothing more
    assert Capability.objects.count() == 37
    assert browser.post(f"{sent.url}undo/", {"form_key": "k4"}).status_code == 302
    assert Capability.objects.count() == 0


def test_a_column_chosen_twice_is_said_at_its_field(browser, supplier):
    file = SimpleUploadedFile("t.xlsx", forty(supplier))
    sent = browser.post("/en/exchange/upload/capabilities/", {"file": file})
    answer = browser.post(f"{sent.url}check/", {"title_zh": "名称（中文）", "title_en": "名称（中文）"})
    assert answer.status_code == 400
    assert "chosen twice" in answer.content.decode()


def test_a_bad_file_keeps_the_page_and_says_why(browser):
    for name, data in (("a.png", b"\x89PNG"), ("a.xlsx", b"")):
        answer = browser.post("/en/exchange/upload/capabilities/", {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()


def test_a_file_that_is_too_large_says_the_limit(browser, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    file = SimpleUploadedFile("big.csv", b"x" * (1024 * 1024 + 1))
    answer = browser.post("/en/exchange/upload/capabilities/", {"file": file})
    assert answer.status_code == 400
    assert "1 MB" in answer.content.decode()


def test_templates_are_for_everybody_and_say_what_to_write():
    for code in KINDS:
        answer = Client().get(f"/en/exchange/template/{code}/")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        table, notes = (book.get_sheet_by_index(place).to_python() for place in (0, 1))
        assert len(table) == 1
        assert len(notes) == 1 + len(table[0])


def test_a_supplier_takes_out_its_own_rows_only(supplier):
    make.capability(supplier, code="MINE")
    make.capability(code="THEIRS", state="draft")
    client = Client()
    client.force_login(make.member("supplier", supplier).user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/en/exchange/export/capabilities/")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["MINE"]
    assert Client().get("/en/exchange/export/capabilities/").status_code == 403


def test_a_batch_is_json_all_through(office, supplier):
    batch = take_in(office, "capabilities", forty(supplier))
    assert json.loads(json.dumps(batch.results))[0]["after"]["price_cny"] == "1000.00"
