"""A unit answers: signed in, or by a one-time link without an account."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu.errors import N_, NotFound
from qiupu_web.agreements import usecases
from qiupu_web.agreements.models import Commitment
from qiupu_web.base.models import Submission
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements.commitment_contexts import said_of
from qiupu_web.faces.web.agreements.commitments import act_page, load
from qiupu_web.faces.web.agreements.forms import AnswerForm, LinkForm
from qiupu_web.parties.permissions import require
from qiupu_web.parties.usecases import redeem_link, use_link
from qiupu_web.parties.usecases import send_link as make_link

ACTION = "agreements.answer_breakdown"
DONE = "answered"


def answer_commitment(request: HttpRequest, code: str) -> HttpResponse:
    """The lead unit answers, signed in."""
    row, actor = load(request, code), actor_of(request)
    if not usecases.stands_in_at(actor, row.lead_unit_id, timezone.localdate()):
        require(actor, ACTION, row.lead_unit_id)
    form = AnswerForm(request.POST or None, initial={"accept": "yes"})

    def act() -> None:
        data = form.cleaned_data
        usecases.answer_breakdown(
            actor=actor, now=timezone.now(), commitment=row, accept=data["accept"], note=data["note"], due_on=data["due_on"]
        )

    return act_page(request, row, form, _("Answer for your unit"), act, template="agreements/answer.html")


def answer_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The lead unit answers without an account: the link names the unit and opens this one thing, once."""
    if request.GET.get(DONE) in ("yes", "no"):
        return render(request, "agreements/answered.html", {"accepted": request.GET[DONE] == "yes"})
    sent_before = Submission.objects.filter(key=request.POST["form_key"]).first() if request.POST.get("form_key") else None
    if sent_before is not None:  # a second press of the button: the first one has used the link
        return HttpResponseRedirect(sent_before.location)
    actor, link = use_link(token, timezone.now())
    if link.action != ACTION:
        raise NotFound(N_("This link opens something else."), code="other-link")
    rows = Commitment.objects.select_related("lead_unit", "statement__agreement", "statement__twin__agreement").prefetch_related(
        "supporting_units"
    )
    row = get_object_or_404(rows, pk=link.target_id)
    form = AnswerForm(request.POST or None, initial={"accept": "yes"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> str:
            now = timezone.now()
            redeem_link(actor=actor, now=now, link=link)
            usecases.answer_breakdown(
                actor=actor, now=now, commitment=row, accept=data["accept"], note=data["note"], due_on=data["due_on"]
            )
            return f"{request.path}?{DONE}={'yes' if data['accept'] else 'no'}"

        sent = form.send(act)
        if sent is not None:
            return sent
    context = {"title": _("Answer for your unit"), "form": form, "row": row, "said": said_of(row), "link": link, "unit": actor.name}
    response = render(request, "agreements/answer.html", context, status=400 if form.errors else 200)
    # The token stands in the address: tell it to no other host. "no-referrer" would also take the form's own origin away.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def send_link(request: HttpRequest, code: str) -> HttpResponse:
    """Make a one-time link for the lead unit; it is mailed, or shown once to be copied."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "parties.send_link")
    if row.lead_unit is None:
        return redirect("agreements:commitment", code=code)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        link, token = make_link(
            actor=actor,
            now=timezone.now(),
            organisation=row.lead_unit,
            action=ACTION,
            target=row,
            sent_to=form.cleaned_data["sent_to"],
        )
        address = settings.CONFIG["QIUPU_BASE_URL"].rstrip("/") + reverse("agreements:answer_by_link", args=[token])
        message = _(
            "%(unit)s: please answer for “%(title)s” (due %(due)s) at %(address)s . "
            "The link works once, until %(until)s, without an account."
        ) % {
            "unit": row.lead_unit.name,
            "title": row.title,
            "due": row.due_on or _("not set"),
            "address": address,
            "until": timezone.localdate(link.expires_at),
        }
        if link.sent_to:
            send_mail(_("Please answer: %(title)s") % {"title": row.title}, message, None, [link.sent_to])
        return render(request, "agreements/link_sent.html", {"row": row, "link": link, "address": address, "message": message})
    context = {"form": form, "row": row, "days": settings.CONFIG["QIUPU_LINK_DAYS"]}
    return render(request, "agreements/send_link.html", context, status=400 if form.errors else 200)
