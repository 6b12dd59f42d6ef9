"""An event's rows to the engine that decides who meets whom and when, and back."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.conf import settings

import qiupu
from qiupu.errors import N_, InputError
from qiupu.matching import Exploration, Index, Names, Slots, Timetable, schedule
from qiupu.matching import Meeting as Seat
from qiupu.wording import Bilingual
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.bridge.rankings import LANGUAGES, Counts, embedder_of, method_of, need_of, offer_of, weights_of
from qiupu_web.matches.event_plans import EventTask, PlannedEvent, PlannedMeeting
from qiupu_web.scenarios.models import Scenario

AT_ONCE = 20
"""Needs that are compared with all capabilities at one time: a large event has a million pairs, of which only the best stay."""


def plan_event(
    task: EventTask,
    needs: Sequence[Scenario],
    offers: Sequence[Capability],
    evidence: Counts,
    *,
    weights: Mapping[str, object] | None = None,
    vectors: str | None = None,
) -> PlannedEvent:
    """Score every pair by its best capability and allocate the meetings.

    Raises
    ------
    InputError
        When nobody fits anybody, or the limits cannot be kept; the sentence names which.
    """
    embedder = embedder_of(settings.CONFIG["QIUPU_VECTORS"] if vectors is None else vectors)
    offered = [offer_of(one, evidence.get(one.code, {})) for one in offers]
    index = Index(offered, embedder=embedder, weights=weights_of(weights))
    supplier_of = {one.code: one.supplier.code for one in offers}
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for begin in range(0, len(needs), AT_ONCE):
        asked = [need_of(one, LANGUAGES) for one in needs[begin : begin + AT_ONCE]]
        for ranking in index.rank(asked, top=len(offered), explain=0, exploration=Exploration(share=0)):
            for match in ranking.ranked:
                pair = (ranking.about, supplier_of[match.capability])
                best[pair] = max(best.get(pair, (-1.0, "")), (round(match.score, 6), match.capability))
    if not best:
        raise InputError(
            N_("Nothing that the suppliers offer fits any of the needs, so nobody can meet."),
            cure=N_("Invite other suppliers, or needs of other fields."),
            code="no-scores",
        )
    timetable = _scheduled(task, best)
    return _planned(task, timetable, best, method_of(embedder), sorted(best))


def _scheduled(task: EventTask, best: Mapping[tuple[str, str], tuple[float, str]]) -> Timetable:
    names = dict(task.slots)
    fixed = [
        Seat(names[one.slot], one.table, one.scenario, one.supplier, best.get((one.scenario, one.supplier), (0.0, ""))[0])
        for one in task.fixed
        if one.slot in names
    ]
    try:
        return schedule(
            [(need, supplier, score) for (need, supplier), (score, _capability) in sorted(best.items())],
            slots=_slots(task, best.keys()),
            need_min={name: low for name, (low, _high) in task.limits_of_needs.items()},
            need_max={name: high for name, (_low, high) in task.limits_of_needs.items()},
            supplier_max=dict(task.limits_of_suppliers),
            exclude=_kept_apart(task, best),
            fair=task.is_fair,
            fixed=fixed,
        )
    except InputError as error:
        params: Any = {name: _named(task, name, value) for name, value in error.params.items()}
        cure = error.cure_template
        if error.code == "infeasible":  # what to do about it is said in the words of the page
            cure = N_(
                "Lower the least number of meetings of these needs, allow suppliers more meetings, ask for a lower least fit, "
                "invite more suppliers, or add times or tables."
            )
        raise InputError(error.template, cure=cure, code=error.code, **params) from error


def _slots(task: EventTask, pairs: Collection[tuple[str, str]]) -> Slots:
    """Return the times, who is away when, and who comes with the same people: an owner's needs, and itself as a supplier."""
    names = dict(task.slots)
    owners = Counter(task.teams[need] for need in {need for need, _supplier in pairs} if need in task.teams)
    both = owners.keys() & {supplier for _need, supplier in pairs}
    return Slots(
        tuple(names.values()),
        task.tables,
        {need: [names[number] for number in numbers] for need, numbers in task.needs_away.items()},
        {supplier: [names[number] for number in numbers] for supplier, numbers in task.suppliers_away.items()},
        {need: owner for need, owner in task.teams.items() if owners[owner] > 1 or owner in both},
        {owner: owner for owner in both},
    )


def _named(task: EventTask, param: str, value: object) -> object:
    """Return the titles and names for the codes in a sentence of the engine."""
    known = task.titles if param in ("need", "needs") else task.organisations if param in ("supplier", "suppliers") else {}
    if isinstance(value, Names):
        both = [known.get(one, (one, one)) for one in value.ids]
        return Bilingual(value.joined([f"“{zh}”" for zh, _en in both], "、"), value.joined([f"“{en}”" for _zh, en in both], ", "))
    if isinstance(value, str) and value in known:
        zh, en = known[value]
        return Bilingual(f"“{zh}”", f"“{en}”")
    return value


def _kept_apart(task: EventTask, best: Mapping[tuple[str, str], tuple[float, str]]) -> set[tuple[str, str]]:
    """Return the pairs that do not meet: conflicts of interest, and whoever fits less than the event asks for.

    A locked meeting is a person's word, so its fit is not asked.
    """
    fixed = {(one.scenario, one.supplier) for one in task.fixed}
    low = {pair for pair, (score, _capability) in best.items() if score < task.least_fit} - fixed
    return low | {(need, supplier) for need, supplier, _reason in task.excluded}


def _planned(
    task: EventTask,
    timetable: Timetable,
    best: Mapping[tuple[str, str], tuple[float, str]],
    method: str,
    pairs: Sequence[tuple[str, str]],
) -> PlannedEvent:
    found = timetable.allocation
    tables, number_of = _tables(task, timetable), {name: number for number, name in task.slots}
    excluded = _kept_apart(task, best)
    return PlannedEvent(
        meetings=tuple(
            PlannedMeeting(
                scenario=one.need,
                supplier=one.supplier,
                capability=best.get((one.need, one.supplier), (0.0, ""))[1],
                slot=number_of[one.slot],
                table=tables[one.need, one.supplier],
                score=one.score,
            )
            for one in timetable.meetings
        ),
        method=method,
        engine_version=qiupu.__version__,
        input_sha256=_fingerprint(task, best),
        objective=round(found.objective, 6),
        bound=round(found.bound, 6),
        is_optimal=found.optimal,
        worst_off=found.worst_off,
        price_of_fairness=found.price_of_fairness,
        pair_count=len(set(pairs) - excluded),
        unmet=tuple(found.unmet),
        certificate={
            "needs": dict(found.need_prices),
            "suppliers": dict(found.supplier_prices),
            "teams": dict(found.team_prices),
            "room": {"": found.room_price},
        },
    )


def _tables(task: EventTask, timetable: Timetable) -> dict[tuple[str, str], int]:
    """Return each pair's table: locked meetings keep theirs, and who was to sit there takes the table that is left."""
    kept = {(one.scenario, one.supplier): one.table for one in task.fixed}
    places: dict[tuple[str, str], int] = {}
    for slot in {one.slot for one in timetable.meetings}:
        here = [one for one in timetable.meetings if one.slot == slot]
        fixed = {kept[one.need, one.supplier] for one in here if (one.need, one.supplier) in kept}
        free = iter(sorted(set(range(1, task.tables + 1)) - fixed - {one.table for one in here}))
        spare = iter(sorted({one.table for one in here if (one.need, one.supplier) in kept} - fixed))
        for one in here:
            pair = (one.need, one.supplier)
            if pair in kept:
                places[pair] = kept[pair]
            elif one.table in fixed:
                left = next(spare, None)
                places[pair] = next(free) if left is None else left
            else:
                places[pair] = one.table
    return places


def _fingerprint(task: EventTask, best: Mapping[tuple[str, str], tuple[float, str]]) -> str:
    body = [asdict(task), [[*pair, *value] for pair, value in sorted(best.items())]]
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
