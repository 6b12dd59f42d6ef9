"""How rows stood at an earlier moment: today's values, with every change since taken back as the audit records keep it.

A record holds, for each row that a use case changed, the value before and after. Read from the newest back to a moment, the
values before are how the row stood then. Nothing is guessed: a field that no record names is as it was.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from qiupu_web.base.models import AuditRecord

M = TypeVar("M", bound=Model)
Kept = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Past:
    """What was otherwise at a moment: thing, field, and the value then as the record keeps it."""

    kept: Kept = field(default_factory=dict)

    def value(self, row: Model, name: str) -> Any:
        """Return a field of a row as it was."""
        kept = self.kept.get(_name(row), {})
        place = row._meta.get_field(name)
        if name not in kept:
            return getattr(row, place.attname)  # type: ignore[union-attr]  # a column, never a reverse relation
        if place.related_model is None:
            return place.to_python(kept[name])
        return None if kept[name] is None else int(str(kept[name]).rpartition(":")[2])

    def restore(self, rows: Iterable[M], *, related: Sequence[str] = ()) -> list[M]:
        """Return rows as they were, changed ones as copies; ``related`` are the relations that the reader wants at hand."""
        found = []
        for now in rows:
            names = [name for name in self.kept.get(_name(now), {}) if _is_column(now, name)]
            row = copy.copy(now) if names else now
            for name in names:
                setattr(row, row._meta.get_field(name).attname, self.value(now, name))  # type: ignore[union-attr]  # a column
            found.append(row)
        for name in related:
            _fetch(found, name)
        return found


def _name(row: Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def _is_column(row: Model, name: str) -> bool:
    return any(place.name == name for place in row._meta.concrete_fields)


def _fetch(rows: Sequence[Model], name: str) -> None:
    """Fetch the rows to which restored keys point, all at once."""
    place = rows[0]._meta.get_field(name) if rows else None
    bare = [row for row in rows if place is not None and getattr(row, place.attname) is not None and not place.is_cached(row)]  # type: ignore[union-attr]  # a relation
    if place is None or not bare:
        return
    known = place.related_model._default_manager.in_bulk({getattr(row, place.attname) for row in bare})  # type: ignore[union-attr]  # as above
    for row in bare:
        setattr(row, name, known[getattr(row, place.attname)])  # type: ignore[union-attr]  # as above


def look_back(until: datetime, since: datetime, kinds: Sequence[str]) -> tuple[Past, Past]:
    """Return what was otherwise at the end and at the beginning of a stretch of time, for rows of some models.

    ``kinds`` are model labels such as ``agreements.commitment``; one query, whatever the number of rows.
    """
    named = Q()
    for kind in kinds:
        named |= Q(text__contains=f'"{kind}:')
    records = AuditRecord.objects.filter(at__gte=since).annotate(text=Cast("changes", TextField())).filter(named)
    end, begin = Past(), Past()
    for at, changes in records.order_by("-number").values_list("at", "changes").iterator():
        for thing, values in _befores(changes).items():
            if thing.partition(":")[0] in kinds:
                begin.kept.setdefault(thing, {}).update(values)
                if at >= until:
                    end.kept.setdefault(thing, {}).update(values)
    return end, begin


def _befores(changes: Sequence[Mapping[str, Any]]) -> Kept:
    """Return the values that one record found: a field that it changed several times began with the value that no change led to."""
    pairs: dict[tuple[str, str], list[list[Any]]] = {}
    for one in _flat(changes):
        for name, pair in (one.get("changed") or {}).items():
            pairs.setdefault((one["thing"], name), []).append(pair)
    found: Kept = {}
    for (thing, name), steps in pairs.items():
        afters = [after for _before, after in steps]
        found.setdefault(thing, {})[name] = next((before for before, _after in steps if before not in afters), steps[0][0])
    return found


def _flat(changes: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for one in changes:
        if "action" in one and "changes" in one:
            yield from _flat(one["changes"])
        elif "thing" in one:
            yield one
