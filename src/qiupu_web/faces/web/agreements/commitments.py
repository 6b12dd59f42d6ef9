"""Commitments: the list, the page, changing, evidence, settling."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.agreements import queries, usecases
from qiupu_web.agreements.enums import CommitmentState
from qiupu_web.agreements.models import Commitment
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements.commitment_contexts import commitment_page as page_of
from qiupu_web.faces.web.agreements.commitment_contexts import said_of
from qiupu_web.faces.web.agreements.forms import AmendForm, CommitmentForm, EvidenceForm, SettleForm, typed_of
from qiupu_web.faces.web.agreements.next_steps import steps_of_commitment
from qiupu_web.faces.web.downloads import attachment
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may, require


def load(request: HttpRequest, code: str) -> Commitment:
    """Return a commitment that the reader may see, with all that its page shows; 404 otherwise."""
    rows = (
        queries.visible_commitments(actor_of(request))
        .select_related("lead_unit", "debtor", "creditor", "amends", "statement__twin__agreement")
        .prefetch_related(
            "supporting_units", "evidence__document", "confirmations__party", "statement__agreement__parties__organisation"
        )
    )
    return get_object_or_404(rows, code=code)


def commitment_list(request: HttpRequest) -> HttpResponse:
    """The ledger: every commitment, by state, field and lead unit."""
    rows = queries.visible_commitments(actor_of(request)).exclude(state=CommitmentState.AMENDED)
    leads = Organisation.objects.filter(led__isnull=False).distinct()
    listing = build_listing(
        request,
        rows.order_by("due_on", "code"),
        search=queries.search_commitments,
        filters={
            "state": (_("State"), CommitmentState.choices, lambda found, value: found.filter(state=value)),
            "field": (_("Field"), list(settings.FIELD_NAMES.items()), lambda found, value: found.filter(field=value)),
            "unit": (_("Lead unit"), [(row.code, row.name) for row in leads], _led_by),
            "owes": (_("Who owes it"), [("partner", _("the partner itself")), ("others", _("the other parties"))], _owed_by),
        },
        all_label=_("all"),
    )
    context = {"listing": listing, "page": listing.page, "unit_table": _unit_table(request, leads)}
    return render(request, "agreements/commitments.html", context)


def _unit_table(request: HttpRequest, leads: QuerySet[Organisation]) -> str:
    """Return the address of one unit's rows as Excel, for the office to send; empty when no unit is chosen."""
    unit = request.GET.get("unit", "")
    if not may(actor_of(request), "agreements.record_answer") or unit not in {row.code for row in leads}:
        return ""
    return f"{reverse('exchange:export', args=['commitments'])}?{urlencode({'unit': unit})}"


def _led_by(rows: QuerySet[Commitment], code: str) -> QuerySet[Commitment]:
    return rows.filter(lead_unit__code=code)


def _owed_by(rows: QuerySet[Commitment], side: str) -> QuerySet[Commitment]:
    return queries.owed_by_partner(rows) if side == "partner" else queries.owed_by_partner(rows, negate=True)


def commitment_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one commitment: where it stands, who acts next, what shows it, who confirmed."""
    row = load(request, code)
    actor, now = actor_of(request), timezone.now()
    page = page_of(row, actor, now)
    next_steps = steps_of_commitment(page, actor, timezone.localdate(now))
    context = {"page": page, "next_steps": next_steps, "evidence_form": EvidenceForm()}
    return render(request, "agreements/commitment.html", context)


def act_page(
    request: HttpRequest,
    row: Commitment,
    form: OnceForm,
    title: str,
    act: Callable[[], None],
    *,
    template: str = "agreements/act.html",
) -> HttpResponse:
    """Show a form about a commitment, run its use case when it is sent, go back to the page."""
    back = reverse("agreements:commitment", args=[row.code])

    def run() -> str:
        act()
        return back

    if request.method == "POST" and form.is_valid():
        sent = form.send(run)
        if sent is not None:
            return sent
    context = {"title": title, "form": form, "row": row, "said": said_of(row), "back": back, "back_words": row.title}
    return render(request, template, context, status=400 if form.errors else 200)


def edit_commitment(request: HttpRequest, code: str) -> HttpResponse:
    """Change a commitment that is not confirmed yet."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "agreements.edit_commitment")
    form = CommitmentForm(request.POST or None, initial=typed_of(row))

    def act() -> None:
        usecases.edit_commitment(actor=actor, now=timezone.now(), commitment=row, **form.values())

    return act_page(request, row, form, _("Change the commitment"), act)


def amend_commitment(request: HttpRequest, code: str) -> HttpResponse:
    """Replace a confirmed commitment."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "agreements.amend_commitment")
    form = AmendForm(request.POST or None, initial=typed_of(row))
    del form.fields["supporting_units"]

    def act() -> None:
        usecases.amend_commitment(actor=actor, now=timezone.now(), commitment=row, note=form.cleaned_data["note"], **form.values())

    return act_page(request, row, form, _("Amend the commitment"), act)


def settle_commitment(request: HttpRequest, code: str) -> HttpResponse:
    """Close a commitment: met, in part, or waived."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "agreements.settle_commitment")
    form = SettleForm(request.POST or None)

    def act() -> None:
        outcome = form.cleaned_data["outcome"]
        usecases.settle_commitment(
            actor=actor,
            now=timezone.now(),
            commitment=row,
            met=outcome == "met",
            reason="" if outcome == "met" else outcome,
            note=form.cleaned_data["note"],
        )

    return act_page(request, row, form, _("Settle the commitment"), act)


@require_POST
def add_evidence(request: HttpRequest, code: str) -> HttpResponse:
    """Add a document."""
    row, actor = load(request, code), actor_of(request)
    form = EvidenceForm(request.POST, request.FILES)

    def act() -> None:
        data, name = form.cleaned_data["file"]
        title = "title_zh" if (get_language() or "en").startswith("zh") else "title_en"
        usecases.add_document_evidence(
            actor=actor, now=timezone.now(), commitment=row, data=data, name=name, **{title: form.cleaned_data["title"]}
        )

    return act_page(request, row, form, _("Add a document"), act, template="agreements/act_file.html")


@require_POST
def countersign_evidence(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Say that a document holds."""
    row = load(request, code)
    evidence = get_object_or_404(row.evidence.select_related("commitment"), pk=pk)

    def act() -> None:
        usecases.countersign_evidence(actor=actor_of(request), now=timezone.now(), evidence=evidence)

    return act_page(request, row, OnceForm(request.POST), _("Countersign"), act)


def evidence_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Download a document; for members of the organisations that take part."""
    row, actor = load(request, code), actor_of(request)
    evidence = get_object_or_404(row.evidence.select_related("document"), pk=pk)
    owners = (*usecases.involved(row), *(party.organisation_id for party in row.statement.agreement.parties.all()))
    takes_part = actor.organisation_id is not None and actor.organisation_id in owners
    if evidence.document is None or not (takes_part or actor.role in queries.SEES_ALL):
        raise Http404
    return attachment(evidence.document)


def confirmation_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Download the stamped scan of a confirmation; for the parties and whoever sees everything."""
    row, actor = load(request, code), actor_of(request)
    confirmation = get_object_or_404(row.confirmations.select_related("scan"), pk=pk)
    owners = [party.organisation_id for party in row.statement.agreement.parties.all()]
    takes_part = actor.organisation_id is not None and actor.organisation_id in owners
    if confirmation.scan is None or not (takes_part or actor.role in queries.SEES_ALL):
        raise Http404
    return attachment(confirmation.scan)
