"""Meetings into slots when some are away at times: an integer programme over (pair, slot)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from qiupu.errors import N_, InputError, PlatformError
from qiupu.matching.feasibility import Names
from qiupu.matching.meetings import top_each

NODES = 20_000
"""Nodes of the search at most; a count, not a time, so that every machine gives the same answer."""
INFEASIBLE = 2
MOST_CELLS = 60_000
"""Of more (pair, slot) cells only the best pairs of each need and supplier are looked at."""
Score = tuple[str, str, float]


@dataclass(frozen=True)
class Grid:
    """What is free: slots in order, tables, how many are taken in each slot, when somebody cannot, and who comes together."""

    names: tuple[str, ...]
    tables: int | None
    used: Mapping[str, int]
    away_needs: Mapping[str, Collection[str]]
    away_suppliers: Mapping[str, Collection[str]]
    teams: Mapping[str, str] = field(default_factory=dict)
    supplier_teams: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether everybody is there all the time, on one side only, and every slot has the same room."""
        is_split = not {*self.teams.values()} & {*self.supplier_teams.values()}
        return is_split and not any(self.away_needs.values()) and not any(self.away_suppliers.values())

    @property
    def room(self) -> int | None:
        """Meetings that have a place in all."""
        return None if self.tables is None else sum(self.tables - self.used.get(name, 0) for name in self.names)

    def sitting(self, need: str) -> tuple[str, str]:
        """Return who sits at the table for a need: its team, or people of its own."""
        return ("team", self.teams[need]) if need in self.teams else ("need", need)

    def sitting_for(self, supplier: str) -> tuple[str, str]:
        """Return who sits at the table for a supplier."""
        return ("team", self.supplier_teams[supplier]) if supplier in self.supplier_teams else ("supplier", supplier)

    def free_of_teams(self, needs: Collection[str]) -> dict[str, int]:
        """How many slots each team has left: those in which it can come with one of its needs at least."""
        free: dict[str, set[str]] = {}
        for need in sorted({*needs} & self.teams.keys()):
            free.setdefault(self.teams[need], set()).update(set(self.names) - set(self.away_needs.get(need, ())))
        return {team: len(slots) for team, slots in free.items()}

    def free_of_need(self, name: str) -> int:
        """How many slots a need has left."""
        return len(self.names) - len(self.away_needs.get(name, ()))

    def free_of_supplier(self, name: str) -> int:
        """How many slots a supplier has left."""
        return len(self.names) - len(self.away_suppliers.get(name, ()))


@dataclass(frozen=True)
class Placed:
    """The slot of each pair that meets, and a bound on the sum (``None`` when not all pairs were looked at)."""

    slot: dict[tuple[str, str], str]
    bound: float | None


class _Cells:
    """The variables: a pair in a slot in which both can."""

    def __init__(self, scores: Sequence[Score], grid: Grid) -> None:
        self.needs, self.suppliers = sorted({one[0] for one in scores}), sorted({one[1] for one in scores})
        row_of, column_of = ({name: place for place, name in enumerate(names)} for names in (self.needs, self.suppliers))
        cells = [
            (place, slot)
            for place, (need, supplier, _) in enumerate(scores)
            for slot, name in enumerate(grid.names)
            if name not in grid.away_needs.get(need, ()) and name not in grid.away_suppliers.get(supplier, ())
        ]
        self.pair, self.slot = np.array(cells, dtype=np.int64).reshape(-1, 2).T
        self.need = np.array([row_of[one[0]] for one in scores], dtype=np.int64)[self.pair]
        self.supplier = np.array([column_of[one[1]] for one in scores], dtype=np.int64)[self.pair]
        self.score = np.array([one[2] for one in scores])[self.pair]
        people = [grid.sitting(one) for one in self.needs], [grid.sitting_for(one) for one in self.suppliers]
        seats = {seat: place for place, seat in enumerate(sorted({*people[0], *people[1]}))}
        self.seats = len(seats)
        self.seat = np.array([seats[one] for one in people[0]], dtype=np.int64)[self.need]
        self.other_seat = np.array([seats[one] for one in people[1]], dtype=np.int64)[self.supplier]
        self.slots = len(grid.names)

    def rows(self, group: NDArray[np.int64], count: int) -> sparse.csr_matrix:
        """Return a matrix that sums the variables by group."""
        return sparse.csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))), shape=(count, len(group)))

    def busy(self, seat: NDArray[np.int64]) -> sparse.csr_matrix:
        """Return a matrix that counts the meetings of each seat in each slot."""
        return self.rows(seat * self.slots + self.slot, self.seats * self.slots)

    def limits(
        self, scores: Sequence[Score], grid: Grid, high: Mapping[str, int], room: Mapping[str, int]
    ) -> list[LinearConstraint]:
        """Return every limit but the minima."""
        tables = [np.inf if grid.tables is None else grid.tables - grid.used.get(name, 0) for name in grid.names]
        return [
            LinearConstraint(self.rows(self.pair, len(scores)), -np.inf, 1),
            LinearConstraint(self.busy(self.seat) + self.busy(self.other_seat), -np.inf, 1),
            LinearConstraint(self.rows(self.slot, self.slots), -np.inf, np.array(tables)),
            LinearConstraint(self.rows(self.need, len(self.needs)), -np.inf, np.array([high[one] for one in self.needs])),
            LinearConstraint(
                self.rows(self.supplier, len(self.suppliers)), -np.inf, np.array([room[one] for one in self.suppliers])
            ),
        ]


def place_best(
    scores: Sequence[Score],
    grid: Grid,
    low: Mapping[str, int],
    high: Mapping[str, int],
    room: Mapping[str, int],
    *,
    keep_all: bool = False,
    serve_first: bool = False,
) -> Placed | None:
    """Return the pairs that meet with their slots, for the largest sum; ``None`` when the limits cannot be kept.

    With ``keep_all`` every pair must meet. With ``serve_first`` as many needs as can be meet somebody, before the sum counts.
    """
    some = scores if keep_all else _likely(scores, len(grid.names))
    cells = _Cells(some, grid)
    if not len(cells.pair):
        return None if any(low.values()) or (keep_all and scores) else Placed({}, 0.0)
    rules = cells.limits(some, grid, high, room)
    if keep_all:
        rules[0] = LinearConstraint(cells.rows(cells.pair, len(some)), 1, 1)
    else:
        rules.append(
            LinearConstraint(cells.rows(cells.need, len(cells.needs)), np.array([low[one] for one in cells.needs]), np.inf)
        )
        if any(low[name] for name in low if name not in set(cells.needs)):
            return None
    width = len(cells.pair)
    if not serve_first:
        answer = _solve(-cells.score, rules, width)
    else:
        served = sparse.hstack([cells.rows(cells.need, len(cells.needs)), -sparse.identity(len(cells.needs))])
        wide = [_widened(one, len(cells.needs)) for one in rules]
        gain = 1 + 2 * float(np.abs(cells.score).sum())
        costs = np.concatenate([-cells.score, np.full(len(cells.needs), -gain)])
        answer = _solve(costs, [*wide, LinearConstraint(served, 0, np.inf)], width + len(cells.needs))
    if answer.x is None:
        if answer.status != INFEASIBLE and not keep_all:
            raise PlatformError(N_("The solver did not finish: {reason}"), code="solver", reason=answer.message)
        return None
    chosen = np.flatnonzero(answer.x[:width] > 0.5)
    slot = {some[cells.pair[one]][:2]: grid.names[cells.slot[one]] for one in chosen}
    is_whole = len(some) == len(scores) and not serve_first
    return Placed(slot, -float(answer.mip_dual_bound) if is_whole and answer.mip_dual_bound is not None else None)


def _widened(rule: LinearConstraint, more: int) -> LinearConstraint:
    return LinearConstraint(sparse.hstack([rule.A, sparse.csr_matrix((rule.A.shape[0], more))]), rule.lb, rule.ub)


def _solve(costs: NDArray[np.float64], rules: Sequence[LinearConstraint], width: int) -> OptimizeResult:
    options = {"node_limit": NODES, "mip_rel_gap": 0.0}
    return milp(costs, integrality=np.ones(width), bounds=Bounds(0, 1), constraints=list(rules), options=options)


def _likely(scores: Sequence[Score], slots: int) -> list[Score]:
    """Return all pairs, or the best of each need and supplier when there are too many cells."""
    each = 40
    held = list(scores)
    while len(held) * slots > MOST_CELLS and each >= 5:
        needs, suppliers = (np.unique([one[side] for one in scores], return_inverse=True)[1] for side in (0, 1))
        value = np.array([one[2] for one in scores])
        keep = top_each(needs, value, each) | top_each(suppliers, value, each)
        held = [one for one, kept in zip(scores, keep, strict=True) if kept]
        each //= 2
    return held


def refuse_short(
    scores: Sequence[Score], grid: Grid, low: Mapping[str, int], high: Mapping[str, int], room: Mapping[str, int]
) -> InputError:
    """Return the error that says which needs come short in these slots, by the fewest meetings missing in all."""
    cells = _Cells(scores, grid)
    missing = sparse.identity(len(cells.needs))
    least = np.array([low[one] for one in cells.needs])
    rules = [_widened(one, len(cells.needs)) for one in cells.limits(scores, grid, high, room)]
    met = sparse.hstack([cells.rows(cells.need, len(cells.needs)), missing])
    width = len(cells.pair) + len(cells.needs)
    costs = np.concatenate([np.zeros(len(cells.pair)), np.ones(len(cells.needs))])
    bounds = Bounds(0, np.concatenate([np.ones(len(cells.pair)), np.maximum(least, 0)]))
    answer = milp(
        costs,
        integrality=np.ones(width),
        bounds=bounds,
        constraints=[*rules, LinearConstraint(met, least, np.inf)],
        options={"node_limit": NODES},
    )
    short = [] if answer.x is None else np.flatnonzero(answer.x[len(cells.pair) :] > 0.5).tolist()
    names = [cells.needs[place] for place in short] or [name for name in sorted(low) if low[name]]
    return InputError(
        N_("In these slots not every need can have its least number of meetings; at best {count} are missing: {needs}."),
        cure=N_("Lower need-min for them, add slots or tables, or ask who is away to come."),
        code="infeasible",
        count=round(float(answer.fun)) if answer.fun is not None else 1,
        needs=Names(tuple(names)),
    )
