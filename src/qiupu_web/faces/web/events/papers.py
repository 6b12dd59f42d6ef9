"""The timetable as files: an Excel workbook, and a calendar file for each participant."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.events.calendar import Entry, calendar_file
from qiupu_web.faces.web.events.contexts import Place, places_of
from qiupu_web.faces.web.events.views import visible_event
from qiupu_web.matches import queries
from qiupu_web.matches.enums import EventState, Side
from qiupu_web.matches.models import Event, Invitation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def timetable_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """Send what the reader may see of the timetable as a workbook."""
    event, actor = visible_event(request, code), actor_of(request)
    places = places_of(actor, event, timezone.now())
    if not places:
        raise Http404
    return _download(timetable_workbook(event, places, with_outcomes=actor.role in queries.INSIDERS), f"{event.code}.xlsx", XLSX)


def timetable_workbook(event: Event, places: Sequence[Place], *, with_outcomes: bool) -> bytes:
    """Return one table in the order of time, which a reader sorts and filters by table, need or supplier."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": str(event.title)})
    head = book.add_format({"bold": True, "bg_color": "#2B3236", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
    sheet = book.add_worksheet(_("Timetable"))
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    names = [
        _("Begins"),
        pgettext("event", "Ends"),
        pgettext("event", "Table"),
        _("Need"),
        _("Owner"),
        _("Supplier"),
        _("Capability"),
    ]
    widths = [17, 17, 8, 36, 24, 24, 36]
    if with_outcomes:
        names, widths = [*names, _("What came of it"), _("Note")], [*widths, 20, 40]
    for place, (name, width) in enumerate(zip(names, widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, head)
    for line, one in enumerate(places, 1):
        _row(sheet, line, one, (moment, text), with_outcomes=with_outcomes)
    sheet.autofilter(0, 0, len(places), len(names) - 1)
    book.close()
    return stream.getvalue()


def _row(sheet: Any, line: int, one: Place, styles: tuple[Any, Any], *, with_outcomes: bool) -> None:
    moment, text = styles
    row = one.meeting
    for place, instant in enumerate((one.begins_at, one.ends_at)):
        sheet.write_datetime(line, place, instant.replace(tzinfo=None), moment)
    sheet.write_number(line, 2, row.table, text)
    words = [row.scenario.title, row.scenario.owner.name, row.supplier.name, row.capability.title]
    if with_outcomes:
        words += [row.get_outcome_display() if row.outcome else "", row.note]
    for place, value in enumerate(words, 3):
        sheet.write_string(line, place, str(value), text)


def calendar(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Send the calendar file of one participant: to itself and the office, to everybody once the timetable is published."""
    event, actor = visible_event(request, code), actor_of(request)
    invitation = queries.invitations_of(event).filter(pk=pk).first()
    if invitation is None or event.published_at is None:
        raise Http404
    own = actor.role in queries.INSIDERS or invitation.organisation_id == actor.organisation_id
    if not own and not queries.sees_timetable(actor, event):
        raise Http404
    name = f"{event.code}-{invitation.scenario.code if invitation.scenario else invitation.organisation.code}.ics"
    body = participant_calendar(event, invitation, places_of(actor, event, timezone.now()))
    return _download(body, name, "text/calendar; charset=utf-8")


def participant_calendar(event: Event, invitation: Invitation, places: Sequence[Place]) -> bytes:
    """Return the calendar file of an invitation; meetings of a cancelled event are marked as cancelled."""
    is_need = invitation.side == Side.OWNER
    mine = [
        one
        for one in places
        if (one.meeting.scenario_id == invitation.scenario_id if is_need else one.meeting.supplier_id == invitation.organisation_id)
    ]
    entries = [_entry(event, one, is_need=is_need) for one in mine]
    stamped_at = event.published_at or event.created_at
    return calendar_file(str(event.title), entries, zone=event.time_zone, stamped_at=stamped_at)


def _entry(event: Event, one: Place, *, is_need: bool) -> Entry:
    row = one.meeting
    other = row.supplier.name if is_need else row.scenario.owner.name
    about = row.capability.title if is_need else row.scenario.title
    return Entry(
        uid=f"{row.scenario.code}-{row.supplier.code}-{event.uid}@qiupu",
        sequence=event.sequence,
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        summary=_("%(event)s: %(other)s") % {"event": event.title, "other": other},
        place=_("%(place)s, table %(table)d") % {"place": event.place, "table": row.table},
        description=f"{row.scenario.title}\n{about}" if is_need else f"{about}\n{row.capability.title}",
        is_cancelled=event.state == EventState.CANCELLED,
    )


def _download(body: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
