"""What a table is to the exchange: columns, rows out, rows in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from qiupu_web.faces.web.exchange.columns import Column
from qiupu_web.faces.web.exchange.conflicts import Changes
from qiupu_web.parties.actors import Actor

Words = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One table.

    ``find`` returns the row that some words mean (by code), ``create`` and ``edit`` call the use cases, ``read`` gives the
    values of a row by column name, ``own`` narrows rows to an organisation, ``fixed`` columns cannot
    be changed once a row is there, ``tidy`` mends what deletion of a new row leaves. ``stamp`` is written into every row that
    is taken out, and ``changes_since`` such a number tells what was changed on line meanwhile.
    """

    code: str
    title_zh: str
    title_en: str
    note_zh: str
    note_en: str
    columns: Sequence[Column]
    rows: Callable[[], QuerySet[Any]]
    own: Callable[[QuerySet[Any], int], QuerySet[Any]]
    find: Callable[[Words], Model | None]
    read: Callable[[Any], Words]
    create: Callable[[Actor, datetime, Words], Model]
    edit: Callable[[Actor, datetime, Any, Words], object]
    fixed: frozenset[str] = frozenset()
    tidy: Callable[[Actor, datetime, Any], Callable[[], None]] | None = None
    stamp: Callable[[], Words] | None = None
    changes_since: Callable[[int], Changes] | None = None

    @property
    def title(self) -> tuple[str, str]:
        """The name in Chinese and English."""
        return self.title_zh, self.title_en

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(one for one in self.columns if one.name == name)
