"""An entry: what a supplier answered, joined to the truth by id, never by order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePath

import numpy as np
import polars as pl

from qiupu.errors import N_, TableError
from qiupu.files import Table
from qiupu.trials.columns import listed, number_column, parse_times, refuse, rows_of, text_column
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth, refuse_repeats

QUANTILE = re.compile(r"^q(0?\.\d+)$")
PROBABILITY = "p:"
ROUNDING = 1e-3
"""How far class probabilities may be from summing to one."""


@dataclass(frozen=True, eq=False)
class Entry:
    """An entry that has been read and found complete.

    ``frame`` has the truth's keys in the truth's order and ``prediction`` (or ``score`` and perhaps ``alarm``),
    with ``q:<level>`` for quantiles and ``p:<class>`` for probabilities. For retrieval it has what was retrieved.
    """

    name: str
    sha256: str
    frame: pl.DataFrame = field(repr=False)

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantile levels, rising."""
        return tuple(sorted(float(name[2:]) for name in self.frame.columns if name.startswith("q:")))


def load_entry(task: Task, truth: Truth, table: Table, *, name: str | None = None) -> Entry:
    """Read an entry and join it to the truth.

    Parameters
    ----------
    task : Task
    truth : Truth
        All items that the entry must answer.
    table : Table
        As ``read_table(path, text_columns=TEXT_COLUMNS)`` gives it.
    name : str, optional
        How the board calls it; the file's name without its suffix when not given.

    Raises
    ------
    TableError
        With the ids and rows that are missing, extra, repeated or unusable.
    """
    if task.kind == "forecast" and "series" not in table.frame.columns:
        table = replace(table, frame=table.frame.with_columns(series=pl.lit("series")))
    table.require(*task.key_columns)
    if not table.frame.height:
        raise TableError(N_("The table has no rows."), cure=N_("Add the items."), file=table.name, code="empty")
    keys = pl.DataFrame({column: text_column(table, column) for column in task.key_columns})
    if task.kind == "forecast":
        keys = keys.with_columns(time=_times_like(truth, keys["time"]))
    frame = _join(task, truth, table, keys, _answers(task, truth, table))
    return Entry(name or PurePath(table.name).stem, table.sha256, frame)


def _times_like(truth: Truth, text: pl.Series) -> pl.Series:
    when = parse_times(text)
    if when is None or when.dtype != truth.frame["when"].dtype:
        return text
    return when.cast(pl.String)


def _answers(task: Task, truth: Truth, table: Table) -> dict[str, pl.Series]:
    if task.kind == "classification":
        return _class_answers(truth, table)
    main = task.entry_columns[-1]
    table.require(main)
    found = {main: number_column(table, main)}
    if task.kind == "anomaly" and "alarm" in table.frame.columns:
        alarm = number_column(table, "alarm")
        bad = ~alarm.is_in([0.0, 1.0])
        if bad.any():
            cure = N_("Write 1 for an alarm and 0 for none.")
            refuse(table, N_("The alarm must be 0 or 1 (rows {rows})."), rows_of(bad), cure=cure, code="not-binary", column="alarm")
        found["alarm"] = alarm
    if task.kind == "forecast":
        found |= _quantiles(table)
    return found


def _quantiles(table: Table) -> dict[str, pl.Series]:
    levels = {float(match[1]): name for name in table.frame.columns if (match := QUANTILE.match(name))}
    columns = {f"q:{level}": number_column(table, levels[level]) for level in sorted(levels)}
    names = list(columns)
    for lower, upper in pairwise(names):
        crossed = columns[lower] > columns[upper]
        if crossed.any():
            refuse(
                table,
                N_("The quantiles cross (rows {rows})."),
                rows_of(crossed),
                cure=N_("A higher quantile must not lie below a lower one."),
                code="crossed",
                column=upper.replace(":", ""),
            )
    return columns


def _class_answers(truth: Truth, table: Table) -> dict[str, pl.Series]:
    given = [name for name in table.frame.columns if name.startswith(PROBABILITY)]
    found: dict[str, pl.Series] = {}
    if given:
        table.require(*[PROBABILITY + name for name in truth.classes])
        extra = sorted(set(given) - {PROBABILITY + name for name in truth.classes})
        if extra:
            _refuse_classes(table, [name.removeprefix(PROBABILITY) for name in extra], [], truth.classes)
        columns = {PROBABILITY + name: number_column(table, PROBABILITY + name) for name in truth.classes}
        total = pl.DataFrame(columns).select(pl.sum_horizontal(pl.all())).to_series()
        below = pl.DataFrame(columns).select(pl.min_horizontal(pl.all())).to_series() < 0
        bad = ((total - 1).abs() > ROUNDING) | below
        if bad.any():
            refuse(
                table,
                N_("The class probabilities are negative or do not sum to 1 (rows {rows})."),
                rows_of(bad),
                cure=N_("Give one probability for each class, 1 in sum."),
                code="probabilities",
            )
        found |= {name: column / total for name, column in columns.items()}
    if "prediction" in table.frame.columns or not given:
        table.require("prediction")
        prediction = text_column(table, "prediction")
        wrong = ~prediction.is_in(list(truth.classes))
        if wrong.any():
            names = sorted(prediction.filter(wrong).unique().to_list())
            _refuse_classes(table, names, rows_of(wrong), truth.classes)
        return {"prediction": prediction} | found
    best = np.stack([column.to_numpy() for column in found.values()], axis=1).argmax(axis=1)
    return {"prediction": pl.Series(np.array(truth.classes, dtype=object)[best], dtype=pl.String)} | found


def _refuse_classes(table: Table, names: list[str], rows: list[int], known: tuple[str, ...]) -> None:
    refuse(
        table,
        N_("There is no class {names} (rows {rows})."),
        rows,
        cure=N_("The classes are: {known}."),
        code="unknown-class",
        column="prediction",
        names=", ".join(names[:5]),
        known=", ".join(known[:20]),
    )


def _join(task: Task, truth: Truth, table: Table, keys: pl.DataFrame, answers: dict[str, pl.Series]) -> pl.DataFrame:
    frame = keys.with_columns(**answers)
    wanted = truth.frame.select(task.key_columns)
    if task.kind == "retrieval":
        refuse_repeats(task, table, keys)
        _compare(table, truth.frame["query"].unique(maintain_order=True), keys["query"], "query")
        return frame
    if keys.height == wanted.height and keys.equals(wanted):
        return frame
    names = list(task.key_columns)
    if keys.height == wanted.height:
        joined = wanted.join(frame.with_columns(found=pl.lit(1, pl.Int8)), on=names, how="left", maintain_order="left")
        if joined.height == wanted.height and not joined["found"].null_count():
            return joined.drop("found")  # as many rows as items, and each is found once: nothing repeats, nothing is extra
    refuse_repeats(task, table, keys)
    if len(names) == 1:
        _compare(table, wanted[names[0]], keys[names[0]], names[0])
    else:
        both = pl.concat_str(*names, separator=" ")
        _compare(table, wanted.select(both).to_series(), keys.select(both).to_series(), names[-1])
    return wanted.join(frame, on=names, how="left", maintain_order="left")


def _compare(table: Table, wanted: pl.Series, given: pl.Series, column: str) -> None:
    """Raise when ids are missing from the entry, or are not in the truth."""
    known, answered = pl.DataFrame({"key": wanted}), pl.DataFrame({"key": given}).with_row_index("row")
    missing = known.join(answered, on="key", how="anti", maintain_order="left")["key"].to_list()
    extra = answered.join(known, on="key", how="anti", maintain_order="left")
    if missing:
        raise TableError(
            N_("{count} of {total} items are missing: {names}."),
            cure=N_("Every item needs an answer."),
            file=table.name,
            column=column,
            code="missing-items",
            count=len(missing),
            total=len(wanted),
            names=listed(missing),
        )
    if extra.height:
        refuse(
            table,
            N_("{count} rows are for items that are not asked for: {names} (rows {rows})."),
            [int(row) + 2 for row in extra["row"].to_list()],
            cure=N_("Take these rows out."),
            code="extra-items",
            column=column,
            count=extra.height,
            names=listed(extra["key"].unique(maintain_order=True).to_list()),
        )


def align(task: Task, truth: Truth, entry: Entry) -> Entry:
    """Return the entry's answers to the items of ``truth``, which may be a part of what it was loaded for."""
    names = list(task.key_columns)
    if task.kind == "retrieval":
        kept = entry.frame.filter(pl.col("query").is_in(truth.frame["query"].unique().implode()))
        return replace(entry, frame=kept)
    wanted = truth.frame.select(names)
    if entry.frame.height == wanted.height and entry.frame.select(names).equals(wanted):
        return entry
    frame = wanted.join(entry.frame, on=names, how="left", maintain_order="left")
    if frame[frame.columns[-1]].null_count():
        raise TableError(
            N_("The entry does not answer every item."), cure=N_("Load it for these items."), file=entry.name, code="missing-items"
        )
    return replace(entry, frame=frame)
