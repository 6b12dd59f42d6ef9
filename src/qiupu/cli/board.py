"""``qiupu board TASK TRUTH ENTRY...``."""

from __future__ import annotations

import argparse

from qiupu.cli.output import Output
from qiupu.cli.score import add_common, read_input, read_truth
from qiupu.errors import N_, QiupuError
from qiupu.trials import Unscored, board, group_title, load_entry
from qiupu.wording import translate

HELP = N_("leaderboard of several entries, with the ranks that the data allow")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("task", help="TOML file")
    parser.add_argument("truth", help="csv, parquet or xlsx")
    parser.add_argument("entries", nargs="+", metavar="entry", help="csv, parquet or xlsx")
    parser.add_argument("--bar", type=float, help="acceptance bar; the task's own by default")
    parser.add_argument("--level", type=float, default=0.90, help="two-sided level of the intervals (0.90)")
    add_common(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the command; entries that cannot be scored stand apart."""
    task, truth = read_truth(args)
    entries, unscored = [], []
    for path in args.entries:
        try:
            entries.append(load_entry(task, truth, read_input(path)))
        except QiupuError as error:
            unscored.append(Unscored(path, error.message(out.lang), error.code))
    found = board(task, truth, entries, unscored=unscored, bar=args.bar, level=args.level, seed=args.seed, resamples=args.resamples)
    if out.json:
        out.document(found.as_dict(out.lang))
        return 0
    header = [N_("rank"), N_("entry"), found.metric, N_("low"), N_("high"), N_("group"), N_("first")]
    with_bar = found.bar is not None
    rows = []
    for row in found.entries:
        rank = f"{row.rank_low}" if row.rank_low == row.rank_high else f"{row.rank_low}-{row.rank_high}"
        cells = [rank, row.name, row.score.value, row.score.low, row.score.high, row.tie_group, f"{row.first_share:.0%}"]
        if row.decision is not None:
            cells.append(translate(VERDICTS[row.decision.verdict], out.lang))
        rows.append(cells)
    out.table([*header, N_("verdict")] if with_bar else header, rows)
    for apart in found.unscored:
        out.line(N_("Not scored: {name}: {reason}"), name=apart.name, reason=apart.reason)
    out.note(
        N_("{n} items in {groups} groups ({by}); rank ranges hold together at {level:.0%}."),
        n=found.n,
        groups=found.groups,
        by=group_title(found.resampled_by, out.lang),
        level=found.rank_level,
    )
    return 0


VERDICTS = {"pass": N_("pass"), "fail": N_("fail"), "undecided": N_("undecided")}
