"""Meetings into slots when everybody is there all the time: a colouring of the edges of a bipartite graph.

As many slots suffice as the busiest participant has meetings (Kőnig 1916), so a choice of meetings that keeps everybody's limit
always has a timetable, and slots can be made equally full (McDiarmid 1972): choosing and timing need not be solved together.
Both hold for parallel edges as well: a team with two needs may meet a supplier twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]


class _Colouring:
    """Who meets whom in each slot: ``by_need[need][slot]`` and ``by_supplier[supplier][slot]`` hold edges or -1."""

    def __init__(self, need: Sequence[int], supplier: Sequence[int], slots: int) -> None:
        self.ends = list(zip(need, supplier, strict=True))
        self.slots = slots
        self.slot = [-1] * len(self.ends)
        self.at = (_empty(need, slots), _empty(supplier, slots))

    def add(self, edge: int) -> None:
        """Give an edge a slot, moving others along a chain when its two ends have no free slot in common."""
        need, supplier = self.ends[edge]
        free = [slot for slot in range(self.slots) if self.at[0][need][slot] < 0]
        for slot in free:
            if self.at[1][supplier][slot] < 0:
                return self._put(edge, slot)
        other = next(slot for slot in range(self.slots) if self.at[1][supplier][slot] < 0)
        self.flip(self.chain(1, supplier, free[0], other), free[0], other)
        return self._put(edge, free[0])

    def chain(self, side: int, place: int, first: int, second: int) -> list[int]:
        """Return the edges of the path that leaves a participant by ``first`` and goes on by ``second`` and ``first`` in turn."""
        found: list[int] = []
        slot = first
        while (edge := self.at[side][place][slot]) >= 0:
            found.append(edge)
            side = 1 - side
            place = self.ends[edge][side]
            slot = second if slot == first else first
        return found

    def flip(self, edges: Sequence[int], first: int, second: int) -> None:
        """Exchange two slots along a path."""
        before = [self.slot[edge] for edge in edges]
        for edge, slot in zip(edges, before, strict=True):
            self.at[0][self.ends[edge][0]][slot] = self.at[1][self.ends[edge][1]][slot] = -1
        for edge, slot in zip(edges, before, strict=True):
            self._put(edge, second if slot == first else first)

    def _put(self, edge: int, slot: int) -> None:
        self.slot[edge] = slot
        self.at[0][self.ends[edge][0]][slot] = self.at[1][self.ends[edge][1]][slot] = edge

    def level(self, tables: int) -> None:
        """Move meetings out of slots with more than ``tables`` of them; there must be room for all."""
        while True:
            sizes = np.bincount(self.slot, minlength=self.slots)
            full, thin = int(np.argmax(sizes)), int(np.argmin(sizes))
            if sizes[full] <= tables:
                return
            self.flip(self._surplus(full, thin), full, thin)

    def _surplus(self, full: int, thin: int) -> list[int]:
        """Return a path that has one meeting more in ``full`` than in ``thin``: it begins and ends with one in ``full``."""
        for edge, slot in enumerate(self.slot):
            if slot != full:
                continue
            for side in (0, 1):
                place = self.ends[edge][side]
                if self.at[side][place][thin] < 0:
                    path = self.chain(side, place, full, thin)
                    if len(path) % 2 == 1:
                        return path
        raise AssertionError("of two slots the fuller has such a path")


def _empty(places: Sequence[int], slots: int) -> list[list[int]]:
    return [[-1] * slots for _ in range(max(places, default=-1) + 1)]


def slots_of(need: Sequence[int], supplier: Sequence[int], slots: int, tables: int | None = None) -> list[int]:
    """Return a slot for each meeting so that nobody is in two at once, and no slot has more than ``tables``.

    Parameters
    ----------
    need, supplier : sequences of int
        The two ends of each meeting; nobody has more than ``slots``, and all together not more than ``slots * tables``.
    """
    colouring = _Colouring(need, supplier, slots)
    for edge in range(len(colouring.ends)):
        colouring.add(edge)
    if tables is not None and colouring.ends:
        colouring.level(tables)
    return colouring.slot
