"""Normal forms in words: what a reader sees never is a machine's notation."""

from __future__ import annotations

import re

import pytest

from qiupu.agreements import read
from qiupu.agreements.written import until, written


@pytest.mark.parametrize(
    "value, zh, en",
    [
        ("P2Y", "两年", "2 years"),
        ("P1Y", "一年", "1 year"),
        ("P3M", "三个月", "3 months"),
        ("P10D", "十天", "10 days"),
        ("P30D", "30 天", "30 days"),
        ("P2W", "两周", "2 weeks"),
        ("50000000 CNY", "5,000 万元", "CNY 50 million"),
        ("150000000 CNY", "1.5 亿元", "CNY 150 million"),
        # 12,345,678 is 1,234.5678 times 10,000; in millions it would need six places, so it is written out
        ("12345678 CNY", "1,234.5678 万元", "CNY 12,345,678"),
        ("2500 USD", "2,500 美元", "USD 2,500"),
        ("20000亩", "20,000 亩", "20,000 亩"),
        ("20名全职人员", "20 名全职人员", "20 名全职人员"),
        ("20 pilot projects", "20 pilot projects", "20 pilot projects"),
    ],
)
def test_values_are_written_for_readers(value: str, zh: str, en: str) -> None:
    assert (written(value, "zh-hans"), written(value, "en")) == (zh, en)


@pytest.mark.parametrize(
    "value",
    [
        "12个",  # twelve of what?
        "2026 and improve its",  # a year, read as a number
        "2026 visitors",
        "",
    ],
)
def test_what_says_nothing_by_itself_is_left_out(value: str) -> None:
    assert written(value, "zh") == written(value, "en") == ""


def test_a_span_is_a_time_within_which() -> None:
    assert (until("P10D", "zh"), until("P10D", "en")) == ("十天内", "within 10 days")
    assert until("2027-05-01", "zh") == ""


def test_nothing_that_the_reader_gives_stays_a_code() -> None:
    text = "甲方：池州市\n乙方：某某科技有限公司\n乙方应在两年内投资5000万元。\n甲方应在十日内答复。\n乙方应培训300名人员。"
    values = [value for one in read(text).statements for value in (one.due, one.quantity) if value]
    assert {"P2Y", "P10D", "50000000 CNY"} <= set(values)
    shown = [written(value, lang) for value in values for lang in ("zh", "en")]
    assert not [one for one in shown if re.search(r"P\d+[YMWD]|\d{5}|\d [A-Z]{3}$", one)]
