"""Matchmaking events: the list, one event, its plan, its timetable."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.events.contexts import (
    EventList,
    EventPage,
    OwnInvitation,
    deeds_of,
    guests_of,
    is_waiting,
    places_of,
    run_of,
    steps_of,
    with_problem,
)
from qiupu_web.faces.web.events.forms import AnswerForm, EventForm
from qiupu_web.faces.web.events.timetable import BY, timetable_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.matches import queries, usecases
from qiupu_web.matches.enums import EventState, InvitationState, Side
from qiupu_web.matches.models import Event, Invitation
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may, require


def event_list(request: HttpRequest) -> HttpResponse:
    """Show the events that the reader may see, the next first."""
    actor = actor_of(request)
    listing = build_listing(
        request,
        queries.events_for(actor),
        search=_named,
        filters={"state": (_("State"), EventState.choices, lambda rows, value: rows.filter(state=value))},
        all_label=_("all"),
    )
    return render(request, "events/list.html", {"page": EventList(listing, may(actor, "matches.create_event")), "listing": listing})


def _named(rows: QuerySet[Event], words: str) -> QuerySet[Event]:
    for word in words.split()[:8]:
        rows = rows.filter(
            Q(title_zh__icontains=word) | Q(title_en__icontains=word) | Q(place_zh__icontains=word) | Q(place_en__icontains=word)
        )
    return rows


def visible_event(request: HttpRequest, code: str) -> Event:
    """Return an event that the reader may see, or 404."""
    event = queries.events_for(actor_of(request)).filter(code=code).first()
    if event is None:
        raise Http404
    return event


def event_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One event."""
    return event_page(request, visible_event(request, code))


def event_page(request: HttpRequest, event: Event, problem: OnceForm | None = None, deed: str = "") -> HttpResponse:
    """Show an event, with the form that has a problem kept as it was typed."""
    actor, now = actor_of(request), timezone.now()
    is_inside = actor.role in queries.INSIDERS
    rows = list(queries.invitations_of(event)) if is_inside else []
    run = queries.latest_allocation(event) if is_inside else None
    own = [] if is_inside else list(queries.own_invitations(actor, event))
    places = places_of(actor, event, now)
    if own:  # whoever takes part reads her own meetings first; the timetable has the others
        mine = actor.organisation_id
        places = [one for one in places if mine in (one.meeting.scenario.owner_id, one.meeting.supplier_id)]
    context = EventPage(
        event=event,
        steps=steps_of(event),
        slots=event.clock.slots(),
        is_inside=is_inside,
        own=[OwnInvitation(one, _answer_form(actor, one, problem, deed)) for one in own],
        needs=guests_of(event, rows, Side.OWNER),
        suppliers=guests_of(event, rows, Side.SUPPLIER),
        counts={state.value: sum(one.state == state for one in rows) for state in InvitationState},
        allocation=run,
        run=run_of(run, rows),
        is_waiting=is_waiting(run),
        meetings=places,
        shows_all=not own,
        shows_outcomes=any(one.may_record or one.shows_outcome for one in places),
        deeds=with_problem(deeds_of(actor, event, now), deed, problem) if problem else deeds_of(actor, event, now),
        problem=problem,
    )
    return render(request, "events/detail.html", {"page": context, "row": event}, status=400 if problem else 200)


def _answer_form(actor: Actor, row: Invitation, problem: OnceForm | None, deed: str) -> AnswerForm | None:
    if row.event.state != EventState.INVITING or not may(actor, "matches.answer_invitation", row.organisation_id):
        return None
    if isinstance(problem, AnswerForm) and deed == f"answer-{row.pk}":
        return problem
    return AnswerForm(invitation=row, auto_id=f"id_answer_{row.pk}_%s")


def new_event(request: HttpRequest) -> HttpResponse:
    """Make an event."""
    actor = actor_of(request)
    require(actor, "matches.create_event")
    form = EventForm(request.POST or None)
    return _planned(request, form, None, lambda: usecases.create_event(actor=actor, now=timezone.now(), plan=form.plan()))


def edit_event(request: HttpRequest, code: str) -> HttpResponse:
    """Change an event."""
    actor = actor_of(request)
    require(actor, "matches.edit_event")
    event = visible_event(request, code)
    form = EventForm(request.POST or None, event=event)
    return _planned(
        request, form, event, lambda: usecases.edit_event(actor=actor, now=timezone.now(), event=event, plan=form.plan())
    )


def _planned(request: HttpRequest, form: EventForm, event: Event | None, act: Callable[[], Event]) -> HttpResponse:
    done = None
    if request.method == "POST" and form.is_valid():
        done = form.send(lambda: reverse("events:detail", args=[act().code]))
    return done or render(request, "events/plan.html", {"form": form, "row": event}, status=400 if form.is_bound else 200)


def timetable(request: HttpRequest, code: str) -> HttpResponse:
    """Show who meets whom and when: by time, table, need or supplier; made for printing too."""
    event = visible_event(request, code)
    actor = actor_of(request)
    by = request.GET.get("by", "time")
    context = timetable_of(actor, event, by if by in BY else "time", timezone.now())
    return render(request, "events/timetable.html", {"page": context, "row": event})


def progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far a run is, for a page that asks every two seconds; the page is loaded anew when it is over."""
    require(actor_of(request), "matches.request_allocation")
    run = queries.latest_allocation(visible_event(request, code))
    response = render(request, "events/progress.html", {"run": run, "is_waiting": is_waiting(run), "code": code})
    if not is_waiting(run):
        response["HX-Refresh"] = "true"
    return response
