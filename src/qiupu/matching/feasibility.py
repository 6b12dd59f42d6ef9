"""Whether the limits of an event can be kept at all, and if not, which of them cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from qiupu.errors import N_, InputError
from qiupu.matching.meetings import Event

SHOWN = 8


@dataclass(frozen=True)
class Names:
    """Ids in a sentence, of which the first few are written; a caller that knows better names may say these instead."""

    ids: tuple[str, ...]

    def __str__(self) -> str:
        return self.joined(self.ids, ", ")

    def joined(self, names: Sequence[str], comma: str) -> str:
        """Return these names for the ids in one line."""
        shown = comma.join(names[:SHOWN])
        return f"{shown} … ({len(names)})" if len(names) > SHOWN else shown


def refuse_infeasible(event: Event) -> None:
    """Raise ``InputError`` (code ``infeasible``) when the minima cannot all be met, naming who cannot be reconciled.

    By the theorem of max-flow and min-cut there is then a set of needs whose suppliers have, together, too few places (Hall's
    condition with capacities); the smallest such cut at the source's side is named.
    """
    _refuse_nothing_to_do(event)
    wanted = int(event.low.sum())
    if wanted == 0:
        return
    if event.room is not None and wanted > event.room:
        raise InputError(
            N_("The needs shall have {wanted} meetings together, but there is room for {room} in all."),
            cure=N_("Lower need-min, or add tables or slots."),
            code="infeasible",
            wanted=wanted,
            room=event.room,
        )
    _refuse_busy_team(event)
    needs, suppliers = len(event.needs), len(event.suppliers)
    source, sink = needs + suppliers, needs + suppliers + 1
    heads = np.concatenate([np.full(needs, source), event.need, needs + np.arange(suppliers)])
    tails = np.concatenate([np.arange(needs), needs + event.supplier, np.full(suppliers, sink)])
    room = np.concatenate([event.low, np.ones(len(event.need), dtype=np.int64), event.capacity]).astype(np.int32)
    keep = room > 0
    graph = sparse.csr_matrix((room[keep], (heads[keep], tails[keep])), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, source, sink)
    if flow.flow_value >= wanted:
        return
    rest = graph - flow.flow
    rest.data = np.maximum(rest.data, 0)
    rest.eliminate_zeros()
    reached = np.zeros(sink + 1, dtype=bool)
    reached[breadth_first_order(rest, source, return_predecessors=False)] = True
    _refuse(event, np.flatnonzero(reached[:needs]), np.flatnonzero(reached[needs : needs + suppliers]))


def _refuse_nothing_to_do(event: Event) -> None:
    if not len(event.need):
        raise InputError(
            N_("Every pair is excluded, so nobody can meet."), cure=N_("Exclude fewer pairs, or add scores."), code="infeasible"
        )
    room = np.array([1 if event.room is None else event.room])
    for values, name in ((event.high, "need-max"), (event.capacity, "supplier-max"), (room, "room")):
        if not values.any():
            raise InputError(
                N_("{name} is 0, so nobody can meet."), cure=N_("Allow at least one meeting."), code="infeasible", name=name
            )


def _refuse_busy_team(event: Event) -> None:
    """Refuse a team whose needs' minima exceed its time; below it, a team is never what stands in the way of minima."""
    for place, room in enumerate(event.team_capacity):
        needs = np.flatnonzero(event.team == place)
        wanted = int(event.low[needs].sum())
        if wanted > room:
            raise InputError(
                N_("The needs {needs} come with one team and shall have {wanted} meetings together, but it has time for {room}."),
                cure=N_("Lower need-min for them, add slots, or let another team come with one of them."),
                code="infeasible",
                needs=_names(event.needs, needs),
                wanted=wanted,
                room=int(room),
            )


def _refuse(event: Event, needs: NDArray[np.int64], suppliers: NDArray[np.int64]) -> None:
    members = np.isin(event.need, needs)
    alone = [place for place in needs if int((event.need == place).sum()) < event.low[place]]
    if alone:
        place = alone[0]
        raise InputError(
            N_("{need} shall meet at least {low} suppliers, but only {count} may meet it."),
            cure=N_("Lower need-min for it, exclude fewer pairs, or add scores for more suppliers."),
            code="infeasible",
            need=event.needs[place],
            low=int(event.low[place]),
            count=int((event.need == place).sum()),
        )
    direct = int((members & ~np.isin(event.supplier, suppliers)).sum())
    raise InputError(
        N_("The needs {needs} shall have {wanted} meetings together, but the suppliers that may meet them have places for {room}."),
        cure=N_("Lower need-min, raise supplier-max for {suppliers}, or exclude fewer pairs."),
        code="infeasible",
        needs=_names(event.needs, needs),
        wanted=int(event.low[needs].sum()),
        room=int(event.capacity[suppliers].sum()) + direct,
        suppliers=_names(event.suppliers, suppliers),
    )


def _names(names: list[str], places: NDArray[np.int64]) -> Names:
    return Names(tuple(names[place] for place in places))
