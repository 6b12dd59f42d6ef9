"""Mean yield of the most similar plots of the public sample that comes with the entry."""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

NEIGHBOURS = 25


def main() -> None:
    """Read the rows, compare them with the sample, write the forecasts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    sample = pl.read_csv(Path(__file__).parent / "sample.csv")
    rows = pl.read_csv(args.input / "inputs.csv")
    columns = [name for name in sample.columns if name not in ("id", "farm", "target")]
    known = np.log1p(sample.select(columns).to_numpy().astype(float))
    asked = np.log1p(rows.select(columns).to_numpy().astype(float))
    centre, width = known.mean(axis=0), known.std(axis=0) + 1e-9
    known, asked = (known - centre) / width, (asked - centre) / width
    squared = (asked**2).sum(axis=1)[:, None] + (known**2).sum(axis=1)[None, :] - 2 * asked @ known.T
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :NEIGHBOURS]
    weight = 1 / (1 + np.sqrt(np.maximum(np.take_along_axis(squared, nearest, axis=1), 0)))
    guess = (sample["target"].to_numpy()[nearest] * weight).sum(axis=1) / weight.sum(axis=1)
    rows.select("id").with_columns(pl.Series("prediction", guess.round(3))).write_csv(args.output)


if __name__ == "__main__":
    main()
