"""Life cycles as data: which state may follow which, who has to act in each, and how long it may last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qiupu.errors import N_, Conflict
from qiupu_web.base.audit import changed
from qiupu_web.base.bilingual import both, state_words
from qiupu_web.base.models import Stateful


@dataclass(frozen=True)
class Step:
    """One state: the states that may follow, the role that has to act, the days it may last (None: explicitly no limit)."""

    to: tuple[str, ...] = ()
    owner: str = ""
    days: int | None = None


@dataclass(frozen=True)
class Lifecycle:
    """The states of one concept. ``exits`` are states that need a reason code."""

    name: str
    steps: dict[str, Step]
    exits: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        unknown = {target for step in self.steps.values() for target in step.to} - set(self.steps)
        if unknown:
            raise ValueError(f"{self.name}: unknown states {sorted(unknown)}")

    def allows(self, state: str, to: str) -> bool:
        """Return whether ``to`` may follow ``state``."""
        return to in self.steps[state].to

    def begin(self, state: str, now: datetime) -> dict[str, Any]:
        """Return the fields of a row that starts in ``state``."""
        step = self.steps[state]
        due = now + timedelta(days=step.days) if step.days is not None else None
        return {"state": state, "state_since": now, "state_owner": step.owner, "state_due_at": due}

    def move(
        self,
        row: Stateful,
        to: str,
        *,
        now: datetime,
        reason: str = "",
        note: str = "",
        due: datetime | None = None,
        **fields: object,
    ) -> None:
        """Move a row to another state and save it, inside a use case.

        Raises
        ------
        Conflict
            When ``to`` may not follow, or an exit lacks its reason code.
        """
        if not self.allows(row.state, to):
            raise Conflict(
                N_("This is in the state “{state}”, from which “{to}” is not possible."),
                cure=N_("Reload the page; somebody else may have moved it on."),
                code="wrong-state",
                state=state_words(row),
                to=both(getattr(to, "label", to)),
            )
        if to in self.exits and not reason:
            raise Conflict(N_("Say why, with one of the reasons of the list."), code="reason-missing")
        begun = self.begin(to, now)
        if due is not None:
            begun["state_due_at"] = due
        changed(row, **begun, reason_code=reason, reason_note=note, **fields)
