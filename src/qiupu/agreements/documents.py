"""Turn a file into text: txt, md, docx and pdf with a text layer."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePath

from qiupu.errors import N_, FileError
from qiupu.files import decode, sha256_of

MAX_CHARACTERS = 5_000_000
MAX_BYTES = 50_000_000
MAX_UNPACKED = 200_000_000
FEW_CHARACTERS_PER_PAGE = 8


@dataclass(frozen=True)
class Document:
    """A decoded text, where it came from, the hash of the file's bytes, and where in the text each page of a PDF begins."""

    text: str
    kind: str
    name: str
    sha256: str
    pages: int | None = None
    page_starts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in ("text", "docx", "pdf"):
            raise ValueError(f"unknown kind {self.kind!r}")


def read_document(data: bytes, name: str = "") -> Document:
    """Return the text of a file.

    Parameters
    ----------
    data : bytes
    name : str
        The file's name; its content, not its name, says what it is.

    Raises
    ------
    FileError
        When the file is empty, too large, broken, scanned without text, or of another type.
    """
    where = name or None
    if len(data) > MAX_BYTES:
        raise FileError(
            N_("The file has {size} MB; at most {limit} MB are read."),
            cure=N_("Leave out pictures and annexes, or save it as text."),
            file=where,
            code="too-large",
            size=len(data) // 1_000_000,
            limit=MAX_BYTES // 1_000_000,
        )
    if data.startswith(b"%PDF"):
        return _read_pdf(data, name)
    if data.startswith(b"PK\x03\x04") or PurePath(name).suffix.lower() == ".docx":
        return _read_docx(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(
            N_("This is a file of an old Word version (.doc), which is not read."),
            cure=N_("Open it in Word or LibreOffice and save it as .docx."),
            file=where,
            code="old-word",
        )
    text = decode(data, name=name).text
    return Document(_within_limit(text, name), "text", name, sha256_of(data))


def _within_limit(text: str, name: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise FileError(
            N_("The text has {size} characters; at most {limit} are read."),
            cure=N_("Split it into several files."),
            file=name or None,
            code="too-large",
            size=len(text),
            limit=MAX_CHARACTERS,
        )
    return text


def _read_docx(data: bytes, name: str) -> Document:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped]  # lxml has no types

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            unpacked = sum(info.file_size for info in archive.infolist())
        _require_word(names, name)
        if unpacked > MAX_UNPACKED:
            raise zipfile.BadZipFile("too large when unpacked")  # noqa: TRY301  the same answer as for a broken archive
        lines: list[str] = []
        for block in docx.Document(io.BytesIO(data)).iter_inner_content():
            if isinstance(block, Table):
                lines.extend(_rows_of(block))
            else:
                lines.append(block.text)
    except (zipfile.BadZipFile, PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, EOFError, OSError) as error:
        raise FileError(
            N_("The Word file is broken and cannot be opened ({kind})."),
            cure=N_("Open it in Word or LibreOffice, let it be repaired, and save it again; or paste the text."),
            file=name or None,
            code="broken-docx",
            kind=type(error).__name__,
        ) from error
    text = "\n".join(lines)
    if not text.strip():
        raise FileError(
            N_("The Word file holds no text; it may hold pictures of pages only."),
            cure=N_("Recognise the text first (OCR), or paste it."),
            file=name or None,
            code="no-text",
        )
    return Document(_within_limit(text, name), "docx", name, sha256_of(data))


def _require_word(members: set[str], name: str) -> None:
    if "word/document.xml" not in members:
        raise FileError(
            N_("This is a packed file, but not a Word document (.docx)."),
            cure=N_("Choose the agreement as txt, md, docx or pdf."),
            file=name or None,
            code="not-docx",
        )


def _rows_of(table: object) -> list[str]:
    lines = []
    for row in table.rows:  # type: ignore[attr-defined]  # python-docx has no types
        cells: list[str] = []
        for cell in row.cells:
            if not cells or cells[-1] != cell.text:
                cells.append(cell.text)
        lines.append("  ".join(cells))
    return lines


def _read_pdf(data: bytes, name: str) -> Document:
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise FileError(
            N_("The PDF file is locked by a password.") if locked else N_("The PDF file is broken and cannot be opened."),
            cure=N_("Save it without a password.") if locked else N_("Print or save it as PDF again, or paste the text."),
            file=name or None,
            code="locked-pdf" if locked else "broken-pdf",
        ) from error
    pages = []
    try:
        for page in pdf:
            layer = page.get_textpage()
            pages.append(layer.get_text_bounded())
            layer.close()
            page.close()
    finally:
        pdf.close()
    mended = [_mend(page) for page in pages]
    text = "\n\n".join(mended)
    starts = tuple(accumulate((len(page) + 2 for page in mended[:-1]), initial=0)) if mended else ()
    if len(re.sub(r"\s", "", text)) < FEW_CHARACTERS_PER_PAGE * max(1, len(pages)):
        raise FileError(
            N_("The PDF has {pages} pages but no text: it is a scan."),
            cure=N_("Recognise its text first (OCR), or paste the text."),
            file=name or None,
            code="scanned-pdf",
            pages=len(pages),
        )
    return Document(_within_limit(text, name), "pdf", name, sha256_of(data), len(pages), starts)


def _mend(page: str) -> str:
    """Give a page plain line ends, and join words that were split at a line's end (pdfium marks them with U+FFFE)."""
    return re.sub(r"[\ufffe\u0002]\n?", "", page.replace("\r\n", "\n").replace("\r", "\n")).replace("\x00", "")
