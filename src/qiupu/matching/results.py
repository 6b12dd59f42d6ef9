"""What a ranking says: for each need the capabilities in order, every point accounted for, and what was left out and why."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from qiupu.errors import N_
from qiupu.wording import translate

SCORE_MIDDLE = 1.5
SCORE_WIDTH = 1.5


def score_of(points: float) -> float:
    """Return the points on a scale of 0 to 1 (a logistic curve for reading; it keeps the order and is no probability)."""
    return 0.5 + 0.5 * math.tanh((points - SCORE_MIDDLE) / (2 * SCORE_WIDTH))


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to or takes from the points; ``template`` says it in words and is translated."""

    feature: str
    points: float
    template: str
    params: tuple[tuple[str, object], ...] = ()

    def sentence(self, lang: str = "en") -> str:
        """Return the feature in words."""
        return translate(self.template, lang).format(**dict(self.params))

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """The same for programs."""
        return {"kind": "feature", "feature": self.feature, "points": round(self.points, 4), "text": self.sentence(lang)}


@dataclass(frozen=True)
class Passage:
    """A sentence and where it stands in the text of its need or capability."""

    text: str
    start: int
    end: int

    def as_dict(self) -> dict[str, object]:
        """The same for programs."""
        return {"text": self.text, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class Answer:
    """A requirement, and the sentence that answers it, or ``None``: no evidence found.

    ``spans`` are pairs of places (start, end in the requirement's sentence; start, end in the answering one) of
    words that meet; ``strength`` is 0 to 1.
    """

    requirement: Passage
    evidence: Passage | None
    strength: float
    spans: tuple[tuple[int, int, int, int], ...] = ()

    def sentence(self, lang: str = "en") -> str:
        """Return the answer in words."""
        if self.evidence is None:
            return translate(N_("“{requirement}”: no evidence found"), lang).format(requirement=self.requirement.text)
        return translate(N_("“{requirement}”: “{evidence}”"), lang).format(
            requirement=self.requirement.text, evidence=self.evidence.text
        )

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """The same for programs."""
        return {
            "kind": "requirement",
            "requirement": self.requirement.as_dict(),
            "evidence": None if self.evidence is None else self.evidence.as_dict(),
            "strength": round(self.strength, 4),
            "spans": [{"requirement": [first, second], "evidence": [third, fourth]} for first, second, third, fourth in self.spans],
            "text": self.sentence(lang),
        }


Share = tuple[str, float, str]
"""What one feature adds: its name, its points, the sentence that says it."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A capability at its place for a need. The contributions add up to ``points``; ``score`` is the points on 0 to 1.

    ``said(number)`` gives the contributions as plain shares; they are put together when they are read, since a large run has
    millions. ``is_newcomer_slot`` tells that it stands here by the bounded exploration, not by its points.
    ``answers`` is ``None`` when it was not explained sentence by sentence.
    """

    need: str
    capability: str
    points: float
    said: Callable[[int], tuple[Share, ...]]
    number: int
    answers: tuple[Answer, ...] | None = None
    is_newcomer_slot: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Match) and self._whole() == other._whole()

    def __hash__(self) -> int:
        return hash((self.need, self.capability, self.points))

    def _whole(self) -> tuple[object, ...]:
        return self.need, self.capability, self.points, self.shares, self.answers, self.is_newcomer_slot

    @property
    def shares(self) -> tuple[Share, ...]:
        """The contributions as plain (feature, points, template)."""
        return self.said(self.number)

    @property
    def score(self) -> float:
        """The points on a scale of 0 to 1."""
        return score_of(self.points)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """What each feature adds to or takes from the points."""
        return tuple(Contribution(*share) for share in self.shares)

    @property
    def lacks(self) -> tuple[str, ...]:
        """The requirements without evidence: what the supplier would have to show."""
        return tuple(one.requirement.text for one in self.answers or () if one.evidence is None)

    def reasons(self, lang: str = "en") -> list[dict[str, object]]:
        """Return every reason for programs, requirements first."""
        found = [one.as_dict(lang) for one in self.answers or ()]
        return found + [one.as_dict(lang) for one in self.contributions]


@dataclass(frozen=True)
class Excluded:
    """A pair that a demanded feature forbids, with the sentence that says so."""

    need: str
    capability: str
    feature: str
    template: str

    def sentence(self, lang: str = "en") -> str:
        """Return the reason in words."""
        return translate(self.template, lang)


@dataclass(frozen=True)
class Note:
    """Something that the reader of a ranking should know; never silence."""

    code: str
    template: str
    params: tuple[tuple[str, object], ...] = ()

    def sentence(self, lang: str = "en") -> str:
        """Return the note in words."""
        return translate(self.template, lang).format(**dict(self.params))


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer for one item: ``about`` is its id; in the reverse direction it is a capability, and the matches are needs."""

    about: str
    ranked: tuple[Match, ...]
    excluded: tuple[Excluded, ...] = ()
    notes: tuple[Note, ...] = field(default=())
