"""Changing the meetings by hand, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.events.contexts import Place, places_of
from qiupu_web.faces.web.events.forms import OutcomeForm, PressForm, SwapForm
from qiupu_web.faces.web.events.views import visible_event
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.matches import usecases
from qiupu_web.matches.models import Event, Meeting
from qiupu_web.parties.permissions import may, require


@dataclass(frozen=True)
class Movable:
    """One meeting with its button to lock or let go."""

    place: Place
    form: PressForm


@dataclass(frozen=True)
class ArrangePage:
    """The planned meetings, to lock and to exchange."""

    event: Event
    rows: Sequence[Movable]
    swap: SwapForm | None
    problem: OnceForm | None = None


@dataclass(frozen=True)
class OutcomePage:
    """One meeting, and what came of it."""

    meeting: Meeting
    place: Place
    form: OutcomeForm


def arrange(request: HttpRequest, code: str) -> HttpResponse:
    """Show the planned meetings."""
    require(actor_of(request), "matches.lock_meeting")
    return _page(request, visible_event(request, code))


def _labels(places: Sequence[Place]) -> dict[int, str]:
    return {
        one.meeting.pk: _("%(time)s, table %(table)d: %(need)s × %(supplier)s")
        % {
            "time": one.span,
            "table": one.meeting.table,
            "need": one.meeting.scenario.title,
            "supplier": one.meeting.supplier.name,
        }
        for one in places
    }


def _swap_form(event: Event, places: Sequence[Place], data: object = None) -> SwapForm:
    meetings = event.meetings.order_by("slot", "table")
    return SwapForm(data, meetings=meetings, labels=_labels(places), auto_id="id_swap_%s")


def _page(request: HttpRequest, event: Event, problem: OnceForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    places = places_of(actor, event, timezone.now())
    swap_form = _swap_form(event, places) if len(places) > 1 else None
    context = ArrangePage(
        event=event,
        rows=[Movable(one, PressForm(auto_id=f"id_lock_{one.meeting.pk}_%s")) for one in places],
        swap=problem if isinstance(problem, SwapForm) else swap_form,
        problem=problem,
    )
    return render(request, "events/arrange.html", {"page": context, "row": event}, status=400 if problem else 200)


@require_POST
def swap(request: HttpRequest, code: str) -> HttpResponse:
    """Let two meetings exchange their times."""
    actor = actor_of(request)
    require(actor, "matches.swap_meetings")
    event = visible_event(request, code)
    form = _swap_form(event, places_of(actor, event, timezone.now()), request.POST)

    def act() -> str:
        given = form.cleaned_data
        usecases.swap_meetings(actor=actor, now=timezone.now(), first=given["first"], second=given["second"])
        return reverse("events:arrange", args=[code])

    done = form.send(act) if form.is_valid() else None
    return done or _page(request, event, problem=form)


@require_POST
def lock(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Lock a meeting, or let it go."""
    actor = actor_of(request)
    require(actor, "matches.lock_meeting")
    event, form = visible_event(request, code), PressForm(request.POST)
    meeting = get_object_or_404(event.meetings.select_related("event"), pk=pk)

    def act() -> str:
        usecases.lock_meeting(actor=actor, now=timezone.now(), meeting=meeting, is_locked=request.POST.get("locked") == "yes")
        return reverse("events:arrange", args=[code])

    done = form.send(act) if form.is_valid() else None
    return done or _page(request, event, problem=form)


def outcome(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Say what came of a meeting."""
    actor, event = actor_of(request), visible_event(request, code)
    place = next((one for one in places_of(actor, event, timezone.now()) if one.meeting.pk == pk), None)
    if place is None or not may(actor, "matches.record_outcome", place.meeting.scenario.owner_id):
        raise Http404
    meeting = place.meeting
    start = {"outcome": meeting.outcome or "met", "note": meeting.note, "follow_up_on": meeting.follow_up_on}
    form = OutcomeForm(request.POST or None, initial=start)

    def act() -> str:
        usecases.record_outcome(actor=actor, now=timezone.now(), meeting=meeting, **form.words())
        return reverse("events:timetable", args=[code])

    done = form.send(act) if request.method == "POST" and form.is_valid() else None
    return done or render(
        request,
        "events/outcome.html",
        {"page": OutcomePage(meeting, place, form), "row": event},
        status=400 if form.is_bound else 200,
    )
