"""What stops the site from starting, each with its cause and its cure, in both languages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.factories import member

from qiupu.errors import Conflict, InputError
from qiupu_web.faces.commands import readiness


def test_a_port_in_use_is_named_with_another_one_to_take() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError) as caught:
            readiness.require_free_port("127.0.0.1", port)
    assert f"--port {port + 1}" in caught.value.cure("en")
    assert "端口" in caught.value.message("zh")


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_left_alone() -> None:
    MigrationRecorder(connection).record_applied("trials", "9999_from_the_future")
    with pytest.raises(Conflict, match="newer version") as caught:
        readiness.require_database()
    assert "9999_from_the_future" in str(caught.value)


@pytest.mark.django_db
def test_our_own_database_is_taken() -> None:
    readiness.require_database()


@pytest.mark.django_db
def test_a_public_address_refuses_while_demo_accounts_exist() -> None:
    readiness.require_no_demo_accounts("0.0.0.0")
    member("office", is_demo=True)
    readiness.require_no_demo_accounts("127.0.0.1")
    with pytest.raises(Conflict, match="remove_demo_accounts"):
        readiness.require_no_demo_accounts("0.0.0.0")


@pytest.mark.parametrize(
    "host, expected", [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("city.example", False)]
)
def test_loopback(host: str, expected: bool) -> None:
    assert readiness.is_loopback(host) is expected


def _run(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qiupu.cli", *words],
        env={**os.environ, "QIUPU_HOME": str(home), "DATABASE_URL": "", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, "serve", "--port", "0", DATABASE_URL="postgres://nobody@127.0.0.1:1/none", QIUPU_LANG="zh")
    assert done.returncode == 3
    assert "数据库没有响应" in done.stderr


def test_a_setting_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, "serve", QIUPU_WORKERS="many")
    assert done.returncode == 2
    assert "QIUPU_WORKERS" in done.stderr


def test_the_demo_leaves_another_installation_alone(tmp_path: Path) -> None:
    assert _run(tmp_path, "manage", "migrate", "-v0").returncode == 0
    script = (
        "from django.utils import timezone; from qiupu_web.parties.actors import system; "
        "from qiupu_web.parties.usecases import create_organisation as c; "
        "c(actor=system(), now=timezone.now(), kind='unit', name_en='Real bureau')"
    )
    assert _run(tmp_path, "manage", "shell", "-v0", "-c", script).returncode == 0
    done = _run(tmp_path, "demo", "--no-serve")
    assert done.returncode == 2
    assert "must not touch" in done.stderr
    assert (tmp_path / "qiupu.sqlite3").exists()
