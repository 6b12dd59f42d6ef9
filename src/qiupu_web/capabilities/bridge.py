"""Brochures and the engines that read them: the only place here that knows these."""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_right
from dataclasses import dataclass

import qiupu
from qiupu.agreements import Document, propose_field, read_document
from qiupu.agreements.folding import fold
from qiupu.agreements.layout import Paragraph, paragraphs, sentences
from qiupu.errors import N_, FileError
from qiupu.text import language_of

MAX_SENTENCES = 80
LONGEST = 600
CONTACT = re.compile(
    r"电话|手机|传真|邮箱|邮编|网址|地址[：:]|公众号|版权|www\.|https?://|@|©|"
    r"\b(?:tel|phone|fax|e-?mail|web ?site|address|copyright)\b",
    re.IGNORECASE,
)
TITLE_LONGEST = 60


@dataclass(frozen=True)
class ReadSentence:
    """One sentence as it stands in the brochure; ``page`` is None where files have no pages."""

    quote: str
    language: str
    page: int | None


@dataclass(frozen=True)
class ReadBrochure:
    """What was read: a title and a field to propose (empty when none is found), the sentences, how many more there were."""

    title: str
    field: str
    language: str
    pages: int | None
    sentences: tuple[ReadSentence, ...]
    left_out: int
    engine_version: str = qiupu.__version__


def read_file(data: bytes, name: str) -> ReadBrochure:
    """Read a brochure: docx, or pdf with a text layer.

    Raises
    ------
    FileError
        When it is of another type, broken, locked, a scan, or holds no sentence.
    """
    _check_type(data, name)
    document = read_document(data, name)
    parts = paragraphs(fold(document.text))
    title = _title(document.text, parts)
    found = [one for one in _sentences(document, parts) if one.quote != title]
    if not found:
        raise FileError(
            N_("No sentence was found in the brochure."),
            cure=N_("Send one that says in sentences what you do, or write the capability by hand."),
            file=name[-80:],
            code="no-sentences",
        )
    return ReadBrochure(
        title=title,
        field=propose_field(document.text) or "",
        language=language_of(document.text[:20_000]),
        pages=document.pages,
        sentences=tuple(found[:MAX_SENTENCES]),
        left_out=max(0, len(found) - MAX_SENTENCES),
    )


def _check_type(data: bytes, name: str) -> None:
    if not data:
        raise FileError(N_("The brochure is empty."), cure=N_("Send the document itself."), file=name[-80:], code="empty")
    is_word = data.startswith(b"PK\x03\x04") and (b"word/document.xml" in data or not zipfile.is_zipfile(io.BytesIO(data)))
    if data.startswith(b"%PDF") or is_word:
        return  # a broken one is named by the reader
    raise FileError(
        N_("This is no brochure that can be read: neither a Word file (.docx) nor a pdf."),
        cure=N_("Open it, save it as .docx or .pdf, and send that."),
        file=name[-80:],
        code="type",
    )


def _sentences(document: Document, parts: list[Paragraph]) -> list[ReadSentence]:
    """Return what says something: no headings, no ways to get in touch, nothing twice."""
    folded = fold(document.text)
    found: dict[str, ReadSentence] = {}
    for part in parts:
        if part.heading:
            continue
        for span in sentences(folded, part):
            quote = _joined(document.text[span.start : span.end])
            lang = "zh" if language_of(quote) == "zh" else "en"
            if _says_something(quote, lang):
                page = bisect_right(document.page_starts, span.start) if document.page_starts else None
                found.setdefault(quote, ReadSentence(quote, lang, page))
    return list(found.values())


def _joined(text: str) -> str:
    """Take line breaks out: nothing between Chinese characters, a blank between words."""
    text = re.sub(r"(?<=[\u2e80-\uffef])\s*\n\s*(?=[\u2e80-\uffef])", "", text)
    return re.sub(r"^(?:[-*•·●■◆▪○]\s*)+", "", re.sub(r"\s+", " ", text)).strip()


def _says_something(quote: str, lang: str) -> bool:
    if len(quote) > LONGEST or CONTACT.search(quote):
        return False
    return len(re.findall(r"\w", quote)) >= 8 if lang == "zh" else len(re.findall(r"[A-Za-z]{2,}", quote)) >= 4


def _title(text: str, parts: list[Paragraph]) -> str:
    """Return the first line that may be a title; empty when there is none."""
    for part in parts[:5]:
        line = _joined(text[part.start : part.end])
        if 2 <= len(line) <= TITLE_LONGEST and not CONTACT.search(line) and not re.search(r"[。！？!?]", line):
            return line.strip("#* ：:")
    return ""
