"""Projects: what changes them. Each write has its own address."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.projects.forms import (
    AcceptanceForm,
    CountersignForm,
    CreateForm,
    EditForm,
    EvidenceForm,
    MilestoneForm,
    MoveForm,
    WaiverForm,
)
from qiupu_web.faces.web.projects.views import load
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.projects import usecases
from qiupu_web.projects.models import Milestone, Project
from qiupu_web.scenarios.models import Scenario

SUPPLIERS = (OrganisationKind.COMPANY, OrganisationKind.STARTUP, OrganisationKind.UNIVERSITY, OrganisationKind.PARTNER)


def _show(
    request: HttpRequest, form: OnceForm, title: str, act: Callable[[], str], *, back: str, back_words: object
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        sent = form.send(act)
        if sent is not None:
            return sent
    context = {"form": form, "title": title, "back": back, "back_words": back_words}
    return render(request, "projects/act.html", context, status=400 if form.errors else 200)


def about(
    request: HttpRequest,
    row: Project,
    form: OnceForm,
    title: str,
    act: Callable[[], object],
    *,
    then: Callable[[], str] | None = None,
) -> HttpResponse:
    """Do what a form asks about a project, then show the project (or what ``then`` names); else the form again with its errors."""
    back = reverse("projects:detail", args=[row.code])

    def run() -> str:
        act()
        return then() if then is not None else back

    return _show(request, form, title, run, back=back, back_words=row.title)


def create_project(request: HttpRequest, scenario: str) -> HttpResponse:
    """Make a project of a scenario and a supplier."""
    actor = actor_of(request)
    found = get_object_or_404(Scenario.objects.select_related("owner", "commitment"), code=scenario)
    require(actor, "projects.create", found.owner_id)
    form = CreateForm(
        request.POST or None, initial={"title_zh": found.title_zh, "title_en": found.title_en, "budget_cny": found.budget_cny}
    )
    suppliers = Organisation.objects.filter(is_active=True, kind__in=SUPPLIERS)
    form.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]  # a field of model choices

    def act() -> str:
        row = usecases.create_project(
            actor=actor, now=timezone.now(), scenario=found, is_invented=found.is_invented, **form.values()
        )
        return reverse("projects:detail", args=[row.code])

    return _show(request, form, _("Make a project"), act, back=reverse("projects:list"), back_words=found.title)


def edit_project(request: HttpRequest, code: str) -> HttpResponse:
    """Change titles, dates and money."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "projects.edit", row.scenario.owner_id)
    form = EditForm(request.POST or None, initial={name: getattr(row, name) for name in usecases.EDITABLE})

    def act() -> None:
        usecases.edit_project(actor=actor, now=timezone.now(), project=row, **form.values())

    return about(request, row, form, _("Dates and money"), act)


@require_POST
def move_project(request: HttpRequest, code: str) -> HttpResponse:
    """Take the next step."""
    row, actor = load(request, code), actor_of(request)
    form = MoveForm(request.POST, state=row.state)

    def act() -> None:
        data = form.cleaned_data
        usecases.move_project(actor=actor, now=timezone.now(), project=row, to=data["to"], reason=data["reason"], note=data["note"])

    return about(request, row, form, _("Next step"), act)


@require_POST
def add_milestone(request: HttpRequest, code: str) -> HttpResponse:
    """Add a checkpoint."""
    row, actor = load(request, code), actor_of(request)
    form = MilestoneForm(request.POST)

    def act() -> None:
        data = form.cleaned_data
        usecases.add_milestone(
            actor=actor,
            now=timezone.now(),
            project=row,
            title_zh=data["title_zh"],
            title_en=data["title_en"],
            due_on=data["due_on"],
            payment_cny=data["payment_cny"],
        )

    return about(request, row, form, _("Add a milestone"), act)


def _milestone(row: Project, number: int) -> Milestone:
    rows = row.milestones.select_related("project__scenario__commitment").prefetch_related("evidence")
    return get_object_or_404(rows, number=number)


@require_POST
def add_evidence(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show that a milestone is met."""
    row, actor = load(request, code), actor_of(request)
    milestone = _milestone(row, number)
    form = EvidenceForm(request.POST, request.FILES)

    def act() -> None:
        document, name = form.cleaned_data["document"] or (None, "")
        usecases.add_milestone_evidence(
            actor=actor, now=timezone.now(), milestone=milestone, note=form.cleaned_data["note"], document=document, name=name
        )

    return about(request, row, form, _("Add evidence"), act)


@require_POST
def countersign(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say whether a milestone is met."""
    row, actor = load(request, code), actor_of(request)
    milestone = _milestone(row, number)
    form = CountersignForm(request.POST)

    def act() -> None:
        data = form.cleaned_data
        usecases.countersign_milestone(
            actor=actor,
            now=timezone.now(),
            milestone=milestone,
            met=data["verdict"] == "met",
            partly=data["verdict"] == "partly",
            note=data["note"],
        )

    return about(request, row, form, _("Countersign"), act)


@require_POST
def record_acceptance(request: HttpRequest, code: str) -> HttpResponse:
    """Measure again on fresh data."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "projects.record_acceptance", row.scenario.owner_id)
    form = AcceptanceForm(request.POST, request.FILES)

    def act() -> None:
        data = form.cleaned_data
        (truth, truth_name), (predictions, predictions_name) = data["truth"], data["predictions"]
        history, history_name = data["history"] or (None, "")
        usecases.record_acceptance(
            actor=actor,
            now=timezone.now(),
            project=row,
            truth=truth,
            predictions=predictions,
            history=history,
            truth_name=truth_name,
            predictions_name=predictions_name,
            history_name=history_name,
        )

    return about(request, row, form, _("Measure again on fresh data"), act)


@require_POST
def waive_acceptance(request: HttpRequest, code: str) -> HttpResponse:
    """Say why nothing can be measured."""
    row, actor = load(request, code), actor_of(request)
    form = WaiverForm(request.POST)

    def act() -> None:
        usecases.waive_acceptance(actor=actor, now=timezone.now(), project=row, reason=form.cleaned_data["reason"])

    return about(request, row, form, _("Record a waiver"), act)
