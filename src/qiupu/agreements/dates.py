"""Find dates in either language and write them as ISO dates; what the text leaves out stays out (``--12-24``)."""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass

from qiupu.agreements.numbers import chinese_number

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
ORDINALS = {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
} | {"thirtieth": 30, "thirty-first": 31}
ORDINALS |= {f"twenty-{word}": 20 + number for word, number in list(ORDINALS.items())[:9]}

EDGES = {"上半年": 6, "年中": 6, "中期": 6, "前三季度": 9} | {f"{han}季度": 3 * i for i, han in enumerate("一二三四", 1)}
EDGES |= {f"{word} quarter": 3 * i for i, word in enumerate(("first", "second", "third", "fourth"), 1)}
EDGES |= {f"q{i}": 3 * i for i in (1, 2, 3, 4)} | {"h1": 6, "h2": 12, "first half": 6, "second half": 12}
"""The month with which a part of a year ends; all else ends with the year."""
HAN = "〇零一二三四五六七八九十"
MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
SUFFIX = r"(?:\s{0,2}(?:s\s?t|n\s?d|r\s?d|t\s?h)\b)?"
DAY = rf"\(?(?P<day>\d{{1,2}}){SUFFIX}\)?"
DAY_WORD = r"(?P<word>" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + r")\b(?:\s*\(\d{1,2}(?:st|nd|rd|th)?\))?"
YEAR = r"(?P<year>(?:19|20)\d{2})(?!\d)"
BLANK = r"(?:[_\s\[\]*•·.●-]*)"
GAP = r"[\s,.]{0,6}"

PATTERNS = [
    # Chinese, from the fullest to the barest
    (rf"(?P<year>\d{{4}}|[{HAN}]{{4}})\s*年\s*(?P<month>\d{{1,2}}|[{HAN}]{{1,3}})\s*月\s*(?P<day>\d{{1,2}}|"
rf"[{HAN}]{{1,3}})\s*[日号]", ""),
    (rf"(?P<year>\d{{4}}|[{HAN}]{{4}})\s*年\s*(?P<month>\d{{1,2}}|[{HAN}]{{1,3}})\s*月(?:份)?(?P<edge>底|末)?", ""),
    (rf"(?P<year>\d{{4}}|[{HAN}]{{4}})\s*年\s*(?P<edge>年底|底|末|年中|中期|上半年|下半年|"
rf"前三季度|第?[一二三四]季度)", ""),
    (rf"(?<!\d)(?P<month>\d{{1,2}}|[{HAN}]{{1,3}})\s*月\s*(?P<day>\d{{1,2}}|[{HAN}]{{1,3}})\s*[日号]", ""),
    (rf"(?P<year>(?<!\d)(?:19|20)\d{{2}}|[一二][{HAN}]{{3}})\s*年(?!代)", ""),
    # digits
    (r"(?<![\d.])(?P<year>(?:19|20)\d{2})\s?[-/.]\s?(?P<month>\d{1,2})\s?[-/.]\s?(?P<day>\d{1,2})(?![\d])", ""),
    (r"(?<![\d./-])(?P<a>\d{1,2})\s?(?P<sep>[-/.])\s?(?P<b>\d{1,2})\s?(?P=sep)\s?(?P<y>(?:19|20)\d{2}|\d{2})(?![\d./-]\d|\d)", ""),
    # English
    (rf"\b{MONTH}\s*{DAY}{GAP}{YEAR}", "i"),
    (rf"\b{MONTH}\s+{DAY_WORD}{GAP}{YEAR}", "i"),
    (rf"(?<!\d){DAY}(?:\s*(?:day\s*of|of))?[\s,]*{MONTH}(?:[\s,]|-{{3,}}){{0,90}}(?:in the year\s*)?(?:of\s+)?{YEAR}", "i"),
    (rf"\b{DAY_WORD}(?:\s*(?:day\s*of|of))?[\s,]*{MONTH}[\s,]*{YEAR}", "i"),
    (rf"\b(?:the\s+)?end\s+of\s+(?P<edge>)(?:{MONTH})?[\s,]*{YEAR}", "i"),
    (rf"\b(?:the\s+)?(?:end\s+of\s+(?:the\s+)?)?(?P<edge>(?:first|second|third|fourth|last|final)\s+(?:quarter|half)|Q[1-4]|H[12])"
rf"\s*,?\s*(?:of\s+)?{YEAR}", "i"),
    (rf"\b{MONTH}{GAP}{YEAR}", "i"),
    (rf"\b{MONTH}\s*{DAY}(?![\d,]\d|%)", "i"),
    (rf"(?<!\d){DAY}\s+(?:day\s+of\s+)?{MONTH}", "i"),
    (rf"\b{MONTH}[\s_\[\]*•·●.-]{{1,25}},?[\s_]*{YEAR}", "i"),
    (rf"(?:day\s+of|dated?|as\s+of|this|_{{4,}})[\s_,\[\]*•·●.-]{{1,40}}{YEAR}", "i"),
    (rf"(?<=\s),\s{{1,3}}{YEAR}", "i"),
    (r"\b(?:in|by|before|until|during|year)\s+(?P<year>20\d{2})(?![\d-])", "i"),
]  # fmt: skip
COMPILED = [re.compile(pattern, re.IGNORECASE if flag else 0) for pattern, flag in PATTERNS]
CHINESE_PATTERNS, DIGIT_PATTERNS, ENGLISH_PATTERNS = COMPILED[:5], COMPILED[5:7], COMPILED[7:]
ENGLISH_ANCHOR = re.compile(
    r"(?:[Jj][Aa]n|[Ff][Ee]b|[Mm][Aa][Rr]|[Aa][Pp][Rr]|[Mm][Aa][Yy]|[Jj][Uu][NnLl]|[Aa][Uu][Gg]|[Ss][Ee][Pp]|"
    r"[Oo][Cc][Tt]|[Nn][Oo][Vv]|[Dd][Ee][Cc])|(?:19|20)\d\d"
)
NUMBER_BEFORE = re.compile(r"(?i)(?:sections?|clauses?|articles?|paragraphs?|item|schedule|no\.?|§)\s*$")
REACH = 60


@dataclass(frozen=True)
class FoundDate:
    """A date in a text; ``value`` is ISO, partial where the text is (``2024-12``, ``2024``, ``--12-24``)."""

    value: str
    start: int
    end: int

    @property
    def is_full(self) -> bool:
        """Whether year, month and day are all given."""
        return len(self.value) == 10


def find_dates(text: str, start: int = 0, end: int | None = None) -> list[FoundDate]:
    """Return the dates of a folded text in their order, without overlaps; the fullest reading of a place wins.

    Examples
    --------
    >>> [found.value for found in find_dates("二〇二四年六月一日; December 24, 2019; 12月24日")]
    ['2024-06-01', '2019-12-24', '--12-24']
    """
    end = len(text) if end is None else end
    taken: list[FoundDate] = []
    if text.find("年", start, end) >= 0 or text.find("月", start, end) >= 0:
        _collect(text, CHINESE_PATTERNS, [(start, end)], taken)
    _collect(text, DIGIT_PATTERNS, [(start, end)], taken)
    _collect(text, ENGLISH_PATTERNS, _windows(text, start, end), taken)
    return sorted(taken, key=lambda one: one.start)


def _collect(text: str, patterns: list[re.Pattern[str]], windows: list[tuple[int, int]], taken: list[FoundDate]) -> None:
    for pattern in patterns:
        for left, right in windows:
            for match in pattern.finditer(text, left, right):
                if any(one.start < match.end() and match.start() < one.end for one in taken):
                    continue
                value = _value(match.groupdict())
                dotted = match.groupdict().get("sep") == "."
                if value is not None and not (dotted and NUMBER_BEFORE.search(text, max(0, match.start() - 16), match.start())):
                    taken.append(FoundDate(value, match.start() + _lead(match.group()), match.end()))


def _windows(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the surroundings of month names and years: nothing else can be an English date, and they are few."""
    found: list[tuple[int, int]] = []
    for match in ENGLISH_ANCHOR.finditer(text, start, end):
        left, right = max(start, match.start() - REACH), min(end, match.end() + REACH)
        if found and left <= found[-1][1]:
            found[-1] = (found[-1][0], right)
        else:
            found.append((left, right))
    return found


def within(found: list[FoundDate], start: int, end: int) -> list[FoundDate]:
    """Return the dates that lie between two offsets; ``found`` is in order."""
    first = bisect_left(found, start, key=lambda one: one.start)
    last = bisect_left(found, end, key=lambda one: one.start)
    return [one for one in found[first:last] if one.end <= end]


def _lead(quote: str) -> int:
    """Words before the date itself, as in "by 2025" or "end of 2025", are not part of its quote."""
    match = re.match(r"(?i)(?:in|by|before|until|during)\s+(?=20)", quote)
    return match.end() if match else 0


def _value(groups: dict[str, str | None]) -> str | None:
    if groups.get("a"):
        return _slashes(int(groups["a"] or 0), int(groups["b"] or 0), groups["y"] or "")
    year = _number(groups.get("year"))
    month = _month(groups.get("month"))
    day = _number(groups.get("day"))
    if groups.get("word"):
        day = ORDINALS.get((groups["word"] or "").lower())
    if "edge" in groups and groups["edge"] is not None and year:
        month, day = _edge(groups["edge"], month, year)
    return _iso(year, month, day)


def _edge(edge: str, month: int | None, year: int) -> tuple[int, int]:
    last = EDGES.get(" ".join(edge.lower().removeprefix("第").split())) or month or 12
    return last, monthrange(year, last)[1]


def _number(text: str | None) -> int | None:
    value = chinese_number(text) if text else None
    return None if value is None else int(value)


def _month(text: str | None) -> int | None:
    if not text:
        return None
    return MONTHS.get(text.lower().rstrip(".")) or _number(text)


def _slashes(a: int, b: int, year_text: str) -> str | None:
    """Read 12/24/2019 as month first, unless only day first is possible (29/3/18)."""
    year = int(year_text)
    if year < 100:
        year += 2000 if year < 50 else 1900
    month, day = (b, a) if a > 12 else (a, b)
    return _iso(year, month, day)


def _iso(year: int | None, month: int | None, day: int | None) -> str | None:
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and (month is None or not 1 <= day <= monthrange(year or 2000, month)[1]):
        return None
    if year is not None and not 1900 <= year <= 2199:
        return None
    if year is None:
        return f"--{month:02d}-{day:02d}" if month and day else None
    if month is None:
        return f"{year:04d}"
    return f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day else "")
