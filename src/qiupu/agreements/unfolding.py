"""Give a reading of a folded text back its original characters: quotes and names as they stand in the text."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from qiupu.agreements.reading import Quoted, Reading

One = TypeVar("One", bound=Quoted)


def unfold(reading: Reading, text: str) -> Reading:
    """Return the reading with every quote and name cut from the original text; offsets stay."""
    folded = reading.text
    if folded == text:
        return reading
    names = {party.name: text[party.start : party.end] for party in reading.parties}
    names |= {person.name: text[person.start : person.end] for person in reading.people}

    def named(value: str | None) -> str | None:
        return "、".join(names.get(part, part) for part in value.split("、")) if value else value

    def found(value: str | None, start: int, end: int) -> str | None:
        place = folded.find(value, start, end) if value else -1
        return text[place : place + len(value)] if value and place >= 0 else value

    parties = tuple(
        replace(
            _requoted(one, text),
            name=names[one.name],
            aliases=tuple(found(a, 0, len(text)) or a for a in one.aliases),
            label=one.label,
        )
        for one in reading.parties
    )
    people = tuple(
        replace(
            _requoted(one, text), name=names[one.name], organisation=named(one.organisation), title=found(one.title, 0, len(text))
        )
        for one in reading.people
    )
    statements = tuple(
        replace(
            _requoted(one, text), speaker=named(one.speaker), debtor=named(one.debtor), creditor=named(one.creditor),
            debtors=tuple(names.get(name, name) for name in one.debtors), action=found(one.action, one.start, one.end),
            object=found(one.object, one.start, one.end),
            evidence=tuple((key, _requoted(quoted, text)) for key, quoted in one.evidence),
        )
        for one in reading.statements
    )  # fmt: skip
    law = _requoted(reading.governing_law, text) if reading.governing_law else None
    dates = replace(
        reading.dates, **{key: _requoted(value, text) for key, value in vars(reading.dates).items() if value is not None}
    )
    return replace(
        reading, text=text, parties=parties, people=people, statements=statements, dates=dates,
        governing_law=replace(law, value=law.quote) if law and reading.language == "zh" else law,
        duration=_requoted(reading.duration, text) if reading.duration else None,
        money=tuple(_requoted(one, text) for one in reading.money), fields=tuple(_requoted(one, text) for one in reading.fields),
        clauses=tuple(replace(_requoted(one, text), title=found(one.title, one.start, one.stop) or "") for one in reading.clauses),
    )  # fmt: skip


def _requoted(one: One, text: str) -> One:
    return replace(one, quote=text[one.start : one.end])
