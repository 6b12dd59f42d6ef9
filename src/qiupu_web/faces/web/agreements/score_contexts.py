"""Scorecards: what an agreement or a party promised, kept and owes, counted from the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When
from django.urls import reverse

from qiupu_web.agreements import queries
from qiupu_web.agreements.enums import CommitmentState as S
from qiupu_web.agreements.models import Agreement, Commitment, LightOverride
from qiupu_web.agreements.standing import PROMISED, Score, score, scores_by
from qiupu_web.faces.web.agreements.contexts import BAR_WIDTH, BarPart
from qiupu_web.faces.web.agreements.words import in_readers_language
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation

PARTS = {"met": "met", "under_way": "confirmed", "partially_met": "asked", "late": "late", "waived": "waived"}
"""Parts of the bar and the colour that the agreement's own page gives the same thing."""
WORST_FIRST = (S.OVERDUE, S.AT_RISK, S.PARTIALLY_MET, S.ON_TRACK, S.LINKED, S.CONFIRMED, S.MET, S.WAIVED)


@dataclass(frozen=True)
class Group:
    """One line of a scorecard's table: an agreement or a party with its score."""

    thing: Agreement | Organisation
    address: str
    score: Score


@dataclass(frozen=True)
class Scorecard:
    """Everything of one scorecard but the page of its commitments."""

    subject: Agreement | Organisation
    score: Score
    bar: tuple[BarPart, ...]
    groups: Sequence[Group]


def promised(rows: QuerySet[Commitment], today: date) -> QuerySet[Commitment]:
    """Return the promises among commitments, the worst first, each with the override that holds."""
    order = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(WORST_FIRST)), output_field=IntegerField())
    open_ = LightOverride.objects.filter(ended_at=None, until_on__gte=today)
    return (
        rows.filter(state__in=PROMISED)
        .select_related("debtor", "lead_unit", "statement__agreement")
        .defer(*queries.LONG)
        .prefetch_related(Prefetch("overrides", open_, to_attr="by_hand"))
        .order_by(order, "due_on", "code")
    )


def bar_of(found: Score) -> tuple[BarPart, ...]:
    """Return the parts of the bar, as wide as their share of what was promised."""
    parts, x = [], 0.0
    for name, code in PARTS.items():
        count = found.at_risk + found.overdue if name == "late" else getattr(found, name)
        if count:
            width = BAR_WIDTH * count / found.promised
            parts.append(BarPart(code, count, round(x, 1), round(width, 1)))
            x += width
    return tuple(parts)


def agreement_scorecard(agreement: Agreement, actor: Actor, today: date) -> Scorecard:
    """Put the scorecard of an agreement together, by who owes."""
    rows = _of(agreement, actor)
    return Scorecard(agreement, found := score(rows, today), bar_of(found), _by_party(rows, today))


def _of(agreement: Agreement, actor: Actor) -> QuerySet[Commitment]:
    texts = [agreement.pk, *([agreement.twin_id] if agreement.twin_id else [])]
    return queries.visible_commitments(actor).filter(statement__agreement_id__in=texts)


def party_scorecard(party: Organisation, actor: Actor, today: date) -> Scorecard:
    """Put the scorecard of a party together, by agreement."""
    rows = queries.visible_commitments(actor).filter(debtor=party)
    return Scorecard(party, found := score(rows, today), bar_of(found), _by_agreement(rows, today))


def _by_party(rows: QuerySet[Commitment], today: date) -> list[Group]:
    scores = {pk: one for pk, one in scores_by(rows, "debtor_id", today).items() if one.promised}
    parties = Organisation.objects.in_bulk(scores)
    groups = [Group(row, reverse("agreements:party_scorecard", args=[row.code]), scores[pk]) for pk, row in parties.items()]
    return sorted(groups, key=_order)


def _by_agreement(rows: QuerySet[Commitment], today: date) -> list[Group]:
    """Return the scores of agreements; a text and its translation are one."""
    scores = {pk: one for pk, one in scores_by(rows, "statement__agreement_id", today).items() if one.promised}
    texts = Agreement.objects.select_related("twin").defer("text", "reading", "twin__text", "twin__reading").in_bulk(scores)
    groups: dict[int, Group] = {}
    for pk, text in texts.items():
        shown = in_readers_language(text)
        before = groups[shown.pk].score if shown.pk in groups else Score()
        address = reverse("agreements:scorecard", args=[shown.code])
        groups[shown.pk] = Group(shown, address, before + scores[pk])
    return sorted(groups.values(), key=_order)


def commitments_of(card: Scorecard, actor: Actor, today: date) -> QuerySet[Commitment]:
    """Return the promises that a scorecard counts."""
    rows = queries.visible_commitments(actor)
    subject = card.subject
    rows = _of(subject, actor) if isinstance(subject, Agreement) else rows.filter(debtor=subject)
    return promised(rows, today)


@dataclass(frozen=True)
class Scores:
    """Every agreement and every party with a promise."""

    agreements: Sequence[Group]
    parties: Sequence[Group]
    whole: Score


def all_scores(actor: Actor, today: date) -> Scores:
    """Put the index together."""
    rows = queries.visible_commitments(actor)
    return Scores(_by_agreement(rows, today), _by_party(rows, today), score(rows, today))


def _order(group: Group) -> tuple[int, str]:
    return -group.score.promised, group.thing.code
