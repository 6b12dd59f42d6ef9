"""What a statement is read against, what carries over from one to the next, and how it is put together; for both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qiupu.agreements.actors import Actor, Cast
from qiupu.agreements.fields import propose_field
from qiupu.agreements.quantities import Found
from qiupu.agreements.reading import Person, Quoted, Statement, Strength


@dataclass(frozen=True)
class Scene:
    """The folded text with its parties and people, and its kind."""

    text: str
    cast: Cast
    people: tuple[Person, ...]
    kind: str


@dataclass
class State:
    """What carries over: who speaks, under whose heading, who acted last, whether the sentence tells what was agreed."""

    speaker: str | None = None
    speaker_actor: Actor | None = None
    heading: Actor | None = None
    last: Actor | None = None
    agreed: bool = False
    recital: bool = False
    subject: Person | None = None

    def remember(self, actor: Actor | None) -> Actor | None:
        """Keep the actor for a following sentence without one; returns it."""
        if actor is not None:
            self.last = actor
        return actor

    def speaks(self, name: str | None, actor: Actor | None) -> None:
        """Somebody begins to speak, or with None nobody does: who acted before is forgotten."""
        self.speaker, self.speaker_actor, self.last = name, actor, None


@dataclass(frozen=True)
class Verdict:
    """Duty, hope or fact; ``mark`` is the word that says so."""

    strength: Strength
    confidence: float
    mark: re.Match[str] | None = None


FACT = Verdict("fact", 0.85)


@dataclass(frozen=True)
class Details:
    """What a statement says beside who owes: all optional, ``due`` as value, start and end."""

    creditor: str | None = None
    action: str | None = None
    object: str | None = None
    due: tuple[str, int, int] | None = None
    quantity: Found | None = None


def actor_of(person: Person, cast: Cast) -> Actor | None:
    """Return whom a person acts for."""
    if person.organisation is None:
        return None
    match = cast.pattern.search(person.organisation)
    return cast.resolve(match.group(), 0, 0) if match else Actor(person.organisation, (), 0, 0)


def assemble(  # noqa: PLR0917  one call in each language, and all of it is needed
    scene: Scene, state: State, place: tuple[int, int], verdict: Verdict, actor: Actor | None, details: Details
) -> Statement:
    """Return the statement with the quotes of its values."""
    start, end = place
    text = scene.text
    spans = []
    if actor is not None and actor.end > actor.start and start <= actor.start < end:
        spans.append(("debtor", actor.start, actor.end))
    if details.due:
        spans.append(("due", details.due[1], details.due[2]))
    if details.quantity:
        spans.append(("quantity", details.quantity.start, details.quantity.end))
    return Statement(
        quote=text[start:end],
        start=start,
        end=end,
        strength=verdict.strength,
        speaker=state.speaker,
        debtor=actor.name if actor else None,
        debtors=actor.names if actor else (),
        creditor=details.creditor,
        action=details.action,
        object=details.object,
        field=propose_field(text[start:end]),
        due=details.due[0] if details.due else None,
        quantity=details.quantity.value if details.quantity else None,
        confidence=verdict.confidence,
        evidence=tuple((name, Quoted(quote=text[a:b], start=a, end=b)) for name, a, b in spans),
    )
