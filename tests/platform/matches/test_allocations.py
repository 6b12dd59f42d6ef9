"""From an event's rows through the engine to its meetings, by words alone."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from tests import factories as make
from tests.factories import NOW
from tests.platform.matches.events_world import hall

from qiupu.errors import Conflict, InputError
from qiupu_web.matches import usecases
from qiupu_web.matches.bridge.allocations import _tables
from qiupu_web.matches.event_plans import EventTask, FixedMeeting
from qiupu_web.matches.event_rules import slots_away
from qiupu_web.matches.models import Allocation, Invitation, Match, Meeting
from qiupu_web.matches.tasks import ask_for_allocation, serve_allocation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_words(settings, monkeypatch):
    monkeypatch.setitem(settings.CONFIG.values, "QIUPU_VECTORS", "none")


def run(world, *, is_fair=False):
    with_worker = ask_for_allocation(actor=world.office, now=NOW, event=world.event, is_fair=is_fair)
    serve_allocation.func(with_worker.pk)
    with_worker.refresh_from_db()
    world.event.refresh_from_db()
    return with_worker


def test_a_run_allocates_meetings_with_a_certificate():
    world = hall(2, 3)
    found = run(world)
    assert (found.state, found.is_optimal, found.pair_count, found.excluded) == ("done", True, 6, [])
    assert world.event.state == "allocated"
    # Each of two needs may meet three suppliers, each of whom may meet five needs: all six pairs meet.
    assert world.event.meetings.count() == 6
    assert found.objective == pytest.approx(found.bound, abs=1e-5)
    assert set(found.certificate) == {"needs", "suppliers", "teams", "room"}
    taken = list(world.event.meetings.values_list("slot", "supplier_id"))
    assert len(set(taken)) == len(taken)
    assert {one.capability.supplier_id == one.supplier_id for one in world.event.meetings.select_related("capability")} == {True}


def test_fairness_shows_its_price():
    world = hall(2, 2, need_max=1, supplier_max=1)
    found = run(world, is_fair=True)
    assert found.price_of_fairness is not None
    assert found.price_of_fairness >= 0
    assert world.event.meetings.count() == 2


def test_who_does_not_come_meets_nobody():
    world = hall(2, 2)
    gone = Invitation.objects.filter(side="supplier").first()
    usecases.answer_invitation(
        actor=make.actor("supplier", gone.organisation), now=NOW, invitation=gone, comes=False, reason="no-time"
    )
    run(world)
    assert set(world.event.meetings.values_list("supplier_id", flat=True)) == {world.suppliers[1].pk}


def test_pairs_with_a_conflict_are_kept_apart_and_named():
    world = hall(1, 2)
    usecases.declare_conflict(
        actor=world.office, now=NOW, event=world.event, owner=world.needs[0].owner, supplier=world.suppliers[0], reason="cousins"
    )
    found = run(world)
    assert found.excluded == [[world.needs[0].code, world.suppliers[0].code, "declared"]]
    assert list(world.event.meetings.values_list("supplier_id", flat=True)) == [world.suppliers[1].pk]


def test_what_cannot_be_kept_is_named_in_both_languages_and_nothing_is_written():
    # Two needs shall meet at least two suppliers each, but there is one supplier.
    world = hall(2, 1, need_min=2)
    found = run(world)
    assert (found.state, world.event.state) == ("failed", "inviting")
    assert f"“{world.needs[0].title_en}” shall meet" in found.problem_en  # by title, not by code
    assert f"“{world.needs[0].title_zh}”" in found.problem_zh
    assert world.needs[0].code not in found.problem_en + found.problem_zh
    assert "least fit" in found.problem_en  # the cure speaks of what stands on the page
    assert not world.event.meetings.exists()


def test_too_few_times_are_named():
    # One time of 20 minutes (09:00 to 09:20) and a promise of two meetings.
    world = hall(1, 2, need_min=2, ends_at=time(9, 20))
    found = run(world)
    assert found.state == "failed"
    assert str(world.needs[0].title_en) in found.problem_en


def one_owner(world):
    """Let all needs be the first owner's."""
    for one in world.needs[1:]:
        one.owner = world.needs[0].owner
        one.save()
        world.event.invitations.filter(scenario=one).update(organisation=one.owner)


def test_two_needs_of_one_owner_never_sit_at_two_tables_at_once_and_it_is_proven():
    world = hall(3, 3)
    one_owner(world)
    found = run(world)
    slots = list(world.event.meetings.values_list("slot", flat=True))
    # Three needs could have nine meetings, but one team has five times; the certificate holds the price of its time.
    assert (len(slots), len(set(slots))) == (5, 5)
    assert found.is_optimal
    assert found.objective == pytest.approx(found.bound, abs=1e-5)
    assert found.certificate["teams"][world.needs[0].owner.code] > 0


def test_a_team_that_is_promised_too_much_is_named_by_the_titles_of_its_needs():
    world = hall(2, 2, need_min=1, ends_at=time(9, 20))
    one_owner(world)
    found = run(world)
    first, second = world.needs
    assert found.state == "failed"
    assert f"“{first.title_en}”, “{second.title_en}” come with one team" in found.problem_en
    assert f"“{first.title_zh}”、“{second.title_zh}”" in found.problem_zh


def test_by_hand_one_owner_is_not_put_to_two_tables_at_once():
    world = hall(3, 3)
    world.needs[1].owner = world.needs[0].owner
    world.needs[1].save()
    first, _its_other, third = world.meet((0, 0, 1, 1), (1, 1, 2, 1), (2, 2, 2, 2))
    with pytest.raises(Conflict, match="would sit at two tables at once") as caught:
        usecases.swap_meetings(actor=world.office, now=NOW, first=first, second=third)
    assert str(world.needs[0].owner) in caught.value.message("en")


def test_who_comes_with_a_need_and_as_a_supplier_sits_at_one_table_at_a_time_too():
    world = hall(2, 2)
    both = world.suppliers[0]
    world.needs[0].owner = both
    world.needs[0].save()
    world.event.invitations.filter(scenario=world.needs[0]).update(organisation=both)
    found = run(world)
    # It does not meet itself; the three other pairs meet, two of them with it at different times.
    rows = list(world.event.meetings.values_list("slot", "scenario__owner", "supplier"))
    its = [slot for slot, owner, supplier in rows if both.pk in (owner, supplier)]
    assert (len(rows), len(its), len(set(its))) == (3, 2, 2)
    assert found.is_optimal


def test_by_hand_a_supplier_is_not_called_away_from_its_own_need():
    world = hall(3, 3)
    world.needs[1].owner = world.suppliers[0]
    world.needs[1].save()
    first, _its_need, third = world.meet((0, 0, 1, 1), (1, 1, 2, 1), (2, 2, 2, 2))
    with pytest.raises(Conflict, match="would sit at two tables at once"):
        usecases.swap_meetings(actor=world.office, now=NOW, first=first, second=third)


def answered(world, invitation, away):
    role = "owner" if invitation.side == "owner" else "supplier"
    actor = make.actor(role, invitation.organisation)
    return usecases.answer_invitation(actor=actor, now=NOW, invitation=invitation, comes=True, away=away)


def test_nobody_is_put_into_a_time_at_which_she_cannot():
    world = hall(2, 2)
    need, supplier = (world.event.invitations.filter(side=side).first() for side in ("owner", "supplier"))
    answered(world, need, [1, 2])
    answered(world, supplier, [5])
    need.refresh_from_db()
    assert need.away == ["09:00-09:20", "09:25-09:45"]
    found = run(world)
    assert (found.state, found.is_optimal, world.event.meetings.count()) == ("done", True, 4)
    assert not world.event.meetings.filter(scenario=need.scenario, slot__in=(1, 2)).exists()
    assert not world.event.meetings.filter(supplier=supplier.organisation, slot=5).exists()


def test_by_hand_nobody_is_put_into_a_time_at_which_she_cannot():
    world = hall(2, 2)
    answered(world, world.event.invitations.get(scenario=world.needs[0]), [2])
    first, second = world.meet((0, 0, 1, 1), (1, 1, 2, 1))
    with pytest.raises(Conflict, match="cannot come at 09:25-09:45"):
        usecases.swap_meetings(actor=world.office, now=NOW, first=first, second=second)


def test_a_time_away_stays_a_time_when_the_day_is_planned_anew():
    world = hall(1, 1)
    need = world.event.invitations.get(side="owner")
    answered(world, need, [2])  # 09:25 to 09:45
    world.event.meeting_minutes = 40  # 09:00, 09:45, 10:30 with 5 minutes between: 09:00-09:40 falls into it, 09:45 does not
    world.event.save()
    need.refresh_from_db()
    assert slots_away(world.event.clock.slots(), need.away) == (1,)


def test_absences_that_cannot_be_are_refused_and_a_no_forgets_them():
    world = hall(1, 1)
    need = world.event.invitations.get(side="owner")
    with pytest.raises(InputError, match="at any of the times"):
        answered(world, need, [1, 2, 3, 4, 5])
    with pytest.raises(InputError, match="no time number 9"):
        answered(world, need, [9])
    answered(world, need, [1])
    actor = make.actor("owner", need.organisation)
    usecases.answer_invitation(actor=actor, now=NOW, invitation=need, comes=False, reason="no-time")
    need.refresh_from_db()
    assert need.away == []


def test_times_that_the_absences_leave_too_short_are_named():
    world = hall(1, 2, need_min=2)
    answered(world, world.event.invitations.get(side="owner"), [1, 2, 3, 4])
    found = run(world)
    assert found.state == "failed"
    assert f"“{world.needs[0].title_en}” shall have 2 more meetings, but is free in 1" in found.problem_en


def test_another_run_keeps_a_locked_meeting_at_its_time_and_table():
    world = hall(2, 2)
    run(world)
    one = world.event.meetings.order_by("-slot", "-table").first()
    one.slot, one.table = 5, 4
    one.save()
    usecases.lock_meeting(actor=world.office, now=NOW, meeting=one, is_locked=True)
    again = run(world)
    assert again.state == "done"
    one.refresh_from_db()
    assert (one.slot, one.table, one.is_locked) == (5, 4, True)
    assert world.event.meetings.count() == 4


def test_tables_give_way_to_locked_meetings():
    # The engine seats a at 1 and b at 2; a is locked at 2, so b takes the table that a leaves.
    seat = lambda need, table: type("Seat", (), {"slot": "09:00", "table": table, "need": need, "supplier": "s" + need})()  # noqa: E731  # short
    task = EventTask({}, {}, [], [(1, "09:00")], 3, fixed=[FixedMeeting("a", "sa", 1, 2)])
    timetable = type("Timetable", (), {"meetings": (seat("a", 1), seat("b", 2), seat("c", 3))})()
    assert _tables(task, timetable) == {("a", "sa"): 2, ("b", "sb"): 1, ("c", "sc"): 3}


def test_a_run_whose_event_has_moved_on_writes_nothing():
    world = hall(1, 1)
    waiting = ask_for_allocation(actor=world.office, now=NOW, event=world.event)
    usecases.cancel_event(actor=world.office, now=NOW, event=world.event, reason="too-few")
    serve_allocation.func(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    assert not world.event.meetings.exists()
    assert serve_allocation.func(waiting.pk) == "failed"  # once more changes nothing


def test_asking_twice_hands_one_run_to_the_worker():
    world = hall(1, 1)
    first = ask_for_allocation(actor=world.office, now=NOW, event=world.event)
    assert ask_for_allocation(actor=world.office, now=NOW + timedelta(minutes=1), event=world.event).pk == first.pk
    assert Allocation.objects.count() == 1


def test_a_pair_that_fits_too_little_does_not_meet_unless_a_person_has_locked_it():
    world = hall(2, 1, least_fit=1.0)  # nobody fits so well
    found = run(world)
    assert (found.state, world.event.meetings.count()) == ("failed", 0)
    world.event.least_fit = 0.0
    world.event.save()
    run(world)
    one = world.event.meetings.order_by("pk").first()
    usecases.lock_meeting(actor=world.office, now=NOW, meeting=one, is_locked=True)
    world.event.least_fit = 1.0
    world.event.save()
    again = run(world)
    assert (again.state, again.pair_count) == ("done", 1)
    assert list(world.event.meetings.values_list("pk", flat=True)) == [one.pk]


def test_a_promise_that_the_least_fit_breaks_is_named():
    world = hall(1, 2, need_min=1, least_fit=1.0)
    found = run(world)
    assert found.state == "failed"
    assert found.problem_en


def test_a_need_that_has_left_the_list_is_left_out_and_named_when_it_is_too_late():
    world = hall(2, 2)
    run(world)
    gone = world.needs[0]
    gone.state = "selected"
    gone.save()
    with pytest.raises(Conflict) as caught:
        usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    assert str(gone.title) in caught.value.message("en")
    run(world)
    assert set(world.event.meetings.values_list("scenario_id", flat=True)) == {world.needs[1].pk}
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)


def test_a_locked_pair_that_was_declined_since_is_named():
    world = hall(1, 1)
    run(world)
    one = world.event.meetings.get()
    usecases.lock_meeting(actor=world.office, now=NOW, meeting=one, is_locked=True)
    ranking = world.needs[0].rankings.create(method="w", engine_version="t", seed=0, input_sha256="", pool_size=1, ranked_at=NOW)
    Match.objects.create(
        scenario=one.scenario, capability=one.capability, ranking=ranking, rank=1, score=0.5, state="declined", state_since=NOW
    )
    found = run(world)
    assert found.state == "failed"
    assert "09:00" in found.problem_en
    assert Meeting.objects.filter(pk=one.pk).exists()  # what stood there stays
