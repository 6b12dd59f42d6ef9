"""Duplicates: what is suspected, one pair side by side, what was merged and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.parties import contexts_merges as contexts
from qiupu_web.faces.web.parties.forms_merges import NOTHING, DifferentForm, MergeForm, PressForm, labels, shown
from qiupu_web.parties import queries, usecases
from qiupu_web.parties.bridge import reasons_for
from qiupu_web.parties.merging import count_rows, objection
from qiupu_web.parties.models import DifferentOrganisations, Organisation, OrganisationMerge
from qiupu_web.parties.permissions import require
from qiupu_web.parties.usecases.merges import CHOSEN


def duplicates(request: HttpRequest) -> HttpResponse:
    """What is suspected, the strongest first."""
    require(actor_of(request), "parties.merge_organisations")
    return _duplicates(request)


def _duplicates(request: HttpRequest, problem: OnceForm | None = None) -> HttpResponse:
    page, suspicions = contexts.suspicions_of(queries.suspected(), request.GET.get("page"))
    context = contexts.Duplicates(
        page=page,
        suspicions=suspicions,
        merges=list(queries.merges()[: contexts.LATEST]),
        different=list(queries.told_apart()[: contexts.LATEST]),
        problem=problem,
    )
    return render(request, "parties/duplicates.html", {"list": context}, status=400 if problem else 200)


def compare(request: HttpRequest, kept: str, merged: str) -> HttpResponse:
    """One pair side by side: the first stays, the second would go."""
    require(actor_of(request), "parties.merge_organisations")
    return _compare(request, *_pair(kept, merged))


def _pair(kept: str, merged: str) -> tuple[Organisation, Organisation]:
    if kept == merged:
        raise Http404
    rows = Organisation.objects.select_related("parent").filter(merged_into__isnull=True)
    return get_object_or_404(rows, code=kept), get_object_or_404(rows, code=merged)


def _compare(
    request: HttpRequest,
    kept: Organisation,
    merged: Organisation,
    form: MergeForm | None = None,
    different: DifferentForm | None = None,
) -> HttpResponse:
    titles = labels()
    context = contexts.Comparison(
        kept=kept,
        merged=merged,
        reasons=contexts.why_of(reasons_for(kept, merged)),
        rows=[row for name in CHOSEN if (row := (titles[name], shown(kept, name), shown(merged, name)))[1:] != (NOTHING, NOTHING)],
        counts=contexts.counts_of(count_rows(kept), count_rows(merged)),
        objection=contexts.told_by(objection(kept, merged)),
        form=form or MergeForm(kept=kept, merged=merged, auto_id="id_merge_%s"),
        different=different or DifferentForm(auto_id="id_different_%s"),
    )
    return render(request, "parties/compare.html", {"page": context}, status=400 if form or different else 200)


@require_POST
def merge(request: HttpRequest, kept: str, merged: str) -> HttpResponse:
    """Make one of two."""
    actor = actor_of(request)
    require(actor, "parties.merge_organisations")
    stays, goes = _pair(kept, merged)
    form = MergeForm(request.POST, kept=stays, merged=goes, auto_id="id_merge_%s")

    def act() -> str:
        row = usecases.merge_organisations(actor=actor, now=timezone.now(), kept=stays, merged=goes, taken=form.taken())
        messages.success(request, _("The two are one now. This page keeps what moved, and the way back."))
        return reverse("parties:merge_detail", args=[row.pk])

    done = form.send(act) if form.is_valid() else None
    if done is not None:
        return done
    return _compare(request, *_pair(kept, merged), form=form)


@require_POST
def tell_apart(request: HttpRequest, kept: str, merged: str) -> HttpResponse:
    """Say that two are two."""
    actor = actor_of(request)
    require(actor, "parties.tell_apart")
    one, other = _pair(kept, merged)
    form = DifferentForm(request.POST, auto_id="id_different_%s")

    def act() -> str:
        note = form.cleaned_data["note"]
        usecases.tell_apart(actor=actor, now=timezone.now(), one=one, other=other, note=note)
        messages.success(request, _("Remembered: these are two. They are not suspected again."))
        return reverse("parties:duplicates")

    done = form.send(act) if form.is_valid() else None
    return done or _compare(request, one, other, different=form)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that two are two."""
    actor = actor_of(request)
    require(actor, "parties.reopen_pair")
    row = get_object_or_404(DifferentOrganisations.objects.select_related("first", "second"), pk=pk)
    form = PressForm(request.POST)

    def act() -> str:
        usecases.reopen_pair(actor=actor, now=timezone.now(), different=row)
        return reverse("parties:duplicates")

    done = form.send(act) if form.is_valid() else None
    return done or _duplicates(request, problem=form)


def merge_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One merge; POST undoes it."""
    actor = actor_of(request)
    require(actor, "parties.undo_merge")
    row = get_object_or_404(OrganisationMerge.objects.select_related("kept", "merged"), pk=pk)
    form = PressForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        usecases.undo_merge(actor=actor, now=timezone.now(), merge=row)
        messages.success(request, _("Undone: the two are as they were."))
        return reverse("parties:merge_detail", args=[row.pk])

    done = form.send(act) if request.method == "POST" and form.is_valid() else None
    if done is not None:
        return done
    row.refresh_from_db()
    context = contexts.MergePage(
        merge=row,
        reasons=[contexts.why(one["kind"], one["left"], one["right"]) for one in row.reasons],
        values=contexts.values_of(row.values, labels()),
        counts=contexts.moved_of(row),
        form=form if row.undone_at is None else None,
    )
    return render(request, "parties/merge.html", {"page": context}, status=400 if form.is_bound else 200)
