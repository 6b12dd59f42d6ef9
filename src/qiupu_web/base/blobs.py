"""Files kept once under their sha256, outside the database, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings

from qiupu.errors import N_, FileError, NotFound, PlatformError
from qiupu_web.base.models import StoredFile

DISK_FULL = "disk-full"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room, no quota, a file larger than the process may write."""


def path_of(sha256: str) -> Path:
    """Return where the file with this hash lies."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def keep(data: bytes, *, name: str, now: datetime, content_type: str = "") -> StoredFile:
    """Store bytes and return their row; the same bytes are stored once.

    Raises
    ------
    FileError
        When they are larger than ``QIUPU_UPLOAD_MAX_MB`` allows.
    """
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise FileError(
            N_("The file is larger than {limit} MB."),
            cure=N_("Send a smaller file, or ask the operator to raise QIUPU_UPLOAD_MAX_MB."),
            file=name,
            code="too-large",
            limit=settings.UPLOAD_MAX_BYTES // 1024 // 1024,
        )
    sha256 = hashlib.sha256(data).hexdigest()
    target = path_of(sha256)
    if not target.exists():
        write_whole(target, data)
    row, _created = StoredFile.objects.get_or_create(
        sha256=sha256,
        defaults={"name": name[:200], "size": len(data), "content_type": content_type[:100], "created_at": now},
    )
    return row


def write_whole(target: Path, data: bytes) -> None:
    """Write a file whole or not at all, and make it last.

    Raises
    ------
    PlatformError
        When the disk is full; nothing is left behind then.
    """
    name = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(target)
    except OSError as error:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        if error.errno not in FULL:
            raise
        raise PlatformError(
            N_("The disk of this server is full. Nothing was stored, nothing was counted."),
            cure=N_("Tell the operator to make room, then send it again."),
            code=DISK_FULL,
        ) from error


def load(sha256: str) -> bytes:
    """Return the bytes of a stored file."""
    try:
        return path_of(sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(
            N_("The file {sha} is not in the store."), cure=N_("Restore it from the backup."), sha=sha256[:12]
        ) from error
