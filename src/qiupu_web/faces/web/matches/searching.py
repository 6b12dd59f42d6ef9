"""The other direction: open needs for one capability, and what it lacks for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from qiupu_web.capabilities import queries as capability_queries
from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.matches.contexts import (
    INSIDERS,
    is_waiting,
    lacks_of,
    requirements_in,
)
from qiupu_web.faces.web.matches.forms import PressForm
from qiupu_web.faces.web.matches.lacks import Lacks
from qiupu_web.matches import queries
from qiupu_web.matches.models import NeedSearch
from qiupu_web.matches.tasks import ask_for_need_search
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may
from qiupu_web.scenarios import queries as scenario_queries
from qiupu_web.scenarios.models import Scenario


@dataclass(frozen=True)
class FoundNeed:
    """One open need in the list."""

    scenario: Scenario
    place: int
    answered: int
    asked: int
    score_width: float
    score: float
    lacks: Lacks


@dataclass(frozen=True)
class NeedsPage:
    """The page of a capability's needs."""

    capability: Capability
    search: NeedSearch | None
    rows: Sequence[FoundNeed]
    is_waiting: bool
    form: PressForm | None
    problem: OnceForm | None = None


def capability_needs(request: HttpRequest, code: str) -> HttpResponse:
    """Show the open needs that a capability could answer."""
    return _page(request, _capability(request, code))


def _capability(request: HttpRequest, code: str) -> Capability:
    row = get_object_or_404(capability_queries.visible_to(actor_of(request)), code=code)
    if not _is_inside(actor_of(request), row):
        raise Http404
    return row


def _is_inside(actor: Actor, row: Capability) -> bool:
    return actor.role in INSIDERS or (actor.organisation_id is not None and actor.organisation_id == row.supplier_id)


def _page(request: HttpRequest, row: Capability, problem: OnceForm | None = None) -> HttpResponse:
    actor, search = actor_of(request), queries.latest_need_search(row)
    allowed = row.state == CapabilityState.PUBLISHED and may(actor, "matches.request_need_search", row.supplier_id)
    context = NeedsPage(
        capability=row,
        search=search,
        rows=_rows(actor, search),
        is_waiting=is_waiting(search),
        form=PressForm() if allowed else None,
        problem=problem,
    )
    return render(request, "matches/needs.html", {"page": context, "row": row}, status=400 if problem else 200)


def _rows(actor: Actor, search: NeedSearch | None) -> list[FoundNeed]:
    results: list[dict[str, Any]] = [] if search is None else search.results
    codes = [one["scenario"] for one in results]
    seen = scenario_queries.visible_to(actor).filter(code__in=codes).select_related("owner")
    by_code = {one.code: one for one in seen}
    found = []
    for place, one in enumerate(results, 1):
        scenario = by_code.get(one["scenario"])
        if scenario is None:
            continue
        asked = requirements_in(one["reasons"])
        answered = sum(bool(row.get("evidence")) for row in asked)
        width = round(max(0.0, min(1.0, one["score"])) * 100, 1)
        found.append(FoundNeed(scenario, place, answered, len(asked), width, one["score"], lacks_of(one["reasons"])))
    return found


def needs_progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far a search is, for a page that asks every two seconds."""
    row = _capability(request, code)
    search = queries.latest_need_search(row)
    response = render(request, "matches/needs_progress.html", {"code": code, "is_waiting": is_waiting(search)})
    if not is_waiting(search):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def find_needs(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the search; a worker computes it."""
    row, form = _capability(request, code), PressForm(request.POST)

    def act() -> str:
        ask_for_need_search(actor=actor_of(request), now=timezone.now(), capability=row)
        return reverse("matches:needs", args=[code])

    done = form.send(act) if form.is_valid() else None
    return done or _page(request, row, problem=form)
