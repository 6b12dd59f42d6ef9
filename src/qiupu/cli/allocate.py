"""``qiupu allocate``: who meets whom at an event."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from qiupu.cli.output import Output
from qiupu.errors import N_, InputError, TableError
from qiupu.files import Table, read_table
from qiupu.matching import Allocation, Meeting, Slots, allocate, schedule

HELP = N_("Allocate meetings between needs and suppliers, with a proof that no better total exists.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("scores", metavar="SCORES", help="table need,capability,score; - reads standard input")
    parser.add_argument("--need-min", type=int, default=0, metavar="N", help="meetings that each need has at least")
    parser.add_argument("--need-max", type=int, default=3, metavar="N", help="meetings that each need has at most")
    parser.add_argument("--supplier-max", type=int, default=5, metavar="N", help="meetings that each supplier has at most")
    parser.add_argument(
        "--exclude", type=Path, default=None, metavar="PAIRS", help="table need,capability of pairs that may not meet"
    )
    parser.add_argument("--room", type=int, default=None, metavar="N", help="meetings in all at most")
    parser.add_argument(
        "--slots", default=None, metavar="LIST", help="also make a timetable: a number of slots, or their names with commas between"
    )
    parser.add_argument("--tables", type=int, default=None, metavar="N", help="meetings at the same time at most (with --slots)")
    parser.add_argument(
        "--away", type=Path, default=None, metavar="TABLE", help="table need,slot or capability,slot: who cannot come when"
    )
    parser.add_argument(
        "--teams",
        type=Path,
        default=None,
        metavar="TABLE",
        help="table need,team or capability,team: whose people sit at one table at a time",
    )
    parser.add_argument("--fair", action="store_true", help="first make the worst-off need as well off as can be")


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the command."""
    limits = {"need_min": args.need_min, "need_max": args.need_max, "supplier_max": args.supplier_max, "fair": args.fair}
    scores, exclude = _scores(_table(args.scores)), _pairs(args.exclude)
    if args.slots is None:
        if args.tables is not None or args.away is not None or args.teams is not None:
            raise InputError(
                N_("Tables, absences and teams belong to a timetable."), cure=N_("Give --slots as well."), code="slots"
            )
        answer, meetings = allocate(scores, room=args.room, exclude=exclude, **limits), None
    else:
        found = schedule(scores, slots=_slots(args), exclude=exclude, **limits)
        answer, meetings = found.allocation, found.meetings
    if out.json:
        out.document(_document(answer, meetings))
        return 0
    if meetings is None:
        out.table([N_("need"), N_("capability"), N_("score")], answer.pairs)
    else:
        rows = [(one.slot, one.table, one.need, one.supplier, one.score) for one in meetings]
        out.table([N_("slot"), N_("table"), N_("need"), N_("capability"), N_("score")], rows)
    _say(answer, out)
    return 0


def _say(answer: Allocation, out: Output) -> None:
    out.line(N_("Sum {objective:.4f}; no allocation has more than {bound:.4f}."), objective=answer.objective, bound=answer.bound)
    if answer.price_of_fairness is not None:
        out.line(N_("Fairness costs {price:.1%} of the largest sum."), price=answer.price_of_fairness)
    if answer.unmet:
        out.line(N_("These meet nobody: {names}"), names=", ".join(answer.unmet))
    else:
        out.line(N_("The worst-off need has a best meeting of {worst:.4f}."), worst=answer.worst_off)


def _slots(args: argparse.Namespace) -> Slots:
    words = [one.strip() for one in args.slots.replace("，", ",").split(",") if one.strip()]
    names = tuple(str(one) for one in range(1, int(words[0]) + 1)) if len(words) == 1 and words[0].isdigit() else tuple(words)
    if args.room is not None:
        raise InputError(N_("With slots, the room follows from --tables."), cure=N_("Leave --room out."), code="slots")
    return Slots(names, args.tables, *_away(args.away), *_teams(args.teams))


def _teams(path: Path | None) -> tuple[dict[str, str], dict[str, str]]:
    """Return the teams of needs and of suppliers."""
    found = _by_side(path, "team")
    for side, rows in found.items():
        for one, teams in rows.items():
            if len(teams) > 1:
                raise TableError(
                    N_("{id} has two teams."),
                    cure=N_("Give each need or capability one team."),
                    file=str(path),
                    column=side,
                    id=one,
                )
    need, capability = ({one: teams[0] for one, teams in rows.items()} for rows in found.values())
    return need, capability


def _away(path: Path | None) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return when needs and when suppliers are away."""
    need, capability = _by_side(path, "slot").values()
    return need, capability


def _by_side(path: Path | None, column: str) -> dict[str, dict[str, list[str]]]:
    """Return what a table says of each need and of each capability."""
    found: dict[str, dict[str, list[str]]] = {"need": {}, "capability": {}}
    if path is None:
        return found
    table = read_table(path, text_columns=("need", "capability", column))
    table.require(column)
    for number, row in enumerate(table.frame.iter_rows(named=True), 2):
        value = _id(table, number, column, row[column])
        side = next((one for one in found if str(row.get(one) or "").strip()), None)
        if side is None:
            raise TableError(
                N_("The row names neither a need nor a capability."),
                cure=N_("Fill the column need or the column capability."),
                file=table.name,
                row=number,
            )
        found[side].setdefault(str(row[side]).strip(), []).append(value)
    return found


def _document(answer: Allocation, meetings: Sequence[Meeting] | None) -> dict[str, object]:
    timetable = [asdict(one) for one in meetings or ()]
    for one in timetable:
        one["capability"] = one.pop("supplier")
    return ({} if meetings is None else {"timetable": timetable}) | {
        "pairs": [{"need": need, "capability": capability, "score": score} for need, capability, score in answer.pairs],
        "objective": answer.objective,
        "bound": answer.bound,
        "optimal": answer.optimal,
        "worst_off": answer.worst_off,
        "price_of_fairness": answer.price_of_fairness,
        "unmet": list(answer.unmet),
        "prices": {
            "needs": dict(answer.need_prices),
            "suppliers": dict(answer.supplier_prices),
            "teams": dict(answer.team_prices),
            "room": answer.room_price,
        },
    }


def _table(source: str | Path) -> Table:
    columns = ("need", "capability")
    if source == "-":
        return read_table(sys.stdin.buffer.read(), name="stdin.csv", text_columns=columns)
    return read_table(source, text_columns=columns)


def _pairs(path: Path | None) -> list[tuple[str, str]]:
    if path is None:
        return []
    table = _table(path)
    table.require("need", "capability")
    return [(_id(table, row, "need", need), _id(table, row, "capability", capability))
            for row, (need, capability) in enumerate(table.frame.select("need", "capability").iter_rows(), 2)]  # fmt: skip


def _scores(table: Table) -> list[tuple[str, str, float]]:
    table.require("need", "capability", "score")
    return [
        (_id(table, row, "need", need), _id(table, row, "capability", capability), _number(table, row, score))
        for row, (need, capability, score) in enumerate(table.frame.select("need", "capability", "score").iter_rows(), 2)
    ]


def _id(table: Table, row: int, column: str, value: object) -> str:
    text = "" if value is None else str(value).strip()
    if not text:
        raise TableError(N_("The id is empty."), cure=N_("Give the row an id."), file=table.name, row=row, column=column)
    return text


def _number(table: Table, row: int, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = float("nan")
    if number - number != 0:  # neither NaN nor infinite
        raise TableError(
            N_("{value} is no score."),
            cure=N_("Write a plain number, or leave the pair out when it may not meet."),
            file=table.name,
            row=row,
            column="score",
            code="number",
            value="-" if value is None else str(value)[:40],
        )
    return number
