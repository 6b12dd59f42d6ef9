"""Read our own labelled texts (``tests/engines/agreements/corpus``) and count how well they are read.

A text stands between ``=== id | style`` and ``---``; then its labels: ``P`` parties with the forms that count for one,
``W`` who (name and part), ``D`` dates, ``F`` fields, ``S`` statements as strength, debtor and words of the quote.
The texts of ``held_*.txt``, a third, are held out: rules are never changed by looking at how they are read. The ten in each
language of ``fresh_*.txt`` were written and labelled later, in the longer style of real reports, before the reader was run on them.

How F1 is counted, micro-averaged over texts. Parties: name or one of its forms, compared without case and punctuation.
People: name and part together. Dates: meaning and value together. Fields: the set. Statements: among duties and hopes that
name a debtor, right when the quote holds the labelled words and strength and debtor agree; a prediction whose quote
matches no label counts as wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from qiupu.agreements import Reading, read

CORPUS = Path(__file__).resolve().parent.parent / "tests/engines/agreements/corpus"
KINDS = ("parties", "people", "dates", "fields", "statements")
PARTS = {"others": "", "held out": "held_", "fresh": "fresh_"}
"""The parts of the corpus and how their files begin; only the first may be looked at."""


@dataclass
class Labelled:
    """A text with its labels."""

    name: str
    style: str
    text: str
    part: str
    parties: list[list[str]] = field(default_factory=list)
    people: set[tuple[str, str]] = field(default_factory=set)
    dates: set[tuple[str, str]] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    statements: list[tuple[str, str, str]] = field(default_factory=list)


def texts(language: str) -> list[Labelled]:
    """Return the labelled texts of a language in their order, those that may be looked at first."""
    return [one for part, prefix in PARTS.items() for one in _file(CORPUS / f"{prefix}{language}.txt", part)]


def _file(path: Path, part: str) -> list[Labelled]:
    found = []
    for block in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, rest = block.partition("\n")
        text, _, labels = re.split(r"(\n---\s*\n)", rest, maxsplit=1)
        name, style = (part.strip() for part in head.split("|"))
        one = Labelled(name, style, text, part)
        for line in labels.splitlines():
            _label(one, line)
        found.append(one)
    return found


def _label(one: Labelled, line: str) -> None:
    key, _, value = line.partition(": ")
    items = [item.strip() for item in value.split(";")]
    if key == "P":
        one.parties = [[form.strip() for form in re.split(r" / ", item)] for item in items]
    elif key == "W":
        one.people = {(item.rsplit(" ", 1)[0], item.rsplit(" ", 1)[1]) for item in items}
    elif key == "D":
        one.dates = {(item.split()[0], item.split()[1]) for item in items}
    elif key == "F":
        one.fields = set(value.split())
    elif key == "S":
        left, _, words = value.partition(" | ")
        strength, _, debtor = left.partition(" ")
        one.statements.append((strength, debtor, words.strip()))


def bare(name: str) -> str:
    return re.sub(r"[\W_]", "", re.sub(r"(?i)^the\s+", "", name).lower())


def compare(one: Labelled, reading: Reading) -> dict[str, tuple[int, int, int]]:
    """Return (right, predicted, labelled) for each kind of value."""
    names = [bare(party.name) for party in reading.parties]
    forms = [{bare(form) for form in group} for group in one.parties]
    people = {(person.name, person.part) for person in reading.people}
    dates = {(key, value["value"]) for key, value in reading.dates.as_dict().items() if isinstance(value, dict)}
    fields = {mention.field for mention in reading.fields}
    hits = sum(any(name in group for name in names) for group in forms)
    return {
        "parties": (hits, len(names), len(forms)),
        "people": (len(people & one.people), len(people), len(one.people)),
        "dates": (len(dates & one.dates), len(dates), len(one.dates)),
        "fields": (len(fields & one.fields), len(fields), len(one.fields)),
        "statements": _statements(one, reading, forms),
    }


def _statements(one: Labelled, reading: Reading, forms: list[set[str]]) -> tuple[int, int, int]:
    left = list(one.statements)
    right = 0
    for statement in reading.commitments:
        for label in left:
            strength, debtor, words = label
            if words in " ".join(statement.quote.split()):
                same = {bare(form) for form in debtor.split(" / ")} | next((g for g in forms if bare(debtor) in g), set())
                right += statement.strength == strength and bare(statement.debtor or "") in same
                left.remove(label)
                break
    return right, len(reading.commitments), len(one.statements)


def score(language: str, part: str, *, show: bool = False) -> dict[str, tuple[int, int, int]]:
    """Return the sums of right, predicted and labelled over one part of the corpus."""
    totals = dict.fromkeys(KINDS, (0, 0, 0))
    for one in texts(language):
        if one.part != part:
            continue
        reading = read(one.text)
        counts = compare(one, reading)
        totals = {kind: tuple(a + b for a, b in zip(totals[kind], counts[kind], strict=True)) for kind in KINDS}  # type: ignore[misc]
        if show:
            _show(one, reading, counts)
    return totals


def confidences(language: str, part: str) -> list[tuple[float, bool]]:
    """Return for each party, person and date that was read in one part of the corpus its confidence and whether it is right."""
    found = []
    for one in texts(language):
        if one.part != part:
            continue
        reading = read(one.text)
        forms = {bare(form) for group in one.parties for form in group}
        found += [(party.confidence, bare(party.name) in forms) for party in reading.parties]
        found += [(person.confidence, (person.name, person.part) in one.people) for person in reading.people]
        for meaning in ("signed", "reported", "effective", "expires"):
            value = getattr(reading.dates, meaning)
            found += [(value.confidence, (meaning, value.value) in one.dates)] if value else []
    return found


def _show(one: Labelled, reading: Reading, counts: dict[str, tuple[int, int, int]]) -> None:
    got = {
        "parties": [p.name for p in reading.parties],
        "people": [(p.name, p.part) for p in reading.people],
        "dates": {k: v["value"] for k, v in reading.dates.as_dict().items() if isinstance(v, dict)},
        "fields": sorted(m.field for m in reading.fields),
        "statements": [(s.strength, s.debtor, s.quote[:50]) for s in reading.commitments],
    }
    want = {"parties": one.parties, "people": one.people, "dates": one.dates, "fields": one.fields, "statements": one.statements}
    for kind in KINDS:
        right, predicted, labelled = counts[kind]
        if right < max(predicted, labelled):
            print(f"{one.name} {kind} {reading.kind}\n    got  {got[kind]}\n    want {want[kind]}")
