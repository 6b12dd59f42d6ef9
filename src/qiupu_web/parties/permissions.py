"""May this actor do this? The answer is data: ``permissions.csv``, one row an action, one column a role.

Cells: ``yes``; ``own`` (only where the actor's organisation is one of those that the thing belongs to); ``no``.
The system itself may do everything; a link or a token narrows its role further. Tests walk over every cell.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from qiupu.errors import N_, NotAllowed
from qiupu_web.parties.actors import Actor

ROLES = ("visitor", "office", "unit", "owner", "supplier", "steward", "auditor", "administrator")
CELLS = ("yes", "own", "no")
FILE = Path(__file__).with_name("permissions.csv")


@cache
def matrix() -> dict[str, dict[str, str]]:
    """Return action → role → cell."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = {row["action"]: {role: row[role] for role in ROLES} for row in rows}
    wrong = [action for action, cells in found.items() if not set(cells.values()) <= set(CELLS)]
    if wrong or len(found) != len(rows):
        raise ValueError(f"permissions.csv: unknown cell or repeated action near {wrong}")
    return found


def may(actor: Actor, action: str, *owners: int | None) -> bool:
    """Return whether the actor may do ``action`` to a thing that belongs to the organisations ``owners`` (their ids)."""
    cells = matrix()[action]
    if actor.role == "system":
        return True
    if actor.only is not None and not _opened(action, actor.only):
        return False
    cell = cells[actor.role]
    if cell == "own":
        return actor.organisation_id is not None and actor.organisation_id in owners
    return cell == "yes"


def _opened(action: str, only: frozenset[str]) -> bool:
    return action in only or f"{action.split('.', 1)[0]}.*" in only


def require(actor: Actor, action: str, *owners: int | None) -> None:
    """Raise ``NotAllowed`` unless the actor may."""
    if may(actor, action, *owners):
        return
    if actor.is_visitor:
        raise NotAllowed(N_("This needs an account."), cure=N_("Sign in, or ask for an account."), code="sign-in")
    raise NotAllowed(
        N_("Your role does not allow this."),
        cure=N_("Switch to another role on your account page, or ask the exchange office."),
        code="role",
    )
