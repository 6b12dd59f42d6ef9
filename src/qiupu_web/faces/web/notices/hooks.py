"""Webhooks: where an organisation's chat or program is told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.notices.posting import send_test
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.notices.contexts import WebhookForm, WebhookRow, Webhooks
from qiupu_web.faces.web.notices.forms import HookForm
from qiupu_web.parties import usecases
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import DeliveryState
from qiupu_web.parties.models import Delivery, Organisation, Webhook
from qiupu_web.parties.permissions import require
from qiupu_web.parties.queries_notices import latest_deliveries, webhooks_seen_by

TELLS = ("tells_work", "tells_news")
TONES = {DeliveryState.SENT: "pass", DeliveryState.FAILED: "fail", DeliveryState.WAITING: "undecided"}


def webhooks(request: HttpRequest) -> HttpResponse:
    """Show the webhooks of one's organisation; all for an administrator."""
    actor = actor_of(request)
    require(actor, "parties.add_webhook", actor.organisation_id)
    rows = list(webhooks_seen_by(actor))
    latest = latest_deliveries(rows)
    shown = [WebhookRow(row, last := latest.get(row.pk), _tone(last), problem_words(last)) for row in rows]
    context = Webhooks(shown, actor.role == "administrator", settings.CONFIG["QIUPU_WEBHOOK_PRIVATE"])
    return render(request, "notices/webhooks.html", {"hooks": context})


def problem_words(row: Delivery | None) -> str:
    """Return in the reader's language why the last message was not taken; what the other side said stays as it was said."""
    if row is None or not row.last_problem:
        return ""
    words = {
        "no-host": _("There is no machine of this name."),
        "timeout": _("It did not answer in time."),
        "certificate": _("It shows no certificate that holds."),
        "unreachable": _("It cannot be reached."),
        "private-address": _("The address leads to a private network."),
        "address": _("The address is not an https address."),
        "secret-unreadable": _("The stored address cannot be read with the key of this installation; set it again."),
    }
    return words.get(row.last_problem, row.last_problem)


def _tone(row: Delivery | None) -> str:
    return TONES.get(DeliveryState(row.state), "plain") if row is not None else "plain"


def _row(request: HttpRequest, pk: int) -> Webhook:
    actor = actor_of(request)
    require(actor, "parties.add_webhook", actor.organisation_id)
    return get_object_or_404(webhooks_seen_by(actor), pk=pk)


def new_webhook(request: HttpRequest) -> HttpResponse:
    """Add one; an administrator says for whom."""
    actor = actor_of(request)
    require(actor, "parties.add_webhook", actor.organisation_id)
    choices = Organisation.objects.filter(is_active=True).order_by("code") if actor.role == "administrator" else None
    form = HookForm(request.POST or None, organisations=choices, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        given = _given(form)
        organisation = given.pop("organisation", None) or Organisation.objects.get(pk=actor.organisation_id or 0)

        def act() -> str:
            row = usecases.add_webhook(actor=actor, now=timezone.now(), organisation=organisation, **given)
            messages.success(request, _("“%(name)s” is added. Send a test to see whether it arrives.") % {"name": row.name})
            return reverse("notices:webhooks")

        answer = form.send(act)
        if answer is not None:
            return answer
    return render(request, "notices/webhook.html", {"edit": WebhookForm(form, None)}, status=400 if form.is_bound else 200)


def _given(form: HookForm) -> dict[str, Any]:
    """Return what the use case takes."""
    given = {name: value for name, value in form.cleaned_data.items() if name not in {"form_key", "tells"}}
    return given | {name: name in form.cleaned_data["tells"] for name in TELLS}


def edit_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one; address and secret stay when they are left empty."""
    row = _row(request, pk)
    now_is = {"name": row.name, "language": row.language, "tells": [name for name in TELLS if getattr(row, name)]}
    form = HookForm(request.POST or None, is_new=False, initial=now_is)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            usecases.edit_webhook(actor=actor_of(request), now=timezone.now(), webhook=row, **_given(form))
            messages.success(request, _("“%(name)s” is changed.") % {"name": row.name})
            return reverse("notices:webhooks")

        answer = form.send(act)
        if answer is not None:
            return answer
    return render(request, "notices/webhook.html", {"edit": WebhookForm(form, row)}, status=400 if form.is_bound else 200)


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test now and say what was answered."""
    row = _row(request, pk)
    _tell(request, actor_of(request), row)
    return HttpResponseRedirect(reverse("notices:webhooks"))


def _tell(request: HttpRequest, actor: Actor, row: Webhook) -> None:
    done = send_test(actor=actor, now=timezone.now(), webhook=row)
    if done.state == DeliveryState.SENT:
        messages.success(request, _("The test was taken by “%(name)s”.") % {"name": row.name})
    else:
        messages.warning(
            request, _("“%(name)s” did not take the test: %(problem)s") % {"name": row.name, "problem": problem_words(done)}
        )


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one and forget its address."""
    row = _row(request, pk)
    usecases.end_webhook(actor=actor_of(request), now=timezone.now(), webhook=row)
    messages.success(request, _("“%(name)s” is told nothing more; its address is forgotten.") % {"name": row.name})
    return HttpResponseRedirect(reverse("notices:webhooks"))
