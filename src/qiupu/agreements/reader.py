"""Read a text: language, parties, people, dates, law, fields, clauses and statements."""

from __future__ import annotations

import re
from typing import Literal

from qiupu.agreements.actors import Cast
from qiupu.agreements.date_roles import dates_of
from qiupu.agreements.fields import fields_of
from qiupu.agreements.folding import fold
from qiupu.agreements.languages import language_of
from qiupu.agreements.law import governing_law
from qiupu.agreements.layout import Paragraph, clauses, paragraphs
from qiupu.agreements.parties_of import parties_of_contract
from qiupu.agreements.parties_zh import parties_zh
from qiupu.agreements.people_en import people_en
from qiupu.agreements.people_zh import people_zh
from qiupu.agreements.press_en import parties_in_report
from qiupu.agreements.quantities import duration_of, money_in
from qiupu.agreements.reading import Party, Reading, Value
from qiupu.agreements.several import split_agreements
from qiupu.agreements.short_forms_zh import with_short_forms
from qiupu.agreements.statements_en import statements_en
from qiupu.agreements.statements_zh import statements_zh
from qiupu.agreements.unfolding import unfold
from qiupu.errors import N_, InputError

Kind = Literal["agreement", "report", "notice"]
ABOUT = re.compile(
    r"协议|合同|签约|签署|备忘录|合作|承诺|意向书|甲方|乙方|责任分解|agreement|contract|memorandum|hereby|"
    r"cooperat|collaborat|partnership|signed|signing|undertak|shall|terms and conditions|parties",
    re.IGNORECASE,
)
AGREEMENT_ZH = re.compile(
    r"[甲乙]方\s*(?:\([^()\n]*\))?\s*[:(为]|本(?:协议|合同|备忘录|意向书)|(?:甲乙)?双方(?:经|"
    r"本着)[^。]{0,40}(?:协商|达成如下|订立)"
)
REPORT_ZH = re.compile(r"本报讯|记者|通讯员|讯\s|[日网]电|签约仪式|签署.{0,30}协议|表示[,:]|致辞|出席|见证")
NOTICE_ZH = re.compile(
    r"(?:关于[^\n]{2,60}的?(?:通知|公告|通报|"
    r"意见|方案|函))|各(?:县|区|县区|单位|部门|"
    r"有关单位)[^\n]{0,40}:"
)
AGREEMENT_EN = re.compile(
    r"(?i)\bhereby\b|\bhereinafter\b|\bwitnesseth\b|\bwhereas\b|this\s+(?:\w+\s+){0,4}(?:agreement|memorandum|"
    r"contract)\b|the\s+parties\s+(?:hereto|agree)|in\s+witness\s+whereof|party\s+[ab]\b"
)
REPORT_EN = re.compile(r"(?i)\b(?:said|says|announced|reporter|attended|witnessed|ceremony)\b|\(xinhua\)")


def read(text: str, lang: str = "auto", part: int | None = None) -> Reading:
    """Read an agreement, a report or a notice.

    Parameters
    ----------
    text : str
        At most 5,000,000 characters; offsets of the result count in it.
    lang : {"auto", "zh", "en"}
    part : int, optional
        Which agreement to read, counted from 1, where one text holds several.

    Returns
    -------
    Reading
        Every value with ``text[start:end] == quote``; what the text does not give is None or absent.

    Raises
    ------
    InputError
        When the text is empty, in a third language, is about no agreement at all, or holds several agreements.
    """
    if lang not in ("auto", "zh", "en"):
        raise InputError(N_("Unknown language: {lang}."), cure=N_("Choose auto, zh or en."), code="language", lang=lang)
    if not text.strip():
        raise InputError(N_("The text is empty."), cure=N_("Paste the agreement or choose a file."), code="empty")
    language = language_of(text) if lang == "auto" else lang
    folded = fold(text)
    reading = _read(_one_agreement(folded, language, part), language)
    _require_agreement(folded, reading)
    return unfold(reading, text)


def _one_agreement(folded: str, language: str, part: int | None) -> str:
    """Return the text with everything but the chosen agreement blanked out, so that offsets stay."""
    several = split_agreements(folded, language)
    if len(several) > 1 and part is None:
        parts = tuple(one.title or folded[one.start : one.start + 24].strip() for one in several)
        raise InputError(
            N_("The text holds {count} agreements: {titles}."),
            cure=N_("Read them one by one: choose which by its number, or give each a file of its own."),
            code="several-agreements",
            count=len(several),
            titles="; ".join(f"{number}. {title}" for number, title in enumerate(parts, 1)),
            parts=parts,
        )
    if part is None:
        return folded
    if not 1 <= part <= len(several):
        raise InputError(
            N_("There is no agreement number {part}; the text holds {count}."), cure=N_("Choose a number from 1 to {count}."),
            code="no-such-part", part=part, count=len(several),
        )  # fmt: skip
    one = several[part - 1]
    blank = re.compile(r"[^\n]")
    return blank.sub(" ", folded[: one.start]) + folded[one.start : one.end] + blank.sub(" ", folded[one.end :])


def _read(folded: str, language: str) -> Reading:
    kind = kind_of(folded, language)
    parts = paragraphs(folded)
    if language == "zh":
        parties = with_short_forms(folded, parties_zh(folded, kind))
        people = people_zh(folded, parties, kind)
    else:
        parties = parties_of_contract(folded) if kind == "agreement" else parties_in_report(flowing(folded, parts))
        people = people_en(folded, parties, kind)
    cast = Cast.of(parties, language)
    make = statements_zh if language == "zh" else statements_en
    duration = duration_of(folded, language)
    return Reading(
        text=folded,
        language=language,
        kind=kind,
        parties=parties,
        people=people,
        dates=dates_of(folded, language, kind),
        governing_law=governing_law(folded, language),
        duration=_value(folded, duration.value, duration.start, duration.end) if duration else None,
        money=tuple(_value(folded, one.value, one.start, one.end) for one in money_in(folded, 0, len(folded))[:500]),
        fields=fields_of(_without_firms(folded, parties), language),
        statements=make(folded, parts, cast, people, kind),
        clauses=clauses(folded, parts),
    )


def _without_firms(folded: str, parties: tuple[Party, ...]) -> str:
    """Blank out the full names of firms, whose words (a cultural firm, a farming group) are no field of the text."""
    for party in parties:
        if party.role == "company" and len(party.name) > 3:
            folded = folded.replace(party.quote, "#" * len(party.quote))
    return folded


def flowing(folded: str, parts: list[Paragraph]) -> str:
    """Return the text with the line breaks inside paragraphs as blanks; it keeps its length."""
    pieces, at = [], 0
    for part in parts:
        pieces += [folded[at : part.start], folded[part.start : part.end].replace("\n", " ")]
        at = part.end
    return "".join([*pieces, folded[at:]])


def _value(text: str, value: str, start: int, end: int) -> Value:
    return Value(value=value, quote=text[start:end], start=start, end=end, confidence=0.9)


def kind_of(folded: str, language: str) -> Kind:
    """Return whether the text is an agreement itself, a report about one, or an office's notice."""
    head = folded[:6000]
    if language == "zh":
        contract, report = len(AGREEMENT_ZH.findall(head)), len(REPORT_ZH.findall(head))
        if contract and contract >= report:
            return "agreement"
        return "notice" if NOTICE_ZH.search(folded[:800]) and report < 3 else "report"
    contract, report = len(AGREEMENT_EN.findall(head)), len(REPORT_EN.findall(head))
    if contract > report or (len(folded) > 12_000 and contract):
        return "agreement"
    return "report"


def _require_agreement(folded: str, reading: Reading) -> None:
    if ABOUT.search(folded) or (reading.parties and reading.commitments):
        return
    raise InputError(
        N_("This text is about no agreement: no parties, no promises and none of the words of one were found."),
        cure=N_("Choose the agreement, a report of its signing, or a notice that assigns its tasks."),
        code="no-agreement",
    )
