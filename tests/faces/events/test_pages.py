"""Events by pages: from the plan to the outcome, who sees what, the files, and what is refused."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, time

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests import factories as make
from tests.factories import NOW
from tests.platform.matches.events_world import AFTER, hall

from qiupu_web.faces.web.events.calendar import Entry, calendar_file, escaped, folded
from qiupu_web.matches import usecases
from qiupu_web.matches.models import Event, Invitation

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(role, org=None):
    client = Client()
    client.force_login(make.member(role, org).user, backend=BACKEND)
    return client


def text(answer):
    return answer.content.decode()


@pytest.fixture(autouse=True)
def in_march(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


PLAN = {
    "title_zh": "对接会", "title_en": "A meeting", "place_zh": "一层", "place_en": "Ground floor", "held_on": "2026-04-10",
    "reply_by": "2026-04-01", "starts_at": "09:00", "ends_at": "11:00", "meeting_minutes": "20", "change_minutes": "5",
    "breaks": "", "tables": "3", "need_min": "0", "need_max": "3", "supplier_max": "5", "least_fit": "0.4",
}  # fmt: skip


def test_the_office_plans_an_event_by_page():
    office = signed_in("office")
    bad = office.post("/en/events/new/", {**PLAN, "ends_at": "09:10", "form_key": "a"})
    assert bad.status_code == 400
    assert "no meeting of 20 minutes fits" in text(bad)
    assert 'value="Ground floor"' in text(bad)  # what was typed stays
    done = office.post("/en/events/new/", {**PLAN, "form_key": "b"})
    assert done.status_code == 302
    row = Event.objects.get()
    assert done["Location"] == f"/en/events/{row.code}/"
    office.post(f"/en/events/{row.code}/edit/", {**PLAN, "tables": "7", "form_key": "c"})
    row.refresh_from_db()
    assert row.tables == 7
    for client in (Client(), signed_in("owner"), signed_in("supplier")):
        assert client.post("/en/events/new/", {**PLAN, "form_key": "d"}).status_code == 403
        assert client.get(f"/en/events/{row.code}/").status_code == 404  # a draft is not there


def test_nobody_ticked_is_said():
    world = hall(1, 1)
    page = signed_in("office", None).post(f"/en/events/{world.event.code}/invite/", {"form_key": "x"})
    assert page.status_code == 400
    assert "Nobody is chosen" in text(page)


def test_invitations_are_sent_for_all_that_are_ticked():
    world = hall(1, 1)
    need, supplier = make.scenario(), make.capability().supplier
    sent = {"scenarios": [need.pk], "suppliers": [supplier.pk], "form_key": "x"}
    assert signed_in("office").post(f"/en/events/{world.event.code}/invite/", sent).status_code == 302
    assert Invitation.objects.count() == 4
    # A second press of the same form changes nothing, a stale form is refused at its field.
    assert signed_in("office").post(f"/en/events/{world.event.code}/invite/", {**sent, "form_key": "y"}).status_code == 400


def test_the_invited_answer_by_page_and_a_half_answer_keeps_what_was_typed():
    world = hall(1, 1, answered=False)
    supplier = signed_in("supplier", world.suppliers[0])
    row = Invitation.objects.get(side="supplier")
    address = f"/en/events/{world.event.code}/"
    assert "You are invited" in text(supplier.get(address))
    half = supplier.post(f"{address}invitations/{row.pk}/answer/", {"answer": "no", "note": "what I typed"})
    assert half.status_code == 400
    assert "what I typed" in text(half)
    assert supplier.post(f"{address}invitations/{row.pk}/answer/", {"answer": "yes", "form_key": "a"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"
    owners = Invitation.objects.get(side="owner")
    assert supplier.post(f"{address}invitations/{owners.pk}/answer/", {"answer": "yes", "form_key": "b"}).status_code == 404


def test_the_invited_say_by_page_at_which_times_they_cannot():
    world = hall(1, 1)
    supplier, row = signed_in("supplier", world.suppliers[0]), Invitation.objects.get(side="supplier")
    address = f"/en/events/{world.event.code}/"
    page = text(supplier.get(address))
    assert "Times at which you cannot" in page
    assert "09:25–09:45" in page
    send = f"{address}invitations/{row.pk}/answer/"
    assert supplier.post(send, {"answer": "yes", "away": ["2", "5"], "form_key": "a"}).status_code == 302
    again = text(supplier.get(address))
    assert "Cannot come:" in again
    assert re.search(r'value="yes"[^>]*checked', again)  # what was answered stands there to be changed
    assert re.search(r'value="2"[^>]*checked', again)
    assert not re.search(r'value="3"[^>]*checked', again)
    for path in (address, f"{address}invitations/{row.pk}/"):
        assert "09:25-09:45 · 10:40-11:00" in text(signed_in("office").get(path))
    all_day = supplier.post(send, {"answer": "yes", "away": ["1", "2", "3", "4", "5"], "form_key": "b"})
    assert all_day.status_code == 400
    assert "You cannot come at any of the times." in text(all_day)
    assert supplier.post(send, {"answer": "yes", "away": ["9"], "form_key": "c"}).status_code == 400
    assert "09:25-09:45" not in text(signed_in("owner", world.needs[0].owner).get(address))  # an absence is for the office


def test_only_the_own_meetings_are_seen_before_publication():
    world = hall(2, 2)
    world.meet((0, 0, 1, 1), (1, 1, 1, 2))
    address = f"/en/events/{world.event.code}/"
    mine, other = world.suppliers[0].name, world.suppliers[1].name
    for path in (address, f"{address}timetable/", f"{address}timetable/?by=supplier"):
        page = text(signed_in("supplier", world.suppliers[0]).get(path))
        assert str(world.needs[0].title) in page
        assert str(world.needs[1].title) not in page
        assert str(other) not in page
    assert str(mine) in text(signed_in("owner", world.needs[0].owner).get(f"{address}timetable/"))
    assert Client().get(address).status_code == 404
    assert signed_in("supplier").get(f"{address}timetable/").status_code == 404
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    own_page = text(signed_in("supplier", world.suppliers[0]).get(address))
    assert "Your meetings" in own_page
    assert str(world.needs[1].title) not in own_page  # her own first; the timetable has the others
    public = text(Client().get(f"{address}timetable/"))
    assert str(mine) in public
    assert str(other) in public


def test_the_file_holds_no_more_than_the_page():
    world = hall(2, 2)
    world.meet((0, 0, 1, 1), (1, 1, 1, 2))
    answer = signed_in("supplier", world.suppliers[0]).get(f"/en/events/{world.event.code}/timetable.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert rows[1][0].isoformat() == "2026-04-10T09:00:00"
    assert rows[1][2:6] == [1, str(world.needs[0].title), str(world.needs[0].owner), str(world.suppliers[0])]
    assert Client().get(f"/en/events/{world.event.code}/timetable.xlsx").status_code == 404


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize("by", ["time", "table", "need", "supplier", "nonsense"])
def test_the_timetable_reads_four_ways(lang, by):
    world = hall(2, 2)
    world.meet((0, 0, 1, 1), (1, 1, 2, 3))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    page = text(Client().get(f"/{lang}/events/{world.event.code}/timetable/?by={by}"))
    assert "09:25" in page  # the second time: 09:00 + 20 + 5
    assert ("3 号桌" if lang != "en" else "Table 3") in page or by != "table"


def test_pages_take_the_same_queries_whatever_the_number(django_assert_max_num_queries):
    counts = {}
    for number in (2, 4):  # with one meeting there is nothing to exchange, so the form is not there
        world = hall(number, number)
        world.meet(*((one, one, 1, one + 1) for one in range(number)))
        office = signed_in("office")
        for path in ("", "timetable/?by=need", "arrange/"):
            with django_assert_max_num_queries(30) as counted:
                assert office.get(f"/en/events/{world.event.code}/{path}").status_code == 200
            counts.setdefault(path, []).append(len(counted))
    for path, (few, many) in counts.items():
        assert few == many, path


def test_the_list_takes_the_same_queries_whatever_the_number(django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        hall(1, 1)
        hall(1, 1)
        office = signed_in("office")
        with django_assert_max_num_queries(12) as counted:
            page = office.get("/en/events/")
        counts.append(len(counted))
    assert counts[0] == counts[1]
    assert "1 needs, 1 suppliers" in text(page)


def test_the_office_runs_locks_exchanges_and_publishes_by_page():
    world = hall(2, 2)
    office, address = signed_in("office"), f"/en/events/{world.event.code}/"
    assert office.post(f"{address}allocate/", {"rule": "fair", "form_key": "a"}).status_code == 302
    assert world.run().is_fair
    assert "every 2s" in text(office.get(address))
    world.run().delete()
    first, second = world.meet((0, 0, 1, 1), (1, 1, 2, 2))
    assert office.get(f"{address}progress/")["HX-Refresh"] == "true"
    office.post(f"{address}meetings/{first.pk}/lock/", {"locked": "yes", "form_key": "b"})
    first.refresh_from_db()
    assert first.is_locked
    same = office.post(f"{address}swap/", {"first": first.pk, "second": first.pk, "form_key": "c"})
    assert same.status_code == 400
    assert "two different meetings" in text(same)
    assert office.post(f"{address}swap/", {"first": first.pk, "second": second.pk, "form_key": "d"}).status_code == 302
    assert office.post(f"{address}publish/", {"form_key": "e"}).status_code == 302
    assert office.post(f"{address}take-back/", {"note": "Hall", "form_key": "f"}).status_code == 302
    assert office.post(f"{address}cancel/", {"reason": "too-few", "form_key": "g"}).status_code == 302
    world.event.refresh_from_db()
    assert (world.event.state, world.event.sequence) == ("cancelled", 2)


def test_a_run_that_failed_says_why_in_the_readers_language():
    world = hall(1, 1)
    world.event.allocations.create(
        requested_by="x", requested_at=NOW, state="failed", problem_zh="席位不够。", problem_en="Too few places."
    )
    office = signed_in("office")
    assert "席位不够。" in text(office.get(f"/zh-hans/events/{world.event.code}/"))
    assert "Too few places." in text(office.get(f"/en/events/{world.event.code}/"))


def test_limits_withdrawal_and_conflicts_by_page():
    world = hall(1, 2)
    office, address = signed_in("office"), f"/en/events/{world.event.code}/"
    row = Invitation.objects.filter(side="supplier").first()
    assert office.post(f"{address}invitations/{row.pk}/limits/", {"high": "0", "form_key": "a"}).status_code == 400
    assert office.post(f"{address}invitations/{row.pk}/limits/", {"high": "2", "form_key": "b"}).status_code == 302
    assert office.post(f"{address}invitations/{row.pk}/withdraw/", {"reason": "mistake", "form_key": "c"}).status_code == 302
    supplier = signed_in("supplier", world.suppliers[1])
    sent = {"owner": world.needs[0].owner_id, "supplier": world.suppliers[1].pk, "reason": "Same family.", "form_key": "d"}
    assert supplier.post(f"{address}conflict/", sent).status_code == 302
    assert world.event.conflicts.get().reason == "Same family."
    foreign = {**sent, "supplier": world.suppliers[0].pk, "form_key": "e"}
    assert supplier.post(f"{address}conflict/", foreign).status_code == 400  # another's conflict is not its own to declare
    assert signed_in("supplier").post(f"{address}conflict/", sent).status_code == 404


def test_an_owner_records_what_came_of_its_meeting(monkeypatch):
    world = hall(1, 1)
    (meeting,) = world.meet((0, 0, 1, 1))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    monkeypatch.setattr(timezone, "now", lambda: AFTER)
    owner, supplier = signed_in("owner", world.needs[0].owner), signed_in("supplier", world.suppliers[0])
    address = f"/en/events/{world.event.code}/meetings/{meeting.pk}/outcome/"
    assert owner.get(address).status_code == 200
    assert supplier.get(address).status_code == 404
    assert owner.post(address, {"outcome": "met", "follow_up_on": "2026-06-01", "form_key": "a"}).status_code == 400
    assert owner.post(address, {"outcome": "met", "form_key": "b"}).status_code == 302
    table = f"/en/events/{world.event.code}/timetable/"
    assert ">met<" in re.sub(r"\s", "", text(owner.get(table))) or "met</span>" in text(owner.get(table))
    assert "met</span>" not in text(Client().get(table))  # the outcome is the two sides' and the office's


def unfolded(body):
    return body.decode().replace("\r\n ", "").split("\r\n")


def test_a_calendar_file_has_stable_identifiers_and_the_zone():
    world = hall(1, 2)
    world.meet((0, 0, 1, 1), (0, 1, 2, 1))
    row = Invitation.objects.get(side="owner")
    address = f"/en/events/{world.event.code}/invitations/{row.pk}/calendar.ics"
    owner = signed_in("owner", world.needs[0].owner)
    assert owner.get(address).status_code == 404  # nothing is published yet
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    answer = owner.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    lines = unfolded(answer.content)
    assert all(len(line.encode()) <= 75 for line in answer.content.decode().split("\r\n"))
    assert (lines[0], lines[1], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR", "")
    assert lines.count("BEGIN:VEVENT") == 2
    assert "DTSTART;TZID=Asia/Shanghai:20260410T090000" in lines
    assert "TZID:Asia/Shanghai" in lines
    assert lines.count("DTSTAMP:20260302T090000Z") == 2
    names = [line for line in lines if line.startswith("UID:")]
    assert len(set(names)) == 2
    usecases.take_back_event(actor=world.office, now=NOW, event=world.event, note="x")
    world.meet((0, 0, 3, 1), (0, 1, 2, 1))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    again = unfolded(owner.get(address).content)
    assert sorted(line for line in again if line.startswith("UID:")) == sorted(names)  # moved, and still the same meeting
    assert "SEQUENCE:2" in again


def test_calendar_text_is_escaped_and_folded_between_characters():
    assert escaped("a;b,c\\d\r\ne\x07") == "a\\;b\\,c\\\\d\\ne"
    line = "SUMMARY:" + "池" * 40  # 8 + 120 octets
    pieces = folded(line).split("\r\n")
    assert [len(one.encode()) for one in pieces] == [74, 55]  # 8 + 22 * 3 = 74; then a space and 18 * 3
    assert pieces[0] + pieces[1][1:] == line
    entry = Entry("u", 1, datetime(2026, 4, 10, 1, tzinfo=UTC), datetime(2026, 4, 10, 2, tzinfo=UTC), "s", "p", "d", True)
    body = calendar_file("n", [entry], zone="Europe/Paris", stamped_at=NOW)
    assert b"DTSTART:20260410T010000Z" in body
    assert b"STATUS:CANCELLED" in body
    assert b"VTIMEZONE" not in body


def test_cancelled_meetings_are_taken_off_calendars():
    world = hall(1, 1)
    world.meet((0, 0, 1, 1))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    row = Invitation.objects.get(side="owner")
    usecases.cancel_event(actor=world.office, now=NOW, event=world.event, reason="safety")
    body = signed_in("owner", world.needs[0].owner).get(f"/en/events/{world.event.code}/invitations/{row.pk}/calendar.ics").content
    assert b"STATUS:CANCELLED" in body


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_an_empty_list_says_what_comes_here(lang):
    assert 'class="empty"' in text(Client().get(f"/{lang}/events/"))


def test_slots_outside_a_changed_day_do_not_break_the_page():
    world = hall(1, 1)
    world.meet((0, 0, 5, 1))
    Event.objects.update(ends_at=time(9, 30))  # one time is left
    assert signed_in("office").get(f"/en/events/{world.event.code}/").status_code == 200


def test_my_work_tells_who_has_to_do_what(monkeypatch):
    world = hall(1, 1, answered=False)
    owner, supplier, office = (
        signed_in("owner", world.needs[0].owner),
        signed_in("supplier", world.suppliers[0]),
        signed_in("office"),
    )
    assert "Say whether you come" in text(owner.get("/en/my-work/"))
    assert "Say whether you come" in text(supplier.get("/en/my-work/"))
    assert "Gather the answers" in text(office.get("/en/my-work/"))
    for one in world.event.invitations.select_related("event", "organisation"):
        usecases.answer_invitation(actor=make.actor(one.side, one.organisation), now=NOW, invitation=one, comes=True)
    world.meet((0, 0, 1, 1))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    assert "Record what came" not in text(owner.get("/en/my-work/"))
    monkeypatch.setattr(timezone, "now", lambda: AFTER)  # sessions are over by then
    owner, supplier = signed_in("owner", world.needs[0].owner), signed_in("supplier", world.suppliers[0])
    office = signed_in("office")
    assert "Record what came of your meetings" in text(owner.get("/en/my-work/"))
    assert "Record what came" not in text(supplier.get("/en/my-work/"))
    assert "say that it took place" in text(office.get("/en/my-work/"))


def test_a_match_that_an_event_brought_about_says_so():
    world = hall(1, 1)
    (meeting,) = world.meet((0, 0, 1, 1))
    usecases.publish_event(actor=world.office, now=NOW, event=world.event)
    match = meeting.capability.matches.get()
    page = text(Client().get(f"/en/matches/{match.pk}/"))
    assert "brought together at an event" in page
    assert "Place 1 among 1 published" in page
