"""Two rows that are one organisation: merged by a person, told apart by a person, and undone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import models

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.bridge import reasons_for
from qiupu_web.parties.merging import GUARDS, move, move_back
from qiupu_web.parties.models import DifferentOrganisations, Organisation, OrganisationMerge
from qiupu_web.parties.permissions import require
from qiupu_web.parties.usecases.organisations import EDITABLE

CHOSEN = (*EDITABLE, "kind", "parent", "is_invented")
"""What a person chooses when two organisations say different things."""


@usecase("parties.merge_organisations")
def merge_organisations(
    *, actor: Actor, now: datetime, kept: Organisation, merged: Organisation, taken: Collection[str] = ()
) -> OrganisationMerge:
    """Make one organisation of two; ``taken`` names the values that come from the one that goes.

    Must hold: two that are not merged yet, neither a part of the other, and no concept objects (entries of a running trial do).
    Writes: the one that stays, every row that named the one that goes, its end, and what was done with each row.
    Who: the exchange office, an administrator.
    """
    require(actor, "parties.merge_organisations")
    kept, merged = _locked(kept, merged)
    unknown = set(taken) - set(CHOSEN)
    if unknown:
        raise TypeError(f"merge_organisations() cannot take {sorted(unknown)}")
    _check_pair(kept, merged)
    for guard in GUARDS:
        guard(kept, merged)
    pair = reasons_for(kept, merged)
    values = {name: [_plain(kept, name), _plain(merged, name)] for name in taken if _plain(kept, name) != _plain(merged, name)}
    chosen = {name: getattr(merged, name) for name in values}
    moved = move(merged, kept)
    row = OrganisationMerge.objects.create(
        kept=kept,
        merged=merged,
        reasons=[{"kind": one.kind, "left": one.left, "right": one.right} for one in pair.reasons],
        values={**values, "is_active": [merged.is_active, False]},
        moved=moved,
        merged_at=now,
        merged_by=actor.name,
    )
    touched(row, kept=kept.code, merged=merged.code, moved=_by_model(moved))
    changed(kept, **chosen)
    changed(merged, is_active=False, merged_into=kept)
    return row


@usecase("parties.undo_merge")
def undo_merge(*, actor: Actor, now: datetime, merge: OrganisationMerge) -> OrganisationMerge:
    """Make two organisations of one again, each row where it was.

    Must hold: it was not undone, no moved row went elsewhere, no chosen value was changed since, nobody else took the credit
    code, and no concept objects. Writes: what the merge wrote, back. Who: the exchange office, an administrator.
    """
    require(actor, "parties.undo_merge")
    merge = OrganisationMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise Conflict(N_("This merge was undone already."), code="undone")
    kept, merged = _locked(merge.kept, merge.merged)
    for guard in GUARDS:
        guard(kept, merged)
    values = dict(merge.values)
    was_active = values.pop("is_active")[0]
    _check_unchanged(kept, merged, values)
    move_back(merge.moved, merged, kept)
    touched(merge, kept=kept.code, merged=merged.code, moved=_by_model(merge.moved))
    changed(kept, **{name: _value(name, before) for name, (before, _after) in values.items()})
    changed(merged, is_active=was_active, merged_into=None)
    changed(merge, undone_at=now, undone_by=actor.name)
    return merge


@usecase("parties.tell_apart")
def tell_apart(*, actor: Actor, now: datetime, one: Organisation, other: Organisation, note: str = "") -> DifferentOrganisations:
    """Remember that two organisations are two, so that they are not suspected again.

    Must hold: two organisations. Writes: the answer. Who: the exchange office, an administrator.
    """
    require(actor, "parties.tell_apart")
    _check_two(one, other)
    row, _made = DifferentOrganisations.objects.get_or_create(
        **DifferentOrganisations.ids_of(one, other), defaults={"note": note, "decided_at": now, "decided_by": actor.name}
    )
    touched(row, first=one.code, second=other.code, note=note)
    return row


@usecase("parties.reopen_pair")
def reopen_pair(*, actor: Actor, now: datetime, different: DifferentOrganisations) -> None:
    """Take back that two organisations are two; they may be suspected again.

    Must hold: nothing. Writes: the answer goes. Who: the exchange office, an administrator.
    """
    require(actor, "parties.reopen_pair")
    touched(different, removed=str(different), note=different.note)
    different.delete()


def _locked(*rows: Organisation) -> list[Organisation]:
    found = {row.pk: row for row in Organisation.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in rows])}
    return [found[row.pk] for row in rows]


def _check_two(one: Organisation, other: Organisation) -> None:
    if one.pk == other.pk:
        raise InputError(N_("This is one organisation, not two."), cure=N_("Choose two."), code="same")


def _check_pair(kept: Organisation, merged: Organisation) -> None:
    _check_two(kept, merged)
    if kept.merged_into_id or merged.merged_into_id:
        raise Conflict(
            N_("One of the two was merged already."), cure=N_("Reload the page; somebody else may have done it."), code="merged"
        )
    if kept.pk in _above(merged) or merged.pk in _above(kept):
        raise Conflict(
            N_("One of the two is a part of the other; a part has a code and people of its own."),
            cure=N_("If they are one, first take away “Part of” on its page."),
            code="part-of",
        )


def _above(row: Organisation) -> set[int]:
    found: set[int] = set()
    above = row.parent
    while above is not None and above.pk not in found:
        found.add(above.pk)
        above = above.parent
    return found


def _check_unchanged(kept: Organisation, merged: Organisation, values: dict[str, Any]) -> None:
    differing = [name for name, (_before, after) in values.items() if _plain(kept, name) != after]
    if differing:
        raise Conflict(
            N_("What was chosen at the merge was changed since: {fields}. Nothing was undone."),
            cure=N_("Set it back to what it was at the merge, then undo."),
            code="moved-on",
            fields=", ".join(differing),
        )
    taken = Organisation.objects.filter(credit_code=merged.credit_code, merged_into__isnull=True).exclude(pk=kept.pk)
    if merged.credit_code and taken.exists():
        raise Conflict(
            N_("Another organisation has the credit code {credit_code} by now. Nothing was undone."),
            cure=N_("Look at which of the two is right."),
            code="taken",
            credit_code=merged.credit_code,
        )


def _plain(row: Organisation, name: str) -> Any:
    value = row.parent_id if name == "parent" else getattr(row, name)
    return value.isoformat() if isinstance(value, date) else value


def _value(name: str, kept: Any) -> Any:
    if name == "parent":
        return Organisation.objects.filter(pk=kept or 0).first()
    field = Organisation._meta.get_field(name)
    return field.to_python(kept) if isinstance(field, models.Field) else kept


def _by_model(moved: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return, for the audit record, what was done with which rows of each model."""
    found: dict[str, list[str]] = {}
    for one in moved:
        found.setdefault(one["model"], []).append(f"{one['id']} {one['what']}")
    return found
