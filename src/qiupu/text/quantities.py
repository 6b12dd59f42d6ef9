"""Amounts in a text, brought to one unit of each kind, so that 1,200 亩, 80 ha and 0.8 平方公里 can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qiupu.text.fold import fold

Bound = Literal["least", "most", "exact"]
_UNITS: dict[str, dict[str, float]] = {
    "cny": {"元": 1, "人民币": 1, "rmb": 1, "yuan": 1, "cny": 1},
    "m2": {
        "平方米": 1, "m2": 1, "sqm": 1, "square metres": 1, "square meters": 1, "亩": 2000 / 3, "mu": 2000 / 3,
        "公顷": 1e4, "ha": 1e4,
        "hectares": 1e4, "hectare": 1e4, "平方公里": 1e6, "平方千米": 1e6, "km2": 1e6,
        "square kilometres": 1e6,
        "square kilometers": 1e6,
    },
    "w": {"瓦": 1, "w": 1, "千瓦": 1e3, "kw": 1e3, "兆瓦": 1e6, "mw": 1e6},
    "wh": {"千瓦时": 1e3, "kwh": 1e3, "兆瓦时": 1e6, "mwh": 1e6},
    "m": {
        "米": 1, "m": 1, "metres": 1, "meters": 1, "metre": 1, "meter": 1, "公里": 1e3, "千米": 1e3, "km": 1e3, "kilometres": 1e3,
        "kilometers": 1e3, "厘米": 1e-2, "cm": 1e-2, "毫米": 1e-3, "mm": 1e-3, "微米": 1e-6,
    },
    "kg": {"公斤": 1, "千克": 1, "kg": 1, "克": 1e-3, "吨": 1e3, "t": 1e3, "tonnes": 1e3, "tons": 1e3, "tonne": 1e3},
    "s": {
        "毫秒": 1e-3, "ms": 1e-3, "milliseconds": 1e-3, "秒": 1, "s": 1, "seconds": 1, "second": 1, "分钟": 60, "min": 60,
        "minutes": 60, "minute": 60, "小时": 3600, "h": 3600, "hours": 3600, "hour": 3600, "天": 86400, "days": 86400, "day": 86400,
        "周": 604800, "weeks": 604800, "week": 604800, "个月": 2592000, "months": 2592000, "month": 2592000, "年": 31536000,
        "years": 31536000, "year": 31536000,
    },
    "share": {"%": 0.01, "percent": 0.01, "per cent": 0.01},
}  # fmt: skip
KINDS = tuple(_UNITS)
"""The units that amounts are brought to: yuan, square metres, watts, watt-hours, metres, kilograms, seconds, shares of one."""
_UNIT = {word: (kind, factor) for kind, words in _UNITS.items() for word, factor in words.items()}
_TIMES = {
    "十": 10, "百": 100, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8, "百亿": 1e10, "千亿": 1e11,
    "万亿": 1e12,
    "thousand": 1e3, "million": 1e6, "billion": 1e9,
}  # fmt: skip
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN_NUMBER = "[零〇一二两三四五六七八九十百千万亿]+"


def _words(some: object) -> str:
    return "|".join(re.escape(one) for one in sorted(some, key=len, reverse=True))  # type: ignore[call-overload]


_AMOUNT = re.compile(
    rf"(?<![a-z0-9.,])(?:(?P<sign>¥)\s*)?(?:(?P<low>{_NUMBER})\s*(?:-|~|–|—|至|到|to)\s*)?(?P<number>{_NUMBER})(?:\s*(?P<times>{_words(_TIMES)}))?"
    rf"(?:多|余)?(?:\s*(?P<unit>{_words(_UNIT)}))?(?![a-z])"
    rf"|(?P<han>{_HAN_NUMBER})(?:多|余)?(?P<han_unit>{_words(one for one in _UNIT if one[0] >= '㐀')})"
    rf"|百分之(?P<share>{_HAN_NUMBER}|{_NUMBER})|(?P<before>rmb|cny)\s*(?P<money>{_NUMBER})(?:\s*(?P<money_times>{_words(_TIMES)}))?"
)
_LEAST_BEFORE = re.compile(
    r"(?:至少|最少|不少于|不低于|不小于|≥|>=?|(?<!不)(?:大于|超过|高于)|at least|(?:no|not) less than|no fewer than"
    r"|(?<!no )(?<!not )more than|over|above|minimum(?: of)?)\W*$"
)
_MOST_BEFORE = re.compile(
    r"(?:不超过|不高于|不大于|不多于|至多|最多|最大|≤|<=?|(?<!不)(?:小于|低于|少于)|控制在|within|up to|at most"
    r"|(?:no|not) more than|(?<!no )(?<!not )less than|under|below|maximum(?: of)?)\W*$"
)
_LEAST_AFTER = re.compile(r"\s*(?:\(含\))?(?:及?以上|or more|and above|起)")
_MOST_AFTER = re.compile(r"\s*(?:\(含\))?(?:及?以下|以内|之内|内(?![容部外])|or less|or fewer|at most)")


@dataclass(frozen=True)
class Quantity:
    """``value`` in ``unit`` (one of ``KINDS``), said at ``start:end`` of the text; ``bound`` tells "at least", "at most"."""

    value: float
    unit: str
    bound: Bound
    start: int
    end: int


@lru_cache(maxsize=4096)
def quantities_of(text: str) -> tuple[Quantity, ...]:
    """Return the amounts of a text that have a unit, in order; a range gives its two ends as bounds.

    Examples
    --------
    >>> [(one.value, one.unit, one.bound) for one in quantities_of("预算不超过50万元，at least 3 ha")]
    [(500000.0, 'cny', 'most'), (30000.0, 'm2', 'least')]
    """
    folded = fold(text)
    found: list[Quantity] = []
    for match in _AMOUNT.finditer(folded.text):
        for value, unit, bound in _read(match, folded.text):
            start, end = folded.place(*match.span())
            found.append(Quantity(value, unit, bound, start, end))
    return tuple(found)


def _read(match: re.Match[str], text: str) -> list[tuple[float, str, Bound]]:
    times = _TIMES.get(match["times"] or match["money_times"] or "", 1.0)
    if match["share"]:
        value, unit, factor = number_of(match["share"]), "share", 0.01
    elif match["money"]:
        value, unit, factor = number_of(match["money"]), "cny", 1.0
    elif match["han"]:
        value, (unit, factor) = number_of(match["han"]), _UNIT[match["han_unit"]]
    elif match["unit"] == "年" and re.fullmatch("(?:19|20)[0-9]{2}", match["number"]):
        return []  # a date, not a span of time
    elif match["unit"] or match["sign"]:
        value, (unit, factor) = number_of(match["number"]), _UNIT[match["unit"] or "元"]
    else:
        return []
    if value is None:
        return []
    low = number_of(match["low"]) if match["low"] else None
    if low is not None and low < value:
        return [(low * times * factor, unit, "least"), (value * times * factor, unit, "most")]
    before, after = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 12]
    return [(value * times * factor, unit, _bound(before, after))]


def _bound(before: str, after: str) -> Bound:
    if _MOST_BEFORE.search(before) or _MOST_AFTER.match(after):
        return "most"
    return "least" if _LEAST_BEFORE.search(before) or _LEAST_AFTER.match(after) else "exact"


def number_of(text: str) -> float | None:
    """Return the number that digits (with commas) or Chinese numerals stand for; ``None`` when they stand for none.

    Examples
    --------
    >>> number_of("一千二百"), number_of("两万五千"), number_of("1,200.5")
    (1200.0, 25000.0, 1200.5)
    """
    if text[0].isdigit():
        return float(text.replace(",", ""))
    total = part = 0.0
    digit: float | None = None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char] if digit is None or digit == 0 else digit * 10 + _DIGITS[char]
        elif char in _STEPS:
            part += (1 if digit is None else digit) * _STEPS[char]
            digit = None
        else:  # 万 and 亿 close what stands before them
            part += digit or 0
            if part == total == 0:
                return None
            total, part, digit = (total + part) * _TIMES[char], 0.0, None
    return total + part + (digit or 0)
