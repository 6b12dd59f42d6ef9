"""What pages, the API and the demo read of agreements: what became of every sentence, and where commitments stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from qiupu_web.agreements.enums import CommitmentState as S
from qiupu_web.agreements.enums import Disposition, Strength
from qiupu_web.agreements.models import Agreement, AgreementParty, ApprovalStep, Commitment, Evidence, StandIn, Statement
from qiupu_web.agreements.rules import MOVING
from qiupu_web.base.searching import holding
from qiupu_web.parties.actors import Actor

SEES_ALL = ("office", "auditor", "administrator", "steward", "system")
LONG = ("statement__agreement__text", "statement__agreement__reading")
"""Whole texts, which a list of commitments must not carry through its sorting."""
MOST_COMPARED = 1000
BINDING = (Strength.DUTY, Strength.HOPE)
ORDER = {state: place for place, state in enumerate(S.values)}


def visible_agreements(actor: Actor) -> QuerySet[Agreement]:
    """Agreements that the actor may see: public ones, all for the office, their own for parties."""
    rows = Agreement.objects.all()
    if actor.role in SEES_ALL:
        return rows
    shown = Q(is_public=True)
    if actor.organisation_id is not None:
        mine = AgreementParty.objects.filter(organisation_id=actor.organisation_id).values("agreement_id")
        led = Commitment.objects.filter(lead_unit_id=actor.organisation_id).values("statement__agreement_id")
        shown |= Q(pk__in=mine) | Q(pk__in=led) | _to_approve(actor)
    return rows.filter(shown)


def _to_approve(actor: Actor) -> Q:
    """Texts (and their translations) whose breakdown the actor's organisation approves, or somebody for whom she stands in."""
    steps = ApprovalStep.objects.filter(
        Q(organisation_id=actor.organisation_id)
        | Q(organisation__in=standing_for(actor, timezone.localdate()).values("member__organisation_id"))
    ).values("agreement_id")
    return Q(pk__in=steps) | Q(twin_id__in=steps)


def visible_commitments(actor: Actor) -> QuerySet[Commitment]:
    """Commitments of visible agreements, with what a list shows of them."""
    rows = Commitment.objects.select_related("lead_unit", "statement__agreement").defer(*LONG)
    return rows if actor.role in SEES_ALL else rows.filter(statement__agreement__in=visible_agreements(actor).values("pk"))


def with_counts(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Add ``said`` and ``waiting`` (hopes and duties), ``drawn``, ``confirmed_n`` and ``met_n`` (commitments)."""
    said = Statement.objects.filter(agreement=OuterRef("pk"), strength__in=BINDING)
    drawn = Commitment.objects.filter(Q(statement__agreement=OuterRef("pk")) | Q(statement__agreement=OuterRef("twin_id"))).exclude(
        state=S.AMENDED
    )
    return rows.annotate(
        said=_number(said),
        waiting=_number(said.filter(disposition=Disposition.WAITING)),
        drawn=_number(drawn),
        confirmed_n=_number(drawn.filter(state__in=(*MOVING, S.MET))),
        met_n=_number(drawn.filter(state=S.MET)),
    )


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


# What became of every sentence --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """One statement and what became of it: its commitments (its translation's among them) with their latest evidence."""

    statement: Statement
    commitments: tuple[Commitment, ...]

    @property
    def is_binding(self) -> bool:
        """Whether it is a hope or a duty."""
        return self.statement.strength in BINDING

    @property
    def has_commitments(self) -> bool:
        """Whether anything was drawn from it."""
        return bool(self.commitments)

    @property
    def state(self) -> str:
        """Where the sentence stands, by the commitment that is furthest behind; else what the office made of it."""
        return _furthest_behind([row.state for row in self.commitments], self.statement.disposition)


def _furthest_behind(states: Iterable[str], disposition: str) -> str:
    live = [state for state in states if state != S.AMENDED]
    return min(live, key=ORDER.__getitem__) if live else str(disposition)


@dataclass(frozen=True)
class Brief:
    """A statement in a word, for pages that show a part of a long text and count all of it."""

    number: int
    start: int
    end: int
    state: str
    is_binding: bool
    has_commitments: bool


def briefs_of(agreement: Agreement) -> list[Brief]:
    """Return every statement of a text in a word. Three queries of bare values, whatever the length."""
    rows = list(
        agreement.statements.order_by("number").values_list("pk", "twin_id", "number", "start", "end", "strength", "disposition")
    )
    drawn: dict[int, list[str]] = {}
    texts = [agreement.pk, *([agreement.twin_id] if agreement.twin_id else [])]
    found = Commitment.objects.filter(statement__agreement_id__in=texts).order_by()
    for statement, state in found.values_list("statement_id", "state"):
        drawn.setdefault(statement, []).append(state)
    briefs = []
    for pk, twin, number, start, end, strength, disposition in rows:
        states = [*drawn.get(pk, ()), *drawn.get(twin, ())]
        state = _furthest_behind(states, disposition)
        briefs.append(Brief(number, start, end, state, strength in BINDING, bool(states)))
    return briefs


def latest_evidence(commitment: Commitment) -> Evidence | None:
    """Return the newest of the prefetched evidence."""
    rows = list(commitment.evidence.all())
    return rows[-1] if rows else None


def outcomes_of(agreement: Agreement, numbers: Collection[int] | None = None) -> tuple[Outcome, ...]:
    """Return the statements of a text in order (all, or some by number), with what became of each. Seven queries at most."""
    drawn = Commitment.objects.select_related("lead_unit").prefetch_related("evidence").order_by("code")
    rows = agreement.statements.select_related("twin").prefetch_related(
        Prefetch("commitments", drawn), Prefetch("twin__commitments", drawn)
    )
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    return tuple(Outcome(row, (*row.commitments.all(), *(row.twin.commitments.all() if row.twin else ()))) for row in rows)


@dataclass(frozen=True)
class Tally:
    """How many of an agreement's sentences stand where."""

    said: int
    facts: int
    waiting: int
    noted: int
    asked: int
    confirmed: int
    met: int
    late: int
    waived: int

    @property
    def drawn(self) -> int:
        """Sentences from which commitments were drawn."""
        return self.said - self.waiting - self.noted


def tally(outcomes: Iterable[Outcome | Brief]) -> Tally:
    """Count sentences by their state; the parts add up to ``said``."""
    rows = list(outcomes)
    binding = [row.state for row in rows if row.is_binding or row.has_commitments]

    def among(*states: str) -> int:
        return sum(state in states for state in binding)

    return Tally(
        said=len(binding),
        facts=len(rows) - len(binding),
        waiting=among(Disposition.WAITING),
        noted=among(Disposition.NOTED, Disposition.SAME),
        asked=among(S.BROKEN_DOWN, S.RETURNED, S.ACCEPTED),
        confirmed=among(S.CONFIRMED, S.LINKED, S.ON_TRACK, S.PARTIALLY_MET),
        met=among(S.MET),
        late=among(S.AT_RISK, S.OVERDUE),
        waived=among(S.WAIVED, S.AMENDED),
    )


# Commitments --------------------------------------------------------------------------------------------------------


def commitments_of(agreement: Agreement) -> QuerySet[Commitment]:
    """Commitments drawn from a text or its translation, newest amendments only."""
    texts = [agreement.pk, *([agreement.twin_id] if agreement.twin_id else [])]
    return (
        Commitment.objects.filter(statement__agreement_id__in=texts)
        .exclude(state=S.AMENDED)
        .select_related("lead_unit", "debtor", "creditor", "statement__agreement", "statement__twin__agreement")
        .defer(*LONG)
        .prefetch_related("supporting_units", "confirmations", "evidence")
        .order_by("code")
    )


def comparable_commitments(statement: Statement, field: str) -> list[Commitment]:
    """Return commitments of other agreements that a statement can be compared with: of its field or of none, newest first."""
    own = [statement.agreement_id, *([statement.agreement.twin_id] if statement.agreement.twin_id else [])]
    rows = Commitment.objects.exclude(statement__agreement_id__in=own).exclude(state=S.AMENDED)
    if field:
        rows = rows.filter(field__in=(field, ""))
    shown = rows.select_related("lead_unit", "statement__agreement").defer(*LONG)
    return list(shown.order_by("-created_at", "-id")[:MOST_COMPARED])


def waiting_for_unit(organisation_id: int) -> QuerySet[Commitment]:
    """Commitments that wait for this unit's answer."""
    return (
        Commitment.objects.filter(lead_unit_id=organisation_id, state=S.BROKEN_DOWN)
        .select_related("statement", "statement__agreement")
        .order_by("state_due_at", "code")
    )


def waiting_for_confirmation(organisation_id: int) -> QuerySet[Commitment]:
    """Commitments that a party has not confirmed yet; what still passes an approval step is not asked for."""
    rows = (
        Commitment.objects.filter(
            statement__agreement__parties__organisation_id=organisation_id, state__in=(S.BROKEN_DOWN, S.ACCEPTED)
        )
        .exclude(confirmations__party_id=organisation_id)
        .select_related("statement", "statement__agreement", "lead_unit")
        .distinct()
        .order_by("state_due_at", "code")
    )
    return approved(rows)


def owed_by_partner(rows: QuerySet[Commitment], *, negate: bool = False) -> QuerySet[Commitment]:
    """Narrow commitments to the partner's own deliverables: those that its agreement's partner itself owes; or to the others."""
    partner = AgreementParty.objects.filter(
        agreement=OuterRef("statement__agreement"), organisation=OuterRef("debtor"), is_partner=True
    )
    return rows.exclude(Exists(partner)) if negate else rows.filter(Exists(partner))


# Approval -----------------------------------------------------------------------------------------------------------

UNDER_APPROVAL = (S.BROKEN_DOWN, S.ACCEPTED)
"""States in which a commitment passes the approval steps."""


def approval_steps(agreement: Agreement) -> list[ApprovalStep]:
    """Return the steps of a text in order, its translation's when it has none of its own."""
    texts = [agreement.pk, *([agreement.twin_id] if agreement.twin_id else [])]
    found = ApprovalStep.objects.filter(agreement_id__in=texts).select_related("organisation", "member__user")
    rows = list(found.order_by("number"))
    return [row for row in rows if row.agreement_id == agreement.pk] or rows


def open_step(commitment: Commitment) -> ApprovalStep | None:
    """Return the step that has to decide next; None when nothing waits for approval."""
    steps = approval_steps(commitment.statement.agreement)
    return next((step for step in steps if step.number > commitment.approvals_passed), None)


def standing_for(actor: Actor, on: date) -> QuerySet[StandIn]:
    """Return for whom the actor stands in on a day."""
    rows = StandIn.objects.filter(ended_at=None, from_on__lte=on, until_on__gte=on, member__is_active=True)
    return rows.filter(stand_in_id=actor.user_id) if actor.user_id is not None else rows.none()


def waiting_for_approval(actor: Actor, on: date) -> QuerySet[Commitment]:
    """Commitments that wait for the actor's approval: her unit's, her own, or of somebody for whom she stands in."""
    stood = standing_for(actor, on)
    mine = Q(organisation_id=actor.organisation_id) & (Q(member=None) | Q(member__user_id=actor.user_id))
    for_others = Q(member__in=stood.values("member_id")) | Q(member=None, organisation__in=stood.values("member__organisation_id"))
    agreement = Q(agreement=OuterRef("statement__agreement")) | Q(agreement=OuterRef("statement__agreement__twin"))
    steps = ApprovalStep.objects.filter(agreement, number=OuterRef("approvals_passed") + 1).filter(mine | for_others)
    return (
        Commitment.objects.filter(Exists(steps), state__in=UNDER_APPROVAL)
        .select_related("lead_unit", "statement__agreement__twin")
        .defer(*LONG, "statement__agreement__twin__text", "statement__agreement__twin__reading")
        .order_by("statement__agreement_id", "code")
    )


def is_of(commitment: Commitment, agreement: Agreement) -> bool:
    """Return whether a commitment was drawn from a text or its translation."""
    return commitment.statement.agreement_id in (agreement.pk, agreement.twin_id)


def approved(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    """Narrow commitments to those that have passed every approval step of their text."""
    agreement = Q(agreement=OuterRef("statement__agreement")) | Q(agreement=OuterRef("statement__agreement__twin"))
    return rows.exclude(Exists(ApprovalStep.objects.filter(agreement, number__gt=OuterRef("approvals_passed"))))


def search_commitments(rows: QuerySet[Commitment], words: str) -> QuerySet[Commitment]:
    """Narrow commitments to those whose title, quote, measure, code or lead unit hold every word."""
    return holding(rows, words, bilingual=["title", "measure", "lead_unit__name"], plain=["statement__quote", "code"])
