"""Rows of organisations and the engine that compares them: the only place here that knows it."""

from __future__ import annotations

from collections.abc import Iterable

from qiupu.text.organisations import SUSPECTED_FROM, Known, Pair, compare, credit_code_fault, suspected_pairs
from qiupu_web.parties.models import Organisation

__all__ = ["Pair", "credit_code_fault", "known_of", "named_like", "pairs_among", "pairs_with", "reasons_for"]


def known_of(row: Organisation) -> Known:
    """Return what the engine compares of an organisation."""
    return Known(
        id=row.pk,
        name_zh=row.name_zh,
        name_en=row.name_en,
        credit_code=row.credit_code,
        address=row.address,
        website=row.website,
        part_of=row.parent_id,
    )


def pairs_among(rows: Iterable[Organisation]) -> tuple[Pair, ...]:
    """Return the pairs that may be one organisation, the strongest first."""
    return suspected_pairs([known_of(row) for row in rows])


def named_like(name: str, rows: Iterable[Organisation]) -> list[Organisation]:
    """Return the rows that a name in either language may mean, the likeliest first."""
    return _like(Known(id=0, name_en=name) if name.isascii() else Known(id=0, name_zh=name), rows)


def pairs_with(row: Organisation, rows: Iterable[Organisation]) -> list[Organisation]:
    """Return the rows that may be the same organisation as ``row``, the likeliest first."""
    return _like(known_of(row), rows)


def _like(wanted: Known, rows: Iterable[Organisation]) -> list[Organisation]:
    weighed = [(Pair(wanted.id, row.pk, compare(wanted, known_of(row))).weight, row) for row in rows]
    return [row for weight, row in sorted(weighed, key=lambda one: (-one[0], one[1].pk)) if weight >= SUSPECTED_FROM]


def reasons_for(one: Organisation, other: Organisation) -> Pair:
    """Return what speaks for and against two organisations being one."""
    left, right = sorted((one, other), key=lambda row: row.pk)
    return Pair(left.pk, right.pk, compare(known_of(left), known_of(right)))
