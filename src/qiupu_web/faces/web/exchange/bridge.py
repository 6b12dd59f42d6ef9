"""Tables that people send, read by the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qiupu.errors import N_, FileError, TableError
from qiupu.files import read_table

MAX_ROWS = 5_000
TYPES = (".xlsx", ".csv", ".tsv")


@dataclass(frozen=True)
class Sheet:
    """A table as text: the header, and each row with its number in the file (the header is row 1)."""

    columns: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read_sheet(data: bytes, name: str) -> Sheet:
    """Read the first sheet of an xlsx file, or a csv or tsv file, every cell as text; rows without anything are left out.

    Raises
    ------
    FileError, TableError
        When it is empty, of another type, damaged, has no rows or too many.
    """
    if not name.lower().endswith(TYPES):
        raise FileError(
            N_("A file of this type cannot be read here."),
            cure=N_("Save it as .xlsx or .csv and send it again."),
            file=name[-80:],
            code="type",
        )
    columns = [one for one in read_table(data, name=name).frame.columns if one.strip()]
    frame = read_table(data, name=name, text_columns=tuple(columns)).frame
    rows = []
    for number, values in enumerate(frame.select(columns).iter_rows(), 2):
        cells = ["" if value is None else str(value).strip() for value in values]
        if any(cells):
            rows.append((number, cells))
    if not rows:
        raise TableError(
            N_("The table has a header but no rows."),
            cure=N_("Fill in at least one row below the header."),
            file=name[-80:],
            code="no-rows",
        )
    if len(rows) > MAX_ROWS:
        raise TableError(
            N_("The table has {rows} rows; at most {limit} can come in at once."),
            cure=N_("Divide it into several files."),
            file=name[-80:],
            code="too-many-rows",
            rows=len(rows),
            limit=MAX_ROWS,
        )
    return Sheet(columns, rows)
