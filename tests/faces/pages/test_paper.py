"""PDF and pictures: the words and drawings of the page, one sheet for the leader, and a sentence where there is no font."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from pathlib import Path

import docx
import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings
from tests import factories
from tests.faces.pages.test_report import a_month, get

from qiupu.errors import PlatformError
from qiupu_web.agreements.models import Agreement, Evidence
from qiupu_web.faces.web.pages.drawings import on_paper
from qiupu_web.faces.web.pages.report_pdf import pages_of
from qiupu_web.faces.web.pages.typesetting import Job, typeset

pytestmark = pytest.mark.django_db


def text_of(data: bytes) -> str:
    """All words of a PDF, without the breaks of its lines."""
    with pypdfium2.PdfDocument(io.BytesIO(data)) as document:
        return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "").replace("\ufffe", "")


@pytest.mark.parametrize(
    "lang, words",
    [
        ("en", ("=Promise 2", "1. First run", "Ledger", "Gate forecast", "Contracted", "The due date has passed.")),
        ("zh-hans", ("承诺2号", "1. 首次运行", "台账", "闸口预测", "已签约", "时限已过")),
    ],
)
def test_the_pdf_says_what_the_page_says(client: Client, lang: str, words: tuple[str, ...]) -> None:
    agreement = a_month()
    found = text_of(get(client, "report_pdf", agreement, lang))
    page = get(client, "report", agreement, lang).decode()
    for word in words:
        assert word.replace(" ", "") in found.replace(" ", "")
        assert word in page


def test_what_people_wrote_is_never_run(client: Client) -> None:
    agreement = a_month(title_en='#panic("run") $x$ *bold* @there <here> #import "x.typ"', title_zh="标题")
    found = text_of(get(client, "report_pdf", agreement)).replace(" ", "")
    for word in ("#panic(", "$x$*bold*@there<here>#import"):
        assert word in found


def crowded(n: int) -> Agreement:
    """An agreement with n overdue commitments and n pieces of evidence of this month, all with the longest titles."""
    agreement = factories.agreement(added_at=timezone.now() - timedelta(days=60), title_zh="协议" * 100, title_en="Pact " * 60)
    for number in range(n):
        row = factories.commitment(
            factories.statement(agreement), state="overdue", title_zh="很长的承诺事项" * 42, title_en="A long promise " * 20,
            due_on=(timezone.now() - timedelta(days=3)).date(),
        )  # fmt: skip
        Evidence.objects.create(
            commitment=row, kind="document", key=f"file:{number}", title_zh="证明材料" * 70, title_en="Proof " * 50,
            recorded_at=timezone.now(), recorded_by="x",
        )  # fmt: skip
    return agreement


@pytest.mark.parametrize("n, is_cut", [(0, False), (3, None), (40, True)])
@pytest.mark.parametrize("lang, left", [("en", "more"), ("zh-hans", "另有")])
def test_the_leaders_page_stays_one_page(client: Client, n: int, is_cut: bool | None, lang: str, left: str) -> None:
    data = get(client, "leader_pdf", crowded(n), lang)
    assert pages_of(data) == 1
    assert is_cut is None or (left in text_of(data)) == is_cut  # three of the longest fit in Chinese, not in English


def test_without_a_font_the_pdf_is_refused_with_its_cure_and_word_still_comes(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.FONT_FOLDER = str(tmp_path)
    agreement = a_month()
    for lang, words in (
        ("en", ("has none", "fonts-noto-cjk", "QIUPU_FONTS")),
        ("zh-hans", ("没有", "fonts-noto-cjk", "QIUPU_FONTS")),
    ):
        for name in ("report_pdf", "leader_pdf"):
            with override(lang):
                response = client.get(reverse(f"pages:{name}", args=[agreement.code]))
            assert response.status_code == 503
            assert all(word in response.content.decode() for word in words)
        assert get(client, "report_word", agreement, lang)
        assert get(client, "leader_word", agreement, lang)


def test_the_drawing_of_the_page_with_the_colours_of_paper(client: Client) -> None:
    assert on_paper(' <svg a="b"><rect/></svg>\n', ".x{}") == '<svg a="b"><style>.x{}</style><rect/></svg>'
    agreement = a_month()
    page = get(client, "report", agreement).decode()
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 22"') == 1
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 26"') == 10


def test_the_same_words_give_the_same_bytes() -> None:
    data = {"title": "T", "site": "S", "invented": "", "foot": "", "gantt": None, "funnel": []}
    now = factories.NOW
    jobs = [Job("funnel.typ", data, "png")]
    assert typeset(jobs, at=now) == typeset(jobs, at=now)
    first, second = typeset([*jobs, *jobs], at=now)
    assert first == second == typeset(jobs, at=now)[0]
    assert first.startswith(b"\x89PNG")


def test_a_press_that_fails_says_so() -> None:
    with pytest.raises(PlatformError, match="could not be set"):
        typeset([Job("report.typ", {"title": "without the rest"})], at=factories.NOW)


def test_the_site_itself_never_loads_typst(client: Client) -> None:
    agreement = a_month()
    for name in ("report_pdf", "report_word", "leader_pdf", "leader_word"):
        get(client, name, agreement)
    assert "typst" not in sys.modules


def test_word_gets_the_drawings_as_pictures_with_words_for_who_does_not_see_them(client: Client) -> None:
    agreement = a_month()
    report = docx.Document(io.BytesIO(get(client, "report_word", agreement)))
    said = [shape._inline.docPr.get("descr") for shape in report.inline_shapes]
    assert len(said) == 2
    assert said[0].startswith("How far its sentences came: Said 3, Committed 3, Published 1")
    assert len(docx.Document(io.BytesIO(get(client, "leader_word", agreement))).inline_shapes) == 1
