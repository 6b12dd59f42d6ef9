"""Rows for an answer: a page of them, one by its code, narrowed by what was asked."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from qiupu.errors import N_, NotFound

M = TypeVar("M", bound=Model)
LARGEST_PAGE = 100


def page_of(rows: QuerySet[M], page: int, size: int) -> dict[str, Any]:
    """Return one page; a page beyond the last is the last."""
    size = max(1, min(size, LARGEST_PAGE))
    count = rows.count()
    pages = max(1, -(-count // size))
    page = max(1, min(page, pages))
    return {"items": list(rows[(page - 1) * size : page * size]), "count": count, "page": page, "pages": pages}


def one_of(rows: QuerySet[M], code: str) -> M:
    """Return the row of this code, or raise ``NotFound`` as for one that never was."""
    row = rows.filter(code=code).first()
    if row is None:
        raise NotFound(N_("There is no “{word}” here."), cure=N_("Look it up in the list."), code="not-found", word=code[:80])
    return row


def narrowed(rows: QuerySet[M], **wanted: str) -> QuerySet[M]:
    """Return the rows with these values; an empty value narrows nothing."""
    return rows.filter(**{name: value for name, value in wanted.items() if value})
