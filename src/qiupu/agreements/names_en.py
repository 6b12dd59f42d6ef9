"""Names of people in an English text: where one is introduced in full, and where only the surname stands later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qiupu.agreements.reading import Party

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪİŁŃŇŌŐŘŚŞŠŤŪŮŰŹŻŽ"
LOWER = "a-zß-öø-ÿāăąćčďđēęěğģīıłńňōőřśşšťūůűźżž"
HONORIFIC = (
    r"(?:Mr|Ms|Mrs|Mx|Dr|Prof|Professor|Sir|Dame|Councillor|Councilor|Councilmember|Councilwoman|Councilman|"
    r"Congressman|Congresswoman|Judge|Lord|Lady|Senator|Alderman)"
)
GIVEN = rf"(?!{HONORIFIC}\b)(?:Mc|Mac|O['’])?[{UPPER}][{LOWER}]+(?:['’-][{UPPER}{LOWER}][{LOWER}]+)*"
FULL = rf"(?:[A-Z]\.\s+)?{GIVEN}(?:\s+(?:[A-Z]\.|{GIVEN}|de|van|von|bin|al)){{1,3}}"
NAME = rf"(?:{HONORIFIC}\.?\s+)*(?P<{{0}}>(?:[A-Z]\.\s+)?{GIVEN}(?:\s+(?:[A-Z]\.|{GIVEN}|de|van|von|bin|al)){{{{1,3}}}})"
TITLE_WORD = (
    r"(?:Mayor|Chairman|Chairwoman|Chairperson|Chair|President|Secretary|Director|CEO|CTO|CFO|COO|Governor|"
    r"Professor|Minister|Manager|Officer|Founder|Co-founder|Co-Founder|Dean|Rector|Principal|"
    r"Chief|Head|Commissioner|Partner|Representative|Secretary-General|Spokesperson|Spokesman|Spokeswoman|"
    r"Leader|Scientist|Engineer|Chancellor|Provost|Vice-Chancellor|Magistrate|Deputy Mayor|Vice Mayor|Vice-Mayor|Member|"
    r"Curator|Librarian|Archivist|Trustee|Treasurer|Ambassador|Coordinator|Superintendent|"
    r"(?:County|City|Town|Borough) Executive|Adviser|Consul|Chief Executive)"
)
LOWER_TITLE = TITLE_WORD + "|" + TITLE_WORD.replace("CEO|CTO|CFO|COO|", "").lower()
FORE = (
    r"(?:(?:Executive|Deputy|Vice|Senior|Acting|Party|General|Managing|Assistant|Municipal|City|Founding|"
    r"Chief|Honorary|County|District|Provincial|[A-Z][\w'-]+|executive|deputy|vice|senior|acting|"
    r"party)\s+){0,5}"
)
SPEECH = (
    r"said|says|noted|added|stated|stressed|expressed|hoped|hopes|introduced|delivered|remarked|pointed|"
    r"emphasi[sz]ed|explained|told|signed|chaired|presided|hosted|moderated|thanked|welcomed|described|commented|"
    r"concluded|continued|announced|called|vowed|spoke|inked|confirmed|declared|praised|underlined"
)
BEFORE = re.compile(
    rf"(?<!\w)(?P<title>{FORE}{TITLE_WORD}(?:\s+(?:and|"
    rf"&)\s+{FORE}(?:{LOWER_TITLE}))?)\s+(?:(?:of|at|for)\s+(?:the\s+)?(?P<org>[A-Z][\w&.' "
    rf"-]{{2,50}}?),?\s+)?{NAME.format('name')}(?=[\s,.;:'’]|$)"
)
APPOSED = re.compile(
    rf"(?<!\w){NAME.format('name')},\s+(?:the\s+|also\s+|who "
    rf"is\s+)?(?P<title>(?!and\b)(?:[\w'-]+\s+){{0,5}}?(?:{LOWER_TITLE})(?:\s+(?:and|"
    rf"&)\s+(?:[\w-]+\s+){{0,3}}?(?:{LOWER_TITLE}))?)\b"
    r"(?:\s*(?:of|at|for|from|with|,)\s+(?:the\s+)?(?P<org>[A-Z][^,.;]{1,70}?|"
    r"[a-z][\w'’-]+(?:\s+[a-z][\w'’-]+){0,4}?)|\s+[A-Z&][\w& ]{1,40}(?=,))?"
    r"(?=,|\.|;|\s+and\s+[A-Z]|"
    rf"\s+(?:{SPEECH}|attended|noted|witnessed)|$|\n)"
)
LOWER_BEFORE = re.compile(
    rf"(?<!\w)(?:(?P<org>(?:[A-Z][\w&.'’-]*\s+){{1,6}}?)|(?<=said )|(?<=by )|(?<=and )|(?<=\. )|(?<=the )|(?<=its )|(?<=, )|"
    rf"(?<='s )|(?<=’s )|"
    rf"(?<=^))(?P<title>(?:(?:deputy|vice|managing|general|executive|senior|founding|chief|commercial|technology|"
    rf"operating|financial|marketing|scientific|information|digital|product|county|city|"
    rf"town|district|party|college|co-)\s*){{0,2}}"
    rf"(?:executive|president|director|founder|co-founder|chairman|chairwoman|chairperson|chair|mayor|leader|manager|"
    rf"secretary|spokesperson|spokesman|spokeswoman|head|dean|rector|curator|minister|librarian|commissioner|"
    rf"councillor|trustee|treasurer|coordinator|principal|ambassador|governor|chancellor|officer|chief|partner|"
    rf"owner|engineer|scientist|researcher|archivist|professor|officials|leaders|"
    rf"[a-z]+ director)(?: and (?:chief executive|CEO|co-founder|founder|chairman|president))?),?\s+"
    rf"{NAME.format('name')}(?=[\s,.;:'’]|$)"
)
HONOURED = re.compile(rf"(?<!\w){HONORIFIC}\.?\s+(?P<name>{FULL})(?=[\s,.;:'’]|$)")
SAID_NAME = re.compile(rf"(?:said|says|added|noted|according to)\s+{NAME.format('name')}(?=[,.\s])")
NAME_SAID = re.compile(rf"(?<![\w.] )(?<!\w){NAME.format('name')}\s+(?:also\s+|further\s+|then\s+)?(?={SPEECH})")
LISTED = re.compile(rf"\s*(?:,\s+and|,|and|&|for [^,.;]{{2,50}} and)?\s*{NAME.format('name')}(?=[\s,.;]|$)")
LEADS = re.compile(rf"{HONORIFIC}\.?|{TITLE_WORD}|And|But|While|When|As|If|That|For|By")
NOT_A_NAME = re.compile(
    r"(?i)\b(?:agreement|government|municipal|city|technology|technologies|university|company|group|bureau|"
    r"department|province|county|ceremony|cooperation|strategic|smart|artificial|intelligence|"
    r"mayor|chairman|president|director|secretary|committee|limited|innovation|park|mount|village|tourism|"
    r"culture|agriculture|manufacturing|district|institute|memorandum|january|february|march|april|"
    r"june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|the|party|"
    r"digital|data|bank|international|development|center|centre|new|north|south|east|west|united|national|people|"
    r"daily|news|council|school|college|museum|hall|board|zone|robotics|labs?|motors|systems|software|analytics|"
    r"industries|agency|authority|office|ministry|tech|under|according|both|after|during|however|street|road|"
    r"chief|executive|officer|dean|rector|minister|governor|deputy|vice|general|manager|speaking|following|today)\b"
)


@dataclass(frozen=True)
class Introduction:
    """A person's full name with its first place, title and organisation."""

    name: str
    start: int
    end: int
    organisation: str | None
    title: str | None


@dataclass(frozen=True)
class Mention:
    """A place where a known person is named, in full or by surname."""

    who: Introduction
    start: int
    end: int


def introductions(text: str, spans: list[tuple[int, int]], parties: tuple[Party, ...]) -> dict[str, Introduction]:
    """Return the people who are named in full with a title, a form of address or a verb of speech, by name."""
    forms = {form for party in parties for form in (party.name, *party.aliases)}
    found: dict[str, Introduction] = {}
    for start, end in spans:
        taken: list[tuple[int, int]] = []
        for match in _matches(text, start, end):
            a, b = match.span("name")
            name = " ".join(match.group("name").split())
            if NOT_A_NAME.search(name) or name in forms or any(x < b and a < y for x, y in taken):
                continue
            taken.append((a, b))
            organisation, title = _whom(match, parties)
            known = found.get(name)
            if known is None or (known.title is None and title):
                found[name] = Introduction(name, *(known.start, known.end) if known else (a, b), organisation, title)
            _listed(text, b, end, forms, taken, found)
    return found


def _matches(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for pattern in (APPOSED, BEFORE, LOWER_BEFORE, HONOURED, NAME_SAID, SAID_NAME):
        yield from pattern.finditer(text, start, end)


def _listed(  # noqa: PLR0917  the state of a walk along a sentence
    text: str, place: int, end: int, forms: set[str], taken: list[tuple[int, int]], found: dict[str, Introduction]
) -> None:
    """Add names joined to a known one: "Li Si and Wang Wu"."""
    joined = re.compile(rf"(?:,\s+and|,|\s+and)\s+{NAME.format('name')}(?=[\s,.]|$)")
    while True:
        match = joined.match(text, place, end)
        if not match or NOT_A_NAME.search(match.group("name")) or match.group("name") in forms:
            return
        a, place = match.span("name")
        name = " ".join(match.group("name").split())
        if name not in found:
            found[name] = Introduction(name, a, place, None, None)
        taken.append((a, place))


def names_in(text: str, start: int, end: int, parties: tuple[Party, ...]) -> Iterator[Introduction]:
    """Yield the bare names of a list behind "signed by" and the like, which needs no title to be one of people."""
    forms = {form for party in parties for form in (party.name, *party.aliases)}
    for match in re.compile(rf"(?<![\w'’]){NAME.format('name')}(?=[\s,.;]|$)").finditer(text, start, end):
        name = " ".join(match.group("name").split())
        if not NOT_A_NAME.search(name) and not any(name in form or form in name for form in forms):
            yield Introduction(name, *match.span("name"), None, None)


def mentions(text: str, start: int, end: int, known: dict[str, Introduction], parties: tuple[Party, ...]) -> list[Mention]:
    """Return where known people are named between two offsets, by full name or by a surname that only one of them has."""
    keys: dict[str, Introduction | None] = {}
    words = {word for party in parties for form in (party.name, *party.aliases) for word in form.split()}
    for one in known.values():
        keys[one.name] = one
    for one in known.values():
        for token in {one.name.split()[0], one.name.split()[-1]}:
            if len(token) > 1 and token not in words:
                keys[token] = one if token not in keys else None
    found: list[Mention] = []
    for key in sorted(keys, key=len, reverse=True):
        who = keys[key]
        if who is None:
            continue
        spaced = r"\s+".join(re.escape(word) for word in key.split())
        alone = rf"(?<![\w-]){spaced}(?![\w-])" + ("" if " " in key else rf"(?!\s+[{UPPER}][{LOWER}])")
        for match in re.compile(alone).finditer(text, start, end):
            a, b = match.span()
            if not any(other.start < b and a < other.end for other in found) and (" " in key or _stands_alone(text, a)):
                found.append(Mention(who, a, b))
    return sorted(found, key=lambda one: one.start)


def _stands_alone(text: str, place: int) -> bool:
    """A single token is a surname only when no other capitalised word leads into it, except a title."""
    before = re.search(rf"([{UPPER}][\w'’.-]*)[ \t]+$", text[max(0, place - 24) : place])
    if before is None or LEADS.fullmatch(before.group(1)):
        return True
    return len(before.group(1)) > 3 and before.group(1).endswith(".") and not re.fullmatch(r"(?:[A-Z]\.)+", before.group(1))


def _whom(match: re.Match[str], parties: tuple[Party, ...]) -> tuple[str | None, str | None]:
    """Return organisation and title of an introduction; a party is named by its full name."""
    groups = match.groupdict()
    named = groups.get("org")
    title, organisation = _title(groups.get("title"), named if named and named[0].isupper() else None, parties)
    rank = organisation.strip() if organisation else ""
    if rank in ("Acting", "Vice", "Deputy", "Executive", "Former", "Senior", "Then"):
        organisation, title = None, f"{rank} {title}"
    if organisation and organisation.strip() and match.re is LOWER_BEFORE:
        wanted = re.sub(r"(?i)^the\s+|['’]s?\s*$", "", organisation.strip())
        found = [party for party in parties if any(wanted in form for form in (party.name, *party.aliases))]
        organisation = found[0].name if len(found) == 1 else wanted
    if organisation:
        plain = " ".join(organisation.split()).strip(" ,")
        whole = [party.name for party in parties if plain in (party.name, *party.aliases) or plain.startswith(party.name)]
        organisation = whole[-1] if whole else plain
    elif title and re.search(r"(?i)mayor|municipal|\bcounty|\bcity|governor|councill?or", title):
        organisation = _only(parties, "government")
    elif title and re.search(r"(?i)chancellor|rector|dean|provost|principal|college", title):
        organisation = _only(parties, "university")
    return organisation, title


def _title(title: str | None, organisation: str | None, parties: tuple[Party, ...]) -> tuple[str | None, str | None]:
    """Cut a party's name off the head of a title: "Helio Systems founder"."""
    if title is None:
        return None, organisation
    title = " ".join(title.split())
    for party in parties:
        for form in (party.name, *party.aliases):
            if title.startswith(form + " "):
                title, organisation = title[len(form) + 1 :], party.name
    return title, organisation


def _only(parties: tuple[Party, ...], role: str) -> str | None:
    found = [party.name for party in parties if party.role == role]
    return found[0] if len(found) == 1 else None
