"""Who could do it and why: the ranked table, one match, and what waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from qiupu.errors import N_, NotAllowed
from qiupu_web.capabilities import queries as capability_queries
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.matches.contexts import (
    Deeds,
    MatchPage,
    ScenarioMatches,
    Waiting,
    answers_of,
    deeds_of,
    is_inside,
    is_waiting,
    lacks_of,
    rank_form_of,
    ranked_row,
    sees_lacks,
    shares_of,
)
from qiupu_web.faces.web.matches.forms import DeclineForm, PressForm, ReplyForm
from qiupu_web.matches import queries, usecases
from qiupu_web.matches.enums import MatchState, RequestState
from qiupu_web.matches.models import Match
from qiupu_web.matches.rules import SHOWN_TO_SUPPLIER
from qiupu_web.matches.tasks import ask_for_ranking
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Role
from qiupu_web.scenarios import queries as scenario_queries
from qiupu_web.scenarios.models import Scenario


def waiting_list(request: HttpRequest) -> HttpResponse:
    """What waits: a supplier's introductions, or what owners and the office have to act on."""
    actor = actor_of(request)
    if actor.organisation_id is None and actor.role != Role.OFFICE:
        raise NotAllowed(N_("This needs an account."), cure=N_("Sign in, or ask for an account."), code="sign-in")
    is_supplier = actor.role == Role.SUPPLIER
    if is_supplier:
        rows = queries.introductions_of(actor.organisation_id or 0)
    elif actor.role == Role.OFFICE:
        rows = queries.match_waiting(("office", "supplier", "owner"))
    else:
        rows = queries.with_parties(
            Match.objects.filter(scenario__owner_id=actor.organisation_id, state__in=SHOWN_TO_SUPPLIER)
        ).order_by("state_due_at", "id")
    return render(request, "matches/list.html", {"page": Waiting(list(rows[:200]), is_supplier)})


def scenario_matches(request: HttpRequest, code: str) -> HttpResponse:
    """The ranked table of one scenario."""
    return _table(request, _scenario(request, code))


def _scenario(request: HttpRequest, code: str) -> Scenario:
    scenario = scenario_queries.visible_to(actor_of(request)).filter(code=code).first()
    if scenario is None:
        raise Http404
    return scenario


def _table(request: HttpRequest, scenario: Scenario, problem: OnceForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    asked = queries.latest_request(scenario)
    failed = asked is not None and asked.state == RequestState.FAILED
    context = ScenarioMatches(
        scenario=scenario,
        rows=[ranked_row(match, actor) for match in queries.matches_of_scenario(scenario)[:100]],
        ranking=queries.latest_ranking(scenario),
        request=asked,
        is_waiting=is_waiting(asked),
        problem_text=str(asked.problem) if asked and failed else "",
        rank_form=rank_form_of(actor, scenario),
    )
    return render(
        request, "matches/scenario.html", {"page": context, "row": scenario, "problem": problem}, status=400 if problem else 200
    )


def ranking_progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far a ranking is, for a page that asks every two seconds; the page is loaded anew when it is over."""
    asked = queries.latest_request(_scenario(request, code))
    response = render(request, "matches/progress.html", {"asked": asked, "is_waiting": is_waiting(asked)})
    if not is_waiting(asked):
        response["HX-Refresh"] = "true"
    return response


@require_POST
def rank(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a ranking; a worker computes it."""
    scenario, form = _scenario(request, code), PressForm(request.POST)

    def act() -> str:
        ask_for_ranking(actor=actor_of(request), now=timezone.now(), scenario=scenario)
        return reverse("matches:scenario", args=[code])

    done = form.send(act) if form.is_valid() else None
    return done or _table(request, scenario, problem=form)


def match_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One match with its reasons."""
    return _page(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> Match:
    actor = actor_of(request)
    match = queries.with_parties(Match.objects.filter(pk=pk)).first()
    if match is None:
        raise Http404
    seen = scenario_queries.visible_to(actor).filter(pk=match.scenario_id).exists()
    seen = seen and capability_queries.visible_to(actor).filter(pk=match.capability_id).exists()
    if not (seen and (match.state != MatchState.STALE or is_inside(actor, match))):
        raise Http404
    return match


def _page(request: HttpRequest, match: Match, problem: OnceForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    answers = answers_of(match)
    deeds = deeds_of(actor, match)
    if isinstance(problem, ReplyForm) and deeds.reply:
        deeds = Deeds(deeds.introduce, problem, deeds.met, deeds.chosen, deeds.decline)
    elif isinstance(problem, DeclineForm) and deeds.decline:
        deeds = Deeds(deeds.introduce, deeds.reply, deeds.met, deeds.chosen, problem)
    context = MatchPage(
        match=match,
        answers=answers,
        answered=sum(bool(one.evidence) for one in answers),
        shares=shares_of(match),
        is_inside=is_inside(actor, match),
        deeds=deeds,
        lacks=lacks_of(match.reasons) if match.reasons and sees_lacks(actor, match) else None,
    )
    return render(
        request, "matches/detail.html", {"page": context, "row": match, "problem": problem}, status=400 if problem else 200
    )


def _press(request: HttpRequest, pk: int, form: OnceForm, act: Callable[[Actor, Match, dict[str, Any]], object]) -> HttpResponse:
    match = _visible(request, pk)

    def run() -> str:
        act(actor_of(request), match, form.cleaned_data)
        return reverse("matches:detail", args=[pk])

    done = form.send(run) if form.is_valid() else None
    if done is not None:
        return done
    return _page(request, _visible(request, pk), problem=form)


@require_POST
def introduce(request: HttpRequest, pk: int) -> HttpResponse:
    """Introduce the supplier."""
    return _press(
        request,
        pk,
        PressForm(request.POST),
        lambda actor, row, _words: usecases.introduce_match(actor=actor, now=timezone.now(), match=row),
    )


@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Reply to an introduction."""
    return _press(
        request,
        pk,
        ReplyForm(request.POST, auto_id="id_reply_%s"),
        lambda actor, row, words: usecases.reply_match(
            actor=actor,
            now=timezone.now(),
            match=row,
            interested=words["answer"] == "yes",
            reason=words["reason"],
            note=words["note"],
        ),
    )


def _decide(request: HttpRequest, pk: int, form: OnceForm, decision: str) -> HttpResponse:
    return _press(
        request,
        pk,
        form,
        lambda actor, row, words: usecases.decide_match(
            actor=actor,
            now=timezone.now(),
            match=row,
            decision=decision,
            reason=words.get("reason", ""),
            note=words.get("note", ""),
        ),
    )


@require_POST
def met(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that owner and supplier have met."""
    return _decide(request, pk, PressForm(request.POST), MatchState.MET)


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the supplier."""
    return _decide(request, pk, PressForm(request.POST), MatchState.CHOSEN)


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Go no further with the supplier."""
    return _decide(request, pk, DeclineForm(request.POST, auto_id="id_decline_%s"), MatchState.DECLINED)
