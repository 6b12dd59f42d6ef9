"""The next step of a commitment and of an agreement: who has to act, what that is, and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiupu_web.agreements.enums import CommitmentState as S
from qiupu_web.agreements.models import Agreement, AgreementParty, ApprovalStep, Commitment
from qiupu_web.agreements.queries import (
    UNDER_APPROVAL,
    Tally,
    commitments_of,
    open_step,
    waiting_for_confirmation,
    waiting_for_unit,
)
from qiupu_web.agreements.rules import ENDED
from qiupu_web.agreements.usecases import acts_at
from qiupu_web.faces.templatetags.qiupu import in_row
from qiupu_web.faces.web.agreements.commitment_contexts import CommitmentPage
from qiupu_web.faces.web.agreements.words import approver_words, role_words
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may


@dataclass(frozen=True)
class NextStep:
    """``says`` names who and what; ``until`` is None where no day is set; ``address`` is empty for readers who may not act."""

    says: str
    until: date | None
    address: str = ""
    label: str = ""


def steps_of_commitment(page: CommitmentPage, actor: Actor, today: date) -> tuple[NextStep, ...]:
    """Return what comes next for a commitment: two things where two sides are asked at once, nothing once it has ended."""
    row = page.row
    if row.state in ENDED:
        return ()
    if row.state == S.RETURNED:
        return (_returned(page),)
    if row.state not in UNDER_APPROVAL:
        return (_moving(page, actor),)
    asked = [_answer(page)] if row.state == S.BROKEN_DOWN else []
    step = open_step(row)
    if step is not None:
        asked.append(_approve(row, step, actor, today))
    elif row.state == S.ACCEPTED:
        asked.append(_confirm(page, actor))
    return tuple(asked)


def _step(row: Commitment, says: str, address: str = "", label: str = "") -> NextStep:
    until = timezone.localtime(row.state_due_at).date() if row.state_due_at else row.due_on
    return NextStep(says, until, address, label)


def _lead(row: Commitment) -> str:
    return str(row.lead_unit.name) if row.lead_unit else role_words()["unit"]


def _answer(page: CommitmentPage) -> NextStep:
    row = page.row
    says = _("%(who)s answers: takes it on, or returns it and says why") % {"who": _lead(row)}
    if page.may_answer:
        return _step(row, says, reverse("agreements:answer_commitment", args=[row.code]), _("Answer now"))
    address = reverse("agreements:send_link", args=[row.code]) if page.may_send else ""
    return _step(row, says, address, _("Send the unit a link"))


def _approve(row: Commitment, step: ApprovalStep, actor: Actor, today: date) -> NextStep:
    who = _("an approving unit") if actor.is_visitor else approver_words(step)
    says = _("%(who)s approves the breakdown, or returns it") % {"who": who}
    is_mine = may(actor, "agreements.decide_approval", actor.organisation_id) and acts_at(actor, step, today) is not None
    address = reverse("agreements:approval", args=[row.statement.agreement.code]) if is_mine else ""
    return _step(row, says, address, _("Decide now"))


def _confirm(page: CommitmentPage, actor: Actor) -> NextStep:
    row, code = page.row, page.row.statement.agreement.code
    if not page.parties:
        says = _("%(who)s says which organisations here the parties are, so that they can confirm") % {
            "who": role_words()["office"]
        }
        address = f"{reverse('agreements:detail', args=[code])}#parties" if may(actor, "agreements.link_party") else ""
        return _step(row, says, address, _("Say who the parties are"))
    names = [str(one.party.organisation.name) for one in page.parties if one.confirmation is None and one.party.organisation]
    says = _("%(who)s confirms its words, on line or by a stamped form") % {"who": in_row(names)}
    if page.may_confirm:
        return _step(row, says, "#acts", _("Confirm below"))
    return _step(row, says, reverse("agreements:form", args=[code]) if page.may_record_scan else "", _("Print the form to stamp"))


def _returned(page: CommitmentPage) -> NextStep:
    row = page.row
    says = _("%(who)s mends the words, the unit or the date, and asks again") % {"who": role_words()["office"]}
    address = reverse("agreements:edit_commitment", args=[row.code]) if page.may_edit else ""
    return _step(row, says, address, _("Change it now"))


def _moving(page: CommitmentPage, actor: Actor) -> NextStep:
    row = page.row
    said = {
        S.AT_RISK: _("%(who)s shows what moves it, or asks the office for another date"),
        S.OVERDUE: _("%(who)s finishes it and shows it; else the office amends or settles it"),
        S.PARTIALLY_MET: _("%(who)s finishes the rest and shows it"),
        S.CONFIRMED: _("%(who)s shows that it has begun: an opportunity, a project or a document"),
    }.get(S(row.state), _("%(who)s carries it on and adds what shows it"))
    says = said % {"who": _lead(row)}
    if page.may_settle and row.state in (S.OVERDUE, S.PARTIALLY_MET):
        return _step(row, says, reverse("agreements:settle_commitment", args=[row.code]), _("Settle"))
    return _step(row, says, "#evidence" if page.may_add_evidence else "", _("Add what shows it"))


# Of an agreement ---------------------------------------------------------------------------------------------------------


def steps_of_agreement(agreement: Agreement, tally: Tally, parties: Sequence[AgreementParty], actor: Actor) -> tuple[NextStep, ...]:
    """Return what comes next for an agreement as a whole, in the order of its way; three queries at most."""
    is_office = may(actor, "agreements.link_twins")
    office, found = role_words()["office"], []
    unknown = [party.name for party in parties if party.organisation_id is None]
    if unknown and tally.said:
        says = _("%(who)s says which organisation here is meant by %(names)s") % {"who": office, "names": in_row(unknown)}
        found.append(NextStep(says, None, "#parties" if is_office else "", _("Say who the parties are")))
    if tally.waiting:
        words = ngettext("%(who)s breaks %(n)d sentence down", "%(who)s breaks %(n)d sentences down", tally.waiting)
        address = reverse("agreements:breakdown", args=[agreement.code]) if is_office else ""
        found.append(NextStep(words % {"who": office, "n": tally.waiting}, None, address, _("Break down what waits")))
    return (*found, *_asked(agreement, office, actor, is_office=is_office))


def _asked(agreement: Agreement, office: str, actor: Actor, *, is_office: bool) -> list[NextStep]:
    rows = commitments_of(agreement).order_by().values("state").annotate(n=Count("pk"), due=Min("state_due_at"), last=Min("due_on"))
    by_state = {row["state"]: row for row in rows}
    late = [by_state[state] for state in (S.AT_RISK, S.OVERDUE) if state in by_state]
    found = []
    if row := by_state.get(S.RETURNED):
        words = ngettext("%(who)s mends %(n)d returned commitment", "%(who)s mends %(n)d returned commitments", row["n"])
        address = f"{reverse('agreements:breakdown', args=[agreement.code])}?show=all" if is_office else ""
        found.append(NextStep(words % {"who": office, "n": row["n"]}, _local(row["due"]), address, _("See which")))
    if row := by_state.get(S.BROKEN_DOWN):
        words = ngettext("the lead unit answers for %(n)d commitment", "the lead units answer for %(n)d commitments", row["n"])
        mine = _mine(waiting_for_unit, agreement, actor, "agreements.answer_breakdown")
        found.append(NextStep(words % {"n": row["n"]}, _local(row["due"]), mine, _("Answer yours")))
    if row := by_state.get(S.ACCEPTED):
        words = ngettext("the parties confirm %(n)d commitment", "the parties confirm %(n)d commitments", row["n"])
        mine = _mine(waiting_for_confirmation, agreement, actor, "agreements.confirm")
        address, label = (mine, _("Confirm yours")) if mine else ("", "")
        if is_office:
            address, label = reverse("agreements:form", args=[agreement.code]), _("Print the form to stamp")
        found.append(NextStep(words % {"n": row["n"]}, _local(row["due"]), address, label))
    if late:
        n, last = sum(row["n"] for row in late), min((row["last"] for row in late if row["last"]), default=None)
        words = ngettext(
            "the lead unit shows how %(n)d commitment moves that is late or at risk",
            "the lead units show how %(n)d commitments move that are late or at risk",
            n,
        )
        found.append(NextStep(words % {"n": n}, last, reverse("agreements:scorecard", args=[agreement.code]), _("See which")))
    return found


def _mine(waiting: Callable[[int], QuerySet[Commitment]], agreement: Agreement, actor: Actor, action: str) -> str:
    """Return the page of the first commitment of an agreement that waits for the reader's organisation; empty when none does."""
    own = actor.organisation_id
    if own is None or not may(actor, action, own):
        return ""
    texts = [agreement.pk, *([agreement.twin_id] if agreement.twin_id else [])]
    row = waiting(own).filter(statement__agreement_id__in=texts).first()
    return reverse("agreements:commitment", args=[row.code]) if row else ""


def _local(value: datetime | None) -> date | None:
    return timezone.localtime(value).date() if value else None
