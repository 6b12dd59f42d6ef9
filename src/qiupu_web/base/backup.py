"""Backup and restore: one archive of the database, the files and the (encrypted) vault; the keys go into another one.

The database is written as portable rows, so a backup made on SQLite can be restored on PostgreSQL and the other way round.
"""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from qiupu import __version__
from qiupu.errors import N_, Conflict, FileError, PlatformError
from qiupu_web.base.audit import broken_links
from qiupu_web.base.models import AuditRecord

FORMAT = 1
LEFT_OUT = ("contenttypes", "sessions", "auth")
FOLDERS = ("files", "vault")


def kept_models() -> Iterator[type[models.Model]]:
    """Yield the models whose rows a backup holds."""
    for model in apps.get_models():
        if model._meta.app_label not in LEFT_OUT and model._meta.managed and not model._meta.proxy:
            yield model


def counts() -> dict[str, int]:
    """Return the number of rows of each kept model."""
    return {model._meta.label_lower: model._base_manager.count() for model in kept_models()}


def _manifest(now: datetime) -> dict[str, Any]:
    last = AuditRecord.objects.order_by("-number").values("number", "hash").first()
    return {
        "format": FORMAT,
        "version": __version__,
        "made_at": now.isoformat(),
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations),
        "counts": counts(),
        "audit": last or {"number": 0, "hash": ""},
    }


def write_backup(target: Path, *, keys: Path | None, now: datetime) -> dict[str, Any]:
    """Write the archive, and the keys' archive when ``keys`` is given; each appears whole or not at all.

    Raises
    ------
    Conflict
        When a target exists already.
    """
    for path in filter(None, (target, keys)):
        if path.exists():
            raise Conflict(N_("The file {path} exists already."), cure=N_("Choose another name."), path=path, code="exists")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        rows, made = Path(folder) / "database.jsonl", Path(folder) / "backup.tar.gz"
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            manifest = _manifest(now)
            call_command("dumpdata", exclude=list(LEFT_OUT), format="jsonl", output=str(rows), use_base_manager=True, verbosity=0)
        with tarfile.open(made, "w:gz", compresslevel=3) as archive:
            _add_bytes(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
            archive.add(rows, "database.jsonl")
            for name in FOLDERS:
                if (settings.HOME / name).is_dir():
                    archive.add(settings.HOME / name, name)
        if keys is not None:
            _write_keys(Path(folder) / "keys.tar", keys)
        made.rename(target)
    return manifest


def _write_keys(made: Path, target: Path) -> None:
    with tarfile.open(made, "w") as archive:
        for path in sorted(settings.CONFIG.keys.glob("*")):
            archive.add(path, path.name)
    made.chmod(0o600)
    made.rename(target)


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def read_backup(source: Path, *, keys: Path | None) -> dict[str, Any]:
    """Restore an archive into an empty installation and prove counts and audit chain.

    Raises
    ------
    FileError
        When it is no backup, or a damaged one.
    Conflict
        When the installation is not empty, or the backup comes from a newer version.
    """
    with tempfile.TemporaryDirectory(dir=settings.HOME) as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        _require_known(manifest, source)
        call_command("migrate", verbosity=0, interactive=False)
        _require_empty()
        with transaction.atomic():
            call_command("loaddata", str(folder / "database.jsonl"), verbosity=0)
            _prove(manifest)
        for part in FOLDERS:
            if (folder / part).is_dir():
                shutil.copytree(folder / part, settings.HOME / part, dirs_exist_ok=True)
        if keys is not None:
            _read_keys(keys)
    return manifest


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, ValueError, EOFError) as error:
        raise FileError(
            N_("This is not a whole backup of Qiupu."), cure=N_("Choose a file that `qiupu manage backup` wrote."), file=str(source)
        ) from error
    return manifest


def _require_known(manifest: dict[str, Any], source: Path) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations}
    unknown = [name for name in manifest["migrations"] if name not in known]
    if manifest["format"] > FORMAT or unknown:
        raise Conflict(
            N_("The backup was made by a newer version of Qiupu ({version})."),
            cure=N_("Install that version first. Nothing was changed."),
            file=str(source),
            version=manifest["version"],
            code="newer-backup",
        )


def _require_empty() -> None:
    filled = [name for name, count in counts().items() if count]
    if filled:
        raise Conflict(
            N_("This installation is not empty (it has rows of {name})."),
            cure=N_("Restore into an empty QIUPU_HOME and database; nothing was changed."),
            name=filled[0],
            code="not-empty",
        )


def _prove(manifest: dict[str, Any]) -> None:
    last = AuditRecord.objects.order_by("-number").values("number", "hash").first() or {"number": 0, "hash": ""}
    if counts() != manifest["counts"] or last != manifest["audit"] or next(broken_links(), None) is not None:
        raise PlatformError(
            N_("The restored rows are not those of the backup."), cure=N_("Take an earlier backup. Nothing was changed.")
        )


def _read_keys(source: Path) -> None:
    settings.CONFIG.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with tarfile.open(source, "r:") as archive:
            archive.extractall(settings.CONFIG.keys, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise FileError(
            N_("This is not an archive of keys."), cure=N_("Choose the file that `--keys` wrote."), file=str(source)
        ) from error
    for path in settings.CONFIG.keys.iterdir():
        path.chmod(0o600)
