"""Lists: search, filters and pages by the address alone, so that they work without JavaScript and can be shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PAGE_SIZE = 20


@dataclass(frozen=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter of a list: a name in the address, its label and options."""

    name: str
    label: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Listing(Generic[M]):
    """What a list's template needs."""

    page: Page[M]
    query: str
    filters: Sequence[Filter]

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.query) or any(choice.is_chosen and choice.value for one in self.filters for choice in one.choices)


def build_listing(
    request: HttpRequest,
    rows: QuerySet[M],
    *,
    search: Callable[[QuerySet[M], str], QuerySet[M]],
    filters: Mapping[str, tuple[str, Sequence[tuple[str, Any]], Callable[[QuerySet[M], str], QuerySet[M]]]],
    all_label: str,
) -> Listing[M]:
    """Narrow ``rows`` by the request's ``q`` and filters and cut out its page. Unknown values narrow nothing."""
    query = request.GET.get("q", "").strip()[:200]
    if query:
        rows = search(rows, query)
    shown = []
    for name, (label, options, narrow) in filters.items():
        value = request.GET.get(name, "")
        if value not in {option for option, _label in options}:
            value = ""
        if value:
            rows = narrow(rows, value)
        choices = [Choice("", all_label, not value), *[Choice(code, str(text), code == value) for code, text in options]]
        shown.append(Filter(name, label, choices))
    return Listing(Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), query, shown)
