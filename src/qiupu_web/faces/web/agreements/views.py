"""Agreements: the list, bringing one in, the page on which every sentence shows what became of it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.agreements import queries, rules, usecases
from qiupu_web.agreements.enums import EvidenceKind, TextKind
from qiupu_web.agreements.models import Agreement, AgreementParty
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements.contexts import Wanted
from qiupu_web.faces.web.agreements.contexts import agreement_page as page_of
from qiupu_web.faces.web.agreements.forms import PartyForm, TwinForm
from qiupu_web.faces.web.agreements.next_steps import steps_of_agreement
from qiupu_web.faces.web.downloads import attachment
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.parties.permissions import may


def load(request: HttpRequest, code: str) -> Agreement:
    """Return an agreement that the reader may see; 404 otherwise."""
    rows = queries.visible_agreements(actor_of(request)).select_related("twin", "source", "same_as")
    return get_object_or_404(rows, code=code)


def agreement_list(request: HttpRequest) -> HttpResponse:
    """Show every text once, in the reader's language where there are two."""
    mine = "zh" if (get_language() or "en").startswith("zh") else "en"
    rows = queries.visible_agreements(actor_of(request)).filter(
        Q(twin__isnull=True) | Q(language=mine) | (~Q(twin__language=mine) & Q(pk__lt=F("twin_id")))
    )
    listing = build_listing(
        request,
        queries.with_counts(rows).defer("text", "reading").prefetch_related("parties__organisation"),
        search=_search,
        filters={"kind": (_("Kind"), TextKind.choices, lambda found, value: found.filter(kind=value))},
        all_label=_("all"),
    )
    may_add = may(actor_of(request), "agreements.read_agreement")
    return render(request, "agreements/list.html", {"listing": listing, "page": listing.page, "may_add": may_add})


def _search(rows: QuerySet[Agreement], words: str) -> QuerySet[Agreement]:
    for word in words.split():
        rows = rows.filter(Q(title_zh__icontains=word) | Q(title_en__icontains=word) | Q(text__icontains=word))
    return rows


def agreement_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the text beside what became of each sentence."""
    agreement = load(request, code)
    actor = actor_of(request)
    sentence = request.GET.get("sentence", "")
    wanted = Wanted(request.GET.get("page"), int(sentence) if sentence.isascii() and sentence.isdigit() else None)
    context = page_of(agreement, actor, wanted)
    office = may(actor, "agreements.link_twins")
    twin_form = _twin_form(agreement, None) if office and agreement.twin is None else None
    may_register = may(actor, "parties.create_organisation")
    party_forms = [(one, _party_form(one), _register(one) if may_register else "") for one in context.parties] if office else []
    next_steps = steps_of_agreement(agreement, context.tally, context.parties, actor)
    shown = {"page": context, "next_steps": next_steps, "twin_form": twin_form, "party_forms": party_forms, "office": office}
    return render(request, "agreements/detail.html", shown)


def _register(party: AgreementParty) -> str:
    """Return where the party is registered as an organisation, to come back with the two linked."""
    back = f"{reverse('agreements:detail', args=[party.agreement.code])}#parties"
    return f"{reverse('parties:new')}?{urlencode({'party': party.pk, 'next': back})}"


def _party_form(party: AgreementParty) -> PartyForm:
    initial = {"organisation": party.organisation_id, "is_partner": party.is_partner}
    return PartyForm(initial=initial, auto_id=f"party-{party.pk}-%s")


def agreement_source(request: HttpRequest, code: str) -> HttpResponse:
    """Download the file as it came; a pasted text as plain text."""
    agreement = load(request, code)
    if agreement.source is None:
        return HttpResponse(agreement.text, content_type="text/plain; charset=utf-8")
    return attachment(agreement.source)


@require_POST
def link_party(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Say which organisation a party is."""
    agreement = load(request, code)
    party = get_object_or_404(agreement.parties.select_related("agreement"), pk=pk)
    form = PartyForm(request.POST)
    address = reverse("agreements:detail", args=[code])
    if form.is_valid():

        def act() -> str:
            usecases.link_party(
                actor=actor_of(request),
                now=timezone.now(),
                party=party,
                organisation=form.cleaned_data["organisation"],
                is_partner=form.cleaned_data["is_partner"],
            )
            return f"{address}#parties"

        sent = form.send(act)
        if sent is not None:
            return sent
    return render(
        request,
        "agreements/act.html",
        _act(agreement, form, _("Which organisation is %(name)s?") % {"name": party.name}),
        status=400,
    )


def _twin_form(agreement: Agreement, data: object) -> TwinForm:
    form = TwinForm(data)
    others = Agreement.objects.filter(twin__isnull=True, kind=agreement.kind).exclude(language=agreement.language)
    form.fields["twin"].queryset = others  # type: ignore[attr-defined]  # a field of model choices
    return form


@require_POST
def link_twin(request: HttpRequest, code: str) -> HttpResponse:
    """Join the text with its translation."""
    agreement = load(request, code)
    form = _twin_form(agreement, request.POST)
    if form.is_valid():

        def act() -> str:
            pairs = usecases.link_twins(
                actor=actor_of(request), now=timezone.now(), agreement=agreement, twin=form.cleaned_data["twin"]
            )
            messages.success(request, _("The two texts are joined; %(n)d sentences were paired.") % {"n": pairs})
            return reverse("agreements:detail", args=[code])

        sent = form.send(act)
        if sent is not None:
            return sent
    return render(request, "agreements/act.html", _act(agreement, form, _("Join with its translation")), status=400)


def _act(agreement: Agreement, form: object, title: str) -> dict[str, object]:
    back = reverse("agreements:detail", args=[agreement.code])
    return {"title": title, "form": form, "back": back, "back_words": agreement.title}


def lights(request: HttpRequest) -> HttpResponse:
    """Publish the rule by which lights are computed."""
    steps = [(EvidenceKind(kind).label, round(100 * share)) for kind, share in rules.REACHED.items()]
    context = {
        "steps": steps,
        "lag": round(100 * rules.LAG_ALLOWED),
        "last_days": rules.LAST_DAYS,
        "enough": round(100 * rules.ENOUGH_AT_THE_END),
        "silence": rules.SILENCE_DAYS,
        "override_days": usecases.evidence.OVERRIDE_DAYS,
    }
    return render(request, "agreements/lights.html", context)
