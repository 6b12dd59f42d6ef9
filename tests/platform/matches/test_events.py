"""An event from plan to end: its clock, who comes, who sees what, what is refused and in which words."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from tests import factories as make
from tests.factories import NOW
from tests.platform.matches.events_world import AFTER, DAY, event, hall, plan

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.matches import usecases
from qiupu_web.matches.event_rules import Clock, read_breaks
from qiupu_web.matches.models import EventConflict, Invitation, Match, Meeting
from qiupu_web.matches.queries.conflicts import forbidden_pairs
from qiupu_web.parties.models import Membership

pytestmark = pytest.mark.django_db


def refused(act, kind=Conflict):
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.message("zh-hans") != caught.value.message("en")  # a sentence in each language
    return caught.value


def test_times_follow_from_start_length_and_breaks():
    # 09:00-09:20, 09:25-09:45, then 09:50 would run into the break of 10:00, so 10:15-10:35, and 10:40-11:00 just fits.
    clock = Clock(DAY, time(9, 0), time(11, 0), 20, 5, "10:00-10:15", "Asia/Shanghai")
    assert [f"{one.begins_at:%H:%M}" for one in clock.slots()] == ["09:00", "09:25", "10:15", "10:40"]
    assert [one.number for one in clock.slots()] == [1, 2, 3, 4]
    assert clock.slots()[0].begins_at.utcoffset() == timedelta(hours=8)


def test_breaks_are_read_as_people_write_them():
    assert read_breaks("12:00-13:30； 15:00 至 15:15") == ((time(12), time(13, 30)), (time(15), time(15, 15)))
    assert read_breaks("") == ()
    for bad in ("noon", "13:30-12:00", "25:00-26:00"):
        assert refused(lambda words=bad: read_breaks(words), InputError).where.column == "breaks"


@pytest.mark.parametrize(
    "fields, column",
    [
        ({"ends_at": time(9, 10)}, "ends_at"),  # no meeting of 20 minutes fits
        ({"breaks": "08:00-12:00"}, "ends_at"),
        ({"meeting_minutes": 0}, "meeting_minutes"),
        ({"tables": 0}, "tables"),
        ({"need_max": 0}, "need_max"),
        ({"supplier_max": 0}, "supplier_max"),
        ({"need_min": 4}, "need_min"),
        ({"title_en": " "}, "title_en"),
        ({"least_fit": 1.2}, "least_fit"),
        ({"reply_by": DAY + timedelta(days=1)}, "reply_by"),
        ({"held_on": date(2026, 3, 1), "reply_by": date(2026, 3, 1)}, "held_on"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_field(fields, column):
    assert refused(lambda: event(**fields), InputError).where.column == column


def test_only_the_office_makes_and_changes_events():
    row = event()
    for role in ("owner", "supplier", "unit", "auditor"):
        actor = make.actor(role)
        for act in (
            lambda a=actor: usecases.create_event(actor=a, now=NOW, plan=plan()),
            lambda a=actor: usecases.edit_event(actor=a, now=NOW, event=row, plan=plan()),
            lambda a=actor: usecases.cancel_event(actor=a, now=NOW, event=row, reason="other"),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_nobody_is_invited_twice_or_without_anything_to_offer():
    world = hall(1, 1)
    need, supplier = world.needs[0], world.suppliers[0]
    assert refused(lambda: usecases.invite_scenario(actor=world.office, now=NOW, event=world.event, scenario=need)).code == "twice"
    assert (
        refused(lambda: usecases.invite_supplier(actor=world.office, now=NOW, event=world.event, supplier=supplier)).code == "twice"
    )
    empty = make.organisation()
    error = refused(lambda: usecases.invite_supplier(actor=world.office, now=NOW, event=world.event, supplier=empty))
    assert error.code == "no-capability"
    closed = make.scenario(state="building")
    assert (
        refused(lambda: usecases.invite_scenario(actor=world.office, now=NOW, event=world.event, scenario=closed)).code
        == "wrong-state"
    )


def test_who_was_taken_back_may_be_invited_again():
    world = hall(1, 1)
    one = Invitation.objects.get(side="supplier")
    usecases.withdraw_invitation(actor=world.office, now=NOW, invitation=one, reason="mistake")
    usecases.invite_supplier(actor=world.office, now=NOW, event=world.event, supplier=world.suppliers[0])
    one.refresh_from_db()
    assert (one.state, one.answered_at, one.state_owner) == ("invited", None, "supplier")


def test_invitations_are_opened_when_both_sides_are_there():
    row = event()
    office = make.actor("office")
    usecases.invite_scenario(actor=office, now=NOW, event=row, scenario=make.scenario())
    assert refused(lambda: usecases.open_event(actor=office, now=NOW, event=row)).code == "one-side"


def test_the_invited_answer_and_nobody_else():
    world = hall(1, 1, answered=False)
    one = Invitation.objects.get(side="supplier")
    for actor in (world.office, make.actor("supplier"), make.actor("owner", world.needs[0].owner)):
        with pytest.raises(NotAllowed):
            usecases.answer_invitation(actor=actor, now=NOW, invitation=one, comes=True)
    supplier = make.actor("supplier", one.organisation)
    error = refused(lambda: usecases.answer_invitation(actor=supplier, now=NOW, invitation=one, comes=False), InputError)
    assert error.where.column == "reason"
    usecases.answer_invitation(actor=supplier, now=NOW, invitation=one, comes=False, reason="no-time", note="Fair that week.")
    assert (one.state, one.reason_code, one.answered_at) == ("declined", "no-time", NOW)
    usecases.answer_invitation(actor=supplier, now=NOW, invitation=one, comes=True)  # it may change its mind
    assert (one.state, one.reason_code) == ("accepted", "")


def test_meetings_are_not_allocated_while_answers_are_awaited():
    world = hall(1, 1, answered=False)
    error = refused(lambda: usecases.request_allocation(actor=world.office, now=NOW, event=world.event))
    assert (error.code, error.params["count"]) == ("still-inviting", 2)
    later = world.event.state_due_at + timedelta(minutes=1)  # after the day for replies: nobody has said yes
    assert refused(lambda: usecases.request_allocation(actor=world.office, now=later, event=world.event)).code == "one-side"


def test_asking_twice_waits_once_and_a_lost_run_is_given_up():
    world = hall(1, 1)
    first = usecases.request_allocation(actor=world.office, now=NOW, event=world.event)
    assert usecases.request_allocation(actor=world.office, now=NOW, event=world.event).pk == first.pk
    later = usecases.request_allocation(actor=world.office, now=NOW + timedelta(minutes=16), event=world.event)
    first.refresh_from_db()
    assert (first.state, later.state) == ("failed", "queued")
    assert "丢失" in first.problem_zh or first.problem_zh


def test_locked_meetings_stay_and_the_others_are_replaced():
    world = hall(2, 2)
    kept, lost = world.meet((0, 0, 1, 1), (1, 1, 1, 2))
    usecases.lock_meeting(actor=world.office, now=NOW, meeting=kept, is_locked=True)
    world.meet((0, 0, 1, 1), (1, 0, 2, 1))
    assert Meeting.objects.filter(pk=kept.pk, is_locked=True).exists()
    assert not Meeting.objects.filter(pk=lost.pk).exists()
    assert sorted(world.event.meetings.values_list("slot", "table")) == [(1, 1), (2, 1)]


def test_two_meetings_exchange_their_times_and_are_locked():
    world = hall(2, 2)
    first, second = world.meet((0, 0, 1, 1), (1, 1, 2, 3))
    usecases.swap_meetings(actor=world.office, now=NOW, first=first, second=second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.slot, first.table, first.is_locked) == (2, 3, True)
    assert (second.slot, second.table, second.is_locked) == (1, 1, True)


def test_an_exchange_seats_nobody_at_two_tables():
    world = hall(2, 2)
    first, second, third = world.meet((0, 0, 1, 1), (1, 1, 2, 1), (0, 1, 3, 1))
    # The third meeting, of need 0, would move to slot 2, where supplier 1 meets need 1: but supplier 1 is its own supplier.
    error = refused(lambda: usecases.swap_meetings(actor=world.office, now=NOW, first=first, second=first), InputError)
    assert error.code == "same"
    # First (need 0, supplier 0) to slot 2 and second (need 1, supplier 1) to slot 1: free. Then second against third:
    world.meet((0, 0, 1, 1), (1, 1, 2, 1), (0, 1, 3, 1), (1, 0, 3, 2))
    fourth = world.event.meetings.get(slot=3, table=2)
    first = world.event.meetings.get(slot=1)
    # Fourth (need 1, supplier 0) to slot 1 is free once the first leaves; first (need 0) to slot 3 meets need 0's third: refused.
    assert refused(lambda: usecases.swap_meetings(actor=world.office, now=NOW, first=first, second=fourth)).code == "twice-at-once"
    assert (second.slot, third.slot) == (2, 3)


def test_conflicts_of_interest_are_found_with_their_reason():
    group = make.organisation()
    city = make.organisation(kind="unit")
    owner, sister = make.organisation(parent=group), make.organisation(parent=group)
    under_city = make.organisation(parent=city)
    other_under_city = make.organisation(parent=city)
    manager = make.member("office")
    firm = make.organisation()
    Membership.objects.create(user=manager.user, organisation=firm, role="supplier")
    said_no, declared = make.organisation(), make.organisation()
    need = make.scenario(owner, manager=manager.user)
    city_need = make.scenario(under_city)
    row = event()
    EventConflict.objects.create(event=row, owner=owner, supplier=declared, reason="cousins", declared_by="x", declared_at=NOW)
    capability = make.capability(said_no)
    ranking = need.rankings.create(method="w", engine_version="t", seed=0, input_sha256="", pool_size=1, ranked_at=NOW)
    Match.objects.create(
        scenario=need, capability=capability, ranking=ranking, rank=1, score=0.5, state="declined", state_since=NOW
    )
    firms = [owner, sister, group, firm, declared, said_no, other_under_city]
    found = forbidden_pairs(row, [need, city_need], firms)
    assert found == {
        (need.pk, owner.pk): "own",
        (need.pk, sister.pk): "affiliated",
        (need.pk, group.pk): "affiliated",
        (need.pk, firm.pk): "manager",
        (need.pk, declared.pk): "declared",
        (need.pk, said_no.pk): "declined",
    }


def test_a_declared_conflict_drops_the_planned_meeting():
    world = hall(1, 1)
    world.meet((0, 0, 1, 1))
    supplier = make.actor("supplier", world.suppliers[0])
    given = {"event": world.event, "owner": world.needs[0].owner, "supplier": world.suppliers[0]}
    with pytest.raises(NotAllowed):
        usecases.declare_conflict(actor=make.actor("supplier"), now=NOW, reason="x", **given)
    assert (
        refused(lambda: usecases.declare_conflict(actor=supplier, now=NOW, reason=" ", **given), InputError).where.column
        == "reason"
    )
    usecases.declare_conflict(actor=supplier, now=NOW, reason="The owner's director sits on our board.", **given)
    assert not world.event.meetings.exists()
    assert refused(lambda: usecases.declare_conflict(actor=supplier, now=NOW, reason="again", **given)).code == "twice"


def test_the_partner_gets_no_more_than_any_other_supplier():
    partner = make.organisation(kind="partner")
    make.capability(partner)
    row, office = event(), make.actor("office")
    one = usecases.invite_supplier(actor=office, now=NOW, event=row, supplier=partner)
    assert refused(lambda: usecases.set_limits(actor=office, now=NOW, invitation=one, low=None, high=6)).code == "partner"
    usecases.set_limits(actor=office, now=NOW, invitation=one, low=None, high=4)  # fewer is its own business
    assert one.max_meetings == 4
    insider = make.actor("supplier", partner)
    for act in (
        lambda: usecases.request_allocation(actor=insider, now=NOW, event=row),
        lambda: usecases.publish_event(actor=insider, now=NOW, event=row),
        lambda: usecases.set_limits(actor=insider, now=NOW, invitation=one, low=None, high=9),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_who_also_acts_for_the_partner_or_a_supplier_does_not_arrange():
    world = hall(1, 1)
    world.meet((0, 0, 1, 1))
    for organisation in (make.organisation(kind="partner"), world.suppliers[0]):
        office = make.actor("office")
        Membership.objects.create(user_id=office.user_id, organisation=organisation, role="supplier")
        for act in (
            lambda a=office: usecases.request_allocation(actor=a, now=NOW, event=world.event),
            lambda a=office: usecases.lock_meeting(actor=a, now=NOW, meeting=world.event.meetings.get(), is_locked=True),
            lambda a=office: usecases.publish_event(actor=a, now=NOW, event=world.event),
        ):
            assert refused(act, NotAllowed).code == "stake"


@pytest.mark.parametrize("low, high, column", [(None, 0, "high"), (3, 2, "low"), (-1, 2, "low")])
def test_limits_that_cannot_be_kept(low, high, column):
    world = hall(1, 1)
    one = Invitation.objects.get(side="owner")
    error = refused(lambda: usecases.set_limits(actor=world.office, now=NOW, invitation=one, low=low, high=high), InputError)
    assert error.where.column == column


def test_from_publication_to_the_end_and_what_reaches_the_match():
    world = hall(2, 2)
    good, absent = world.meet((0, 0, 1, 1), (1, 1, 1, 2))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    matches = {row.scenario_id: row for row in Match.objects.all()}
    assert {row.state for row in matches.values()} == {"introduced"}
    assert {row.reason_note for row in matches.values()} == {f"{world.event.title_zh} / {world.event.title_en}"}
    # Five times end at 11:00 in Shanghai, 03:00 UTC, and the suppliers have fourteen days more to answer.
    assert matches[good.scenario_id].state_due_at.isoformat() == "2026-04-24T03:00:00+00:00"
    owner = make.actor("owner", world.needs[0].owner)
    early = lambda: usecases.record_outcome(actor=owner, now=NOW, meeting=good, outcome="met")  # noqa: E731  # one line reads better
    assert refused(early).code == "too-early"
    with pytest.raises(NotAllowed):
        usecases.record_outcome(actor=make.actor("supplier", world.suppliers[0]), now=AFTER, meeting=good, outcome="met")
    day = AFTER.date() + timedelta(days=5)
    usecases.record_outcome(actor=owner, now=AFTER, meeting=good, outcome="follow-up", follow_up_on=day)
    assert refused(lambda: usecases.close_event(actor=world.office, now=AFTER, event=world.event)).code == "no-outcome"
    usecases.record_outcome(actor=world.office, now=AFTER, meeting=absent, outcome="supplier-absent")
    states = {row.scenario_id: (row.state, row.state_due_at and row.state_due_at.date()) for row in Match.objects.all()}
    assert states[good.scenario_id] == ("met", day)
    assert states[absent.scenario_id][0] == "introduced"
    usecases.hold_event(actor=world.office, now=AFTER, event=world.event)
    usecases.close_event(actor=world.office, now=AFTER, event=world.event)
    assert world.event.state == "closed"
    assert AuditRecord.objects.filter(action="matches.record_outcome").count() == 2


def test_a_match_that_people_took_further_is_left_alone():
    world = hall(1, 1)
    (meeting,) = world.meet((0, 0, 1, 1))
    ranking = world.needs[0].rankings.create(method="w", engine_version="t", seed=0, input_sha256="", pool_size=1, ranked_at=NOW)
    match = Match.objects.create(
        scenario=world.needs[0], capability=meeting.capability, ranking=ranking, rank=1, score=0.5, state="chosen", state_since=NOW
    )
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    usecases.record_outcome(actor=world.office, now=AFTER, meeting=meeting, outcome="met")
    match.refresh_from_db()
    assert match.state == "chosen"
    assert Match.objects.count() == 1


def test_a_published_timetable_is_taken_back_with_a_reason_and_counts_its_versions():
    world = hall(1, 1)
    world.meet((0, 0, 1, 1))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    assert refused(lambda: usecases.edit_event(actor=world.office, now=NOW, event=world.event, plan=plan())).code == "wrong-state"
    take_back = lambda note: usecases.take_back_event(actor=world.office, now=NOW, event=world.event, note=note)  # noqa: E731  # as above
    assert refused(lambda: take_back(" "), InputError).where.column == "note"
    take_back("The hall has changed.")
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    assert world.event.sequence == 2


def test_an_event_is_cancelled_with_a_reason():
    world = hall(1, 1)
    bad = lambda: usecases.cancel_event(actor=world.office, now=NOW, event=world.event, reason="because")  # noqa: E731  # as above
    assert refused(bad, InputError).where.column == "reason"
    usecases.cancel_event(actor=world.office, now=NOW, event=world.event, reason="too-few")
    assert (world.event.state, world.event.reason_code) == ("cancelled", "too-few")
    assert refused(lambda: usecases.publish_event(actor=world.office, now=NOW, event=world.event)).code


def test_a_later_day_for_replies_holds_for_those_who_were_asked():
    world = hall(1, 1, answered=False)
    usecases.edit_event(actor=world.office, now=NOW, event=world.event, plan=plan(reply_by=date(2026, 4, 5)))
    dues = {one.state_due_at.isoformat() for one in Invitation.objects.all()}
    assert dues == {"2026-04-05T15:59:00+00:00"}  # 23:59 in Shanghai
    assert world.event.state_due_at.isoformat() == "2026-04-05T23:59:00+08:00"
