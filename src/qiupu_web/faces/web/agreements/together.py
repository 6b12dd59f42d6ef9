"""The workshop for several sentences at once: what was ticked, what it will become, one form for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiupu_web.agreements import queries, usecases
from qiupu_web.agreements.models import Agreement, Commitment
from qiupu_web.agreements.rules import OPEN_TO_EDIT
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements.breakdown import Proposed, initial_of, proposed_for, remits
from qiupu_web.faces.web.agreements.together_forms import (
    BreakTogetherForm,
    DisposeTogetherForm,
    EditTogetherForm,
    SeveralForm,
    chosen,
)
from qiupu_web.faces.web.agreements.views import load
from qiupu_web.parties.permissions import require

MOST = 100
Page = Callable[[HttpRequest, Agreement, Sequence[queries.Outcome]], HttpResponse]


@dataclass(frozen=True)
class PickedRow:
    """A ticked sentence, what it keeps of its own, and why it cannot take part when it cannot."""

    outcome: queries.Outcome
    initial: dict[str, Any]
    proposed: Proposed | None

    @property
    def number(self) -> str:
        """The sentence's number, as the form sends it."""
        return str(self.outcome.statement.number)

    @property
    def is_free(self) -> bool:
        """Whether nothing was drawn from it that still stands."""
        return not live(self.outcome)

    @property
    def title(self) -> str:
        """The title that its commitment gets, in the language of the text."""
        return str(self.initial.get("title_zh") or self.initial.get("title_en") or "")

    @property
    def measure(self) -> str:
        """The measure that its commitment gets; empty when the sentence names no number."""
        return str(self.initial.get("measure_zh") or self.initial.get("measure_en") or "")


@dataclass(frozen=True)
class PickedCommitment:
    """A commitment of a ticked sentence."""

    row: Commitment
    number: int

    @property
    def is_open(self) -> bool:
        """Whether it may still change."""
        return self.row.state in OPEN_TO_EDIT


def live(outcome: queries.Outcome) -> list[Commitment]:
    """Return the commitments of a sentence that were not replaced by others."""
    return [row for row in outcome.commitments if row.state != "amended"]


def _picked(request: HttpRequest, agreement: Agreement) -> tuple[queries.Outcome, ...]:
    numbers = {int(one) for one in request.GET.getlist("numbers") if one.isascii() and one.isdigit() and len(one) < 7}
    return queries.outcomes_of(agreement, sorted(numbers)[:MOST]) if numbers else ()


def break_down_several(request: HttpRequest, agreement: Agreement, picked: Sequence[queries.Outcome]) -> HttpResponse:
    """Draw a commitment from each, with one lead unit."""
    units, known = remits()
    rows = []
    for one in picked:
        one.statement.agreement = agreement
        proposed = proposed_for(one.statement, units, known)
        rows.append(PickedRow(one, initial_of(one.statement, proposed, None), proposed))
    first = Counter(row.initial["lead_unit"] for row in rows if row.is_free and row.initial["lead_unit"])
    lead = first.most_common(1)[0][0] if first else None
    form = BreakTogetherForm(request.POST or None, initial={"lead_unit": lead}, **_choices(rows))

    def act() -> str:
        drafts = [
            usecases.Draft(row.outcome.statement, **{name: value for name, value in row.initial.items() if name != "lead_unit"})
            for row in rows
            if row.outcome.statement.number in form.cleaned_data["numbers"]
        ]
        made = usecases.break_down_together(
            actor=actor_of(request), now=timezone.now(), agreement=agreement, drafts=drafts, **form.shared()
        )
        words = ngettext("%(n)d commitment was made.", "%(n)d commitments were made.", len(made))
        return _done(request, agreement, words % {"n": len(made)})

    return _answer(request, agreement, form, {"act": "break_down", "rows": rows}, act)


def dispose_several(request: HttpRequest, agreement: Agreement, picked: Sequence[queries.Outcome]) -> HttpResponse:
    """Note each, for one reason."""
    rows = [PickedRow(one, {}, None) for one in picked]
    form = DisposeTogetherForm(request.POST or None, **_choices(rows))

    def act() -> str:
        data = form.cleaned_data
        statements = [row.outcome.statement for row in rows if row.outcome.statement.number in data["numbers"]]
        usecases.dispose_together(
            actor=actor_of(request),
            now=timezone.now(),
            agreement=agreement,
            statements=statements,
            disposition=data["disposition"],
            note=data["note"],
        )
        words = ngettext("%(n)d sentence was noted.", "%(n)d sentences were noted.", len(statements))
        return _done(request, agreement, words % {"n": len(statements)})

    return _answer(request, agreement, form, {"act": "dispose", "rows": rows}, act)


def edit_several(request: HttpRequest, agreement: Agreement, picked: Sequence[queries.Outcome]) -> HttpResponse:
    """Give the commitments of the ticked sentences another lead unit, date or field."""
    numbers = {row.pk: one.statement.number for one in picked for row in live(one)}
    found = [row for row in queries.commitments_of(agreement) if row.pk in numbers]
    rows = [PickedCommitment(row, numbers[row.pk]) for row in found]
    ticked = [row.code for row in found if row.state in OPEN_TO_EDIT]
    form = EditTogetherForm(request.POST or None, choices=[row.code for row in found], ticked=ticked)

    def act() -> str:
        mine = chosen(found, form.cleaned_data["commitments"])
        usecases.edit_together(
            actor=actor_of(request), now=timezone.now(), agreement=agreement, commitments=mine, fields=form.given()
        )
        words = ngettext("%(n)d commitment was changed.", "%(n)d commitments were changed.", len(mine))
        return _done(request, agreement, words % {"n": len(mine)})

    return _answer(request, agreement, form, {"act": "edit", "drawn": rows}, act)


ACTS: Mapping[str, tuple[str, Page]] = {
    "break_down": ("agreements.break_down_together", break_down_several),
    "dispose": ("agreements.dispose_together", dispose_several),
    "edit": ("agreements.edit_together", edit_several),
}
"""What can be done with several: whom the use case lets, and the page that asks."""


def together(request: HttpRequest, code: str) -> HttpResponse:
    """Ask once for all that was ticked; the address says which sentences and what is to be done with them."""
    agreement = load(request, code)
    action, page = ACTS.get(request.GET.get("act", ""), ACTS["break_down"])
    require(actor_of(request), action)
    picked = _picked(request, agreement)
    if not picked:
        messages.error(request, _("Tick at least one sentence first."))
        return redirect(reverse("agreements:breakdown", args=[code]))
    return page(request, agreement, picked)


def _choices(rows: Sequence[PickedRow]) -> dict[str, list[int]]:
    numbers = [row.outcome.statement.number for row in rows]
    return {"choices": numbers, "ticked": [row.outcome.statement.number for row in rows if row.is_free]}


def _done(request: HttpRequest, agreement: Agreement, words: str) -> str:
    messages.success(request, words)
    return reverse("agreements:breakdown", args=[agreement.code])


def _answer(
    request: HttpRequest, agreement: Agreement, form: SeveralForm, rows: dict[str, Any], act: Callable[[], str]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        sent = form.send(act)
        if sent is not None:
            return sent
    context = {"agreement": agreement, "form": form, "some_can": bool(form.fields[form.picks].initial), **rows}
    return render(request, "agreements/together.html", context, status=400 if form.errors else 200)
