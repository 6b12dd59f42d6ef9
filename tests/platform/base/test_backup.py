"""A backup restored into an empty installation gives the same rows and a whole chain; anything else changes nothing."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from tests.factories import NOW, scenario

from qiupu.errors import Conflict, FileError
from qiupu_web.base import backup
from qiupu_web.base.blobs import keep, load
from qiupu_web.parties.actors import system
from qiupu_web.parties.usecases import create_organisation

pytestmark = pytest.mark.django_db(transaction=True)


def _empty() -> None:
    call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    create_organisation(actor=system(), now=NOW, kind="unit", code="bureau", name_zh="文旅局", name_en="Tourism bureau")
    scenario()
    keep("佐证".encode(), name="evidence.txt", now=NOW)
    target = tmp_path / "backup.tar.gz"
    backup.write_backup(target, keys=tmp_path / "keys.tar", now=NOW)
    return target


def test_restore_gives_back_counts_chain_and_files(filled: Path) -> None:
    before = backup.counts()
    sha256 = next(path.name for path in (settings.HOME / "files").rglob("*") if path.is_file())
    if connection.vendor == "sqlite":
        _empty()
        (settings.HOME / "files" / sha256[:2] / sha256).unlink()
        manifest = backup.read_backup(filled, keys=None)
        assert backup.counts() == before
        assert manifest["audit"]["number"] == 1
        assert load(sha256)


def test_an_installation_with_rows_is_left_alone(filled: Path) -> None:
    before = backup.counts()
    with pytest.raises(Conflict, match="not empty"):
        backup.read_backup(filled, keys=None)
    assert backup.counts() == before


def test_the_keys_are_never_in_the_backup(filled: Path) -> None:
    with tarfile.open(filled) as archive:
        assert not [name for name in archive.getnames() if name.startswith("keys") or name.endswith(".key")]
    with tarfile.open(filled.with_name("keys.tar")) as archive:
        assert "secret.key" in archive.getnames()


def test_a_file_that_is_no_backup_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.tar.gz"
    path.write_text("notes")
    with pytest.raises(FileError, match="not a whole backup"):
        backup.read_backup(path, keys=None)


def test_a_backup_never_writes_over_a_file(filled: Path) -> None:
    with pytest.raises(Conflict, match="exists already"):
        backup.write_backup(filled, keys=None, now=NOW)
