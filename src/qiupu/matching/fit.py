"""How the structure of a need and of a capability fit: visible features, each met, contradicted, or not known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from qiupu.errors import N_, InputError
from qiupu.matching.items import FEATURES, Capability, Need, Record
from qiupu.matching.sizes import asked_sizes, budget_said, compare_sizes, offered_sizes, price_said
from qiupu.text.places import region_code

Array = NDArray[np.float32]
EVERYWHERE = "*"
SETS = ("field", "region", "deployment", "certificates")
SENTENCES = {
    ("field", True): N_("It works in the field that is asked for."),
    ("field", False): N_("It works in other fields."),
    ("budget", True): N_("Its price is within the budget."),
    ("budget", False): N_("Its lowest price is above the budget."),
    ("region", True): N_("It works in the region."),
    ("region", False): N_("It names other regions."),
    ("deployment", True): N_("It can be deployed as asked."),
    ("deployment", False): N_("It cannot be deployed as asked."),
    ("certificates", True): N_("It holds the certificates that are asked for."),
    ("certificates", False): N_("Certificates that are asked for are missing."),
    ("capacity", True): N_("It can take on the project."),
    ("capacity", False): N_("It can take on no further project now."),
    ("quantity", True): N_("The sizes that it states reach what is asked for."),
    ("quantity", False): N_("A size that it states falls short of what is asked for."),
}


_DEPLOYMENTS = {
    **dict.fromkeys(
        ("on-premise", "on premises", "on premise", "本地", "本地部署", "本地化部署", "私有化", "私有化部署"), "on-premises"
    ),
    **dict.fromkeys(("云", "云端", "云部署", "公有云", "saas", "cloud-based"), "cloud"),
    **dict.fromkeys(("边缘", "边缘部署", "边缘计算"), "edge"),
}
"""What the forms of deployment are also called; another word is compared as it is written."""


@dataclass(frozen=True)
class Weights:
    """Points of each feature when met and when contradicted; a relevant text has about 4, an irrelevant one about -2.

    ``record`` is the most that trials and projects can add; ``record_half`` how many passed trials add half of it (an accepted
    project counts as two), so that success brings less and less and popularity cannot feed on itself. ``meaning`` and
    ``words`` multiply what the texts say.
    """

    met: tuple[float, ...] = (0.8, 0.4, 0.4, 0.4, 0.5, 0.0, 0.3)
    contradicted: tuple[float, ...] = (-0.8, -1.2, -0.8, -1.0, -1.0, -1.5, -0.5)
    record: float = 1.2
    record_half: float = 3.0
    meaning: float = 1.0
    words: float = 1.0

    def __post_init__(self) -> None:
        values = (*self.met, *self.contradicted, self.record, self.record_half, self.meaning, self.words)
        if len(self.met) != len(FEATURES) or len(self.contradicted) != len(FEATURES) or not all(map(math.isfinite, values)):
            raise InputError(
                N_("These are no weights: {count} finite numbers for met and for contradicted features are needed."),
                cure=N_("Use the weights as they were stored, or the defaults."),
                code="weights",
                count=len(FEATURES),
            )

    def as_dict(self) -> dict[str, float | list[float]]:
        """The same for storing; ``from_dict`` reads it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Weights:
        """Return stored weights; what is absent has its default.

        Raises
        ------
        InputError
            When a name or a value is none of a weight.
        """
        try:
            read: dict[str, Any] = {
                name: tuple(map(float, one)) if isinstance(one, list | tuple) else float(str(one)) for name, one in stored.items()
            }
            return cls(**read)
        except (TypeError, ValueError) as error:
            raise InputError(
                N_("These are no weights: {reason}"),
                cure=N_("Use the weights as they were stored, or the defaults."),
                code="weights",
                reason=str(error),
            ) from error

    def of(self, feature: str) -> tuple[float, float]:
        """Return the points of a feature: met, contradicted."""
        place = FEATURES.index(feature)
        return self.met[place], self.contradicted[place]


def tidy(code: str) -> str:
    """Return a code as it is compared."""
    return code.strip().casefold()


def _with_ancestors(codes: Sequence[str]) -> list[str]:
    """Return region codes with the regions around them: ``341702`` lies in ``3417`` and ``34``, ``安徽/池州`` in ``安徽``."""
    found: list[str] = []
    for place in codes:
        found.append(place)
        if place.isdigit():
            found += [place[:size] for size in (2, 4) if size < len(place)]
        parts = place.split("/")
        found += ["/".join(parts[:size]) for size in range(1, len(parts))]
    return found


class Side:
    """The structure of all needs, or of all capabilities, as arrays.

    Parameters
    ----------
    items : sequence
        All of one kind.
    like : Side, optional
        The other side, when that one is already laid out: codes are numbered as there.
    texts : sequence of str, optional
        The items' texts, when the caller has them.
    """

    def __init__(
        self,
        items: Sequence[Need | Capability],
        weights: Weights,
        like: Side | None = None,
        texts: Sequence[str] | None = None,
    ) -> None:
        texts = [one.text for one in items] if texts is None else texts
        self.size = len(items)
        self.weights = weights
        self.known: dict[tuple[str, str], int] = {} if like is None else like.known
        self._grows = like is None
        self.codes: dict[str, sparse.csr_matrix] = {}
        self.count: dict[str, Array] = {}
        for name in SETS:
            self._lay_out(name, [_codes_of(one, name) for one in items])
        width = len(self.known) if like is None else next(iter(like.codes.values())).shape[1]
        for name, matrix in self.codes.items():
            self.codes[name] = sparse.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(self.size, width))
        self.everywhere = np.array([EVERYWHERE in map(region_code, one.regions) for one in items], dtype=bool)
        self.money = np.array([_money(one, text) for one, text in zip(items, texts, strict=True)], dtype=np.float64)
        self.sizes = (asked_sizes if items and isinstance(items[0], Need) else offered_sizes)(texts)
        self.has_sizes: NDArray[np.bool_] = np.logical_not(np.isnan(self.sizes).all(axis=(1, 2)))
        self.capacity = np.array([_capacity(one) for one in items], dtype=np.float64)
        self.record = np.array([self._record(one) for one in items], dtype=np.float32)
        self.must = np.array(
            [[name in one.must for name in FEATURES] if isinstance(one, Need) else [False] * len(FEATURES) for one in items],
            dtype=bool,
        ).reshape(-1, len(FEATURES))
        self.organisation = np.array([self._organisation(one.organisation) for one in items], dtype=np.int64)

    @cached_property
    def says_nothing(self) -> bool:
        """Whether no item states any structure."""
        return bool(self._silent.all())

    def says_nothing_at(self, place: int) -> bool:
        """Whether one item states no structure."""
        return bool(self._silent[place])

    @cached_property
    def _silent(self) -> NDArray[np.bool_]:
        stated = np.sum([count > 0 for count in self.count.values()], axis=0) > 0
        numbers = ~np.isnan(self.money) | ~np.isnan(self.capacity) | (self.record != 0) | self.has_sizes
        return np.asarray(~(stated | numbers | (self.organisation >= 0)), dtype=bool)

    @cached_property
    def unknown(self) -> Fit:
        """The fit of all items when nothing is known."""
        shape = (len(FEATURES), self.size)
        nothing, never = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=bool)
        return Fit(nothing, nothing, nothing[0], never, never[0], is_silent=True)

    def _lay_out(self, name: str, sets: Sequence[Sequence[str]]) -> None:
        columns, indptr = [], [0]
        for codes in sets:
            for code in codes:
                if self._grows:
                    columns.append(self.known.setdefault((name, code), len(self.known)))
                elif (name, code) in self.known:
                    columns.append(self.known[name, code])
            indptr.append(len(columns))
        width = len(self.known)
        ones = np.ones(len(columns), dtype=np.float32)
        self.codes[name] = sparse.csr_matrix((ones, np.array(columns, dtype=np.int32), np.array(indptr)), shape=(self.size, width))
        self.count[name] = np.array([len(codes) for codes in sets], dtype=np.float32)

    def _organisation(self, name: str | None) -> int:
        if not name:
            return -1
        if self._grows:
            return self.known.setdefault(("organisation", name), len(self.known))
        return self.known.get(("organisation", name), -1)

    def _record(self, one: Need | Capability) -> float:
        if isinstance(one, Need) or one.record is None:
            return 0.0
        return self.weights.record * record_share(one.record, self.weights.record_half)


def record_share(record: Record | None, half: float) -> float:
    """Return what a record earns of the most that it can, 0 to 1: success, and enough of it."""
    if record is None:
        return 0.0
    good = record.trials_passed + 2 * record.projects_accepted
    tried = good + record.trials_failed
    return good / tried * good / (good + half) if tried and good else 0.0


def _codes_of(one: Need | Capability, name: str) -> list[str]:
    if name == "field":
        codes: Sequence[str] = ((one.field,) if one.field else ()) if isinstance(one, Need) else one.fields
    elif name == "region":
        places = [region_code(code) for code in one.regions if code.strip()]
        codes = _with_ancestors(places) if isinstance(one, Need) else places
    elif name == "deployment":
        codes = [_DEPLOYMENTS.get(tidy(code), code) for code in one.deployment]
    else:
        codes = one.certificates
    return list(dict.fromkeys(tidy(code) for code in codes if code.strip()))


def _money(one: Need | Capability, text: str) -> float:
    if isinstance(one, Need):
        amount = one.budget_cny or budget_said(text)
    else:
        amount = one.price_low_cny or one.price_high_cny or price_said(text)
    return np.nan if amount is None else amount


def _capacity(one: Need | Capability) -> float:
    return np.nan if isinstance(one, Need) or one.capacity is None else one.capacity


@dataclass(frozen=True)
class Fit:
    """The structure of one asking item against items of the pool, in their order.

    ``states`` has shape ``(len(FEATURES), items)``: 1 met, -1 contradicted, 0 not asked for or not known, between for
    some of several certificates. ``points`` has the same shape; ``record`` holds the points for trials and projects.
    """

    states: Array
    points: Array
    record: Array
    forbidden: NDArray[np.bool_]
    own: NDArray[np.bool_]
    is_silent: bool = False
    """Whether nothing is known of any pair, and all of it is 0."""


def fit(asking: Side, place: int, pool: Side, *, asking_is_need: bool, rows: NDArray[np.int64] | None = None) -> Fit:
    """Hold one asking item against some rows of the pool, or the whole of it; the result is in the order of the rows."""
    if pool.says_nothing and asking.says_nothing_at(place):
        return pool.unknown
    some = slice(None) if rows is None or len(rows) == pool.size else rows
    size = pool.size if isinstance(some, slice) else len(some)
    states = np.zeros((len(FEATURES), size), dtype=np.float32)
    for name in SETS:
        if asking.count[name][place]:  # else nothing is asked or stated: not known for any pair
            states[FEATURES.index(name)] = _sets_fit(name, asking, place, pool, some, asking_is_need=asking_is_need)
    if not np.isnan(asking.money[place]):
        own, theirs = float(asking.money[place]), pool.money[some]
        fits = theirs <= own if asking_is_need else own <= theirs
        states[FEATURES.index("budget")] = np.where(np.isnan(theirs), 0, np.where(fits, 1, -1))
    capacity = pool.capacity[some] if asking_is_need else asking.capacity[place]
    states[FEATURES.index("capacity")] = np.where(np.isnan(capacity), 0, np.where(capacity > 0, 1, -1))
    if asking.has_sizes[place]:
        mine, others = np.asarray(asking.sizes)[place][None], np.asarray(pool.sizes)[some]
        states[FEATURES.index("quantity")] = compare_sizes(*((mine, others) if asking_is_need else (others, mine)))
    must: NDArray[np.bool_] = asking.must[place].reshape(-1, 1) if asking_is_need else pool.must[some].T
    met = np.array(pool.weights.met, dtype=np.float32)[:, None]
    contradicted = np.array(pool.weights.contradicted, dtype=np.float32)[:, None]
    organisation = pool.organisation[some]
    return Fit(
        states,
        np.where(states > 0, states * met, -states * contradicted).astype(np.float32),
        pool.record[some] if asking_is_need else np.full(size, asking.record[place], dtype=np.float32),
        must & (states < 0),
        (organisation == asking.organisation[place]) & (organisation >= 0),
    )


def _sets_fit(
    name: str, asking: Side, place: int, pool: Side, some: slice | NDArray[np.int64], *, asking_is_need: bool
) -> NDArray[np.floating[Any]]:
    wanted = np.zeros(pool.codes[name].shape[1], dtype=np.float32)
    begin, end = asking.codes[name].indptr[place : place + 2]
    wanted[asking.codes[name].indices[begin:end]] = 1
    shared = (pool.codes[name] if isinstance(some, slice) else pool.codes[name][some]) @ wanted
    count = pool.count[name][some]
    if name == "certificates":
        value = 2 * shared / np.maximum(asking.count[name][place] if asking_is_need else count, 1) - 1
    else:
        everywhere = (pool.everywhere[some] if asking_is_need else asking.everywhere[place]) if name == "region" else False
        value = np.where((shared > 0) | everywhere, 1.0, -1.0)
    return np.where(count > 0, value, 0)
