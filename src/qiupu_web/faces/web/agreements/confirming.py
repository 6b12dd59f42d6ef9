"""Both parties confirm: on line, or on a printed, numbered form with a check code that comes back stamped."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.agreements import queries, rules, usecases
from qiupu_web.agreements.enums import CommitmentState
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements import commitments as commitment_views
from qiupu_web.faces.web.agreements.commitment_contexts import said_of
from qiupu_web.faces.web.agreements.forms import ScanForm
from qiupu_web.faces.web.agreements.views import load
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

OPEN = (CommitmentState.BROKEN_DOWN, CommitmentState.ACCEPTED)


@require_POST
def confirm_commitment(request: HttpRequest, code: str) -> HttpResponse:
    """A party confirms one commitment on line."""
    row = commitment_views.load(request, code)

    def act() -> None:
        usecases.confirm(actor=actor_of(request), now=timezone.now(), commitment=row)

    return commitment_views.act_page(request, row, OnceForm(request.POST), _("Confirm"), act)


def printed_form(request: HttpRequest, code: str) -> HttpResponse:
    """A form to print, stamp and send back: numbered, with a check code over every word of it."""
    agreement = load(request, code)
    rows = list(queries.approved(queries.commitments_of(agreement).filter(state__in=OPEN)))
    context = {
        "agreement": agreement,
        "parties": [party for party in agreement.parties.select_related("organisation") if party.organisation_id],
        "rows": [(row, said_of(row)) for row in rows],
        "form_code": rules.check_code(usecases.form_contents(rows)) if rows else "",
        "today": timezone.localdate(),
    }
    return render(request, "agreements/printed_form.html", context)


def record_scan(request: HttpRequest, code: str) -> HttpResponse:
    """The office records a stamped form."""
    agreement, actor = load(request, code), actor_of(request)
    require(actor, "agreements.record_scan")
    form = ScanForm(request.POST or None, request.FILES or None)
    open_rows = queries.approved(queries.commitments_of(agreement).filter(state__in=OPEN))
    form.fields["party"].queryset = Organisation.objects.filter(agreement_parties__agreement=agreement).distinct()  # type: ignore[attr-defined]  # a field of model choices
    form.fields["commitments"].queryset = open_rows  # type: ignore[attr-defined]  # a field of model choices
    form.fields["commitments"].initial = [row.pk for row in open_rows]
    back = reverse("agreements:detail", args=[code])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> str:
            scan, name = data["scan"]
            usecases.record_scan(
                actor=actor,
                now=timezone.now(),
                commitments=list(data["commitments"]),
                party=data["party"],
                scan=scan,
                name=name,
                form_code=data["form_code"],
            )
            messages.success(request, _("The form stamped by %(party)s is recorded.") % {"party": data["party"].name})
            return back

        sent = form.send(act)
        if sent is not None:
            return sent
    context = {"title": _("Record a stamped form"), "form": form, "back": back, "back_words": agreement.title}
    return render(request, "agreements/act_file.html", context, status=400 if form.errors else 200)
