"""Votes of the nearest rows of the public sample that comes with the entry."""

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

NEIGHBOURS = 7


def main() -> None:
    """Read the rows, look up their neighbours, write the scores."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    sample = pl.read_csv(Path(__file__).parent / "sample.csv")
    rows = pl.read_csv(args.input / "inputs.csv")
    columns = [name for name in sample.columns if name not in ("id", "time", "target")]
    known, asked = sample.select(columns).to_numpy().astype(float), rows.select(columns).to_numpy().astype(float)
    middle = np.median(known, axis=0)
    width = np.quantile(known, 0.95, axis=0) - np.quantile(known, 0.05, axis=0) + 1.0
    far, near = cKDTree((known - middle) / width).query((asked - middle) / width, k=NEIGHBOURS)
    weight = 1 / (0.02 + far)
    strange = sample["target"].to_numpy().astype(float)[near]
    score = (strange * weight).sum(axis=1) / weight.sum(axis=1) + 0.001 * np.log1p(far.mean(axis=1))
    rows.select("id").with_columns(pl.Series("score", score.round(6))).write_csv(args.output)


if __name__ == "__main__":
    main()
