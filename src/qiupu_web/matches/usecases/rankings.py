"""Asking for a ranking, and keeping what the engine found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from qiupu.errors import N_, Conflict
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.bilingual import state_words
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.bridge import compute_ranking
from qiupu_web.matches.enums import MatchState, RequestState
from qiupu_web.matches.models import Match, Ranking, RankingRequest
from qiupu_web.matches.queries import evidence_counts, rankable_capabilities, weights_in_use
from qiupu_web.matches.rules import BY_PEOPLE, MATCH, PATIENCE, ComputedRanking
from qiupu_web.matches.usecases.sentences import lost, sentences_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import RANKABLE_STATES


def rank_scenario(
    *,
    actor: Actor,
    now: datetime,
    scenario: Scenario,
    seed: int = 0,
    top: int = 10,
    results: ComputedRanking | None = None,
) -> Ranking:
    """Compute a ranking, unless ``results`` brings one, and keep it. For workers and scripts: it may take long."""
    require(actor, "matches.rank", scenario.owner_id)
    if results is None:
        pool = list(rankable_capabilities(scenario))
        version, values = weights_in_use()
        results = compute_ranking(scenario, pool, evidence_counts(pool), seed=seed, top=top, weights=values)
        results = replace(results, weights_version=version)
    return record_ranking(actor=actor, now=now, scenario=scenario, results=results)


def require_sought(scenario: Scenario) -> None:
    """Refuse when suppliers are not sought for a need."""
    if scenario.state not in RANKABLE_STATES:
        raise Conflict(
            N_("This is in the state “{state}”, in which suppliers are not sought."),
            code="wrong-state",
            state=state_words(scenario),
        )


@usecase("matches.rank")
def record_ranking(*, actor: Actor, now: datetime, scenario: Scenario, results: ComputedRanking) -> Ranking:
    """Keep a computed ranking.

    Must hold: the scenario is open. Writes: the ranking; a match for each suggestion (new, or renewed with what people
    decided kept); suggestions that are not in it any more become stale. Who: the office, members of the owner.
    """
    require(actor, "matches.rank", scenario.owner_id)
    require_sought(scenario)
    ranking = Ranking.objects.create(
        scenario=scenario,
        method=results.method,
        engine_version=results.engine_version,
        seed=results.seed,
        input_sha256=results.input_sha256,
        pool_size=results.pool_size,
        weights_version=results.weights_version,
        ranked_at=now,
    )
    touched(scenario)
    touched(
        ranking,
        method=ranking.method,
        engine_version=ranking.engine_version,
        seed=ranking.seed,
        pool=ranking.pool_size,
        weights=ranking.weights_version,
    )
    codes = [one.capability for one in results.suggestions]
    found = {row.code: row for row in Capability.objects.filter(code__in=codes)}
    old = {row.capability_id: row for row in scenario.matches.all()}
    for rank, one in enumerate(results.suggestions, 1):
        capability = found[one.capability]
        fields = {"ranking": ranking, "rank": rank, "score": one.score, "reasons": [dict(reason) for reason in one.reasons]}
        row = old.pop(capability.pk, None)
        if row is None:
            Match.objects.create(scenario=scenario, capability=capability, **fields, **MATCH.begin(MatchState.SUGGESTED, now))
            continue
        if row.state not in BY_PEOPLE:
            fields |= MATCH.begin(MatchState.SUGGESTED, now)
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
    for row in old.values():
        if row.state == MatchState.SUGGESTED:
            MATCH.move(row, MatchState.STALE, now=now)
    return ranking


@usecase("matches.request_ranking")
def request_ranking(*, actor: Actor, now: datetime, scenario: Scenario, seed: int = 0, top: int = 10) -> RankingRequest:
    """Ask for a ranking; ``tasks.start_ranking`` hands it to a worker.

    Must hold: the scenario is open. Writes: the request; one that waits already is returned as it is, one that gave no
    sign for 15 minutes is given up. Who: the office, members of the owner.
    """
    require(actor, "matches.request_ranking", scenario.owner_id)
    require_sought(scenario)
    touched(scenario)
    waiting = RankingRequest.objects.filter(scenario=scenario, state__in=(RequestState.QUEUED, RequestState.RUNNING)).first()
    if waiting is not None:
        if (waiting.started_at or waiting.requested_at) > now - PATIENCE:
            return waiting
        changed(waiting, state=RequestState.FAILED.value, finished_at=now, **sentences_of(lost()))
    row = RankingRequest.objects.create(scenario=scenario, seed=seed, top=top, requested_by=actor.name, requested_at=now)
    touched(row, seed=seed, top=top)
    return row


@usecase("matches.start_ranking")
def start_ranking(*, actor: Actor, now: datetime, request: RankingRequest) -> bool:
    """Say that a worker has begun; False when the request is over already. Writes: its state. Who: the system."""
    require(actor, "matches.start_ranking")
    touched(request)
    if request.state not in (RequestState.QUEUED, RequestState.RUNNING):
        return False
    changed(request, state=RequestState.RUNNING.value, started_at=now)
    return True


@usecase("matches.fail_ranking")
def fail_ranking(*, actor: Actor, now: datetime, request: RankingRequest, error: Exception) -> RankingRequest:
    """Say, in both languages, why a ranking could not be computed. Writes: the request. Who: the system."""
    require(actor, "matches.fail_ranking")
    changed(request, state=RequestState.FAILED.value, finished_at=now, **sentences_of(error))
    return request


@usecase("matches.finish_ranking")
def finish_ranking(*, actor: Actor, now: datetime, request: RankingRequest, ranking: Ranking) -> RankingRequest:
    """Say that a requested ranking is there. Writes: the request. Who: the system."""
    require(actor, "matches.finish_ranking")
    changed(request, state=RequestState.DONE.value, finished_at=now, ranking=ranking)
    return request
