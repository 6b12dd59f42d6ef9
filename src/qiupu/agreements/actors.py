"""Who acts: from a word in a sentence (甲方, 深兰科技, "the Licensor") to a party."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qiupu.agreements.reading import Party

BOTH_ZH = r"(?:(?:政企|校地|校企|签约|协议|合作|甲乙|甲乙丙)?(?:双方|各方|三方|四方)|任何一方|任一方|每一方|两家单位|两地)"
HEADS = frozenset(
    [
        "museum",
        "library",
        "hospital",
        "college",
        "school",
        "agency",
        "bank",
        "council",
        "group",
        "board",
        "authority",
        "archive",
        "centre",
        "center",
        "institute",
        "foundation",
        "association",
        "university",
        "county",
        "city",
        "bureau",
        "department",
        "academy",
        "borough",
        "company",
        "firm",
        "port",
        "town",
        "zone",
        "village",
        "cooperative",
        "federation",
        "union",
        "ministry",
        "commission",
        "chamber",
        "society",
        "trust",
        "observatory",
        "gallery",
    ]
)
BOTH_EN = (
    r"(?:(?:the|both|all|each\s+of\s+the|either\s+of\s+the)\s+(?:two\s+|three\s+)?(?:part(?:y|ies)|sides|"
    r"partners|organi[sz]ations|institutions|signatories)|the\s+two|"
    r"both\s+(?:sides|parties)|each\s+party|either\s+party|neither\s+party|(?:the\s+)?parties)"
)
GOVERNMENT_ZH = (
    r"(?:我市|全市|市委[、]?市政府|市政府|县政府|区政府|本市|该市|我县|我区|全县|全区|市委|市里|市直各部门|市直有关部门)"
)
OURSELVES_ZH = r"(?:我们|我方|我公司|本公司|我校|我院|我局|本集团|我司)"
PRONOUN_ZH = r"(?:该公司|公司|该集团|集团|该校|学校|该院|企业方|对方|后者|前者|其)"


FOLLOWED = (
    r"(?=应|须|必须|要|负责(?!同志|人(?!才|员|力|工))|牵头|将|:|、|和|与|承诺|会同|力争|配合|同意|不得|保证|积极|组织|抓紧|尽快|按|"
    r"及时|分别|统筹|等)"
)
UNIT_ZH = (
    rf"(?:各级|[市县区省州]直)?(?:各(?:责任|牵头|成员|参与|配合|承办)|各?(?:有关|相关|级)?)(?:部门单位|部门和单位|单位部门|部门|单位){FOLLOWED}|各(?:县区|县市区|县|区|乡镇街道|乡镇|镇街|街道|市县)(?:\([^()]{{1,5}}\))?{FOLLOWED}|"
    rf"(?:[\u4e00-\u9fff]{{2,4}}?)?[市县区省州][\u4e00-\u9fff]{{1,14}}?(?:局|委员会|委|办公室|办|厅|管委会|中心){FOLLOWED}"
)


@dataclass(frozen=True)
class Actor:
    """Somebody at a place: ``name`` for people to read, ``names`` the parties meant."""

    name: str
    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Cast:
    """The parties of a text with a pattern that finds them and how to resolve what it finds."""

    parties: tuple[Party, ...]
    language: str
    pattern: re.Pattern[str]
    forms: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, parties: tuple[Party, ...], language: str) -> Cast:
        """Build the pattern out of names, aliases and labels, longest first."""
        forms: dict[str, str] = {}
        for party in parties:
            for form in (party.name, *party.aliases, *([party.label] if party.label else [])):
                key = _plain(form)
                if len(key) >= 2:
                    forms.setdefault(key, party.name)
        words = sorted(forms, key=len, reverse=True)
        if language == "zh":
            fixed = [BOTH_ZH, GOVERNMENT_ZH, OURSELVES_ZH, r"[甲乙丙丁]\s*方"]
            pattern = re.compile("|".join([*[re.escape(word) for word in words], *fixed, UNIT_ZH]))
        else:
            for party in parties:
                for word in re.findall(r"[a-z]+", party.name.lower()):
                    if word in HEADS and sum(word in other.name.lower().split() for other in parties) == 1:
                        forms.setdefault(f"the {word}", party.name)
            words = sorted(forms, key=len, reverse=True)
            named = [r"\s+".join(re.escape(piece) for piece in word.split()) for word in words]
            fixed = [
                BOTH_EN,
                r"the\s+(?:company|city|(?:municipal|metropolitan|city|county|district|provincial|local|state)\s+government|government|university|firm|municipality|bank|institute|"
                r"mayor's\s+office|province|county|district)",
            ]
            pattern = re.compile(
                rf"(?<![\w-])(?:(?:the\s+)?(?:{'|'.join(named)})(?:'s)?(?![\w])|(?:{'|'.join(fixed)})(?!\w))"
                if named
                else rf"(?<!\w)(?:{'|'.join(fixed)})(?!\w)",
                re.IGNORECASE,
            )
        return cls(parties, language, pattern, tuple(forms.items()))

    def find(self, text: str, start: int, end: int) -> list[Actor]:
        """Return the actors named between two offsets."""
        return [self.resolve(match.group(), match.start(), match.end()) for match in self.pattern.finditer(text, start, end)]

    def resolve(self, word: str, start: int, end: int) -> Actor:
        """Return the actor that a word means; a word that cannot be resolved stays itself."""
        plain = re.sub(r"'s$", "", _plain(word))
        table = {form.lower(): name for form, name in self.forms}
        bare = re.sub(r"(?i)^the\s+", "", plain)
        name = table.get(plain.lower()) or table.get(bare.lower())
        if name is not None:
            return Actor(name, (name,), start, end)
        everybody = tuple(party.name for party in self.parties)
        if re.fullmatch(BOTH_ZH, plain):
            plain = re.sub(r"^(?:政企|校地|校企|签约|协议|合作|甲乙丙|甲乙)", "", plain)
            plain = self.everybody().name if plain.endswith("一方") else plain
            return Actor(plain if self.language == "zh" else "both parties", everybody, start, end)
        if self.language == "en" and re.fullmatch(BOTH_EN, plain, re.IGNORECASE):
            return Actor("both parties", everybody, start, end)
        role = self._role_meant(plain)
        if role:
            fitting = [party.name for party in self.parties if party.role == role] or [
                party.name for party in self.parties if party.role == "other"
            ]
            if len(fitting) == 1:
                return Actor(fitting[0], (fitting[0],), start, end)
        return Actor(plain, (), start, end)

    def _role_meant(self, word: str) -> str | None:
        if self.language == "zh":
            if re.fullmatch(GOVERNMENT_ZH, word):
                return "government"
            return "company" if re.search(r"公司|集团|企业", word) else "university" if re.search(r"[校院]$", word) else None
        if re.search(r"(?i)city|government|municipal|province|county|district", word):
            return "government"
        return "company" if re.search(r"(?i)company|firm", word) else "university" if re.search(r"(?i)university", word) else None

    def everybody(self) -> Actor:
        """Return all the parties as one actor without a place."""
        many = "三方" if len(self.parties) == 3 else "各方" if len(self.parties) > 3 else "双方"
        return Actor(many if self.language == "zh" else "both parties", tuple(party.name for party in self.parties), 0, 0)


def _plain(form: str) -> str:
    return " ".join(form.split()).strip(" \"'")
