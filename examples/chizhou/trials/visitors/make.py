"""Visitor counts: hourly forecasts for the coming weeks, from public pedestrian counts that stand in for scenic gates."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

HERE = Path(__file__).parent
FIRST = datetime(2016, 4, 4)  # noqa: DTZ001 - the clock of the series: UTC+10 all through, no summer time
STARTS = {
    "public": datetime(2016, 6, 6),  # noqa: DTZ001 - same clock
    "feedback": datetime(2016, 7, 4),  # noqa: DTZ001 - same clock
    "final": datetime(2016, 8, 1),  # noqa: DTZ001 - same clock
}
END = datetime(2016, 9, 26)  # noqa: DTZ001 - same clock; the last hour is the one before
GATES = {"Bourke Street Mall (North)": "gate-a", "QV Market-Elizabeth St (West)": "gate-b", "Southern Cross Station": "gate-c"}
SEASON = 168
KEY = ["series", "time"]


def build(seed: int = 0) -> dict[str, Any]:
    """Return truth, splits, inputs, history, card, task and bar; ``seed`` changes nothing, the windows are fixed by date."""
    trial = tomllib.loads((HERE / "trial.toml").read_text(encoding="utf-8"))
    counts = _counts()
    history = counts.filter(pl.col("at") < STARTS["public"]).select(*KEY, "target")
    later = counts.filter(pl.col("at") >= STARTS["public"])
    split = later.select(
        *KEY,
        pl.when(pl.col("at") < STARTS["feedback"])
        .then(pl.lit("public"))
        .when(pl.col("at") < STARTS["final"])
        .then(pl.lit("feedback"))
        .otherwise(pl.lit("final"))
        .alias("split"),
    )
    truth = later.select(*KEY, "target", "day")
    inputs = later.select(*KEY, "day", "weekday", "hour")
    public = (split["split"] == "public").to_numpy()
    known = pl.concat([history, truth.filter(public).select(*KEY, "target")]).sort(KEY)
    naive = _repeat(history, truth.filter(public))
    naive_score = mase(truth.filter(public), naive, history)
    return {
        "id": trial["id"],
        "trial": trial,
        "task": trial["task"],
        "card": trial["card"],
        "truth": truth,
        "split": split,
        "history": history,
        "public_sample": inputs.filter(public).join(truth.select(*KEY, "target"), on=KEY, how="left", maintain_order="left"),
        "tables": {
            "public": {"inputs.csv": inputs.filter(public), "history.csv": history},
            "hidden": {"inputs.csv": inputs.filter(~public), "history.csv": known},
        },
        "naive_public_score": naive_score,
        "bar": round(naive_score * float(trial["bar"]["factor"]), int(trial["bar"]["digits"])),
    }


def entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries; each sees the history, the public sample and the calendar of the hidden rows, no hidden count."""
    hidden, known = data["tables"]["hidden"]["inputs.csv"], data["tables"]["hidden"]["history.csv"]
    made = {"last-week": _repeat(known, hidden), "weekday-median": _weekday_median(known, hidden)}
    found = []
    for entry in data["trial"]["entries"]:
        item = dict(entry)
        if entry["kind"] == "predictions":
            item["frame"] = made[entry["name"]]
        else:
            item["files"] = {"predict.py": (HERE / entry["name"] / "predict.py").read_bytes()}
        found.append(item)
    return found


def mase(truth: pl.DataFrame, entry: pl.DataFrame, history: pl.DataFrame) -> float:
    """Mean over the series of the absolute error, in units of the history's error when each week repeats the last."""
    errors = truth.join(entry, on=KEY, how="left").group_by("series").agg((pl.col("target") - pl.col("prediction")).abs().mean())
    scale = (
        history.sort(KEY).group_by("series").agg((pl.col("target") - pl.col("target").shift(SEASON)).abs().mean().alias("scale"))
    )
    both = errors.join(scale, on="series").sort("series")
    return float((both["target"] / both["scale"]).mean())  # type: ignore[arg-type]  # a mean of floats is a float


def score(truth: pl.DataFrame, entry: pl.DataFrame, data: dict[str, Any]) -> float:
    """Return the primary metric."""
    return mase(truth, entry, data["history"])


def _counts() -> pl.DataFrame:
    from tsdata import fpp3

    raw = pl.from_pandas(fpp3.pedestrian).filter(pl.col("Sensor").is_in(list(GATES)))
    at = pl.col("Date_Time").str.to_datetime("%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=10)
    rows = raw.with_columns(at.alias("at"), pl.col("Sensor").replace_strict(GATES).alias("series"))
    return (
        rows.filter((pl.col("at") >= FIRST) & (pl.col("at") < END))
        .select(
            "series",
            pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%S").alias("time"),
            pl.col("Count").cast(pl.Float64).alias("target"),
            pl.col("at").dt.strftime("%Y-%m-%d").alias("day"),
            pl.col("at").dt.weekday().cast(pl.Int64).alias("weekday"),
            pl.col("at").dt.hour().cast(pl.Int64).alias("hour"),
            "at",
        )
        .sort(KEY)
    )


def _repeat(known: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for (series,), wanted in rows.sort(KEY).group_by("series", maintain_order=True):
        last = known.filter(pl.col("series") == series).sort("time")["target"].to_numpy()[-SEASON:]
        parts.append(wanted.select(KEY).with_columns(pl.Series("prediction", last[np.arange(wanted.height) % SEASON])))
    return pl.concat(parts)


def _weekday_median(known: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    at = pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S")
    recent = known.with_columns(at.dt.weekday().cast(pl.Int64).alias("weekday"), at.dt.hour().cast(pl.Int64).alias("hour"))
    recent = recent.filter(at >= at.max() - pl.duration(weeks=8))
    middle = recent.group_by("series", "weekday", "hour").agg(pl.col("target").median().alias("prediction"))
    joined = rows.join(middle, on=["series", "weekday", "hour"], how="left", maintain_order="left")
    return joined.select(*KEY, pl.col("prediction").round(3))
