"""What holds for every text, whatever it says."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from bench.labelled_texts import Labelled, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from qiupu.agreements import read
from qiupu.agreements.folding import fold
from qiupu.errors import InputError

PIECES = st.sampled_from(
    [
        "甲方:青岚市人民政府\n",
        "乙方:星衡智能科技有限公司\n",
        "双方将共建平台,",
        "甲方应在2025年底前",
        "希望",
        "力争",
        "。",
        "\n",
        "\n\n",
        "一、",
        "(",
        ")",
        "张三表示,",
        "12月24日",
        "This Agreement is made between ",
        "Acme Ltd. ",
        'and Birch GmbH ("Birch") ',
        "shall pay RMB 3 million. ",
        "hopes to ",
        "The parties will ",
        "within 30 days",
        "“",
        "”",
        "\u3000",
        "２０２４年",
        "協議",
        "\t",
        "U.S. ",
        "Mr. Li said ",
        "\ufeff",
        "😀",
        "第一条 总则\n",
        ";",
    ]
)


def quoted(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        if "quote" in value:
            yield value
        for inner in value.values():
            yield from quoted(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quoted(inner)


def assert_sound(text: str) -> None:
    reading = read(text)
    document = reading.as_dict()
    json.dumps(document, allow_nan=False)
    for one in quoted(document):
        start, end = one["start"], one["end"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        assert text[start:end] == one["quote"]
    ends = [0]
    for statement in reading.statements:
        assert statement.start >= ends[-1]  # in order and without overlap
        ends.append(statement.end)
    assert document == read(text).as_dict()  # the same answer twice


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=25))
def test_quotes_stand_where_they_are_said_to_stand(pieces: list[str]) -> None:
    text = "合作协议 cooperation agreement of the parties\n" + "".join(pieces)
    try:
        read(text)
    except InputError:  # several agreements, or too little of either language: an answer too
        return
    assert_sound(text)


@pytest.mark.parametrize("one", [*texts("zh"), *texts("en")], ids=lambda one: one.name)
def test_labelled_texts_are_read_soundly(one: Labelled) -> None:
    assert_sound(one.text)


@given(st.text(max_size=200))
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
