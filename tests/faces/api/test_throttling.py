"""The API's limits: by token, by address, in the reader's language, before any token is looked at; pages have none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests.factories import member

from qiupu_web.configuration import SETTINGS, Configuration
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.usecases import issue_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Set the limits for this test, with a table of counts of its own."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr("qiupu_web.faces.api.throttling.time.time", lambda: 1_772_442_015.0)  # 15 s into a minute

    def change(**values: Any) -> None:
        monkeypatch.setattr(settings, "CONFIG", Configuration({**settings.CONFIG.values, **values}))

    return change


def _token() -> dict[str, str]:
    row = member("unit")
    who = Actor(role="unit", name="x", user_id=row.user_id, organisation_id=row.organisation_id, organisation_code="x")
    now = timezone.now() - timedelta(seconds=1)
    _row, secret = issue_token(actor=who, now=now, membership=row, name="t", scopes=[], days=5)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def _statuses(client: Client, count: int, **headers: str) -> list[int]:
    return [client.get("/api/scenarios", **headers).status_code for _ in range(count)]


def test_an_address_is_limited_and_told_when_to_come_back(client: Client, limit: Callable[..., None]) -> None:
    limit(QIUPU_API_PER_ADDRESS=3, QIUPU_API_PER_TOKEN=0)
    assert _statuses(client, 4) == [200, 200, 200, 429]
    refused = client.get("/api/scenarios", HTTP_ACCEPT_LANGUAGE="en")
    assert refused["Retry-After"] == "45"
    assert refused.json()["code"] == "too-many-requests"
    assert refused.json()["message"] == "More than 3 requests came within a minute."
    chinese = client.get("/api/scenarios", HTTP_ACCEPT_LANGUAGE="zh-CN").json()
    assert chinese["message"] == "一分钟内请求超过 3 次。"
    assert chinese["cure"] == "请等待 45 秒后再试，并放慢请求频率。"
    assert _statuses(client, 1, REMOTE_ADDR="203.0.113.9") == [200]
    assert client.get("/en/opportunities/").status_code == 200


def test_a_token_is_limited_wherever_it_is_used_from(client: Client, limit: Callable[..., None]) -> None:
    limit(QIUPU_API_PER_ADDRESS=0, QIUPU_API_PER_TOKEN=2)
    one, other = _token(), _token()
    assert _statuses(client, 2, **one) == [200, 200]
    assert _statuses(client, 1, **one, REMOTE_ADDR="203.0.113.9") == [429]
    assert _statuses(client, 1, **other) == [200]
    assert _statuses(client, 3) == [200, 200, 200]


def test_guessing_tokens_is_limited_too(client: Client, limit: Callable[..., None]) -> None:
    limit(QIUPU_API_PER_ADDRESS=2, QIUPU_API_PER_TOKEN=2)
    guesses = [client.get("/api/me", HTTP_AUTHORIZATION=f"Bearer qiupu_{n}").status_code for n in range(3)]
    assert guesses == [401, 401, 429]


def test_a_forged_forwarding_changes_nothing_and_a_trusted_proxy_is_believed(client: Client, limit: Callable[..., None]) -> None:
    limit(QIUPU_API_PER_ADDRESS=1)
    forged = [_statuses(client, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}") for n in range(2)]
    assert forged == [[200], [429]]
    limit(QIUPU_API_PER_ADDRESS=1, QIUPU_PROXIES=1)
    # The proxy appends the address that it sees; whatever stands before it was written by the reader.
    assert _statuses(client, 1, HTTP_X_FORWARDED_FOR="9.9.9.9, 198.51.100.7") == [200]
    assert _statuses(client, 1, HTTP_X_FORWARDED_FOR="8.8.8.8, 198.51.100.7") == [429]
    assert _statuses(client, 1, HTTP_X_FORWARDED_FOR="198.51.100.8") == [200]


def test_the_limits_are_settings_with_defaults_and_help() -> None:
    found = {one.name: one for one in SETTINGS}
    assert (found["QIUPU_API_PER_TOKEN"].default, found["QIUPU_API_PER_ADDRESS"].default) == ("300", "600")
    assert all("0 means no limit" in found[name].help for name in ("QIUPU_API_PER_TOKEN", "QIUPU_API_PER_ADDRESS"))
