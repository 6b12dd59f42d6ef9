"""The event as arrays, and its best total by a linear programme over the pairs that can matter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from qiupu.errors import N_, PlatformError

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
START_PAIRS = 60_000
START_EACH = 16
ADDED_EACH = 8
ROUNDS = 60
ROUGH_TURNS = 100
DENSE_CELLS = 20_000_000


@dataclass(frozen=True)
class Event:
    """Pairs that may meet (parallel arrays ``need``, ``supplier``, ``score``), sorted, and the limits."""

    needs: list[str]
    suppliers: list[str]
    need: Places
    supplier: Places
    score: Numbers
    low: Places
    high: Places
    capacity: Places
    room: int | None = None
    """Meetings in all, when that is limited."""
    teams: list[str] = field(default_factory=list)
    """Who comes with several needs and has time for so many meetings in all (``team_capacity``)."""
    team: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """The team of each need, -1 for none; empty when there are no teams."""
    team_capacity: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def by_team(self, values: Numbers) -> Numbers:
        """Return the value of each need's team, 0 without one."""
        return np.append(values, 0.0)[self.team] if self.teams else np.zeros(len(self.needs))


@dataclass(frozen=True)
class Prices:
    """What one more meeting of each need (negative where a minimum forces it), supplier and team would add, and one more in all."""

    need: Numbers
    supplier: Numbers
    team: Numbers
    room: float

    def gains(self, event: Event) -> Numbers:
        """Return what each pair brings beyond these prices."""
        of_need = self.need + event.by_team(self.team)
        return event.score - of_need[event.need] - self.supplier[event.supplier] - self.room


@dataclass(frozen=True)
class Best:
    """The chosen pairs, their sum, a bound on any sum, and the prices that prove it."""

    chosen: Places
    objective: float
    bound: float
    prices: Prices


def limit_rows(event: Event, rows: Places) -> tuple[sparse.csr_matrix, Numbers]:
    """Return the inequalities ``A x <= b`` over the pairs ``rows``: need maxima, supplier maxima, need minima (negated), teams.

    A last row holds all together when ``room`` is limited. Needs lie within teams and these within all, so the sets on this side
    are nested, and the matrix stays that of a network.
    """
    ones, columns = np.ones(len(rows)), np.arange(len(rows))
    shape = (len(event.needs), len(rows))
    by_need = sparse.csr_matrix((ones, (event.need[rows], columns)), shape=shape)
    by_supplier = sparse.csr_matrix((ones, (event.supplier[rows], columns)), shape=(len(event.suppliers), len(rows)))
    minima = np.flatnonzero(event.low > 0)
    teams = _team_rows(event, rows)
    together = sparse.csr_matrix(ones[None] if event.room is not None else np.zeros((0, len(rows))))
    matrix = sparse.vstack([by_need, by_supplier, -by_need[minima], teams, together], format="csr")
    room = np.array([] if event.room is None else [event.room], dtype=np.int64)
    right = np.concatenate([event.high, event.capacity, -event.low[minima], event.team_capacity, room])
    return matrix, right.astype(np.float64)


def _team_rows(event: Event, rows: Places) -> sparse.csr_matrix:
    team = event.team[event.need[rows]] if event.teams else np.full(len(rows), -1)
    inside = np.flatnonzero(team >= 0)
    return sparse.csr_matrix((np.ones(len(inside)), (team[inside], inside)), shape=(len(event.teams), len(rows)))


def best_solution(event: Event) -> Best:
    """Return the allocation with the largest sum.

    Of many pairs only the best of each need and supplier are looked at first; the prices then tell which others could add
    something, and these are let in until there are none. The bound is computed over all pairs.
    """
    active = _first_pairs(event)
    for _ in range(ROUNDS):
        chosen, prices = _solve(event, np.flatnonzero(active))
        gain = prices.gains(event)
        wanted = ~active & (gain > 1e-9 * max(1.0, float(np.abs(event.score).max(initial=0.0))))
        if not wanted.any():
            break
        active |= _best_gains(event, gain, wanted)
    return Best(chosen, float(event.score[chosen].sum()), _bound(event, prices), prices)


def _first_pairs(event: Event) -> NDArray[np.bool_]:
    if len(event.score) <= START_PAIRS:
        return np.ones(len(event.score), dtype=bool)
    return likely_pairs(event, START_EACH)


def likely_pairs(event: Event, each: int) -> NDArray[np.bool_]:
    """Mark the pairs of each need and of each supplier that bring most beyond what the two would bring elsewhere."""
    gain = event.score
    if len(event.needs) * len(event.suppliers) <= DENSE_CELLS:
        need_price, supplier_price = _rough_prices(event)
        gain = event.score - need_price[event.need] - supplier_price[event.supplier]
    return top_each(event.need, gain, each) | top_each(event.supplier, gain, each)


def _rough_prices(event: Event) -> tuple[Numbers, Numbers]:
    """Return prices near the right ones: needs and suppliers take turns, each asking what its first unserved partner would bring.

    It is damped coordinate descent on the dual; it only chooses where the linear programme begins.
    """
    table = np.full((len(event.needs), len(event.suppliers)), -np.inf)
    table[event.need, event.supplier] = event.score
    need_price, supplier_price = np.zeros(len(event.needs)), np.zeros(len(event.suppliers))
    for _ in range(ROUGH_TURNS):
        need_price = _marginal(table - supplier_price, event.high)
        supplier_price = 0.5 * supplier_price + 0.5 * _marginal((table - need_price[:, None]).T, event.capacity)
    return need_price, supplier_price


def _marginal(values: Numbers, limits: Places) -> Numbers:
    """Return for each row the value after its ``limit`` largest, at least 0."""
    out = np.zeros(len(values))
    for limit in np.unique(limits[limits < values.shape[1]]):
        rows = np.flatnonzero(limits == limit)
        place = values.shape[1] - 1 - int(limit)
        out[rows] = np.maximum(np.partition(values[rows], place, axis=1)[:, place], 0)
    return out


def top_each(group: Places, value: Numbers, count: int) -> NDArray[np.bool_]:
    """Mark the ``count`` largest values of each group."""
    order = np.lexsort((np.arange(len(value)), -value, group))
    sorted_group = group[order]
    begins = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]]) if len(order) else np.zeros(0, dtype=np.int64)
    place = np.arange(len(order)) - np.repeat(begins, np.diff(np.r_[begins, len(order)]))
    marked = np.zeros(len(value), dtype=bool)
    marked[order[place < count]] = True
    return marked


def _best_gains(event: Event, gain: Numbers, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows = np.flatnonzero(wanted)
    marked = np.zeros(len(gain), dtype=bool)
    best = top_each(event.need[rows], gain[rows], ADDED_EACH) | top_each(event.supplier[rows], gain[rows], ADDED_EACH)
    marked[rows[best]] = True
    return marked


def _solve(event: Event, rows: Places) -> tuple[Places, Prices]:
    """Solve over some pairs; return the chosen pairs and the prices."""
    matrix, right = limit_rows(event, rows)
    values, marginals = solve_lp(-event.score[rows], matrix, right)
    needs, suppliers = len(event.needs), len(event.suppliers)
    need_price = -marginals[:needs]
    minima = np.flatnonzero(event.low > 0)
    after = needs + suppliers + len(minima)
    need_price[minima] += marginals[needs + suppliers : after]
    room_price = 0.0 if event.room is None else -float(marginals[-1])
    team_price = -marginals[after : after + len(event.teams)]
    return rows[values > 0.5], Prices(need_price, -marginals[needs : needs + suppliers], team_price, room_price)


def solve_lp(cost: Numbers, matrix: sparse.csr_matrix, right: Numbers) -> tuple[Numbers, Numbers]:
    """Minimise ``cost x`` over ``matrix x <= right`` and ``0 <= x <= 1`` at a corner; return it and the marginals (<= 0).

    Raises
    ------
    PlatformError
        When the solver fails, or its corner is not whole.
    """
    if not len(cost):
        return np.zeros(0), np.zeros(len(right))
    answer = linprog(cost, A_ub=matrix, b_ub=right, bounds=(0, 1), method="highs-ds")
    if answer.status != 0 or np.abs(answer.x - np.round(answer.x)).max() > 1e-6:
        raise PlatformError(N_("The solver did not finish: {reason}"), code="solver", reason=answer.message)
    return np.round(answer.x), np.asarray(answer.ineqlin.marginals, dtype=np.float64)


def _bound(event: Event, prices: Prices) -> float:
    """Return the dual's value at the prices: any prices give a bound, whoever found them.

    ``sum_i (high_i max(p_i, 0) - low_i max(-p_i, 0)) + sum_j capacity_j q_j + sum_k capacity_k t_k + room r
    + sum_ij max(0, s_ij - p_i - t_k(i) - q_j - r)`` with ``q, t, r >= 0``.
    """
    held = Prices(prices.need, np.maximum(prices.supplier, 0), np.maximum(prices.team, 0), max(prices.room, 0.0))
    own = (event.high * np.maximum(held.need, 0) - event.low * np.maximum(-held.need, 0)).sum()
    shared = (event.capacity * held.supplier).sum() + (event.team_capacity * held.team).sum() + (event.room or 0) * held.room
    return float(own + shared + np.maximum(held.gains(event), 0).sum())
