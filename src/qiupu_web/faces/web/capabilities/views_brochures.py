"""From a brochure to a draft: send, decide each sentence, draft."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.capabilities import queries, usecases
from qiupu_web.capabilities.enums import SentenceState
from qiupu_web.capabilities.models import Brochure
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.capabilities.contexts_brochures import BrochurePage, NewBrochure, lines_of
from qiupu_web.faces.web.capabilities.forms import PressForm
from qiupu_web.faces.web.capabilities.forms_brochures import BrochureForm, DraftForm, SentencesForm
from qiupu_web.faces.web.capabilities.views import suppliers_for
from qiupu_web.parties.permissions import may, require


def new_brochure(request: HttpRequest) -> HttpResponse:
    """Send a brochure."""
    actor = actor_of(request)
    require(actor, "capabilities.read_brochure", actor.organisation_id)
    is_sent = request.method == "POST"
    form = BrochureForm(request.POST if is_sent else None, request.FILES if is_sent else None, suppliers=suppliers_for(actor))

    def act() -> str:
        given = form.cleaned_data
        row = usecases.read_brochure(
            actor=actor, now=timezone.now(), supplier=given["supplier"], data=form.data_bytes, name=given["file"].name
        )
        return reverse("capabilities:brochure", args=[row.pk])

    done = form.send(act) if is_sent and form.is_valid() else None
    return done or render(
        request, "capabilities/brochure_new.html", {"page": NewBrochure(form)}, status=400 if form.errors else 200
    )


def _brochure(request: HttpRequest, pk: int) -> Brochure:
    return get_object_or_404(queries.brochures_for(actor_of(request)), pk=pk)


def brochure(request: HttpRequest, pk: int) -> HttpResponse:
    """One brochure; POST keeps what was decided so far."""
    actor, row = actor_of(request), _brochure(request, pk)
    if request.method != "POST":
        return _page(request, row)
    require(actor, "capabilities.decide_sentences", row.supplier_id)
    form = SentencesForm(request.POST, rows=list(row.sentences.all()), auto_id="id_sentence_%s")

    def act() -> str:
        usecases.decide_sentences(actor=actor, now=timezone.now(), brochure=row, decisions=form.decisions())
        waiting = row.sentences.filter(state=SentenceState.WAITING).count()
        messages.success(request, _("Kept. %(n)d sentences still wait.") % {"n": waiting})
        return reverse("capabilities:brochure", args=[row.pk])

    done = form.send(act) if form.is_valid() else None
    return done or _page(request, row, form=form)


def _page(request: HttpRequest, row: Brochure, form: SentencesForm | None = None, draft: DraftForm | None = None) -> HttpResponse:
    actor, rows = actor_of(request), list(row.sentences.all())
    waiting = sum(one.state == SentenceState.WAITING for one in rows)
    is_open = row.capability_id is None
    if is_open and form is None and may(actor, "capabilities.decide_sentences", row.supplier_id):
        form = SentencesForm(rows=rows, auto_id="id_sentence_%s")
    problem = draft
    if is_open and draft is None and not waiting and may(actor, "capabilities.draft_from_brochure", row.supplier_id):
        draft = DraftForm(brochure=row, auto_id="id_draft_%s")
    discard = is_open and may(actor, "capabilities.discard_brochure", row.supplier_id)
    context = BrochurePage(row, lines_of(rows, form), waiting, form, draft, PressForm(auto_id="id_discard_%s") if discard else None)
    is_wrong = bool(problem or (form and form.is_bound))
    return render(request, "capabilities/brochure.html", {"page": context, "row": row}, status=400 if is_wrong else 200)


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the draft."""
    actor, row = actor_of(request), _brochure(request, pk)
    require(actor, "capabilities.draft_from_brochure", row.supplier_id)
    form = DraftForm(request.POST, brochure=row, auto_id="id_draft_%s")

    def act() -> str:
        made = usecases.draft_from_brochure(actor=actor, now=timezone.now(), brochure=row, **form.words())
        messages.success(request, _("A draft of the sentences that you confirmed. Complete it, then publish it."))
        return reverse("capabilities:detail", args=[made.code])

    done = form.send(act) if form.is_valid() else None
    return done or _page(request, _brochure(request, pk), draft=form)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it away."""
    actor, row = actor_of(request), _brochure(request, pk)
    require(actor, "capabilities.discard_brochure", row.supplier_id)
    form = PressForm(request.POST)

    def act() -> str:
        usecases.discard_brochure(actor=actor, now=timezone.now(), brochure=row)
        messages.success(request, _("The brochure is put away."))
        return reverse("capabilities:mine")

    return (form.send(act) if form.is_valid() else None) or _page(request, _brochure(request, pk))
