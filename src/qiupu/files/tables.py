"""Tables as csv, tsv, xlsx, parquet or jsonl, read into one polars frame with the hash of the bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from qiupu.errors import N_, FileError, TableError
from qiupu.files.texts import decode, sha256_of

SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl")


@dataclass(frozen=True, eq=False)
class Table:
    """A table and where it came from. Row ``i`` of ``frame`` is row ``i + 2`` of the file (1 is the header)."""

    frame: pl.DataFrame
    name: str
    sha256: str

    def require(self, *columns: str) -> None:
        """Raise ``TableError`` when one of the columns is missing."""
        for column in columns:
            if column not in self.frame.columns:
                raise TableError(
                    N_("The column {wanted} is missing; the file has {found}."),
                    cure=N_("Add the column, or rename the one that holds it."),
                    file=self.name,
                    column=column,
                    code="missing-column",
                    wanted=column,
                    found=", ".join(self.frame.columns) or "-",
                )


def read_table(source: str | Path | bytes, *, name: str | None = None, text_columns: tuple[str, ...] = ()) -> Table:
    """Read a table.

    Parameters
    ----------
    source : path or bytes
        With bytes, ``name`` tells the type by its suffix.
    text_columns : tuple of str
        Columns that stay text whatever they look like (identifiers such as ``007``).

    Raises
    ------
    FileError
        When the file is missing, empty, of another type, or damaged.
    TableError
        When the header repeats a name or a row has too many cells.
    """
    data, label = _bytes_of(source, name)
    suffix = Path(label).suffix.lower()
    if not data:
        raise FileError(N_("The file is empty."), cure=N_("Choose a file with a header and rows."), file=label, code="empty")
    readers = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".xlsx": _xlsx, ".parquet": _parquet, ".jsonl": _jsonl}
    if suffix not in readers:
        raise FileError(
            N_("A table of type {suffix} cannot be read."),
            cure=N_("Use one of: {types}."),
            file=label,
            code="type",
            suffix=suffix or "?",
            types=", ".join(SUFFIXES),
        )
    frame = readers[suffix](data, label, text_columns)
    return Table(frame, label, sha256_of(data))


def _bytes_of(source: str | Path | bytes, name: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, name or "table.csv"
    path = Path(source)
    try:
        return path.read_bytes(), name or path.name
    except OSError as error:
        raise FileError(
            N_("The file cannot be opened: {reason}."),
            cure=N_("Check the path and its permissions."),
            file=str(path),
            code="unreadable",
            reason=error.strerror or "?",
        ) from error


def _check_header(names: list[str], label: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise TableError(
                N_("The column {name} stands twice in the header."),
                cure=N_("Rename one of the two."),
                file=label,
                row=1,
                column=name,
                code="repeated-column",
                name=name,
            )
        seen.add(name)


def _csv(data: bytes, label: str, text_columns: tuple[str, ...]) -> pl.DataFrame:
    text = decode(data, name=label).text
    separator = "\t" if label.lower().endswith(".tsv") else ","
    head = text.split("\n", 1)[0]
    names = [cell.strip().strip('"') for cell in head.rstrip("\r").split(separator)]
    _check_header(names, label)
    overrides = {column: pl.String for column in text_columns if column in names}
    try:
        return pl.read_csv(
            io.BytesIO(text.encode()),
            separator=separator,
            schema_overrides=overrides,
            infer_schema_length=None,
            null_values=["", "NA", "null"],
        ).rename(str.strip)
    except pl.exceptions.PolarsError as error:
        raise TableError(
            N_("The table cannot be read: {reason}."),
            cure=N_("Check that every row has as many cells as the header ({columns})."),
            file=label,
            code="damaged",
            reason=str(error).splitlines()[0][:160],
            columns=len(names),
        ) from error


def _xlsx(data: bytes, label: str, text_columns: tuple[str, ...]) -> pl.DataFrame:
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError, ValueError) as error:
        raise FileError(
            N_("The Excel file cannot be read; it may be damaged or protected."),
            cure=N_("Open it, save it again as .xlsx without a password, and try again."),
            file=label,
            code="damaged",
        ) from error
    if not rows:
        raise FileError(N_("The first sheet is empty."), cure=N_("Put the table on the first sheet."), file=label, code="empty")
    names = [str(cell).strip() for cell in rows[0]]
    while names and not names[-1]:
        names.pop()
    _check_header(names, label)
    columns = {
        name: [_xlsx_cell(row[i] if i < len(row) else "", text=name in text_columns) for row in rows[1:]]
        for i, name in enumerate(names)
    }
    return pl.DataFrame({name: pl.Series(name, values, strict=False) for name, values in columns.items()}, strict=False)


def _xlsx_cell(value: object, *, text: bool) -> object:
    if value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel keeps 7 as 7.0, and an identifier 7 must meet the csv's 7
    return str(value) if text else value


def _parquet(data: bytes, label: str, text_columns: tuple[str, ...]) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileError(
            N_("The parquet file cannot be read; it may be damaged."), cure=N_("Write it again."), file=label, code="damaged"
        ) from error
    return frame.with_columns(pl.col(column).cast(pl.String) for column in text_columns if column in frame.columns)


def _jsonl(data: bytes, label: str, text_columns: tuple[str, ...]) -> pl.DataFrame:
    text = decode(data, name=label).text
    try:
        frame = pl.read_ndjson(io.BytesIO(text.encode()), infer_schema_length=None)
    except pl.exceptions.PolarsError as error:
        raise TableError(
            N_("The table cannot be read: {reason}."),
            cure=N_("Put one JSON object on each line."),
            file=label,
            code="damaged",
            reason=str(error).splitlines()[0][:160],
        ) from error
    return frame.with_columns(pl.col(column).cast(pl.String) for column in text_columns if column in frame.columns)
