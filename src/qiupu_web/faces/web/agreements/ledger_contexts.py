"""The benefits ledger: what each party of an agreement gave and got, from recorded facts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from qiupu_web.agreements import queries
from qiupu_web.agreements.models import Agreement, AgreementParty, Commitment
from qiupu_web.agreements.standing import PROMISED, Money, Score, money_of, scores_by
from qiupu_web.capabilities.models import Capability
from qiupu_web.parties.models import Organisation


@dataclass(frozen=True)
class Line:
    """One kind of benefit: what a party gave and got of it. Numbers are counts, amounts are yuan, None is not recorded."""

    code: str
    label: str
    gave: int | Decimal | None
    got: int | Decimal | None
    is_money: bool = False


@dataclass(frozen=True)
class Side:
    """One party's account."""

    party: AgreementParty
    organisation: Organisation
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Deliverable:
    """One commitment with its money; ``is_partners`` when the partner itself owes it."""

    row: Commitment
    money: Money
    is_partners: bool


@dataclass(frozen=True)
class Ledger:
    """The accounts of one agreement, and its promises for the page or the file to take from."""

    agreement: Agreement
    sides: tuple[Side, ...]
    rows: QuerySet[Commitment]
    money: Mapping[int, Money]
    partners: frozenset[int]
    unnamed: int

    def deliverables(self, rows: Iterable[Commitment]) -> list[Deliverable]:
        """Return commitments with their money."""
        return [Deliverable(row, self.money.get(row.pk, Money()), row.debtor_id in self.partners) for row in rows]


def ledger_of(agreement: Agreement, today: date) -> Ledger:
    """Put the accounts together; the same number of queries whatever the number of commitments."""
    rows = queries.commitments_of(agreement).prefetch_related(None)
    parties = [party for party in agreement.parties.select_related("organisation") if party.organisation is not None]
    ids = [party.organisation_id for party in parties if party.organisation_id]
    money = money_of(rows)
    owed, due = scores_by(rows, "debtor_id", today), scores_by(rows, "creditor_id", today)
    out, in_ = _sums(rows, "debtor_id", money), _sums(rows, "creditor_id", money)
    listed = _capabilities(ids)
    sides = []
    for party in parties:
        if party.organisation is not None:
            pk = party.organisation.pk
            gave = Account(owed.get(pk, Score()), out.get(pk, Money()), listed.get(pk, 0))
            others = sum(count for other, count in listed.items() if other != pk)
            got = Account(due.get(pk, Score()), in_.get(pk, Money()), others)
            sides.append(Side(party, party.organisation, _lines(gave, got)))
    partners = frozenset(party.organisation_id for party in parties if party.is_partner and party.organisation_id)
    standing = rows.filter(state__in=PROMISED)
    unnamed = standing.filter(Q(debtor=None) | Q(creditor=None)).count()
    return Ledger(agreement, tuple(sides), standing, money, partners, unnamed)


def _sums(rows: QuerySet[Commitment], key: str, money: Mapping[int, Money]) -> dict[int, Money]:
    found: dict[int, Money] = {}
    for pk, party in rows.order_by().values_list("pk", key):
        if party is not None and pk in money:
            found[party] = found.get(party, Money()) + money[pk]
    return found


def _capabilities(ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for supplier in Capability.objects.filter(supplier_id__in=ids, state="published").values_list("supplier_id", flat=True):
        found[supplier] = found.get(supplier, 0) + 1
    return found


@dataclass(frozen=True)
class Account:
    """One column of a party's account: its promises, their money, and capabilities on the public list."""

    score: Score
    money: Money
    capabilities: int


def _lines(gave: Account, got: Account) -> tuple[Line, ...]:
    return (
        Line("promised", _("Deliverables promised and confirmed"), gave.score.promised, got.score.promised),
        Line("met", _("Deliverables met"), gave.score.met, got.score.met),
        Line("partially_met", _("Deliverables met in part"), gave.score.partially_met, got.score.partially_met),
        Line("agreed", _("Money agreed"), gave.money.agreed, got.money.agreed, is_money=True),
        Line("paid_in", _("Money paid in"), gave.money.paid_in, got.money.paid_in, is_money=True),
        Line("landed", _("Money landed"), gave.money.landed, got.money.landed, is_money=True),
        Line("capabilities", _("Capabilities on the public list"), gave.capabilities, got.capabilities),
        Line("resources", _("Shared resources opened"), None, None),
    )
