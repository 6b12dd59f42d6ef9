"""The audit log: who did what, whether the chain is whole, and the same as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiupu_web.base.audit import broken_links
from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.listing import Listing, build_listing
from qiupu_web.faces.web.pages.auditing_words import AREAS, PHRASES, actions_named, phrase_of, who_of
from qiupu_web.parties.enums import Role
from qiupu_web.parties.permissions import require

CHECKED_FOR_S = 300
COLUMNS = (
    "number",
    "at",
    "action",
    "actor_name",
    "role",
    "organisation_code",
    "via",
    "target_type",
    "target_id",
    "target_label",
    "previous_hash",
    "hash",
)
VIAS = {
    "web": gettext_lazy("page"),
    "link": gettext_lazy("one-time link"),
    "api": gettext_lazy("API"),
    "system": gettext_lazy("system"),
    "demo": gettext_lazy("demonstration"),
}
ROLES = {**{role.value: role.label for role in Role}, "visitor": gettext_lazy("visitor"), "system": gettext_lazy("system")}


@dataclass(frozen=True)
class Chain:
    """Whether the records follow from each other, and when that was proved. ``broken_at`` is the first that does not."""

    count: int
    broken_at: int | None
    checked_at: datetime


@dataclass(frozen=True)
class Line:
    """One record; what was done, the role and the way in as words."""

    record: AuditRecord
    words: str
    who: str
    role: str
    via: str


@dataclass(frozen=True)
class Log:
    """The page."""

    lines: Sequence[Line]
    chain: Chain
    since: str
    until: str
    thing: str


def prove_chain(now: datetime) -> Chain:
    """Walk over the whole chain."""
    return Chain(AuditRecord.objects.count(), next(broken_links(), None), now)


def _chain(request: HttpRequest) -> Chain:
    chain: Chain | None = None if request.GET.get("check") == "now" else cache.get("audit-chain")
    if chain is None:
        chain = prove_chain(timezone.now())
        cache.set("audit-chain", chain, CHECKED_FOR_S)
    return chain


def _search(rows: QuerySet[AuditRecord], words: str) -> QuerySet[AuditRecord]:
    """Find all words in a record, or an action whose phrase holds them in the reader's language."""
    return _holding(rows, words) | rows.filter(action__in=actions_named(words))


def _holding(rows: QuerySet[AuditRecord], words: str) -> QuerySet[AuditRecord]:
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(actor_name__icontains=word)
            | Q(target_label__icontains=word)
            | Q(action__icontains=word)
            | Q(organisation_code__icontains=word)
        )
    return rows


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


def _listing(request: HttpRequest) -> tuple[QuerySet[AuditRecord], str, str, str]:
    """Narrow by what the list's own filters do not know: days, and one thing such as ``trials.trial:7``."""
    rows = AuditRecord.objects.order_by("-number")
    since, until = _day(request, "since"), _day(request, "until")
    if since:
        rows = rows.filter(at__date__gte=since)
    if until:
        rows = rows.filter(at__date__lte=until)
    thing = request.GET.get("thing", "")
    kind, _colon, pk = thing.partition(":")
    if pk:
        rows = rows.filter(target_type=kind, target_id=pk)
    return rows, str(since or ""), str(until or ""), thing if pk else ""


def _narrowed(request: HttpRequest) -> tuple[Listing[AuditRecord], str, str, str]:
    rows, since, until, thing = _listing(request)
    listing = build_listing(
        request,
        rows,
        search=_search,
        filters={
            "area": (
                _("Area"),
                [(area, str(word)) for area, word in AREAS.items()],
                lambda found, value: found.filter(action__startswith=f"{value}."),
            ),
            "via": (_("Came by"), [(via, str(word)) for via, word in VIAS.items()], lambda found, value: found.filter(via=value)),
        },
        all_label=_("all"),
    )
    return listing, since, until, thing


def audit_log(request: HttpRequest) -> HttpResponse:
    """Show the records, newest first."""
    require(actor_of(request), "audit.read")
    listing, since, until, thing = _narrowed(request)
    lines = [
        Line(
            one,
            phrase_of(one.action),
            who_of(one.actor_name, one.role),
            str(ROLES.get(one.role, one.role)),
            str(VIAS.get(one.via, one.via)),
        )
        for one in listing.page
    ]
    log = Log(lines, _chain(request), since, until, thing)
    return render(request, "pages/audit.html", {"log": log, "listing": listing})


class _Line:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _cell(value: object) -> str:
    """Return a cell that a spreadsheet does not take for a formula."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _lines(rows: QuerySet[AuditRecord], phrases: dict[str, str]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"  # so that a spreadsheet reads it as UTF-8
    yield writer.writerow([*COLUMNS, "what"])
    for record in rows.iterator(chunk_size=500):
        yield writer.writerow(
            [*(_cell(getattr(record, name)) for name in COLUMNS), _cell(phrases.get(record.action, record.action))]
        )


def audit_file(request: HttpRequest) -> StreamingHttpResponse:
    """The same records, as narrowed, as a file."""
    require(actor_of(request), "audit.read")
    listing, _since, _until, _thing = _narrowed(request)
    rows: QuerySet[AuditRecord] = listing.page.paginator.object_list  # type: ignore[assignment]  # a queryset was given
    phrases = {action: str(words) for action, words in PHRASES.items()}  # in the reader's language, before anything streams
    answer = StreamingHttpResponse(_lines(rows, phrases), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate():%Y-%m-%d}.csv"'
    return answer
