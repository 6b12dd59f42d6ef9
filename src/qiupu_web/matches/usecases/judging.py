"""Judging rankings by recorded decisions, and changing the weights: only by a person, kept, and always reversible."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.matches.enums import JudgementKind, RequestState, WeightsState
from qiupu_web.matches.models import Judgement, WeightSet
from qiupu_web.matches.queries.judging import taken_needs, weights_in_use, weights_row
from qiupu_web.matches.rules import LEAST_NEEDS, PATIENCE, WEIGHTS, Judged, Refitted
from qiupu_web.matches.usecases.sentences import lost, sentences_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require

OPEN = (RequestState.QUEUED, RequestState.RUNNING)


@usecase("matches.request_judgement")
def request_judgement(*, actor: Actor, now: datetime) -> Judgement:
    """Ask how good the ranking is; ``tasks.ask_for_judgement`` hands it to a worker.

    Writes: the request; one that waits already is returned as it is. Who: the office.
    """
    require(actor, "matches.request_judgement")
    return _request(actor, now, JudgementKind.EVALUATE)


@usecase("matches.request_refit")
def request_refit(*, actor: Actor, now: datetime) -> Judgement:
    """Ask for weights fitted to the recorded decisions. Nothing changes by it: it makes a candidate that a person may adopt.

    Must hold: ``LEAST_NEEDS`` needs found a taker, so that something can be judged by time. Writes: the request.
    Who: the office.
    """
    require(actor, "matches.request_refit")
    count = taken_needs()
    if count < LEAST_NEEDS:
        raise Conflict(
            N_("Too few decisions yet: {count} needs found a taker, {least} are the least for a refit."),
            cure=N_("The weights in use stay. Record replies, meetings and choices, and come back."),
            code="too-few",
            count=count,
            least=LEAST_NEEDS,
        )
    return _request(actor, now, JudgementKind.REFIT)


@usecase("matches.start_judgement")
def start_judgement(*, actor: Actor, now: datetime, judgement: Judgement) -> bool:
    """Say that a worker has begun; False when the request is over already. Writes: its state. Who: the system."""
    require(actor, "matches.start_judgement")
    touched(judgement)
    if judgement.state not in OPEN:
        return False
    changed(judgement, state=RequestState.RUNNING.value, started_at=now)
    return True


@usecase("matches.fail_judgement")
def fail_judgement(*, actor: Actor, now: datetime, judgement: Judgement, error: Exception) -> Judgement:
    """Say, in both languages, why there are no figures. Writes: the request. Who: the system."""
    require(actor, "matches.fail_judgement")
    changed(judgement, state=RequestState.FAILED.value, finished_at=now, **sentences_of(error))
    return judgement


@usecase("matches.finish_judgement")
def finish_judgement(*, actor: Actor, now: datetime, judgement: Judgement, judged: Judged) -> Judgement:
    """Keep the figures. Writes: the request. Who: the system."""
    require(actor, "matches.finish_judgement")
    _keep(judgement, now, judged)
    return judgement


@usecase("matches.record_candidate")
def record_candidate(*, actor: Actor, now: datetime, judgement: Judgement, found: Refitted) -> WeightSet:
    """Keep refitted weights as a candidate beside those in use. Writes: the candidate, the run's figures. Who: the system."""
    require(actor, "matches.record_candidate")
    version = (WeightSet.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    row = WeightSet.objects.create(
        version=version,
        values=dict(found.values),
        changes=[list(one) for one in found.changes],
        is_advised=found.is_advised,
        judgement=judgement,
        created_at=now,
        **WEIGHTS.begin(WeightsState.CANDIDATE, now),
    )
    touched(row, version=version, is_advised=found.is_advised, changes=row.changes)
    _keep(judgement, now, found.judged)
    return row


@usecase("matches.adopt_weights")
def adopt_weights(*, actor: Actor, now: datetime, weights: WeightSet, note: str = "") -> WeightSet:
    """Put a candidate to use; rankings from now on carry its version.

    Must hold: it is a candidate fitted beside the weights that are still in use; against the advice only with a reason in words.
    Writes: it and the set that was in use. Who: the office.
    """
    require(actor, "matches.adopt_weights")
    if not weights.is_advised and not note.strip():
        raise InputError(
            N_("These weights were not better on later decisions. Say why they are adopted all the same."),
            column="note",
            code="not-advised",
        )
    if weights.judgement.weights_version != weights_in_use()[0]:
        raise Conflict(
            N_("Other weights were put to use since this candidate was judged."),
            cure=N_("Refit once more, so that the two can be compared."),
            code="outdated",
        )
    _use(actor, now, weights, note)
    return weights


@usecase("matches.drop_weights")
def drop_weights(*, actor: Actor, now: datetime, weights: WeightSet, note: str) -> WeightSet:
    """Decide against a candidate, with a reason in words. Writes: its state. Who: the office."""
    require(actor, "matches.drop_weights")
    if not note.strip():
        raise InputError(N_("Say why these weights are not adopted."), column="note", code="note-missing")
    WEIGHTS.move(weights, WeightsState.DROPPED, now=now, reason="not-adopted", note=note.strip())
    return weights


@usecase("matches.revert_weights")
def revert_weights(*, actor: Actor, now: datetime, to: WeightSet | None, note: str) -> WeightSet | None:
    """Go back to weights that were in use before; None means the built-in ones.

    Must hold: a reason in words; other weights are in use. Writes: both sets' states. Who: the office.
    """
    require(actor, "matches.revert_weights")
    if not note.strip():
        raise InputError(N_("Say why the earlier weights are put back."), column="note", code="note-missing")
    here = weights_row()
    if (here is None and to is None) or (here is not None and to is not None and here.pk == to.pk):
        raise Conflict(N_("These weights are in use already."), code="in-use")
    if to is None:
        assert here is not None  # noqa: S101  # said above
        WEIGHTS.move(here, WeightsState.RETIRED, now=now, note=note.strip())
        return None
    if to.state != WeightsState.RETIRED:
        raise Conflict(
            N_("Only weights that were in use before can be put back."),
            cure=N_("Adopt a candidate instead."),
            code="never-used",
        )
    _use(actor, now, to, note)
    return to


def _use(actor: Actor, now: datetime, weights: WeightSet, note: str) -> None:
    here = weights_row()
    touched(weights, replaces=0 if here is None else here.version)
    if here is not None:
        WEIGHTS.move(here, WeightsState.RETIRED, now=now, note=note.strip())
    WEIGHTS.move(weights, WeightsState.IN_USE, now=now, note=note.strip(), adopted_at=now, adopted_by=actor.name)


def _request(actor: Actor, now: datetime, kind: JudgementKind) -> Judgement:
    waiting = Judgement.objects.filter(kind=kind, state__in=OPEN).first()
    if waiting is not None:
        touched(waiting)
        if (waiting.started_at or waiting.requested_at) > now - PATIENCE:
            return waiting
        changed(waiting, state=RequestState.FAILED.value, finished_at=now, **sentences_of(lost()))
    version = weights_in_use()[0]
    row = Judgement.objects.create(kind=kind, requested_by=actor.name, requested_at=now, weights_version=version)
    touched(row, kind=kind.value, weights=version)
    return row


def _keep(judgement: Judgement, now: datetime, judged: Judged) -> None:
    changed(
        judgement,
        state=RequestState.DONE.value,
        finished_at=now,
        method=judged.method,
        engine_version=judged.engine_version,
        decision_count=judged.decision_count,
        need_count=judged.need_count,
        capability_count=judged.capability_count,
        figures=dict(judged.figures),
    )
