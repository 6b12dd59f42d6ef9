"""Text files: a mark of order first, then strict UTF-8, then strict GB18030; nothing is ever dropped in silence."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass

from qiupu.errors import N_, FileError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BINARY_STARTS = {
    b"PK\x03\x04": "zip (xlsx, docx)",
    b"%PDF": "pdf",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"\xd0\xcf\x11\xe0": "doc/xls",
    b"PAR1": "parquet",
    b"\x1f\x8b": "gzip",
    b"\x7fELF": "program",
}


CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
CONTROL_BYTES = bytes([*range(9), *range(14, 32)])
PRIVATE = re.compile("[\ue000-\uf8ff]+")


@dataclass(frozen=True)
class Text:
    """A decoded text with the encoding that it was read by and the hash of its bytes."""

    text: str
    encoding: str
    sha256: str
    name: str = ""


def sha256_of(data: bytes) -> str:
    """Return the hash of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, *, name: str = "", encoding: str | None = None) -> Text:
    """Decode the bytes of a text file.

    Parameters
    ----------
    data : bytes
    name : str
        The file's name, for messages.
    encoding : str, optional
        The reader's own choice, which overrides the guess.

    Raises
    ------
    FileError
        When the file is empty, is not text, or fits none of the encodings.
    """
    where = name or None
    if not data.strip():
        raise FileError(N_("The file is empty."), cure=N_("Choose a file with text in it."), file=where, code="empty")
    for start, kind in BINARY_STARTS.items():
        if data.startswith(start):
            raise FileError(
                N_("This is a {kind} file, not a text file."),
                cure=N_("Choose a file of the type that is asked for."),
                file=where,
                code="not-text",
                kind=kind,
            )
    for candidate in _candidates(data, encoding):
        try:
            text = data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        if _looks_like_text(text):
            return Text(text.removeprefix("\ufeff"), candidate, sha256_of(data), name)
    raise FileError(
        N_("The file is in none of the encodings that are read (UTF-8, GB18030, or UTF-16 with a mark)."),
        cure=N_("Save it as UTF-8 and try again."),
        file=where,
        code="encoding",
    )


def _candidates(data: bytes, encoding: str | None) -> tuple[str, ...]:
    if encoding:
        return (encoding,)
    for mark, name in MARKS:
        if data.startswith(mark):
            return (name,)
    return ("utf-8", "gb18030")


def _looks_like_text(text: str) -> bool:
    if text.isascii():
        return len(text.encode().translate(None, CONTROL_BYTES)) == len(text)  # a hundred times as quick as a pattern
    if CONTROL.search(text):
        return False
    return sum(len(run) for run in PRIVATE.findall(text)) * 20 <= len(text)
