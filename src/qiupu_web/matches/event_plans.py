"""What is asked of the engine for an event and what it answers, as plain data between rows and ``bridge``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FixedMeeting:
    """A meeting that a person has locked."""

    scenario: str
    supplier: str
    slot: int
    table: int


@dataclass(frozen=True)
class EventTask:
    """Who comes, what each may take on, who must not meet whom, and the times; everything by code.

    A slot is a number and the word that people know it by, 09:25 say.
    """

    limits_of_needs: Mapping[str, tuple[int, int]]
    limits_of_suppliers: Mapping[str, int]
    excluded: Sequence[tuple[str, str, str]]
    slots: Sequence[tuple[int, str]]
    tables: int
    is_fair: bool = False
    least_fit: float = 0.0
    fixed: Sequence[FixedMeeting] = ()
    teams: Mapping[str, str] = field(default_factory=dict)
    """The owner of each need: its people sit at one table at a time."""
    needs_away: Mapping[str, Sequence[int]] = field(default_factory=dict)
    suppliers_away: Mapping[str, Sequence[int]] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Each need's title, zh and en, for what is said when limits cannot be kept."""
    organisations: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedMeeting:
    """Who meets whom, when and where, and how well the two fit."""

    scenario: str
    supplier: str
    capability: str
    slot: int
    table: int
    score: float


@dataclass(frozen=True)
class PlannedEvent:
    """The engine's answer with all that is needed to check it."""

    meetings: tuple[PlannedMeeting, ...]
    method: str
    engine_version: str
    input_sha256: str
    objective: float
    bound: float
    is_optimal: bool
    worst_off: float | None
    price_of_fairness: float | None
    pair_count: int
    unmet: tuple[str, ...] = ()
    weights_version: int = 0
    certificate: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
