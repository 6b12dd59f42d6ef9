"""Parties of an English report or memorandum: who signs with whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qiupu.agreements.reading import Party, Role

WORD = r"(?:(?:Inc|Ltd|Co|Corp|St|Mt|[A-Z])\.|[A-Z0-9][\w&'/-]*(?:\.(?=\w)[\w&'/-]+)*)"
JOIN = r"(?:of|the|for|de|du|&|in|at)"
OFFICE = r"(?:Bureau|Department|Ministry|Office|Board|Committee|Commission|Council|Authority|Agency)"
REMIT = (
    r"(?:Tourism|Rural Affairs|Information Technology|Information|Technology|Reform|Sports?|Commerce|Trade|Industry|Health|"
    r"Communications|Innovation|Environment|Education|Planning|Energy|Transport|Forestry|Fisheries|Food|Research|Culture|Media)"
)
"""What stands behind the "and" of a department's name."""
DEPARTMENT = rf"(?:[A-Z]\w+ +){{1,3}}{OFFICE} +(?:of|for) +(?:[A-Z]\w+,? +){{1,2}}and +{REMIT}"
BODY = (
    rf"(?:[Tt]he +)?(?:(?:(?:[A-Z]\w+ +){{0,3}}[A-Z]\w+ +and +[A-Z]\w+ +{OFFICE}|{OFFICE} +of +[A-Z]\w+ +and "
    rf"+[A-Z]\w+)(?= |,|\.|$)|{DEPARTMENT}|{WORD})(?: +(?:{JOIN} +){{0,2}}{WORD}|\s*,\s?(?=(?:Inc|Ltd|LLC|Co|Corp|Limited|"
    rf"PLC)\b){WORD})*(?:\s*\([A-Z][\w .&-]{{1,40}}\)(?:(?: +[A-Z]\w+){{0,3}} +(?:Co\.?,?\s+)?(?:Ltd|Inc|Corp|Limited|LLC)\b\.?)?)?"
)
TAIL = (
    r"(?:\s+(?:county|city|municipal|district|provincial|province|township|people's|metropolitan|government|"
    r"council|authorities)\b)+"
)
OF_PLACE = r"(?:(?:the\s+)?(?:(?:people's\s+)?government|city|county|town|municipality|province)\s+of\s+(?:the\s+)?)"
LEAD = (
    r"(?:(?:(?:a|an|the|its|local|leading|global)\s+)?(?:[A-Z][\w]*-based\s+)?(?:[a-z][\w-]*\s+|AI\s+){0,5}?"
    r"(?:company|firm|developer|start-?up|maker|provider|giant|group|operator|specialist|supplier|manufacturer|partner|"
    r"business|enterprise|unicorn|leader|house|studio|consultancy|manufacturer|retailer|utility)\s+)?"
)
BODY = rf"(?:{OF_PLACE}{BODY}(?:{TAIL})?|{BODY}(?:{TAIL})?(?:\s+(?:a\.s\.|s\.r\.o\.|d\.o\.o\.))?)"
NAME = re.compile(rf"(?<![\w.]){BODY}")
SIGNING = (
    r"(?:sign\w*|ink\w*|conclud\w+|enter\w*\s+into|formali[sz]\w+|seal\w*|agree\w*\s+(?:on|to|upon)|launch\w*|"
    r"announc\w+|struck|strik\w+|forg\w+|establish\w*|reach\w*|unveil\w*|form(?:s|ed)?|finali[sz]\w+|join\w*|renew\w*|extend(?:s|ed))"
)
PAPER = (
    r"(?:agreement|memorandum|contract|MOU|MoU|pact|partnership|deal|cooperation|letter of intent|accord|"
    r"framework|collaboration|alliance|tie-?up|joint (?:venture|project|programme|program|initiative))"
)
DESCRIBED = r"(?:\s*,\s+(?:a|an|the|one|based|which|headquartered)\b[^,;.]{2,90},|\s*\((?:[^()]{1,60})\))?"
ADVERB = (
    r"(?:\s*,?\s*(?:on\s+[A-Z]\w+(?:\s\d+)?(?:,\s\d{4})?,?|today|yesterday|on\s+(?:Mon|Tues|Wednes|Thurs|Fri|"
    r"Satur|Sun)day|jointly|formally|officially|have|has|had|will|both|recently|also|this\s+\w+|here|"
    r"a\s+few\s+days\s+ago|late\s+\w+|last\s+\w+|said\s+(?:on\s+)?(?:\w+day\s+)?(?:that\s+)?(?:it|they)))*"
)
OFFICER = r"(?:Minister|Mayor|Governor|President|Chairman|Chairwoman|Chair|CEO|Director|Secretary)(?:\s+[A-Z][\w'-]+){1,3}"
PATTERNS = [
    re.compile(rf"(?P<a>{BODY}){DESCRIBED}\s+and\s+{LEAD}(?P<b>{BODY}){DESCRIBED}{ADVERB}\s+{SIGNING}\b[^.;]{{0,90}}?\b{PAPER}"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED}{ADVERB}\s+{SIGNING}\b[^.;]{{0,110}}?\b{PAPER}\w*\b[^.;]{{0,60}}?\s+with\s+{LEAD}"
rf"(?P<b>{BODY})"),
    re.compile(rf"\b{PAPER}\b[^.;]{{0,80}}?\bbetween\s+(?:the\s+)?{LEAD}(?P<a>{BODY}){DESCRIBED}\s+and\s+{LEAD}"
rf"(?P<b>{BODY})", re.DOTALL),
    re.compile(rf"\b[Bb]etween:?\s+(?P<a>{BODY}){DESCRIBED}\s*(?:,|;)?\s+and\s+{LEAD}(?P<b>{BODY})"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED}{ADVERB}\s+(?:partner\w*|cooperat\w+|collaborat\w+|join\w*\s+(?:forces|hands)|"
rf"team\w*\s+up)\s+with\s+{LEAD}(?P<b>{BODY})(?:\s+and\s+{LEAD}(?P<c>{BODY})(?=\s+(?:to|in|on|for|under|at)\b|[.,;]))?"),
    re.compile(rf"\b{PAPER}\b[^.;]{{0,60}}?\b(?:between|among)\s+{LEAD}(?P<a>{BODY}),\s+{LEAD}(?P<c>{BODY}),?\s+and\s+{LEAD}(?P<b>{BODY})"),
    re.compile(rf"\bsigned\b[^.;]{{0,40}}\bby\b[^.;]{{2,60}}?\b(?:for|on\s+behalf\s+of)\s+(?P<a>{BODY})\s*,?\s+and\s+(?:by\s+)?[^.;]{{2,60}}?"
rf"\b(?:for|on\s+behalf\s+of)\s+(?P<b>{BODY})"),
    re.compile(rf"(?P<a>{BODY}),\s+(?P<c>{BODY}),?\s+and\s+{LEAD}(?P<b>{BODY}),?{ADVERB}\s+{SIGNING}\b[^.;]{{0,90}}?\b{PAPER}"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED}\s+and\s+{LEAD}(?P<b>{BODY}){DESCRIBED}{ADVERB}\s+(?:held|attended|hosted|hold|"
rf"agree[ds]?|join(?:ed)?)\b[^.;]{{0,60}}?\b(?:signing|{PAPER}|ceremony|hands|forces)"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED} +and +{LEAD}(?P<b>{BODY}){DESCRIBED}{ADVERB}\s+(?:have\s+|has\s+|"
rf"hereby\s+)?(?:agreed?|express|pledged?|signed|inked|intend|wish|reached|concluded)\b"),
    re.compile(rf"(?P<a>{BODY}),\s+(?P<c>{BODY}),?\s+and\s+{LEAD}(?P<b>{BODY})\s+(?:sign|agree)"),
    re.compile(rf"\bsigned\b[^.;]{{0,40}}\bby\s+(?:the\s+)?(?P<a>{BODY})(?:,\s+(?P<c>{BODY}),?)?\s+and\s+{LEAD}(?P<b>{BODY})(?=["
rf".,;])"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED}{ADVERB}\s+{SIGNING}\b[^.;]{{0,60}}?\b(?:agreements|memorandums|contracts|"
rf"memoranda)\s+with\s+{LEAD}(?P<b>{BODY})\s+and\s+(?P<c>{BODY})"),
    re.compile(rf"\b(?:of|by)\s+(?:the\s+)?(?P<a>{BODY})(?:'s)?\b[^.;\n]{{0,50}}\b{PAPER}\s+with\s+{LEAD}(?P<b>{BODY})"),
    re.compile(rf"\b(?:cooperation|partnership|collaboration)\s+of\s+(?P<a>{BODY})\s+with\s+{LEAD}(?P<b>{BODY})"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED}\s+{OFFICER}{ADVERB}\s+{SIGNING}\b[^.;]{{0,110}}?\b{PAPER}\w*\b[^.;]{{0,60}}?\s+with\s+{LEAD}"
rf"(?P<b>{BODY})"),
    re.compile(rf"(?:^|\n)(?P<a>{BODY})\s+(?:Signs?|Signed|Inks?|Seals?)\s[^.;\n]{{0,70}}?\b(?i:{PAPER})\w*\s+[Ww]ith\s+(?P<b>{BODY})(?=\s*\n)"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED}{ADVERB}\s+{SIGNING}\b[^.;]{{0,110}}?\b{PAPER}\w*\b[^.;]{{0,60}}?\s+with\s+{LEAD}"
rf"(?P<c>{BODY})(?:,\s+(?P<d>{BODY}),?)?\s+and\s+{LEAD}(?P<b>{BODY})(?=\s+(?:to|for|on|in|at|that|which|under|aimed|covering|last|this)\b|[,.;])"),
    re.compile(rf"(?P<a>{BODY}){DESCRIBED},?\s+(?:together|along|jointly|in\s+partnership)\s+with\s+{LEAD}(?P<c>{BODY})"
rf"(?:,?\s+and\s+{LEAD}(?P<b>{BODY}))?,?{ADVERB}\s+{SIGNING}\b[^.;]{{0,90}}?\b{PAPER}"),
    re.compile(rf"(?P<a>{BODY}),\s+(?P<c>{BODY}),\s+(?P<d>{BODY}),?\s+and\s+{LEAD}(?P<b>{BODY}){ADVERB}\s+{SIGNING}\b[^.;]{{0,90}}?\b{PAPER}"),
    re.compile(rf"[Pp]arty A\s*[:(]\s*(?P<a>{BODY})[^\n]*?\n[\s\S]{{0,400}}?[Pp]arty B\s*[:(]\s*(?P<b>{BODY})"),
]  # fmt: skip
BODY_WORD = re.compile(
    r"(?i)\b(?:government|municipal\w*|city|county|district|province|bureau|department|ministry|committee|"
    r"commission|council|university|college|institute|academy|school|company|"
    r"co|corp\w*|inc|ltd|limited|llc|plc|group|technolog\w+|tech|holdings?|bank|center|centre|association|"
    r"laborator\w+|lab|foundation|ai|systems|software|robotics|"
    r"networks?|industries|agency|authority|office|zone|park|museum|library|hospital|federation|chamber|"
    r"alliance|data|cloud|digital|motors|energy|solutions|labs|archives?|gmbh|ab|oy|asa|works|observatory|"
    r"theatre|cooperative|municipality|borough|town|board|plc|society|institution|press|farms?|media|robots?|"
    r"gallery|club|union|trust|service|services|studio|studios|freight|logistics|analytics|mobility|sensors|imaging|railways?|airlines)\b\.?"
)
STOPWORD = re.compile(
    r"(?i)^(?:the\s+)?(?:on|in|at|by|under|this|that|these|both|after|during|according|for|with|as|mayor|"
    r"chairman|president|mr|ms|mrs|dr|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|"
    r"agreement|memorandum|parties|party|sides|it|he|she|they|we|its|"
    r"ceremony|signing|strategic|cooperation|ai|artificial|intelligence|today|yesterday|photo|source|reporter|"
    r"editor|january|we|if|all|each|technology|culture|tourism|industry)$"
)
TITLE_WORD = re.compile(
    r"^(?:(?:Vice|Deputy|Executive|Senior|Acting|Former)\s+)*(?:Mayor|Chairman|Chairwoman|Chairperson|"
    r"President|Secretary|Director|CEO|Governor|Professor|Minister|General Manager|Mr|Ms|Mrs|Dr|Founder)\b"
)
ROLE_WORDS: tuple[tuple[Role, str], ...] = (
    ("university", r"\b(?:university|college|school|polytechnic|institute of technology)\b"),
    (
        "company",
        r"\b(?:inc|corp|corporation|company|co|ltd|limited|llc|l\.?l\.?c|lp|l\.p|plc|gmbh|ag|s\.a|n\.v|b\.v|group|"
        r"holdings|technolog\w+|tech|bank|ai|systems|software|robotics|industries|motors|cloud|networks?|"
        r"solutions|labs|energy|analytics|sensors?|imaging|mobility|media|logistics|freight|electric|dynamics|oy|as|ab)\b",
    ),
    (
        "government",
        r"\b(?:government|municipal\w*|city of|town of|county|district|province|bureau|department|ministry|"
        r"committee|commission|council|authority|prefecture|state of|city|zone|agency)\b",
    ),
)


PUBLIC = re.compile(r"(?i)\b(?:government|municipality|administrative committee|commission|bureau|ministry)\b")
LEGAL_FORM = re.compile(r"(?i)\b(?:inc|corp|corporation|company|co|ltd|limited|llc|lp|plc|gmbh|ag)\b")


def role_of(name: str) -> Role:
    """Return whether a name is of a government body, a company, a university or something else."""
    if PUBLIC.search(name) and not LEGAL_FORM.search(name):
        return "government"
    for role, pattern in ROLE_WORDS:
        if re.search(pattern, name, re.IGNORECASE):
            return role
    return "other"


@dataclass(frozen=True)
class Found:
    """A name with its place."""

    name: str
    start: int
    end: int


def parties_in_report(text: str) -> tuple[Party, ...]:
    """Return who signs with whom, in the order of the text; shorter forms of a name become its aliases."""
    found: list[Found] = []
    for pattern in PATTERNS:
        for match in pattern.finditer(text):
            names = [
                _clean(text, *match.span(group))
                for group in ("a", "c", "d", "b")
                if group in match.re.groupindex and match.group(group)
            ]
            if all(one is not None for one in names):
                found += [one for one in names if one is not None]
    found = [
        one for one in found if not any(o.start <= one.start and one.end <= o.end and len(o.name) > len(one.name) for o in found)
    ]
    groups: list[list[Found]] = []
    for one in sorted(found, key=lambda f: f.start):
        group = next((g for g in groups if any(is_same(one.name, other.name) for other in g)), None)
        if group is None:
            groups.append([one])
        elif all(one.start != other.start for other in group):
            group.append(one)
    sure = [any(BODY_WORD.search(one.name) for one in g) for g in groups]
    counted = [
        g
        for g, good in zip(groups, sure, strict=True)
        if good or len(g) > 1 or text.count(g[0].name) > 2 or (any(sure) and len(groups) <= 3)
    ]
    return tuple(_party(text, group) for group in counted[:8])


def _holds(one: Found, other: Found) -> bool:
    """Whether a name stands inside a longer one."""
    return one.start <= other.start and other.end <= one.end and len(one.name) > len(other.name)


BODIES = ("Government", "Committee", "Council", "Bureau", "Commission", "Authority", "Group", "Company", "Zone")


def _clean(text: str, start: int, end: int) -> Found | None:
    name = text[start:end]
    lead = re.match(r"(?:The|the)\s+", name)
    start += lead.end() if lead else 0
    people = re.match(
        r"(?:Representatives|Officials|Leaders|Delegates|Executives)\s+(?:of|from)\s+(?:the\s+)?(?=[A-Z])", text[start:end]
    )
    start += people.end() if people else 0
    office = re.match(r"(?:General\s+)?Office\s+of\s+(?:the\s+)?(?=[A-Z])", text[start:end])
    start += office.end() if office else 0
    whole = re.match(r".*?\b(?:Inc|Ltd|Corp|LLC|PLC|Limited|Co\.,? Ltd)\b\.?(?=\s+[A-Z])", text[start:end])
    if whole and not re.match(r"\s+(?:of|and|Ltd|Inc|Limited|Co)\b", text[start + whole.end() : end]):
        end = start + whole.end()
    based = re.match(r"[A-Z]\w+-based\s+", text[start:end])
    start += based.end() if based else 0
    name = re.sub(r"\s*\([A-Z]{2,8}\)$", "", text[start:end])
    end = start + len(name)
    while True:
        first = re.match(r"([\w.]+),?\s+", name)
        if first and STOPWORD.match(first.group(1)) and first.group(1) not in ("City", "Technology", "AI"):
            start += first.end()
            name = text[start:end]
            continue
        break
    name = name.rstrip(" ,.'") if not re.search(r"(?:Inc|Ltd|Co|Corp|a\.s|s\.r\.o|d\.o\.o)\.$", name) else name
    name = re.sub(r"'s$|\s+(?:in|at|for|on)\s+(?:\d.*|[A-Z][a-z]+day)$", "", name)
    if re.match(r"(?:Zone|City|County|Company|Group|Party|University)(?:\s+[A-Z][a-z]+){2,3}$", name) and not name.endswith(BODIES):
        return None
    if re.fullmatch(r"(?i)(?:(?:our|this|the)\s+)?(?:city|county|company|group|university|school|government|firm|college)", name):
        return None
    if len(name) < 2 or STOPWORD.match(name) or TITLE_WORD.match(name) or "\n\n" in name or name.isdigit():
        return None
    return Found(name, start, start + len(name))


def is_same(a: str, b: str) -> bool:
    """Whether two English names are forms of one: one begins the other, or its initials, or both name one city."""
    short, long = sorted((_bare(a), _bare(b)), key=len)
    if short == long or (len(short) >= 3 and (long + " ").startswith(short + " ")):
        return True
    initials = "".join(word[0] for word in long.split() if word not in ("of", "the", "and", "for"))
    if len(short) >= 2 and short == initials:
        return True
    place_a, place_b = _place(a), _place(b)
    return bool(place_a and place_a in (place_b, _bare(b))) or bool(place_b and place_b == _bare(a))


def _bare(name: str) -> str:
    name = re.sub(r"\([^()]*\)", " ", name.lower())
    name = re.sub(r"[.,]", " ", name)
    name = re.sub(r"\b(?:the|co|ltd|inc|corp|corporation|limited|llc|plc|company)\b", " ", name)
    return " ".join(name.split())


def _place(name: str) -> str:
    match = re.fullmatch(
        r"(?i)(?:the\s+)?(?:(?P<a>[\w' ]+?)\s+(?:city|municipal(?:ity)?|municipal people's|city's|people's|local|government|county|"
        r"borough|town|"
        r"district)(?:\s+(?:people's\s+)?(?:government|council))?|"
        r"(?:people's\s+government|municipal\s+government|government|city|municipality)\s+of\s+(?P<b>[\w' "
        r"]+?)(?:\s+(?:city|municipality))?)",
        name.strip(),
    )
    return (match.group("a") or match.group("b")).lower().removesuffix(" municipal").removesuffix(" city") if match else ""


def _party(text: str, group: list[Found]) -> Party:
    best = _fuller(text, max(group, key=lambda one: (len(one.name), -one.start)))
    aliases = dict.fromkeys(" ".join(one.name.split()) for one in group)
    name = " ".join(text[best.start : best.end].split())
    defined = re.match(
        r"\s*,?\s*\((?:(?:hereinafter\s+)?(?:referred to as\s+)?(?:the\s+)?\"([A-Z][\w &'-]{1,40}?)\"|([A-Z]{2,8}))\)",
        text[best.end : best.end + 110],
    )
    if defined:
        aliases[defined.group(1) or defined.group(2)] = None
    for short in _short_forms(name):
        if re.search(rf"(?<!\w){re.escape(short)}(?!\w)", text):
            aliases[short] = None
    first = re.match(r"([A-Z]\w{3,}) (\w+) \w", name)
    if first and role_of(name) == "company" and first.group(1) not in GENERIC:
        ahead = r"(?= (?:will|would|shall|and|to|is|has|said|chair|CEO|president|director|founder|\w+s)\b|['’,.])"
        alone = rf"(?<![\w-]){first.group(1)}{ahead}"
        aliases |= {first.group(1): None} if re.search(alone, text) else {}
    aliases.pop(name, None)
    sure = bool(BODY_WORD.search(name))
    return Party(
        name=name, role=role_of(name), aliases=tuple(aliases), quote=text[best.start : best.end],
        start=best.start, end=best.end, confidence=0.9 if sure else 0.7,
    )  # fmt: skip


def _fuller(text: str, one: Found) -> Found:
    """Return the government that a bare place name stands for, where the text names it: Wuxi, Wuxi municipal government."""
    if BODY_WORD.search(one.name):
        return one
    kind = r"(?:[Mm]unicipal|[Cc]ity|[Cc]ounty|[Dd]istrict|[Pp]rovincial|[Tt]own)(?:\s+[Pp]eople's)?\s+[Gg]overnment"
    whole = re.search(rf"(?<!\w){re.escape(one.name)}\s+{kind}", text)
    return Found(whole.group(), whole.start(), whole.end()) if whole else one


GENERIC = frozenset(
    ["The", "National", "International", "General", "New", "First", "City", "United", "Royal", "Central", "North", "South", "East"]
)


def _short_forms(name: str) -> list[str]:
    """Return the forms that a report may use later: without the legal form, the place of a city, the first word."""
    bare = re.sub(
        r"\s*\([^()]*\)|,?\s+(?:Co\.?,?\s*Ltd|Inc|(?:Pte\.?\s+|Pty\.?\s+)?Ltd|Corp|Corporation|Limited|LLC|PLC|Company|GmbH|AG|AB|Oy|ASA|"
        r"a\.s|s\.r\.o)\.?(?=\s|$|,)",
        "",
        name,
    ).strip(" ,.")
    words = bare.split()
    forms = [bare]
    kind = len(words) > 1 and re.fullmatch(
        r"(?i)technolog\w+|tech|ai|group|robotics|software|systems|holdings|labs?|cloud|data|digital|intelligence|"
        r"networks?|industries",
        words[-1],
    )
    if kind or (len(words) > 1 and role_of(name) == "company" and words[0] not in GENERIC):
        forms.append(" ".join(words[:-1]))
    place = _place(bare)
    if place:
        forms.append(" ".join(word.capitalize() for word in place.split()))
    return [form for form in forms if len(form) > 2 and form != name]
