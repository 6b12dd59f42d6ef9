"""What shows that a commitment moves, the lights that follow from it, and its end."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.utils import timezone

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.agreements.enums import CommitmentState, EvidenceKind, OverrideReason, SettleReason
from qiupu_web.agreements.models import Commitment, Evidence, LightOverride
from qiupu_web.agreements.rules import COMMITMENT, LIT, MOVING, Fact, Light, light
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.base.file_types import content_type_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require

S = CommitmentState
BY_HAND = (S.ON_TRACK, S.AT_RISK, S.OVERDUE)
OVERRIDE_DAYS = 90


def newest(commitment: Commitment) -> Commitment:
    """Follow amendments to the one that stands now."""
    while commitment.state == S.AMENDED:
        after = commitment.amended_by.order_by("-created_at", "-id").first()
        if after is None:
            return commitment
        commitment = after
    return commitment


@usecase("agreements.record_evidence")
def record_evidence(
    *,
    actor: Actor,
    now: datetime,
    commitment: Commitment,
    kind: str,
    key: str,
    title_zh: str = "",
    title_en: str = "",
    outcome: str = "",
) -> Evidence:
    """Take a fact from downstream: a scenario was published, a trial concluded, a milestone met.

    Idempotent by kind and key; a second call only brings the outcome up to date. Writes: the evidence (of the newest
    amendment), the light. May: whoever may do the downstream thing, which has asked for its own permission.
    """
    require(actor, "agreements.record_evidence")
    if kind not in EvidenceKind.values or kind == EvidenceKind.DOCUMENT:
        raise InputError(N_("“{kind}” is no kind of evidence that is recorded by itself."), kind=kind)
    commitment = newest(commitment)
    row, is_new = Evidence.objects.get_or_create(
        commitment=commitment,
        kind=kind,
        key=key,
        defaults={
            "title_zh": title_zh[:300],
            "title_en": title_en[:300],
            "outcome": outcome,
            "recorded_at": now,
            "recorded_by": actor.name,
            "recorded_by_organisation_id": actor.organisation_id,
        },
    )
    if is_new:
        touched(commitment, evidence=kind, key=key, outcome=outcome)
    elif outcome and outcome != row.outcome:
        changed(row, outcome=outcome)
    light_up(commitment, now)
    return row


def light_of(commitment: Commitment, now: datetime) -> Light:
    """Return the light that the published rule gives a commitment now."""
    facts = [Fact(row.kind, timezone.localdate(row.recorded_at), row.outcome) for row in commitment.evidence.all()]
    begun = timezone.localdate(commitment.created_at)
    return light(begun_on=begun, due_on=commitment.due_on, today=timezone.localdate(now), facts=facts)


def light_up(commitment: Commitment, now: datetime) -> bool:
    """Move a confirmed commitment to the state that the rule gives; return whether it moved. Inside a use case."""
    if commitment.state not in (S.CONFIRMED, *LIT):
        return False
    before = commitment.state
    by_hand = override_of(commitment, timezone.localdate(now))
    if by_hand is not None:
        if commitment.state == S.CONFIRMED:
            COMMITMENT.move(commitment, S.LINKED, now=now)
        _set_light(commitment, by_hand.state, now)
        return commitment.state != before
    has_evidence = bool(commitment.evidence.all())
    if commitment.state == S.CONFIRMED and has_evidence:
        COMMITMENT.move(commitment, S.LINKED, now=now)
    to = light_of(commitment, now).state
    if to == S.ON_TRACK and not has_evidence and commitment.state in (S.CONFIRMED, S.LINKED):
        return commitment.state != before  # nothing shows it moving yet, so the promise itself is all there is
    _set_light(commitment, to, now)
    return commitment.state != before


def _set_light(commitment: Commitment, to: str, now: datetime) -> None:
    if to != commitment.state and COMMITMENT.allows(commitment.state, to):
        COMMITMENT.move(commitment, to, now=now)


def override_of(commitment: Commitment, on: date) -> LightOverride | None:
    """Return the override that holds on a day, if any."""
    return next((one for one in commitment.overrides.all() if one.ended_at is None and one.until_on >= on), None)


@usecase("agreements.refresh_lights")
def refresh_lights(*, actor: Actor, now: datetime) -> int:
    """Compute every light again by the published rule; return how many changed. May: the exchange office, the clock."""
    require(actor, "agreements.refresh_lights")
    rows = Commitment.objects.filter(state__in=(S.CONFIRMED, *LIT)).prefetch_related("evidence", "overrides")
    return sum(light_up(row, now) for row in rows)


@usecase("agreements.override_light")
def override_light(
    *, actor: Actor, now: datetime, commitment: Commitment, state: str, reason: str, note: str, until_on: date
) -> LightOverride:
    """Set a light by hand until a day; the page says who did, why, and what the rule would show.

    Must hold: the commitment is confirmed and not ended; a reason of the list, a sentence, and a day within 90 days.
    Writes: the override (an earlier one ends), the light. May: the exchange office.
    """
    require(actor, "agreements.override_light")
    today = timezone.localdate(now)
    if commitment.state not in (S.CONFIRMED, *LIT):
        raise Conflict(
            N_("Only a light that the rule computes can be set by hand; this one is “{state}”."),
            code="wrong-state",
            state=commitment.get_state_display(),
        )
    if state not in BY_HAND:
        raise InputError(N_("“{value}” is not one of the choices."), column="state", value=state)
    if reason not in OverrideReason.values:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason-missing")
    if not note.strip():
        raise InputError(N_("Say in a sentence why; the page will show it."), column="note", code="no-note")
    if not today <= until_on <= today + timedelta(days=OVERRIDE_DAYS):
        raise InputError(N_("A light is set by hand for {days} days at most."), column="until_on", code="days", days=OVERRIDE_DAYS)
    commitment.overrides.filter(ended_at=None).update(ended_at=now)
    row = LightOverride.objects.create(
        commitment=commitment, state=state, reason=reason, note=note.strip(), by=actor.name, at=now, until_on=until_on
    )
    touched(commitment, light_by_hand=state, reason=reason, note=note.strip(), until_on=until_on)
    light_up(commitment, now)
    return row


@usecase("agreements.end_override")
def end_override(*, actor: Actor, now: datetime, commitment: Commitment) -> None:
    """Let the rule decide again. Must hold: the light is set by hand. Writes: the override, the light. May: the exchange office."""
    require(actor, "agreements.end_override")
    row = commitment.overrides.filter(ended_at=None).first()
    if row is None:
        raise Conflict(N_("This light is not set by hand."), code="no-override")
    changed(row, ended_at=now)
    touched(commitment, light_by_rule=True)
    light_up(commitment, now)


@usecase("agreements.add_evidence")
def add_document_evidence(
    *,
    actor: Actor,
    now: datetime,
    commitment: Commitment,
    data: bytes,
    name: str,
    title_zh: str = "",
    title_en: str = "",
) -> Evidence:
    """Add a document that shows a commitment moving.

    Must hold: the file is what its name says; the commitment has not ended. Writes: file, evidence, light. May: the
    exchange office, the units of the commitment, its debtor and creditor.
    """
    require(actor, "agreements.add_evidence", *involved(commitment))
    kind = content_type_of(data, name)
    if commitment.state not in MOVING:
        raise Conflict(
            N_("Evidence is added to a confirmed commitment that has not ended; this one is “{state}”."),
            code="wrong-state",
            state=commitment.get_state_display(),
        )
    key = f"file:{hashlib.sha256(data).hexdigest()[:24]}"
    if commitment.evidence.filter(kind=EvidenceKind.DOCUMENT, key=key).exists():
        raise Conflict(N_("This document is among the evidence already."), code="same-file")
    row = Evidence.objects.create(
        commitment=commitment,
        kind=EvidenceKind.DOCUMENT,
        key=key,
        title_zh=title_zh[:300] or ("" if title_en else name[:300]),
        title_en=title_en[:300],
        document=keep(data, name=name, now=now, content_type=kind),
        recorded_at=now,
        recorded_by=actor.name,
        recorded_by_organisation_id=actor.organisation_id,
    )
    touched(commitment, evidence=EvidenceKind.DOCUMENT, key=key)
    light_up(commitment, now)
    return row


def involved(commitment: Commitment) -> tuple[int | None, ...]:
    """Return the ids of the organisations that a commitment belongs to."""
    supporting = [unit.pk for unit in commitment.supporting_units.all()]
    return (commitment.lead_unit_id, commitment.debtor_id, commitment.creditor_id, *supporting)


@usecase("agreements.countersign_evidence")
def countersign_evidence(*, actor: Actor, now: datetime, evidence: Evidence) -> None:
    """Say that evidence holds.

    Must hold: not countersigned yet; the actor's organisation is not the one that brought it. Writes: the evidence.
    May: the exchange office, the units of the commitment, its debtor and creditor.
    """
    require(actor, "agreements.countersign_evidence", *involved(evidence.commitment))
    if evidence.countersigned_at is not None:
        raise Conflict(N_("This evidence is countersigned already."), code="countersigned")
    mine = actor.organisation_id
    if mine is not None and mine == evidence.recorded_by_organisation_id:
        raise NotAllowed(N_("Evidence is countersigned by another organisation than the one that brought it."), code="own-evidence")
    changed(evidence, countersigned_at=now, countersigned_by=actor.name)


@usecase("agreements.settle_commitment")
def settle_commitment(*, actor: Actor, now: datetime, commitment: Commitment, met: bool, reason: str = "", note: str = "") -> None:
    """Close a commitment: met, met in part (reason ``partial``), or waived for another reason.

    Must hold: met and met in part need evidence that another side has countersigned, or an acceptance on fresh
    data; a waiver needs a reason of the list and a note. Writes: the commitment. May: the exchange office.
    """
    require(actor, "agreements.settle_commitment")
    is_partial = not met and reason == SettleReason.PARTIAL
    if not met and reason not in SettleReason.values:
        raise InputError(N_("Say why, with one of the reasons of the list."), column="reason", code="reason-missing")
    if met or is_partial:
        proven = [row for row in commitment.evidence.all() if row.countersigned_at or row.kind == EvidenceKind.ACCEPTANCE]
        if not proven:
            raise Conflict(
                N_("Nothing shows it yet: there is no countersigned evidence and no acceptance on fresh data."),
                cure=N_("Add a document, have the other side countersign it, then settle."),
                code="no-proof",
            )
        to = S.MET if met else S.PARTIALLY_MET
        COMMITMENT.move(commitment, to, now=now, reason=reason, note=note)
        return
    if not note.strip():
        raise InputError(N_("Say in a sentence why it is waived; the page will show it."), column="note", code="no-note")
    COMMITMENT.move(commitment, S.WAIVED, now=now, reason=reason, note=note)
