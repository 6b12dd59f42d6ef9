"""Which date is which: signed, reported, effective, expires."""

from __future__ import annotations

import re

from qiupu.agreements.dates import FoundDate, find_dates
from qiupu.agreements.people_en import sentence_spans
from qiupu.agreements.reading import Dates, Value
from qiupu.agreements.signing_date import date_of_agreement

REPORTED = [
    re.compile(r"(?:发布|发表|刊发|更新|发文|印发|成文)?(?:时间|日期)\s*[::]?\s*$"),
    re.compile(r"(?:来源|记者)[^。\n)]{0,40}\s$"),
    re.compile(r"(?i)\b(?:newspaper|daily|agency|media|news|press)\b[^.;\n]{0,40}\breport(?:ed|s)\s+(?:on\s+)?$"),
    re.compile(
        r"(?i)(?:published|posted|updated|released|release date|date of release|for immediate release|"
        r"issued)(?:\s+on)?\s*[:,\-–(]?\s*$"
    ),
]
DATELINE_AFTER = re.compile(r"\s*(?:\(|\)|[|/])?\s*(?:讯|电|消息|报道|专电|(?:记者|通讯员)[^。,]{0,20}报道)")
LEARNT = re.compile(r"^[^。;\n]{0,30}?(?:获悉|了解到|悉,|采访)")
DATELINE_EN = re.compile(r"(?i)^\)?\s*(?:\([^()\n]{2,30}\))?\s*(?:/[^/\n]{3,30}/)?\s*(?:--|-|–|—)\s")
STAMP = re.compile(r"\d{1,2}:\d{2}|(?i:source|updated|editor|posted)|来源|编辑|作者")
SIGN_ZH = re.compile(r"签(?:署|订|约|字|定|下|了)|缔约|达成[^。,]{0,16}协议|订立")
SIGN_EN = re.compile(
    r"(?i)\b(?:sign(?:ed|s|ing)?|inked?|concluded|entered into|executed|seal(?:ed)? (?:a|the) (?:deal|"
    r"agreement|partnership))\b"
)
SAME_DAY = re.compile(
    r"[。;\n]\s*(?:(?:座谈|大|论坛|开幕式|推介)会?上|会上|会后|会谈后|活动中|活动现场|仪式上|期间|随后|当天)[^。;]{0,60}?签(?:署|订|约|字|下)"
)
"""A signing told in a sentence behind the date, on the same day."""
LABEL_SIGNED = re.compile(r"(?:(?:签[署订约字]|订立|缔结)(?:时间|日期|日)|^\s*日\s*期|(?:时\s*间))\s*[::]?\s*(?:为|是)?\s*$")
EFFECTIVE_BEFORE = re.compile(r"(?:自|从|于|生效(?:日期|时间|日)?\s*[::]?\s*(?:为|是)?)\s*$")
EFFECTIVE_AFTER = re.compile(r"\s*(?:起|开始|之日起)?\s*[,,]?\s*(?:正式)?(?:生效|施行|实施|执行|起算|开始)")
EXPIRES_BEFORE = re.compile(
    r"(?:至|到|截至|截止(?:于|到|日期)?|"
    r"届满(?:日期)?|终止(?:日期|于)?|-|—|"
    r"期满日|有效期[::]?)\s*[::]?\s*$"
)
EFFECTIVE_EN = re.compile(
    r"(?i)(?:effective\s+(?:date\b[^.;]{0,30}?(?:is|means|shall\s+be|of|:)?|as\s+of|on|from|upon)?|"
    r"takes?\s+effect\s+(?:on|from|as of)|"
    r"(?:comes?|enters?|entered|came)\s+into\s+(?:force|effect)\s+(?:on|from|as\s+of)|runs?\s+from|lasts?\s+from|valid\s+from|"
    r"appl(?:y|ies)\s+from|start(?:s|ing)?\s+(?:on|from)|commenc\w+\s+(?:on|as\s+of|from)|in\s+(?:force|"
    r"effect)\s+from|begin(?:s|ning)?\s+(?:on|as of))\s*,?\s*(?:the\s+|as of\s+|this\s+)*$"
)
EXPIRES_EN = re.compile(
    r"(?i)(?:expir\w+|terminat\w+|end(?:s|ing)?|valid|remain\w*\s+in\s+(?:full\s+)?(?:force|"
    r"effect)[^.;]{0,40}?|continu\w+[^.;]{0,40}?|term[^.;]{0,60}?)\s+"
    r"(?:on|until|through|to|up\s+to|at|as\s+of|and\s+including)?\s*(?:midnight\s+(?:on|of)\s+|"
    r"11:59\s*[ap]\.?m\.?[^.;]{0,20}|close of business on\s+)?(?:the\s+)?$"
)


NOT_THE_DAY_EN = re.compile(
    r"(?i)(?:by|before|until|through|since|end of|from|start(?:s|ing)?(?: on)?|beginning(?: on)?|effective(?: on)?)\s*(?:the\s+)?$"
)
ENDING_EN = re.compile(r"(?i)\b(?:ends?|ending|expir\w+|terminat\w+|until|through)\s+(?:on\s+|at\s+|as\s+of\s+)?(?:the\s+)?$")


def dates_of(text: str, language: str, kind: str) -> Dates:
    """Return the dates with their meaning; a meaning that the text does not give is None."""
    found = find_dates(text)
    reported = _reported(text, found, language, kind)
    rest = [one for one in found if reported is None or one.start != reported[0].start]
    effective, expires = _term(text, rest, language)
    if language == "zh":
        signed = _signed_zh(text, rest, kind)
    elif kind == "agreement":
        signed = date_of_agreement(text, rest)
    else:
        term = {scored[0].start for scored in (effective, expires) if scored}
        signed = _event_en(text, [one for one in rest if one.start not in term])
    return Dates(
        signed=_value(text, signed),
        reported=_value(text, reported),
        effective=_value(text, effective),
        expires=_value(text, expires),
    )


Scored = tuple[FoundDate, float]


def _value(text: str, scored: Scored | None) -> Value | None:
    if scored is None:
        return None
    one, confidence = scored
    return Value(value=one.value, quote=text[one.start : one.end], start=one.start, end=one.end, confidence=confidence)


def _reported(  # noqa: C901  one look at each date, by a list of signs
    text: str, found: list[FoundDate], language: str, kind: str
) -> Scored | None:
    for one in found:
        before, after = text[max(0, one.start - 60) : one.start], text[one.end : one.end + 60]
        if one.start > 600 and one.start < len(text) - 160:
            continue
        if any(pattern.search(before) for pattern in REPORTED) and not SIGN_ZH.search(before[-6:]) and kind != "agreement":
            return one, 0.9
        if language == "zh" and (DATELINE_AFTER.match(after) or (LEARNT.match(after) and "记者" in before[-6:] + after[:30])):
            return one, 0.95
        if language == "en" and kind != "agreement" and (DATELINE_EN.match(after) and one.start < 400):
            return one, 0.95
    if kind == "notice" and found and found[-1].end > len(text) - 80:
        return found[-1], 0.85
    if kind == "report":
        for one in found:
            line = _line(text, one)
            if SIGN_EN.search(line):
                continue
            alone = re.sub(r"[\s\d:()|年月日,.-]", "", line.replace(text[one.start : one.end], ""))
            if (
                (len(alone) <= 8 or (STAMP.search(line) and len(line) < 90))
                and (one.start < 200 or one.end > len(text) - 60)
                and one.is_full
                and not SIGN_ZH.search(line)
            ):
                return one, 0.75
    return None


def _follows(text: str, found: list[FoundDate], i: int, effective: Scored | None) -> bool:
    """Whether a date ends the term that the one before it begins: "from 1 May to 31 July"."""
    begins = effective is not None and i > 0 and found[i - 1].start == effective[0].start
    return (
        begins
        and re.fullmatch(r"\s*,?\s*(?:to|until|till|through)\s+(?:the\s+)?", text[found[i - 1].end : found[i].start]) is not None
    )


def _line(text: str, one: FoundDate) -> str:
    start = text.rfind("\n", 0, one.start) + 1
    end = text.find("\n", one.end)
    return text[start : end if end >= 0 else len(text)]


def _term(text: str, found: list[FoundDate], language: str) -> tuple[Scored | None, Scored | None]:
    effective: Scored | None = None
    expires: Scored | None = None
    for i, one in enumerate(found):
        before, after = text[max(0, one.start - 90) : one.start], text[one.end : one.end + 40]
        if language == "zh":
            follows = found[i + 1] if i + 1 < len(found) else None
            ranged = follows is not None and re.fullmatch(
                r"\s*(?:起|开始)?\s*[,]?\s*(?:至|到|-|—)\s*", text[one.end : follows.start]
            )
            term = re.search(r"(?:有效期|期限|合作期|为期|协议期)[^。;]{0,24}$", before)
            if ranged and term and follows is not None:
                effective, expires = effective or (one, 0.9), expires or (follows, 0.9)
            elif (
                EFFECTIVE_AFTER.match(after)
                and (EFFECTIVE_BEFORE.search(before) or re.match(r"\s*(?:起|之日)?\s*(?:正式)?(?:生效|施行)", after))
            ) or re.search(r"生效(?:日期|时间|日)\s*[:]?\s*(?:为|是)?\s*$", before):
                effective = effective or (one, 0.9)
            elif EXPIRES_BEFORE.search(before) and re.search(r"有效期|期限|届满|终止|截止|合作期|协议期", before[-40:]):
                expires = expires or (one, 0.85)
        elif (EFFECTIVE_EN.search(before) and not ENDING_EN.search(before)) or re.match(
            r"\s*,?\s*\(?(?:the\s+)?\"Effective\s+Date\"", after
        ):
            effective = effective or (one, 0.85)
        elif (
            (EXPIRES_EN.search(before) or _follows(text, found, i, effective))
            and one.is_full
            and (effective is None or one.value > effective[0].value)
        ):
            expires = expires or (one, 0.8)
    return effective, expires


def _sentence_around(text: str, one: FoundDate) -> tuple[str, str]:
    """Return what stands before and after a date in its sentence."""
    left = max(text.rfind(mark, 0, one.start) for mark in "。;\n!?") + 1
    right = min((place for place in (text.find(mark, one.end) for mark in "。;\n!?") if place >= 0), default=len(text))
    return text[left : one.start], text[one.end : right]


def _signed_zh(text: str, found: list[FoundDate], kind: str) -> Scored | None:  # noqa: C901  a list of signs for each date
    best: Scored | None = None
    for one in found:
        before, after = _sentence_around(text, one)
        score = 0.0
        if re.match(r"\s*(?:起|之?前|底前|以前)", after) or re.search(r"(?:自|从|至|到|截至)\s*$", before):
            continue
        if LABEL_SIGNED.search(before):
            score = 0.97 if "签" in before[-12:] or "订立" in before[-12:] else 0.7 if kind == "agreement" else 0.0
        elif (
            SIGN_ZH.search(after)
            and not re.match(r"[^,]{0,4}(?:前|以来|底)", after)
            and not re.search(r"(?:自|截至|至|到|力争|预计)\s*$", before)
        ):
            near = SIGN_ZH.search(after)
            score = 0.93 if near and near.start() < 90 else 0.6
            if re.search(r"曾|此前|去年|早在", before):
                score = 0.3
        elif re.search(r"签(?:署|订|约|字)(?:于|日期|时间)?[^,。]{0,8}$", before):
            score = 0.95
        elif (
            kind == "report"
            and re.search(r"签约|签署|签字", text[max(0, one.start - 120) : one.end + 160])
            and re.match(r"[^。]{0,60}(?:举行|举办|在)", after)
        ) or (kind == "report" and one.start < 300 and SAME_DAY.search(text, one.end, one.end + 260)):
            score = 0.6
        if (
            kind == "agreement"
            and score < 0.9
            and one.end > len(text) * 0.75
            and re.search(r"[方章字人:]|\n\s*$", text[max(0, one.start - 30) : one.start])
        ):
            line = _line(text, one)
            if len(line.replace(text[one.start : one.end], "").strip()) < 40:
                score = max(score, 0.8)
        later = best is not None and kind == "agreement" and one.is_full and best[0].is_full and one.value > best[0].value
        if later and best is not None and 0 < score == best[1] and one.end > len(text) * 0.6:
            best = (one, score)
        if score >= 0.5 and (best is None or score > best[1]) and len(one.value) >= 7:
            best = (one, score)
    return best


def _event_en(text: str, found: list[FoundDate]) -> Scored | None:
    best: Scored | None = None
    spans = sentence_spans(text)
    for one in found:
        left, right = next(((a, b) for a, b in spans if a <= one.start < b), (one.start, one.end))
        sentence = text[left:right]
        before, after = text[left : one.start], text[one.end : one.end + 60]
        if not SIGN_EN.search(sentence) or NOT_THE_DAY_EN.search(before):
            continue
        score = 0.92 if len(one.value) >= 7 else 0.0
        if re.search(r"(?i)previously|last year|earlier", sentence):
            score = 0.3
        if re.search(r"(?i)announced\s+(?:on\s+)?$", before):
            score = min(score, 0.6)
        if DATELINE_EN.match(after):
            score = 0.0
        if score >= 0.5 and (best is None or score > best[1]):
            best = (one, score)
    return best
