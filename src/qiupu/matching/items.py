"""What is matched: needs of owners and capabilities of suppliers, with whatever structure is known of each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

from qiupu.errors import N_, InputError
from qiupu.text import MAX_CHARS, plain

FEATURES = ("field", "budget", "region", "deployment", "certificates", "capacity", "quantity")
"""The structured features; each may also be named in ``Need.must``, and then it filters. ``quantity`` compares sizes (area, power,
mass, length, time) that the two texts state."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a supplier has shown so far; counts of facts, all at least 0.

    ``shown`` is how often the capability was put before an owner: it tells a newcomer from one that was passed over.
    """

    trials_passed: int = 0
    trials_failed: int = 0
    projects_accepted: int = 0
    shown: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or value < 0:
                raise InputError(
                    N_("{name} must be a whole number that is not negative, not {value}."),
                    cure=N_("Correct the value, or leave it empty when it is not known."),
                    code="count",
                    name=field.name,
                    value=value,
                )

    @property
    def is_newcomer(self) -> bool:
        """No trial, no project, and seldom shown."""
        return self.trials_passed + self.trials_failed + self.projects_accepted == 0 and self.shown < 5


@dataclass(frozen=True, slots=True)
class Need:
    """What an owner needs. Empty tuples and ``None`` mean "not stated", never "none" or 0.

    Parameters
    ----------
    id : str
    title, body : str
        In any language; markup is taken out, and what follows after ``MAX_CHARS`` characters is not read.
    field : str, optional
        Code of the field, ``smart-tourism`` say.
    budget_cny : float, optional
        The most that may be spent, > 0; when it is ``None``, a budget that the text names counts.
    regions, deployment, certificates : tuple of str
        Where it is done (names or codes of GB/T 2260); what forms of deployment are accepted; which certificates are asked for.
    must : tuple of str
        Features of ``FEATURES`` on which a contradiction excludes (and is reported), rather than costs points.
    organisation : str, optional
        Owner; a supplier is not shown its own need.
    """

    id: str
    title: str = ""
    body: str = ""
    field: str | None = None
    budget_cny: float | None = None
    regions: tuple[str, ...] = ()
    deployment: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    organisation: str | None = None

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_amount("budget_cny", self.budget_cny, self.id)
        for name in self.must:
            if name not in FEATURES:
                raise InputError(
                    N_("{id}: {name} is not a feature that can be required."),
                    cure=N_("Use some of: {known}."),
                    code="must",
                    id=self.id,
                    name=name,
                    known=", ".join(FEATURES),
                )

    @property
    def text(self) -> str:
        """Title and body without markup."""
        return text_of(self.title, self.body)


@dataclass(frozen=True, slots=True)
class Capability:
    """What a supplier says and shows that it can do. Empty tuples and ``None`` mean "not stated".

    Parameters
    ----------
    id, title, body
        As for a need.
    fields, regions, deployment, certificates : tuple of str
        Fields it serves; where it works (empty: not stated; ``*``: everywhere); forms of deployment; certificates held.
    price_low_cny, price_high_cny : float, optional
        What a project of this kind costs, > 0, low <= high; when both are ``None``, a price that the text names counts.
    capacity : int, optional
        How many more projects can be taken on; 0 is full.
    record : Record, optional
        Trials and projects so far; ``None`` when nobody counts them.
    organisation : str, optional
        Supplier.
    """

    id: str
    title: str = ""
    body: str = ""
    fields: tuple[str, ...] = ()
    price_low_cny: float | None = None
    price_high_cny: float | None = None
    regions: tuple[str, ...] = ()
    deployment: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    capacity: int | None = None
    record: Record | None = None
    organisation: str | None = None

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_amount("price_low_cny", self.price_low_cny, self.id)
        _check_amount("price_high_cny", self.price_high_cny, self.id)
        low, high = self.price_low_cny, self.price_high_cny
        if low is not None and high is not None and low > high:
            raise InputError(
                N_("{id}: the lowest price {low} is above the highest {high}."),
                cure=N_("Exchange the two, or correct one of them."),
                code="price",
                id=self.id,
                low=low,
                high=high,
            )
        if self.capacity is not None and self.capacity < 0:
            raise InputError(
                N_("{id}: the capacity {value} is negative."),
                cure=N_("Write 0 when no further project can be taken on."),
                code="capacity",
                id=self.id,
                value=self.capacity,
            )

    @property
    def text(self) -> str:
        """Title and body without markup."""
        return text_of(self.title, self.body)


def text_of(title: str, body: str) -> str:
    """Join a title and a body, each without markup, the title once when the body begins with it."""
    head, rest = plain(title, limit=500), plain(body, limit=MAX_CHARS)
    if not head or rest.startswith(head):
        return rest or head
    return f"{head}\n{rest}" if rest else head


def check_unique(ids: Iterable[str]) -> None:
    """Raise ``InputError`` when an id stands twice."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise InputError(
                N_("The id {id} stands twice."),
                cure=N_("Give each its own id; two versions of one thing must be merged first."),
                code="repeated-id",
                id=one,
            )
        seen.add(one)


def _check_id(value: str) -> None:
    if not value or not value.strip():
        raise InputError(N_("An id is empty."), cure=N_("Give every need and capability an id."), code="empty-id")


def _check_amount(name: str, value: float | None, item: str) -> None:
    if value is not None and not (math.isfinite(value) and value > 0):
        raise InputError(
            N_("{id}: {name} must be an amount above 0, not {value}."),
            cure=N_("Correct the value, or leave it empty when it is not known."),
            code="amount",
            id=item,
            name=name,
            value=value,
        )
