"""The workshop: from statements to commitments, with proposals; a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from qiupu_web.agreements import bridge, queries, usecases
from qiupu_web.agreements.measuring import Measure, measures_of
from qiupu_web.agreements.models import Commitment, Statement
from qiupu_web.faces.templatetags.qiupu import unmarked
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements.forms import CommitmentForm
from qiupu_web.faces.web.agreements.views import load
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

SHOWS = ("waiting", "all")
PAGE_SIZE = 40


@dataclass(frozen=True)
class Proposed:
    """What the reader proposes for a statement: a field and units, best first, with the words they share."""

    field: str
    units: tuple[tuple[Organisation, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Suggested:
    """A way to measure and the address that fills it into the form."""

    measure: Measure
    address: str


@dataclass(frozen=True)
class Alike:
    """A commitment of another agreement that speaks of the same, and the words that they share."""

    row: Commitment
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class WorkRow:
    """One line of the workshop."""

    outcome: queries.Outcome
    proposed: Proposed | None
    address: str


def remits() -> tuple[dict[int, Organisation], list[tuple[int, str]]]:
    """Return the units that can lead, and what each is for."""
    units = {row.pk: row for row in Organisation.objects.filter(is_active=True, kind__in=("unit", "office"))}
    return units, [(pk, f"{row.name_zh} {row.name_en} {row.remit_zh} {row.remit_en}") for pk, row in units.items()]


def proposed_for(statement: Statement, units: dict[int, Organisation], known: list[tuple[int, str]]) -> Proposed:
    """Return the field and the units that fit a statement."""
    found = bridge.propose_units(statement.quote, known)
    return Proposed(
        statement.field or bridge.propose_field(statement.quote),
        tuple((units[one.unit_id], one.reasons) for one in found[:3]),
    )


def workshop(request: HttpRequest, code: str) -> HttpResponse:
    """List hopes and duties, what is proposed for those that wait, what was drawn from the others."""
    actor = actor_of(request)
    agreement = load(request, code)
    require(actor, "agreements.break_down")
    show = request.GET.get("show", "waiting")
    show = show if show in SHOWS else "waiting"
    briefs = queries.briefs_of(agreement)
    wanted = [one.number for one in briefs if _is_shown(one, show)]
    page = Paginator(wanted, PAGE_SIZE).get_page(request.GET.get("page"))
    units, known = remits()
    rows = []
    for one in queries.outcomes_of(agreement, list(page.object_list)):
        address = reverse("agreements:break_down", args=[code, one.statement.number])
        proposed = proposed_for(one.statement, units, known) if one.is_binding and one.state == "waiting" else None
        rows.append(WorkRow(one, proposed, address))
    context = {
        "agreement": agreement,
        "rows": rows,
        "show": show,
        "tally": queries.tally(briefs),
        "page": page,
        "all_ticked": request.GET.get("ticked") == str(page.number),
        "some_free": any(not row.outcome.has_commitments for row in rows),
        "some_drawn": any(row.outcome.has_commitments for row in rows),
    }
    return render(request, "agreements/workshop.html", context)


def _is_shown(one: queries.Brief, show: str) -> bool:
    if show == "all":
        return one.is_binding or one.has_commitments
    return one.is_binding and one.state == "waiting"


def break_down(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Draw a commitment from a statement; the form comes filled with what the text and the remits suggest."""
    actor = actor_of(request)
    agreement = load(request, code)
    require(actor, "agreements.break_down")
    statement = get_object_or_404(agreement.statements.select_related("agreement", "twin"), number=number)
    units, known = remits()
    proposed = proposed_for(statement, units, known)
    measures = _measures(statement, proposed.field, request.path)
    chosen = next((one.measure for one in measures if one.address.endswith(f"?measure={request.GET.get('measure', '')}")), None)
    form = CommitmentForm(request.POST or None, initial=initial_of(statement, proposed, chosen))
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            row = usecases.break_down(actor=actor, now=timezone.now(), statement=statement, **form.values())
            return reverse("agreements:commitment", args=[row.code])

        sent = form.send(act)
        if sent is not None:
            return sent
    drawn = statement.commitments.select_related("lead_unit")
    context = {
        "agreement": agreement,
        "statement": statement,
        "proposed": proposed,
        "measures": measures,
        "alike": _alike(statement, proposed.field),
        "form": form,
        "drawn": drawn,
    }
    return render(request, "agreements/break_down.html", context, status=400 if form.errors else 200)


def _measures(statement: Statement, field: str, path: str) -> tuple[Suggested, ...]:
    """Return what the sentence's own words suggest, then what is usual in its field."""
    found = dict.fromkeys((*bridge.propose_measures(statement.quote), *measures_of(field)))
    return tuple(Suggested(measure, f"{path}?measure={number}") for number, measure in enumerate(found, 1))


def _alike(statement: Statement, field: str) -> tuple[Alike, ...]:
    rows = {row.pk: row for row in queries.comparable_commitments(statement, field)}
    texts = [(pk, f"{row.title_zh} {row.title_en} {row.statement.quote}") for pk, row in rows.items()]
    return tuple(Alike(rows[one.unit_id], one.reasons) for one in bridge.similar(statement.quote, texts))


def initial_of(statement: Statement, proposed: Proposed, chosen: Measure | None) -> dict[str, Any]:
    """Return what the form of one statement comes filled with; several together keep the same."""
    language = "zh" if statement.agreement.language == "zh" else "en"
    due = statement.due if len(statement.due) == 10 else ""
    return {
        f"title_{language}": unmarked(statement.quote).strip(" .。；;")[:120],
        "field": proposed.field if proposed.field in Field.values else "",
        "lead_unit": proposed.units[0][0].pk if proposed.units else None,
        "due_on": parse_date(due) if due and not due.startswith("-") else None,
        **(
            {"measure_zh": chosen.zh, "measure_en": chosen.en}
            if chosen
            else {f"measure_{language}": bridge.countable(statement.quantity, language)}
        ),
    }
