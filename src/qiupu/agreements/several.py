"""Two agreements in one text: where one ends and the next begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

TITLE_ZH = re.compile(
    r"(?:^|\n)[ \t#*]*(?P<title>[\u4e00-\u9fffA-Za-z0-9《》()\- ]{0,40}(?:协议书?|合同书?|备忘录|意向书))[ \t*》]*(?=\n)"
)
OPENING_ZH = re.compile(r"甲\s*方\s*(?:\([^()\n]{1,16}\)\s*)?[:(为]|(?:委托|买|发包|采购)方\s*(?:\([^()\n]{1,16}\)\s*)?[:]")
CLOSING_ZH = re.compile(r"签(?:订|署|约|字)\s*(?:日期|时间|:|\()|盖\s*章|\(公章\)|(?:法定|授权)代表")
TITLE_EN = re.compile(
    r"(?:^|\n)[ \t#*]*(?P<title>(?:[A-Z][A-Z&,' -]{2,60} )?(?:AGREEMENT|MEMORANDUM OF UNDERSTANDING|CONTRACT))[ \t*]*(?=\n)"
)
OPENING_EN = re.compile(
    r"(?i)(?:this\s+(?:\w+\s+){0,5}(?:agreement|memorandum|contract)[^.]{0,200}?\b(?:between|among)\b|party\s+a\s*[:(])"
)
CLOSING_EN = re.compile(r"(?i)in\s+witness\s+whereof|(?:^|\n)\s*(?:by|name|signature|signed)\s*:|date\s+of\s+signing")
ANNEX = re.compile(r"(?i)(?:附件|附录|附表|exhibit|annex|appendix|schedule|form\s+of|attachment)[^\n]{0,40}\s*$")
DATELINE_ZH = re.compile(
    r"(?:^|\n)[ \t]*(?P<line>本报讯|本网讯|新华社|(?:本报)?[\u4e00-\u9fff]{2,6}\d{1,2}月\d{1,2}日[讯电]|"
    r"[\u4e00-\u9fff]{2,6}(?:日报|晚报|网|社)(?:讯|电))"
)
DATELINE_EN = re.compile(
    r"(?:^|\n)[ \t]*(?P<line>[A-Z][A-Z .'-]{3,30}(?:, [A-Z][\w. ,]{2,24})?\s*(?:\([^()\n]{2,30}\)\s*)?(?:--|[–—])\s)"
)
SIGNING_ZH = re.compile(r"签[约署订]")
CONTRACT = re.compile(r"(?i)\bhereby\b|\bhereinafter\b|witnesseth|甲\s*方")
SIGNING_EN = re.compile(r"(?i)\b(?:sign|ink)(?:ed|s)?\b|agreement|memorandum")
HEAD = 1200


@dataclass(frozen=True)
class Part:
    """One agreement of a text: its title and its half-open range of offsets."""

    title: str
    start: int
    end: int


def _reports(folded: str, language: str) -> tuple[Part, ...]:
    """Return the reports of different signings in a text, each told by its dateline; none when there are not two."""
    dateline, signing = (DATELINE_ZH, SIGNING_ZH) if language == "zh" else (DATELINE_EN, SIGNING_EN)
    if CONTRACT.search(folded):
        return ()
    starts = [_head_of(folded, match.start("line")) for match in dateline.finditer(folded)]
    if len(starts) < 2:
        return ()
    ends = [place for place, _ in starts[1:]] + [len(folded)]
    parts = tuple(Part(name, place, end) for (place, name), end in zip(starts, ends, strict=True))
    return parts if all(signing.search(folded, one.start, one.end) for one in parts) else ()


def _head_of(folded: str, line: int) -> tuple[int, str]:
    """Return where a report with its dateline at ``line`` begins, and its title: the line above, unless that ends a sentence."""
    above = max(0, line - 200)
    head = re.search(r"(?:^|\n)[ \t]*(?P<title>[^\n]{4,80})\s*$", folded[above:line])
    if head is None or re.search(r"[。.;!?]\s*$", head.group("title")):
        return line, ""
    return above + head.start("title"), head.group("title").strip()


def split_agreements(folded: str, language: str) -> tuple[Part, ...]:
    """Return the agreements in a folded text; a single part when there is one.

    A second one is told by its own title line, its own introduction of parties close below it, and the first
    one's signatures above it; an annex, exhibit or form is no second agreement.
    """
    reports = _reports(folded, language)
    if len(reports) > 1:
        return reports
    title, opening, closing = (TITLE_ZH, OPENING_ZH, CLOSING_ZH) if language == "zh" else (TITLE_EN, OPENING_EN, CLOSING_EN)
    starts: list[tuple[int, str]] = []
    for match in title.finditer(folded):
        place = match.start("title")
        if not opening.search(folded, match.end(), min(len(folded), match.end() + HEAD)):
            continue
        if starts and (
            ANNEX.search(folded[max(0, place - 160) : place])
            or not closing.search(folded, starts[-1][0], place)
            or place - starts[-1][0] < 40
        ):
            continue
        if not starts and opening.search(folded, 0, place):
            starts.append((0, ""))
            if not closing.search(folded, 0, place):
                continue
        starts.append((place, match.group("title").strip()))
    if len(starts) < 2:
        return (Part(starts[0][1] if starts else "", 0, len(folded)),)
    ends = [place for place, _ in starts[1:]] + [len(folded)]
    return tuple(Part(name, 0 if i == 0 else place, end) for i, ((place, name), end) in enumerate(zip(starts, ends, strict=True)))
