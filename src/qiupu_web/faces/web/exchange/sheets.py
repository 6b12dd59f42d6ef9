"""Excel files out: templates with drop-downs and notes, and lists."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from qiupu_web.faces.web.exchange.columns import Column
from qiupu_web.faces.web.exchange.kinds import Kind, Words
from qiupu_web.faces.web.exchange.values import cell_of

NOTES = {
    "zh": ("填写说明", "列", "须填", "怎么填", "可选值", "是"),
    "en": ("Notes", "Column", "Needed", "What to write", "Choices", "yes"),
}
WIDE = ("body", "setting", "data", "remit", "measure", "statement")


def workbook(kind: Kind, rows: Iterable[Words], lang: str) -> bytes:
    """Return an xlsx file: the table with its header in a language, and a sheet that says what to write in each column."""
    lang = "zh" if lang.startswith("zh") else "en"
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#2B3236", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    table = book.add_worksheet(kind.title_zh if lang == "zh" else kind.title_en)
    table.freeze_panes(1, 1)
    for place, column in enumerate(kind.columns):
        table.set_column(place, place, 48 if column.name.startswith(WIDE) else 20, wrap)
        table.write_string(0, place, column.title(lang) + (" *" if column.is_needed else ""), head)
        if column.choices:
            table.data_validation(1, place, 5000, place, {"validate": "list", "source": list(column.choices)})
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(kind.columns):
            _write(table, line, place, cell_of(row.get(column.name)), wrap)
    _notes(book, kind.columns, lang, head, wrap)
    book.close()
    return stream.getvalue()


def _write(table: Any, line: int, place: int, value: Any, style: Any) -> None:
    if isinstance(value, float | int):
        table.write_number(line, place, value, style)
    elif value:
        table.write_string(line, place, str(value), style)


def _notes(book: Any, columns: Sequence[Column], lang: str, head: Any, wrap: Any) -> None:
    title, *headers, yes = NOTES[lang]
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 3, 32, wrap)
    for place, header in enumerate(headers):
        sheet.write_string(0, place, header, head)
    for line, column in enumerate(columns, 1):
        named = ", ".join(f"{code} ({name})" if lang == "zh" else code for code, name in (column.choices or {}).items())
        for place, text in enumerate((column.title(lang), yes if column.is_needed else "", column.note(lang), named)):
            sheet.write_string(line, place, text, wrap)
