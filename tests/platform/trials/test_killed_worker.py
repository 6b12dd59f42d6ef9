"""A worker is killed (SIGKILL) in the middle of a run; the entry is neither lost, nor scored twice, nor charged twice.

Real processes on a database of their own: SQLite, or a fresh PostgreSQL database beside the one that DATABASE_URL names.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from qiupu.sandbox import probe

ROOT = Path(__file__).resolve().parents[3]
LEASE_S = 10
"""Long enough that a busy machine still renews it, short enough to wait for."""
pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

SETUP = """
import json
from django.utils import timezone
from django.core.management import call_command
call_command("migrate", verbosity=0)
from datetime import timedelta
from tests.trials_world import PREDICT, World, predictions, program
from qiupu_web.trials import usecases
world, now = World(), timezone.now()
trial = world.sealed(quota=2)
usecases.open_trial(actor=world.steward, now=now, trial=trial, closes_at=now + timedelta(days=9))
slow = world.enter(trial, program("import time; time.sleep(8)\\n" + PREDICT), kind="code", name="slow.zip", now=now)
quick = world.enter(trial, predictions(3), now=now)
print(json.dumps({"slow": slow.pk, "quick": quick.pk}))
"""

REPORT = """
import json
from qiupu_web.base.audit import broken_links
from qiupu_web.trials.models import Entry, LadderState, Score
from qiupu_web.trials import usecases
print(json.dumps({
    "entries": {str(e.pk): [e.state, e.attempt, e.quota_returned] for e in Entry.objects.all()},
    "scores": [[s.entry_id, s.split, s.attempt] for s in Score.objects.filter(metric="accuracy").order_by("entry_id", "split")],
    "answers": [row.state["answers"] for row in LadderState.objects.all()],
    "broken": list(broken_links()),
    "counted": usecases.entries_counted(Entry.objects.first().trial, {Entry.objects.first().organisation_id}),
}))
"""

LOOK = """
import json, time
from qiupu_web.trials.models import Entry
print("ready", flush=True)
for _ in range(3000):
    entry = Entry.objects.get(pk={pk})
    if entry.state == "running" and entry.progress == "public":
        print(json.dumps(entry.attempt)); break
    time.sleep(0.1)
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    found = probe()
    if found.error is not None:
        pytest.skip(f"no sandbox can be had here: {found.error}")
    base = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    given = {
        **base,
        "QIUPU_HOME": str(tmp_path / "home"),
        "QIUPU_LEASE_S": str(LEASE_S),
        "QIUPU_HIDDEN_TICK_S": "0",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "qiupu_web.settings",
    }
    address = os.environ.get("DATABASE_URL", "")
    if not address:
        yield given
        return
    import psycopg

    name = f"killed_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(address.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {**given, "DATABASE_URL": address.rsplit("/", 1)[0] + f"/{name}"}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def python(script: str, environment: dict[str, str]) -> Any:
    code = "import django; django.setup()\n" + script
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@contextmanager
def watching(script: str, environment: dict[str, str]) -> Iterator[Callable[[], Any]]:
    """Start a script that prints "ready" once it looks, so that nothing is missed; yield what waits for its answer."""
    code = "import django; django.setup()\n" + script
    with subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield lambda: json.loads(process.stdout.readline())  # type: ignore[union-attr]  # asserted above
        finally:
            process.kill()


def worker(environment: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "qiupu.cli", "worker", *words]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def test_a_worker_killed_in_the_middle_of_a_run(environment: dict[str, str]) -> None:
    entries = python(SETUP, environment)
    with watching(LOOK.format(pk=entries["slow"]), environment) as seen:
        first = worker(environment)
        try:
            killed = seen()
        finally:
            first.send_signal(signal.SIGKILL)
            first.communicate()
    time.sleep(LEASE_S + 0.5)
    second = worker(environment, "--batch")
    _out, errors = second.communicate(timeout=240)
    assert second.returncode == 0, errors[-3000:]
    report = python(REPORT, environment)
    slow, quick = str(entries["slow"]), str(entries["quick"])
    state, attempt, returned = report["entries"][slow]
    # Two attempts; more where the machine was too busy to start the sandbox in time, which is tried again by itself.
    assert (state, returned) == ("scored", False), errors[-3000:].decode()
    assert attempt > killed
    assert report["entries"][quick][::2] == ["scored", False]
    assert report["scores"] == [
        [entries["slow"], "feedback", attempt],
        [entries["slow"], "public", attempt],
        [entries["quick"], "feedback", report["entries"][quick][1]],
    ]
    assert report["answers"] == [2]
    assert report["broken"] == []
    assert report["counted"] == 2
