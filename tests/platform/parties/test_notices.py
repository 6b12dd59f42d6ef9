"""Who is told what and when: the rules, and the use cases that keep it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from tests.factories import NOW, actor, member, organisation

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.configuration import Configuration
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.models import Delivery, Digest, SavedSearch, Told, Webhook
from qiupu_web.parties.queries_notices import deliveries_due, digest_readers, last_digest, told_keys
from qiupu_web.parties.rules_notices import MOST_SEARCHES, fresh_keys, is_time_to_tell, next_attempt, stage_of
from qiupu_web.parties.usecases.notices import (
    choose_digest,
    claim_digest,
    end_search,
    record_digest,
    save_search,
    see_news,
)
from qiupu_web.parties.usecases.webhooks import (
    add_webhook,
    address_of,
    claim_delivery,
    edit_webhook,
    end_webhook,
    queue_delivery,
    record_delivery,
    secret_of,
)

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=very-private"


class TestRules:
    def test_a_thing_becomes_more_urgent(self) -> None:
        days = {9: "waits", 7: "week", 3.5: "week", 3: "soon", 1: "day", 0.1: "day", 0: "late", -40: "late"}
        assert {left: stage_of(NOW + timedelta(days=left), NOW) for left in days} == days
        assert stage_of(None, NOW) == "waits"

    def test_only_what_is_new_or_more_urgent_is_fresh(self) -> None:
        told = {"a": "waits", "b": "day", "c": "late", "d": "unknown word"}
        now = {"a": "soon", "b": "week", "c": "late", "d": "waits", "e": "waits"}
        assert fresh_keys(now, told) == {"a", "d", "e"}

    @pytest.mark.parametrize(
        "rhythm, day, last, waits, fresh, told",
        [
            ("daily", TUESDAY, None, True, True, True),
            ("daily", TUESDAY, MONDAY, True, False, False),  # nothing is fresh: no nagging
            ("daily", MONDAY, None, True, False, True),  # but on Mondays all that waits
            ("daily", MONDAY, MONDAY, True, True, False),  # never twice on one day
            ("daily", TUESDAY, TUESDAY - timedelta(days=7), True, False, True),  # the Monday was missed
            ("weekly", TUESDAY, MONDAY, True, True, False),
            ("weekly", MONDAY, None, True, True, True),
            ("weekly", TUESDAY, TUESDAY - timedelta(days=8), True, False, True),
            ("daily", MONDAY, None, False, False, False),  # nothing to say
            ("off", MONDAY, None, True, True, False),
        ],
    )
    def test_when_a_digest_comes(self, rhythm: str, day: date, last: date | None, waits: bool, fresh: bool, told: bool) -> None:
        assert is_time_to_tell(rhythm, day, last=last, waits=waits, is_fresh=fresh) is told

    def test_a_message_is_tried_five_times_within_four_hours(self) -> None:
        # Pauses of 1, 5, 30 and 180 minutes; after the fifth attempt it is given up.
        minutes = [next_attempt(n, NOW) for n in range(1, 6)]
        assert [None if at is None else (at - NOW).total_seconds() / 60 for at in minutes] == [1, 5, 30, 180, None]


@pytest.mark.django_db
class TestDigests:
    def _claim(self, user: Any, day: date = TUESDAY, news: tuple[str, ...] = ()) -> Digest:
        return claim_digest(actor=system(), now=NOW, user=user, day=day, stages={"x": "late"}, news=list(news))

    def test_one_an_account_and_day(self) -> None:
        user = member("unit").user
        first = self._claim(user)
        with pytest.raises(Conflict):
            self._claim(user)
        record_digest(actor=system(), now=NOW, digest=first)
        with pytest.raises(Conflict):
            self._claim(user)
        assert self._claim(user, TUESDAY + timedelta(days=1)).pk != first.pk
        assert last_digest(user) == first

    def test_what_surely_failed_may_be_taken_again_and_its_news_are_untold(self) -> None:
        user = member("supplier").user
        first = self._claim(user, news=("scenario:1", "scenario:2"))
        assert told_keys(user=user) == {"scenario:1", "scenario:2"}
        record_digest(actor=system(), now=NOW, digest=first, problem="550 no such user")
        assert told_keys(user=user) == set()
        assert last_digest(user) is None
        again = self._claim(user, news=("scenario:2",))
        assert again.pk == first.pk
        assert (again.state, again.problem) == ("claimed", "")

    def test_nobody_chooses_for_another(self) -> None:
        one, other = actor("unit"), member("unit").user
        with pytest.raises(NotAllowed):
            choose_digest(actor=one, now=NOW, user=other, rhythm="off")
        with pytest.raises(InputError):
            choose_digest(actor=system(), now=NOW, user=other, rhythm="hourly")

    def test_readers_are_open_accounts_that_act_for_somebody_and_no_invented_ones(self) -> None:
        reader = member("unit").user
        member("unit", is_demo=True)
        member("unit", is_active=False)
        left = member("unit")
        left.is_active = False
        left.save()
        closed = member("unit")
        closed.organisation.is_active = False
        closed.organisation.save()
        assert list(digest_readers()) == [reader]


@pytest.mark.django_db
class TestSearches:
    def test_a_search_is_saved_once_and_keeps_only_filters_of_the_list(self) -> None:
        who = actor("supplier")
        given = {"field": "smart-tourism", "page": "3", "state": ""}
        row = save_search(actor=who, now=NOW, name=" Tourism ", query=" visitor   flow ", filters=given)
        assert (row.name, row.query, row.filters) == ("Tourism", "visitor flow", {"field": "smart-tourism"})
        with pytest.raises(Conflict):
            save_search(actor=who, now=NOW, name="Again", query="visitor flow", filters={"field": "smart-tourism"})
        end_search(actor=who, now=NOW, search=row)
        assert save_search(actor=who, now=NOW, name="Again", query="visitor flow", filters={"field": "smart-tourism"}).pk

    def test_there_is_a_most(self) -> None:
        who = actor("supplier")
        for number in range(MOST_SEARCHES):
            save_search(actor=who, now=NOW, name="x", query=f"word {number}")
        with pytest.raises(Conflict, match="20"):
            save_search(actor=who, now=NOW, name="x", query="one more")

    def test_a_name_is_needed_and_colleagues_do_not_end_each_others(self) -> None:
        own = organisation()
        one, other = actor("supplier", own), actor("supplier", own)
        with pytest.raises(InputError):
            save_search(actor=one, now=NOW, name="  ")
        row = save_search(actor=one, now=NOW, name="x")
        with pytest.raises(NotAllowed):
            end_search(actor=other, now=NOW, search=row)

    def test_only_keys_of_scenarios_are_put_away(self) -> None:
        who = actor("supplier")
        save_search(actor=who, now=NOW, name="x")
        assert see_news(actor=who, now=NOW, keys=["scenario:7", "scenario:7", "scenario:x", "user:1", "scenario:" + "9" * 30]) == 1
        assert list(Told.objects.values_list("key", flat=True)) == ["seen:scenario:7"]


@pytest.mark.django_db
class TestWebhooks:
    def _add(self, who: Actor, org: Any = None, **fields: Any) -> Webhook:
        from qiupu_web.parties.models import Organisation

        org = org or Organisation.objects.get(pk=who.organisation_id)
        base = {"name": "Duty group", "kind": "wecom", "address": ROBOT, "language": "zh-hans", "secret": "SEC123"}
        return add_webhook(actor=who, now=NOW, organisation=org, **{**base, **fields})

    def test_address_and_secret_are_kept_encrypted_and_out_of_the_records(self) -> None:
        row = self._add(actor("unit"))
        assert (address_of(row), secret_of(row), row.host) == (ROBOT, "SEC123", "qyapi.weixin.qq.com")
        edit_webhook(actor=system(), now=NOW, webhook=row, name="Other", address=ROBOT + "2")
        assert address_of(row) == ROBOT + "2"
        assert secret_of(row) == "SEC123"
        stored = str(Webhook.objects.values().get()) + str(list(AuditRecord.objects.values_list("changes", flat=True)))
        assert "very-private" not in stored
        assert "SEC123" not in stored
        end_webhook(actor=system(), now=NOW, webhook=row)
        assert Webhook.objects.values_list("address_sealed", "secret_sealed").get() == ("", "")

    def test_members_add_for_their_own_organisation_and_administrators_for_any(self) -> None:
        with pytest.raises(NotAllowed):
            self._add(actor("unit"), organisation())
        assert self._add(actor("administrator"), organisation()).pk
        for role in ("steward", "auditor"):
            with pytest.raises(NotAllowed):
                self._add(actor(role))

    @pytest.mark.parametrize("address", ["http://example.org/", "https://127.0.0.1/x", "https://10.0.0.1/", "https://localhost/"])
    def test_private_addresses_want_the_setting(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        who = actor("unit")
        with pytest.raises(InputError):
            self._add(who, address=address)
        assert Webhook.objects.count() == 0
        monkeypatch.setattr(settings, "CONFIG", Configuration({**settings.CONFIG.values, "QIUPU_WEBHOOK_PRIVATE": True}))
        assert self._add(who, address=address).pk

    def test_bad_words_name_the_field(self) -> None:
        for fields, column in (({"name": " "}, "name"), ({"kind": "fax"}, "kind"), ({"language": "xx"}, "language")):
            with pytest.raises(InputError) as error:
                self._add(actor("unit"), **fields)
            assert error.value.where.column == column

    def test_a_message_is_queued_once_and_tried_until_given_up(self) -> None:
        row, now = self._add(actor("unit")), NOW
        message = queue_delivery(
            actor=system(), now=now, webhook=row, key="day:1", title="t", lines=[("a", "b")], news=["scenario:1"]
        )
        with pytest.raises(Conflict):
            queue_delivery(actor=system(), now=now, webhook=row, key="day:1", title="t", lines=[])
        assert told_keys(webhook=row) == {"scenario:1"}
        for attempt in range(1, 6):
            assert list(deliveries_due(now)) == [message]
            claimed = claim_delivery(actor=system(), now=now, delivery=message)
            assert claimed.attempts == attempt
            assert list(deliveries_due(now)) == []
            message = record_delivery(actor=system(), now=now, delivery=claimed, status=500, problem="HTTP 500")
            now = message.next_at or now
        assert (message.state, message.last_status, message.next_at) == ("failed", 500, None)

    def test_an_attempt_that_died_is_taken_over_and_its_late_answer_is_not_taken(self) -> None:
        row = self._add(actor("unit"))
        message = queue_delivery(actor=system(), now=NOW, webhook=row, key="k", title="t", lines=[])
        dead = claim_delivery(actor=system(), now=NOW, delivery=Delivery.objects.get(pk=message.pk))
        with pytest.raises(Conflict):
            claim_delivery(actor=system(), now=NOW, delivery=message)
        later = NOW + timedelta(minutes=3)
        fresh = claim_delivery(actor=system(), now=later, delivery=deliveries_due(later).get())
        with pytest.raises(Conflict):
            record_delivery(actor=system(), now=later, delivery=dead, status=200)
        assert record_delivery(actor=system(), now=later, delivery=fresh, status=200).state == "sent"

    def test_an_ended_one_is_told_nothing(self) -> None:
        row = self._add(actor("unit"))
        message = queue_delivery(actor=system(), now=NOW, webhook=row, key="k", title="t", lines=[])
        end_webhook(actor=system(), now=NOW, webhook=row)
        message.refresh_from_db()
        assert message.state == "failed"
        assert list(deliveries_due(NOW)) == []
        with pytest.raises(Conflict):
            queue_delivery(actor=system(), now=NOW, webhook=row, key="k2", title="t", lines=[])


@pytest.mark.django_db
def test_searches_of_closed_organisations_tell_nothing() -> None:
    from qiupu_web.parties.queries_notices import open_searches

    one = member("supplier")
    who = Actor(role="supplier", name="x", user_id=one.user_id, organisation_id=one.organisation_id)
    save_search(actor=who, now=NOW, name="x")
    one.organisation.is_active = False
    one.organisation.save()
    assert list(open_searches(one.user)) == []
    assert SavedSearch.objects.count() == 1
