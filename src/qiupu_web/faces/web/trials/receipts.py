"""Receipts, the public key, and the page where anybody checks a receipt."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from qiupu.errors import QiupuError
from qiupu_web.faces.web.trials.forms import ReceiptForm
from qiupu_web.faces.web.trials.plain import bar_line, metric_name, number, percent, rank_text
from qiupu_web.faces.web.trials.views import visible
from qiupu_web.trials import bridge, queries
from qiupu_web.trials.models import Decision, Trial


def _decision(request: HttpRequest, code: str, pk: int) -> tuple[Trial, Decision]:
    trial = visible(request, code)
    rows = Decision.objects.filter(entry__trial=trial, pk=pk).select_related("entry__organisation", "version")
    decision = rows.first() if queries.is_announced(trial) else None
    if decision is None:
        raise Http404
    return trial, decision


@require_safe
def receipt_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What a receipt says, and how to check it."""
    trial, decision = _decision(request, code, pk)
    context = {
        "row": trial,
        "decision": decision,
        "entry": decision.entry,
        "payload": decision.receipt["payload"],
        "key": decision.receipt["key"],
        "bar": bar_line(trial),
        "metric": metric_name(trial.metric),
        "value": number(decision.value),
        "low": number(decision.low),
        "high": number(decision.high),
        "rank": rank_text(decision),
        "level": percent(trial.level),
    }
    return render(request, "trials/receipt.html", context)


@require_safe
def receipt_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The receipt itself, for ``qiupu receipt verify``."""
    trial, decision = _decision(request, code, pk)
    response = HttpResponse(bridge.receipt_text(decision.receipt), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{trial.code}-receipt-{decision.entry_id}.json"'
    return response


@require_safe
def key_page(request: HttpRequest) -> HttpResponse:
    """The public key with which receipts are checked."""
    pem, fingerprint = bridge.public_key()
    return render(request, "trials/key.html", {"pem": pem, "fingerprint": fingerprint})


@require_safe
def key_file(request: HttpRequest) -> HttpResponse:
    """The public key as a file."""
    response = HttpResponse(bridge.public_key()[0], content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="qiupu-receipts.pem"'
    return response


def verify(request: HttpRequest) -> HttpResponse:
    """Check a receipt: against this site's key or another one, and against an entry's file. Nothing is kept."""
    form = ReceiptForm(request.POST or None, request.FILES or None)
    answer = None
    if request.method == "POST" and form.is_valid():
        try:
            answer = bridge.verify(form.contents("file") or b"", key=form.contents("key"), entry=form.contents("entry"))
        except QiupuError as error:
            form.add_error_of_ours(error)
    checks = [] if answer is None else [
        (check.ok, check.text_zh if (get_language() or "en").startswith("zh") else check.text_en) for check in answer.checks
    ]  # fmt: skip
    trial = Trial.objects.filter(code=str(answer.payload.get("trial", ""))).first() if answer else None
    return render(
        request,
        "trials/verify.html",
        {
            "form": form,
            "answer": answer,
            "checks": checks,
            "trial": trial,
            "metric": metric_name(str(answer.payload.get("metric", ""))) if answer else "",
        },
        status=400 if form.errors else 200,
    )
