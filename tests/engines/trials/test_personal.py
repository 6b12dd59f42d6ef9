"""Personal information by form and checksum."""

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiupu.trials import find_personal, personal_columns
from qiupu.trials.personal import CHECK_DIGITS, WEIGHTS, is_resident_id


def kinds(text):
    return [kind for kind, _, _ in find_personal(text)]


# 11010519491231002X is the example of GB 11643-1999; 4111111111111111 is the usual test number of card makers.
@pytest.mark.parametrize(
    "text,expected",
    [
        ("身份证11010519491231002X。", ["resident-id"]),
        ("11010519491231002x", ["resident-id"]),
        ("110105194912310021", []),  # wrong check digit
        ("卡号 4111 1111 1111 1111", ["bank-card"]),
        ("4111111111111112", []),
        ("电话13812345678,谢谢", ["mobile"]),
        ("+86 138-1234-5678", ["mobile"]),
        ("0566-2038888", ["landline"]),
        ("车牌皖R·12345", ["plate"]),
        ("皖RD12345", ["plate"]),
        ("write to a.b@example.org now", ["email"]),
        ("2024-01-01 12:00:00", []),
        ("0.13812345678", []),
        ("order 20240101123456", []),
        ("1234567890123", []),
        ("皖南的秋浦河", []),
        ("11010519491231002X 13812345678", ["resident-id", "mobile"]),
    ],
)
def test_found_by_form_and_checksum(text, expected):
    assert kinds(text) == expected


def test_places_are_offsets():
    text = "打13812345678找"
    ((_, start, end),) = find_personal(text)
    assert text[start:end] == "13812345678"


@given(st.integers(110000, 659999), st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)), st.integers(0, 999))
def test_the_check_digit_of_identity_numbers(region, born, serial):
    body = f"{region}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    right = CHECK_DIGITS[total % 11]
    assert is_resident_id(body + right)
    for other in set(CHECK_DIGITS) - {right}:
        assert not is_resident_id(body + other)


def test_columns_are_reported_by_place_and_count():
    frame = pl.DataFrame({"note": ["a long note", "call 13812345678", "13912345678 too"], "value": [1.5, 2.5, 3.5]})
    (found,) = personal_columns(frame)
    assert (found.kind, found.column, found.count, found.rows) == ("mobile", "note", 2, (3, 4))


def test_whole_numbers_that_happen_to_look_like_phones_are_left_alone():
    frame = pl.DataFrame({"count": [*range(1000, 1099), 13812345678]})
    assert personal_columns(frame) == []
    assert personal_columns(pl.DataFrame({"tel": [13812345678, 13912345678]}))[0].kind == "mobile"


def test_names_by_header_or_by_the_look_of_most_cells():
    assert personal_columns(pl.DataFrame({"联系人": ["王小明", "李雷"]}))[0].kind == "name"
    many = [f"{s}{g}" for s in "王李张刘陈" for g in ("伟", "芳芳", "娜")]
    assert personal_columns(pl.DataFrame({"x": many}))[0].kind == "name"
    assert personal_columns(pl.DataFrame({"crop": ["水稻", "小麦", "茶叶"] * 5})) == []
