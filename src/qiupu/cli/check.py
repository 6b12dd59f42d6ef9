"""``qiupu check TASK DATA...``: exit 0 when nothing blocks."""

from __future__ import annotations

import argparse

from qiupu.cli.output import Output
from qiupu.cli.score import read_input
from qiupu.errors import N_
from qiupu.trials import check, load_task
from qiupu.wording import translate

HELP = N_("data health before a trial: leaks, copies, personal information, enough items")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("task", help="TOML file")
    parser.add_argument("data", nargs="+", help="the truth, then other parts and input tables")
    parser.add_argument("--history", help="forecast: the series before the test")
    parser.add_argument("--bar", type=float, help="acceptance bar; the task's own by default")
    parser.add_argument("--hoped", type=float, help="the true score that one hopes for")
    parser.add_argument("--level", type=float, default=0.95, help="one-sided level of verdicts (0.95)")


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the command."""
    task = load_task(args.task)
    history = read_input(args.history) if args.history else None
    found = check(task, [read_input(path) for path in args.data], history=history, bar=args.bar, hoped=args.hoped, level=args.level)
    if out.json:
        out.document(found.as_dict(out.lang))
    else:
        if found.findings:
            rows = [
                (translate(SEVERITIES[f.severity], out.lang), f.code, f.where, f"{f.text(out.lang)} {f.advice(out.lang)}")
                for f in found.findings
            ]
            out.table((N_("severity"), N_("code"), N_("where"), N_("what and what to do")), rows)
        out.line(
            N_("Nothing stands in the way of opening.")
            if found.ok
            else N_("A trial must not open before the blocking findings are gone.")
        )
    return 0 if found.ok else 1


SEVERITIES = {"block": N_("blocks"), "warn": N_("warning"), "note": N_("note")}
