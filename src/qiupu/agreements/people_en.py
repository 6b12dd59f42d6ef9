"""People in an English text: name, title, whom they act for, and what part they play."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qiupu.agreements.names_en import HONORIFIC, LOWER_TITLE, NAME, NOT_A_NAME, SPEECH, Mention, introductions, mentions, names_in
from qiupu.agreements.reading import Part, Party, Person

REPORTER = re.compile(
    rf"(?:(?:^|\n)\s*B[yY]|(?:^|[\n(])\s*(?:Reported|Written|Story)\s+by|\(?\b(?:Reporters?|Correspondents?|Staff "
    rf"reporter)\b:?)\s+{NAME.format('name')}(?:\s+and\s+{NAME.format('other')})?(?=[\n,.;:)|-]|\s*\(|\s*$|\s+(?:in|"
    rf"for|reports)\b)"
)
SIGNATURE = re.compile(
    rf"(?:(?:Name|Printed Name|Print Name|Signed by|/s/)\s*:?\s*(?:/s/\s*)?){NAME.format('name')}(?=\s*(?:\n|$|"
    rf",|Title|Date|By\b|for and on|on behalf|\s{{2,}}))"
)
SIGNED_FOR = re.compile(
    rf"(?:^|\n)[ \t]*(?:(?i:signed\s+)?(?i:for\s+and\s+on\s+behalf\s+of|on\s+behalf\s+of|for))\s+[^:\n]{{2,90}}:[ \t]*"
    rf"{NAME.format('name')}(?=[ \t]*(?:,|\n|$))"
)
SIGNED = re.compile(
    r"\bsigned\b(?!\s+(?:between|by the two))|\bsigns\b|\bto sign\b|on behalf of|put (?:his|her|their) "
    r"(?:names?|signatures?)|inked|signatories|represented\b[^.]{0,40}\bsigning|exchanged\b[^.]{0,30}(?:documents|"
    r"texts|copies)"
)
SPOKE = re.compile(
    r"\b(?:said|says|noted|added|stated|stressed|expressed|hoped|hopes|remarked|pointed out|emphasi[sz]ed|"
    r"explained|told|spoke|delivered (?:a |an |the |his |her |their )?\w*\s?(?:speech|speeches|remarks|address)|"
    r"addressed|commented|concluded|"
    r"introduced|remarks|speeches|called (?:on|for|the|it)|promised|pledged|welcomed|according to|gave (?:a |an "
    r")?\w*\s?(?:speech|address|presentation)|thanked|vowed|believes|described|confirmed|declared|praised|underlined|highlighted|recalled|argued)\b"
)
ATTENDED = re.compile(
    r"\b(?:attend\w*|witness\w*|present\b|participat\w+|joined|took part|guests|were there|in attendance|look\w* on|met\b|"
    r"were on hand|was on hand)"
)
HOSTED = re.compile(r"\b(?:presid\w+ over|presided|chaired|hosted|moderated|emceed|master of ceremonies)\b")
VERBS = (SIGNED, SPOKE, HOSTED, ATTENDED)
AGENTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("host", re.compile(r"\b(?:presided over|chaired|hosted|moderated|emceed)\s+by\b")),
    (
        "attendee",
        re.compile(
            r"\b(?:attended|witnessed|joined|observed|flanked|accompanied)\s+by\b|\bin the presence of\b|\bpresent (?:were|was)\b|"
            r"\b(?:[Aa]ttendees|[Gg]uests|[Tt]hose present|[Pp]articipants|those attending)\s+(?:\w+\s+){0,4}?(?:included|were)\b|"
            r"\bmet with\b|\bgreeted\b|\battended\b(?=\s+(?:also\s+)?by)"
        ),
    ),
    (
        "signatory",
        re.compile(
            rf"\b(?:signed|inked|initialled|executed|sealed|exchanged)\b[^.;]{{0,90}}?\b(?:by|alongside|together with|"
            rf"with(?=\s+(?:[\w'’-]+\s+){{0,6}}?(?:{HONORIFIC}\b|{LOWER_TITLE})))\b"
            r"(?!\s+(?:the end|\d|end of))|\b[Ss]ignatories\s+(?:were|are|included)\b"
        ),
    ),
    (
        "speaker",
        re.compile(
            r"(?:(?<=[\"”,'’] )|(?<=[\"”,'’])|^)(?:said|says|added|noted|explained|stated|remarked|commented|promised|stressed)\b"
            r"(?=\s+(?:\w+\s+){0,6}?[A-Z])|\b[Aa]ccording to\b(?!\s+(?:the|an?|this|it|its)\b)|"
            r"\b(?:speech(?:es)?|remarks|address(?:es)?)\s+(?:\w+\s+){0,3}?"
            r"(?:by|from)\b"
        ),
    ),
)
CUT = re.compile(
    rf";|\bwhile\b|\bwho\b|\bwhich\b|\b(?:{SPEECH}|attended|witnessed)\b|\bwas\b|\bwere\b|\bwill\b|\bhas\b|\bhave\b|[\"“”]"
)


def people_en(text: str, parties: tuple[Party, ...], kind: str) -> tuple[Person, ...]:
    """Return the people with their parts, once for each part; who only attends is listed only when nothing else is told."""
    found = [
        _person(text, *match.span(group), None, None, "reporter", 0.9)
        for match in REPORTER.finditer(text)
        for group in ("name", "other")
        if match.group(group) and not NOT_A_NAME.search(match.group(group))
    ]
    found += _signatures(text, parties) if kind == "agreement" else _in_report(text, parties, {one.name for one in found})
    return _settle(found)


def _signatures(text: str, parties: tuple[Party, ...]) -> Iterator[Person]:
    for pattern in (SIGNATURE, SIGNED_FOR):
        for match in pattern.finditer(text, int(len(text) * 0.4)):
            if not NOT_A_NAME.search(match.group("name")):
                whom = _nearest(text, match.end("name"), parties)
                yield _person(text, *match.span("name"), whom, _title_after(text, match.end()), "signatory", 0.85)


def _in_report(text: str, parties: tuple[Party, ...], reporters: set[str]) -> Iterator[Person]:
    spans = sentence_spans(text)
    known = introductions(text, spans, parties)
    regions = {span: list(_regions(text, *span)) for span in spans}
    for span in spans:
        for _, start, end in regions[span]:
            for one in names_in(text, start, end, parties):
                known.setdefault(one.name, one)
    known = {name: one for name, one in known.items() if name not in reporters}
    for start, end in spans:
        here = mentions(text, start, end, known, parties)
        for i, mention in enumerate(here):
            for part, confidence in _parts(text, here, i, end, regions[start, end]):
                who = mention.who
                yield _person(text, who.start, who.end, who.organisation, who.title, part, confidence)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return where sentences begin and end; titles, legal forms and initials end none."""
    spans, start = [], 0
    for match in re.finditer(
        r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bCo)(?<!\bLtd)(?<!\bInc)(?<!\bMrs)(?<!\bProf)(?<!\b[A-Z])(?<!\bCorp)(?<!"
        r"\bNo)(?<!\bSept)(?<!\bDec)(?<!\bNov)(?<!\bOct)(?<!\bAug)(?<!\bJan)(?<!\bFeb)\.[\"')]*(?=\s)|[!?;]|\n",
        text,
    ):
        spans.append((start, match.end()))
        start = match.end()
    return [*spans, (start, len(text))]


Region = tuple[Part, int, int]


def _regions(text: str, start: int, end: int) -> Iterator[Region]:
    """Yield where names stand that a passive verb gives a part: behind "signed by", "in the presence of", "chaired by"."""
    heads = sorted((match.start(), match.end(), part) for part, pattern in AGENTS for match in pattern.finditer(text, start, end))
    for i, (_, begin, part) in enumerate(heads):
        limit = heads[i + 1][0] if i + 1 < len(heads) and heads[i + 1][0] > begin else end
        cut = CUT.search(text, begin, limit)
        stop = cut.start() if cut else limit
        yield part, begin, min(stop, begin + 70) if part == "speaker" else stop


def _parts(text: str, here: list[Mention], i: int, end: int, regions: list[Region]) -> list[tuple[Part, float]]:
    """Decide by the verb that governs the name: the passive one before it, else the active one behind it."""
    mention = here[i]
    for part, begin, stop in reversed(regions):
        if begin <= mention.start < stop and (part != "speaker" or not any(begin <= m.start < mention.start for m in here)):
            rest = [("speaker", 0.9)] if part == "attendee" and _spoke_later(text, mention.end, end) else []
            return [(part, 0.87), *rest]  # type: ignore[list-item]  # the part of a region is one of the literals
    after = text[mention.end : _limit(text, here, i, end, regions)]
    parts: list[tuple[Part, float]] = []
    if HOSTED.search(after):
        parts.append(("host", 0.9))
    if SIGNED.search(after) and not re.search(r"(?:attend|witness)\w*[^.]{0,30}sign", after):
        parts.append(("signatory", 0.85))
    if SPOKE.search(after) and not (parts and parts[0][0] == "signatory" and not re.search(r"\bsaid|spoke|remarks", after)):
        parts.append(("speaker", 0.9))
    if not parts and ATTENDED.search(after):
        parts.append(("attendee", 0.85))
    return parts


def _spoke_later(text: str, start: int, end: int) -> bool:
    return bool(re.match(r",?\s+who\s+(?:said|spoke|added)", text[start:end]))


def _limit(text: str, here: list[Mention], i: int, end: int, regions: list[Region]) -> int:
    """Return where another person's predicate begins: at the next name with a verb in between, or at a passive's agents."""
    place = here[i].end
    for other in here[i + 1 :]:
        between = text[place : other.start]
        if any(pattern.search(between) for pattern in VERBS) or re.search(r"\bwhile\b", between):
            end = min(end, other.start)
            break
    inside = [begin for part, begin, _ in regions if begin > place and part != "signatory"]
    return min([end, *inside])


def _title_after(text: str, end: int) -> str | None:
    match = re.match(
        r"\s*(?:\n\s*)?(?:(?:Title|Its|Position)\s*:|,)\s*([A-Z][\w ,&-]{1,60}?)(?=\s{2,}|\n|$|Date)", text[end : end + 120]
    )
    return match.group(1).strip() if match else None


def _nearest(text: str, place: int, parties: tuple[Party, ...]) -> str | None:
    before = text[max(0, place - 400) : place].lower()
    near = [
        (before.rfind(form.lower()), party.name)
        for party in parties
        for form in (party.name, *party.aliases)
        if form.lower() in before
    ]
    return max(near)[1] if near else None


def _person(  # noqa: PLR0917  a short way to a record with as many fields
    text: str, start: int, end: int, organisation: str | None, title: str | None, part: Part, confidence: float
) -> Person:
    quote = text[start:end]
    return Person(
        name=" ".join(quote.split()),
        organisation=organisation,
        title=title,
        part=part,
        quote=quote,
        start=start,
        end=end,
        confidence=confidence,
    )


def _settle(found: list[Person]) -> tuple[Person, ...]:
    active = {person.name for person in found if person.part != "attendee"}
    kept: dict[tuple[str, str], Person] = {}
    for person in sorted(found, key=lambda p: p.start):
        if person.part != "attendee" or person.name not in active:
            kept.setdefault((person.name, person.part), person)
    return tuple(kept.values())
