"""Where promises stand, counted from what is recorded: scores of agreements and parties, money, deliverables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from qiupu_web.agreements.enums import CommitmentState as S
from qiupu_web.agreements.enums import MoneyKind
from qiupu_web.agreements.models import Commitment, LightOverride, MoneyEntry
from qiupu_web.agreements.rules import MOVING

UNDER_WAY = (S.CONFIRMED, S.LINKED, S.ON_TRACK)
PROMISED = (*MOVING, S.MET, S.WAIVED)
"""Confirmed by both sides at some time; an amended commitment counts as the one that took its place."""


@dataclass(frozen=True)
class Score:
    """Promises by where they stand. The parts (``met`` to ``waived``) add up to ``promised``."""

    promised: int = 0
    met: int = 0
    partially_met: int = 0
    under_way: int = 0
    at_risk: int = 0
    overdue: int = 0
    waived: int = 0
    asked: int = 0
    in_time: int = 0
    fallen_due: int = 0
    by_hand: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def _counts(today: date) -> dict[str, Count]:
    """Return the counts of a score: ``in_time`` of ``fallen_due`` were met by their date; a waived promise never falls due."""
    by_hand = LightOverride.objects.filter(commitment=OuterRef("pk"), ended_at=None, until_on__gte=today)
    due = Q(due_on__lt=today) & ~Q(state=S.WAIVED)
    met_by_its_date = Q(state=S.MET, due_on__isnull=False, settled_on__lte=F("due_on"))
    by_state = {
        "promised": PROMISED,
        "met": (S.MET,),
        "partially_met": (S.PARTIALLY_MET,),
        "under_way": UNDER_WAY,
        "at_risk": (S.AT_RISK,),
        "overdue": (S.OVERDUE,),
        "waived": (S.WAIVED,),
        "asked": (S.BROKEN_DOWN, S.RETURNED, S.ACCEPTED),
    }
    counts = {name: Count("pk", filter=Q(state__in=states)) for name, states in by_state.items()}
    counts["in_time"] = Count("pk", filter=met_by_its_date)
    counts["fallen_due"] = Count("pk", filter=Q(state__in=PROMISED) & (due | Q(state=S.MET, due_on__isnull=False)))
    counts["by_hand"] = Count("pk", filter=Q(Exists(by_hand)))
    return counts


def _plain(rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
    return rows.exclude(state=S.AMENDED).annotate(settled_on=TruncDate("state_since")).order_by()


def score(rows: QuerySet[Commitment], today: date) -> Score:
    """Count commitments by where they stand; one query."""
    return Score(**_plain(rows).aggregate(**_counts(today)))


def scores_by(rows: QuerySet[Commitment], key: str, today: date) -> dict[int, Score]:
    """Count commitments for each value of a column such as ``debtor_id``; one query."""
    found = _plain(rows).values(key).annotate(**_counts(today))
    return {row.pop(key): Score(**row) for row in found if row[key] is not None}


# Money --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Money:
    """Money in yuan as it is recorded; None where nothing is."""

    agreed: Decimal | None = None
    paid_in: Decimal | None = None
    landed: Decimal | None = None

    def __add__(self, other: Money) -> Money:
        return Money(*(total((getattr(self, one.name), getattr(other, one.name))) for one in fields(self)))


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of what is recorded; None when nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def entries_of(rows: QuerySet[Commitment]) -> list[MoneyEntry]:
    """Return every entry of commitments and of what they amend, the latest first; struck ones too."""
    found = MoneyEntry.objects.filter(commitment__statement__in=rows.order_by().values("statement_id"))
    return list(found.select_related("commitment", "document", "recorded_by_organisation").order_by("-on", "-id"))


def money_of(rows: QuerySet[Commitment]) -> dict[int, Money]:
    """Return the money of each commitment; two queries.

    What was paid in or has landed for a version that was amended still counts; of amounts agreed, those of the newest
    version that names any.
    """
    found = rows.order_by().values("statement_id")
    amends = dict(Commitment.objects.filter(statement__in=found, amends__isnull=False).values_list("pk", "amends_id"))
    kept: dict[int, list[MoneyEntry]] = {}
    for entry in MoneyEntry.objects.filter(commitment__statement__in=found, struck_at=None):
        kept.setdefault(entry.commitment_id, []).append(entry)
    replaced = set(amends.values())
    return {pk: _money(pk, amends, kept) for pk in {*kept, *amends} if pk not in replaced}


def _money(pk: int | None, amends: Mapping[int, int | None], kept: Mapping[int, list[MoneyEntry]]) -> Money:
    sums: dict[str, list[Decimal]] = {kind: [] for kind in MoneyKind.values}
    while pk is not None:
        mine = kept.get(pk, [])
        agreed = [entry.amount_cny for entry in mine if entry.kind == MoneyKind.AGREED]
        sums[MoneyKind.AGREED] = sums[MoneyKind.AGREED] or agreed
        for kind in (MoneyKind.PAID_IN, MoneyKind.LANDED):
            sums[kind] += [entry.amount_cny for entry in mine if entry.kind == kind]
        pk = amends.get(pk)
    return Money(*(total(sums[kind]) for kind in (MoneyKind.AGREED, MoneyKind.PAID_IN, MoneyKind.LANDED)))
