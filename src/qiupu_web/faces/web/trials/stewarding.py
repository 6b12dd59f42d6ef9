"""What stewards, the auditor and the office do with a trial, and objections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.trials.forms import (
    AnswerForm,
    ConcludeForm,
    InterestForm,
    ObjectionForm,
    OpenForm,
    PressForm,
    VoidForm,
)
from qiupu_web.faces.web.trials.views import visible
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may, require
from qiupu_web.trials import queries, usecases
from qiupu_web.trials.enums import TrialState
from qiupu_web.trials.models import Entry, Interest, Objection, Trial
from qiupu_web.trials.rules import TRIAL

Act = Callable[[Actor, Trial, dict[str, Any]], object]


@dataclass(frozen=True)
class Deed:
    """One thing that can be done now: its address, its button, its form, and what it does."""

    what: str
    label: str
    hint: str
    form: OnceForm
    is_quiet: bool = False


def _end_of(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None


DEEDS: dict[str, tuple[str, tuple[str, ...], Callable[..., OnceForm], Act]] = {
    "interest": (
        "trials.declare_interest",
        tuple(state for state in TrialState if state != TrialState.VOID),
        InterestForm,
        lambda actor, trial, given: usecases.declare_interest(
            actor=actor, now=timezone.now(), trial=trial, has_conflict=given["has_conflict"] == "yes", note=given["note"]
        ),
    ),
    "seal": (
        "trials.seal",
        (TrialState.DATA_CHECK,),
        PressForm,
        lambda actor, trial, given: usecases.approve_seal(actor=actor, now=timezone.now(), trial=trial),
    ),
    "practice": (
        "trials.practice",
        (TrialState.SEALED,),
        PressForm,
        lambda actor, trial, given: usecases.start_practice(actor=actor, now=timezone.now(), trial=trial),
    ),
    "open": (
        "trials.open",
        (TrialState.SEALED, TrialState.PRACTICE),
        OpenForm,
        lambda actor, trial, given: usecases.open_trial(
            actor=actor, now=timezone.now(), trial=trial, closes_at=_end_of(given["closes_on"])
        ),
    ),
    "close": (
        "trials.close",
        (TrialState.OPEN,),
        PressForm,
        lambda actor, trial, given: usecases.close_trial(actor=actor, now=timezone.now(), trial=trial),
    ),
    "unseal": (
        "trials.unseal",
        (TrialState.CLOSED,),
        PressForm,
        lambda actor, trial, given: usecases.approve_unseal(actor=actor, now=timezone.now(), trial=trial),
    ),
    "review": (
        "trials.review",
        (TrialState.SCORED,),
        PressForm,
        lambda actor, trial, given: usecases.review_trial(actor=actor, now=timezone.now(), trial=trial),
    ),
    "announce": (
        "trials.announce",
        (TrialState.REVIEW,),
        PressForm,
        lambda actor, trial, given: usecases.announce_trial(actor=actor, now=timezone.now(), trial=trial),
    ),
    "objections": (
        "trials.open_objections",
        (TrialState.ANNOUNCED,),
        PressForm,
        lambda actor, trial, given: usecases.open_objections(actor=actor, now=timezone.now(), trial=trial),
    ),
    "conclude": (
        "trials.conclude",
        (TrialState.OBJECTIONS,),
        lambda *args: ConcludeForm(*args, organisations=Organisation.objects.filter(is_active=True).order_by("code")),
        lambda actor, trial, given: usecases.conclude_trial(actor=actor, now=timezone.now(), trial=trial, **given),
    ),
    "void": (
        "trials.void",
        tuple(state for state in TrialState if TRIAL.allows(state, TrialState.VOID)),
        VoidForm,
        lambda actor, trial, given: usecases.void_trial(actor=actor, now=timezone.now(), trial=trial, **given),
    ),
}


def _words(what: str) -> tuple[str, str]:
    return {
        "interest": (_("Declare"), _("Nobody with an interest seals, unseals, reviews or decides. Say so before anything else.")),
        "seal": (_("Approve the seal"), _("Two people must approve. Then data, splits, metric, bar and rules are fixed by hash.")),
        "practice": (_("Start practice"), _("The public sample can be tried; entries are not taken yet.")),
        "open": (_("Open for entries"), _("The scenario moves to “on trial”, and suppliers can enter.")),
        "close": (_("Close for entries"), _("No more entries are taken. What is queued is still measured.")),
        "unseal": (_("Approve the unsealing"), _("Two people must approve. Then the final data open and all is scored once.")),
        "review": (_("Take into review"), _("Look at scores and runs before anybody else sees them.")),
        "announce": (_("Announce"), _("Board, verdicts and receipts become public for everybody at the same moment.")),
        "objections": (_("Open the time for objections"), _("Who entered may object for ten days.")),
        "conclude": (_("Conclude"), _("The verdicts decide how it ends; if they do not: what happens next, who does it, by when.")),
        "void": (_("Declare void"), _("The trial counts for nothing. This cannot be taken back.")),
    }[what]  # fmt: skip  # a table of sentences


def deeds_for(actor: Actor, trial: Trial, sent: tuple[str, OnceForm] | None = None) -> list[Deed]:
    """Return what this reader may do with this trial now, most urgent first."""
    found = []
    version = trial.versions.order_by("-number").first()
    pending = version is not None and version.sealed_at is None
    has_declared = Interest.objects.filter(trial=trial, user_id=actor.user_id or 0).exists()
    for what, (action, states, form, _act) in DEEDS.items():
        fits = trial.state in states or (what == "seal" and pending and trial.version < version.number)  # type: ignore[union-attr]  # pending
        if not fits or not may(actor, action, trial.scenario.owner_id):
            continue
        label, hint = _words(what)
        shown = sent[1] if sent and sent[0] == what else form()
        is_quiet = what == "void" or (what == "interest" and has_declared)
        found.append(Deed(what, label, hint, shown, is_quiet))
    return found


def _page(request: HttpRequest, trial: Trial, *, sent: tuple[str, OnceForm] | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    if actor.role not in queries.INSIDERS:
        raise Http404
    version = trial.versions.order_by("-number").first()
    mine = Interest.objects.filter(trial=trial, user_id=actor.user_id or 0).first()
    entries: list[Entry] = list(queries.all_entries(trial)[:200]) if may(actor, "trials.read_entry", None) else []
    context = {
        "row": trial,
        "deeds": deeds_for(actor, trial, sent),
        "interest": mine,
        "version": version,
        "seals": [] if version is None else list(queries.approvals_of(version, "seal")),
        "unseals": [] if version is None else list(queries.approvals_of(version, "unseal")),
        "entries": entries,
        "blocking": [] if version is None else [one for one in version.findings if one["severity"] == "block"],
        "interests": list(Interest.objects.filter(trial=trial).select_related("user")),
    }
    return render(request, "trials/stewards.html", context, status=status)


def stewards(request: HttpRequest, code: str) -> HttpResponse:
    """The stewards' page of a trial."""
    return _page(request, visible(request, code))


@require_POST
def do(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """Do one thing with a trial."""
    trial = visible(request, code)
    if what not in DEEDS:
        raise Http404
    _action, _states, build, act = DEEDS[what]
    form = build(request.POST)

    def run() -> str:
        given = {name: value for name, value in form.cleaned_data.items() if name != "form_key"}
        act(actor_of(request), trial, given)
        return reverse("trials:stewards", args=[code]) if what != "void" else reverse("trials:detail", args=[code])

    done = form.send(run) if form.is_valid() else None
    if done is not None:
        return done
    trial.refresh_from_db()
    return _page(request, trial, sent=(what, form), status=409)


def objections(request: HttpRequest, code: str) -> HttpResponse:
    """The objections to a trial, with the form to object and to answer for those who may."""
    actor, trial = actor_of(request), visible(request, code)
    if not queries.is_announced(trial):
        raise Http404
    entered = actor.organisation_id is not None and trial.entries.filter(organisation_id=actor.organisation_id).exists()
    can_file = entered and may(actor, "trials.object", actor.organisation_id) and trial.state in ("announced", "objections")
    form = ObjectionForm(request.POST or None) if can_file else None

    def act() -> str:
        organisation = Organisation.objects.get(pk=actor.organisation_id or 0)
        usecases.file_objection(
            actor=actor, now=timezone.now(), trial=trial, organisation=organisation, text=form.cleaned_data["text"]  # type: ignore[union-attr]  # only called with a form
        )  # fmt: skip
        return reverse("trials:objections", args=[code])

    if request.method == "POST":
        require(actor, "trials.object", actor.organisation_id)
        done = form.send(act) if form is not None and form.is_valid() else None
        if done is not None:
            return done
    return _objections(request, trial, form, {})


def _objections(request: HttpRequest, trial: Trial, form: OnceForm | None, answers: dict[int, AnswerForm]) -> HttpResponse:
    may_answer = may(actor_of(request), "trials.answer_objection")
    rows = [
        (one, (answers.get(one.pk) or AnswerForm(prefix=f"o{one.pk}")) if may_answer and one.state == "filed" else None)
        for one in queries.objections_of(trial)
    ]
    bad = bool(form and form.errors) or any(one.errors for one in answers.values())
    return render(request, "trials/objections.html", {"row": trial, "objections": rows, "form": form}, status=400 if bad else 200)


@require_POST
def answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Decide an objection."""
    actor, trial = actor_of(request), visible(request, code)
    objection = Objection.objects.filter(trial=trial, pk=pk).select_related("trial__scenario").first()
    if objection is None:
        raise Http404
    require(actor, "trials.answer_objection")
    form = AnswerForm(request.POST, prefix=f"o{pk}")

    def act() -> str:
        usecases.answer_objection(
            actor=actor,
            now=timezone.now(),
            objection=objection,
            answer=form.cleaned_data["answer"],
            outcome=form.cleaned_data["outcome"],
        )
        return reverse("trials:objections", args=[code])

    done = form.send(act) if form.is_valid() else None
    return done or _objections(request, trial, None, {pk: form})
