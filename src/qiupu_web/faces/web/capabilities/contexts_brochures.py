"""What the templates of brochures are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms.boundfield import BoundField

from qiupu_web.capabilities.enums import SentenceState
from qiupu_web.capabilities.models import Brochure, BrochureSentence
from qiupu_web.faces.web.capabilities.forms import PressForm
from qiupu_web.faces.web.capabilities.forms_brochures import BrochureForm, DraftForm, SentencesForm


@dataclass(frozen=True)
class NewBrochure:
    """Sending a brochure."""

    form: BrochureForm


@dataclass(frozen=True)
class Line:
    """One sentence, and the fields by which it is decided; none for somebody who only reads."""

    row: BrochureSentence
    state: BoundField | None
    text: BoundField | None
    label: str
    tone: str


@dataclass(frozen=True)
class BrochurePage:
    """One brochure, sentence by sentence."""

    brochure: Brochure
    lines: Sequence[Line]
    waiting: int
    form: SentencesForm | None
    draft: DraftForm | None
    discard: PressForm | None


TONES = {SentenceState.KEPT: "pass", SentenceState.EDITED: "pass", SentenceState.DROPPED: "fail"}


def lines_of(rows: Sequence[BrochureSentence], form: SentencesForm | None) -> list[Line]:
    """Return the sentences with their fields."""
    return [
        Line(
            row=row,
            state=form[f"state_{row.number}"] if form else None,
            text=form[f"text_{row.number}"] if form else None,
            label=str(SentenceState(row.state).label),
            tone=TONES.get(SentenceState(row.state), "undecided"),
        )
        for row in rows
    ]
