"""The digest: what it says, to whom, in which language, and never twice on one day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client
from tests.factories import actor, capability, commitment, member, organisation, scenario

from qiupu_web.faces.commands.worker import tell_once
from qiupu_web.faces.notices.calendar import is_due, keep_time
from qiupu_web.faces.notices.letters import off_address, read_off_token
from qiupu_web.faces.notices.sending import Round, send_digests
from qiupu_web.matches.models import Match, Ranking
from qiupu_web.matches.rules import MATCH
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Digest, DigestRun, Membership
from qiupu_web.parties.usecases.notices import save_search

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
WEDNESDAY = TUESDAY + timedelta(days=1)
Configure = Callable[..., None]


@pytest.fixture(autouse=True)
def _outbox() -> None:
    mail.outbox.clear()


def _unit_with_work(**fields: Any) -> Membership:
    """Return a person of a unit for whom one commitment waits."""
    one = member("unit", organisation(kind="unit"), **fields)
    commitment(
        lead_unit=one.organisation, title_zh="茶园巡检", title_en="Inspect tea gardens", state_due_at=TUESDAY + timedelta(days=2)
    )
    return one


def test_it_says_what_waits_in_the_readers_language_with_whole_addresses() -> None:
    _unit_with_work(language="en")
    chinese = _unit_with_work(language="zh-hans")
    assert send_digests(TUESDAY) == Round(sent=2)
    english, other = mail.outbox
    assert english.subject == "[Qiupu · Chizhou] 1 thing waits for you"
    assert "* Inspect tea gardens\n  Accept it or return it" in english.body
    assert re.search(r"http://127\.0\.0\.1:8000/en/agreements/commitments?/\S+", english.body)
    assert "茶园巡检" in other.body
    assert "/zh-hans/" in other.body
    assert "/en/" not in other.body
    assert other.to == [chinese.user.email]
    assert "waits" not in other.body


def test_it_can_be_ended_in_one_click_without_signing_in() -> None:
    one = _unit_with_work(language="en")
    send_digests(TUESDAY)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address in mail.outbox[0].body
    path = address.removeprefix(settings.CONFIG["QIUPU_BASE_URL"])
    program = Client(enforce_csrf_checks=True)
    assert "End the digest?" in program.get(path).content.decode()
    assert not hasattr(type(one.user).objects.get(pk=one.user_id), "digest_choice")  # looking ends nothing
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert one.user.digest_choice.rhythm == "off"
    assert send_digests(TUESDAY + timedelta(days=6)) == Round(silent=1)
    assert len(mail.outbox) == 1


def test_a_token_of_another_hand_ends_nothing(client: Client) -> None:
    one = _unit_with_work()
    token = off_address(one.user).rstrip("/").rsplit("/", 1)[1]
    assert read_off_token(token) == one.user
    for wrong in (token[:-2], "x" + token, "u:1"):
        assert client.post(f"/en/notices/off/{wrong}/").status_code == 404
    assert not hasattr(type(one.user).objects.get(pk=one.user_id), "digest_choice")


def test_a_search_is_ended_by_its_own_link(client: Client) -> None:
    one = member("supplier")
    who = Actor(role="supplier", name="x", user_id=one.user_id, organisation_id=one.organisation_id)
    row = save_search(actor=who, now=TUESDAY, name="Tea")
    path = off_address(row).removeprefix(settings.CONFIG["QIUPU_BASE_URL"])
    assert "“Tea” has ended" in client.post(path.replace("/zh-hans/", "/en/")).content.decode()
    row.refresh_from_db()
    assert row.ended_at is not None


def test_never_twice_on_one_day_and_only_when_something_is_fresh() -> None:
    one = _unit_with_work()
    assert send_digests(TUESDAY) == Round(sent=1)
    assert send_digests(TUESDAY + timedelta(hours=2)) == Round()
    assert DigestRun.objects.get().sent == 1  # the day's, not the last round's
    # On Wednesday the answer is due within a day (it was within three): fresh. On Thursday it is late: fresh. Then silence.
    days = [send_digests(TUESDAY + timedelta(days=n)) for n in (1, 2, 3)]
    assert days == [Round(sent=1), Round(sent=1), Round(silent=1)]
    assert send_digests(TUESDAY + timedelta(days=6)) == Round(sent=1)  # Monday: what still waits
    assert Digest.objects.filter(user=one.user, state="sent").count() == len(mail.outbox) == 4


def test_nobody_gets_mail_without_a_mail_server(configure: Configure) -> None:
    one = _unit_with_work()
    configure(EMAIL_URL="console://")
    assert send_digests(TUESDAY) is None
    assert Digest.objects.count() == 0
    said = StringIO()
    call_command("send_digests", stdout=said)
    assert "EMAIL_URL" in said.getvalue()
    client = Client()
    client.force_login(one.user)
    assert "No mail server is set here" in client.get("/en/notices/").content.decode()
    assert mail.outbox == []


def test_new_scenarios_come_once(configure: Configure) -> None:
    one = member("supplier", language="en")
    who = Actor(role="supplier", name="x", user_id=one.user_id, organisation_id=one.organisation_id)
    save_search(actor=who, now=TUESDAY - timedelta(days=2), name="Flow", query="visitor")
    scenario(code="flow", title_en="Visitors at nine peaks", published_at=TUESDAY - timedelta(days=1))
    scenario(code="secret", title_en="Visitors in secret", state="submitted", published_at=None)
    send_digests(TUESDAY)
    body = mail.outbox[0].body
    assert "New scenarios for you" in body
    assert "Visitors at nine peaks" in body
    assert "because of: Flow" in body
    assert "/en/opportunities/flow/" in body
    assert "secret" not in body
    link = re.search(r"Nothing more because of “Flow”: (\S+)", body)
    assert link is not None
    assert "“Flow” has ended" in Client().post(link.group(1).removeprefix(settings.CONFIG["QIUPU_BASE_URL"])).content.decode()
    assert send_digests(WEDNESDAY) == Round(silent=1)
    assert "1 new scenario for you" in mail.outbox[0].subject


def test_the_clock_of_an_introduction_is_told_as_it_runs_down() -> None:
    supplier = member("supplier", language="en")
    row = scenario(title_en="Visitor peaks", published_at=None)
    ranking = Ranking.objects.create(
        scenario=row, method="m", engine_version="1", seed=0, input_sha256="0" * 64, pool_size=1, ranked_at=TUESDAY
    )
    pair = {"scenario": row, "capability": capability(supplier.organisation), "ranking": ranking, "rank": 1, "score": 0.5}
    Match.objects.create(**pair, **MATCH.begin("introduced", TUESDAY - timedelta(hours=1)))  # fourteen days to reply
    told = [day for day in range(17) if send_digests(TUESDAY + timedelta(days=day)) == Round(sent=1)]
    # New; Mondays (days 6 and 13); a week before (day 7); three days (11) and a day (13) before; late (14). Day 13 is both.
    assert told == [0, 6, 7, 11, 13, 14]
    assert all("Visitor peaks\n  Say whether you are interested" in one.body for one in mail.outbox)


def test_the_worker_keeps_the_calendar(configure: Configure) -> None:
    _unit_with_work()
    configure(QIUPU_DIGEST_HOUR=0)
    tell_once()
    tell_once()
    assert len(mail.outbox) == 1


def test_the_clock_of_reconfirming_is_told() -> None:
    own = organisation(kind="company")
    owner = member("owner", own, language="en")
    scenario(own, title_en="Tea need", state_due_at=TUESDAY + timedelta(days=20))
    scenario(own, title_en="Fresh need", state_due_at=TUESDAY + timedelta(days=80))
    send_digests(TUESDAY)
    body = mail.outbox[0].body
    assert "Tea need\n  Say that the need still stands, or it leaves the list" in body
    assert "Fresh need" not in body
    assert mail.outbox[0].to == [owner.user.email]


def test_weekly_and_off_are_kept(configure: Configure) -> None:
    _unit_with_work()
    configure(QIUPU_DIGEST="weekly")
    assert send_digests(TUESDAY) == Round(silent=1)
    assert send_digests(TUESDAY + timedelta(days=6)) == Round(sent=1)
    configure(QIUPU_DIGEST="off")
    assert send_digests(TUESDAY + timedelta(days=13)) == Round(silent=1)


class TestTheCalendar:
    def test_a_round_a_day_from_the_hour_on(self, configure: Configure) -> None:
        _unit_with_work()
        early = TUESDAY - timedelta(hours=2)  # seven o'clock in Shanghai
        assert not is_due(early)
        keep_time(early)
        assert DigestRun.objects.count() == 0
        keep_time(TUESDAY)
        keep_time(TUESDAY + timedelta(minutes=1))
        run = DigestRun.objects.get()
        assert (run.sent, run.failed, run.silent) == (1, 0, 0)
        assert not is_due(TUESDAY + timedelta(hours=5))
        assert is_due(WEDNESDAY)

    def test_without_a_mail_server_the_round_is_done_too(self, configure: Configure) -> None:
        configure(EMAIL_URL="")
        keep_time(TUESDAY)
        assert not is_due(TUESDAY + timedelta(minutes=1))


def test_the_count_of_queries_for_one_reader_does_not_grow(django_assert_max_num_queries: Any) -> None:
    from qiupu_web.faces.notices.composing import letter_for

    one = _unit_with_work()
    for _ in range(3):
        commitment(lead_unit=one.organisation)
    with django_assert_max_num_queries(16):
        letter = letter_for(one.user, TUESDAY)
    assert len(letter.lines) == 4


def test_an_actor_without_work_gets_nothing() -> None:
    actor("auditor")
    assert send_digests(TUESDAY) == Round(silent=1)
    assert mail.outbox == []
