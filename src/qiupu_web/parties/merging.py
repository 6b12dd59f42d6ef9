"""Which rows name an organisation, moved from one to another and back; and who may object.

Rows are found by the models themselves, so that a concept further down the chain is moved without being imported here. Such a
concept that cannot bear a merge just now says so by ``guard_merges``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from qiupu.errors import N_, Conflict
from qiupu_web.parties.models import DifferentOrganisations, Organisation, OrganisationMerge

Guard = Callable[[Organisation, Organisation], None]
Moved = dict[str, Any]
GUARDS: list[Guard] = []
"""Raise ``Conflict`` when two organisations cannot become one, or one again two, at this time."""
NAMED_IN_THE_ERROR = 5


def guard_merges(guard: Guard) -> Guard:
    """Let a concept object to merges and to their undoing; each guard counts once."""
    if guard not in GUARDS:
        GUARDS.append(guard)
    return guard


def references() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model and field by which a row names an organisation, those of links between lists among them."""
    for relation in Organisation._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model, field = relation.related_model, relation.field
        if model in (OrganisationMerge, DifferentOrganisations) or field.name == "merged_into":
            continue  # these tell the history itself
        if isinstance(model, type) and issubclass(model, models.Model):
            yield model, field.name


def count_rows(organisation: Organisation) -> dict[str, int]:
    """Return how many rows of each model name an organisation, by the model's label; models without one are left out."""
    found: dict[str, int] = {}
    for model, field in references():
        n = model._base_manager.filter(**{field: organisation}).count()
        if n:
            found[model._meta.label_lower] = found.get(model._meta.label_lower, 0) + n
    return found


def move(merged: Organisation, kept: Organisation) -> list[Moved]:
    """Let every row that names ``merged`` name ``kept``; return what was done with each."""
    done = []
    for model, field in references():
        for row in model._base_manager.filter(**{field: merged}).order_by("pk"):
            item = {"model": model._meta.label_lower, "id": row.pk, "field": field}
            done.append(item | _move_one(row, field, kept))
    return done


def _move_one(row: models.Model, field: str, kept: Organisation) -> Moved:
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**{field: kept})
    except IntegrityError:  # there may be only one such row of an organisation, and the other one has it
        if not row._meta.auto_created:
            return {"what": "left"}
        whole = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
        row.delete()
        return {"what": "removed", "row": whole}
    return {"what": "moved"}


def move_back(moved: Sequence[Moved], merged: Organisation, kept: Organisation) -> None:
    """Undo ``move``.

    Raises
    ------
    Conflict
        When a row is gone, was given to somebody else, or cannot stand beside a newer one; nothing is changed then.
    """
    stuck = [one for one in reversed(moved) if one["what"] != "left" and not _put_back(one, merged, kept)]
    if stuck:
        raise Conflict(
            N_("{n} rows were changed or given on since, among them: {rows}. Nothing was undone."),
            cure=N_("Undo a later merge first, or give these rows back by hand."),
            code="moved-on",
            n=len(stuck),
            rows=", ".join(f"{one['model']} {one['id']}" for one in stuck[:NAMED_IN_THE_ERROR]),
        )


def _put_back(one: Moved, merged: Organisation, kept: Organisation) -> bool:
    model = apps.get_model(one["model"])
    try:
        with transaction.atomic():
            if one["what"] == "removed":
                model(**one["row"]).save(force_insert=True)
                return True
            rows = model._base_manager.filter(pk=one["id"], **{one["field"]: kept})
            return bool(rows.update(**{one["field"]: merged}))
    except IntegrityError:
        return False


def objection(kept: Organisation, merged: Organisation) -> Conflict | None:
    """Return what a concept has against merging these two now, or against undoing it."""
    for guard in GUARDS:
        try:
            guard(kept, merged)
        except Conflict as error:
            return error
    return None
