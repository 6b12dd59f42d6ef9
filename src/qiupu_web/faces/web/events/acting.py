"""What is done to an event by its buttons and forms: each one use case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.events.contexts import InvitationPage, conflict_form
from qiupu_web.faces.web.events.forms import (
    AllocateForm,
    AnswerForm,
    CancelForm,
    InviteForm,
    LimitsForm,
    NoteForm,
    PressForm,
    WithdrawForm,
)
from qiupu_web.faces.web.events.views import event_page, visible_event
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.matches import queries, usecases
from qiupu_web.matches.event_rules import OPEN_TO_INVITATIONS
from qiupu_web.matches.models import Event, Invitation
from qiupu_web.matches.tasks import ask_for_allocation
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require

Act = Callable[[Actor, Event, dict[str, Any]], object]


def _send(request: HttpRequest, code: str, form: OnceForm, deed: str, act: Act) -> HttpResponse:
    event = visible_event(request, code)

    def run() -> str:
        act(actor_of(request), event, form.cleaned_data)
        return reverse("events:detail", args=[code])

    done = form.send(run) if form.is_valid() else None
    return done or event_page(request, visible_event(request, code), problem=form, deed=deed)


def _button(request: HttpRequest, code: str, usecase: Callable[..., object]) -> HttpResponse:
    """Do what a button without fields asks for."""
    return _send(
        request, code, PressForm(request.POST), "", lambda actor, row, _given: usecase(actor=actor, now=timezone.now(), event=row)
    )


@require_POST
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """Invite the ticked needs and suppliers, all or none."""
    event = visible_event(request, code)
    require(actor_of(request), "matches.invite")
    form = InviteForm(
        request.POST,
        scenarios=queries.invitable_scenarios(event),
        suppliers=queries.invitable_suppliers(event),
        auto_id="id_invite_%s",
    )

    def act(actor: Actor, row: Event, given: dict[str, Any]) -> None:
        now = timezone.now()
        for scenario in given["scenarios"]:
            usecases.invite_scenario(actor=actor, now=now, event=row, scenario=scenario)
        for supplier in given["suppliers"]:
            usecases.invite_supplier(actor=actor, now=now, event=row, supplier=supplier)

    return _send(request, code, form, "invite", act)


@require_POST
def open_event(request: HttpRequest, code: str) -> HttpResponse:
    """Open the invitations, or go back to them."""
    return _button(request, code, usecases.open_event)


@require_POST
def conflict(request: HttpRequest, code: str) -> HttpResponse:
    """Declare a conflict of interest."""
    form = conflict_form(actor_of(request), visible_event(request, code), request.POST)
    if form is None:
        raise Http404
    return _send(
        request,
        code,
        form,
        "conflict",
        lambda actor, row, given: usecases.declare_conflict(
            actor=actor,
            now=timezone.now(),
            event=row,
            owner=given["owner"],
            supplier=given["supplier"],
            reason=given["reason"],
        ),
    )


@require_POST
def allocate(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for an allocation; a worker computes it."""
    return _send(
        request,
        code,
        AllocateForm(request.POST, auto_id="id_allocate_%s"),
        "allocate",
        lambda actor, row, given: ask_for_allocation(actor=actor, now=timezone.now(), event=row, is_fair=given["rule"] == "fair"),
    )


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the timetable."""
    return _button(request, code, usecases.publish_event)


@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Take the timetable back."""
    return _send(
        request,
        code,
        NoteForm(request.POST, auto_id="id_take_back_%s"),
        "take_back",
        lambda actor, row, given: usecases.take_back_event(actor=actor, now=timezone.now(), event=row, note=given["note"]),
    )


@require_POST
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """Say that it took place."""
    return _button(request, code, usecases.hold_event)


@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close it."""
    return _button(request, code, usecases.close_event)


@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel it."""
    return _send(
        request,
        code,
        CancelForm(request.POST, auto_id="id_cancel_%s"),
        "cancel",
        lambda actor, row, given: usecases.cancel_event(
            actor=actor, now=timezone.now(), event=row, reason=given["reason"], note=given["note"]
        ),
    )


def _invitation(request: HttpRequest, code: str, pk: int) -> Invitation:
    event, actor = visible_event(request, code), actor_of(request)
    rows = queries.invitations_of(event) if actor.role in queries.INSIDERS else queries.own_invitations(actor, event)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_POST
def answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Answer an invitation."""
    row = _invitation(request, code, pk)
    return _send(
        request,
        code,
        AnswerForm(request.POST, invitation=row, auto_id=f"id_answer_{pk}_%s"),
        f"answer-{pk}",
        lambda actor, _event, given: usecases.answer_invitation(
            actor=actor,
            now=timezone.now(),
            invitation=row,
            comes=given["answer"] == "yes",
            reason=given["reason"],
            note=given["note"],
            away=given["away"],
        ),
    )


def invitation(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One invitation, for the office."""
    require(actor_of(request), "matches.set_limits")
    return _invitation_page(request, _invitation(request, code, pk))


def _invitation_page(request: HttpRequest, row: Invitation, problem: OnceForm | None = None) -> HttpResponse:
    can_change = row.event.state in OPEN_TO_INVITATIONS and row.state in ("invited", "accepted")
    start = {"low": row.min_meetings, "high": row.max_meetings}
    context = InvitationPage(
        invitation=row,
        limits=(problem if isinstance(problem, LimitsForm) else LimitsForm(initial=start)) if can_change else None,
        withdraw=(problem if isinstance(problem, WithdrawForm) else WithdrawForm(auto_id="id_withdraw_%s")) if can_change else None,
        problem=problem,
    )
    return render(request, "events/invitation.html", {"page": context, "row": row}, status=400 if problem else 200)


@require_POST
def limits(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Give one participant limits of its own."""
    require(actor_of(request), "matches.set_limits")
    row, form = _invitation(request, code, pk), LimitsForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        usecases.set_limits(actor=actor_of(request), now=timezone.now(), invitation=row, low=given["low"], high=given["high"])
        return reverse("events:detail", args=[code])

    done = form.send(act) if form.is_valid() else None
    return done or _invitation_page(request, _invitation(request, code, pk), problem=form)


@require_POST
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take an invitation back."""
    require(actor_of(request), "matches.withdraw_invitation")
    row, form = _invitation(request, code, pk), WithdrawForm(request.POST, auto_id="id_withdraw_%s")

    def act() -> str:
        given = form.cleaned_data
        usecases.withdraw_invitation(
            actor=actor_of(request), now=timezone.now(), invitation=row, reason=given["reason"], note=given["note"]
        )
        return reverse("events:detail", args=[code])

    done = form.send(act) if form.is_valid() else None
    return done or _invitation_page(request, _invitation(request, code, pk), problem=form)
