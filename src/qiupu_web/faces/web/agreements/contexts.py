"""What the pages of agreements show, put together before the template sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse

from qiupu_web.agreements.enums import Disposition
from qiupu_web.agreements.models import (
    Agreement,
    AgreementParty,
    Commitment,
    Evidence,
)
from qiupu_web.agreements.queries import (
    Outcome,
    Tally,
    approval_steps,
    briefs_of,
    latest_evidence,
    outcomes_of,
    tally,
    visible_agreements,
)
from qiupu_web.faces.templatetags.qiupu import TONES
from qiupu_web.faces.web.agreements.passages import Passage, Span, cut, sheets_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may

BAR_WIDTH = 1000
SHEET = 100
"""Statements on one sheet of an agreement's page."""
PARTS = ("met", "confirmed", "late", "asked", "noted", "waived", "waiting")


@dataclass(frozen=True)
class Drawn:
    """A commitment under its sentence, with the latest evidence."""

    row: Commitment
    evidence: Evidence | None


@dataclass(frozen=True)
class Became:
    """A sentence and what became of it."""

    outcome: Outcome
    drawn: tuple[Drawn, ...]
    tone: str
    is_waiting: bool
    break_down_address: str


@dataclass(frozen=True)
class PieceShown:
    """A stretch of text; with a strength it is a statement."""

    text: str
    number: int | None
    strength: str


@dataclass(frozen=True)
class PassageShown:
    """A paragraph beside what became of its sentences."""

    kind: str
    pieces: tuple[PieceShown, ...]
    became: tuple[Became, ...]


@dataclass(frozen=True)
class BarPart:
    """One part of the bar of sentences."""

    code: str
    count: int
    x: float
    width: float


@dataclass(frozen=True)
class Wanted:
    """Which sheet of a long text is asked for: by its number, or as the one that holds a sentence."""

    page: str | None = None
    sentence: int | None = None


@dataclass(frozen=True)
class AgreementPage:
    """Everything of an agreement's page."""

    agreement: Agreement
    parties: Sequence[AgreementParty]
    passages: tuple[PassageShown, ...]
    page: Page[Any]
    tally: Tally
    bar: tuple[BarPart, ...]
    may_break_down: bool
    may_confirm: bool
    may_record_scan: bool
    has_commitments: bool
    has_approval: bool
    other_sources: Sequence[Agreement]


def agreement_page(agreement: Agreement, actor: Actor, wanted: Wanted) -> AgreementPage:
    """Put an agreement's page together: all of it is counted, one sheet of it is shown."""
    parties = list(agreement.parties.select_related("organisation"))
    may_break_down = may(actor, "agreements.break_down")
    briefs = briefs_of(agreement)
    sheets = sheets_of(cut(agreement.text, [Span(one.number, one.start, one.end) for one in briefs]), SHEET)
    pages = Paginator(sheets, 1)
    page = pages.get_page(_sheet_with(sheets, wanted.sentence) or wanted.page)
    sheet = sheets[page.number - 1]
    outcomes = outcomes_of(agreement, [number for passage in sheet for number in passage.numbers])
    by_number = {one.statement.number: one for one in outcomes}
    shown = []
    for passage in sheet:
        pieces = tuple(
            PieceShown(piece.text, piece.number, by_number[piece.number].statement.strength if piece.number else "")
            for piece in passage.pieces
        )
        became = tuple(
            _became(agreement, by_number[number], may_break_down)
            for number in passage.numbers
            if by_number[number].is_binding or by_number[number].commitments
        )
        shown.append(PassageShown(passage.kind, pieces, became))
    counted = tally(briefs)
    return AgreementPage(
        agreement=agreement,
        parties=parties,
        passages=tuple(shown),
        page=page,
        tally=counted,
        bar=_bar(counted),
        may_break_down=may_break_down,
        may_confirm=may(actor, "agreements.confirm", *(party.organisation_id for party in parties)),
        may_record_scan=may(actor, "agreements.record_scan"),
        has_commitments=any(one.has_commitments for one in briefs),
        has_approval=bool(approval_steps(agreement)) and not actor.is_visitor,
        other_sources=list(visible_agreements(actor).filter(same_as=agreement).defer("text", "reading")),
    )


def _sheet_with(sheets: Sequence[Sequence[Passage]], sentence: int | None) -> int | None:
    if sentence is None:
        return None
    return next((n for n, sheet in enumerate(sheets, 1) if any(sentence in passage.numbers for passage in sheet)), None)


def _became(agreement: Agreement, outcome: Outcome, may_break_down: bool) -> Became:
    waiting = outcome.state == Disposition.WAITING
    address = reverse("agreements:break_down", args=[agreement.code, outcome.statement.number]) if may_break_down else ""
    drawn = tuple(Drawn(row, latest_evidence(row)) for row in outcome.commitments)
    return Became(outcome, drawn, TONES.get(outcome.state, "plain"), waiting, address if waiting else "")


def _bar(counted: Tally) -> tuple[BarPart, ...]:
    parts, x = [], 0.0
    for code in PARTS:
        count = getattr(counted, code)
        if count:
            width = BAR_WIDTH * count / counted.said
            parts.append(BarPart(code, count, round(x, 1), round(width, 1)))
            x += width
    return tuple(parts)


@dataclass(frozen=True)
class HistoryLine:
    """One audit record: when, what, by whom."""

    at: datetime
    words: str
    who: str
    number: int
