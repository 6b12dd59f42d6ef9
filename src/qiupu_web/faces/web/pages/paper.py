"""The few pieces from which the Word files are made; drawings are pictures, or characters where no font allows pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import docx
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from qiupu.errors import MissingExtra, PlatformError
from qiupu_web.faces.web.pages.drawings import funnel_rows, gantt_of
from qiupu_web.faces.web.pages.funnel import Bar
from qiupu_web.faces.web.pages.typesetting import Job, typeset
from qiupu_web.faces.web.projects.drawing import Gantt

TILE = RGBColor(0x2B, 0x32, 0x36)
GREY = RGBColor(0x66, 0x70, 0x76)
BAR_CELLS = 30


def blank(*, is_landscape: bool = False) -> Document:
    """Return an empty A4 document in the type that both languages have."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if is_landscape else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.6)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Noto Sans CJK SC", Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    style.paragraph_format.space_after = Pt(3)
    return document


def bytes_of(document: Document, title: str) -> bytes:
    """Return the file, with its title and language."""
    stream = BytesIO()
    document.core_properties.title = title
    document.core_properties.language = get_language() or "en"
    document.save(stream)
    return stream.getvalue()


def line(document: Document, text: str, *, size: float = 10, bold: bool = False, colour: RGBColor | None = None) -> None:
    """Add a paragraph of one run."""
    run = document.add_paragraph().add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour


def picture(document: Document, png: bytes, *, width: Length, alt: str) -> None:
    """Add a picture with its text for those who do not see it."""
    shape = document.add_picture(BytesIO(png), width=width)
    shape._inline.docPr.set("descr", alt)  # python-docx has no other way to describe a picture
    document.paragraphs[-1].paragraph_format.space_after = Pt(6)


def _sheet(title: str) -> dict[str, str]:
    return {"title": title, "site": "", "invented": "", "foot": ""}


def funnel_job(drawn: Sequence[Bar]) -> Job:
    """Return the funnel as a picture to be set."""
    return Job("funnel.typ", {**_sheet(_("How far its sentences came")), "funnel": funnel_rows(drawn)}, "png")


def gantt_job(drawn: Gantt) -> Job:
    """Return a Gantt drawing as a picture to be set."""
    return Job("gantt.typ", {**_sheet(_("Milestones over time; the table below says the same.")), "gantt": gantt_of(drawn)}, "png")


def pictures(jobs: Sequence[Job], at: datetime) -> list[bytes | None]:
    """Return the pictures; None for each where none can be had, so that a Word file can still be had."""
    try:
        return [*typeset(jobs, at=at)]
    except (MissingExtra, PlatformError):
        return [None] * len(jobs)


def funnel(document: Document, drawn: Sequence[Bar], png: bytes | None) -> None:
    """Add the funnel as the page draws it, or in characters where there is no picture."""
    if png is None:
        _funnel_of_characters(document, drawn)
        return
    counts = ", ".join(f"{bar.label} {bar.count}" for bar in drawn)
    picture(document, png, width=Cm(16), alt=": ".join((_("How far its sentences came"), counts)))


def gantt(document: Document, png: bytes | None) -> None:
    """Add the Gantt drawing as the page draws it; where there is no picture the table of milestones says the same."""
    if png is not None:
        picture(document, png, width=Cm(25), alt=_("Milestones over time; the table below says the same."))


def _funnel_of_characters(document: Document, drawn: Sequence[Bar]) -> None:
    """Draw the funnel with characters that survive any printer: full for what came so far, light for what was lost."""
    table = document.add_table(rows=0, cols=4)
    for bar in drawn:
        cells = table.add_row().cells
        full = round(BAR_CELLS * bar.width / 100)
        lost = min(BAR_CELLS - full, round(BAR_CELLS * bar.lost_width / 100))
        texts = (bar.label, "█" * full + "░" * lost, str(bar.count), "" if not bar.change else f"{bar.change:+d}")
        for cell, text, width in zip(cells, texts, (Cm(3), Cm(10.5), Cm(1.5), Cm(2)), strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.font.size = Pt(9)
            if text.startswith(("█", "░")):
                run.font.color.rgb = TILE
            elif text.isdigit():
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
