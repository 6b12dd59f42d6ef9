"""What was kept: money of commitments, lights by hand, the benefits ledger, scorecards."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.agreements import queries, usecases
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements import score_contexts
from qiupu_web.faces.web.agreements.commitments import act_page, load
from qiupu_web.faces.web.agreements.forms import MoneyForm, OverrideForm, StrikeForm
from qiupu_web.faces.web.agreements.ledger_contexts import ledger_of
from qiupu_web.faces.web.agreements.ledger_sheet import ledger_xlsx
from qiupu_web.faces.web.agreements.views import load as load_agreement
from qiupu_web.faces.web.downloads import attachment
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_SIZE = 50


def record_money(request: HttpRequest, code: str) -> HttpResponse:
    """Record money that was agreed, was paid in or has landed."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "agreements.record_money", *usecases.involved(row))
    form = MoneyForm(request.POST or None, request.FILES or None)

    def act() -> None:
        given = form.cleaned_data
        data, name = given["document"] or (None, "")
        usecases.record_money(
            actor=actor,
            now=timezone.now(),
            commitment=row,
            kind=given["kind"],
            amount_cny=given["amount_cny"],
            on=given["on"],
            note=given["note"],
            data=data,
            name=name,
        )

    return act_page(request, row, form, _("Record money"), act, template="agreements/act_file.html")


def strike_money(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Strike a wrong entry out."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "agreements.strike_money")
    entry = get_object_or_404(row.money.select_related("commitment"), pk=pk)
    form = StrikeForm(request.POST or None)

    def act() -> None:
        usecases.strike_money(actor=actor, now=timezone.now(), entry=entry, note=form.cleaned_data["note"])

    return act_page(request, row, form, _("Strike the entry out"), act)


def money_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Download the document of an entry; for members of the organisations that take part."""
    row, actor = load(request, code), actor_of(request)
    entry = get_object_or_404(row.money.select_related("document"), pk=pk)
    owners = (*usecases.involved(row), *(party.organisation_id for party in row.statement.agreement.parties.all()))
    takes_part = actor.organisation_id is not None and actor.organisation_id in owners
    if entry.document is None or not (takes_part or actor.role in queries.SEES_ALL):
        raise Http404
    return attachment(entry.document)


def override_light(request: HttpRequest, code: str) -> HttpResponse:
    """Set a light by hand, with a reason and until a day."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "agreements.override_light")
    form = OverrideForm(request.POST or None)

    def act() -> None:
        given = form.cleaned_data
        usecases.override_light(
            actor=actor,
            now=timezone.now(),
            commitment=row,
            state=given["state"],
            reason=given["reason"],
            note=given["note"],
            until_on=given["until_on"],
        )

    return act_page(request, row, form, _("Set the light by hand"), act)


@require_POST
def end_override(request: HttpRequest, code: str) -> HttpResponse:
    """Let the rule decide again."""
    row, actor = load(request, code), actor_of(request)

    def act() -> None:
        usecases.end_override(actor=actor, now=timezone.now(), commitment=row)

    return act_page(request, row, OnceForm(request.POST), _("Let the rule decide again"), act)


def ledger(request: HttpRequest, code: str) -> HttpResponse:
    """What each party of an agreement gave and got."""
    found = ledger_of(load_agreement(request, code), timezone.localdate())
    page = Paginator(found.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"ledger": found, "page": page, "deliverables": found.deliverables(page.object_list)}
    return render(request, "agreements/ledger.html", context)


def ledger_file(request: HttpRequest, code: str) -> HttpResponse:
    """The ledger as Excel."""
    found = ledger_of(load_agreement(request, code), timezone.localdate())
    name = f"ledger-{found.agreement.code}-{timezone.localdate():%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(ledger_xlsx(found), content_type=XLSX, headers=headers)


def scorecards(request: HttpRequest) -> HttpResponse:
    """Every agreement and every party with a promise."""
    scores = score_contexts.all_scores(actor_of(request), timezone.localdate())
    return render(request, "agreements/scorecards.html", {"scores": scores})


def agreement_scorecard(request: HttpRequest, code: str) -> HttpResponse:
    """What an agreement promised and what was kept of it."""
    agreement = load_agreement(request, code)
    card = score_contexts.agreement_scorecard(agreement, actor_of(request), timezone.localdate())
    context = {"agreement": agreement, "back": reverse("agreements:detail", args=[code])}
    return _scorecard(request, card, context)


def party_scorecard(request: HttpRequest, code: str) -> HttpResponse:
    """What a party promised in all agreements and what it kept."""
    party = get_object_or_404(Organisation.objects.filter(is_active=True), code=code)
    card = score_contexts.party_scorecard(party, actor_of(request), timezone.localdate())
    return _scorecard(request, card, {"party": party, "back": reverse("parties:detail", args=[code])})


def _scorecard(request: HttpRequest, card: score_contexts.Scorecard, context: dict[str, object]) -> HttpResponse:
    rows = score_contexts.commitments_of(card, actor_of(request), timezone.localdate())
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "agreements/scorecard.html", {"card": card, "page": page, **context})
