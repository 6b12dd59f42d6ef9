"""Lexicographic max-min: nobody's best meeting is made worse to make a better-off one better.

For a rising scale of steps, each linear programme lets as many needs as can be reach a step by their best meeting, and keeps
the numbers that the lower steps reached. The pairs of a need that reach a step are nested, so the sets that are counted form
a laminar family, the matrix stays that of a network, and the corners stay whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from qiupu.matching.meetings import START_PAIRS, Event, Places, likely_pairs, limit_rows, solve_lp, top_each

FAIR_EACH = 10
FLOOR_EACH = 40
"""Pairs of each need and of each supplier that fairness looks at in an event with more than ``START_PAIRS`` pairs, beside
those by which all needs reach the best floor."""


def fair_solution(event: Event, *, levels: int) -> tuple[Places, bool]:
    """Return the chosen pairs, and whether all pairs took part (not so in a very large event)."""
    rows = _considered(event)
    limits, right = limit_rows(event, rows)
    size, score = len(rows), event.score[rows]
    floor, most = _best_floor(event, rows)
    scale = _Scale(event, rows, limits, right)
    if scale.reach(floor) < most:  # the minima stand in the way, so the steps below the floor count as well
        scale.forget()
        for threshold in _even(score[score <= floor], levels):
            scale.reach(threshold)
    for threshold in _even(score[score > floor], levels):
        if scale.reach(threshold) == 0:
            break  # nobody can reach this step, so nobody can reach a higher one
    return rows[scale.best_total()], size == len(event.score)


class _Scale:
    """The steps so far, and how many needs must reach each."""

    def __init__(self, event: Event, rows: Places, limits: sparse.csr_matrix, right: NDArray[np.float64]) -> None:
        self._event, self._rows, self._limits, self._right = event, rows, limits, right
        self._score = event.score[rows]
        self.forget()

    def forget(self) -> None:
        """Begin again."""
        self._steps: list[sparse.csr_matrix] = []
        self._counts: list[float] = []

    def reach(self, threshold: float) -> int:
        """Let as many needs as can be reach the threshold, keep that number from now on, and return it."""
        needs = len(self._event.needs)
        reaching = np.flatnonzero(self._score >= threshold)
        places = (self._event.need[self._rows[reaching]], reaching)
        self._steps.append(sparse.csr_matrix((np.ones(len(reaching)), places), (needs, len(self._rows))))
        self._counts.append(0.0)
        matrix, bounds = _programme(self._limits, self._right, self._steps, self._counts)
        cost = np.zeros(matrix.shape[1])
        cost[-needs:] = -1
        values, _ = solve_lp(cost, matrix, bounds)
        self._counts[-1] = float(values[-needs:].sum())
        return int(self._counts[-1])

    def best_total(self) -> Places:
        """Return the pairs with the largest sum that keep the numbers."""
        size = len(self._rows)
        matrix, bounds = _programme(self._limits, self._right, self._steps, self._counts)
        values, _ = solve_lp(np.concatenate([-self._score, np.zeros(matrix.shape[1] - size)]), matrix, bounds)
        return np.flatnonzero(values[:size] > 0.5)


def _considered(event: Event) -> Places:
    """Return the pairs that take part: all, or in a large event those that can matter for the floor and for the total."""
    if len(event.score) <= START_PAIRS:
        return np.arange(len(event.score))
    high = np.flatnonzero(top_each(event.need, event.score, FLOOR_EACH) | top_each(event.supplier, event.score, FLOOR_EACH))
    keep = likely_pairs(event, FAIR_EACH)
    keep[_first_meetings(event, high, _best_floor(event, high)[0])] = True
    return np.flatnonzero(keep)


def _programme(
    limits: sparse.csr_matrix, right: NDArray[np.float64], steps: list[sparse.csr_matrix], counts: list[float]
) -> tuple[sparse.csr_matrix, NDArray[np.float64]]:
    """Return the inequalities over (pairs, then for each step whether each need reaches it)."""
    needs, size = steps[0].shape if steps else (0, limits.shape[1])
    width = size + needs * len(steps)
    blocks = [sparse.hstack([limits, sparse.csr_matrix((limits.shape[0], width - size))])]
    bounds = [right]
    for number, (step, count) in enumerate(zip(steps, counts, strict=True)):
        before = sparse.csr_matrix((needs, needs * number))
        after = sparse.csr_matrix((needs, needs * (len(steps) - number - 1)))
        blocks.append(sparse.hstack([-step, before, sparse.identity(needs), after]))
        bounds.append(np.zeros(needs))
        begin = size + needs * number
        row = sparse.csr_matrix((-np.ones(needs), (np.zeros(needs, dtype=int), np.arange(begin, begin + needs))), (1, width))
        blocks.append(row)
        bounds.append(np.array([-count]))
    return sparse.vstack(blocks, format="csr"), np.concatenate(bounds)


def _even(scores: NDArray[np.float64], levels: int) -> NDArray[np.float64]:
    """Return at most ``levels`` steps of the scale, rising; all scores when there are no more."""
    values = np.unique(scores)
    if len(values) <= levels:
        return values
    return np.unique(np.quantile(values, np.linspace(0, 1, levels), method="nearest"))


def _best_floor(event: Event, rows: Places) -> tuple[float, int]:
    """Return the highest score that all needs which can meet anybody can have as their best, and how many these are.

    By halving the sorted scores; minima are not looked at here.
    """
    values = np.unique(event.score[rows])
    most = len(_first_meetings(event, rows, values[0]))
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if len(_first_meetings(event, rows, values[middle])) == most:
            low = middle
        else:
            high = middle - 1
    return float(values[low]), most


def _first_meetings(event: Event, rows: Places, floor: float) -> Places:
    """Return one meeting at or above the floor for as many needs as can have one, by a flow."""
    reaching = rows[event.score[rows] >= floor]
    needs, suppliers = len(event.needs), len(event.suppliers)
    source, sink = needs + suppliers, needs + suppliers + 1
    heads = np.concatenate([np.full(needs, source), event.need[reaching], needs + np.arange(suppliers)])
    tails = np.concatenate([np.arange(needs), needs + event.supplier[reaching], np.full(suppliers, sink)])
    room = np.concatenate([np.minimum(event.high, 1), np.ones(len(reaching), dtype=np.int64), event.capacity]).astype(np.int32)
    keep = room > 0
    graph = sparse.csr_matrix((room[keep], (heads[keep], tails[keep])), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink).flow
    used = np.asarray(flow[event.need[reaching], needs + event.supplier[reaching]]).ravel() > 0
    return reaching[used]
