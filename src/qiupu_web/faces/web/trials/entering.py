"""A supplier enters, watches her entry, names it final or takes it back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.trials.contexts import EntryPage, Step, figures_of
from qiupu_web.faces.web.trials.forms import EntryForm, PressForm
from qiupu_web.faces.web.trials.looking import look_of
from qiupu_web.faces.web.trials.plain import number
from qiupu_web.faces.web.trials.views import visible
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may, require
from qiupu_web.trials import queries, usecases
from qiupu_web.trials.bridge import Figure
from qiupu_web.trials.enums import EntryKind, EntryState, ErrorCode, InputMode, Split, TrialState
from qiupu_web.trials.models import Entry, Trial
from qiupu_web.trials.rules import RUN_LIMITS, TERMS_VERSION, WAITING

STAGES = {"validating": 1, "public": 2, "hidden": 2, "feedback": 3}
"""The public and the hidden run are one stage: how long the hidden one takes is told in coarse words only."""


def enter(request: HttpRequest, code: str) -> HttpResponse:
    """The form of an entry, with the terms and what is left of the quota."""
    actor, trial = actor_of(request), visible(request, code)
    require(actor, "trials.enter", actor.organisation_id)
    own = Organisation.objects.select_related("parent").get(pk=actor.organisation_id or 0)
    family = usecases.family_of(own)
    form = EntryForm(
        request.POST or None,
        request.FILES or None,
        takes_predictions=trial.input_mode == InputMode.RELEASED,
        capabilities=Capability.objects.filter(supplier_id__in=family).order_by("code"),
    )

    def act() -> str:
        data, name = form.cleaned_data["file"]
        entry = usecases.submit_entry(
            actor=actor,
            now=timezone.now(),
            trial=trial,
            organisation=own,
            kind=form.cleaned_data["kind"],
            data=data,
            name=name,
            name_zh=form.cleaned_data["name_zh"],
            name_en=form.cleaned_data["name_en"],
            capability=form.cleaned_data["capability"],
            accept_terms=form.cleaned_data["accept_terms"],
        )
        return reverse("trials:entry", args=[trial.code, entry.pk])

    if request.method == "POST" and form.is_valid():
        done = form.send(act)
        if done is not None:
            return done
    context = {
        "row": trial,
        "form": form,
        "left": max(trial.quota - usecases.entries_counted(trial, family), 0),
        "limits": RUN_LIMITS,
        "terms": TERMS_VERSION,
        "is_open": trial.state == TrialState.OPEN,
        "takes_predictions": trial.input_mode == InputMode.RELEASED,
        "columns": ", ".join((queries.version_shown(trial).data_card if trial.version else {}).get("columns", [])),  # type: ignore[union-attr]  # a version that counts exists
        "look": look_of(trial) if trial.input_mode == InputMode.RELEASED and trial.state == TrialState.OPEN else None,
    }
    return render(request, "trials/enter.html", context, status=400 if form.errors else 200)


def own_entry(request: HttpRequest, code: str, pk: int) -> tuple[Actor, Trial, Entry]:
    """Return an entry that this reader may see: its own organisations' and stewards'; for others it does not exist."""
    actor, trial = actor_of(request), visible(request, code)
    entry = Entry.objects.select_related("organisation__parent", "artifact", "capability").filter(trial=trial, pk=pk).first()
    if entry is None or not may(actor, "trials.read_entry", *usecases.family_of(entry.organisation)):
        raise Http404
    entry.trial = trial
    return actor, trial, entry


def entry_context(actor: Actor, trial: Trial, entry: Entry) -> EntryPage:
    """Gather what an entry's page shows."""
    now = timezone.now()
    scores = list(entry.scores.filter(version__number=trial.version))
    feedback = next((one.value for one in scores if one.split == Split.FEEDBACK and one.metric == trial.metric), None)
    shown = [
        Figure(one.metric, one.value, one.low, one.high, one.level, one.n, one.method)
        for one in scores
        if one.split == Split.PUBLIC
    ]
    decision = None
    if queries.is_announced(trial):
        decision = entry.decisions.filter(version__number=trial.version).first()
    is_scored, is_open = entry.state == EntryState.SCORED, trial.state == TrialState.OPEN
    return EntryPage(
        entry=entry,
        trial=trial,
        feedback=number(feedback) if feedback is not None else "",
        public=figures_of(shown),
        queue=queries.queue_of(entry, now),
        waits=entry.state in (*WAITING, EntryState.UPLOADED, EntryState.PLATFORM_ERROR),
        is_current=trial.version > 0,
        stage=_stage(entry),
        stages=_stages(entry),
        error=str(ErrorCode(entry.error_code).label) if entry.error_code in ErrorCode else "",
        may_name=is_open and is_scored and not entry.is_final and may(actor, "trials.name_final", entry.organisation_id),
        may_cancel=is_open and entry.state in (EntryState.QUEUED, EntryState.SCORED, EntryState.PLATFORM_ERROR)
        and may(actor, "trials.cancel_entry", entry.organisation_id),
        decision=decision,
        form_key=PressForm(),
        now=now,
    )  # fmt: skip


def _stage(entry: Entry) -> int:
    if entry.state not in WAITING:
        return 4
    return STAGES.get(entry.progress, 0) if entry.state != EntryState.QUEUED else 0


def _stages(entry: Entry) -> list[Step]:
    labels = [_("in the queue"), _("looked at")]
    if entry.kind != EntryKind.PREDICTIONS:
        labels += [_("run in the sandbox")]
    labels += [_("measured for feedback")]
    numbers = [0, 1, 2, 3] if entry.kind != EntryKind.PREDICTIONS else [0, 1, 3]
    here = _stage(entry)
    return [Step(label, at < here, at == here) for label, at in zip(labels, numbers, strict=True)]


@require_safe
def entry_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One entry: where it stands, what came of it. ``?part=progress`` answers the moving part only."""
    page = entry_context(*own_entry(request, code, pk))
    is_part = request.headers.get("HX-Request") == "true"
    template = "trials/progress.html" if is_part else "trials/entry.html"
    # 286 tells htmx to stop asking.
    return render(
        request, template, {"page": page, "row": page.trial, "entry": page.entry}, status=286 if is_part and not page.waits else 200
    )


def _press(request: HttpRequest, code: str, pk: int, what: str) -> HttpResponse:
    actor, trial, entry = own_entry(request, code, pk)
    form = PressForm(request.POST)

    def act() -> str:
        use = usecases.name_final_entry if what == "final" else usecases.cancel_entry
        use(actor=actor, now=timezone.now(), entry=entry)
        return reverse("trials:entry", args=[trial.code, entry.pk])

    done = form.send(act) if form.is_valid() else None
    if done is not None:
        return done
    _actor, trial, entry = own_entry(request, code, pk)
    context = {"page": entry_context(actor, trial, entry), "row": trial, "entry": entry, "problem": form.non_field_errors()}
    return render(request, "trials/entry.html", context, status=409)


@require_safe
def deletion(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The signed record that an entry's program was deleted."""
    _actor, _trial, entry = own_entry(request, code, pk)
    if not entry.deletion:
        raise Http404
    return JsonResponse(entry.deletion, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_POST
def name_final(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Name the entry that counts."""
    return _press(request, code, pk, "final")


@require_POST
def cancel(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take an entry back."""
    return _press(request, code, pk, "cancel")
