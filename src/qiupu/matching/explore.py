"""Bounded exploration: now and then a newcomer is shown, in a known place, marked as such, and never far above its points.

Ranking by what was shown before keeps newcomers unseen for good. One place in ten may go to a newcomer that would
nearly have been listed; which one is drawn from the seed and the ids, so that the same list comes again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Exploration:
    """``share`` of the listed places that may go to newcomers (0 turns it off), within ``margin`` points of the last listed."""

    share: float = 0.1
    margin: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.share <= 0.5 and self.margin >= 0):
            raise ValueError("share must lie between 0 and 0.5, margin must not be negative")


def newcomers_to_show(
    about: str,
    ids: Sequence[str],
    points: Sequence[float],
    is_newcomer: Sequence[bool],
    *,
    top: int,
    seed: int,
    exploration: Exploration,
) -> list[int]:
    """Return the places (in ``ids``, which are in order of points) of newcomers that take the last listed places.

    Nothing is returned when everything is listed anyhow. A newcomer that is listed by its own points uses up a place of
    the share, so exploration never adds to what newcomers have already.
    """
    if len(ids) <= top or top < 2:
        return []
    room = round(exploration.share * top) - sum(is_newcomer[:top])
    floor = points[top - 1] - exploration.margin
    near = [place for place in range(top, len(ids)) if is_newcomer[place] and points[place] >= floor]
    near.sort(key=lambda place: hashlib.blake2b(f"{seed}\0{about}\0{ids[place]}".encode()).digest())
    return sorted(near[: max(room, 0)])
