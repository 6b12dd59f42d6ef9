"""Places that a text names, as the codes of GB/T 2260: provinces, the cities of Anhui and its neighbours, larger cities elsewhere.

The table is our own and small (``places.csv``): the region that this software was made for and where its suppliers come from. A
name with two meanings stands in it with what tells it apart (黄山市, since 黄山 is a mountain; Suzhou alone is the one in Jiangsu).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qiupu.text.fold import fold

_SUFFIX = r"(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市|区|县)?"
_ENGLISH_SUFFIX = r"(?:\s+(?:province|city|municipality|district|county))?"
EVERYWHERE = frozenset({"全国", "全国各地", "不限", "nationwide", "anywhere", "all of china", "china", "中国"})


@dataclass(frozen=True)
class Place:
    """``code`` has 2 digits for a province, 4 for a city, 6 for a county or district; it is named at ``start:end`` of the text."""

    code: str
    start: int
    end: int


@cache
def _table() -> tuple[dict[str, str], re.Pattern[str]]:
    path = Path(__file__).parent / "places.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = {row["zh"]: row["code"] for row in rows} | {row["en"].lower(): row["code"] for row in rows}
    names |= {name.replace("'", ""): code for name, code in names.items() if "'" in name}
    chinese, english = ([one for one in names if (one[0] >= "\u3400") is han] for han in (True, False))
    parts = [
        rf"(?P<zh>{'|'.join(sorted(map(re.escape, chinese), key=len, reverse=True))}){_SUFFIX}",
        rf"(?<![a-z])(?P<en>{'|'.join(sorted(map(re.escape, english), key=len, reverse=True))}){_ENGLISH_SUFFIX}(?![a-z])",
    ]
    return names, re.compile("|".join(parts))


def places_of(text: str) -> tuple[Place, ...]:
    """Return the places that a text names, in order; a province right before its city is part of the city's name.

    Examples
    --------
    >>> [one.code for one in places_of("安徽省池州市贵池区；Nanjing, Jiangsu")]
    ['341702', '3201', '32']
    """
    names, pattern = _table()
    folded = fold(text.replace("\u2019", "'"))
    found: list[Place] = []
    for match in pattern.finditer(folded.text):
        code = names[match["zh"] or match["en"]]
        start, end = folded.place(*match.span())
        if found and found[-1].end == start and code.startswith(found[-1].code):
            start = found.pop().start
        found.append(Place(code, start, end))
    return tuple(found)


@cache
def region_code(name: str) -> str:
    """Return the code of a region that is written as a name; ``*`` for everywhere, and what is no known name as it is, folded.

    A name in steps (安徽/池州, "Chizhou, Anhui") has the code of its smallest place, when its places lie in one another.
    """
    tidy = fold(name.strip()).text
    if tidy in EVERYWHERE:
        return "*"
    places = places_of(tidy)
    rest = len(re.sub(r"[\s,/、·-]", "", tidy)) - sum(len(re.sub(r"[\s,/、·-]", "", tidy[one.start : one.end])) for one in places)
    codes = sorted((one.code for one in places), key=len)
    if not codes or rest or any(not codes[-1].startswith(code) for code in codes):
        return tidy
    return codes[-1]
