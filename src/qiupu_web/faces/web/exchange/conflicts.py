"""A row that was changed twice, in a file and on line: what stands apart, and what a person chose.

A file that was taken out carries the number of the last audit record. What was changed on line since is read from the
records, so the value that the file was taken out with is known and nothing is overwritten in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from qiupu_web.faces.web.exchange.values import cell_of, plain

if TYPE_CHECKING:
    from qiupu_web.faces.web.exchange.importing import Run

FILE, ONLINE = "file", "online"


@dataclass(frozen=True)
class Change:
    """One value that was changed on line: in which record, what stood there before, when and by whom."""

    number: int
    before: Any
    at: datetime
    by: str


Changes = Mapping[int, Mapping[str, Sequence[Change]]]
"""By row id and column, in the order of the records."""


class Conflicting(Exception):  # it carries what was found; nothing is wrong with the program or the file
    """A row holds values that were changed twice and not chosen between yet."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True)
class Met:
    """A row of a file beside the row that stands on line."""

    row: Model
    before: Mapping[str, Any]
    version: int
    number: int


def merge(run: Run, met: Met, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the file really changes, given what was changed on line since it was taken out.

    A value that the file still has as it was taken out leaves what stands on line. One that was changed in both places
    follows the choice that was made while the same value stood on line.

    Raises
    ------
    Conflicting
        When such a choice is missing.
    """
    kept, open_ = {}, []
    for name, value in given.items():
        changes = [one for one in run.since.get(met.row.pk, {}).get(name, ()) if one.number > met.version]
        if not changes:
            kept[name] = value
            continue
        if plain(value) == changes[0].before:
            continue  # nobody touched it in the file
        chosen = run.choices.get(f"{met.row.pk}.{name}")
        if chosen is None or chosen["online"] != plain(met.before[name]):
            open_.append(_shown(met, name, value, changes[-1]) | {"header": run.mapping.get(name, name)})
        elif chosen["take"] == FILE:
            kept[name] = value
    if open_:
        raise Conflicting(open_)
    return kept


def _shown(met: Met, name: str, value: Any, last: Change) -> dict[str, Any]:
    return {
        "key": f"{met.row.pk}.{name}",
        "row": met.number,
        "code": met.row.code,  # type: ignore[attr-defined]  # every kind has a code
        "name": name,
        "online": plain(met.before[name]),
        "online_text": cell_of(met.before[name]),
        "file_text": cell_of(value),
        "by": last.by,
        "at": last.at.isoformat(),
    }
