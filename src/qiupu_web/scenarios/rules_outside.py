"""What must hold for rows of other cities' lists; no database here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qiupu.errors import N_, InputError


@dataclass(frozen=True)
class OutsideWords:
    """One row of a file as it was parsed; missing values are empty, an unknown budget is None."""

    number: int
    title: str
    organisation_name: str
    ref: str = ""
    body: str = ""
    field: str = ""
    region: str = ""
    budget_cny: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("title", "organisation_name"):
            if not getattr(self, name):
                raise InputError(
                    N_("The cell is empty."), cure=N_("Every row needs a title and an organisation."), column=name, code="needed"
                )


def repeated(rows: Iterable[OutsideWords]) -> list[tuple[OutsideWords, int]]:
    """Return each row whose id, or without one whose title and organisation, stand in an earlier row, with that row's number."""
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for row in rows:
        key = (row.ref,) if row.ref else (row.title, row.organisation_name)
        if key in seen:
            found.append((row, seen[key]))
        else:
            seen[key] = row.number
    return found


def repeated_error(first: int) -> InputError:
    """Return what is said of such a row."""
    return InputError(
        N_("This is the same as row {first} of this file."),
        cure=N_("Keep one of the two rows."),
        column="ref",
        code="repeated",
        first=first,
    )
