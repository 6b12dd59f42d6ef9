"""How good the ranking is by recorded decisions, and which weights it uses: figures, a refit, adopting, going back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu.errors import N_, NotAllowed
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.matches.contexts import INSIDERS, feature_name
from qiupu_web.faces.web.matches.forms import NoteForm, PressForm
from qiupu_web.matches import queries, usecases
from qiupu_web.matches.enums import JudgementKind, RequestState, WeightsState
from qiupu_web.matches.models import Judgement, WeightSet
from qiupu_web.matches.rules import LEAST_NEEDS, interval_of
from qiupu_web.matches.tasks import ask_for_judgement
from qiupu_web.parties.permissions import may

WIDTH = 120


@dataclass(frozen=True)
class Mean:
    """A mean with its interval, as words and as a drawing of ``WIDTH`` units; nothing when it is missing."""

    text: str
    low: str
    high: str
    x: float
    width: float
    point: float


@dataclass(frozen=True)
class Method:
    """One line of figures."""

    name: str
    recall: Mean | None
    ndcg: Mean | None
    coverage: float
    gini: float | None
    needs: int


@dataclass(frozen=True)
class Period:
    """One window of time."""

    begins_at: datetime
    ends_at: datetime
    decided_before: int
    methods: Sequence[Method]
    k: int


@dataclass(frozen=True)
class Figures:
    """What a run found."""

    k: int
    methods: Sequence[Method]
    periods: Sequence[Period]
    sentences: Sequence[str]


@dataclass(frozen=True)
class Change:
    """One weight before and after."""

    name: str
    before: float
    after: float


@dataclass(frozen=True)
class JudgingPage:
    """The page."""

    run: Judgement | None
    figures: Figures | None
    refit: Judgement | None
    candidates: Sequence[WeightSet]
    in_use: WeightSet | None
    history: Sequence[WeightSet]
    taken: int
    is_waiting: bool
    judge_form: PressForm | None
    refit_form: PressForm | None
    back_form: NoteForm | None
    problem: OnceForm | None = None
    least: int = LEAST_NEEDS
    width: int = WIDTH


@dataclass(frozen=True)
class WeightsPage:
    """One set of weights beside those that were in use."""

    weights: WeightSet
    changes: Sequence[Change]
    figures: Figures | None
    advice: str
    adopt: NoteForm | None
    drop: NoteForm | None
    revert: NoteForm | None
    problem: OnceForm | None = None
    width: int = WIDTH


def _require_inside(request: HttpRequest) -> None:
    if actor_of(request).role not in INSIDERS:
        raise NotAllowed(
            N_("The exchange office and the auditors judge the ranking."), cure=N_("Sign in as one of them."), code="role"
        )


def judging(request: HttpRequest) -> HttpResponse:
    """Show how good the ranking is, and its weights."""
    return _page(request)


def _page(request: HttpRequest, problem: OnceForm | None = None) -> HttpResponse:
    _require_inside(request)
    actor = actor_of(request)
    run, refit_run = (queries.latest_judgement(kind) for kind in (JudgementKind.EVALUATE, JudgementKind.REFIT))
    sets = list(WeightSet.objects.select_related("judgement"))
    in_use = next((one for one in sets if one.state == WeightsState.IN_USE), None)
    context = JudgingPage(
        run=run,
        figures=figures_of(run),
        refit=refit_run,
        candidates=[one for one in sets if one.state == WeightsState.CANDIDATE],
        in_use=in_use,
        history=[one for one in sets if one.state in (WeightsState.RETIRED, WeightsState.DROPPED)],
        taken=queries.taken_needs(),
        is_waiting=any(_is_open(one) for one in (run, refit_run)),
        judge_form=PressForm(auto_id="id_judge_%s") if may(actor, "matches.request_judgement") else None,
        refit_form=PressForm(auto_id="id_refit_%s") if may(actor, "matches.request_refit") else None,
        back_form=NoteForm(auto_id="id_back_%s") if in_use is not None and may(actor, "matches.revert_weights") else None,
        problem=problem,
    )
    return render(request, "matches/judging.html", {"page": context}, status=400 if problem else 200)


def _is_open(run: Judgement | None) -> bool:
    return run is not None and run.state in (RequestState.QUEUED, RequestState.RUNNING)


def figures_of(run: Judgement | None) -> Figures | None:
    """Return a run's figures with intervals; None when it has none."""
    if run is None or run.state != RequestState.DONE or not run.figures.get("total"):
        return None
    found = run.figures
    key = "text_zh" if (get_language() or "en").startswith("zh") else "text_en"
    return Figures(
        k=found["k"],
        methods=[_method(one) for one in found["total"]],
        periods=[
            Period(
                datetime.fromisoformat(one["begins_at"]),
                datetime.fromisoformat(one["ends_at"]),
                one["decided_before"],
                [_method(row) for row in one["figures"]],
                found["k"],
            )
            for one in found["windows"]
        ],
        sentences=[one[key] for one in found["comparisons"]],
    )


def _method(one: Mapping[str, Any]) -> Method:
    names = {
        "qiupu": _("our ranking"),
        "refitted": _("the refitted weights"),
        "current": _("the weights in use"),
        "bm25": _("keywords (BM25)"),
        "popularity": _("popularity"),
    }
    recall, ndcg = (_mean(one[name], one["needs"]) for name in ("recall", "ndcg"))
    return Method(names.get(one["name"], one["name"]), recall, ndcg, one["coverage"], one["gini"], one["needs"])


def _mean(value: float | None, n: int) -> Mean | None:
    if value is None or n < 1:
        return None
    low, high = interval_of(min(max(value, 0.0), 1.0), n)
    return Mean(
        f"{value:.2f}", f"{low:.2f}", f"{high:.2f}", round(low * WIDTH, 1), round((high - low) * WIDTH, 1), round(value * WIDTH, 1)
    )


def _act(request: HttpRequest, form: OnceForm, act: Callable[[], object]) -> HttpResponse:
    def run() -> str:
        act()
        return reverse("matches:judging")

    done = form.send(run) if form.is_valid() else None
    return done or _page(request, problem=form)


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for the figures; a worker computes them."""
    actor = actor_of(request)
    return _act(request, PressForm(request.POST), lambda: ask_for_judgement(actor=actor, now=timezone.now()))


@require_POST
def refit(request: HttpRequest) -> HttpResponse:
    """Ask for weights fitted to the decisions; nothing changes by it."""
    actor, kind = actor_of(request), JudgementKind.REFIT
    return _act(request, PressForm(request.POST), lambda: ask_for_judgement(actor=actor, now=timezone.now(), kind=kind))


def progress(request: HttpRequest) -> HttpResponse:
    """How far a run is, for a page that asks every two seconds."""
    _require_inside(request)
    waiting = any(_is_open(queries.latest_judgement(kind)) for kind in JudgementKind)
    response = render(request, "matches/judging_progress.html", {"is_waiting": waiting})
    if not waiting:
        response["HX-Refresh"] = "true"
    return response


def weights(request: HttpRequest, version: int) -> HttpResponse:
    """Show one set of weights."""
    _require_inside(request)
    return _weights_page(request, _weights(version))


def _weights(version: int) -> WeightSet:
    return get_object_or_404(WeightSet.objects.select_related("judgement"), version=version)


def _weights_page(request: HttpRequest, row: WeightSet, problem: OnceForm | None = None, deed: str = "") -> HttpResponse:
    actor = actor_of(request)

    def form(name: str, state: WeightsState) -> NoteForm | None:
        if row.state != state or not may(actor, f"matches.{name}_weights"):
            return None
        given = problem if deed == name and isinstance(problem, NoteForm) else None
        return given or NoteForm(auto_id=f"id_{name}_%s", is_needed=name != "adopt" or not row.is_advised)

    key = "advice_zh" if (get_language() or "en").startswith("zh") else "advice_en"
    context = WeightsPage(
        weights=row,
        changes=[Change(weight_name(name), before, after) for name, before, after in row.changes],
        figures=figures_of(row.judgement),
        advice=str(row.judgement.figures.get(key, "")),
        adopt=form("adopt", WeightsState.CANDIDATE),
        drop=form("drop", WeightsState.CANDIDATE),
        revert=form("revert", WeightsState.RETIRED),
        problem=problem,
    )
    return render(request, "matches/weights.html", {"page": context, "row": row}, status=400 if problem else 200)


def weight_name(code: str) -> str:
    """Return the name of a weight, such as ``budget:contradicted``."""
    feature, _colon, side = code.partition(":")
    name = feature_name(feature)
    if side == "met":
        return _("%(feature)s, when it fits") % {"feature": name}
    if side == "contradicted":
        return _("%(feature)s, when it does not fit") % {"feature": name}
    return name


def _decide(request: HttpRequest, version: int, deed: str, act: Callable[[WeightSet, str], object]) -> HttpResponse:
    row = _weights(version)
    form = NoteForm(request.POST, auto_id=f"id_{deed}_%s", is_needed=False)

    def run_it() -> str:
        act(row, form.cleaned_data["note"])
        return reverse("matches:judging")

    done = form.send(run_it) if form.is_valid() else None
    return done or _weights_page(request, _weights(version), problem=form, deed=deed)


@require_POST
def adopt(request: HttpRequest, version: int) -> HttpResponse:
    """Put a candidate to use."""
    return _decide(
        request,
        version,
        "adopt",
        lambda row, note: usecases.adopt_weights(actor=actor_of(request), now=timezone.now(), weights=row, note=note),
    )


@require_POST
def drop(request: HttpRequest, version: int) -> HttpResponse:
    """Decide against a candidate."""
    return _decide(
        request,
        version,
        "drop",
        lambda row, note: usecases.drop_weights(actor=actor_of(request), now=timezone.now(), weights=row, note=note),
    )


@require_POST
def revert(request: HttpRequest, version: int) -> HttpResponse:
    """Put an earlier set back; version 0 is the built-in one."""
    if version:
        return _decide(
            request,
            version,
            "revert",
            lambda row, note: usecases.revert_weights(actor=actor_of(request), now=timezone.now(), to=row, note=note),
        )
    form = NoteForm(request.POST, auto_id="id_back_%s", is_needed=False)
    return _act(
        request,
        form,
        lambda: usecases.revert_weights(actor=actor_of(request), now=timezone.now(), to=None, note=form.cleaned_data["note"]),
    )
