"""An owner's one spreadsheet as the tables of a trial: which column is what, and what goes where."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import polars as pl

from qiupu.errors import N_, TableError
from qiupu.files import Table, read_table
from qiupu.trials import TEXT_COLUMNS
from qiupu.trials.columns import number_column, parse_times

HISTORY_SHARE = 0.5
MOST_SHOWN = 3


@dataclass(frozen=True)
class Column:
    """One column of a spreadsheet, with what it looks like."""

    name: str
    looks: str
    examples: tuple[str, ...]
    distinct: int


@dataclass(frozen=True)
class Mapping:
    """Which column is what.

    ``identifier`` empty: items get random ids. ``series`` and ``time`` for forecasts, ``query`` and ``item`` for retrieval
    only, where ``target`` says how well the item answers the query.
    """

    kind: str
    target: str
    identifier: str = ""
    group: str = ""
    series: str = ""
    time: str = ""
    query: str = ""
    item: str = ""


@dataclass(frozen=True)
class Tables:
    """The tables of a trial as csv."""

    truth: bytes
    inputs: bytes
    history: bytes | None
    rows: int


def columns_of(data: bytes, name: str) -> tuple[tuple[Column, ...], int]:
    """Return a spreadsheet's columns and its number of rows.

    Raises
    ------
    FileError, TableError
        When it cannot be read.
    """
    frame = read_table(data, name=name).frame
    if not frame.height:
        raise TableError(N_("The table has no rows."), cure=N_("Add the items."), file=name, code="empty")
    found = []
    for column in frame.get_columns():
        shown = tuple(str(value)[:40] for value in column.drop_nulls().head(MOST_SHOWN))
        found.append(Column(column.name, _looks(column), shown, column.n_unique()))
    return tuple(found), frame.height


def _looks(column: pl.Series) -> str:
    if column.dtype.is_numeric():
        return "number"
    if column.dtype.is_temporal() or parse_times(column.cast(pl.String)) is not None:
        return "time"
    return "text"


def arrange(data: bytes, name: str, mapping: Mapping) -> Tables:
    """Return truth, inputs and history of a spreadsheet.

    Forecasts: the earlier half of the times becomes the history, the later half what is to be forecast.

    Raises
    ------
    TableError
        When a chosen column is missing.
    """
    words = (mapping.identifier, mapping.series, mapping.time, mapping.query, mapping.item)
    table = read_table(data, name=name, text_columns=tuple(one for one in words if one))
    table.require(*[one for one in (*words, mapping.target, mapping.group) if one])
    if mapping.kind == "forecast":
        return _forecast(table, mapping)
    return _candidates(table, mapping) if mapping.kind == "retrieval" else _items(table, mapping)


def _items(table: Table, mapping: Mapping) -> Tables:
    frame = table.frame
    if mapping.identifier:
        ids = frame[mapping.identifier].cast(pl.String)
    else:  # random, since row numbers often tell the answer
        drawn: set[str] = set()
        while len(drawn) < frame.height:
            drawn.add(f"item-{secrets.token_hex(4)}")
        ids = pl.Series(list(drawn))
    keep = {"id": ids, "target": frame[mapping.target]}
    if mapping.group:
        keep["group"] = frame[mapping.group].cast(pl.String)
    rest = [one for one in frame.columns if one not in (mapping.identifier, mapping.target, *TEXT_COLUMNS)]
    inputs = frame.select(rest).insert_column(0, ids.alias("id"))
    return Tables(pl.DataFrame(keep).write_csv().encode(), inputs.write_csv().encode(), None, frame.height)


def _candidates(table: Table, mapping: Mapping) -> Tables:
    """Each row is a query with a candidate; what a solution may look at are all candidates, so some must not be relevant."""
    frame = table.frame
    relevance = number_column(table, mapping.target)
    if (relevance > 0).all():
        raise TableError(
            N_("Every row is relevant, so the list of candidates would give the answers away."),
            cure=N_("Add candidates that do not answer the query, with 0."),
            file=table.name,
            column=mapping.target,
            code="all-relevant",
        )
    keys = {"query": frame[mapping.query].cast(pl.String), "item": frame[mapping.item].cast(pl.String)}
    keep = {**keys, "relevance": relevance}
    if mapping.group:
        keep["group"] = frame[mapping.group].cast(pl.String)
    skip = (mapping.query, mapping.item, mapping.target, "relevance", *TEXT_COLUMNS)
    inputs = pl.DataFrame(keys).with_columns(frame.select([one for one in frame.columns if one not in skip]))
    return Tables(pl.DataFrame(keep).write_csv().encode(), inputs.write_csv().encode(), None, frame.height)


def _forecast(table: Table, mapping: Mapping) -> Tables:
    frame = table.frame
    series = frame[mapping.series].cast(pl.String) if mapping.series else pl.repeat("series", frame.height, eager=True)
    time = frame[mapping.time].cast(pl.String)
    when = parse_times(time)
    order = time if when is None else when
    long = pl.DataFrame({"series": series, "time": time, "target": frame[mapping.target], "order": order}).sort("series", "order")
    moments = long["order"].unique().sort()
    if len(moments) < 4:
        raise TableError(
            N_("There are only {count} points in time."), cure=N_("Bring a longer series."), file=table.name, count=len(moments)
        )
    cut = moments[int(len(moments) * HISTORY_SHARE)]
    past, later = long.filter(pl.col("order") < cut), long.filter(pl.col("order") >= cut)
    skip = {mapping.target, mapping.series, mapping.time, *TEXT_COLUMNS}
    known = frame.select([one for one in frame.columns if one not in skip]).insert_column(0, time.alias("time"))
    known = known.insert_column(0, series.alias("series"))
    inputs = known.filter(order >= cut)
    columns = ["series", "time", "target"]
    return Tables(
        later.select(columns).write_csv().encode(),
        inputs.write_csv().encode(),
        past.select(columns).write_csv().encode(),
        later.height,
    )
