"""A capability drafted from a brochure: nothing that the supplier has not confirmed becomes part of it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from tests.brochures import CLAIMS, pdf, word
from tests.factories import NOW, actor, organisation

from qiupu.errors import Conflict, FileError, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.capabilities import usecases
from qiupu_web.capabilities.bridge import MAX_SENTENCES, read_file
from qiupu_web.capabilities.models import Brochure, Capability
from qiupu_web.capabilities.queries import open_brochures, published_capabilities, visible_to
from qiupu_web.parties.actors import VISITOR
from qiupu_web.parties.models import Organisation

pytestmark = pytest.mark.django_db
PAGES = (
    ("Visitor Forecasts", "The service forecasts visitor flow by the hour for tourist sites.", "It needs counts of one year only."),
    ("Numbers", "The mean error was below eight percent at three tourist sites.", "Write to sales@yuexi.example for more."),
)


@pytest.fixture
def supplier() -> Any:
    return actor("supplier", organisation("yuexi", kind="startup"))


def read(who: Any, data: bytes | None = None, name: str = "brochure.docx") -> Brochure:
    own = Organisation.objects.get(pk=who.organisation_id)
    return usecases.read_brochure(actor=who, now=NOW, supplier=own, data=word() if data is None else data, name=name)


def decide(who: Any, brochure: Brochure, *states: str, **words: str) -> None:
    decisions = {number: (state, words.get(f"text_{number}", "")) for number, state in enumerate(states, 1)}
    usecases.decide_sentences(actor=who, now=NOW, brochure=brochure, decisions=decisions)


class TestReading:
    def test_a_word_file_gives_title_field_and_sentences_without_pages(self) -> None:
        found = read_file(word(), "b.docx")
        assert (found.title, found.field, found.pages) == (CLAIMS[0], "smart-tourism", None)
        assert [one.quote for one in found.sentences] == list(CLAIMS[1:4])  # neither the title nor the telephone
        assert [one.language for one in found.sentences] == ["zh", "zh", "en"]
        assert {one.page for one in found.sentences} == {None}

    def test_a_pdf_gives_the_page_of_each_sentence(self) -> None:
        found = read_file(pdf(PAGES), "b.pdf")
        assert [(one.quote, one.page) for one in found.sentences] == [(PAGES[0][1], 1), (PAGES[0][2], 1), (PAGES[1][1], 2)]
        assert (found.title, found.pages) == ("Visitor Forecasts", 2)

    def test_a_sentence_that_is_said_twice_comes_once(self) -> None:
        assert len(read_file(word((*CLAIMS, CLAIMS[1])), "b.docx").sentences) == 3

    def test_a_long_brochure_says_how_many_sentences_were_left_out(self) -> None:
        lines = [f"第{n}项功能可以按小时预测景区客流。" for n in range(MAX_SENTENCES + 5)]
        found = read_file(word(["客流预测", *lines]), "b.docx")
        assert (len(found.sentences), found.left_out) == (MAX_SENTENCES, 5)

    def test_the_title_is_no_sentence(self) -> None:
        found = read_file(word(("月溪数据：客流预测服务", CLAIMS[1])), "b.docx")
        assert (found.title, [one.quote for one in found.sentences]) == ("月溪数据：客流预测服务", [CLAIMS[1]])

    def test_a_field_that_nothing_names_is_empty(self) -> None:
        assert read_file(word(("某某", "我们可以在很短的时间里完成很多不同的事情。")), "b.docx").field == ""


def packed(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data, name, code",
    [
        (b"", "b.docx", "empty"),
        (word()[:2000], "b.docx", "broken-docx"),
        (b"%PDF-1.4 nothing", "b.pdf", "broken-pdf"),
        (pdf([(), ()]), "b.pdf", "scanned-pdf"),
        (b"\x89PNG\r\n\x1a\n", "b.png", "type"),
        (packed("xl/workbook.xml"), "b.docx", "type"),
        ("系统按小时预测景区客流。".encode(), "b.pdf", "type"),
        (word(("只有标题",)), "b.docx", "no-sentences"),
        (word(("", "")), "b.docx", "no-text"),
    ],
    ids=["empty", "broken-docx", "broken-pdf", "scan", "picture", "workbook", "text-as-pdf", "title-only", "no-text"],
)
def test_bad_brochures_are_named_in_both_languages_and_leave_nothing(supplier: Any, data: bytes, name: str, code: str) -> None:
    with pytest.raises(FileError) as caught:
        read(supplier, data, name)
    assert caught.value.code == code
    assert caught.value.where.file == name
    assert caught.value.cure("zh-hans") != caught.value.cure("en") != ""
    assert not Brochure.objects.exists()


class TestDeciding:
    def test_only_confirmed_words_become_a_draft(self, supplier: Any) -> None:
        brochure = read(supplier)
        decide(supplier, brochure, "kept", "edited", "dropped", text_2=" 已在两个景区运行。 ")
        row = usecases.draft_from_brochure(actor=supplier, now=NOW, brochure=brochure, field="smart-tourism", title_zh="客流预测")
        assert (row.state, row.body_zh, row.body_en) == ("draft", f"{CLAIMS[1]}\n已在两个景区运行。", "")
        assert not visible_to(VISITOR).exists()
        brochure.refresh_from_db()
        assert brochure.capability == row

    def test_each_sentence_keeps_its_language(self, supplier: Any) -> None:
        brochure = read(supplier)
        decide(supplier, brochure, "kept", "dropped", "kept")
        row = usecases.draft_from_brochure(actor=supplier, now=NOW, brochure=brochure, field="culture", title_en="Forecasts")
        assert (row.body_zh, row.body_en) == (CLAIMS[1], CLAIMS[3])

    @pytest.mark.parametrize("states, code", [(("kept", "kept"), "waiting"), ((), "waiting"), (("dropped",) * 3, "none-kept")])
    def test_undecided_sentences_stop_it(self, supplier: Any, states: tuple[str, ...], code: str) -> None:
        brochure = read(supplier)
        decide(supplier, brochure, *states)
        with pytest.raises(Conflict) as caught:
            usecases.draft_from_brochure(actor=supplier, now=NOW, brochure=brochure, field="culture", title_zh="甲")
        assert caught.value.code == code
        assert not Capability.objects.exists()

    def test_an_unknown_field_is_named_and_nothing_is_written(self, supplier: Any) -> None:
        brochure = read(supplier)
        decide(supplier, brochure, "kept", "kept", "kept")
        with pytest.raises(InputError) as caught:
            usecases.draft_from_brochure(actor=supplier, now=NOW, brochure=brochure, field="moon", title_zh="甲")
        assert caught.value.where.column == "field"
        assert not Capability.objects.exists()

    def test_an_edit_needs_words_and_an_unchanged_one_keeps_the_quote(self, supplier: Any) -> None:
        brochure = read(supplier)
        with pytest.raises(InputError) as caught:
            decide(supplier, brochure, "edited")
        assert caught.value.where.column == "text_1"
        decide(supplier, brochure, "edited", text_1=CLAIMS[1])
        assert brochure.sentences.get(number=1).state == "kept"

    @pytest.mark.parametrize("number, state", [(99, "kept"), (1, "published")])
    def test_what_cannot_be_decided_is_refused(self, supplier: Any, number: int, state: str) -> None:
        with pytest.raises(InputError):
            usecases.decide_sentences(actor=supplier, now=NOW, brochure=read(supplier), decisions={number: (state, "")})

    def test_a_brochure_gives_one_capability(self, supplier: Any) -> None:
        brochure = read(supplier)
        decide(supplier, brochure, "kept", "kept", "kept")
        usecases.draft_from_brochure(actor=supplier, now=NOW, brochure=brochure, field="culture", title_zh="甲")
        with pytest.raises(Conflict, match="already"):
            decide(supplier, brochure, "dropped")
        with pytest.raises(Conflict, match="already"):
            usecases.discard_brochure(actor=supplier, now=NOW, brochure=brochure)

    def test_it_can_be_put_away(self, supplier: Any) -> None:
        brochure = read(supplier)
        assert [row.waiting for row in open_brochures(supplier)] == [3]
        usecases.discard_brochure(actor=supplier, now=NOW, brochure=brochure)
        assert not Brochure.objects.exists()
        assert AuditRecord.objects.filter(action="capabilities.discard_brochure").exists()
        assert not published_capabilities().exists()

    def test_the_supplier_confirms_and_nobody_for_it(self, supplier: Any) -> None:
        brochure = read(supplier)
        for who in (actor("office"), actor("supplier"), actor("auditor"), VISITOR):
            with pytest.raises(NotAllowed):
                decide(who, brochure, "kept")
        assert not open_brochures(actor("supplier")).exists()
        assert open_brochures(actor("office")).exists()
