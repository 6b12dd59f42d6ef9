"""Hotline load: calls in each half hour of the coming weeks; a public record of a call centre stands in for the city's line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

HERE = Path(__file__).parent
DAYS = {"history": 80, "public": 20, "feedback": 20, "final": 44}
SLOTS = 28
KEY = ["series", "time"]


def build(seed: int = 0) -> dict[str, Any]:
    """Return truth, splits, inputs, history, card, task and bar; ``seed`` changes nothing, the windows are fixed by date."""
    trial = tomllib.loads((HERE / "trial.toml").read_text(encoding="utf-8"))
    calls = _calls()
    days = calls["day"].unique().sort()
    names = np.repeat(list(DAYS), list(DAYS.values()))
    calls = calls.join(pl.DataFrame({"day": days, "split": names[: len(days)]}), on="day", how="left", maintain_order="left")
    history = calls.filter(pl.col("split") == "history").select(*KEY, "target")
    later = calls.filter(pl.col("split") != "history")
    truth, inputs = later.select(*KEY, "target", "day"), later.select(*KEY, "day", "weekday", "slot")
    public = (later["split"] == "public").to_numpy()
    known = pl.concat([history, truth.filter(public).select(*KEY, "target")])
    naive_score = mase(truth.filter(public), _roster(history, inputs.filter(public)), history)
    return {
        "id": trial["id"],
        "trial": trial,
        "task": trial["task"],
        "card": trial["card"],
        "truth": truth,
        "split": later.select(*KEY, "split"),
        "history": history,
        "public_sample": inputs.filter(public).with_columns(truth.filter(public)["target"]),
        "tables": {
            "public": {"inputs.csv": inputs.filter(public), "history.csv": history},
            "hidden": {"inputs.csv": inputs.filter(~public), "history.csv": known},
        },
        "naive_public_score": naive_score,
        "bar": round(naive_score * float(trial["bar"]["factor"]), int(trial["bar"]["digits"])),
    }


def entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries; each sees the past calls, the public sample and the calendar of the hidden days."""
    hidden, known = data["tables"]["hidden"]["inputs.csv"], data["tables"]["hidden"]["history.csv"]
    made = {"roster": _roster(known, hidden), "weekday-mean": _weekday_mean(known, hidden)}
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
    """Mean absolute error in units of the history's error when each day repeats the last."""
    both = truth.join(entry, on=KEY, how="left")
    past = history.sort(KEY)["target"].to_numpy()
    scale = np.abs(past[SLOTS:] - past[:-SLOTS]).mean()
    return float(np.abs(both["target"].to_numpy() - both["prediction"].to_numpy()).mean() / scale)


def score(truth: pl.DataFrame, entry: pl.DataFrame, data: dict[str, Any]) -> float:
    """Return the primary metric."""
    return mase(truth, entry, data["history"])


def _calls() -> pl.DataFrame:
    from tsdata import fpp3

    at = pl.col("DateTime").str.to_datetime("%Y-%m-%dT%H:%M:%SZ")
    slot = (at.dt.hour().cast(pl.Int64) - 7) * 2 + at.dt.minute().cast(pl.Int64) // 30
    rows = pl.from_pandas(fpp3.bank_calls).with_columns(at.dt.strftime("%Y-%m-%d").alias("day"), slot.alias("slot"))
    halves = rows.filter(pl.col("slot") < SLOTS).group_by("day", "slot").agg(pl.col("Calls").sum().cast(pl.Float64).alias("target"))
    start = pl.col("day").str.to_datetime("%Y-%m-%d") + pl.duration(minutes=420 + 30 * pl.col("slot"))
    return halves.select(
        pl.lit("hotline").alias("series"),
        start.dt.strftime("%Y-%m-%dT%H:%M:%S").alias("time"),
        "target",
        "day",
        start.dt.weekday().cast(pl.Int64).alias("weekday"),
        "slot",
    ).sort(KEY)


def _roster(known: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Today's practice: the mean of the last twenty working days, half hour by half hour."""
    latest = known.sort("time")["target"].to_numpy()[-SLOTS * 20 :].reshape(20, SLOTS).mean(axis=0)
    return rows.select(KEY).with_columns(pl.Series("prediction", latest[rows["slot"].to_numpy()].round(3)))


def _weekday_mean(known: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the mean of the last forty working days by weekday and half hour."""
    at = pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S")
    slot = (at.dt.hour().cast(pl.Int64) - 7) * 2 + at.dt.minute().cast(pl.Int64) // 30
    past = known.sort("time").tail(SLOTS * 40).with_columns(at.dt.weekday().cast(pl.Int64).alias("weekday"), slot.alias("slot"))
    mean = past.group_by("weekday", "slot").agg(pl.col("target").mean().round(3).alias("prediction"))
    return rows.join(mean, on=["weekday", "slot"], how="left", maintain_order="left").select(*KEY, "prediction")
