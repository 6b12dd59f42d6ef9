"""Ranking and allocating in the background: the site asks, a worker computes."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from qiupu.errors import QiupuError
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.bridge import find_needs, judge_rankings, plan_event, refit
from qiupu_web.matches.enums import JudgementKind
from qiupu_web.matches.models import Allocation, Event, Judgement, NeedSearch, RankingRequest
from qiupu_web.matches.queries import decided, evidence_counts, open_needs, weights_in_use
from qiupu_web.matches.queries.planning import event_work
from qiupu_web.matches.usecases import (
    fail_allocation,
    fail_judgement,
    fail_need_search,
    fail_ranking,
    finish_allocation,
    finish_judgement,
    finish_need_search,
    finish_ranking,
    rank_scenario,
    record_candidate,
    request_allocation,
    request_judgement,
    request_need_search,
    request_ranking,
    request_refit,
    start_allocation,
    start_judgement,
    start_need_search,
    start_ranking,
)
from qiupu_web.parties.actors import Actor, system
from qiupu_web.scenarios.models import Scenario

log = logging.getLogger("qiupu.matches")
RANKER = system("ranking")
ALLOCATOR = system("allocation")
JUDGE = system("judging")


@task()
def serve_ranking(request_id: int) -> str:
    """Compute one requested ranking and keep it, or the reason why it could not be computed."""
    request = RankingRequest.objects.select_related("scenario__owner").get(pk=request_id)
    if not start_ranking(actor=RANKER, now=timezone.now(), request=request):
        return request.state
    try:
        ranking = rank_scenario(actor=RANKER, now=timezone.now(), scenario=request.scenario, seed=request.seed, top=request.top)
    except QiupuError as error:
        log.warning("ranking %s: %s", request_id, error)
        return fail_ranking(actor=RANKER, now=timezone.now(), request=request, error=error).state
    except Exception as error:
        fail_ranking(actor=RANKER, now=timezone.now(), request=request, error=error)
        raise
    return finish_ranking(actor=RANKER, now=timezone.now(), request=request, ranking=ranking).state


def ask_for_ranking(*, actor: Actor, now: datetime, scenario: Scenario, seed: int = 0, top: int = 10) -> RankingRequest:
    """Ask for a ranking and hand it to a worker, both or neither; a request that waits already is not handed on twice."""
    with transaction.atomic():
        known = set(RankingRequest.objects.filter(scenario=scenario).values_list("pk", flat=True))
        request = request_ranking(actor=actor, now=now, scenario=scenario, seed=seed, top=top)
        if request.pk not in known:
            serve_ranking.enqueue(request.pk)
    return request


@task()
def serve_allocation(allocation_id: int) -> str:
    """Compute one requested allocation and keep it, or the sentence that says why there is none."""
    run = Allocation.objects.select_related("event").get(pk=allocation_id)
    if not start_allocation(actor=ALLOCATOR, now=timezone.now(), allocation=run):
        return run.state
    try:
        work = event_work(run)
        version, values = weights_in_use()
        plan = plan_event(work.task, work.needs, work.offers, evidence_counts(work.offers), weights=values)
        plan = replace(plan, weights_version=version)
        return finish_allocation(actor=ALLOCATOR, now=timezone.now(), allocation=run, plan=plan, excluded=work.task.excluded).state
    except QiupuError as error:
        log.warning("allocation %s: %s", allocation_id, error)
        return fail_allocation(actor=ALLOCATOR, now=timezone.now(), allocation=run, error=error).state
    except Exception as error:
        fail_allocation(actor=ALLOCATOR, now=timezone.now(), allocation=run, error=error)
        raise


def ask_for_allocation(*, actor: Actor, now: datetime, event: Event, is_fair: bool = False) -> Allocation:
    """Ask for an allocation and hand it to a worker, both or neither; one that waits already is not handed on twice."""
    with transaction.atomic():
        known = set(event.allocations.values_list("pk", flat=True))
        run = request_allocation(actor=actor, now=now, event=event, is_fair=is_fair)
        if run.pk not in known:
            serve_allocation.enqueue(run.pk)
    return run


@task()
def serve_judgement(judgement_id: int) -> str:
    """Judge the ranking by recorded decisions, or refit the weights; keep the figures or the sentence that says why not."""
    run = Judgement.objects.get(pk=judgement_id)
    if not start_judgement(actor=JUDGE, now=timezone.now(), judgement=run):
        return run.state
    try:
        _version, values = weights_in_use()
        if run.kind == JudgementKind.REFIT:
            record_candidate(actor=JUDGE, now=timezone.now(), judgement=run, found=refit(decided(), weights=values))
        else:
            judged = judge_rankings(decided(), weights=values)
            finish_judgement(actor=JUDGE, now=timezone.now(), judgement=run, judged=judged)
    except QiupuError as error:
        log.warning("judgement %s: %s", judgement_id, error)
        fail_judgement(actor=JUDGE, now=timezone.now(), judgement=run, error=error)
    except Exception as error:
        fail_judgement(actor=JUDGE, now=timezone.now(), judgement=run, error=error)
        raise
    return run.state


def ask_for_judgement(*, actor: Actor, now: datetime, kind: JudgementKind = JudgementKind.EVALUATE) -> Judgement:
    """Ask for figures or for a refit and hand it to a worker, both or neither."""
    with transaction.atomic():
        known = set(Judgement.objects.filter(kind=kind).values_list("pk", flat=True))
        run = (request_refit if kind == JudgementKind.REFIT else request_judgement)(actor=actor, now=now)
        if run.pk not in known:
            serve_judgement.enqueue(run.pk)
    return run


@task()
def serve_need_search(search_id: int) -> str:
    """Find the open needs for one capability and keep them, or the sentence that says why not."""
    run = NeedSearch.objects.select_related("capability__supplier").get(pk=search_id)
    if not start_need_search(actor=RANKER, now=timezone.now(), search=run):
        return run.state
    try:
        counts = evidence_counts([run.capability])[run.capability.code]
        found = find_needs(run.capability, list(open_needs()), counts, weights=weights_in_use())
        finish_need_search(actor=RANKER, now=timezone.now(), search=run, found=found)
    except QiupuError as error:
        log.warning("need search %s: %s", search_id, error)
        fail_need_search(actor=RANKER, now=timezone.now(), search=run, error=error)
    except Exception as error:
        fail_need_search(actor=RANKER, now=timezone.now(), search=run, error=error)
        raise
    return run.state


def ask_for_need_search(*, actor: Actor, now: datetime, capability: Capability) -> NeedSearch:
    """Ask which needs a capability could answer and hand it to a worker, both or neither."""
    with transaction.atomic():
        known = set(capability.need_searches.values_list("pk", flat=True))
        run = request_need_search(actor=actor, now=now, capability=capability)
        if run.pk not in known:
            serve_need_search.enqueue(run.pk)
    return run
