"""The sender is killed (SIGKILL) while a mail is on its way; nobody gets a second one that day, and the others get theirs.

Real processes, a real mail server on this machine, on a database of their own: SQLite, or a fresh PostgreSQL database beside the
one that DATABASE_URL names.
"""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.slow

SETUP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from tests.factories import commitment, member, organisation
for _ in range(3):
    one = member("unit", organisation(kind="unit"), language="en")
    commitment(lead_unit=one.organisation, state_due_at=timezone.now())
"""
SEND = """
from django.utils import timezone
from qiupu_web.faces.notices.sending import send_digests
send_digests(timezone.now())
"""
REPORT = """
import json
from qiupu_web.base.audit import broken_links
from qiupu_web.parties.models import Digest
print(json.dumps([sorted(Digest.objects.values_list("state", flat=True)), list(broken_links())]))
"""


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as is needed; from the second mail on it may stop answering after it has taken the words."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.hangs_at: int | None = None
        self.hung = threading.Event()
        super().__init__(("127.0.0.1", 0), _Session)


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self._say("220 test")
        to = ""
        for raw in self.rfile:
            line = raw.decode().strip()
            word = line[:4].upper()
            if word == "RCPT":
                to = line.split("<", 1)[1].split(">", 1)[0]
            if word == "DATA":
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.server.taken.append(to)
                if self.server.hangs_at == len(self.server.taken):
                    self.server.hung.set()
                    self.server.hangs_at = None
                    self.rfile.readline()  # until the sender is dead
                    return
            self._say("221 bye" if word == "QUIT" else "250 fine")
            if word == "QUIT":
                return


@pytest.fixture
def server() -> Iterator[MailServer]:
    found = MailServer()
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


@pytest.fixture
def environment(tmp_path: Path, server: MailServer) -> Iterator[dict[str, str]]:
    base = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    given = {
        **base,
        "QIUPU_HOME": str(tmp_path / "home"),
        "EMAIL_URL": f"smtp://127.0.0.1:{server.server_address[1]}",
        "DJANGO_SETTINGS_MODULE": "qiupu_web.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), base.get("PYTHONPATH", "")]),
    }
    address = os.environ.get("DATABASE_URL", "")
    if not address:
        yield given
        return
    import psycopg

    name = f"sender_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(address.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {**given, "DATABASE_URL": f"{address.rsplit('/', 1)[0]}/{name}"}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _start(code: str, environment: dict[str, str]) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _run(code: str, environment: dict[str, str]) -> Any:
    process = _start(code, environment)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out) if out.strip() else None


def test_a_killed_sender_sends_nobody_a_second_mail(server: MailServer, environment: dict[str, str]) -> None:
    _run(SETUP, environment)
    server.hangs_at = 2
    first = _start(SEND, environment)
    assert server.hung.wait(60)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert len(server.taken) == 2  # the second was taken, but the sender never heard of it
    _run(SEND, environment)
    _run(SEND, environment)
    assert len(server.taken) == 3
    assert len(set(server.taken)) == 3
    states, broken = _run(REPORT, environment)
    assert states == ["claimed", "sent", "sent"]
    assert broken == []
