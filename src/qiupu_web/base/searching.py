"""One way to search a list by words, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)

MOST_WORDS = 8
"""Each word adds a condition for each column; nobody types more, and a pasted page must not become one query."""


def holding(
    rows: QuerySet[Row], words: str, *, bilingual: Iterable[str] = (), plain: Iterable[str] = (), exact: Iterable[str] = ()
) -> QuerySet[Row]:
    """Return the rows in which every word occurs in at least one column.

    ``bilingual`` names columns without their language (``title`` stands for ``title_zh`` and ``title_en``), ``plain``
    columns of one language, ``exact`` those that must equal the word. Case does not matter.
    """
    parts = [f"{name}_{language}__icontains" for name in bilingual for language in ("zh", "en")]
    parts += [f"{name}__icontains" for name in plain] + [f"{name}__iexact" for name in exact]
    for word in words.split()[:MOST_WORDS]:
        rows = rows.filter(reduce(or_, (Q(**{part: word}) for part in parts)))
    return rows
