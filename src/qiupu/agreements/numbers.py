"""Numbers in words and digits: 二〇二四, 三千五百, 1.5万, twelve."""

from __future__ import annotations

import re

DIGITS = (
    {c: i for i, c in enumerate("〇一二三四五六七八九")} | {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")} | {"两": 2, "○": 0}
)
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
GROUPS = {"万": 10_000, "亿": 100_000_000}
CHINESE = "〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟"
ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = {w: 10 * i for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)}


def chinese_number(text: str) -> float | None:
    """Return the value of 二〇二四, 三千五百万, 3.5亿 or 12; None when it is not a number."""
    text = text.replace(",", "").replace(",", "").replace(" ", "")
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万亿]*)", text)
    if match:
        value = float(match.group(1))
        for char in match.group(2):
            value *= UNITS.get(char) or GROUPS[char]
        return value
    if text and all(char in DIGITS for char in text):
        return float("".join(str(DIGITS[char]) for char in text))
    return _spoken(text) if text and all(char in CHINESE for char in text) else None


def _spoken(text: str) -> float | None:
    total, section, digit = 0, 0, None
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in UNITS:
            section += (1 if digit is None else digit) * UNITS[char]
            digit = None
        else:
            section += digit or 0
            digit = None
            total = (total + section) * GROUPS[char] if GROUPS[char] > 10_000 else total + section * GROUPS[char]
            section = 0
    return float(total + section + (digit or 0))


def english_number(text: str) -> float | None:
    """Return the value of 12, 1,500, twelve or thirty-five; None when it is not a number."""
    text = text.strip().lower().replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    total = 0
    for word in re.split(r"[\s-]+", text):
        if word in ENGLISH:
            total += ENGLISH.index(word)
        elif word in TENS:
            total += TENS[word]
        elif word == "hundred":
            total = max(1, total) * 100
        else:
            return None
    return float(total)


def plain(value: float) -> str:
    """Write 3.0 as 3 and 2.5 as 2.5."""
    return str(int(value)) if value == int(value) else f"{value:.10g}"
