"""What a forecast is measured against: the seasonal naive rule inside the history and after it."""

from __future__ import annotations

import numpy as np
import polars as pl

from qiupu.errors import N_, TableError
from qiupu.files import Table
from qiupu.trials.columns import number_column, parse_times, text_column
from qiupu.trials.task import Task


def read_history(task: Task, history: Table, like: pl.DataFrame) -> pl.DataFrame:
    """Return ``series, when, target`` of a history, in order of time.

    Raises
    ------
    TableError
        When its times are of another type than the truth's.
    """
    if "series" not in history.frame.columns:
        history = Table(history.frame.with_columns(series=pl.lit("series")), history.name, history.sha256)
    history.require("series", "time", "target")
    frame = pl.DataFrame({"series": text_column(history, "series"), "target": number_column(history, "target")})
    when = parse_times(text_column(history, "time"))
    if when is None or when.dtype != like["when"].dtype:
        when = pl.int_range(frame.height, eager=True)  # words: the order of the file
    return frame.with_columns(when=when).sort("series", "when", maintain_order=True)


def with_scales(task: Task, frame: pl.DataFrame, history: Table) -> pl.DataFrame:
    """Add ``scale_absolute, scale_squared, naive`` to the truth's rows.

    The scale of a series is the mean absolute (squared) difference between values one season apart inside the
    history. The naive forecast of the h-th row after the history is the value of the last season at its place.

    Raises
    ------
    TableError
        When a series has no history, one not longer than a season, or one that overlaps the truth.
    """
    past = read_history(task, history, frame)
    values = {str(key[0]): part["target"].to_numpy() for key, part in past.group_by("series", maintain_order=True)}
    _refuse_overlap(frame, past, history)
    absolute, squared, naive = (np.empty(frame.height) for _ in range(3))
    for key, rows in frame.with_row_index("row").group_by("series", maintain_order=True):
        series, place = str(key[0]), rows["row"].to_numpy()
        known = values.get(series, np.zeros(0))
        if len(known) <= task.season:
            raise TableError(
                N_("The history of the series {series} has {length} rows; more than a season of {season} are needed."),
                cure=N_("Add earlier rows to the history, or correct season in the task."),
                file=history.name,
                code="short-history",
                series=series,
                length=len(known),
                season=task.season,
            )
        difference = known[task.season :] - known[: -task.season]
        absolute[place], squared[place] = np.abs(difference).mean(), (difference**2).mean()
        last = known[-task.season :]
        naive[place] = last[np.arange(len(place)) % task.season]
    scales = {"scale_absolute": absolute, "scale_squared": squared, "naive": naive}
    return frame.with_columns(*(pl.Series(name, values) for name, values in scales.items()))


def _refuse_overlap(frame: pl.DataFrame, past: pl.DataFrame, history: Table) -> None:
    if not frame["when"].dtype.is_temporal() or past["when"].dtype != frame["when"].dtype:
        return
    ends = past.group_by("series").agg(end=pl.col("when").max())
    starts = frame.group_by("series").agg(start=pl.col("when").min())
    bad = starts.join(ends, on="series").filter(pl.col("end") >= pl.col("start")).sort("series")
    if bad.height:
        raise TableError(
            N_("The history of the series {series} reaches into the test ({end})."),
            cure=N_("Cut the history before the first row of the test."),
            file=history.name,
            code="history-overlap",
            series=bad["series"][0],
            end=bad["end"][0],
        )
