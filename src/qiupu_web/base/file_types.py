"""Is a file what its name says? Documents that serve as evidence are checked by their first bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePath

from qiupu.errors import N_, FileError

SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
}
INSIDE: Mapping[str, str] = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
CONTENT_TYPES: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
SCANS = (".pdf", ".png", ".jpg", ".jpeg")
DOCUMENTS = (*SCANS, ".docx", ".xlsx")


def content_type_of(data: bytes, name: str, allowed: tuple[str, ...] = DOCUMENTS) -> str:
    """Return the content type of a document.

    Raises
    ------
    FileError
        When the file is empty, of a kind that is not ``allowed``, or not what its name says.
    """
    suffix = PurePath(name).suffix.lower()
    if not data:
        raise FileError(N_("The file is empty."), cure=N_("Send the document itself."), file=name, code="empty")
    if suffix not in allowed:
        raise FileError(
            N_("A file of the kind “{suffix}” cannot serve as evidence."),
            cure=N_("Send one of these: {allowed}."),
            file=name,
            code="kind",
            suffix=suffix or "?",
            allowed=", ".join(allowed),
        )
    if not data.startswith(SIGNATURES[suffix]) or not _holds(data, suffix):
        raise FileError(
            N_("The file is not what its name says ({suffix})."),
            cure=N_("Open it, save it again in that format, and send that."),
            file=name,
            code="not-what-it-says",
            suffix=suffix,
        )
    return CONTENT_TYPES[suffix]


def _holds(data: bytes, suffix: str) -> bool:
    """Return whether an Office file holds what its kind must hold: any archive begins as they do."""
    if suffix not in INSIDE:
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return INSIDE[suffix] in archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False
