"""``qiupu decide TASK TRUTH ENTRY --bar X``: exit 0 only on pass."""

from __future__ import annotations

import argparse

from qiupu.cli.board import VERDICTS
from qiupu.cli.output import Output
from qiupu.cli.score import add_common, read_input, read_truth
from qiupu.errors import N_
from qiupu.trials import decide, group_title, load_entry, method_title
from qiupu.wording import translate

HELP = N_("does an entry meet the bar: pass, fail or undecided")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("task", help="TOML file")
    parser.add_argument("truth", help="csv, parquet or xlsx")
    parser.add_argument("entry", help="csv, parquet or xlsx")
    parser.add_argument("--bar", type=float, help="acceptance bar; the task's own by default")
    parser.add_argument("--level", type=float, default=0.95, help="one-sided level of the verdict (0.95)")
    add_common(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the command."""
    task, truth = read_truth(args)
    entry = load_entry(task, truth, read_input(args.entry))
    found = decide(task, truth, entry, bar=args.bar, level=args.level, seed=args.seed, resamples=args.resamples)
    if out.json:
        out.document(found.as_dict(out.lang))
    else:
        out.line(
            N_("{verdict}: {metric} = {value}, bounds {low} to {high}, bar {bar} ({direction} is better)"),
            verdict=translate(VERDICTS[found.verdict], out.lang).upper(),
            metric=found.metric,
            value=_number(found.value),
            low=_number(found.low),
            high=_number(found.high),
            bar=_number(found.bar),
            direction=translate(DIRECTIONS[found.direction], out.lang),
        )
        out.line(
            N_("{n} items in {groups} groups ({by}); one-sided {level:.0%} bounds by {method}."),
            n=found.n,
            groups=found.groups,
            by=group_title(found.resampled_by, out.lang),
            level=found.level,
            method=method_title(found.method, out.lang),
        )
        if found.n_needed is not None:
            out.line(
                N_("An entry of this value would be decided with about {needed} items, {more} more."),
                needed=found.n_needed,
                more=found.n_more,
            )
        if found.reason is not None:
            out.line(N_("Note: {reason}."), reason=found.reason_text(out.lang))
    return 0 if found.verdict == "pass" else 1


DIRECTIONS = {"higher": N_("higher"), "lower": N_("lower")}


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
