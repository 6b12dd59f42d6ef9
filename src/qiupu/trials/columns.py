"""Columns of people's tables as clean arrays; what is wrong is said with the rows where it stands."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
import polars as pl

from qiupu.errors import N_, TableError
from qiupu.files import Table

SHOWN = 5
TIME_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d",
    "%Y年%m月%d日",
)


def listed(values: list[object]) -> str:
    """Return the first few values, and how many more there are."""
    text = ", ".join(str(value) for value in values[:SHOWN])
    return text if len(values) <= SHOWN else f"{text}, ... ({len(values)})"


def rows_of(mask: pl.Series) -> list[int]:
    """Return the file's row numbers (header = 1) where the mask is true."""
    return [int(i) + 2 for i in mask.fill_null(value=False).arg_true()]


def refuse(
    table: Table, template: str, rows: list[int], *, cure: str, code: str, column: str | None = None, **params: object
) -> NoReturn:
    """Raise a ``TableError`` for these rows."""
    raise TableError(
        template,
        cure=cure,
        file=table.name,
        row=rows[0] if rows else None,
        column=column,
        code=code,
        rows=listed(list(rows)),
        **params,
    )


def text_column(table: Table, name: str, *, may_be_null: bool = False) -> pl.Series:
    """Return a column as text; whole numbers lose a trailing ``.0``, blanks around are cut."""
    column = table.frame[name]
    if column.dtype.is_float() and (column.is_null() | (column == column.round(0))).all():
        column = column.cast(pl.Int64, strict=False)
    column = column.cast(pl.String)
    if column.str.contains(r"^\s|\s$").any():
        column = column.str.strip_chars()
    empty = column.is_null() | (column == "")
    if not may_be_null and empty.any():
        refuse(
            table,
            N_("Cells are empty (rows {rows})."),
            rows_of(empty),
            cure=N_("Fill them, or take the rows out."),
            code="empty-cell",
            column=name,
        )
    return column


def number_column(table: Table, name: str) -> pl.Series:
    """Return a column as finite numbers."""
    column = table.frame[name]
    numbers = column.cast(pl.Float64, strict=False)
    bad = numbers.is_null() | ~numbers.is_finite().fill_null(value=False)
    if bad.any():
        shown = column.filter(bad).head(SHOWN).cast(pl.String).fill_null("-").to_list()
        refuse(
            table,
            N_("These cells hold no finite number: {shown} (rows {rows})."),
            rows_of(bad),
            cure=N_("Every row needs a number; empty cells, NaN and infinity cannot be scored."),
            code="not-a-number",
            column=name,
            shown=", ".join(shown),
        )
    return numbers


def parse_times(column: pl.Series) -> pl.Series | None:
    """Return a text column as whole numbers or instants; ``None`` when it is neither throughout."""
    numbers = column.cast(pl.Int64, strict=False)
    if not numbers.null_count() and not column.str.contains(r"^\d{8}$").all():
        return numbers
    for pattern in TIME_FORMATS:
        found = _parsed(column, pattern)
        if found is not None:
            return found
    if not numbers.null_count():
        return numbers
    reals = column.cast(pl.Float64, strict=False)
    return None if reals.null_count() else reals


def _parsed(column: pl.Series, pattern: str) -> pl.Series | None:
    head = column.head(1)
    for piece in (head, column):  # the first row tells most patterns off at no cost
        try:
            if "%H" in pattern:
                found = piece.str.strptime(pl.Datetime("us"), pattern, strict=False)
            else:
                found = piece.str.strptime(pl.Date, pattern, strict=False).cast(pl.Datetime("us"))
        except pl.exceptions.PolarsError:
            return None
        if found.null_count():
            return None
    return found


def codes_of(column: pl.Series) -> tuple[np.ndarray, int]:
    """Return codes in order of first appearance, and how many there are."""
    ranks = column.rle_id() if column.is_sorted() else None
    if ranks is not None:
        codes = ranks.to_numpy().astype(np.int64)
    else:
        names = column.unique(maintain_order=True)
        codes = (
            column.replace_strict(names, pl.Series(np.arange(len(names), dtype=np.int64)), return_dtype=pl.Int64).to_numpy().copy()
        )
    return codes, int(codes.max()) + 1 if len(codes) else 0
