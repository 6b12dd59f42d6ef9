"""An invented matchmaking event: planned, invited, answered, allocated by the worker, its timetable published."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils import timezone

from qiupu_web.faces.demo.city import City
from qiupu_web.matches import usecases
from qiupu_web.matches.enums import EventState, RequestState
from qiupu_web.matches.event_rules import EventPlan
from qiupu_web.matches.models import Event
from qiupu_web.matches.tasks import ask_for_allocation

NEEDS = ("SC-03", "SC-04", "SC-05", "SC-06", "SC-08", "SC-09", "SC-12")
SUPPLIERS = (
    "lanjing", "yuexi-data", "tingshi-vision", "sangdu-speech", "zhenliu-iot", "hengmai-software", "yanhu-culture",
    "zhuoyuan-heritage", "linze-institute",
)  # fmt: skip
ABSENT = "linze-institute"
CODE = "autumn-meeting"


def invited(city: City) -> None:
    """Plan the event, invite needs and suppliers, let them answer, and ask for the allocation, which a worker computes."""
    office, today = city.actor("office"), timezone.localdate()
    event = usecases.create_event(
        actor=office,
        now=city.clock.tick(),
        code=CODE,
        is_invented=True,
        plan=EventPlan(
            title_zh="秋季人工智能供需对接会（演示）",
            title_en="Autumn meeting of needs and suppliers (demo)",
            place_zh="池州会展中心二层（演示）",
            place_en="Chizhou convention centre, second floor (demo)",
            held_on=today + timedelta(days=12),
            starts_at=time(9, 0),
            ends_at=time(11, 30),
            meeting_minutes=20,
            change_minutes=5,
            breaks="10:15-10:30",
            tables=5,
            reply_by=today + timedelta(days=5),
            need_min=1,
            need_max=3,
            supplier_max=3,
        ),
    )
    for code in NEEDS:
        usecases.invite_scenario(actor=office, now=city.clock.tick(), event=event, scenario=city.scenarios[code])
    for code in SUPPLIERS:
        usecases.invite_supplier(actor=office, now=city.clock.tick(), event=event, supplier=city.organisations[code])
    usecases.open_event(actor=office, now=city.clock.tick(), event=event)
    for one in event.invitations.select_related("organisation", "scenario", "event").order_by("pk"):
        comes = one.organisation.code != ABSENT
        usecases.answer_invitation(
            actor=city.speaker_for(one.organisation.code),
            now=city.clock.tick(),
            invitation=one,
            comes=comes,
            reason="" if comes else "no-time",
            note="" if comes else "当天有课，请下次再邀（虚构）。Lectures that day; please ask again (invented).",
        )
    ask_for_allocation(actor=office, now=city.clock.tick(), event=event)


def published(city: City) -> None:
    """Publish the timetable, when the worker has found one."""
    event = Event.objects.filter(code=CODE, state=EventState.ALLOCATED).first()
    if event is not None and event.allocations.filter(state=RequestState.DONE).exists():
        usecases.publish_event(actor=city.actor("office"), now=city.clock.jump(timezone.now()), event=event)
