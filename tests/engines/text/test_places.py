from __future__ import annotations

import pytest

from qiupu.text.places import places_of, region_code


@pytest.mark.parametrize(
    "text, expected",
    [
        ("安徽省池州市贵池区的企业", [("341702", "安徽省池州市贵池区")]),
        ("Chizhou City and Nanjing, Jiangsu", [("3417", "Chizhou City"), ("3201", "Nanjing"), ("32", "Jiangsu")]),
        ("合肥、蕪湖", [("3401", "合肥"), ("3402", "蕪湖")]),
        ("Xi’an in Shaanxi, not Shanxi", [("6101", "Xi’an"), ("61", "Shaanxi"), ("14", "Shanxi")]),
        ("黄山风景区不是黄山市", [("3410", "黄山市")]),
        ("Wuhutang and the boats", []),
    ],
)
def test_places_are_named_by_their_codes(text, expected):
    if "蕪" in text:
        pytest.importorskip("opencc", reason="Traditional characters are folded by the extra match")
    assert [(one.code, text[one.start : one.end]) for one in places_of(text)] == expected


@pytest.mark.parametrize(
    "name, code",
    [
        ("安徽", "34"), ("安徽省/池州市", "3417"), ("Chizhou, Anhui", "3417"), ("341702", "341702"), ("全国", "*"),
        ("Nationwide", "*"), ("安徽江苏", "安徽江苏"), ("Atlantis", "atlantis"), ("*", "*"), (" 池州 ", "3417"),
    ],
)  # fmt: skip
def test_a_region_by_name_has_a_code_and_an_unknown_one_stays(name, code):
    assert region_code(name) == code
