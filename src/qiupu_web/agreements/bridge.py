"""Rows of agreements and the reader's dataclasses: the only place here that knows the engine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

import qiupu
import qiupu.agreements as engine
from qiupu.agreements.folding import fold
from qiupu.agreements.several import split_agreements
from qiupu.agreements.written import is_period, until, written
from qiupu.errors import N_, InputError
from qiupu.text import language_of
from qiupu.wording import translate
from qiupu_web.agreements.measuring import Measure

ALIKE = 0.15
"""Below this share of common words two commitments are not called similar."""


@dataclass(frozen=True)
class ReadParty:
    """A party as the text names it; ``names`` holds every form of its name, its role's label among them."""

    name: str
    role: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class ReadStatement:
    """One statement; missing values are empty strings, as the row keeps them."""

    start: int
    end: int
    quote: str
    strength: str
    clause: str = ""
    speaker: str = ""
    debtor: str = ""
    creditor: str = ""
    action: str = ""
    object: str = ""
    field: str = ""
    due: str = ""
    quantity: str = ""
    confidence: float | None = None


@dataclass(frozen=True)
class ReadText:
    """A text as the reader gave it back."""

    text: str
    language: str
    kind: str
    parties: tuple[ReadParty, ...]
    statements: tuple[ReadStatement, ...]
    signed_on: str
    reading: dict[str, Any] = field(default_factory=dict)
    engine_version: str = qiupu.__version__


@dataclass(frozen=True)
class UnitProposal:
    """A unit that the remits suggest, with the words that they share with the statement."""

    unit_id: int
    score: float
    reasons: tuple[str, ...]


def read_text(text: str, part: int | None = None) -> ReadText:
    """Read a pasted text; of several agreements in one text only the one with the number ``part``, counted from 1.

    Lines end alike whatever sent them (a browser writes CR LF), and no blank stands around: a text is the same pasted or as a file.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return _of(_second(engine.read(text) if part is None else engine.read(_one_of(text, part))))


def _second(reading: engine.Reading) -> engine.Reading:
    """Let the second reader that the operator set fill in what the rules leave open; a value stays only with its quote."""
    where = settings.CONFIG["QIUPU_READER"]
    if not where:
        return reading
    if where.startswith(("http://", "https://")):
        url, _, model = where.partition("#")
        return engine.with_endpoint(reading, engine.Endpoint(url, model, key=os.environ.get("QIUPU_ENDPOINT_KEY", "")))
    return engine.with_tagger(reading, engine.load_tagger(Path(where)))


def _one_of(text: str, part: int) -> str:
    """Cut one of several agreements out of a text, so that only its own words are kept."""
    several = split_agreements(fold(text), language_of(text))
    if not 1 <= part <= len(several):
        raise InputError(
            N_("There is no agreement number {part}; the text holds {count}."),
            cure=N_("Choose a number from 1 to {count}."),
            column="part",
            code="no-such-part",
            part=part,
            count=len(several),
        )
    one = several[part - 1]
    return text[one.start : one.end].strip()


def read_file(data: bytes, name: str, part: int | None = None) -> ReadText:
    """Read an uploaded file: txt, md, docx, pdf with a text layer; ``part`` as in ``read_text``."""
    return read_text(engine.read_document(data, name).text, part)


def _of(reading: Any) -> ReadText:
    clauses = [(clause.start, clause.stop, clause.number) for clause in reading.clauses]
    kept = reading.as_dict()
    kept.pop("statements", None)  # they have rows of their own
    kept.pop("commitments", None)
    return ReadText(
        text=reading.text,
        language=reading.language,
        kind=reading.kind,
        parties=tuple(_party(one) for one in reading.parties),
        statements=tuple(_statement(one, clauses) for one in _in_order(reading.statements)),
        signed_on=reading.dates.signed.value[:10] if reading.dates.signed else "",
        reading=kept,
    )


def _party(one: Any) -> ReadParty:
    names = dict.fromkeys([one.name, *one.aliases, *([one.label] if one.label else [])])
    return ReadParty(one.name[:200], one.role, tuple(names))


def _in_order(statements: Iterable[Any]) -> list[Any]:
    """Drop what would overlap, so that the page can cut the text; the reader gives them apart already."""
    kept: list[Any] = []
    for one in sorted(statements, key=lambda one: (one.start, -one.end)):
        if one.end > one.start and (not kept or one.start >= kept[-1].end):
            kept.append(one)
    return kept


def _statement(one: Any, clauses: Sequence[tuple[int, int, str]]) -> ReadStatement:
    around = [(start, number) for start, stop, number in clauses if start <= one.start < stop]
    return ReadStatement(
        start=one.start,
        end=one.end,
        quote=one.quote,
        strength=one.strength,
        clause=max(around)[1][:30] if around else "",
        speaker=(one.speaker or "")[:200],
        debtor=(one.debtor or "")[:200],
        creditor=(one.creditor or "")[:200],
        action=(one.action or "")[:300],
        object=one.object or "",
        field=one.field or "",
        due=(one.due or "")[:60],
        quantity=(one.quantity or "")[:120],
        confidence=one.confidence,
    )


def propose_field(text: str) -> str:
    """Return the field that a statement speaks of; empty when it names none."""
    return engine.propose_field(text) or ""


def propose_units(text: str, remits: Sequence[tuple[int, str]]) -> tuple[UnitProposal, ...]:
    """Rank units by what their remits share with a statement; units that share nothing are left out."""
    found = engine.propose_units(text, [(str(unit_id), remit) for unit_id, remit in remits])
    return tuple(UnitProposal(int(one.unit_id), one.score, tuple(one.reasons)) for one in found if one.score > 0)


def propose_measures(text: str) -> tuple[Measure, ...]:
    """Return the ways to measure that a statement's own words suggest, with the number that it names."""
    return tuple(Measure(_with_target(one, "zh"), _with_target(one, "en")) for one in engine.propose_measures(text))


def _with_target(one: Any, lang: str) -> str:
    sentence = str(translate(one.sentence, lang))
    target = written(one.target, lang) if one.target else ""
    return f"{sentence}{'：' if lang == 'zh' else ': '}{target}" if target else sentence


def in_words(value: str, lang: str) -> str:
    """Return a quantity or a length of time as a reader writes it: never ``P2Y``; empty when nothing can be said."""
    return written(value, lang)


def due_in_words(value: str, lang: str) -> str:
    """Return a due date that the text gives as a length of time, such as within 10 days; empty for any other."""
    return until(value, lang)


def countable(value: str, lang: str) -> str:
    """Return a quantity in words when it can be counted towards; a length of time cannot."""
    return "" if is_period(value) else written(value, lang)


def similar(text: str, others: Sequence[tuple[int, str]]) -> tuple[UnitProposal, ...]:
    """Rank other texts by the words that they share with a statement, rare words first; ``unit_id`` is the other's id."""
    return tuple(one for one in propose_units(text, others) if one.score >= ALIKE)
