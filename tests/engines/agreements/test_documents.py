"""Files: docx, pdf, text, and everything that can be wrong with them, in both languages."""

from __future__ import annotations

import io
import zipfile

import docx
import pypdfium2 as pdfium
import pytest

from qiupu.agreements import read, read_document
from qiupu.errors import FileError, InputError, QiupuError

FRENCH = (
    "Le présent accord est conclu entre la ville de Lyon et la société Dupont, qui s'engagent à coopérer dans le "
    "domaine du tourisme et de la culture pour une durée de trois ans à compter de la signature par les parties."
)
JAPANESE = "この協定は、市と会社が観光と農業の分野で協力することを目的として締結されたものであり、双方は誠実に履行する。"
CONTRACT = (
    "合作协议\n\n甲方:青岚市人民政府\n乙方:澜境智能科技有限公司\n\n1. 甲方应开放数据。\n\n甲方代表:高山\n签订日期:2024年12月20日\n"
)


def pdf_with(lines: list[str]) -> bytes:
    """Write a PDF of one page by hand: five objects and a table of where they stand."""
    body = "BT /F1 11 Tf 60 760 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(body)} >>\nstream\n{body}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    text, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = len(text)
    text += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010d} 00000 n \n" for place in places)
    return (text + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").encode("latin-1")


def scanned_pdf() -> bytes:
    pdf = pdfium.PdfDocument.new()
    pdf.new_page(595, 842).close()
    pdf.new_page(595, 842).close()
    stream = io.BytesIO()
    pdf.save(stream)
    pdf.close()
    return stream.getvalue()


def word_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zipped(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_pdf_with_a_text_layer_is_read() -> None:
    document = read_document(
        pdf_with(
            [
                "Songling County and Guyu Group Ltd. signed a cooperation",
                "agreement on April 17, 2025. Guyu Group Ltd. will train",
                "40 farmers.",
            ]
        ),
        "a.pdf",
    )
    assert (document.kind, document.pages) == ("pdf", 1)
    reading = read(document.text)
    assert [party.name for party in reading.parties] == ["Songling County", "Guyu Group Ltd."]
    assert [one.debtor for one in reading.commitments] == ["Guyu Group Ltd."]


def test_a_word_file_keeps_paragraphs_and_tables_in_their_order() -> None:
    document = docx.Document()
    document.add_paragraph("合作协议")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "甲方:青岚市人民政府", "乙方:澜境智能科技有限公司"
    document.add_paragraph("一、甲方应开放数据。")
    stream = io.BytesIO()
    document.save(stream)
    text = read_document(stream.getvalue(), "协议.docx").text
    assert text == "合作协议\n甲方:青岚市人民政府  乙方:澜境智能科技有限公司\n一、甲方应开放数据。"
    assert [party.name for party in read(text).parties] == ["青岚市人民政府", "澜境智能科技有限公司"]


def test_text_in_gb18030_is_read() -> None:
    assert read_document(CONTRACT.encode("gb18030"), "a.txt").text == CONTRACT


@pytest.mark.parametrize(
    "data,name,code",
    [
        (b"", "a.txt", "empty"),
        (b"\x00\x01\x02\x03", "a.txt", "encoding"),
        (scanned_pdf(), "scan.pdf", "scanned-pdf"),
        (b"%PDF-1.4\nbroken", "a.pdf", "broken-pdf"),
        (word_file("合作协议")[:900], "a.docx", "broken-docx"),
        (b"this is no word file", "a.docx", "broken-docx"),
        (word_file(""), "a.docx", "no-text"),
        (zipped(**{"xl/workbook.xml": "<x/>"}), "a.xlsx", "not-docx"),
        (zipped(**{"word/document.xml": "<broken"}), "a.docx", "broken-docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.doc", "old-word"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "not-text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(data: bytes, name: str, code: str) -> None:
    with pytest.raises(FileError) as caught:
        read_document(data, name)
    assert caught.value.code == code
    assert_bilingual(caught.value)


@pytest.mark.parametrize(
    "text,code",
    [
        ("   \n", "empty"),
        ("ok", "too-short"),
        (FRENCH, "language"),
        (JAPANESE, "language"),
        ("이 협약은 시와 회사가 관광과 농업 분야에서 협력하기 위하여 체결되었으며 양측은 이를 성실히 이행한다.", "language"),
        ("把面粉和鸡蛋搅拌均匀,加入少许盐,放置二十分钟后下锅煎至两面金黄即可食用。", "no-agreement"),
        ("Beat two eggs with a little salt and fry them in butter for three minutes on each side.", "no-agreement"),
        (CONTRACT + "\n" + CONTRACT.replace("青岚市", "白砚市"), "several-agreements"),
    ],
    ids=["empty", "too short", "french", "japanese", "korean", "recipe zh", "recipe en", "two"],
)  # fmt: skip
def test_a_text_that_cannot_be_read_says_why_and_what_to_do(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == code
    assert_bilingual(caught.value)


def test_one_of_two_agreements_can_be_chosen_and_offsets_count_in_the_whole_text() -> None:
    text = CONTRACT + "\n" + CONTRACT.replace("青岚市", "白砚市")
    reading = read(text, part=2)
    assert [party.name for party in reading.parties] == ["白砚市人民政府", "澜境智能科技有限公司"]
    assert reading.text == text
    assert all(text[one.start : one.end] == one.quote for one in reading.statements)
    with pytest.raises(InputError, match="number 3"):
        read(text, part=3)


def test_two_agreements_are_told_apart_however_lines_end() -> None:
    text = (CONTRACT + "\n" + CONTRACT.replace("青岚市", "白砚市")).replace("\n", "\r\n")
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == "several-agreements"
    reading = read(text, part=2)
    assert [party.name for party in reading.parties] == ["白砚市人民政府", "澜境智能科技有限公司"]
    assert all(text[one.start : one.end] == one.quote for one in reading.statements)


def test_an_annex_is_no_second_agreement() -> None:
    annexed = CONTRACT + "\n附件一\n\n" + CONTRACT
    assert [party.name for party in read(annexed).parties] == ["青岚市人民政府", "澜境智能科技有限公司"]


def assert_bilingual(error: QiupuError) -> None:
    english, chinese = error.message("en"), error.message("zh-hans")
    assert error.cure("en")
    assert english.isascii() or any("\u4e00" <= char <= "\u9fff" for char in str(error.params))
    assert any("\u4e00" <= char <= "\u9fff" for char in error.sentence("zh-hans"))
    assert english != chinese
