"""What an allocation is computed from: who comes, within which limits, who must not meet whom, which meetings are locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qiupu_web.base.bilingual import words
from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.enums import InvitationState, Side
from qiupu_web.matches.event_plans import EventTask, FixedMeeting
from qiupu_web.matches.event_rules import slots_away
from qiupu_web.matches.models import Allocation, Invitation
from qiupu_web.matches.queries.conflicts import forbidden_pairs
from qiupu_web.matches.queries.events import invitations_of
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import RANKABLE_STATES


@dataclass(frozen=True)
class EventWork:
    """The task, and the rows whose texts are compared."""

    task: EventTask
    needs: Sequence[Scenario]
    offers: Sequence[Capability]


def event_work(run: Allocation) -> EventWork:
    """Return what a run works on: who said that it comes and is still on the lists."""
    event = run.event
    coming = [one for one in invitations_of(event) if one.state == InvitationState.ACCEPTED and _is_open(one)]
    needs = [one.scenario for one in coming if one.scenario is not None]
    suppliers = [one.organisation for one in coming if one.side == Side.SUPPLIER]
    offers = (
        Capability.objects.filter(state=CapabilityState.PUBLISHED, supplier__in=[one.pk for one in suppliers])
        .select_related("supplier")
        .order_by("code")
    )
    code_of_need = {one.pk: one.code for one in needs}
    code_of_supplier = {one.pk: one.code for one in suppliers}
    forbidden = forbidden_pairs(event, needs, suppliers)
    locked = event.meetings.filter(is_locked=True, scenario__in=code_of_need, supplier__in=code_of_supplier)
    slots = event.clock.slots()
    away = {one.pk: slots_away(slots, one.away) for one in coming if one.away}
    task = EventTask(
        limits_of_needs={one.scenario.code: _limits(one) for one in coming if one.scenario is not None},
        limits_of_suppliers={one.organisation.code: _limits(one)[1] for one in coming if one.side == Side.SUPPLIER},
        excluded=[
            (code_of_need[need], code_of_supplier[supplier], reason) for (need, supplier), reason in sorted(forbidden.items())
        ],
        slots=[(one.number, f"{one.begins_at:%H:%M}") for one in slots],
        tables=event.tables,
        is_fair=run.is_fair,
        least_fit=event.least_fit,
        fixed=[
            FixedMeeting(code_of_need[one.scenario_id], code_of_supplier[one.supplier_id], one.slot, one.table) for one in locked
        ],
        teams={one.code: one.owner.code for one in needs},
        needs_away={one.scenario.code: away[one.pk] for one in coming if one.scenario is not None and one.pk in away},
        suppliers_away={one.organisation.code: away[one.pk] for one in coming if one.side == Side.SUPPLIER and one.pk in away},
        titles={one.code: _both(one, "title") for one in needs},
        organisations={one.code: _both(one, "name") for one in [*suppliers, *(need.owner for need in needs)]},
    )
    return EventWork(task, needs, list(offers))


def _both(row: object, name: str) -> tuple[str, str]:
    return words(row, name, "zh").text, words(row, name, "en").text


def _is_open(invitation: Invitation) -> bool:
    """Return whether a need still seeks suppliers, or a supplier is still active; others have left since they said yes."""
    if invitation.scenario is not None:
        return invitation.scenario.state in RANKABLE_STATES
    return invitation.organisation.is_active


def _limits(invitation: Invitation) -> tuple[int, int]:
    event, is_need = invitation.event, invitation.side == Side.OWNER
    low = (event.need_min if is_need else 0) if invitation.min_meetings is None else invitation.min_meetings
    high = (event.need_max if is_need else event.supplier_max) if invitation.max_meetings is None else invitation.max_meetings
    return low, high
