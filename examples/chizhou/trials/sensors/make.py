"""Sensor anomalies: rows of nine readings, scored one by one; a public shuttle record stands in for a pump station."""

from __future__ import annotations

import gzip
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

HERE = Path(__file__).parent
SIZES = {"public": 4000, "feedback": 3000, "final": 6000}
Array = np.ndarray[Any, np.dtype[np.float64]]


def build(seed: int = 20260318) -> dict[str, Any]:
    """Return truth, splits, inputs, card, task and bar; ``seed`` draws which rows go where."""
    trial = tomllib.loads((HERE / "trial.toml").read_text(encoding="utf-8"))
    columns = list(trial["inputs"]["columns"])
    rows = _rows(columns, seed)
    truth = rows.select("id", "time", "target")
    inputs = rows.select("id", "time", *columns)
    public = (rows["split"] == "public").to_numpy()
    naive_score = auc_pr(truth.filter(public), _one_by_one(inputs.filter(public), inputs.filter(public), columns))
    share = float(trial["bar"]["factor"])
    return {
        "id": trial["id"],
        "trial": trial,
        "task": trial["task"],
        "card": trial["card"],
        "truth": truth,
        "split": rows.select("id", "split"),
        "history": None,
        "public_sample": rows.filter(public).select("id", "time", *columns, "target"),
        "tables": {"public": {"inputs.csv": inputs.filter(public)}, "hidden": {"inputs.csv": inputs.filter(~public)}},
        "naive_public_score": naive_score,
        "bar": round(naive_score + share * (1.0 - naive_score), int(trial["bar"]["digits"])),
    }


def entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries; each sees the public sample with its labels and the readings of the hidden rows."""
    sample, hidden = data["public_sample"], data["tables"]["hidden"]["inputs.csv"]
    columns = list(data["trial"]["inputs"]["columns"])
    found = []
    for entry in data["trial"]["entries"]:
        item = dict(entry)
        if entry["name"] == "one-by-one":
            item["frame"] = _one_by_one(sample, hidden, columns)
        elif entry["name"] == "joint-distance":
            item["frame"] = _joint_distance(sample, hidden, columns)
        elif entry["kind"] == "onnx":
            item["model"] = _small_network(sample, columns)
        else:
            source = (HERE / entry["name"] / "predict.py").read_bytes()
            item["files"] = {"predict.py": source, "sample.csv": sample.write_csv().encode()}
        found.append(item)
    return found


def auc_pr(truth: pl.DataFrame, entry: pl.DataFrame) -> float:
    """Return average precision; rows with the same score enter together."""
    both = truth.join(entry, on="id", how="left")
    steps = both.group_by("score").agg(pl.col("target").sum().alias("hits"), pl.len().alias("n")).sort("score", descending=True)
    hits, n = steps["hits"].to_numpy().astype(float), steps["n"].to_numpy().astype(float)
    return float((np.cumsum(hits) / np.cumsum(n) * hits).sum() / hits.sum())


def score(truth: pl.DataFrame, entry: pl.DataFrame, data: dict[str, Any]) -> float:
    """Return the primary metric."""
    return auc_pr(truth, entry)


def _rows(columns: list[str], seed: int) -> pl.DataFrame:
    spec = find_spec("river")  # found without importing it: the import takes seconds and the file is all we need
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("river")
    path = Path(next(iter(spec.submodule_search_locations))) / "datasets" / "shuttle.csv.gz"
    raw = pl.read_csv(gzip.decompress(path.read_bytes()))
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(raw.height)[: sum(SIZES.values())]
    splits = np.repeat(list(SIZES), list(SIZES.values()))
    order = np.concatenate([np.arange(SIZES["public"]), SIZES["public"] + rng.permutation(len(chosen) - SIZES["public"])])
    readings = raw[chosen[order]].rename({"anomaly": "target", **{f"f{i + 1}": name for i, name in enumerate(columns)}})
    number = pl.int_range(1, readings.height + 1)
    return readings.with_columns(
        pl.format("r{}", number.cast(pl.String).str.zfill(5)).alias("id"),
        number.alias("time"),
        pl.Series("split", splits[order]),
    )


def _one_by_one(sample: pl.DataFrame, rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Score a row by its farthest reading from that reading's median, in units of the middle spread. Uses no label."""
    known, x = sample.select(columns).to_numpy().astype(float), rows.select(columns).to_numpy().astype(float)
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75], axis=0)
    far = np.abs(x - middle) / np.maximum(high - low, 1.0)
    return rows.select("id").with_columns(pl.Series("score", far.max(axis=1).round(6)))


def _joint_distance(sample: pl.DataFrame, rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Score a row by its distance from the normal rows of the sample, with their covariance."""
    normal = sample.filter(pl.col("target") == 0).select(columns).to_numpy().astype(float)
    x = rows.select(columns).to_numpy().astype(float)
    spread = np.cov(normal, rowvar=False) + 0.01 * np.eye(len(columns))
    gap = x - np.median(normal, axis=0)
    distance = np.einsum("ij,ij->i", gap @ np.linalg.inv(spread), gap)
    return rows.select("id").with_columns(pl.Series("score", np.log1p(distance).round(6)))


def _small_network(sample: pl.DataFrame, columns: list[str]) -> bytes:
    """Fit a network of one hidden layer on the sample and return it as an ONNX model ``[n, d] -> score``."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    x = sample.select(columns).to_numpy().astype(float)
    centre, width = np.median(x, axis=0), np.quantile(x, 0.95, axis=0) - np.quantile(x, 0.05, axis=0) + 1.0
    y = sample["target"].to_numpy().astype(float)
    kept = (y == 1) | (np.arange(len(y)) % 4 == 0)  # every abnormal row and a quarter of the others: small and quick
    weights = _train(np.clip((x[kept] - centre) / width, -4, 4), y[kept])
    values = dict(zip(("w1", "b1", "w2", "b2"), weights, strict=True))
    values |= {"centre": centre, "width": width, "low": np.array(-4.0), "high": np.array(4.0)}
    nodes = [
        helper.make_node("Sub", ["readings", "centre"], ["shifted"]),
        helper.make_node("Div", ["shifted", "width"], ["scaled"]),
        helper.make_node("Clip", ["scaled", "low", "high"], ["clipped"]),
        helper.make_node("Gemm", ["clipped", "w1", "b1"], ["hidden"]),
        helper.make_node("Tanh", ["hidden"], ["active"]),
        helper.make_node("Gemm", ["active", "w2", "b2"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["score"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small-network",
        [helper.make_tensor_value_info("readings", TensorProto.FLOAT, ["n", len(columns)])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _train(x: Array, y: Array, hidden: int = 16, steps: int = 300, rate: float = 0.03) -> list[Array]:
    """Fit by Adam on the whole sample; fixed start, so the same weights each time."""
    rng = np.random.default_rng(7)
    weights: list[Array] = [
        rng.normal(0, 0.5, (x.shape[1], hidden)),
        np.zeros(hidden),
        rng.normal(0, 0.5, (hidden, 1)),
        np.zeros(1),
    ]
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    for step in range(1, steps + 1):
        active = np.tanh(x @ weights[0] + weights[1])
        guess = 1 / (1 + np.exp(-(active @ weights[2] + weights[3])))
        error = (guess - y[:, None]) / len(y)
        back = (error @ weights[2].T) * (1 - active**2)
        slopes = [x.T @ back, back.sum(axis=0), active.T @ error, error.sum(axis=0)]
        for i, slope in enumerate(slopes):
            first[i] = 0.9 * first[i] + 0.1 * slope
            second[i] = 0.999 * second[i] + 0.001 * slope**2
            weights[i] = weights[i] - rate * (first[i] / (1 - 0.9**step)) / (np.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
    return weights
