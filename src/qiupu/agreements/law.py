"""Governing law: whose law rules the agreement."""

from __future__ import annotations

import re

from qiupu.agreements.reading import Value

NAME = r"(?:[A-Z][A-Za-z.'-]*|[A-Z]{2,})(?:[ \t\n]+(?:(?:of|and|the|&|de)[ \t\n]+(?:the[ \t\n]+)?)?(?:[A-Z][A-Za-z.'-]*))*"
LAWS = re.compile(
    rf"""\b(?:(?i:(?:substantive|internal|domestic|local|applicable|commercial|statutory|civil)\s+)?(?i:laws?|legislation)
        (?:\s+(?i:and|or)\s+(?i:regulations|rules|judicial\s+decisions|decisions|jurisprudence|customs))?
        (?:\s*,[^.,;]{{3,80}},)?
        (?:\s+\((?i:[^()]{{3,120}})\))?
        \s+(?i:of|in(?:\s+(?:effect|force))?(?:\s+in)?|applicable\s+(?:in|to)(?:\s+contracts\s[^.,;]{{3,90}}\s(?:in|within))?)\s*)
        (?:(?i:the|said)\s+)?(?P<kind>(?i:state|s[il]ate|commonwealth|province|country|kingdom|republic|district|federal\s+republic|territory)\s+(?i:of)\s*)?
        (?P<name>{NAME})""",
    re.VERBOSE,
)
ADJECTIVE = re.compile(
    rf"(?i:govern|constru|interpret|accordance|subject|pursuant|under)[^.;]{{0,120}}?\b(?i:by|with|to|"
    rf"under)\s+(?:the\s+)?(?P<name>{NAME})(?:\s+[Ss]tate)?\s+"
    r"(?:(?i:substantive|internal|domestic)\s+)?(?i:laws?)\b"
)
CUE = re.compile(
    r"(?i)govern(?:ed|ing)|constru(?:ed|ction)|interpret(?:ed|ation)|enforced|choice of law|applicable law|"
    r"controlled by|in accordance with the (?:\w+ )?laws?"
)
STRONG_CUE = re.compile(
    r"(?i)(?:agreement|contract|guarantee|guaranty|hereof|thereof|hereunder|"
    r"memorandum)\b[^.;]{0,300}(?:govern|constru|interpret)|governing law|"
    r"applicable law|choice of law|(?:govern|constru|interpret)\w*\b[^.;]{0,80}\b(?:agreement|contract)"
)
NOT_A_PLACE = re.compile(
    r"(?i)^(?:this|such|any|all|its|that|united nations|conflicts?|laws?|act|contract|agreement|section|"
    r"article|party|parties|general|applicable|"
    r"federal|state|state law|nature|god|the|each|licen|franchis|company|court|patent|copyright|trademark|"
    r"securities|bankruptcy|territory|jurisdiction)"
)
TAIL = re.compile(
    r"(?i)\s+(?:without|and|or|excluding|as|the|applicable|including|but|exclusive|u\.?s\.? federal|law|laws|"
    r"are|is|for|its|any)$"
)
SHOUTED_TAIL = re.compile(
    r"(?i)\s+(?:applicable|without|excluding|excepts?|regardless|irrespective|as|with|in|for|to|without "
    r"regard|notwithstanding|which|that|shall|is|are)\b"
)
TOGETHER = re.compile(
    r"(?i)\s*,?\s*and(?:,[^,]{3,60},)?\s+(?:(?:by\s+)?(?:the\s+)?laws\s+)?(?:of\s+)?(?:the\s+)?(?:state|"
    r"commonwealth)\s+of\s+(?P<name>[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)"
)
THEREOF = re.compile(
    r"(?i:state|"
    r"commonwealth)\s+of\s+(?P<name>[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)\s+and\s+shall\s+be\s+governed[^.;]{0,60}law"
    r"s\s+thereof"
)
ADJECTIVES = {
    "english": "England", "german": "Germany", "french": "France", "swiss": "Switzerland", "japanese": "Japan",
    "chinese": "China", "dutch": "Netherlands", "belgian": "Belgium", "italian": "Italy", "spanish": "Spain",
    "israeli": "Israel", "swedish": "Sweden", "danish": "Denmark", "norwegian": "Norway", "finnish": "Finland",
    "austrian": "Austria", "irish": "Ireland", "korean": "Korea", "indian": "India", "australian": "Australia",
    "canadian": "Canada", "brazilian": "Brazil", "russian": "Russia", "scottish": "Scotland",
    "prc": "People's Republic of China", "u.s.": "United States", "us": "United States",
}  # fmt: skip
CHINESE = re.compile(
    r"(?:适用|受|依照|依据|遵守|按照)[^。;]{0,12}?(?P<name>中华人民共和国|中国|香港|香港特别行政区|澳门|台湾|"
    r"新加坡|英国|美国|日本|德国)"
    r"(?:[((][^))]{1,30}[))])?(?:大陆|内地|地区)?(?:的)?(?:现行)?(?:有关|相关)?(?:法律|法规|法例|之法律)"
)
CHINESE_LATER = re.compile(
    r"(?:订立|效力|解释|履行|争议)[^。;]{0,50}?(?:适用|受)[^。;]{0,6}?(?P<name>中华人民共和国|中国|香港|澳门|"
    r"新加坡|英国|美国|日本|德国)"
)


def governing_law(text: str, language: str) -> Value | None:
    """Return the law that the text names as governing, or None when it names none."""
    if language == "zh":
        match = CHINESE_LATER.search(text) or CHINESE.search(text)
        if match is None:
            return None
        start, end = match.span("name")
        return Value(value=text[start:end], quote=text[start:end], start=start, end=end, confidence=0.95)
    best: tuple[float, int, int, str] | None = None
    for pattern in (LAWS, ADJECTIVE, THEREOF):
        for match in pattern.finditer(text):
            found = _candidate(text, match)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
    if best is None or best[0] < 1:
        return None
    score, start, end, value = best
    return Value(value=value, quote=text[start:end], start=start, end=end, confidence=0.96 if score >= 2 else 0.75)


def _candidate(  # noqa: C901  a name is cut, then weighed by a list of signs
    text: str, match: re.Match[str]
) -> tuple[float, int, int, str] | None:
    start, end = match.span("name")
    raw = text[start:end]
    stop = re.search(r"\.\s", raw + " ")
    if stop and not re.fullmatch(r"(?:[A-Z]\.)+", raw[: stop.end()].strip()):
        raw = raw[: stop.start()]
    shouted = SHOUTED_TAIL.search(raw)
    raw = raw[: shouted.start()] if shouted else raw
    while TAIL.search(raw):
        raw = TAIL.sub("", raw)
    raw = re.split(r"\s+(?=(?:Section|Article|\d+|Each|The|This|Any|Licensor|Licensee|All|In)\b)", raw)[0].rstrip(" .,")
    if re.match(r"(?i)united\s+states", raw):
        state = TOGETHER.match(text, start + len(re.split(r"(?i)\s+and\s+", raw)[0]))
        if state:
            start, raw = state.start("name"), state.group("name")
    value = place_of(" ".join(raw.split()))
    if not value or NOT_A_PLACE.match(value):
        return None
    before = text[max(0, match.start() - 420) : match.start()]
    sentence = re.split(r"[.;]\s+(?=[A-Z])", before)[-1]
    around = sentence + text[match.start() : match.end() + 160]
    title = re.search(r"(?i)governing law|applicable law|choice of law|law[;:.]", before[-200:]) is not None
    score = 0.0
    if CUE.search(around):
        score += 1
    if STRONG_CUE.search(around):
        score += 1
    if title:
        score += 0.6
    if re.search(r"(?i)(?:govern|constru|interpret)\w*[^.;,]{0,60}$", sentence) and re.search(
        r"(?i)(?:agreement|contract)\b[^.;]{0,90}(?:govern|constru|interpret)", sentence
    ):
        score += 0.5
    if re.search(r"(?i)organi[sz]ed|existing|incorporated|duly|corporation|formed under|qualified|licensed to", sentence[-90:]):
        score -= 2
    if re.search(r"(?i)arbitrat", sentence[-120:]):
        score -= 0.3
    return score, start, start + len(raw), value


def place_of(name: str) -> str:
    """Return the usual name of a jurisdiction: "STATE OF NEW YORK" and "New York State" give "New York"."""
    name = re.sub(r"(?i)^(?:the\s+)?(?:state|commonwealth|province|country|district)\s+of\s+(?!columbia)", "", name.strip(" .,"))
    name = re.sub(r"(?i)\s+(?:state|law)$", "", name)
    if name.lower() in ADJECTIVES:
        return ADJECTIVES[name.lower()]
    if name.isupper() and len(name) > 3:
        name = " ".join(word.lower() if word in ("OF", "AND", "THE") else word.capitalize() for word in name.split())
    return "District of Columbia" if name.lower() in ("columbia", "district of columbia") else name
