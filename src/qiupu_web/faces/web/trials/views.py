"""The list of trials, one trial, its board, its files, and how it is decided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from qiupu.errors import QiupuError
from qiupu_web.base.blobs import load
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.faces.web.trials.contexts import TrialLine, TrialList, board_of, figures_of, trial_page
from qiupu_web.faces.web.trials.forms import PracticeForm
from qiupu_web.faces.web.trials.plain import bar_line, percent
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may
from qiupu_web.trials import bridge, queries
from qiupu_web.trials.enums import TaskKind, TrialState
from qiupu_web.trials.models import Entry, Trial, TrialVersion
from qiupu_web.trials.rules import HIDDEN_STATES, RUN_LIMITS, TERMS_VERSION
from qiupu_web.trials.usecases import family_of

FILES = {
    "public.csv": "public_truth",
    "public-inputs.csv": "public_inputs",
    "inputs.csv": "hidden_inputs",
    "history.csv": "history",
    "example-entry.csv": "example_entry",
}


def visible(request: HttpRequest, code: str) -> Trial:
    """Return a trial that this reader may see; what is hidden does not exist for her."""
    return get_object_or_404(queries.trials_visible_to(actor_of(request)), code=code)


def visible_page(request: HttpRequest, code: str) -> Trial:
    """Return the same with what its page shows, counts too."""
    return get_object_or_404(queries.trials_visible_to(actor_of(request), queries.ON_PAGES.all()), code=code)


@require_safe
def trial_list(request: HttpRequest) -> HttpResponse:
    """All trials, with search and filters."""
    actor = actor_of(request)
    listing = build_listing(
        request,
        queries.for_lists(queries.trials_visible_to(actor)),
        search=queries.named,
        filters={
            "state": (_("State"), TrialState.choices, lambda rows, value: rows.filter(state=value)),
            "field": (_("Field"), Field.choices, lambda rows, value: rows.filter(scenario__field=value)),
            "kind": (_("Task"), TaskKind.choices, lambda rows, value: rows.filter(kind=value)),
        },
        all_label=_("all"),
    )
    context = TrialList(
        listing,
        [TrialLine(row, bar_line(row)) for row in listing.page],
        may(actor, "trials.open_from_spreadsheet", actor.organisation_id),
        queries.pass_rate(),
    )
    return render(request, "trials/list.html", {"page": context, "listing": listing})


def is_inside(actor: Actor, trial: Trial) -> bool:
    """Return whether a reader works on this trial for the city or its owner."""
    return actor.role in queries.INSIDERS or (
        actor.role in ("owner", "unit") and actor.organisation_id in (trial.scenario.owner_id, trial.scenario.owner.parent_id)
    )


def own_entries(actor: Actor, trial: Trial) -> Sequence[Entry]:
    """Return the entries of the supplier's own group of organisations."""
    if actor.role != "supplier" or actor.organisation_id is None:
        return []
    own = Organisation.objects.select_related("parent").get(pk=actor.organisation_id)
    return list(queries.entries_of(trial, family_of(own)))


def detail_page(request: HttpRequest, trial: Trial, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show a trial, with the outcome of the local scoring where there is one."""
    actor = actor_of(request)
    form = more.pop("form", None) or PracticeForm()
    can_practise = trial.state not in HIDDEN_STATES and trial.version > 0
    page = trial_page(
        trial,
        actor,
        may_enter=trial.state == TrialState.OPEN and (actor.is_visitor or may(actor, "trials.enter", actor.organisation_id)),
        is_inside=is_inside(actor, trial),
        own_entries=own_entries(actor, trial),
        practice=form if can_practise else None,
        **more,
    )
    return render(request, "trials/detail.html", {"page": page, "row": trial, "scenario": trial.scenario}, status=status)


@require_safe
def trial_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One trial: who leads, how sure we are, is the bar met."""
    return detail_page(request, visible_page(request, code))


@require_POST
def practise(request: HttpRequest, code: str) -> HttpResponse:
    """Score an uploaded file on the public sample, for anybody; nothing is kept."""
    trial = visible_page(request, code)
    version = queries.version_shown(trial)
    if version is None or trial.state in HIDDEN_STATES:
        raise Http404
    form = PracticeForm(request.POST, request.FILES)
    if not form.is_valid():
        return detail_page(request, trial, status=400, form=form)
    data, name = form.cleaned_data["file"]
    try:
        figures = bridge.score_public(
            bridge.Sources(version.task, version.history_id), load(version.public_truth_id), data, name, level=trial.level
        )
    except QiupuError as error:
        form.add_error_of_ours(error)
        return detail_page(request, trial, status=error.http_status, form=form)
    return detail_page(request, trial, figures=figures_of(figures))


@require_safe
def trial_board(request: HttpRequest, code: str) -> HttpResponse:
    """The board as a table of numbers."""
    trial = visible(request, code)
    board = board_of(trial, actor_of(request))
    return render(request, "trials/board.html", {"row": trial, "board": board, "level": percent(trial.level)})


@require_safe
def trial_file(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """A file that anybody may have: the public sample, released inputs, the example, the task, the seal."""
    trial = visible(request, code)
    version = queries.version_shown(trial)
    if version is None or (trial.state in HIDDEN_STATES and not is_inside(actor_of(request), trial)):
        raise Http404
    data, content_type = _contents(trial, version, what)
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{trial.code}-{what}"'
    return response


def _contents(trial: Trial, version: TrialVersion, what: str) -> tuple[bytes, str]:
    if what in FILES:
        sha = getattr(version, f"{FILES[what]}_id")
        if sha is None:
            raise Http404
        return load(sha), "text/csv; charset=utf-8"
    if what == "manifest.json" and version.manifest:
        document = {"manifest": version.manifest, "sha256": version.manifest_sha256}
        return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode(), "application/json"
    if what == "task.toml":
        return _toml({**version.task, "bar": trial.bar}).encode(), "application/toml"
    raise Http404


def _toml(task: dict[str, Any]) -> str:
    """Write a flat task; JSON's strings, numbers and lists of strings are TOML's too."""
    return "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in task.items() if value not in (None, [], "")
    )


@require_safe
def how_decided(request: HttpRequest) -> HttpResponse:
    """How a trial is decided, for people who are no statisticians."""
    tier, reason_zh, reason_en = bridge.sandbox_tier()
    return render(
        request,
        "trials/how.html",
        {"limits": RUN_LIMITS, "terms": TERMS_VERSION, "tier": tier, "reason_zh": reason_zh, "reason_en": reason_en,
         "rate": queries.pass_rate()},
    )  # fmt: skip
