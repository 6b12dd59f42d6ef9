"""Who meets whom at an event: the best total under capacities with a certificate, or the fairest first."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from qiupu.errors import N_, InputError, PlatformError
from qiupu.matching.fairness import fair_solution
from qiupu.matching.feasibility import refuse_infeasible
from qiupu.matching.meetings import Best, Event, best_solution

Limit = int | Mapping[str, int]


@dataclass(frozen=True)
class Allocation:
    """Pairs that meet, and how good that is.

    Attributes
    ----------
    pairs : tuple of (need, supplier, score)
        In order of need and supplier.
    objective : float
        Sum of the pairs' scores.
    bound : float
        No allocation under the same limits has a larger sum (of a fair one: no allocation at all); it follows from
        the prices below by weak duality and can be checked without solving anything.
    optimal : bool
        Whether the sum reaches the bound, or, of a fair allocation, whether each step towards it was solved to the end.
    worst_off : float, optional
        The best meeting of the need that has the least; ``None`` when some need meets nobody.
    unmet : tuple of str
        Needs that meet nobody.
    price_of_fairness : float, optional
        The share of the largest sum that fairness gives up, 0 to 1; ``None`` when fairness was not asked for.
    need_prices, supplier_prices, team_prices : mapping
    room_price : float
        The certificate: what one more meeting of each would add, and one more in all when ``room`` is limited.
    """

    pairs: tuple[tuple[str, str, float], ...]
    objective: float
    bound: float
    optimal: bool
    worst_off: float | None
    unmet: tuple[str, ...]
    price_of_fairness: float | None
    need_prices: Mapping[str, float]
    supplier_prices: Mapping[str, float]
    room_price: float = 0.0
    team_prices: Mapping[str, float] = field(default_factory=dict)


def allocate(
    scores: Sequence[tuple[str, str, float]],
    *,
    need_min: Limit = 0,
    need_max: Limit = 3,
    supplier_max: Limit = 5,
    room: int | None = None,
    teams: Mapping[str, str] | None = None,
    team_max: Mapping[str, int] | None = None,
    exclude: Collection[tuple[str, str]] = (),
    fair: bool = False,
    levels: int = 20,
) -> Allocation:
    """Allocate meetings.

    Each need meets between ``need_min`` and ``need_max`` suppliers, each supplier at most ``supplier_max`` needs, each pair at
    most once, and only pairs that have a score and are not excluded. The linear programme is a network, so its
    corners are whole numbers. The order of ``scores`` does not matter.

    Parameters
    ----------
    scores : sequence of (need, supplier, score)
    need_min, need_max, supplier_max : int or mapping from id to int
        With a mapping, an id that is absent has 0, 3 and 5.
    room : int, optional
        Meetings in all at most: tables times slots, say. For a timetable see ``qiupu.matching.schedule``.
    teams : mapping from need to team, optional
        Needs that come with the same people; ``team_max`` says how many meetings these have time for in all (no limit for a team
        that it lacks).
    exclude : collection of (need, supplier)
        Conflicts of interest and the like.
    fair : bool
        First as many needs as can be meet somebody, then the least of their best meetings is as high as can be,
        then the fewest stand at each of the lowest ``levels`` steps of the scale, from the bottom up (lexicographic max-min);
        the total comes last.
    levels : int
        Steps of the scale for fairness; exact when there are no more different scores than that.

    Raises
    ------
    InputError
        When a limit is no whole number >= 0, a minimum is above its maximum, a pair stands twice, a score is not finite, or no
        allocation keeps the limits: then the error names the needs and suppliers that cannot be reconciled.

    Source
    ------
    Total unimodularity of bipartite b-matching: Schrijver 2003, Combinatorial Optimization, ch. 21; with nested limits on one
    side (need, team, room): laminar families, ibid. ch. 13. Lexicographic bottleneck
    assignment: Burkard and Rendl 1991, doi:10.1016/0167-6377(91)90046-R.
    """
    event = _event(scores, need_min, need_max, supplier_max, exclude=exclude, room=room)
    event = _with_teams(event, teams or {}, team_max or {})
    refuse_infeasible(event)
    best = best_solution(event)
    chosen, is_optimal = best.chosen, best.bound - best.objective <= 1e-6 * max(1.0, abs(best.bound))
    price: float | None = None
    if fair:
        chosen, is_optimal = fair_solution(event, levels=levels)
        lost = best.objective - float(event.score[chosen].sum())
        price = max(0.0, lost / best.objective) if best.objective > 0 else 0.0
    _check(event, chosen)
    return _allocation(event, chosen, best, is_optimal=is_optimal, price=price)


def _allocation(event: Event, chosen: NDArray[np.int64], best: Best, *, is_optimal: bool, price: float | None) -> Allocation:
    best_of = np.full(len(event.needs), -np.inf)
    np.maximum.at(best_of, event.need[chosen], event.score[chosen])
    unmet = tuple(event.needs[place] for place in np.flatnonzero(np.isinf(best_of)))
    objective = float(math.fsum(event.score[chosen]))
    return Allocation(
        pairs=tuple(
            (event.needs[event.need[row]], event.suppliers[event.supplier[row]], float(event.score[row])) for row in chosen
        ),
        objective=objective,
        bound=max(best.bound, objective),
        optimal=is_optimal,
        worst_off=None if unmet else float(best_of.min()),
        unmet=unmet,
        price_of_fairness=price,
        need_prices=_by_name(event.needs, best.prices.need),
        supplier_prices=_by_name(event.suppliers, best.prices.supplier),
        room_price=best.prices.room,
        team_prices=_by_name(event.teams, best.prices.team),
    )


def _by_name(names: Sequence[str], prices: NDArray[np.float64]) -> dict[str, float]:
    return {name: float(one) for name, one in zip(names, prices, strict=True)}


def _with_teams(event: Event, teams: Mapping[str, str], team_max: Mapping[str, int]) -> Event:
    """Return the event with the teams that have a limit."""
    names = sorted({teams[need] for need in event.needs if need in teams} & team_max.keys())
    place_of = {name: place for place, name in enumerate(names)}
    team = [place_of.get(teams[need], -1) if need in teams else -1 for need in event.needs]
    capacity = _limits("team_max", team_max, names, 0)
    return replace(event, teams=names, team=np.array(team, dtype=np.int64), team_capacity=capacity)


def _event(
    scores: Sequence[tuple[str, str, float]],
    need_min: Limit,
    need_max: Limit,
    supplier_max: Limit,
    *,
    exclude: Collection[tuple[str, str]],
    room: int | None,
) -> Event:
    if not scores:
        raise InputError(N_("There are no scores."), cure=N_("Give a row for each pair that may meet."), code="no-scores")
    needs = sorted({need for need, _, _ in scores})
    suppliers = sorted({supplier for _, supplier, _ in scores})
    row_of, column_of = ({name: place for place, name in enumerate(names)} for names in (needs, suppliers))
    excluded = set(exclude)
    seen: set[tuple[str, str]] = set()
    kept = []
    for need, supplier, score in scores:
        if (need, supplier) in seen:
            raise InputError(
                N_("The pair {need}, {supplier} stands twice."),
                cure=N_("Keep one score for each pair."),
                code="repeated-pair",
                need=need,
                supplier=supplier,
            )
        seen.add((need, supplier))
        if not math.isfinite(score):
            raise InputError(
                N_("The score of {need}, {supplier} is not a finite number."),
                cure=N_("Leave the pair out when it may not meet."),
                code="score",
                need=need,
                supplier=supplier,
            )
        if (need, supplier) not in excluded:
            kept.append((row_of[need], column_of[supplier], float(score)))
    kept.sort()
    low, high = _limits("need_min", need_min, needs, 0), _limits("need_max", need_max, needs, 3)
    for place in np.flatnonzero(low > high):
        raise InputError(
            N_("{need} shall meet at least {low} but at most {high} suppliers."),
            cure=N_("Lower the minimum or raise the maximum."),
            code="limits",
            need=needs[place],
            low=int(low[place]),
            high=int(high[place]),
        )
    return Event(
        needs,
        suppliers,
        np.array([one[0] for one in kept], dtype=np.int64),
        np.array([one[1] for one in kept], dtype=np.int64),
        np.array([one[2] for one in kept], dtype=np.float64),
        low,
        high,
        _limits("supplier_max", supplier_max, suppliers, 5),
        room,
    )


def _limits(name: str, limit: Limit, ids: Sequence[str], otherwise: int) -> NDArray[np.int64]:
    values = [limit if isinstance(limit, int) else limit.get(one, otherwise) for one in ids]
    for one, value in zip(ids, values, strict=True):
        if value < 0:
            raise InputError(
                N_("{id}: {name} is {value}, below 0."),
                cure=N_("Write a whole number that is not negative."),
                code="limits",
                id=one,
                name=name,
                value=value,
            )
    return np.array(values, dtype=np.int64)


def _check(event: Event, chosen: NDArray[np.int64]) -> None:
    """Hold the answer against the limits once more, whatever solved it."""
    met = np.bincount(event.need[chosen], minlength=len(event.needs))
    taken = np.bincount(event.supplier[chosen], minlength=len(event.suppliers))
    is_full = event.room is not None and len(chosen) > event.room
    busy = [int(met[event.team == place].sum()) for place in range(len(event.teams))]
    if (
        is_full
        or (busy > event.team_capacity).any()
        or (met < event.low).any()
        or (met > event.high).any()
        or (taken > event.capacity).any()
        or len(set(chosen)) != len(chosen)
    ):
        raise PlatformError(N_("The allocation that was found breaks a limit."), cure=N_("Please report this with the input."))
