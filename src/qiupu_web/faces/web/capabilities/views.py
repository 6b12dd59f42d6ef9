"""The capability list and one capability."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.capabilities import queries, usecases
from qiupu_web.capabilities.enums import CapabilityState, Deployment
from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.capabilities.contexts import (
    CapabilityFormPage,
    CapabilityList,
    CapabilityPage,
    OwnCapabilities,
    deeds_of,
    facts_of,
    row_of,
    standing_of,
)
from qiupu_web.faces.web.capabilities.forms import CapabilityForm, PressForm
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.matches.queries import matches_of_capability
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Field, OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may, require

SUPPLIER_KINDS = (
    OrganisationKind.COMPANY,
    OrganisationKind.STARTUP,
    OrganisationKind.UNIVERSITY,
    OrganisationKind.PARTNER,
    OrganisationKind.ASSOCIATION,
)


def capability_list(request: HttpRequest) -> HttpResponse:
    """Published capabilities, with search and filters."""
    places = [(one.value, one.label) for one in Deployment if one != Deployment.ANY]
    kinds = [(one.value, one.label) for one in OrganisationKind if one.value in SUPPLIER_KINDS]
    listing = build_listing(
        request,
        queries.for_lists(queries.published_capabilities()),
        search=queries.named,
        filters={
            "field": (_("Field"), Field.choices, lambda rows, value: rows.filter(field=value)),
            "deployment": (
                _("Runs"),
                places,
                lambda rows, value: rows.filter(deployment__in=(value, Deployment.ANY)),
            ),
            "kind": (_("Supplier"), kinds, lambda rows, value: rows.filter(supplier__kind=value)),
            "proven": (_("Proof"), [("yes", _("proven by a trial or project"))], lambda rows, _value: queries.proven(rows)),
        },
        all_label=_("all"),
    )
    actor = actor_of(request)
    rows = [row_of(row) for row in listing.page]
    context = CapabilityList(listing, rows, may(actor, "capabilities.register", actor.organisation_id))
    return render(request, "capabilities/list.html", {"list": context, "listing": listing})


def my_capabilities(request: HttpRequest) -> HttpResponse:
    """Everything of the actor's organisation, drafts too; for the office every draft."""
    actor = actor_of(request)
    require(actor, "capabilities.register", actor.organisation_id)
    rows = (
        Capability.objects.exclude(state=CapabilityState.PUBLISHED).order_by("-updated_at", "-id")
        if actor.role == "office"
        else queries.own_capabilities(actor.organisation_id or 0)
    )
    listing = build_listing(
        request,
        rows.select_related("supplier"),
        search=queries.named,
        filters={"state": (_("State"), CapabilityState.choices, lambda found, value: found.filter(state=value))},
        all_label=_("all"),
    )
    context = OwnCapabilities(listing, list(queries.open_brochures(actor)[:20]))
    return render(request, "capabilities/mine.html", {"page": context, "listing": listing})


def capability_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One capability."""
    return _page(request, _visible(request, code))


def _visible(request: HttpRequest, code: str) -> Capability:
    return get_object_or_404(queries.visible_to(actor_of(request)), code=code)


def _page(request: HttpRequest, row: Capability, problem: OnceForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    proofs = list(row.proofs.all())
    matches = matches_of_capability(row)
    context = CapabilityPage(
        capability=row,
        standing=standing_of(proofs),
        facts=facts_of(proofs),
        matches=list(matches[:10]),
        match_count=matches.count(),
        is_inside=actor.role in ("office", "auditor", "administrator")
        or (actor.organisation_id is not None and actor.organisation_id == row.supplier_id),
        deeds=deeds_of(actor, row),
        problem=problem,
    )
    return render(request, "capabilities/detail.html", {"page": context, "row": row}, status=400 if problem else 200)


def suppliers_for(actor: Actor) -> QuerySet[Organisation]:
    """Return for whom somebody may register: the office for every supplier, others for their own organisation."""
    if actor.role == "office":
        return Organisation.objects.filter(is_active=True, kind__in=SUPPLIER_KINDS).order_by("code")
    return Organisation.objects.filter(pk=actor.organisation_id or 0)


def new_capability(request: HttpRequest) -> HttpResponse:
    """Register a capability."""
    actor = actor_of(request)
    require(actor, "capabilities.register", actor.organisation_id)
    form = CapabilityForm(request.POST or None, suppliers=suppliers_for(actor))

    def act() -> str:
        row = usecases.register_capability(actor=actor, now=timezone.now(), supplier=form.cleaned_data["supplier"], **form.words())
        return reverse("capabilities:detail", args=[row.code])

    done = form.send(act) if request.method == "POST" and form.is_valid() else None
    return done or _form_page(request, form, None)


def edit_capability(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a capability says."""
    actor, row = actor_of(request), _visible(request, code)
    require(actor, "capabilities.edit", row.supplier_id)
    form = CapabilityForm(request.POST or None, suppliers=Organisation.objects.none(), capability=row)

    def act() -> str:
        usecases.edit_capability(actor=actor, now=timezone.now(), capability=row, **form.words())
        return reverse("capabilities:detail", args=[row.code])

    done = form.send(act) if request.method == "POST" and form.is_valid() else None
    return done or _form_page(request, form, row)


def _form_page(request: HttpRequest, form: CapabilityForm, row: Capability | None) -> HttpResponse:
    context = CapabilityFormPage(form, row)
    return render(request, "capabilities/form.html", {"page": context, "form": form}, status=400 if form.errors else 200)


def _press(request: HttpRequest, code: str, act: Callable[[Actor, Capability], object]) -> HttpResponse:
    row, form = _visible(request, code), PressForm(request.POST)

    def run() -> str:
        act(actor_of(request), row)
        return reverse("capabilities:detail", args=[code])

    done = form.send(run) if form.is_valid() else None
    if done is not None:
        return done
    row.refresh_from_db()
    return _page(request, row, problem=form)


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Put on the list."""
    return _press(request, code, lambda actor, row: usecases.publish_capability(actor=actor, now=timezone.now(), capability=row))


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take off the list."""
    return _press(request, code, lambda actor, row: usecases.withdraw_capability(actor=actor, now=timezone.now(), capability=row))
