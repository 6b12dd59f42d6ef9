"""``qiupu score TASK TRUTH ENTRY``."""

from __future__ import annotations

import argparse
import sys

from qiupu.cli.output import Output
from qiupu.errors import N_, InputError
from qiupu.files import Table, read_table
from qiupu.trials import TEXT_COLUMNS, Task, Truth, group_title, load_entry, load_task, load_truth, method_title, score, task_schema

HELP = N_("metrics of an entry, each with its interval")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("task", nargs="?", help="TOML file")
    parser.add_argument("truth", nargs="?", help="csv, parquet or xlsx")
    parser.add_argument("entry", nargs="?", help="csv, parquet or xlsx")
    parser.add_argument("--level", type=float, default=0.90, help="two-sided level of the intervals (0.90)")
    add_common(parser)
    parser.add_argument("--schema", action="store_true", help="print the schema of a task file and stop")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Declare what score, board and decide share."""
    parser.add_argument("--history", help="forecast: the series before the test, same columns as the truth")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resamples", type=int, default=2000)


def read_input(path: str) -> Table:
    """Read a table with text ids; ``-`` is a csv on standard input."""
    if path == "-":
        return read_table(sys.stdin.buffer.read(), name="-.csv", text_columns=TEXT_COLUMNS)
    return read_table(path, text_columns=TEXT_COLUMNS)


def read_truth(args: argparse.Namespace) -> tuple[Task, Truth]:
    """Read task, truth and history."""
    task = load_task(args.task)
    history = read_input(args.history) if args.history else None
    return task, load_truth(task, read_input(args.truth), history=history)


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the command."""
    if args.schema:
        out.document(task_schema())
        return 0
    if args.entry is None:
        raise InputError(N_("Give a task, a truth file and an entry."), cure=N_("See qiupu score --help."), code="arguments")
    task, truth = read_truth(args)
    entry = load_entry(task, truth, read_input(args.entry))
    found = score(task, truth, entry, level=args.level, seed=args.seed, resamples=args.resamples)
    if out.json:
        out.document(found.as_dict(out.lang))
        return 0
    header = (N_("metric"), N_("value"), N_("low"), N_("high"), N_("items"), N_("groups"), N_("method"))
    out.table(
        header,
        [
            (
                m.name,
                m.value,
                m.low,
                m.high,
                m.n,
                f"{m.groups} ({group_title(m.resampled_by, out.lang)})",
                method_title(m.method, out.lang),
            )
            for m in found.metrics
        ],
    )
    for metric in found.metrics:
        if metric.reason:
            out.note("{name}: {reason}", name=metric.name, reason=metric.reason_text(out.lang))
    out.note(N_("Intervals at {level:.0%}; groups are drawn with seed {seed}."), level=args.level, seed=args.seed)
    return 0
