"""Brochures for tests: Word files and pdfs, made here."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import docx

CLAIMS = (
    "月溪数据的客流预测",
    "系统按小时预测景区客流，提前十四天给出区间。",
    "已在三个景区运行，平均误差低于百分之八。",
    "The service forecasts visitor flow by the hour for tourist sites.",
    "电话：0566-1234567",
)


def word(lines: Sequence[str] = CLAIMS) -> bytes:
    """A Word file; the first line is its title."""
    document = docx.Document()
    for place, line in enumerate(lines):
        document.add_heading(line, 0) if place == 0 else document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A pdf whose pages hold lines of Latin text; a page without lines has only a drawn box, as a scan would."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        words = " ".join(f"({line.replace('(', '[').replace(')', ']')}) Tj 0 -20 Td" for line in lines)
        drawn = zlib.compress(f"BT /F1 11 Tf 50 750 Td {words} ET".encode() if lines else b"50 50 400 600 re f")
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        kids.append(len(objects) + 1)
        box = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (box, len(objects)))
    listed = " ".join(f"{kid} 0 R" for kid in kids).encode()
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)
