"""Risks, benefits, contract documents, replication: what changes them. Each write has its own address."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.downloads import attachment
from qiupu_web.faces.web.projects.acting import about
from qiupu_web.faces.web.projects.contexts import may_read_files
from qiupu_web.faces.web.projects.register_forms import (
    BenefitForm,
    DocumentForm,
    DropForm,
    MeasureForm,
    ReplicateForm,
    ReviewForm,
    RiskForm,
    RiskMoveForm,
)
from qiupu_web.faces.web.projects.views import load
from qiupu_web.parties.permissions import matrix, require
from qiupu_web.projects import usecases
from qiupu_web.projects.models import Benefit, BenefitMeasurement, ContractDocument, Project, Risk


def _risk(row: Project, number: int) -> Risk:
    return get_object_or_404(row.risks.select_related("project__scenario", "keeper"), number=number)


def _benefit(row: Project, number: int) -> Benefit:
    return get_object_or_404(row.benefits.select_related("project__scenario"), number=number)


@require_POST
def add_risk(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what may go wrong."""
    row, actor = load(request, code), actor_of(request)
    form = RiskForm(request.POST, project=row)

    def act() -> None:
        usecases.add_risk(actor=actor, now=timezone.now(), project=row, **form.values())

    return about(request, row, form, _("Add a risk"), act)


def edit_risk(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Change what a risk says."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "projects.edit_risk", row.scenario.owner_id, row.supplier_id)
    risk = _risk(row, number)
    initial: dict[str, Any] = {name: getattr(risk, name) for name in usecases.RISK_FIELDS}
    form = RiskForm(request.POST or None, project=row, initial=initial)

    def act() -> None:
        usecases.edit_risk(actor=actor, now=timezone.now(), risk=risk, **form.values())

    return about(request, row, form, _("Change the risk"), act)


@require_POST
def move_risk(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say what became of a risk."""
    row, actor = load(request, code), actor_of(request)
    risk = _risk(row, number)
    form = RiskMoveForm(request.POST, state=risk.state)

    def act() -> None:
        usecases.move_risk(actor=actor, now=timezone.now(), risk=risk, **form.values())

    return about(request, row, form, _("What became of the risk"), act)


@require_POST
def add_benefit(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what the project shall bring."""
    row, actor = load(request, code), actor_of(request)
    form = BenefitForm(request.POST)

    def act() -> None:
        usecases.add_benefit(actor=actor, now=timezone.now(), project=row, **form.values())

    return about(request, row, form, _("Add a benefit"), act)


@require_POST
def measure_benefit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Write down a measured value."""
    row, actor = load(request, code), actor_of(request)
    benefit = _benefit(row, number)
    form = MeasureForm(request.POST, request.FILES)

    def act() -> None:
        values = form.values()
        document, name = values.pop("document") or (None, "")
        usecases.measure_benefit(actor=actor, now=timezone.now(), benefit=benefit, document=document, name=name, **values)

    return about(request, row, form, _("Write down a measured value"), act)


@require_POST
def review_benefit(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Say that a measured value holds."""
    row, actor = load(request, code), actor_of(request)
    rows = BenefitMeasurement.objects.select_related("benefit__project").filter(benefit__project=row)
    measurement = get_object_or_404(rows, pk=pk)
    form = ReviewForm(request.POST)

    def act() -> None:
        usecases.review_benefit(actor=actor, now=timezone.now(), measurement=measurement, **form.values())

    return about(request, row, form, _("Review the value"), act)


@require_POST
def drop_benefit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Say that a benefit is no longer pursued."""
    row, actor = load(request, code), actor_of(request)
    benefit = _benefit(row, number)
    form = DropForm(request.POST)

    def act() -> None:
        usecases.drop_benefit(actor=actor, now=timezone.now(), benefit=benefit, **form.values())

    return about(request, row, form, _("No longer pursue it"), act)


@require_POST
def add_document(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a document of the contract."""
    row, actor = load(request, code), actor_of(request)
    form = DocumentForm(request.POST, request.FILES)

    def act() -> None:
        values = form.values()
        document, name = values.pop("document")
        usecases.add_document(actor=actor, now=timezone.now(), project=row, document=document, name=name, **values)

    return about(request, row, form, _("Add a contract document"), act)


@require_POST
def replicate_project(request: HttpRequest, code: str) -> HttpResponse:
    """Let another unit take the project over; then show its draft."""
    row, actor = load(request, code), actor_of(request)
    mine = actor.organisation_id if matrix()["projects.replicate"].get(actor.role) == "own" else None
    require(actor, "projects.replicate", mine)
    form = ReplicateForm(request.POST, project=row, organisation_id=mine)
    made = ""

    def act() -> None:
        nonlocal made
        link = usecases.replicate_project(actor=actor, now=timezone.now(), project=row, **form.values())
        made = reverse("scenarios:detail", args=[link.scenario.code])

    return about(request, row, form, _("Take it over"), act, then=lambda: made)


def contract_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Download a document of the contract; for those who take part."""
    row = load(request, code)
    found = get_object_or_404(ContractDocument.objects.select_related("document"), pk=pk, project=row)
    if not may_read_files(row, actor_of(request)):
        raise Http404
    return attachment(found.document)


def measurement_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Download what shows a measured value; for those who take part."""
    row = load(request, code)
    found = get_object_or_404(BenefitMeasurement.objects.select_related("document"), pk=pk, benefit__project=row)
    if found.document is None or not may_read_files(row, actor_of(request)):
        raise Http404
    return attachment(found.document)
