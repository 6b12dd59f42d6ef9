"""The second reader that an operator may set beside the rules."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings

from qiupu.errors import FileError, PlatformError
from qiupu_web.agreements.bridge import read_text

TEXT = "12月24日，青岚市人民政府与星衡智能签署战略合作协议。市长表示，希望双方推动智慧旅游项目落地。星衡智能的团队届时进驻青岚。"


@pytest.fixture
def endpoint() -> Iterator[dict[str, str]]:
    """A real server on this machine that says what ``said`` holds."""
    said = {"answer": ""}

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"choices": [{"message": {"content": said["answer"]}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    said["url"] = f"http://127.0.0.1:{server.server_port}/v1#any"
    yield said
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_endpoint_adds_what_stands_in_the_text_and_nothing_else(
    endpoint: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quotes = ("星衡智能的团队届时进驻青岚。", "星衡智能捐资一亿元。")
    found = [{"quote": quote, "debtor": "星衡智能", "strength": "duty", "speaker": None} for quote in quotes]
    endpoint["answer"] = json.dumps({"statements": found}, ensure_ascii=False)
    before = {one.quote for one in read_text(TEXT).statements}
    monkeypatch.setitem(settings.CONFIG.values, "QIUPU_READER", endpoint["url"])
    after = {one.quote for one in read_text(TEXT).statements}
    assert after - before <= {quotes[0]}
    assert quotes[1] not in after


def test_nonsense_and_missing_weights_are_said_with_their_cure(endpoint: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint["answer"] = "I cannot do that."
    monkeypatch.setitem(settings.CONFIG.values, "QIUPU_READER", endpoint["url"])
    with pytest.raises(PlatformError):
        read_text(TEXT)
    monkeypatch.setitem(settings.CONFIG.values, "QIUPU_READER", "/nowhere/weights")
    with pytest.raises(FileError) as caught:
        read_text(TEXT)
    assert "model.onnx" in caught.value.message("zh")
