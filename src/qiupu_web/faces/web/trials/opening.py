"""An owner opens a trial from a spreadsheet: file → columns, metric and bar → check → stewards."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu_web.base.bilingual import pick
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.trials.forms import QuestionForm, SpreadsheetForm
from qiupu_web.faces.web.trials.plain import bar_line, metric_name
from qiupu_web.faces.web.trials.views import is_inside, visible
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import EXITS
from qiupu_web.trials import bridge, queries, usecases
from qiupu_web.trials.enums import TaskKind, TrialState

GUESSED_TARGETS = ("target", "label", "answer", "relevance", "y", "结果", "标签", "答案", "真值", "相关", "相关度")
GUESSED_QUERIES = ("query", "question", "topic", "问题", "查询", "检索词")
GUESSED_ITEMS = ("item", "candidate", "document", "条目", "候选", "文档")
MOST_CLASSES = 20


def _scenarios(actor: Actor) -> QuerySet[Scenario]:
    rows = Scenario.objects.exclude(state__in=EXITS).select_related("owner").order_by("code")
    if actor.role == "steward":
        return rows
    return rows.filter(Q(owner_id=actor.organisation_id) | Q(owner__parent_id=actor.organisation_id))


def upload(request: HttpRequest) -> HttpResponse:
    """Step one: which need, which file."""
    actor = actor_of(request)
    require(actor, "trials.keep_spreadsheet", actor.organisation_id)
    chosen = Scenario.objects.filter(code=request.GET.get("scenario", "")).first()
    form = SpreadsheetForm(
        request.POST or None,
        request.FILES or None,
        scenarios=_scenarios(actor),
        initial={"scenario": chosen.pk if chosen else None},
    )

    def act() -> str:
        data, name = form.cleaned_data["file"]
        token = usecases.keep_spreadsheet(
            actor=actor, now=timezone.now(), scenario=form.cleaned_data["scenario"], data=data, name=name
        )
        return reverse("trials:columns", args=[token])

    if request.method == "POST" and form.is_valid():
        done = form.send(act)
        if done is not None:
            return done
    context = {"form": form, "has_needs": _scenarios(actor).exists()}
    return render(request, "trials/upload.html", context, status=400 if form.errors else 200)


def columns(request: HttpRequest, token: str) -> HttpResponse:
    """Step two: what the columns are, what is measured, where the bar lies."""
    actor = actor_of(request)
    scenario, name, data = usecases.spreadsheet(actor=actor, token=token)
    found, rows = bridge.columns_of(data, name)
    form = QuestionForm(
        request.POST or None, columns=[one.name for one in found], metrics=_metrics(), initial=_guess(scenario, found)
    )

    def act() -> str:
        given = form.cleaned_data
        mapping = bridge.Mapping(
            *(given[name] for name in ("kind", "target", "identifier", "group", "series", "time", "query", "item"))
        )
        trial = usecases.open_from_spreadsheet(
            actor=actor, now=timezone.now(), token=token, mapping=mapping, question=_question(form), metrics=[given["metric"]]
        )
        return reverse("trials:check", args=[trial.code])

    if request.method == "POST" and form.is_valid():
        done = form.send(act)
        if done is not None:
            return done
    context = {"form": form, "columns": found, "rows": rows, "file": name, "scenario": scenario}
    return render(request, "trials/columns.html", context, status=400 if form.errors else 200)


def _metrics() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the metrics by kind of task, so that a select shows them in groups."""
    choices = bridge.metric_choices()
    return [
        (str(TaskKind(kind).label), [(metric, metric_name(metric)) for metric, _title, _side in found])
        for kind, found in choices.items()
    ]


def _guess(scenario: Scenario, found: tuple[bridge.Column, ...]) -> dict[str, object]:
    names = {one.name.lower(): one.name for one in found}
    target = next((names[one] for one in GUESSED_TARGETS if one in names), found[-1].name)
    kind = _kind_of(scenario, next(one for one in found if one.name == target), found)
    guessed: dict[str, object] = {
        "kind": kind,
        "target": target,
        "identifier": names.get("id", ""),
        "series": names.get("series", ""),
        "time": next((one.name for one in found if one.looks == "time" and one.name != target), ""),
        "query": _first(names, GUESSED_QUERIES),
        "item": _first(names, GUESSED_ITEMS),
        "metric": scenario.metric,
        "bar": scenario.bar,
        "title_zh": scenario.title_zh,
        "title_en": scenario.title_en,
    }
    return guessed


def _first(names: dict[str, str], guesses: tuple[str, ...]) -> str:
    return next((names[one] for one in guesses if one in names), "")


def _kind_of(scenario: Scenario, target: bridge.Column, found: tuple[bridge.Column, ...]) -> str:
    """Return the kind that the scenario's metric belongs to, else what the answers look like."""
    by_metric = {metric: kind for kind, metrics in bridge.metric_choices().items() for metric, _title, _side in metrics}
    if scenario.metric in by_metric:
        return by_metric[scenario.metric]
    if target.looks == "text" or target.distinct <= MOST_CLASSES:
        return TaskKind.CLASSIFICATION
    return TaskKind.FORECAST if any(one.looks == "time" for one in found) else TaskKind.REGRESSION


def _question(form: QuestionForm) -> dict[str, object]:
    given = form.cleaned_data
    direction = {metric: side for found in bridge.metric_choices().values() for metric, _title, side in found}[given["metric"]]
    last = given["closes_on"]
    closes_at = timezone.make_aware(datetime.combine(last, time(23, 59))) if last else None
    names = ("title_zh", "title_en", "metric", "bar", "bar_rule_zh", "bar_rule_en", "quota", "input_mode")
    return {**{name: given[name] for name in names}, "direction": direction, "closes_at": closes_at}


def check(request: HttpRequest, code: str) -> HttpResponse:
    """Step three: what the look at the data found, and what happens next."""
    trial = visible(request, code)
    if not is_inside(actor_of(request), trial):
        raise Http404
    version = queries.version_shown(trial)
    lang = get_language() or "en"
    findings = [
        {
            "severity": one["severity"],
            "text": str(pick(one["text_zh"], one["text_en"], lang)),
            "advice": str(pick(one["advice_zh"], one["advice_en"], lang)),
            "where": one["where"],
            "word": {"block": _("must be mended"), "warn": _("look at this"), "note": _("for your information")}[one["severity"]],
        }
        for one in (version.findings if version else [])
    ]
    blocked = any(one["severity"] == "block" for one in findings)
    context = {
        "row": trial,
        "version": version,
        "findings": findings,
        "is_blocked": blocked,
        "waits": trial.state == TrialState.DATA_CHECK,
        "bar": bar_line(trial),
    }
    return render(request, "trials/check.html", context)
