"""Approval of a breakdown: the steps, what waits at them, deciding, and who stands in for whom."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.agreements import queries, usecases
from qiupu_web.agreements.models import StandIn
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements.approval_contexts import approval_page as page_of
from qiupu_web.faces.web.agreements.approval_contexts import desk
from qiupu_web.faces.web.agreements.approval_forms import DecideForm, StandInForm, StepsForm
from qiupu_web.faces.web.agreements.views import load
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.models import User
from qiupu_web.parties.permissions import may, require


def approval_page(request: HttpRequest, code: str) -> HttpResponse:
    """The steps of one agreement and where each of its commitments stands."""
    return _page(request, code)


def _page(request: HttpRequest, code: str, problem: OnceForm | None = None) -> HttpResponse:
    agreement, actor = load(request, code), actor_of(request)
    if actor.is_visitor:  # what was said inside the house on the way to a decision is not for the street
        require(actor, "agreements.decide_approval")
    context = page_of(agreement, actor, timezone.localdate())
    steps_form = decide_form = None
    if may(actor, "agreements.set_approval_steps"):
        steps_form = (
            problem if isinstance(problem, StepsForm) else StepsForm(initial=StepsForm.of(context.steps), auto_id="steps-%s")
        )
    if context.mine or isinstance(problem, DecideForm):
        decide_form = problem if isinstance(problem, DecideForm) else DecideForm(rows=context.mine)
    shown = {"page": context, "steps_form": steps_form, "decide_form": decide_form}
    return render(request, "agreements/approval.html", shown, status=400 if problem else 200)


@require_POST
def set_steps(request: HttpRequest, code: str) -> HttpResponse:
    """Say who approves, in order."""
    agreement, actor = load(request, code), actor_of(request)
    require(actor, "agreements.set_approval_steps")
    form = StepsForm(request.POST, auto_id="steps-%s")

    def act() -> str:
        usecases.set_approval_steps(actor=actor, now=timezone.now(), agreement=agreement, approvers=form.approvers())
        return reverse("agreements:approval", args=[code])

    sent = form.send(act) if form.is_valid() else None
    return sent or _page(request, code, form)


@require_POST
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Approve or return several commitments at once."""
    agreement, actor = load(request, code), actor_of(request)
    form = DecideForm(request.POST, rows=list(queries.commitments_of(agreement)))  # a second press finds them decided

    def act() -> str:
        data = form.cleaned_data
        for row in data["commitments"]:
            usecases.decide_approval(
                actor=actor, now=timezone.now(), commitment=row, approve=data["approve"], comment=data["comment"]
            )
        return reverse("agreements:approval", args=[code])

    sent = form.send(act) if form.is_valid() else None
    return sent or _page(request, code, form)


def my_desk(request: HttpRequest) -> HttpResponse:
    """What waits for my approval, over all agreements; and who stands in for me."""
    return _desk(request)


def _desk(request: HttpRequest, problem: StandInForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "agreements.name_stand_in")
    form = problem or StandInForm(members=_memberships(request))
    context = {"desk": desk(actor, timezone.localdate()), "form": form, "end_form": OnceForm()}
    return render(request, "agreements/desk.html", context, status=400 if problem else 200)


def _memberships(request: HttpRequest) -> object:
    user = request.user
    return user.memberships.filter(is_active=True).select_related("organisation") if isinstance(user, User) else ()


@require_POST
def name_stand_in(request: HttpRequest) -> HttpResponse:
    """Name who stands in for me."""
    form = StandInForm(request.POST, members=_memberships(request))

    def act() -> str:
        data = form.cleaned_data
        usecases.name_stand_in(
            actor=actor_of(request),
            now=timezone.now(),
            member=data["member"],
            stand_in=data["stand_in"],
            from_on=data["from_on"],
            until_on=data["until_on"],
        )
        return reverse("agreements:desk")

    sent = form.send(act) if form.is_valid() else None
    return sent or _desk(request, form)


@require_POST
def end_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stand-in back."""
    row = get_object_or_404(StandIn.objects.select_related("member"), pk=pk)
    form = OnceForm(request.POST)

    def act() -> str:
        usecases.end_stand_in(actor=actor_of(request), now=timezone.now(), stand_in=row)
        return reverse("agreements:desk")

    sent = form.send(act) if form.is_valid() else None
    back = reverse("agreements:desk")
    context = {"title": _("Take the stand-in back"), "form": form, "back": back, "back_words": _("Approvals")}
    return sent or render(request, "agreements/act.html", context, status=400)
