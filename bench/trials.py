"""Speed and statistics of trials, with fixed seeds.

``python -m bench.trials [--quick] [--json] [--only speed,calibration,ladder,top,boards] [--jobs 2] [--shared DIR]``

calibration   for each world of trial_worlds.py, at the least n of its method: how often an entry whose true score lies
              exactly on the bar passes (allowed: 0.05, observed up to 0.056 is within the error of 4,000 repeats); and
              there, and at the n that is recommended, how often a better one passes, with a rule that knows the
              distribution in brackets (its critical value is the 95% quantile of the metric on the bar).
ladder        the keep-only majority attack of Blum and Hardt (2015) on a plain board, the Ladder and the bootstrap Ladder:
              what is told in the end, how good the vote really is on feedback, and on the final part, which is scored
              once and on which the verdict rests.
top           how often the truly best of ten entries is in the top set.
boards        on a real board (--shared): how often the leader stays first when series, or whole families, are drawn.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from qiupu.files import Table, read_table
from qiupu.measures import Undefined, bounds, draw_counts, first_shares, method_for, rank_ranges, separated
from qiupu.measures.intervals import Drawn, bounds_together, least_groups, recommended_groups, shared_counts
from qiupu.measures.samples import mean_sample
from qiupu.trials import TEXT_COLUMNS, Entry, Ladder, board, load_entry, load_task, load_truth, score
from qiupu.trials.decide import verdict_of
from trial_worlds import WORLDS, World

LEVEL = 0.95
DRAWS = {"vus_pr": 200}
"""Resamples inside the simulations, else 400: fewer than in use make the bounds a little wider, never narrower."""
RENEWED = 50
"""After so many repeats the draws, and the order of bets, are made anew."""


def least_n(world: World) -> int:
    """Return the least number of groups at which nearly every draw of the world gives a bound."""
    probe = world.sample(np.random.default_rng(0), 1000, world.start)
    assert not isinstance(probe, Undefined)
    n = max(least_groups(world.metric, method_for(world.metric, probe)), 30)
    while n < 5000:
        rng, usable = np.random.default_rng(1), 0
        for _ in range(20):
            sample = world.sample(rng, n, world.start)
            usable += not isinstance(sample, Undefined) and bounds(world.metric, sample, level=LEVEL, resamples=50).low is not None
        if usable >= 16:
            return n
        n = int(n * 1.25) + 1
    return n


def passes(world: World, n: int, quality: float, bar: float, repeats: int, seed: int) -> tuple[float, float, np.ndarray]:
    """Return the shares of passes and fails, and all values."""
    rng, values, passed, failed = np.random.default_rng([seed, n]), [], 0, 0
    for batch, start in enumerate(range(0, repeats, RENEWED)):
        made = [world.sample(rng, n, quality) for _ in range(min(RENEWED, repeats - start))]
        samples = [sample for sample in made if not isinstance(sample, Undefined)]
        values += [sample.value for sample in samples]
        drawn: list[Drawn | None] = [None] * len(samples)
        for i, sample in enumerate(samples):
            if method_for(world.metric, sample) == "studentised":
                counts = shared_counts(sample.n_groups, DRAWS.get(world.metric_name, 400), batch)
                drawn[i] = Drawn(*sample.resample_studentised(counts))
        found = bounds_together(world.metric, samples, level=LEVEL, seed=batch, drawn=drawn)
        verdicts = [verdict_of(world.metric, one, bar) for one in found]
        passed += verdicts.count("pass")
        failed += verdicts.count("fail")
    return passed / repeats, failed / repeats, np.array(values)


def power_at(world: World, n: int, repeats: int) -> tuple[float, float]:
    """Return the share of passes of an entry 2.5 standard errors better than the bar, ours and the oracle's."""
    bar = world.truth(world.start)
    sign = 1 if world.metric.is_higher_better else -1
    rng = np.random.default_rng([3, n])
    found = [world.sample(rng, n, world.start) for _ in range(4 * repeats)]
    on_bar = np.array([sample.value for sample in found if not isinstance(sample, Undefined)])
    slope = (world.truth(world.start + 0.2) - bar) / 0.2
    better = world.start + 2.5 * on_bar.std() / max(abs(slope), 1e-9)
    power, _, values = passes(world, n, better, bar, repeats, 2)
    return power, float((sign * values > np.quantile(sign * on_bar, LEVEL)).mean())


def calibrate(arguments: tuple[int, int]) -> dict[str, object]:
    """Return one row of the table: false passes at the least n, power at the recommended n."""
    index, repeats = arguments
    world = WORLDS[index]
    began = time.perf_counter()
    n = least_n(world)
    bar = world.truth(world.start)
    false_pass, false_fail, _ = passes(world, n, world.start, bar, repeats, 1)
    sample = world.sample(np.random.default_rng(0), n, world.start)
    assert not isinstance(sample, Undefined)
    method = method_for(world.metric, sample)
    enough = max(n, recommended_groups(world.metric, method), 100)
    tries = max(repeats // (16 if world.metric_name == "vus_pr" else 4), 25)
    at_least, oracle_at_least = power_at(world, n, tries)
    power, oracle = power_at(world, enough, tries)
    return {
        "metric": world.metric_name,
        "world": world.name,
        "method": method,
        "n": n,
        "false_pass": round(false_pass, 4),
        "false_fail": round(false_fail, 4),
        "power": f"{at_least:.2f} ({oracle_at_least:.2f})",
        "n_recommended": enough,
        "power_there": f"{power:.2f} ({oracle:.2f})",
        "ratio": round(power / max(oracle, 1e-9), 3),
        "seconds": round(time.perf_counter() - began, 1),
    }


def attack(n: int, queries: int, seeds: int, kind: str) -> dict[str, object]:
    """Return the bias of feedback and final under the keep-only majority attack on random binary labels."""
    feedback, final, told = [], [], []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, n, queries])
        labels = rng.integers(0, 2, 2 * n, dtype=np.int8)  # first half feedback, second half final
        guesses = rng.integers(0, 2, (queries - 1, 2 * n), dtype=np.int8)
        right = guesses == labels
        if kind == "plain board":
            keep = right[:, :n].mean(axis=1) > 0.5
            ladder = None
        else:
            ladder = Ladder(True, queries, "plain" if kind == "Ladder" else "bootstrap", seed)
            keep = np.zeros(queries - 1, dtype=bool)
            for i in range(queries - 1):
                ladder, answer = ladder.submit(right[i, :n].astype(float))
                keep[i] = answer.has_improved
        chosen = guesses[keep] if keep.any() else guesses[:1]
        voted = (chosen.mean(axis=0) > 0.5) | ((chosen.mean(axis=0) == 0.5) & (guesses[0] > 0))
        is_right = (voted == labels).astype(float)
        if ladder is None:
            told.append(is_right[:n].mean())
        else:
            told.append(ladder.submit(is_right[:n])[1].value)
        feedback.append(is_right[:n].mean())
        final.append(is_right[n:].mean())
    return {
        "feedback": kind,
        "n": n,
        "queries": queries,
        "seeds": seeds,
        "feedback_bias": round(float(np.mean(told)) - 0.5, 5),
        "vote_on_feedback": round(float(np.mean(feedback)) - 0.5, 5),
        "verdict_bias": round(float(np.mean(final)) - 0.5, 5),
        "verdict_se": round(float(np.std(final, ddof=1) / np.sqrt(seeds)), 5),
    }


def top_set(repeats: int) -> list[dict[str, object]]:
    """Return how often the truly best of ten is in the top set, by how much better it is and how items are spread."""
    rows = []
    for n in (30, 100, 400):
        for gain in (0.0, 1.0, 4.0):
            inside = sizes = 0
            counts = draw_counts(n, 600, 0)
            for repeat in range(repeats):
                rng = np.random.default_rng([repeat, n, int(10 * gain)])
                hard = rng.lognormal(0, 0.6, n)
                skill = np.concatenate([[0.0], np.full(4, 0.001 + gain), np.linspace(0.001 + gain, 3 + 2 * gain, 5)]) / np.sqrt(n)
                loss = hard * (1 + skill)[:, None] * np.abs(rng.normal(size=(10, n)))
                samples = [mean_sample(row, np.arange(n), n) for row in loss]
                values = -np.array([sample.value for sample in samples])
                drawn = -np.stack([sample.resample(counts) for sample in samples], axis=1)
                ranges = rank_ranges(separated(values, drawn, n))
                inside += ranges[0][0] == 1
                sizes += sum(low == 1 for low, _ in ranges)
            rows.append({"n": n, "gain": gain, "coverage": round(inside / repeats, 4), "size": round(sizes / repeats, 2)})
    return rows


def real_board(shared: Path) -> list[dict[str, object]]:
    """Return the leader's share of first places on the board of TSB-AD-U."""
    with (shared / "boards/tsb_ad_u_vus_pr.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    about = {"file", "ts_len", "anomaly_len", "num_anomaly", "avg_anomaly_len", "anomaly_ratio", "point_anomaly", "seq_anomaly"}
    names = [name for name in rows[0] if name not in about]
    values = np.array([[float(row[name]) for name in names] for row in rows])
    found = []
    for by, labels in (("series", list(range(len(rows)))), ("family", [row["file"].split("_")[1] for row in rows])):
        _, codes = np.unique(labels, return_inverse=True)
        count = int(codes.max()) + 1
        samples = [mean_sample(values[:, j], codes, count) for j in range(len(names))]
        counts = shared_counts(count, 10_000, 1)
        drawn = np.stack([sample.resample(counts) for sample in samples], axis=1)
        shares = first_shares(drawn)
        scores = values.mean(axis=0)
        best = int(scores.argmax())
        ranges = rank_ranges(separated(scores, drawn[:2000], count))
        found.append(
            {
                "drawn": by,
                "groups": count,
                "leader": names[best],
                "first": round(float(shares[best]), 3),
                "ranks": f"{ranges[best][0]}-{ranges[best][1]}",
            }
        )
    return found


def speed(*, quick: bool) -> list[dict[str, object]]:
    """Return seconds of the tasks that have a target."""
    rows: list[dict[str, object]] = []
    n = 100_000 if quick else 1_000_000
    rng = np.random.default_rng(0)
    task = load_task({"id": "x", "kind": "regression", "metrics": ["mae", "rmse", "r2"]})
    ids = [f"r{i}" for i in range(n)]
    target = rng.normal(size=n)
    files = {
        "truth": pl.DataFrame({"id": ids, "target": target}).write_csv().encode(),
        "entry": pl.DataFrame({"id": ids, "prediction": target + rng.normal(size=n)}).write_csv().encode(),
    }
    files["shuffled"] = pl.read_csv(files["entry"]).sample(fraction=1, shuffle=True, seed=1).write_csv().encode()
    truth = load_truth(task, read_table(files["truth"], name="truth.csv", text_columns=TEXT_COLUMNS))
    for name in ("entry", "shuffled"):
        began = time.perf_counter()
        entry = load_entry(task, truth, read_table(files[name], name=f"{name}.csv", text_columns=TEXT_COLUMNS))
        score(task, truth, entry)
        rows.append({"what": f"read, join and score {n:,} rows ({name})", "seconds": time.perf_counter() - began, "target": 2.0})
    small = Table(truth.frame.select("id", "target").head(5000), "truth.csv", "")
    part = load_truth(task, small)
    entries = [
        Entry(
            f"e{k:03d}",
            "",
            part.frame.select("id").with_columns(prediction=part.frame["target"] + (1 + k / 500) * rng.normal(size=5000)),
        )
        for k in range(20 if quick else 200)
    ]
    began = time.perf_counter()
    board(task, part, entries, seed=1)
    rows.append({"what": f"board of {len(entries)} x 5,000 x 2,000, mae", "seconds": time.perf_counter() - began, "target": 3.0})
    rows += _rank_speed(quick=quick)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append({"what": "peak memory of all this, MB", "seconds": peak, "target": 1000.0})
    return [{**row, "seconds": round(float(str(row["seconds"])), 3)} for row in rows]


def _rank_speed(*, quick: bool) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    n = 5000
    rng = np.random.default_rng(3)
    marks = np.zeros(n, dtype=int)
    for start in rng.choice(n - 20, 40, replace=False):
        marks[start : start + 10] = 1
    frame = pl.DataFrame({"id": [str(i) for i in range(n)], "time": np.arange(n), "target": marks})
    for metric, resamples in (("auc_pr", 2000), ("vus_pr", 2000)):
        task = load_task({"id": "a", "kind": "anomaly", "metrics": [metric], "block": 50})
        truth = load_truth(task, Table(frame, "truth.csv", ""))
        entries = [
            Entry(f"e{k}", "", truth.frame.select("id").with_columns(score=marks + rng.normal(size=n)))
            for k in range(1 if quick else 5)
        ]
        began = time.perf_counter()
        board(task, truth, entries, seed=1, resamples=200 if quick else resamples)
        per_entry = (time.perf_counter() - began) / len(entries)
        rows.append({"what": f"rank-type {metric}, one entry on a board, 5,000 rows x 2,000", "seconds": per_entry, "target": None})
    return rows


def show(title: str, rows: list[dict[str, object]]) -> None:
    """Print a small table."""
    print(f"\n{title}")
    if not rows:
        return
    names = list(rows[0])
    cells = [names, *[[str(row[name]) for name in names] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(names))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    sys.stdout.flush()


def main() -> int:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few repeats: shows that it runs, not what it is worth")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", default="speed,ladder,top,boards,calibration")
    parser.add_argument("--metrics", default="", help="calibration of these metrics only")
    parser.add_argument("--repeats", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--shared", type=Path, help="folder of the public benchmark data")
    args = parser.parse_args()
    parts = args.only.split(",")
    found: dict[str, list[dict[str, object]]] = {}
    if "speed" in parts:
        found["speed"] = speed(quick=args.quick)
    if "ladder" in parts:
        seeds = args.repeats or (5 if args.quick else 200)
        settings = ((4000, 400), (300, 200))
        found["ladder"] = [attack(n, k, seeds, kind) for n, k in settings for kind in ("plain board", "Ladder", "bootstrap Ladder")]
    if "top" in parts:
        found["top"] = top_set(args.repeats or (40 if args.quick else 1000))
    if "boards" in parts and args.shared:
        found["boards"] = real_board(args.shared / "data" if (args.shared / "data").is_dir() else args.shared)
    if "calibration" in parts:
        chosen = [i for i, world in enumerate(WORLDS) if not args.metrics or world.metric_name in args.metrics.split(",")]
        repeats = args.repeats or (60 if args.quick else 4000)
        with ProcessPoolExecutor(args.jobs) as pool:
            found["calibration"] = []
            for row in pool.map(calibrate, [(i, repeats) for i in chosen]):
                print(*row.values(), file=sys.stderr, flush=True)
                found["calibration"].append(row)
    if args.json:
        json.dump(found, sys.stdout, indent=1)
    else:
        for title, rows in found.items():
            show(title, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
