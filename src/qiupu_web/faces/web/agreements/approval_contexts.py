"""What the pages of approvals show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qiupu_web.agreements import queries
from qiupu_web.agreements.models import Agreement, Approval, ApprovalStep, Commitment, StandIn
from qiupu_web.faces.web.agreements.commitment_contexts import Said, StepShown, said_of, steps_of
from qiupu_web.faces.web.agreements.words import in_readers_language
from qiupu_web.parties.actors import Actor


@dataclass(frozen=True)
class UnderApproval:
    """A commitment with its sentence, its steps and what was decided so far."""

    row: Commitment
    said: Said
    steps: tuple[StepShown, ...]
    decisions: Sequence[Approval]
    is_mine: bool


@dataclass(frozen=True)
class ApprovalPage:
    """Everything of an agreement's page of approvals."""

    agreement: Agreement
    steps: Sequence[ApprovalStep]
    rows: Sequence[UnderApproval]
    mine: Sequence[Commitment]
    done_count: int


def approval_page(agreement: Agreement, actor: Actor, today: date) -> ApprovalPage:
    """Put the page of one agreement together; the same number of queries whatever the number of commitments."""
    steps = queries.approval_steps(agreement)
    waiting = [row for row in queries.waiting_for_approval(actor, today) if queries.is_of(row, agreement)]
    mine = {row.pk for row in waiting}
    all_rows = queries.commitments_of(agreement).prefetch_related("approvals__organisation")
    rows = [row for row in all_rows if row.state in (*queries.UNDER_APPROVAL, "returned")] if steps else []
    shown = [UnderApproval(row, said_of(row), steps_of(row, steps), list(row.approvals.all()), row.pk in mine) for row in rows]
    shown.sort(key=lambda one: (not one.is_mine, one.row.code))
    done = sum(one.row.approvals_passed >= len(steps) for one in shown)
    return ApprovalPage(agreement, steps, shown, waiting, done)


@dataclass(frozen=True)
class Pile:
    """What waits at one agreement."""

    agreement: Agreement
    rows: Sequence[Commitment]


@dataclass(frozen=True)
class Desk:
    """What waits for somebody, for whom she stands in, and who stands in for her."""

    piles: Sequence[Pile]
    stands_in: Sequence[StandIn]
    named: Sequence[StandIn]


def desk(actor: Actor, today: date) -> Desk:
    """Put somebody's own page together."""
    waiting = queries.waiting_for_approval(actor, today)
    heaps = [list(group) for _pk, group in groupby(waiting, _agreement_id)]
    piles = [Pile(in_readers_language(rows[0].statement.agreement), rows) for rows in heaps]
    people = ("member__user", "member__organisation", "stand_in")
    named = StandIn.objects.filter(member__user_id=actor.user_id or 0, ended_at=None, until_on__gte=today).select_related(*people)
    return Desk(piles, list(queries.standing_for(actor, today).select_related(*people)), list(named))


def _agreement_id(row: Commitment) -> int:
    return row.statement.agreement_id
