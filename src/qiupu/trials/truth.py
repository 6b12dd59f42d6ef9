"""The truth of a trial: what was really the case, item by item, and which items belong together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qiupu.errors import N_, TableError
from qiupu.files import Table
from qiupu.measures import MINIMUM_GROUPS, block_codes
from qiupu.trials.columns import codes_of, number_column, parse_times, refuse, rows_of, text_column
from qiupu.trials.scales import with_scales
from qiupu.trials.task import Task
from qiupu.wording import translate

BLOCK = "block of "
FEW_SERIES = MINIMUM_GROUPS["studentised"]
"""Fewer series than this are not drawn whole, but cut into blocks of time."""


@dataclass(frozen=True, eq=False)
class Truth:
    """A truth file that has been read and found sound.

    ``frame`` holds ``unit`` (what a split and a join speak of), the key columns as text, ``target`` (text for
    classification, else a number), ``when`` (instants or numbers, where times are given), the group column as
    ``group``, and for forecasts ``scale_absolute, scale_squared, naive`` where a history was given.
    """

    task: Task
    frame: pl.DataFrame = field(repr=False)
    name: str
    sha256: str
    classes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of items (of queries for retrieval)."""
        return int(self.frame["unit"].n_unique()) if self.task.kind == "retrieval" else self.frame.height

    @property
    def units(self) -> list[str]:
        """What a split divides: ids, series and times, or queries, in the order of the file."""
        return self.frame["unit"].unique(maintain_order=True).to_list()

    def keep(self, units: Collection[str]) -> Truth:
        """Return the truth of some units only, in the same order."""
        chosen = self.frame.filter(pl.col("unit").is_in(pl.Series(sorted(set(units)), dtype=pl.String).implode()))
        if not chosen.height:
            raise TableError(N_("No item is left."), cure=N_("Choose at least one."), file=self.name, code="empty")
        return replace(self, frame=chosen)

    def grouping(self) -> Grouping:
        """Return which items are drawn together, and by what."""
        return group_items(self)


@dataclass(frozen=True, eq=False)
class Grouping:
    """Group codes of items (of queries, for retrieval)."""

    codes: NDArray[np.int64]
    count: int
    by: str


GROUP_TITLES = {
    "item": N_("item"),
    "query": N_("query"),
    "series": N_("series"),
    "day": N_("day"),
}


def group_title(by: str, lang: str = "en") -> str:
    """Return for people what is drawn: item, day, block of 24 rows, or the name of a column."""
    if by.startswith(BLOCK):
        return translate(N_("block of {length} rows"), lang).format(length=by.removeprefix(BLOCK))
    return translate(GROUP_TITLES[by], lang) if by in GROUP_TITLES else by


def load_truth(task: Task, table: Table, *, history: Table | None = None) -> Truth:
    """Read a truth table.

    Parameters
    ----------
    task : Task
    table : Table
        As ``read_table(path, text_columns=TEXT_COLUMNS)`` gives it.
    history : Table, optional
        The series before the test, ``series,time,target``, for scaled forecast metrics.

    Raises
    ------
    TableError
        With the rows of missing, repeated or unusable cells.
    """
    if task.kind == "forecast" and "series" not in table.frame.columns:
        table = replace(table, frame=table.frame.with_columns(series=pl.lit("series")))
    table.require(*task.truth_columns)
    if not table.frame.height:
        raise TableError(N_("The table has no rows."), cure=N_("Add the items."), file=table.name, code="empty")
    columns = {name: text_column(table, name) for name in task.key_columns}
    frame = pl.DataFrame(columns)
    frame = _with_times(task, table, frame)
    refuse_repeats(task, table, frame)
    classes: tuple[str, ...] = ()
    if task.kind == "classification":
        target = text_column(table, "target")
        classes = _classes(task, table, target)
        frame = frame.with_columns(target=target)
    else:
        frame = frame.with_columns(target=_numbers(task, table))
    if task.group:
        frame = frame.with_columns(group=text_column(table, task.group))
    if task.kind == "anomaly" and "series" in table.frame.columns:
        frame = frame.with_columns(series=text_column(table, "series"))
    frame = frame.with_columns(unit=_unit(task, frame))
    if task.kind in ("forecast", "anomaly"):
        order = [name for name in ("series", "when") if name in frame.columns]
        frame = frame.sort(order, maintain_order=True) if order else frame
    if task.kind == "forecast" and history is not None:
        frame = with_scales(task, frame, history)
    return Truth(task, frame, table.name, table.sha256, classes)


def _numbers(task: Task, table: Table) -> pl.Series:
    name = "relevance" if task.kind == "retrieval" else "target"
    numbers = number_column(table, name)
    if task.kind == "anomaly":
        bad = ~numbers.is_in([0.0, 1.0])
        if bad.any():
            cure = N_("Write 1 for an anomaly and 0 for the rest.")
            refuse(table, N_("The target must be 0 or 1 (rows {rows})."), rows_of(bad), cure=cure, code="not-binary", column=name)
    if task.kind == "retrieval" and (numbers < 0).any():
        cure = N_("Use 0 for not relevant and larger numbers for more relevant items.")
        refuse(
            table,
            N_("The relevance must not be negative (rows {rows})."),
            rows_of(numbers < 0),
            cure=cure,
            code="negative",
            column=name,
        )
    return numbers.alias("target")


def _classes(task: Task, table: Table, target: pl.Series) -> tuple[str, ...]:
    found = sorted(target.unique().to_list())
    if not task.classes:
        return tuple(found)
    bad = ~target.is_in(list(task.classes))
    if bad.any():
        refuse(
            table,
            N_("The target holds classes that the task does not name: {names} (rows {rows})."),
            rows_of(bad),
            cure=N_("Correct the cells, or name the classes in the task."),
            code="unknown-class",
            column="target",
            names=", ".join(sorted(target.filter(bad).unique().to_list())[:5]),
        )
    return task.classes


def _with_times(task: Task, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    if "time" not in table.frame.columns:
        return frame
    text = text_column(table, "time")
    when = parse_times(text)
    if when is None and task.kind == "forecast":
        when = text  # any words will do for a join; their order is the order of the file
        return frame.with_columns(time=text, when=pl.int_range(frame.height, eager=True))
    if when is None:
        return frame
    return frame.with_columns(time=when.cast(pl.String), when=when)


def _unit(task: Task, frame: pl.DataFrame) -> pl.Series:
    if task.kind == "forecast":
        return frame.select(pl.concat_str("series", "time", separator="\t")).to_series()
    return frame["query" if task.kind == "retrieval" else "id"]


def refuse_repeats(task: Task, table: Table, frame: pl.DataFrame) -> None:
    """Raise when a key stands twice."""
    keys = list(task.key_columns)
    column = frame[keys[0]]
    if len(keys) == 1 and column.n_unique() == frame.height:
        return
    repeated = frame.select(keys).is_duplicated()
    if repeated.any():
        first = frame.select(keys).filter(repeated).unique(maintain_order=True).head(5)
        names = ", ".join(" ".join(str(cell) for cell in row) for row in first.rows())
        refuse(
            table,
            N_("These stand more than once: {names} (rows {rows})."),
            rows_of(repeated),
            cure=N_("Keep one row for each."),
            code="repeated",
            names=names,
        )


def group_items(truth: Truth) -> Grouping:
    """Choose the groups: the task's column, its blocks, or what fits the kind (see ``Task.block``)."""
    task, frame = truth.task, truth.frame
    if task.kind == "retrieval":
        frame = frame.unique("unit", keep="first", maintain_order=True)
    if task.group:
        codes, count = codes_of(frame["group"])
        return Grouping(codes, count, task.group)
    if task.kind in ("classification", "regression", "retrieval") or task.block == "row":
        by = "query" if task.kind == "retrieval" else "item"
        return Grouping(np.arange(frame.height, dtype=np.int64), frame.height, by)
    n_series = frame["series"].n_unique() if "series" in frame.columns else 1
    if task.block == "series" or (task.block is None and n_series >= FEW_SERIES):
        codes, count = codes_of(frame["series"] if "series" in frame.columns else pl.Series(["series"] * frame.height))
        return Grouping(codes, count, "series")
    return _blocks(task, frame)


def _blocks(task: Task, frame: pl.DataFrame) -> Grouping:
    """Cut series into blocks of time; the same days of different series stay together."""
    if "when" in frame.columns and isinstance(frame["when"].dtype, pl.Datetime) and not isinstance(task.block, int):
        days = frame["when"].dt.date()
        if task.block == "day" or FEW_SERIES <= days.n_unique() < frame.height:
            codes = days.rank("dense").to_numpy().astype(np.int64) - 1
            return Grouping(codes, int(codes.max()) + 1, "day")
    place = _place_in_series(frame)
    longest = int(place.max()) + 1
    length = task.block if isinstance(task.block, int) else max(1, min(longest // 100, longest // FEW_SERIES))
    codes = block_codes(longest, length)[place]
    _, codes = np.unique(codes, return_inverse=True)
    return Grouping(codes.astype(np.int64), int(codes.max()) + 1, f"{BLOCK}{length}")


def _place_in_series(frame: pl.DataFrame) -> NDArray[Any]:
    if "series" not in frame.columns:
        return np.arange(frame.height, dtype=np.int64)
    if "when" in frame.columns:
        return frame["when"].rank("dense").to_numpy().astype(np.int64) - 1
    return frame.select(pl.int_range(pl.len()).over("series")).to_series().to_numpy().astype(np.int64)
