"""The way out: only https, never to the machine itself or its network, no redirect, and no waiting without end."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from qiupu.errors import InputError
from qiupu_web.base.transport import Unreachable, is_public, parse_target, post_json


class Other(ThreadingHTTPServer):
    """A real HTTP server that keeps what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[tuple[str, Any, dict[str, str]]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def address(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Other

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, json.loads(body), dict(self.headers)))
        if self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(100):
                    self.wfile.write(b" ")
                    time.sleep(0.1)
            except OSError:
                pass  # the caller has hung up, as it should
            return
        status = 302 if self.path == "/elsewhere" else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.address("/got-you"))
        self.end_headers()
        self.wfile.write(b'{"errcode": 0}' if self.path != "/words" else b"fine")

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output of tests clean."""


@pytest.fixture
def other() -> Iterator[Other]:
    server = Other()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/x",
        "ftp://example.org/x",
        "example.org/x",
        "",
        "https://",
        "https://user:word@example.org/",
        "https://exa mple.org/",
        "https://example.org/\r\nX: 1",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_https_address_is_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(InputError) as error:
        parse_target(address)
    assert error.value.where.column == "address"
    assert error.value.message("zh-hans") != error.value.message("en")


@pytest.mark.parametrize(
    "host",
    ["localhost", "a.localhost", "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254",
     "100.64.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]",
     "[2002:7f00:1::]", "224.0.0.1", "[ff02::1]"],
)  # fmt: skip
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(InputError, match="private network"):
        parse_target(f"https://{host}/hook")
    assert parse_target(f"https://{host}/hook", allow_private=True).path == "/hook"


def test_public_addresses_pass() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2001:4860:4860::8888")
    target = parse_target(" https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a-b ")
    assert (target.host, target.port, target.path) == ("qyapi.weixin.qq.com", 443, "/cgi-bin/webhook/send?key=a-b")


def test_a_name_that_leads_into_the_network_is_refused_when_it_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # What an attacker's name server would answer; the name itself looks harmless.
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(InputError, match="private network"):
        post_json("https://hook.example.org/", b"{}")


def test_it_posts_json_and_returns_the_answer(other: Other) -> None:
    answer = post_json(other.address("/in?key=1"), json.dumps({"a": "茶"}).encode(), headers={"X-A": "b"}, allow_private=True)
    assert (answer.status, answer.body) == (200, {"errcode": 0})
    path, body, headers = other.got[0]
    assert (path, body) == ("/in?key=1", {"a": "茶"})
    assert headers["X-A"] == "b"
    assert headers["Content-Type"].startswith("application/json")
    assert post_json(other.address("/words"), b"{}", allow_private=True).body is None


def test_without_the_setting_nothing_reaches_a_local_server(other: Other) -> None:
    for address in (other.address(), other.address().replace("http:", "https:")):
        with pytest.raises(InputError):
            post_json(address, b"{}")
    assert other.got == []


def test_a_redirect_is_an_answer_and_not_followed(other: Other) -> None:
    assert post_json(other.address("/elsewhere"), b"{}", allow_private=True).status == 302
    assert [path for path, _body, _headers in other.got] == ["/elsewhere"]


def test_a_slow_drip_is_cut(other: Other) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        post_json(other.address("/drip"), b"{}", timeout_s=0.5, allow_private=True)
    assert time.monotonic() - begun < 5  # it would drip for ten seconds; the limit is twice the time out


def test_nobody_there_is_said(other: Other) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="cannot be reached"):
        post_json(f"http://127.0.0.1:{port}/", b"{}", allow_private=True)


def test_https_to_a_server_without_a_certificate_fails(other: Other) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        post_json(other.address().replace("http:", "https:"), b"{}", allow_private=True)
