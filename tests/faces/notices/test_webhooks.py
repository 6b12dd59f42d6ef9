"""Webhooks end to end, against a real server: what is posted, what is kept of the answer, and that nothing goes anywhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.faces.notices.conftest import Robot
from tests.factories import actor, commitment, member, organisation, scenario

from qiupu_web.faces.notices.posting import queue_posts, send_due, send_test
from qiupu_web.parties.actors import VISITOR, Actor
from qiupu_web.parties.models import Delivery, Organisation, Webhook
from qiupu_web.parties.usecases.accounts import file_sign_up
from qiupu_web.parties.usecases.notices import save_search
from qiupu_web.parties.usecases.webhooks import add_webhook

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def unit() -> Organisation:
    return organisation(kind="unit", name_zh="文旅局", name_en="Tourism bureau")


@pytest.fixture
def hook(robot: Robot, configure: Callable[..., None], unit: Organisation) -> Webhook:
    configure(QIUPU_WEBHOOK_PRIVATE=True)
    return _hook(robot, unit)


def _hook(robot: Robot, of: Organisation, **fields: Any) -> Webhook:
    base = {"name": "Duty group", "kind": "wecom", "address": robot.address, "language": "zh-hans"}
    who = Actor(role="administrator", name="x", user_id=member("administrator").user_id)
    return add_webhook(actor=who, now=TUESDAY, organisation=of, **{**base, **fields})


def test_a_units_chat_is_told_once_a_day_what_is_due(robot: Robot, hook: Webhook, unit: Organisation) -> None:
    commitment(lead_unit=unit, title_zh="茶园巡检", state_due_at=TUESDAY + timedelta(days=2))
    commitment(lead_unit=unit, title_zh="不急的事", state_due_at=TUESDAY + timedelta(days=90))
    commitment(lead_unit=organisation(kind="unit"), title_zh="别家的事", state_due_at=TUESDAY)
    assert (queue_posts(TUESDAY), queue_posts(TUESDAY)) == (1, 0)
    assert (send_due(TUESDAY), send_due(TUESDAY)) == (1, 0)
    (body,) = robot.bodies()
    text = body["markdown"]["content"]
    assert text.startswith("**秋浦 · 池州: 文旅局有 1 项待办**") or "文旅局有 1 项待办" in text
    assert "茶园巡检" in text
    assert "另有 1 项不急的待办" in text
    assert "别家的事" not in text
    assert "http://127.0.0.1:8000/zh-hans/" in text
    assert Delivery.objects.get().state == "sent"
    assert queue_posts(TUESDAY + timedelta(days=6)) == 1  # Monday: all that waits
    send_due(TUESDAY + timedelta(days=6))
    assert "不急的事" in robot.bodies()[1]["markdown"]["content"]


def test_a_chat_is_not_told_who_asks_for_an_account(robot: Robot, hook: Webhook) -> None:
    office = organisation(kind="office")
    _hook(robot, office, name="Office")
    file_sign_up(
        actor=VISITOR, now=TUESDAY, email="a@b.cn", password="river-and-tea", organisation_name="茶", role="owner", name_zh="李四"
    )
    scenario(state="submitted", title_zh="客流预警", state_due_at=TUESDAY)
    queue_posts(TUESDAY + timedelta(days=6))
    send_due(TUESDAY + timedelta(days=6))
    text = str(robot.bodies())
    assert "客流预警" in text
    assert "李四" not in text


def test_without_anything_to_say_nothing_is_sent(robot: Robot, hook: Webhook, unit: Organisation) -> None:
    commitment(lead_unit=unit, state_due_at=TUESDAY + timedelta(days=90))
    assert queue_posts(TUESDAY) == 0
    assert send_due(TUESDAY) == 0
    assert robot.got == []


def test_new_scenarios_reach_the_suppliers_chat_once_and_only_public_ones(robot: Robot, configure: Callable[..., None]) -> None:
    configure(QIUPU_WEBHOOK_PRIVATE=True)
    supplier = organisation(kind="startup")
    save_search(actor=actor("supplier", supplier), now=TUESDAY - timedelta(days=3), name="Flow", query="visitors")
    _hook(robot, supplier, kind="json", language="en", tells_work=False, secret="word")
    scenario(title_en="Visitors at peaks", published_at=TUESDAY - timedelta(days=1))
    scenario(title_en="Visitors in secret", state="submitted", published_at=None)
    assert [queue_posts(TUESDAY + timedelta(days=n)) for n in range(3)] == [1, 0, 0]
    send_due(TUESDAY)
    (body,) = robot.bodies()
    assert [line["text"].split(" · ")[:2] for line in body["lines"]] == [["new", "Visitors at peaks"]]
    assert robot.got[0][2]["X-Qiupu-Signature"].startswith("sha256=")


def test_what_is_refused_is_tried_again_and_the_answer_kept(robot: Robot, hook: Webhook, unit: Organisation) -> None:
    commitment(lead_unit=unit, state_due_at=TUESDAY)
    queue_posts(TUESDAY)
    robot.answer = (200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}')
    send_due(TUESDAY)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.last_status) == ("waiting", 1, 200)
    assert row.last_problem == "errcode 93000: invalid webhook url"
    assert row.next_at is not None
    robot.answer = (200, b'{"errcode": 0}')
    Delivery.objects.update(next_at=TUESDAY)
    send_due(TUESDAY)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_problem) == ("sent", 2, "")
    assert len(robot.got) == 2


def test_a_setting_taken_back_stops_private_addresses(
    robot: Robot, hook: Webhook, unit: Organisation, configure: Callable[..., None]
) -> None:
    configure(QIUPU_WEBHOOK_PRIVATE=False)
    commitment(lead_unit=unit, state_due_at=TUESDAY)
    queue_posts(TUESDAY)
    send_due(TUESDAY)
    assert robot.got == []
    assert Delivery.objects.get().state == "waiting"
    assert Delivery.objects.get().last_status is None
    client = Client()
    client.force_login(member("unit", unit).user)
    assert "The address is not an https address." in client.get("/en/notices/webhooks/").content.decode()
    assert "该地址不是 https 地址。" in client.get("/zh-hans/notices/webhooks/").content.decode()


def test_a_test_is_sent_at_once_and_tried_once(robot: Robot, hook: Webhook) -> None:
    who = actor("unit", hook.organisation)
    assert send_test(actor=who, now=TUESDAY, webhook=hook).state == "sent"
    assert "推送测试" in robot.bodies()[0]["markdown"]["content"]
    robot.answer = (500, b"")
    done = send_test(actor=who, now=TUESDAY, webhook=hook)
    assert (done.state, done.last_problem) == ("failed", "HTTP 500")


class TestPages:
    ADDRESS = "https://oapi.dingtalk.com/robot/send?access_token=very-private"

    def _post(self, client: Client, **fields: str) -> Any:
        base = {"name": "Duty group", "kind": "dingtalk", "address": self.ADDRESS, "secret": "SECvery-private", "language": "en"}
        return client.post("/en/notices/webhooks/new/", {**base, "tells": "tells_work", **fields})

    def test_a_member_adds_one_and_its_secrets_are_never_shown(self, client: Client) -> None:
        one = member("unit")
        client.force_login(one.user)
        assert self._post(client)["Location"] == "/en/notices/webhooks/"
        row = Webhook.objects.get()
        assert (row.organisation, row.tells_work, row.tells_news) == (one.organisation, True, False)
        for path in ("/en/notices/webhooks/", f"/en/notices/webhooks/{row.pk}/"):
            page = client.get(path).content.decode()
            assert "oapi.dingtalk.com" in page
            assert "very-private" not in page
        changed = client.post(
            f"/en/notices/webhooks/{row.pk}/", {"name": "Other", "language": "zh-hans", "address": "", "secret": ""}
        )
        assert changed.status_code == 302
        row.refresh_from_db()
        assert (row.name, row.language, row.host) == ("Other", "zh-hans", "oapi.dingtalk.com")
        client.post(f"/en/notices/webhooks/{row.pk}/end/")
        row.refresh_from_db()
        assert row.ended_at is not None
        assert "No chat or program is told anything yet" in client.get("/en/notices/webhooks/").content.decode()

    def test_a_wrong_address_is_named_and_what_was_typed_stays_but_for_the_secret(self, client: Client) -> None:
        client.force_login(member("unit").user)
        page = self._post(client, address="https://192.168.1.9/hook?key=1")
        assert page.status_code == 400
        assert "private network" in page.content.decode()
        assert "SECvery-private" not in page.content.decode()
        assert 'value="Duty group"' in page.content.decode()
        assert Webhook.objects.count() == 0

    def test_others_neither_see_nor_test_nor_end_it(self, client: Client, robot: Robot, hook: Webhook) -> None:
        for role, status in (("unit", 404), ("supplier", 404), ("office", 404), ("auditor", 403), ("steward", 403)):
            client.force_login(member(role).user)
            for path in ("", "test/", "end/"):
                assert client.post(f"/en/notices/webhooks/{hook.pk}/{path}").status_code == status
        assert Client().get("/en/notices/webhooks/").status_code == 403
        client.force_login(member("administrator").user)
        assert "Duty group" in client.get("/en/notices/webhooks/").content.decode()
        hook.refresh_from_db()
        assert hook.ended_at is None
        assert robot.got == []

    def test_the_test_button_says_what_was_answered(self, client: Client, robot: Robot, hook: Webhook) -> None:
        client.force_login(member("unit", hook.organisation).user)
        assert "was taken by" in client.post(f"/en/notices/webhooks/{hook.pk}/test/", follow=True).content.decode()
        robot.answer = (200, json.dumps({"errcode": 310000, "errmsg": "sign not match"}).encode())
        page = client.post(f"/en/notices/webhooks/{hook.pk}/test/", follow=True).content.decode()
        assert "did not take the test: errcode 310000: sign not match" in page
        assert client.get(f"/en/notices/webhooks/{hook.pk}/test/").status_code == 405

    def test_the_count_of_queries_does_not_grow(
        self, client: Client, robot: Robot, hook: Webhook, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(3):
            _hook(robot, organisation(kind="unit"))
        client.force_login(member("administrator").user)
        client.get("/en/notices/webhooks/")
        with django_assert_max_num_queries(7):
            client.get("/en/notices/webhooks/")
