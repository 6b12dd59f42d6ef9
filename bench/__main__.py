"""Run the benchmarks and print one table: ``python -m bench [--quick] [--shared DIR] [--only NAME,...] [--json FILE]``.

Each part is a program of its own (``python -m bench.trials --help``) and runs in its own process, one after the other, so that
none measures another's memory. What it prints passes through; lines ``name | measured | target | yes`` are collected (see
``figures.py``), and the tables of older shape are read here. Parts that need public data are left out without ``--shared``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.figures import Figure, parse, table

ROOT = Path(__file__).resolve().parent.parent
Lines = list[str]
F1_TARGETS = {"parties": 0.90, "date": 0.90, "law": 0.92}
FALSE_PASS, POWER = 0.05, 0.9


def of_lines(lines: Lines) -> Iterator[Figure]:
    """Read the figures of a part that prints them itself."""
    for line in lines:
        figure = parse(line)
        if figure is not None:
            yield figure


def of_sandbox(lines: Lines) -> Iterator[Figure]:
    """Read the sandbox's rows, one for each tier."""
    for row in json.loads("".join(lines)):
        value, target = row["overhead_ms"], row["target_ms"]
        yield Figure(f"overhead of a run, {row['tier']}", f"{value:.1f} ms", f"< {target:g} ms", value < target)


def of_trials(lines: Lines) -> Iterator[Figure]:
    """Read the tables of the trials' part."""
    found: dict[str, list[dict[str, Any]]] = json.loads("".join(lines))
    for row in found.get("speed", []):
        unit, target = ("MB" if "MB" in row["what"] else "s"), row["target"]
        met = None if target is None else row["seconds"] < target
        yield Figure(row["what"], f"{row['seconds']:g} {unit}", "-" if target is None else f"< {target:g} {unit}", met)
    for row in found.get("ladder", []):
        yield from _ladder(row)
    for row in found.get("top", []):
        name = f"the best is in the top set, n={row['n']}, gain {row['gain']:g}"
        yield Figure(name, f"{row['coverage']:.3f}", ">= 0.95", row["coverage"] >= 0.95)
    for row in found.get("boards", []):
        target = {"series": 0.77, "family": 0.40}[row["drawn"]]
        yield Figure(
            f"leader's share of first places, by {row['drawn']}",
            f"{row['first']:.3f}",
            f"{target:.2f}",
            abs(row["first"] - target) < 0.03,
        )
    for row in found.get("calibration", []):
        name = f"{row['metric']} ({row['method']}, {row['world']}), n={row['n']}"
        yield Figure(f"false pass: {name}", f"{row['false_pass']:.3f}", "<= 0.05", row["false_pass"] <= FALSE_PASS)
        yield Figure(f"power beside the oracle: {name}", f"{row['ratio']:.2f}", ">= 0.90", row["ratio"] >= POWER)


def _ladder(row: dict[str, Any]) -> Iterator[Figure]:
    limit = 0.005 if row["n"] >= 4000 else 0.02
    name = f"{row['feedback']}, attack with n={row['n']}, {row['queries']} entries"
    bias = abs(row["verdict_bias"])
    yield Figure(f"{name}: bias of the verdict", f"{row['verdict_bias']:+.4f}", f"<= {limit}", bias <= limit)
    yield Figure(f"{name}: bias of feedback", f"{row['feedback_bias']:+.4f}")


def of_agreements(lines: Lines) -> Iterator[Figure]:
    """Read F1 and seconds out of the reader's lines."""
    for line in lines:
        score = re.match(r"(.+?)\s+P [\d.]+\s+R [\d.]+\s+F1 ([\d.]+)", line)
        if score:
            value = float(score[2])
            target = next((t for name, t in F1_TARGETS.items() if score[1] == f"CUAD {name}"), None)
            yield Figure(
                f"F1: {score[1]}",
                f"{value:.3f}",
                "-" if target is None else f">= {target}",
                None if target is None else value >= target,
            )
        pace = re.match(r"seconds per ten pages.*worst ([\d.]+)", line)
        if pace:
            yield Figure("ten pages read, worst text", f"{float(pace[1]):.2f} s", "< 0.5 s", float(pace[1]) < 0.5)
    yield from of_lines(lines)


PARTS: dict[str, tuple[Callable[[Lines], Iterator[Figure]], tuple[str, ...], tuple[str, ...]]] = {
    # part: (reader, words that it always gets, options of ours that it knows)
    "web": (of_lines, (), ("--quick",)),
    "reports": (of_lines, (), ()),
    "ledger": (of_lines, (), ("--quick",)),
    "trials": (of_trials, ("--json",), ("--quick", "--shared")),
    "sandbox": (of_sandbox, ("--json",), ()),
    "agreements": (of_agreements, (), ("--shared",)),
    "matching": (of_lines, (), ("--shared",)),
}
BELOW = {"agreements": "data"}
"""Where below the shared folder a part looks, when it is not the folder itself."""
QUICK = {"matching": ("--only", "speed"), "sandbox": ("--repeats", "5"), "agreements": ("--every", "10")}


def run_part(name: str, args: argparse.Namespace) -> tuple[list[Figure], int]:
    """Run one part; return its figures and its exit status."""
    read, always, known = PARTS[name]
    words = [sys.executable, "-m", f"bench.{name}", *always]
    words += ["--quick"] if args.quick and "--quick" in known else []
    words += QUICK.get(name, ()) if args.quick else []
    words += ["--shared", str(args.shared / BELOW.get(name, ""))] if args.shared and "--shared" in known else []
    print(f"\n== {name}", flush=True)
    lines: Lines = []
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if "--json" not in always:
                print(line, end="", flush=True)
        status = process.wait()
    try:
        return list(read([line.rstrip("\n") for line in lines])), status
    except (ValueError, KeyError) as error:
        print(f"the figures of {name} cannot be read: {error}", file=sys.stderr)
        return [], status or 1


def main() -> int:
    """Run what is asked for; the exit status is 1 when a part failed or a target was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything runs, not what it is worth")
    parser.add_argument("--shared", type=Path, help="folder of the public benchmark data")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, by commas")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    args = parser.parse_args()
    unknown = set(args.only.split(",")) - set(PARTS)
    if unknown:
        parser.error(f"unknown part: {', '.join(sorted(unknown))}")
    begun, found, failed = time.perf_counter(), [], []
    for name in args.only.split(","):
        figures, status = run_part(name, args)
        found += [(name, figure) for figure in figures]
        if status or not figures:
            failed.append(name)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{table(found)}\n\n{machine}; load {os.getloadavg()[0]:.1f}; {time.perf_counter() - begun:.0f} s in all")
    if args.quick:
        print("quick: small sizes, so the figures say only that everything runs")
    if failed:
        print(f"gave no figures or failed: {', '.join(failed)}")
    if args.json:
        rows = [{"part": part, **asdict(figure)} for part, figure in found]
        document = {"machine": machine, "quick": args.quick, "figures": rows}
        args.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missed = [figure for _part, figure in found if figure.met is False]
    return int(bool(failed or (missed and not args.quick)))


if __name__ == "__main__":
    sys.exit(main())
