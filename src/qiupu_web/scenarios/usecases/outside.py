"""Lists of other cities: kept with their source, brought in row by row, confirmed or declined by a person, undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import ProtectedError
from django.utils import timezone

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base import blobs
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.usecases import register_capability
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.merging import count_rows
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require
from qiupu_web.parties.usecases import create_organisation
from qiupu_web.scenarios.bridge import is_chinese
from qiupu_web.scenarios.enums import OutsideKind, OutsideState
from qiupu_web.scenarios.models import OutsideList, OutsideRow, Scenario
from qiupu_web.scenarios.rules_outside import OutsideWords, repeated, repeated_error
from qiupu_web.scenarios.usecases.course import draft_scenario


@usecase("scenarios.add_outside_list")
def add_outside_list(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    city: str,
    title: str,
    published_on: date,
    address: str,
    data: bytes,
    name: str,
    publisher: str = "",
    mapping: Mapping[str, str] | None = None,
    is_invented: bool = False,
) -> OutsideList:
    """Keep a published file of another city with its source; no row of it comes in yet.

    Must hold: a known kind, a city, a title, the address and the date of publication, which is not in the future.
    Writes: the file, the list. Who: the exchange office.
    """
    require(actor, "scenarios.add_outside_list")
    if kind not in OutsideKind.values:
        raise InputError(N_("There is no kind of list “{kind}”."), column="kind", code="kind", kind=kind)
    if published_on > timezone.localdate(now):
        raise InputError(N_("The date of publication is not over yet."), column="published_on", code="future")
    for column, value in (("city", city), ("title", title), ("address", address)):
        if not value.strip():
            raise InputError(N_("A list of another city needs its source."), cure=N_("Fill this in."), column=column, code="source")
    if not address.startswith(("https://", "http://")):
        raise InputError(N_("This is no address of a page."), cure=N_("It begins with https://."), column="address", code="address")
    row = OutsideList.objects.create(
        kind=kind,
        city=city.strip(),
        title=title.strip(),
        publisher=publisher.strip(),
        published_on=published_on,
        address=address,
        file=blobs.keep(data, name=name, now=now),
        file_name=name[-200:],
        mapping=dict(mapping or {}),
        is_invented=is_invented,
        added_at=now,
        added_by=actor.name,
    )
    touched(row, kind=kind, city=city, address=address, published_on=published_on, sha256=row.file_id)
    return row


@usecase("scenarios.map_outside_list")
def map_outside_list(*, actor: Actor, now: datetime, outside: OutsideList, mapping: Mapping[str, str]) -> OutsideList:
    """Say which column of the file is which.

    Must hold: no row came in yet. Writes: the list. Who: the exchange office.
    """
    require(actor, "scenarios.map_outside_list")
    _require_new(outside)
    changed(outside, mapping=dict(mapping))
    return outside


@usecase("scenarios.bring_in_outside_list")
def bring_in_outside_list(*, actor: Actor, now: datetime, outside: OutsideList, rows: Sequence[OutsideWords]) -> OutsideList:
    """Lay the rows beside the city's own lists, where each waits for a person.

    Must hold: at least one row, none twice, no row came in yet. Writes: the rows. Who: the exchange office.
    """
    require(actor, "scenarios.bring_in_outside_list")
    _require_new(outside)
    if not rows:
        raise InputError(N_("No row of the table can come in."), cure=N_("Correct the rows that are named."), code="all-faulty")
    twice = repeated(rows)
    if twice:
        raise repeated_error(twice[0][1])
    OutsideRow.objects.bulk_create(
        OutsideRow(
            outside=outside,
            number=row.number,
            ref=row.ref,
            organisation_name=row.organisation_name,
            title=row.title,
            body=row.body,
            field=row.field,
            region=row.region,
            budget_cny=row.budget_cny,
            language="zh" if is_chinese(row.title) else "en",
        )
        for row in rows
    )
    changed(outside, brought_in_at=now, undone_at=None)
    touched(outside, rows=len(rows))
    return outside


@usecase("scenarios.confirm_outside_row")
def confirm_outside_row(
    *,
    actor: Actor,
    now: datetime,
    row: OutsideRow,
    field: str,
    organisation: Organisation | None = None,
    organisation_kind: str = "",
) -> Scenario | Capability:
    """Make a proper entry of a row: a draft that keeps its source and then goes the usual way.

    Must hold: the row waits, a known field; without an organisation one is registered under the row's name.
    Writes: the draft, a new organisation if need be, the row. Who: the exchange office.
    """
    require(actor, "scenarios.confirm_outside_row")
    row = _locked(row)
    _require_state(row, OutsideState.WAITING)
    made = None
    if organisation is None:
        lang = "zh" if is_chinese(row.organisation_name) else "en"
        organisation = made = create_organisation(
            actor=actor,
            now=now,
            kind=organisation_kind,
            region=row.region or row.outside.city,
            is_invented=row.outside.is_invented,
            **{f"name_{lang}": row.organisation_name},  # type: ignore[arg-type]  # one of the two names
        )
    touched(row, source=str(row.outside), address=row.outside.address, ref=row.ref)
    entry = _entry(actor, now, row, field, organisation)
    made_of = {"scenario": entry} if isinstance(entry, Scenario) else {"capability": entry}
    state = OutsideState.CONFIRMED.value
    changed(row, state=state, decided_at=now, decided_by=actor.name, made_organisation=made, **made_of)
    return entry


def _entry(actor: Actor, now: datetime, row: OutsideRow, field: str, organisation: Organisation) -> Scenario | Capability:
    words = {f"title_{row.language}": row.title, f"body_{row.language}": row.body}
    if row.outside.kind == OutsideKind.CAPABILITIES:
        return register_capability(
            actor=actor, now=now, supplier=organisation, field=field, regions=row.region, price_cny=row.budget_cny, **words
        )
    return draft_scenario(
        actor=actor,
        now=now,
        owner=organisation,
        field=field,
        region=row.region or row.outside.city,
        budget_cny=row.budget_cny,
        is_invented=row.outside.is_invented,
        **words,  # type: ignore[arg-type]  # titles and bodies
    )


@usecase("scenarios.decline_outside_row")
def decline_outside_row(*, actor: Actor, now: datetime, row: OutsideRow, reason: str) -> OutsideRow:
    """Say that a row does not come in.

    Must hold: the row waits; a reason. Writes: the row. Who: the exchange office.
    """
    require(actor, "scenarios.decline_outside_row")
    row = _locked(row)
    _require_state(row, OutsideState.WAITING)
    if not reason.strip():
        raise InputError(N_("Say why it does not come in."), column="reason", code="reason")
    changed(row, state=OutsideState.DECLINED.value, reason=reason.strip()[:300], decided_at=now, decided_by=actor.name)
    return row


@usecase("scenarios.reopen_outside_row")
def reopen_outside_row(*, actor: Actor, now: datetime, row: OutsideRow) -> OutsideRow:
    """Take a decision back: the row waits again, and the draft that was made of it goes.

    Must hold: it was decided; the draft was neither changed nor handed in since, and nothing hangs on it.
    Writes: the row, the end of the draft and of an organisation that nothing else names. Who: the exchange office.
    """
    require(actor, "scenarios.reopen_outside_row")
    row = _locked(row)
    if row.state == OutsideState.WAITING:
        raise Conflict(N_("There is nothing to undo."), code="nothing-to-undo")
    entry, made = row.scenario or row.capability, row.made_organisation
    again = {"state": OutsideState.WAITING.value, "reason": "", "decided_at": None, "decided_by": ""}
    changed(row, **again, scenario=None, capability=None, made_organisation=None)
    if entry is not None:
        _remove_draft(entry)
    if made is not None and not count_rows(made) and not made.merges.exists():
        touched(made, removed=made.code)
        made.delete()
    return row


def _remove_draft(entry: Scenario | Capability) -> None:
    if entry.state != "draft" or entry.updated_at != entry.created_at:
        raise Conflict(
            N_("The draft {entry} was changed or handed in since. Nothing was undone."),
            cure=N_("Withdraw it instead."),
            code="moved-on",
            entry=entry.code,
        )
    touched(entry, removed=entry.code)
    try:
        entry.delete()
    except ProtectedError as error:
        raise Conflict(
            N_("Other records hang on what was made of this row. Nothing was undone."), cure=N_("Withdraw it instead."), code="used"
        ) from error


@usecase("scenarios.undo_outside_list")
def undo_outside_list(*, actor: Actor, now: datetime, outside: OutsideList) -> OutsideList:
    """Take a list back: its rows go; the file and its source stay in the record, and it can be brought in again.

    Must hold: it came in; no row of it is confirmed. Writes: the rows go, the list. Who: the exchange office.
    """
    require(actor, "scenarios.undo_outside_list")
    if outside.brought_in_at is None:
        raise Conflict(N_("There is nothing to undo."), code="nothing-to-undo")
    confirmed = list(outside.rows.filter(state=OutsideState.CONFIRMED).values_list("number", flat=True))
    if confirmed:
        raise Conflict(
            N_("Rows of this list were confirmed: {rows}. Nothing was undone."),
            cure=N_("Take these decisions back first."),
            code="confirmed",
            rows=", ".join(str(number) for number in confirmed[:20]),
        )
    removed, _models = outside.rows.all().delete()
    touched(outside, removed=removed)
    changed(outside, brought_in_at=None, undone_at=now)
    return outside


def _locked(row: OutsideRow) -> OutsideRow:
    rows = OutsideRow.objects.select_for_update(of=("self",))
    return rows.select_related("outside", "scenario", "capability", "made_organisation").get(pk=row.pk)


def _require_new(outside: OutsideList) -> None:
    if outside.brought_in_at is not None:
        raise Conflict(N_("This list has come in already."), cure=N_("Undo it first."), code="brought-in")


def _require_state(row: OutsideRow, state: str) -> None:
    if row.state != state:
        raise Conflict(
            N_("This row has been decided already."), cure=N_("Reload the page; somebody else may have done it."), code="decided"
        )
