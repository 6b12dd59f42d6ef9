"""Messages have the forms that the robots document, fit their limits, and let no markup through."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from qiupu_web.base.transport import Answer
from qiupu_web.faces.notices.robots import Message, markdown, message_for, plain, problem_in

WHEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINES = [("late · Tea *garden*: Answer", "https://q.example/zh-hans/x/?a=1"), ("2 more", "")]


def _message(kind: str, secret: str = "", address: str = "https://hook.example/send?key=k") -> Message:
    return message_for(kind, address=address, secret=secret, title="Two things", lines=LINES, key="day:1", now=WHEN)


def test_wecom() -> None:
    message = _message("wecom", secret="ignored")
    assert message.address == "https://hook.example/send?key=k"
    assert json.loads(message.data) == {
        "msgtype": "markdown",
        "markdown": {"content": "**Two things**\n- [late · Tea ＊garden＊: Answer](https://q.example/zh-hans/x/?a=1)\n\n2 more"},
    }


def test_dingtalk_is_signed_by_time_and_secret() -> None:
    message = _message("dingtalk", secret="SECabc")
    body = json.loads(message.data)
    assert body["msgtype"] == "markdown"
    assert body["markdown"]["title"] == "Two things"
    assert body["markdown"]["text"].startswith("**Two things**\n- [late")
    query = parse_qs(urlsplit(message.address).query)
    assert query["key"] == ["k"]
    assert query["timestamp"] == ["1772442000000"]  # 2 March 2026, 09:00 UTC, in milliseconds
    # printf '1772442000000\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64
    assert query["sign"] == ["Rve+uzasIBcR5n7jAPKF/yAj6/4QerzOLRaQyohNaQ4="]
    assert _message("dingtalk").address == "https://hook.example/send?key=k"
    assert "?timestamp=" in _message("dingtalk", secret="s", address="https://hook.example/send").address


def test_a_program_gets_json_and_a_signature_over_exactly_these_bytes() -> None:
    message = _message("json", secret="word")
    assert json.loads(message.data) == {
        "key": "day:1",
        "title": "Two things",
        "lines": [
            {"text": "late · Tea *garden*: Answer", "address": "https://q.example/zh-hans/x/?a=1"},
            {"text": "2 more", "address": ""},
        ],
    }
    import hashlib
    import hmac

    assert message.headers == {"X-Qiupu-Signature": "sha256=" + hmac.new(b"word", message.data, hashlib.sha256).hexdigest()}
    assert _message("json").headers == {}


def test_markup_and_line_breaks_of_titles_do_nothing() -> None:
    assert plain("a\n# b](https://evil.example)<font>`c`") == "a ＃ b］(https://evil.example)＜font＞＇c＇"
    text = markdown("t", [("x", "https://q.example/a b)(c")], 4096)
    assert text.endswith("](https://q.example/a%20b%29%28c)")


def test_a_long_message_is_cut_between_lines_and_says_how_many_are_left() -> None:
    lines = [(f"承诺{n}：" + "很长" * 40, f"https://q.example/{n}") for n in range(60)]
    text = markdown("题目", lines, 4096)
    assert len(text.encode()) <= 4096
    shown = text.count("https://q.example/")
    assert text.endswith(f"and {60 - shown} more")
    assert 5 < shown < 60


@pytest.mark.parametrize(
    "kind, status, body, problem",
    [
        ("wecom", 200, {"errcode": 0, "errmsg": "ok"}, ""),
        ("wecom", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "errcode 93000: invalid webhook url"),
        ("dingtalk", 200, {"errcode": 310000, "errmsg": "sign not match"}, "errcode 310000: sign not match"),
        ("dingtalk", 200, None, "errcode –: "),
        ("json", 200, None, ""),
        ("json", 204, None, ""),
        ("json", 302, None, "HTTP 302"),
        ("wecom", 503, {"errcode": 0}, "HTTP 503"),
    ],
)
def test_what_counts_as_taken(kind: str, status: int, body: object, problem: str) -> None:
    assert problem_in(kind, Answer(status, body)) == problem
