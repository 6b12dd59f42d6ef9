"""Write a quantity or a length of time, kept in its normal form, as a reader of Chinese or English would."""

from __future__ import annotations

import re
from decimal import Decimal

from qiupu.wording import N_, translate

PERIOD = re.compile(r"P(\d+)([YMWD])")
MONEY = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
COUNT_HAN = re.compile(r"(\d+(?:\.\d+)?) ?(个百分点|百分点|平方米|工作日|人次|万元|公里|[\u4e00-\u9fff%])([\u4e00-\u9fff]*)")
COUNT_WORDS = re.compile(r"(\d+(?:\.\d+)?) (?!and\b|or\b)([A-Za-z%][A-Za-z -]*)")
YEARS = range(1900, 2200)
BARE = frozenset("个项名次")
"""Units that say nothing without what they count."""
DIGITS = "一二三四五六七八九十"
PERIODS_ZH = {"Y": "年", "M": "个月", "W": "周", "D": "天"}
PERIODS_EN = {"Y": "year", "M": "month", "W": "week", "D": "day"}
CURRENCIES_ZH = {"CNY": "元", "USD": "美元", "HKD": "港元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元"}
SCALES_ZH = ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"), (Decimal(1), ""))
SCALES_EN = ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"), (Decimal(1), ""))
PLACES = Decimal("0.0001")


def is_period(value: str) -> bool:
    """Return whether a value is a length of time in its normal form, such as ``P2Y``."""
    return PERIOD.fullmatch(value) is not None


def written(value: str, lang: str) -> str:
    """Return a quantity in words: ``P2Y`` as 两年 or 2 years, ``50000000 CNY`` as 5,000 万元 or CNY 50 million.

    A count stays in the language of its text, as the text has it; one that says nothing by itself is left out.

    Parameters
    ----------
    value : str
        The normal form that the reader gave.
    lang : str
        ``en``, or ``zh`` in any spelling.

    Returns
    -------
    str
        Empty when there is nothing that a reader would understand.
    """
    period, money = PERIOD.fullmatch(value), MONEY.fullmatch(value)
    is_chinese = lang.lower().startswith("zh")
    if period:
        return (_period_zh if is_chinese else _period_en)(int(period.group(1)), period.group(2))
    if money:
        return (_money_zh if is_chinese else _money_en)(Decimal(money.group(1)), money.group(2))
    return _count(value)


def until(value: str, lang: str) -> str:
    """Return a due date that a text gives as a length of time: ``P10D`` as 十天内 or within 10 days; else empty."""
    return translate(N_("within {span}"), lang).format(span=written(value, lang)) if is_period(value) else ""


def _period_zh(n: int, unit: str) -> str:
    if n > len(DIGITS):
        return f"{n} {PERIODS_ZH[unit]}"
    return f"{'两' if n == 2 else DIGITS[n - 1]}{PERIODS_ZH[unit]}"


def _period_en(n: int, unit: str) -> str:
    return f"{n} {PERIODS_EN[unit]}{'' if n == 1 else 's'}"


def _money_zh(amount: Decimal, code: str) -> str:
    return f"{_scaled(amount, SCALES_ZH)}{CURRENCIES_ZH.get(code, code)}"


def _money_en(amount: Decimal, code: str) -> str:
    return f"{code} {_scaled(amount, SCALES_EN).rstrip()}"


def _scaled(amount: Decimal, scales: tuple[tuple[Decimal, str], ...]) -> str:
    """Write an amount in the largest unit that takes it whole: nothing is rounded away."""
    for size, word in scales:
        if amount >= size and (amount / size).quantize(PLACES) * size == amount:
            return f"{_figure(amount / size)} {word}"
    return f"{amount:,f} "


def _figure(number: Decimal) -> str:
    text = f"{number:,.4f}" if number % 1 else f"{number:,.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _count(value: str) -> str:
    han, words = COUNT_HAN.fullmatch(value), COUNT_WORDS.fullmatch(value)
    if han:
        unit, thing = han.group(2), han.group(3)
        return "" if unit in BARE and not thing else f"{_figure(Decimal(han.group(1)))} {unit}{thing}"
    if words:
        number = Decimal(words.group(1))
        is_year = number == number.to_integral_value() and int(number) in YEARS
        return "" if is_year else f"{_figure(number)} {words.group(2)}"
    return ""
