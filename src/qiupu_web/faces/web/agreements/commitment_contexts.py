"""What the page of a commitment shows, put together before the template sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language

from qiupu_web.agreements.models import (
    Agreement,
    AgreementParty,
    Approval,
    ApprovalStep,
    Commitment,
    Confirmation,
    Evidence,
    LightOverride,
    MoneyEntry,
)
from qiupu_web.agreements.queries import (
    SEES_ALL,
    UNDER_APPROVAL,
    approval_steps,
)
from qiupu_web.agreements.rules import ENDED, LIT, MOVING, OPEN_TO_EDIT
from qiupu_web.agreements.standing import Money, money_of
from qiupu_web.agreements.usecases import involved, light_of, override_of, stands_in_at
from qiupu_web.agreements.usecases.money import COUNTS
from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.templatetags.qiupu import TONES, unmarked
from qiupu_web.faces.web.agreements.contexts import HistoryLine
from qiupu_web.faces.web.agreements.words import action_words, light_sentence, outcome_words
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may

ROOMS = {"scenario": "scenarios:detail", "match": "scenarios:detail", "trial": "trials:detail", "verdict": "trials:detail"}


@dataclass(frozen=True)
class Said:
    """The sentence that a commitment comes from, in the reader's language where the text has a translation."""

    quote: str
    lang: str
    address: str
    agreement: Agreement


def said_of(row: Commitment) -> Said:
    """Return the sentence in the reader's language, else as it was first read."""
    wanted = "zh" if (get_language() or "en").startswith("zh") else "en"
    one = row.statement
    if one.agreement.language != wanted and one.twin is not None:
        one = one.twin
    address = reverse("agreements:detail", args=[one.agreement.code])
    return Said(unmarked(one.quote), one.agreement.language, f"{address}?sentence={one.number}#b-{one.number}", one.agreement)


@dataclass(frozen=True)
class EvidenceShown:
    """One piece of evidence; ``address`` leads to what it tells of."""

    row: Evidence
    outcome: str
    address: str
    may_countersign: bool


@dataclass(frozen=True)
class PartyShown:
    """A party of the agreement and whether it has confirmed."""

    party: AgreementParty
    confirmation: Confirmation | None
    is_me: bool


@dataclass(frozen=True)
class StepShown:
    """One approval step of a commitment: whether it has approved, and whether it is the one that decides next."""

    step: ApprovalStep
    is_done: bool
    is_next: bool


def steps_of(row: Commitment, steps: Sequence[ApprovalStep]) -> tuple[StepShown, ...]:
    """Return the approval steps of a commitment as far as they have come; what is confirmed has passed those of its time."""
    if row.state not in OPEN_TO_EDIT:
        return tuple(StepShown(one, True, False) for one in steps if one.number <= row.approvals_passed)
    is_open = row.state in UNDER_APPROVAL
    passed = row.approvals_passed
    return tuple(StepShown(one, one.number <= passed, is_open and one.number == passed + 1) for one in steps)


@dataclass(frozen=True)
class CommitmentPage:
    """Everything of a commitment's page."""

    row: Commitment
    said: Said
    tone: str
    light: str
    has_light: bool
    supporting: Sequence[object]
    evidence: tuple[EvidenceShown, ...]
    parties: tuple[PartyShown, ...]
    history: tuple[HistoryLine, ...]
    amended_by: Commitment | None
    steps: tuple[StepShown, ...]
    decisions: Sequence[Approval]
    may_answer: bool
    may_confirm: bool
    may_record_scan: bool
    may_edit: bool
    may_amend: bool
    may_send: bool
    may_add_evidence: bool
    may_settle: bool
    may_record_money: bool
    may_strike: bool
    may_override: bool
    money: Sequence[MoneyEntry]
    money_sum: Money
    by_hand: LightOverride | None
    is_partners: bool
    sees_files: bool

    @property
    def may_anything(self) -> bool:
        """Whether the reader can act here."""
        return any((self.may_answer, self.may_confirm, self.may_edit, self.may_amend, self.may_send, self.may_settle))


def commitment_page(row: Commitment, actor: Actor, now: datetime) -> CommitmentPage:
    """Put a commitment's page together."""
    owners = involved(row)
    parties = _parties(row, actor)
    steps = steps_of(row, approval_steps(row.statement.agreement))
    is_approved = all(one.is_done for one in steps)
    party_ids = [shown.party.organisation_id for shown in parties]
    waits_for_me = any(shown.is_me and shown.confirmation is None for shown in parties)
    before = row.state in OPEN_TO_EDIT
    has_light = row.state in (*LIT, "confirmed")
    return CommitmentPage(
        row=row,
        said=said_of(row),
        tone=TONES.get(row.state, "plain"),
        light=light_sentence(light_of(row, now)) if has_light else "",
        has_light=has_light,
        supporting=list(row.supporting_units.all()),
        evidence=_evidence(row, actor, owners),
        parties=parties,
        history=history_of("agreements.commitment", row.pk),
        amended_by=row.amended_by.first() if row.state == "amended" else None,
        steps=() if actor.is_visitor else steps,
        decisions=[] if actor.is_visitor else list(row.approvals.select_related("organisation")),
        may_answer=row.state in UNDER_APPROVAL and _may_answer(row, actor, now),
        may_confirm=row.state in UNDER_APPROVAL and is_approved and waits_for_me and may(actor, "agreements.confirm", *party_ids),
        may_record_scan=row.state in UNDER_APPROVAL and is_approved and bool(party_ids) and may(actor, "agreements.record_scan"),
        may_edit=before and may(actor, "agreements.edit_commitment"),
        may_amend=row.state in MOVING and may(actor, "agreements.amend_commitment"),
        may_send=row.state == "broken-down" and may(actor, "parties.send_link"),
        may_add_evidence=row.state in MOVING and may(actor, "agreements.add_evidence", *owners),
        may_settle=row.state not in ENDED and may(actor, "agreements.settle_commitment"),
        may_record_money=row.state in COUNTS and may(actor, "agreements.record_money", *owners),
        may_strike=may(actor, "agreements.strike_money"),
        may_override=has_light and may(actor, "agreements.override_light"),
        money=list(row.money.select_related("recorded_by_organisation")),
        money_sum=money_of(Commitment.objects.filter(pk=row.pk)).get(row.pk, Money()),
        by_hand=override_of(row, timezone.localdate(now)) if has_light else None,
        is_partners=any(one.party.is_partner and one.party.organisation_id == row.debtor_id for one in parties),
        sees_files=actor.role in SEES_ALL or actor.organisation_id in (*owners, *party_ids),
    )


def _may_answer(row: Commitment, actor: Actor, now: datetime) -> bool:
    return may(actor, "agreements.answer_breakdown", row.lead_unit_id) or (
        may(actor, "agreements.answer_breakdown", actor.organisation_id)
        and bool(stands_in_at(actor, row.lead_unit_id, timezone.localdate(now)))
    )


def _evidence(row: Commitment, actor: Actor, owners: tuple[int | None, ...]) -> tuple[EvidenceShown, ...]:
    allowed = may(actor, "agreements.countersign_evidence", *owners)
    return tuple(
        EvidenceShown(
            one,
            outcome_words().get(one.outcome, one.outcome),
            evidence_address(row, one),
            allowed
            and one.countersigned_at is None
            and one.kind == "document"
            and one.recorded_by_organisation_id != actor.organisation_id,
        )
        for one in row.evidence.all()
    )


def evidence_address(row: Commitment, evidence: Evidence) -> str:
    """Return the page that a piece of evidence tells of; empty when there is none."""
    if evidence.document_id:
        return reverse("agreements:evidence_file", args=[row.code, evidence.pk])
    kind, _colon, rest = evidence.key.partition(":")
    name = {**ROOMS, "project": "projects:detail", "milestone": "projects:detail"}.get(kind)
    try:
        return reverse(name, args=[rest.split(":")[0]]) if name and rest else ""
    except NoReverseMatch:
        return ""  # a key of another form than "kind:code" leads nowhere


def _parties(row: Commitment, actor: Actor) -> tuple[PartyShown, ...]:
    done = {one.party_id: one for one in row.confirmations.all()}
    rows = row.statement.agreement.parties.all()
    return tuple(
        PartyShown(
            party,
            done.get(party.organisation_id or 0),
            party.organisation_id is not None and party.organisation_id == actor.organisation_id,
        )
        for party in rows
        if party.organisation_id
    )


TOGETHER = ("agreements.break_down_together", "agreements.edit_together")
"""Their record is about the text and names every commitment."""


def history_of(target_type: str, pk: int, limit: int = 40) -> tuple[HistoryLine, ...]:
    """Return the audit records of a thing, newest first. People are named by their organisation."""
    known = action_words()
    own = Q(target_type=target_type, target_id=str(pk))
    with_others = Q(action__in=TOGETHER, told__contains=f'"{target_type}:{pk}"')
    rows = AuditRecord.objects.annotate(told=Cast("changes", TextField())).filter(own | with_others).order_by("-number")[:limit]
    return tuple(
        HistoryLine(row.at, known.get(row.action, row.action), row.organisation_code or row.actor_name, row.number) for row in rows
    )
