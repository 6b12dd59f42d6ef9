"""Public sample, feedback and final: who sees what, fixed before the trial is sealed.

Items of one group stay together; forecasts and unbroken series are cut by time, so that feedback and final lie later
than the sample; classes are spread evenly where nothing else binds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from qiupu.errors import N_, InputError
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth

Part = Literal["public", "feedback", "final"]
PARTS: tuple[Part, ...] = ("public", "feedback", "final")


@dataclass(frozen=True)
class Split:
    """Which unit (id, series and time, query) is in which part."""

    public: tuple[str, ...]
    feedback: tuple[str, ...]
    final: tuple[str, ...]
    by: str
    seed: int

    def __post_init__(self) -> None:
        """Check that no unit is in two parts and the final part is not empty."""
        total = len(self.public) + len(self.feedback) + len(self.final)
        if len({*self.public, *self.feedback, *self.final}) != total:
            raise InputError(N_("A unit is in two parts."), cure=N_("Put each unit in one part."), code="split")
        if not self.final:
            raise InputError(N_("The final part is empty."), cure=N_("Give more groups, or a larger share to it."), code="split")

    def units(self, part: Part) -> tuple[str, ...]:
        """Return the units of a part."""
        return {"public": self.public, "feedback": self.feedback, "final": self.final}[part]

    def as_dict(self) -> dict[str, object]:
        """For programs; keep it secret but for the public part."""
        return {
            "public": list(self.public),
            "feedback": list(self.feedback),
            "final": list(self.final),
            "by": self.by,
            "seed": self.seed,
        }


def split(task: Task, truth: Truth, *, public: float = 0.2, feedback: float = 0.3, final: float = 0.5, seed: int = 0) -> Split:
    """Divide the units of a truth.

    Parameters
    ----------
    public, feedback, final : float
        Shares of the groups; they sum to 1, final is above 0.
    seed : int
        Keep it secret: it tells which item is in which part.

    Raises
    ------
    InputError
        When the shares are wrong, or there are fewer groups than parts.
    """
    shares = (public, feedback, final)
    if min(shares) < 0 or final <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise InputError(
            N_("The shares {shares} do not divide a whole."),
            cure=N_("Give three shares that sum to 1; the final one must be above 0."),
            code="split",
            shares=", ".join(str(share) for share in shares),
        )
    if task.kind == "forecast" or (task.kind == "anomaly" and task.block != "row" and not _has_many(task, truth)):
        by, groups = _by_time(task, truth)
    else:
        by, groups = _at_random(task, truth, seed)
    wanted = sum(share > 0 for share in shares)
    if len(groups) < wanted:
        raise InputError(
            N_("There are {count} groups ({by}), too few for {wanted} parts."),
            cure=N_("Bring more items, or leave a part out."),
            code="split",
            count=len(groups),
            by=by,
            wanted=wanted,
        )
    return _cut(groups, shares, by, seed)


def split_of(parts: Iterable[tuple[str, Part]], *, by: str = "given", seed: int = 0) -> Split:
    """Return a split that somebody else has made: pairs of unit and part."""
    found: dict[str, list[str]] = {part: [] for part in PARTS}
    for unit, part in parts:
        if part not in found:
            raise InputError(N_("There is no part {part}."), cure=N_("Use public, feedback or final."), code="split", part=part)
        found[part].append(unit)
    return Split(tuple(found["public"]), tuple(found["feedback"]), tuple(found["final"]), by, seed)


def _has_many(task: Task, truth: Truth) -> bool:
    column = "group" if task.group else "series"
    return column in truth.frame.columns and truth.frame[column].n_unique() >= len(PARTS)


def _by_time(task: Task, truth: Truth) -> tuple[str, list[list[str]]]:
    """Return the units of each instant (or day), in order; without times, of each row."""
    frame = truth.frame
    if "when" not in frame.columns:
        return "row order", [[unit] for unit in frame["unit"].to_list()]
    moment, by = frame["when"], "time"
    if isinstance(moment.dtype, pl.Datetime) and 10 <= moment.dt.date().n_unique() < moment.n_unique():
        moment, by = moment.dt.date(), "day"
    del task
    parts = frame.select("unit", moment=moment).group_by("moment", maintain_order=True).agg("unit").sort("moment")
    return by, parts["unit"].to_list()


def _at_random(task: Task, truth: Truth, seed: int) -> tuple[str, list[list[str]]]:
    rng = np.random.default_rng([seed, truth.n])
    column = "group" if task.group else "series" if _has_many(task, truth) and task.block != "row" else None
    frame = truth.frame.unique("unit", keep="first", maintain_order=True)
    if column is not None:
        units = frame.group_by(column, maintain_order=True).agg("unit")["unit"].to_list()
        return task.group or "series", [units[i] for i in rng.permutation(len(units))]
    order = rng.permutation(frame.height)
    names = frame["unit"].to_list()
    if task.kind in ("classification", "anomaly"):
        order = _evenly(frame["target"].cast(pl.String).to_list(), order)
    return "item", [[names[i]] for i in order]


def _evenly(classes: list[str], order: np.ndarray) -> np.ndarray:
    """Reorder so that every stretch holds the classes in their overall shares."""
    place: dict[str, int] = {}
    total = {name: classes.count(name) for name in set(classes)}
    position = np.empty(len(order))
    for step, i in enumerate(order):
        name = classes[i]
        position[step] = (place.get(name, 0) + 0.5) / total[name]
        place[name] = place.get(name, 0) + 1
    return np.asarray(order[np.argsort(position, kind="stable")])


def _cut(groups: list[list[str]], shares: tuple[float, float, float], by: str, seed: int) -> Split:
    sizes = np.cumsum([len(group) for group in groups])
    ends = np.cumsum(shares) * sizes[-1]
    first = _place(sizes, ends[0], wanted=shares[0] > 0, low=0, high=len(groups) - 1 - (shares[1] > 0))
    second = _place(sizes, ends[1], wanted=shares[1] > 0, low=first, high=len(groups) - 1)

    def flat(chosen: list[list[str]]) -> tuple[str, ...]:
        return tuple(unit for group in chosen for unit in group)

    return Split(flat(groups[:first]), flat(groups[first:second]), flat(groups[second:]), by, seed)


def _place(sizes: np.ndarray, end: float, *, wanted: bool, low: int, high: int) -> int:
    if not wanted:
        return low
    return int(min(max(int(np.searchsorted(sizes, end - 1e-9)) + 1, low + 1), high))


def overlap(first: Collection[str], second: Collection[str]) -> list[str]:
    """Return the units that two collections share, sorted."""
    return sorted(set(first) & set(second))
