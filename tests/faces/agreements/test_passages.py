"""A text cut for the page loses nothing and keeps statements whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qiupu_web.faces.web.agreements.passages import Passage, Piece, Span, cut, sheets_of


def test_paragraphs_headings_and_remarks() -> None:
    text = "# Title\n\n> invented\nA shall go. B may stay.\nnot a statement"
    a, b = text.index("A shall"), text.index("B may")
    found = cut(text, [Span(1, a, a + 11), Span(2, b, b + 11)])
    assert [(one.kind, [(piece.text, piece.number) for piece in one.pieces]) for one in found] == [
        ("heading", [("Title", None)]),
        ("remark", [("invented", None)]),
        ("text", [("A shall go.", 1), (" ", None), ("B may stay.", 2)]),
        ("text", [("not a statement", None)]),
    ]
    assert found[2].numbers == (1, 2)


def test_a_statement_over_a_line_break_keeps_its_lines_together() -> None:
    text = "first\nA shall\ngo far.\nlast"
    start = text.index("A")
    found = cut(text, [Span(1, start, start + len("A shall\ngo far."))])
    assert [piece.text for one in found for piece in one.pieces] == ["first", "A shall\ngo far.", "last"]


@given(st.text(alphabet="ab。. \n", max_size=60), st.data())
def test_nothing_but_white_space_is_lost(text: str, data: st.DataObject) -> None:
    ends = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [Span(n, start, end) for n, (start, end) in enumerate(zip(ends[::2], ends[1::2], strict=False), 1)]
    shown = [piece for one in cut(text, spans) for piece in one.pieces]
    assert "".join("".join(piece.text.split()) for piece in shown) == "".join(text.split())
    for span in spans:
        if text[span.start : span.end].strip():
            assert text[span.start : span.end] in [piece.text for piece in shown if piece.number == span.number]


def test_sheets_hold_so_many_statements_and_no_heading_ends_one() -> None:
    def of(kind: str, *numbers: int) -> Passage:
        return Passage(kind, tuple(Piece("x", number) for number in numbers))

    head, next_head = of("heading"), of("heading")
    passages = [head, of("text", 1, 2), next_head, of("text", 3, 4), of("text", 5, 6, 7, 8), of("text", 9)]
    sheets = sheets_of(passages, 3)
    # 1-2, then its heading goes along with 3-4; a paragraph of four stands alone although it is longer than a sheet
    assert [[one.numbers for one in sheet] for sheet in sheets] == [[(), (1, 2)], [(), (3, 4)], [(5, 6, 7, 8)], [(9,)]]
    assert sheets[1][0] is next_head
    assert sheets_of([head, head, of("text", 1)], 1) == ((head, head, of("text", 1)),)
    assert sheets_of([], 3) == ((),)
