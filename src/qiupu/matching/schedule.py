"""Who meets whom in which slot: an allocation with a timetable.

When everybody is there all the time, every best allocation has a timetable (see ``colouring``), so its certificate stands; a team
that comes with several needs is one vertex there, with as many meetings in all as there are slots. When some are away at times,
or come with a need and as a supplier as well, the best allocation that forgets the slots is tried first; when it has a timetable,
it is the best of all, else an integer programme over meetings and slots is solved under a limit of nodes (not of time: the answer
must not depend on the machine), with its bound.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qiupu.errors import N_, InputError
from qiupu.matching.allocate import Allocation, Limit, allocate
from qiupu.matching.colouring import slots_of
from qiupu.matching.slotting import Grid, place_best, refuse_short

Score = tuple[str, str, float]


@dataclass(frozen=True)
class Slots:
    """When the meetings are, and how many at once.

    Parameters
    ----------
    names : tuple of str
        The slots in order, each name once.
    tables : int, optional
        Meetings at the same time at most; no limit when ``None``.
    needs_away, suppliers_away : mapping from id to slots
        When somebody cannot come.
    teams : mapping from need to team
        Needs that come with the same people, who sit at one table at a time; a need that is absent has its own.
    supplier_teams : mapping from supplier to team
        Suppliers whose people come with needs as well.
    """

    names: tuple[str, ...]
    tables: int | None = None
    needs_away: Mapping[str, Collection[str]] = field(default_factory=dict)
    suppliers_away: Mapping[str, Collection[str]] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    supplier_teams: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        twice = [name for name, count in Counter(self.names).items() if count > 1]
        if not self.names or twice:
            raise InputError(
                N_("The slot {slot} stands twice.") if twice else N_("The event has no slots."),
                cure=N_("Give each slot its own name, and at least one slot."),
                code="slots",
                slot=twice[0] if twice else "",
            )
        if self.tables is not None and self.tables < 1:
            raise InputError(
                N_("With {tables} tables nobody can meet."), cure=N_("Give at least one table."), code="slots", tables=self.tables
            )
        for side in (self.needs_away, self.suppliers_away):
            for one, slots in sorted(side.items()):
                for slot in sorted(set(slots) - set(self.names)):
                    raise _unknown_slot(one, slot)


@dataclass(frozen=True)
class Meeting:
    """One meeting; tables are numbered from 1 within a slot. Of a meeting that is fixed beforehand the table does not count."""

    slot: str
    table: int
    need: str
    supplier: str
    score: float = 0.0


@dataclass(frozen=True)
class Timetable:
    """Meetings in order of slot and table, and the allocation that they make up, with its certificate."""

    meetings: tuple[Meeting, ...]
    allocation: Allocation


def schedule(
    scores: Sequence[Score],
    *,
    slots: Slots,
    need_min: Limit = 0,
    need_max: Limit = 3,
    supplier_max: Limit = 5,
    exclude: Collection[tuple[str, str]] = (),
    fair: bool = False,
    levels: int = 20,
    fixed: Sequence[Meeting] = (),
) -> Timetable:
    """Allocate meetings and give each a slot and a table.

    Parameters
    ----------
    fixed : sequence of Meeting
        Meetings that are settled already; they count for all limits and keep their slot.
    scores, need_min, need_max, supplier_max, exclude, fair, levels
        As in ``allocate``. Where slots are short a fair allocation may have to give way to them; it then says
        that it is not proven optimal.

    Raises
    ------
    InputError
        As ``allocate``; and when a fixed meeting cannot be, or the slots are too few for the minima: the error
        names which need and by how much.
    """
    grid = _grid(slots, fixed, exclude)
    pairs = {(one.need, one.supplier) for one in fixed}
    excluded = {*exclude, *pairs}
    needs = sorted({*(need for need, _, _ in scores), *(one.need for one in fixed)})
    suppliers = sorted({*(supplier for _, supplier, _ in scores), *(one.supplier for one in fixed)})
    low = _less(_by_id(need_min, needs, 0), Counter(one.need for one in fixed))
    high = _less(_by_id(need_max, needs, 3), Counter(one.need for one in fixed))
    room = _less(_by_id(supplier_max, suppliers, 5), Counter(one.supplier for one in fixed))
    _refuse_absent(low, {name: grid.free_of_need(name) for name in needs})
    high = {name: min(value, grid.free_of_need(name)) for name, value in high.items()}
    room = {name: min(value, grid.free_of_supplier(name)) for name, value in room.items()}
    if fixed and (all(one[:2] in excluded or not high[one[0]] or not room[one[1]] for one in scores) or grid.room == 0):
        return _with_fixed(_nothing(needs), fixed, slots, [])
    found = allocate(
        scores,
        need_min=low,
        need_max=high,
        supplier_max=room,
        room=grid.room,
        teams=grid.teams,
        team_max=grid.free_of_teams(needs),
        exclude=excluded,
        fair=fair,
        levels=levels,
    )
    kept = [one for one in scores if one[:2] not in excluded]
    found, placed = _placed(found, kept, grid, (low, high, room), fair=fair)
    return _with_fixed(found, fixed, slots, placed)


def _placed(
    found: Allocation,
    scores: Sequence[Score],
    grid: Grid,
    limits: tuple[Mapping[str, int], Mapping[str, int], Mapping[str, int]],
    *,
    fair: bool,
) -> tuple[Allocation, list[str]]:
    """Return an allocation that has a timetable, and the slot of each of its pairs."""
    if grid.is_open:
        teams, suppliers = sorted({grid.sitting(one[0]) for one in found.pairs}), sorted({one[1] for one in found.pairs})
        row_of = {team: place for place, team in enumerate(teams)}
        column_of = {name: place for place, name in enumerate(suppliers)}
        ends = [row_of[grid.sitting(one[0])] for one in found.pairs], [column_of[one[1]] for one in found.pairs]
        return found, [grid.names[slot] for slot in slots_of(*ends, len(grid.names), grid.tables)]
    first = place_best(found.pairs, grid, *limits, keep_all=True)
    if first is not None:
        return found, [first.slot[pair[:2]] for pair in found.pairs]
    best = place_best(sorted(scores), grid, *limits, serve_first=fair)
    if best is None:
        raise refuse_short(sorted(scores), grid, *limits)
    pairs = tuple(one for one in sorted(scores) if one[:2] in best.slot)
    objective = math.fsum(one[2] for one in pairs)
    bound = found.bound if best.bound is None else min(found.bound, best.bound)
    changed = replace(
        _figures(found, pairs),
        objective=objective,
        bound=max(bound, objective),
        optimal=not fair and bound - objective <= 1e-6 * max(1.0, abs(bound)),
        price_of_fairness=max(0.0, 1 - objective / bound) if fair and bound > 0 else found.price_of_fairness,
    )
    return changed, [best.slot[pair[:2]] for pair in pairs]


def _with_fixed(found: Allocation, fixed: Sequence[Meeting], slots: Slots, placed: Sequence[str]) -> Timetable:
    meetings = [Meeting(slot, 0, *pair) for slot, pair in zip(placed, found.pairs, strict=True)] + list(fixed)
    extra = math.fsum(one.score for one in fixed)
    pairs = tuple(sorted((one.need, one.supplier, one.score) for one in meetings))
    whole = replace(_figures(found, pairs), objective=found.objective + extra, bound=found.bound + extra)
    return Timetable(_at_tables(meetings, slots), whole)


def _figures(found: Allocation, pairs: tuple[Score, ...]) -> Allocation:
    """Return the allocation with other pairs, and who is worst off in them."""
    best: dict[str, float] = dict.fromkeys(found.need_prices, -math.inf)
    for need, _, score in pairs:
        best[need] = max(best.get(need, -math.inf), score)
    unmet = tuple(sorted(name for name, value in best.items() if value == -math.inf))
    return replace(found, pairs=pairs, unmet=unmet, worst_off=None if unmet or not best else min(best.values()))


def _at_tables(meetings: Sequence[Meeting], slots: Slots) -> tuple[Meeting, ...]:
    """Number the tables of each slot; whoever has a need, or several, stays at a table where it can."""
    last: dict[str, int] = {}
    seat = {one.need: slots.teams.get(one.need, one.need) for one in meetings}
    placed = []
    for slot in slots.names:
        here = sorted((one for one in meetings if one.slot == slot), key=lambda one: (one.need, one.supplier))
        taken: dict[int, Meeting] = {}
        for one in here:
            if 0 < last.get(seat[one.need], 0) <= (slots.tables or len(here)) and last[seat[one.need]] not in taken:
                taken[last[seat[one.need]]] = one
        free = iter(table for table in range(1, len(meetings) + 1) if table not in taken)
        waiting = [one for one in here if one not in taken.values()]
        taken.update({next(free): one for one in waiting})
        for table, one in sorted(taken.items()):
            last[seat[one.need]] = table
            placed.append(replace(one, table=table))
    return tuple(placed)


def _grid(slots: Slots, fixed: Sequence[Meeting], exclude: Collection[tuple[str, str]]) -> Grid:
    """Return what is free, after the fixed meetings, each of which must be possible."""
    away_needs = {name: set(some) for name, some in slots.needs_away.items() if some}
    away_suppliers = {name: set(some) for name, some in slots.suppliers_away.items() if some}
    used = Counter[str]()
    seen: set[tuple[str, str]] = set()
    for one in fixed:
        if one.slot not in slots.names:
            raise _unknown_slot(one.need, one.slot)
        held_need, held_supplier = away_needs.setdefault(one.need, set()), away_suppliers.setdefault(one.supplier, set())
        pair = (one.need, one.supplier)
        used[one.slot] += 1
        is_full = slots.tables is not None and used[one.slot] > slots.tables
        if one.slot in held_need | held_supplier or pair in seen or pair in set(exclude) or is_full:
            raise InputError(
                N_("The fixed meeting of {need} and {supplier} in {slot} cannot be: one of them is taken or away, the pair is "
                   "excluded or stands twice, or no table is left."),
                cure=N_("Release it, or move it to another slot."),
                code="fixed",
                need=one.need,
                supplier=one.supplier,
                slot=one.slot,
            )  # fmt: skip
        seen.add(pair)
        busy = {slots.teams.get(one.need), slots.supplier_teams.get(one.supplier)} - {None}
        for teams, away in ((slots.teams, away_needs), (slots.supplier_teams, away_suppliers)):
            for mate in (name for name, team in teams.items() if team in busy):
                away.setdefault(mate, set()).add(one.slot)
        held_need.add(one.slot)
        held_supplier.add(one.slot)
    return Grid(slots.names, slots.tables, used, away_needs, away_suppliers, slots.teams, slots.supplier_teams)


def _by_id(limit: Limit, ids: Sequence[str], otherwise: int) -> dict[str, int]:
    return {one: limit if isinstance(limit, int) else limit.get(one, otherwise) for one in ids}


def _less(limits: Mapping[str, int], taken: Mapping[str, int]) -> dict[str, int]:
    return {name: value if value < 0 else max(0, value - taken.get(name, 0)) for name, value in limits.items()}


def _refuse_absent(low: Mapping[str, int], free: Mapping[str, int]) -> None:
    for name, least in sorted(low.items()):
        if least > free[name]:
            raise InputError(
                N_("{need} shall have {low} more meetings, but is free in {free} slots only."),
                cure=N_("Lower need-min for it, or add slots in which it can come."),
                code="infeasible",
                need=name,
                low=least,
                free=free[name],
            )


def _nothing(needs: Sequence[str]) -> Allocation:
    return Allocation((), 0.0, 0.0, True, None, tuple(needs), None, dict.fromkeys(needs, 0.0), {})


def _unknown_slot(name: str, slot: str) -> InputError:
    return InputError(
        N_("{id}: the event has no slot {slot}."),
        cure=N_("Write the slot as the event names it."),
        code="slots",
        id=name,
        slot=slot,
    )
