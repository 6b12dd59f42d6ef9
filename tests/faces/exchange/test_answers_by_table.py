"""The breakdown goes out to the units and their answers come in: merged, and what was changed twice is a person's choice."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook
from tests import factories as make
from tests.factories import NOW

from qiupu.errors import Conflict
from qiupu_web.agreements import usecases as agreements
from qiupu_web.agreements.models import Commitment
from qiupu_web.base.models import ImportBatch
from qiupu_web.faces.web.exchange import usecases
from qiupu_web.faces.web.exchange.kinds import KINDS
from qiupu_web.faces.web.exchange.sheets import workbook
from qiupu_web.parties.actors import Actor

pytestmark = pytest.mark.django_db
Table = dict[str, dict[str, Any]]


@pytest.fixture
def office() -> Actor:
    return make.actor("office")


@pytest.fixture
def row(office: Actor) -> Commitment:
    """A commitment made by its use case, so that a record of it exists."""
    return agreements.break_down(
        actor=office, now=NOW, statement=make.statement(), code="c-1", lead_unit=make.organisation("tourism", kind="unit"),
        title_en="Open a hall", due_on=date(2026, 9, 1), measure_en="One hall",
    )  # fmt: skip


def taken_out() -> Table:
    """Take the table out as the page does; by code, then by column."""
    kind = KINDS["commitments"]
    assert kind.stamp is not None
    stamp = kind.stamp()
    data = workbook(kind, [kind.read(one) | stamp for one in kind.rows()], "en")
    lines = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    header = [str(cell).removesuffix(" *") for cell in lines[0]]
    return {str(line[0]): dict(zip(header, line, strict=True)) for line in lines[1:]}


def sent_in(office: Actor, table: Table, *more: dict[str, Any]) -> ImportBatch:
    """Upload a table and check it."""
    rows = [*table.values(), *more]
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(rows[0]))
    for line, one in enumerate(rows, 1):
        sheet.write_row(line, 0, list(one.values()))
    book.close()
    batch = usecases.upload_table(actor=office, now=NOW, kind="commitments", data=stream.getvalue(), name="answers.xlsx")
    return usecases.try_table(actor=office, now=NOW, batch=batch, mapping=batch.mapping)


def test_an_answer_comes_in_with_its_date_and_note(office: Actor, row: Commitment) -> None:
    table = taken_out()
    table["c-1"] |= {"Answer of the unit": "接受", "Note to the answer": "ready", "Due on": "2026-10-01"}
    batch = sent_in(office, table)
    assert (batch.faults, batch.plan["changed"], batch.plan.get("conflicts")) == ([], 1, None)
    names = {one["name"]: (one["before"], one["after"]) for one in batch.plan["changes"]}
    assert names == {"due_on": ("2026-09-01", "2026-10-01"), "answer": ("", "accept"), "answer_note": ("", "ready")}
    usecases.import_table(actor=office, now=NOW, batch=batch)
    row.refresh_from_db()
    assert (row.state, row.answer_note, row.due_on) == ("accepted", "ready", date(2026, 10, 1))
    usecases.undo_import(actor=office, now=NOW, batch=batch)
    row.refresh_from_db()
    assert (row.state, row.answer_note, row.due_on) == ("broken-down", "", date(2026, 9, 1))


def test_a_return_without_a_reason_stays_out_and_names_the_cell(office: Actor, row: Commitment) -> None:
    table = taken_out()
    table["c-1"]["Answer of the unit"] = "return"
    batch = sent_in(office, table)
    (fault,) = batch.faults
    assert (fault["row"], fault["column"]) == (2, "Note to the answer")
    assert "Say why" in fault["text_en"]
    assert "说明" in fault["text_zh"]
    table["c-1"]["Note to the answer"] = "not our remit"
    usecases.import_table(actor=office, now=NOW, batch=sent_in(office, table))
    row.refresh_from_db()
    assert (row.state, row.reason_code, row.answer_note) == ("returned", "unit", "not our remit")


def test_what_only_changed_on_line_is_left_alone(office: Actor, row: Commitment) -> None:
    table = taken_out()
    agreements.edit_commitment(actor=office, now=NOW, commitment=row, measure_en="Two halls")
    table["c-1"] |= {"Answer of the unit": "accept"}
    batch = sent_in(office, table)
    assert batch.plan.get("conflicts") is None
    usecases.import_table(actor=office, now=NOW, batch=batch)
    row.refresh_from_db()
    assert (row.measure_en, row.state) == ("Two halls", "accepted")


@pytest.mark.parametrize("take, due", [("file", date(2026, 10, 1)), ("online", date(2026, 11, 1))])
def test_what_changed_twice_is_a_choice(office: Actor, row: Commitment, take: str, due: date) -> None:
    table = taken_out()
    agreements.edit_commitment(actor=office, now=NOW, commitment=row, due_on=date(2026, 11, 1))
    table["c-1"] |= {"Due on": "2026-10-01", "Title in English": "Open a big hall"}
    batch = sent_in(office, table)
    (conflict,) = batch.plan["conflicts"]
    assert (conflict["row"], conflict["code"], conflict["header"]) == (2, "c-1", "Due on")
    assert (conflict["online_text"], conflict["file_text"]) == ("2026-11-01", "2026-10-01")
    with pytest.raises(Conflict, match="nobody has chosen"):
        usecases.import_table(actor=office, now=NOW, batch=batch)
    row.refresh_from_db()
    assert (row.due_on, row.title_en) == (date(2026, 11, 1), "Open a hall")  # nothing came in by halves
    usecases.choose_values(actor=office, now=NOW, batch=batch, takes={conflict["key"]: take})
    usecases.try_table(actor=office, now=NOW, batch=batch, mapping=batch.mapping)
    assert batch.plan.get("conflicts") is None
    usecases.import_table(actor=office, now=NOW, batch=batch)
    row.refresh_from_db()
    assert (row.due_on, row.title_en) == (due, "Open a big hall")


def test_a_choice_does_not_outlive_the_value_that_it_was_made_about(office: Actor, row: Commitment) -> None:
    table = taken_out()
    agreements.edit_commitment(actor=office, now=NOW, commitment=row, due_on=date(2026, 11, 1))
    table["c-1"]["Due on"] = "2026-10-01"
    batch = sent_in(office, table)
    usecases.choose_values(actor=office, now=NOW, batch=batch, takes={batch.plan["conflicts"][0]["key"]: "file"})
    usecases.try_table(actor=office, now=NOW, batch=batch, mapping=batch.mapping)
    agreements.edit_commitment(actor=office, now=NOW, commitment=row, due_on=date(2026, 12, 1))  # meanwhile
    with pytest.raises(Conflict, match="nobody has chosen"):
        usecases.import_table(actor=office, now=NOW, batch=batch)
    row.refresh_from_db()
    assert row.due_on == date(2026, 12, 1)


def test_two_answers_of_one_unit_in_two_files(office: Actor, row: Commitment) -> None:
    first, second = taken_out(), taken_out()
    first["c-1"] |= {"Answer of the unit": "accept"}
    second["c-1"] |= {"Answer of the unit": "return", "Note to the answer": "too early"}
    usecases.import_table(actor=office, now=NOW, batch=sent_in(office, first))
    batch = sent_in(office, second)
    assert {(one["name"], one["online_text"], one["file_text"]) for one in batch.plan["conflicts"]} == {
        ("answer", "accept", "return")
    }


def test_supporting_units_changed_twice(office: Actor, row: Commitment) -> None:
    one, two = make.organisation("one", kind="unit"), make.organisation("two", kind="unit")
    table = taken_out()
    agreements.edit_commitment(actor=office, now=NOW, commitment=row, supporting_units=[one])
    assert sent_in(office, table).plan.get("conflicts") is None
    table["c-1"]["Supporting units"] = "two"
    (conflict,) = sent_in(office, table).plan["conflicts"]
    assert (conflict["online_text"], conflict["file_text"]) == ("one", "two")
    assert two.code == "two"


def test_a_row_that_stands_twice_in_a_file_and_a_version_that_is_none(office: Actor, row: Commitment) -> None:
    table = taken_out()
    table["c-1"]["Note to the answer"] = "x"
    batch = sent_in(office, table, dict(table["c-1"]))
    assert "same as row 2" in batch.faults[0]["text_en"]
    table["c-1"]["Version taken out"] = "of May"
    assert sent_in(office, table).faults[0]["column"] == "Version taken out"


def test_a_confirmed_commitment_takes_no_answer_by_table(office: Actor, row: Commitment) -> None:
    table = taken_out()
    Commitment.objects.filter(pk=row.pk).update(state="confirmed")
    table["c-1"] |= {"Answer of the unit": "return", "Note to the answer": "late thought"}
    (fault,) = sent_in(office, table).faults
    assert "no longer changes" in fault["text_en"]


@pytest.mark.parametrize("lang, words", [("en", "was changed twice"), ("zh-hans", "表内与线上均有改动")])
def test_the_page_shows_the_conflict_and_takes_the_choice(client: Client, row: Commitment, lang: str, words: str) -> None:
    member = make.member("office")
    client.force_login(member.user)
    actor = Actor("office", member.user.name, member.user_id, member.organisation_id, member.organisation.code)
    table = taken_out()
    agreements.edit_commitment(actor=actor, now=NOW, commitment=row, due_on=date(2026, 11, 1))
    table["c-1"]["Due on"] = "2026-10-01"
    batch = sent_in(actor, table)

    def at(name: str) -> str:
        with override(lang):
            return reverse(f"exchange:{name}", args=[batch.pk])

    page = client.get(at("batch")).content.decode()
    assert words in page
    assert member.organisation.code in page
    assert at("import") not in page  # no button that would overwrite
    key = batch.plan["conflicts"][0]["key"]
    refused = client.post(at("choose"), {"form_key": "a"})
    assert refused.status_code == 400
    assert client.post(at("choose"), {key: "file", "form_key": "b"}).status_code == 302
    page = client.get(at("batch")).content.decode()
    assert words not in page
    assert "2026-10-01" in page
    assert client.post(at("import"), {"form_key": "c"}).status_code == 302
    row.refresh_from_db()
    assert row.due_on == date(2026, 10, 1)


def test_a_unit_takes_out_its_own_rows_with_their_version(client: Client, row: Commitment) -> None:
    assert row.lead_unit is not None
    make.commitment(lead_unit=make.organisation(kind="unit"))
    client.force_login(make.member("unit", row.lead_unit).user)
    data = client.get(reverse("exchange:export", args=["commitments"])).content
    lines = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert [line[0] for line in lines[1:]] == ["c-1"]
    assert lines[1][-1] not in ("", None)


def test_the_office_takes_one_units_rows_out(client: Client, row: Commitment) -> None:
    assert row.lead_unit is not None
    make.commitment(lead_unit=make.organisation("water", kind="unit"))
    client.force_login(make.member("office").user)
    page = client.get(reverse("agreements:commitments"), {"unit": row.lead_unit.code}).content.decode()
    address = f"{reverse('exchange:export', args=['commitments'])}?unit={row.lead_unit.code}"
    assert address in page
    lines = CalamineWorkbook.from_filelike(io.BytesIO(client.get(address).content)).get_sheet_by_index(0).to_python()
    assert [line[0] for line in lines[1:]] == ["c-1"]
    assert client.get(f"{address}-nobody").status_code == 404
