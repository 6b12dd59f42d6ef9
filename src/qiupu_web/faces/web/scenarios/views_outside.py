"""Lists of other cities: the tab that shows them apart, bringing one in, and deciding each row."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.exchange.bridge import read_sheet
from qiupu_web.faces.web.exchange.contexts import Fault
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.faces.web.scenarios.contexts_outside import Elsewhere, OutsideListPage, OutsideLists, OutsideRowPage
from qiupu_web.faces.web.scenarios.forms import PressForm
from qiupu_web.faces.web.scenarios.forms_outside import ConfirmForm, DeclineForm, OutsideListForm, OutsideMappingForm
from qiupu_web.faces.web.scenarios.reading_outside import guessed, read_outside
from qiupu_web.parties.enums import Field
from qiupu_web.parties.permissions import may, require
from qiupu_web.parties.queries import alike
from qiupu_web.scenarios import queries, usecases
from qiupu_web.scenarios.enums import OutsideKind, OutsideState
from qiupu_web.scenarios.models import OutsideList, OutsideRow, Scenario

ADD, DECIDE = "scenarios.add_outside_list", "scenarios.confirm_outside_row"


def elsewhere(request: HttpRequest) -> HttpResponse:
    """What other cities published and nobody here confirmed: in no list, ranking or count of the city."""
    listing = build_listing(
        request,
        queries.outside_rows(),
        search=queries.outside_named,
        filters={
            "kind": (_("List"), OutsideKind.choices, lambda rows, value: rows.filter(outside__kind=value)),
            "city": (
                _("City"),
                [(city, city) for city in queries.outside_cities()],
                lambda rows, value: rows.filter(outside__city=value),
            ),
            "field": (_("Field"), Field.choices, lambda rows, value: rows.filter(field=value)),
        },
        all_label=_("all"),
    )
    context = Elsewhere(listing, may(actor_of(request), ADD))
    return render(request, "scenarios/elsewhere.html", {"list": context, "listing": listing})


def outside_lists(request: HttpRequest) -> HttpResponse:
    """The lists that were brought in; POST keeps one more file."""
    actor = actor_of(request)
    require(actor, ADD)
    is_sent = request.method == "POST"
    form = OutsideListForm(request.POST if is_sent else None, request.FILES if is_sent else None)

    def act() -> str:
        name = form.cleaned_data["file"].name
        mapping = guessed(read_sheet(form.data_bytes, name).columns)
        row = usecases.add_outside_list(
            actor=actor, now=timezone.now(), data=form.data_bytes, name=name, mapping=mapping, **form.words()
        )
        return reverse("scenarios:outside_list", args=[row.pk])

    done = form.send(act) if is_sent and form.is_valid() else None
    context = OutsideLists(list(queries.outside_lists()[:50]), form)
    return done or render(request, "scenarios/outside_lists.html", {"page": context}, status=400 if form.errors else 200)


def outside_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list; POST says which column is which."""
    actor = actor_of(request)
    require(actor, ADD)
    row = get_object_or_404(OutsideList, pk=pk)
    if request.method != "POST":
        return _list_page(request, row)
    form = OutsideMappingForm(request.POST, headers=read_outside(row).headers, mapping=row.mapping)

    def act() -> str:
        usecases.map_outside_list(actor=actor, now=timezone.now(), outside=row, mapping=form.mapping())
        return reverse("scenarios:outside_list", args=[row.pk])

    done = form.send(act) if form.is_valid() else None
    return done or _list_page(request, row, mapping=form, problem=form)


def _list_page(
    request: HttpRequest, row: OutsideList, mapping: OutsideMappingForm | None = None, problem: OnceForm | None = None
) -> HttpResponse:
    found, is_in = read_outside(row), row.brought_in_at is not None
    lang = "zh" if (get_language() or "en").startswith("zh") else "en"
    context = OutsideListPage(
        outside=row,
        headers=found.headers,
        preview=found.preview,
        row_count=found.row_count,
        good_count=len(found.rows),
        faults=[Fault(one["row"], one["column"], one[f"text_{lang}"], one[f"cure_{lang}"]) for one in found.faults],
        rows=list(row.rows.select_related("scenario", "capability").order_by("number")),
        mapping=None if is_in else mapping or OutsideMappingForm(headers=found.headers, mapping=row.mapping),
        bring_in=PressForm(auto_id="id_in_%s") if found.rows and not is_in else None,
        undo=PressForm(auto_id="id_undo_%s") if is_in else None,
        problem=problem,
    )
    return render(request, "scenarios/outside_list.html", {"page": context}, status=400 if problem else 200)


@require_POST
def bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay the good rows beside the city's lists."""

    def act(row: OutsideList) -> None:
        usecases.bring_in_outside_list(actor=actor_of(request), now=timezone.now(), outside=row, rows=read_outside(row).rows)
        messages.success(request, _("The rows wait in their own tab until somebody confirms each."))

    return _press_list(request, pk, act)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a list back."""

    def act(row: OutsideList) -> None:
        usecases.undo_outside_list(actor=actor_of(request), now=timezone.now(), outside=row)
        messages.success(request, _("Undone: the rows are gone; the file and its source stay."))

    return _press_list(request, pk, act)


def _press_list(request: HttpRequest, pk: int, act: Callable[[OutsideList], None]) -> HttpResponse:
    require(actor_of(request), ADD)
    row, form = get_object_or_404(OutsideList, pk=pk), PressForm(request.POST)

    def run() -> str:
        act(row)
        return reverse("scenarios:outside_list", args=[pk])

    done = form.send(run) if form.is_valid() else None
    if done is not None:
        return done
    row.refresh_from_db()
    return _list_page(request, row, problem=form)


def _row(request: HttpRequest, pk: int) -> OutsideRow:
    rows = OutsideRow.objects.select_related("outside", "scenario", "capability")
    if not may(actor_of(request), DECIDE):
        rows = rows.filter(state=OutsideState.WAITING)
    return get_object_or_404(rows, pk=pk)


def outside_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row with its source."""
    return _row_page(request, _row(request, pk))


def _row_page(
    request: HttpRequest, row: OutsideRow, confirm: ConfirmForm | None = None, decline: DeclineForm | None = None
) -> HttpResponse:
    problem = confirm or decline
    may_decide, is_waiting = may(actor_of(request), DECIDE), row.state == OutsideState.WAITING
    if may_decide and is_waiting:
        confirm = confirm or ConfirmForm(row=row, alike=alike(row.organisation_name), auto_id="id_confirm_%s")
        decline = decline or DeclineForm(auto_id="id_decline_%s")
    reopen = PressForm(auto_id="id_reopen_%s") if may_decide and not is_waiting else None
    context = OutsideRowPage(row, confirm, decline, reopen, problem)
    return render(request, "scenarios/outside_row.html", {"page": context, "row": row}, status=400 if problem else 200)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft of a row."""
    actor, row = actor_of(request), _row(request, pk)
    require(actor, DECIDE)
    form = ConfirmForm(request.POST, row=row, alike=alike(row.organisation_name), auto_id="id_confirm_%s")

    def act() -> str:
        entry = usecases.confirm_outside_row(actor=actor, now=timezone.now(), row=row, **form.words())
        messages.success(request, _("A draft was made; it keeps its source. Complete it, then publish it."))
        area = "scenarios" if isinstance(entry, Scenario) else "capabilities"
        return reverse(f"{area}:detail", args=[entry.code])

    done = form.send(act) if form.is_valid() else None
    return done or _row_page(request, _row(request, pk), confirm=form)


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a row does not come in."""
    actor, row = actor_of(request), _row(request, pk)
    require(actor, DECIDE)
    form = DeclineForm(request.POST, auto_id="id_decline_%s")

    def act() -> str:
        usecases.decline_outside_row(actor=actor, now=timezone.now(), row=row, reason=form.cleaned_data["reason"])
        return reverse("scenarios:outside_list", args=[row.outside_id])

    done = form.send(act) if form.is_valid() else None
    return done or _row_page(request, _row(request, pk), decline=form)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back."""
    actor, row = actor_of(request), _row(request, pk)
    require(actor, DECIDE)
    form = PressForm(request.POST)

    def act() -> str:
        usecases.reopen_outside_row(actor=actor, now=timezone.now(), row=row)
        messages.success(request, _("The row waits again."))
        return reverse("scenarios:outside_row", args=[pk])

    done = form.send(act) if form.is_valid() else None
    if done is not None:
        return done
    context = OutsideRowPage(_row(request, pk), None, None, PressForm(auto_id="id_reopen_%s"), form)
    return render(request, "scenarios/outside_row.html", {"page": context, "row": context.row}, status=400)
