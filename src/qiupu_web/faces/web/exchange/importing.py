"""From a table's rows to use cases and back: parse, try, apply, take back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.db.models import Model
from django.db.models.deletion import Collector, ProtectedError

from qiupu.errors import N_, InputError, QiupuError
from qiupu_web.faces.web.exchange.bridge import Sheet
from qiupu_web.faces.web.exchange.conflicts import Changes, Conflicting, Met, merge
from qiupu_web.faces.web.exchange.kinds import Kind, Words
from qiupu_web.faces.web.exchange.values import cell_of, plain
from qiupu_web.parties.actors import Actor

LANGUAGES = ("zh", "en")
MOST_SHOWN = 300
VERSION = "version"
"""The column that says when a row was taken out."""
Fault = dict[str, Any]


@dataclass
class Outcome:
    """What became of a table's rows; ``results`` in the order of the file, ready for JSON."""

    faults: list[Fault] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def count(self, what: str) -> int:
        """Return how many rows were created, changed, or are the same as before."""
        return sum(one["what"] == what for one in self.results)

    @property
    def plan(self) -> dict[str, int]:
        """How many rows of each kind, and how many cannot come in."""
        counts = {what: self.count(what) for what in ("created", "changed", "same")}
        return counts | {"faulty": len({one["row"] for one in self.faults})}

    @property
    def more(self) -> dict[str, Any]:
        """What else a page shows of a dry run: values changed twice, and what the file would change; nothing when there is none."""
        found = {"conflicts": self.conflicts, "changes": self.changes[:MOST_SHOWN]}
        return {name: rows for name, rows in found.items() if rows}


def fault_of(error: QiupuError, row: int, column: str) -> Fault:
    """Return what is kept of an error: where, and its sentence and cure in both languages."""
    said = {f"text_{lang}": error.sentence(lang) for lang in LANGUAGES}
    return {"row": row, "column": column, **said, **{f"cure_{lang}": error.cure(lang) for lang in LANGUAGES}}


def parse_row(kind: Kind, mapping: Mapping[str, str], cells: Mapping[str, str], row: int) -> tuple[Words, list[Fault]]:
    """Return the values of one row by column name and everything that is wrong with it; empty cells say nothing."""
    words: Words = {}
    faults = []
    for column in kind.columns:
        header = mapping.get(column.name)
        cell = cells.get(header, "") if header else ""
        if not cell:
            continue
        try:
            words[column.name] = column.parse(cell)
        except QiupuError as error:
            faults.append(fault_of(error, row, header or column.name))
    return words, faults


@dataclass
class Run:
    """One pass over a table: what is being brought in, by whom, and what came of it so far."""

    kind: Kind
    mapping: Mapping[str, str]
    actor: Actor
    now: datetime
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    since: Changes = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)
    seen: dict[object, int] = field(default_factory=dict)


def apply(
    kind: Kind,
    mapping: Mapping[str, str],
    sheet: Sheet,
    *,
    actor: Actor,
    now: datetime,
    choices: Mapping[str, Mapping[str, Any]] | None = None,
) -> Outcome:
    """Bring the rows in, each by itself: a faulty one leaves nothing behind and the others come in.

    A row of which a value was changed in the file and on line stays out until ``choices`` says which one stands.
    """
    parsed = [
        (number, *parse_row(kind, mapping, dict(zip(sheet.columns, cells, strict=True)), number)) for number, cells in sheet.rows
    ]
    versions = [words[VERSION] for _number, words, _faults in parsed if VERSION in words]
    since = kind.changes_since(min(versions)) if kind.changes_since and versions else {}
    run = Run(kind, mapping, actor, now, choices or {}, since)
    for number, words, faults in parsed:
        run.outcome.faults += faults or _apply_row(run, words, number)
    return run.outcome


def _apply_row(run: Run, words: Words, number: int) -> list[Fault]:
    try:
        with transaction.atomic():
            done = _upsert(run, words, number)
    except Conflicting as held:
        run.outcome.conflicts += held.found
        return []
    except QiupuError as error:
        name = error.where.column or ""
        return [fault_of(error, number, run.mapping.get(name) or name)]
    run.seen[done["id"]] = number
    run.outcome.changes += done.pop("shown", [])
    run.outcome.results.append(done)
    return []


def _upsert(run: Run, words: Words, number: int) -> dict[str, Any]:
    kind = run.kind
    row = kind.find(words)
    if row is None:
        return {"row": number, **_create(run, words)}
    if row.pk in run.seen:
        raise InputError(
            N_("This is the same as row {first} of this file."),
            cure=N_("Keep one of the two rows."),
            column="code",
            code="repeated",
            first=run.seen[row.pk],
        )
    before = kind.read(row)
    given = {name: value for name, value in words.items() if name not in ("code", VERSION) and before.get(name) != value}
    if VERSION in words:
        given = merge(run, Met(row, before, words[VERSION], number), given)
    found = {"row": number, "id": row.pk, "code": row.code}  # type: ignore[attr-defined]  # every kind has a code
    if not given:
        return found | {"what": "same"}
    stays = next((name for name in given if name in kind.fixed), None)
    if stays is not None:
        raise InputError(
            N_("This cannot be changed by a table once the row is there."),
            cure=N_("Give the row a code of its own, or leave the cell as it was."),
            column=stays,
            code="fixed",
        )
    kind.edit(run.actor, run.now, row, dict(given))
    after = kind.read(kind.rows().model._default_manager.get(pk=row.pk))
    names = [name for name in after if plain(before[name]) != plain(after[name])]
    return found | {
        "what": "changed",
        "before": {name: plain(before[name]) for name in names},
        "after": {name: plain(after[name]) for name in names},
        "shown": [
            {"row": number, "code": found["code"], "name": name, "before": cell_of(before[name]), "after": cell_of(after[name])}
            for name in names
        ],
    }


def _create(run: Run, words: Words) -> dict[str, Any]:
    kind = run.kind
    for column in kind.columns:
        if column.is_needed and column.name not in words:
            raise InputError(N_("The cell is empty."), cure=N_("A new row needs it."), column=column.name, code="needed")
    row = kind.create(run.actor, run.now, words)
    after = kind.read(kind.rows().model._default_manager.get(pk=row.pk))
    return {
        "id": row.pk,
        "code": row.code,  # type: ignore[attr-defined]  # every kind has a code
        "what": "created",
        "after": {name: plain(value) for name, value in after.items()},
    }


def moved_on(kind: Kind, results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the codes of rows that cannot be taken back: changed since, gone, or with something hanging on them."""
    found = []
    for one in results:
        if one["what"] == "same":
            continue
        row = kind.rows().model._default_manager.filter(pk=one["id"]).first()
        if row is None:
            found.append(one["code"])
            continue
        now = kind.read(row)
        if any(plain(now[name]) != value for name, value in one["after"].items()) or (
            one["what"] == "created" and has_dependents(row)
        ):
            found.append(one["code"])
    return found


def has_dependents(row: Model) -> bool:
    """Return whether anything else would go with a row, or keeps it."""
    state = getattr(row, "state", None)
    if state not in (None, "draft", "broken-down", "scheduled"):
        return True
    collector = Collector(using=row._state.db or "default")
    try:
        collector.collect([row])
    except ProtectedError:
        return True
    others = sum(len(rows) for model, rows in collector.data.items() if not model._meta.auto_created) - 1
    hanging = (rows for rows in collector.fast_deletes if not rows.model._meta.auto_created)  # links of its own lists go with it
    return others > 0 or any(rows.exists() for rows in hanging)


def value_of(kind: Kind, name: str, kept: object) -> Any:
    """Return a value from what was kept of it: the reverse of ``plain`` by the model's own fields."""
    model = kind.rows().model
    try:
        place = model._meta.get_field(name)
    except FieldDoesNotExist:
        return kept  # a column that stands for what was done, not for a field
    related = place.related_model
    if related is None:
        return place.to_python(kept)
    if isinstance(kept, list):
        return list(related._default_manager.filter(pk__in=kept))
    return None if kept is None else related._default_manager.get(pk=kept)
