from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiupu.text.quantities import KINDS, number_of, quantities_of


@pytest.mark.parametrize(
    "text, expected",
    [
        ("预算不超过50万元", [(500_000, "cny", "most", "50万元")]),
        ("不超过五十万元", [(500_000, "cny", "most", "五十万元")]),
        ("a budget of 0.5 million yuan", [(500_000, "cny", "exact", "0.5 million yuan")]),
        ("RMB 5 million", [(5_000_000, "cny", "exact", "RMB 5 million")]),
        ("￥300,000 起", [(300_000, "cny", "least", "￥300,000")]),
        ("投资1.2亿元", [(120_000_000, "cny", "exact", "1.2亿元")]),
        ("10-20万元", [(100_000, "cny", "least", "10-20万元"), (200_000, "cny", "most", "10-20万元")]),
        ("基地１，２００亩以上", [(800_000, "m2", "least", "１，２００亩")]),  # 1,200 * 2000 / 3, in full-width characters
        ("一千二百畝", [(800_000, "m2", "exact", "一千二百畝")]),
        ("at least 3 ha", [(30_000, "m2", "least", "3 ha")]),
        ("约80㎡", [(80, "m2", "exact", "80㎡")]),
        ("装机 500 kW，储能2兆瓦时", [(500_000, "w", "exact", "500 kW"), (2_000_000, "wh", "exact", "2兆瓦时")]),
        ("响应时间≤200ms", [(0.2, "s", "most", "200ms")]),
        ("3个月内完成", [(7_776_000, "s", "most", "3个月")]),
        ("精度不低于百分之九十五", [(0.95, "share", "least", "百分之九十五")]),
        ("no more than 5%", [(0.05, "share", "most", "5%")]),
        ("两万五千吨", [(25_000_000, "kg", "exact", "两万五千吨")]),
        ("up to 100 hectares", [(1_000_000, "m2", "most", "100 hectares")]),
        ("2024年6月1日，A4 纸，PM2.5，5G 基站，12 people, model 3X", []),
        ("", []),
    ],
)
def test_amounts_have_one_unit_each(text, expected):
    if "畝" in text:
        pytest.importorskip("opencc", reason="Traditional characters are folded by the extra match")
    found = [(one.value, one.unit, one.bound, text[one.start : one.end]) for one in quantities_of(text)]
    assert [one[1:] for one in found] == [one[1:] for one in expected]
    assert [one[0] for one in found] == pytest.approx([one[0] for one in expected])


@pytest.mark.parametrize(
    "text, value",
    [
        ("十", 10),
        ("十五", 15),
        ("一百零五", 105),
        ("两万五千", 25_000),
        ("三亿", 300_000_000),
        ("一万二千三百四十五", 12_345),
        ("万", None),
        ("1,200.5", 1200.5),
    ],
)
def test_numerals(text, value):
    assert number_of(text) == value


@given(st.text(alphabet="0123456789.,十百千万亿零一二元亩%ms -~至¥to", max_size=40))
def test_no_amount_is_too_odd(text):
    for one in quantities_of(text):
        assert one.unit in KINDS
        assert one.value >= 0
        assert 0 <= one.start < one.end <= len(text)
