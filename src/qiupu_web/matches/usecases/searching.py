"""The other direction: which open needs a capability could answer, and what it lacks."""

from __future__ import annotations

from datetime import datetime

from qiupu.errors import N_, Conflict
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.enums import RequestState
from qiupu_web.matches.models import NeedSearch
from qiupu_web.matches.rules import PATIENCE, FoundNeeds
from qiupu_web.matches.usecases.sentences import lost, sentences_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require

OPEN = (RequestState.QUEUED, RequestState.RUNNING)


@usecase("matches.request_need_search")
def request_need_search(*, actor: Actor, now: datetime, capability: Capability) -> NeedSearch:
    """Ask which open needs a capability could answer; ``tasks.ask_for_need_search`` hands it to a worker.

    Must hold: the capability is published. Writes: the request; one that waits already is returned as it is.
    Who: the supplier's members, the office.
    """
    require(actor, "matches.request_need_search", capability.supplier_id)
    if capability.state != CapabilityState.PUBLISHED:
        raise Conflict(
            N_("A capability that is not published is not compared with needs."), cure=N_("Publish it first."), code="wrong-state"
        )
    touched(capability)
    waiting = capability.need_searches.filter(state__in=OPEN).first()
    if waiting is not None:
        if (waiting.started_at or waiting.requested_at) > now - PATIENCE:
            return waiting
        changed(waiting, state=RequestState.FAILED.value, finished_at=now, **sentences_of(lost()))
    row = NeedSearch.objects.create(capability=capability, requested_by=actor.name, requested_at=now)
    touched(row)
    return row


@usecase("matches.start_need_search")
def start_need_search(*, actor: Actor, now: datetime, search: NeedSearch) -> bool:
    """Say that a worker has begun; False when the request is over already. Writes: its state. Who: the system."""
    require(actor, "matches.start_need_search")
    touched(search)
    if search.state not in OPEN:
        return False
    changed(search, state=RequestState.RUNNING.value, started_at=now)
    return True


@usecase("matches.fail_need_search")
def fail_need_search(*, actor: Actor, now: datetime, search: NeedSearch, error: Exception) -> NeedSearch:
    """Say, in both languages, why nothing was found. Writes: the request. Who: the system."""
    require(actor, "matches.fail_need_search")
    changed(search, state=RequestState.FAILED.value, finished_at=now, **sentences_of(error))
    return search


@usecase("matches.finish_need_search")
def finish_need_search(*, actor: Actor, now: datetime, search: NeedSearch, found: FoundNeeds) -> NeedSearch:
    """Keep what was found; the search before is dropped. Writes: the request. Who: the system."""
    require(actor, "matches.finish_need_search")
    changed(
        search,
        state=RequestState.DONE.value,
        finished_at=now,
        method=found.method,
        engine_version=found.engine_version,
        weights_version=found.weights_version,
        pool_size=found.pool_size,
        results=[dict(one) for one in found.results],
    )
    NeedSearch.objects.filter(capability_id=search.capability_id).exclude(pk=search.pk).exclude(state__in=OPEN).delete()
    return search
