"""What a reader gives back: every value with its quote and its place in the text.

``text[start:end] == quote`` holds for each of them; offsets count characters of the decoded text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Json = dict[str, object]
Strength = Literal["duty", "hope", "fact"]
Part = Literal["signatory", "speaker", "attendee", "host", "reporter"]
Role = Literal["government", "company", "university", "other"]
ROLES = ("government", "company", "university", "other")
PARTS = ("signatory", "speaker", "attendee", "host", "reporter")
STRENGTHS = ("duty", "hope", "fact")


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A passage: ``text[start:end] == quote``."""

    quote: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.end - self.start != len(self.quote):
            raise ValueError(f"offsets {self.start}:{self.end} do not fit a quote of {len(self.quote)} characters")

    def place(self) -> Json:
        """Return quote and offsets for JSON."""
        return {"quote": self.quote, "start": self.start, "end": self.end}


@dataclass(frozen=True, kw_only=True)
class Party(Quoted):
    """An organisation (or person) that the agreement binds; ``label`` is its defined role, as 甲方 or "Licensor"."""

    name: str
    role: Role
    aliases: tuple[str, ...] = ()
    label: str | None = None
    confidence: float

    def as_dict(self) -> Json:
        """Return the JSON form."""
        return {
            "name": self.name,
            "role": self.role,
            "aliases": list(self.aliases),
            "label": self.label,
            **self.place(),
            "confidence": self.confidence,
        }


@dataclass(frozen=True, kw_only=True)
class Person(Quoted):
    """Somebody who is named, with the part that the text gives them; ``organisation`` is whom they act for."""

    name: str
    organisation: str | None
    title: str | None
    part: Part
    confidence: float

    def as_dict(self) -> Json:
        """Return the JSON form."""
        return {
            "name": self.name,
            "for": self.organisation,
            "title": self.title,
            "part": self.part,
            **self.place(),
            "confidence": self.confidence,
        }


@dataclass(frozen=True, kw_only=True)
class Value(Quoted):
    """A date, law, duration or amount in its normal form."""

    value: str
    confidence: float

    def as_dict(self) -> Json:
        """Return the JSON form."""
        return {"value": self.value, **self.place(), "confidence": self.confidence}


@dataclass(frozen=True, kw_only=True)
class FieldMention(Quoted):
    """The first and clearest mention of a field."""

    field: str

    def as_dict(self) -> Json:
        """Return the JSON form."""
        return {"field": self.field, **self.place()}


@dataclass(frozen=True, kw_only=True)
class Clause(Quoted):
    """A numbered or titled passage; the quote is its heading, ``stop`` where its body ends."""

    number: str
    title: str
    stop: int

    def as_dict(self) -> Json:
        """Return the JSON form; start and end hold heading and body."""
        return {"number": self.number, "title": self.title, "start": self.start, "end": self.stop}


@dataclass(frozen=True, kw_only=True)
class Statement(Quoted):
    """One sentence-like statement.

    ``debtor`` is who should act, as the party's name where it is known and 双方 / "both parties" otherwise;
    ``debtors`` holds the names of the parties meant. ``due`` is an ISO date, possibly partial, or an ISO
    duration; ``quantity`` a number with its unit. ``speaker`` is whose words they are, None for the text itself.
    """

    strength: Strength
    speaker: str | None = None
    debtor: str | None = None
    debtors: tuple[str, ...] = ()
    creditor: str | None = None
    action: str | None = None
    object: str | None = None
    field: str | None = None
    due: str | None = None
    quantity: str | None = None
    confidence: float
    evidence: tuple[tuple[str, Quoted], ...] = ()

    def as_dict(self) -> Json:
        """Return the JSON form; ``evidence`` gives the quotes of single values."""
        return {
            "debtor": self.debtor,
            "debtors": list(self.debtors),
            "creditor": self.creditor,
            "action": self.action,
            "object": self.object,
            "field": self.field,
            "due": self.due,
            "quantity": self.quantity,
            "strength": self.strength,
            "speaker": self.speaker,
            **self.place(),
            "confidence": self.confidence,
            "evidence": {name: quoted.place() for name, quoted in self.evidence},
        }


@dataclass(frozen=True, kw_only=True)
class Dates:
    """The dates of a text; None where the text gives none."""

    signed: Value | None = None
    reported: Value | None = None
    effective: Value | None = None
    expires: Value | None = None

    def as_dict(self) -> Json:
        """Return the JSON form."""
        return {
            name: value.as_dict() if value else None
            for name, value in (
                ("signed", self.signed),
                ("reported", self.reported),
                ("effective", self.effective),
                ("expires", self.expires),
            )
        }


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Everything that was read; ``text`` is the text that the offsets count in."""

    text: str
    language: str
    kind: Literal["agreement", "report", "notice"]
    parties: tuple[Party, ...] = ()
    people: tuple[Person, ...] = ()
    dates: Dates = field(default_factory=Dates)
    governing_law: Value | None = None
    duration: Value | None = None
    money: tuple[Value, ...] = ()
    fields: tuple[FieldMention, ...] = ()
    statements: tuple[Statement, ...] = ()
    clauses: tuple[Clause, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def signatories(self) -> tuple[Person, ...]:
        """The people who signed."""
        return tuple(person for person in self.people if person.part == "signatory")

    @property
    def commitments(self) -> tuple[Statement, ...]:
        """The statements that are a duty or a hope of somebody who is named."""
        return tuple(one for one in self.statements if one.strength != "fact" and one.debtor is not None)

    def as_dict(self) -> Json:
        """Return the JSON document of ``qiupu read --json``."""
        return {
            "language": self.language,
            "kind": self.kind,
            "parties": [party.as_dict() for party in self.parties],
            "people": [person.as_dict() for person in self.people],
            "signatories": [person.as_dict() for person in self.signatories],
            "dates": self.dates.as_dict(),
            "governing_law": self.governing_law.as_dict() if self.governing_law else None,
            "duration": self.duration.as_dict() if self.duration else None,
            "money": [amount.as_dict() for amount in self.money],
            "fields": [mention.as_dict() for mention in self.fields],
            "commitments": [one.as_dict() for one in self.commitments],
            "statements": [one.as_dict() for one in self.statements],
            "clauses": [clause.as_dict() for clause in self.clauses],
            "notes": list(self.notes),
        }
