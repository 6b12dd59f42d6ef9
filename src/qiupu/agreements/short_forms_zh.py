"""The short forms that a Chinese text uses for its parties: 市政府, 云栈, 开发区管委会, 图书馆."""

from __future__ import annotations

import re
from dataclasses import replace

from qiupu.agreements.organisations_zh import is_in_order, looks_like_organisation
from qiupu.agreements.reading import Party

SHORT_END = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<form>[\u4e00-\u9fff\d]{2,9}?(?:中心|集团|农商行|银行|局|公司|学院|大学|医院|馆|会|院|管委会))"
)


def with_short_forms(text: str, parties: tuple[Party, ...]) -> tuple[Party, ...]:
    """Give each party the short forms that the text uses for it: 市政府, 云栈, 开发区管委会, 图书馆."""
    places = {party.name[:2] for party in parties if party.role == "government"}
    result = []
    for party in parties:
        others = [other for other in parties if other is not party]
        rest = text.replace(party.name, "#")
        forms = [
            *_place_forms(party, parties),
            *_tail_forms(rest, party, others),
            *_head_forms(rest, party, places),
            *_generic_forms(party, others),
        ]
        taken = {form for other in others for form in (other.name, *other.aliases)}
        fresh = dict.fromkeys(
            form for form in forms if form not in party.aliases and form != party.name and form not in taken and form in rest
        )
        result.append(replace(party, aliases=(*party.aliases, *fresh)))
    return tuple(result)


def _place_forms(party: Party, parties: tuple[Party, ...]) -> list[str]:
    governments = [one for one in parties if one.role == "government"]
    place = re.match(r"(?P<short>[\u4e00-\u9fff]{2,6}?)(?P<kind>[省市县区])(?=委|人民政府|政府|$)", party.name)
    if party.role != "government" or not place or (len(governments) > 1 and "政府" not in party.name):
        return []
    return [
        place.group("short") + place.group("kind"),
        place.group("short"),
        f"{place.group('kind')}政府",
        f"{place.group('kind')}人民政府",
    ]


def _tail_forms(rest: str, party: Party, others: list[Party]) -> list[str]:
    """Ends of the name that stand alone: 开发区管委会; and skipping forms: 热线中心."""
    found = []
    for cut in range(2, len(party.name) - 2):
        tail = party.name[cut:]
        if (
            len(tail) >= 3
            and looks_like_organisation(tail)
            and not re.match(r"(?:股份|有限|责任)", tail)
            and re.search(rf"(?<![\u4e00-\u9fff]){re.escape(tail)}|[由与和请向为对]{re.escape(tail)}", rest)
        ):
            found.append(tail)
            break
    for match in SHORT_END.finditer(rest):
        form = match.group("form")
        if (
            form[-1] == party.name[-1]
            and is_in_order(form, party.name)
            and not any(is_in_order(form, other.name) for other in others)
        ):
            found.append(form)
    return found


def _head_forms(rest: str, party: Party, places: set[str]) -> list[str]:
    """Shortenings that begin as the name does: 云栈 or 星衡智能 for a firm."""
    head = party.name[:2]
    if party.role == "government" or len(party.name) < 4 or not re.fullmatch(r"[\u4e00-\u9fff]{2}", head):
        return []
    found = []
    for match in re.finditer(re.escape(head), rest):
        end, at = match.end(), 2
        while end < len(rest):
            step = party.name.find(rest[end], at)
            if step < 0 or rest[end] in "()":
                break
            end, at = end + 1, step + 1
        form = rest[match.start() : end]
        if (
            len(form) > 2
            and not re.search(r"[省市县区镇村]$", form)
            and (looks_like_organisation(form) or party.name.startswith(form))
        ) or (len(form) == 2 and head not in places and not re.match(r"..[省市县区]", party.name) and party.role == "company"):
            found.append(form)
    return found


def _generic_forms(party: Party, others: list[Party]) -> list[str]:
    """Common nouns that can only mean this party: 图书馆, 医院, 学校, 集团, 公司."""
    table = (
        ("图书馆", "图书馆"),
        ("博物馆", "博物馆"),
        ("医院", "医院"),
        ("大学", "学校"),
        ("学院", "学校"),
        ("学院", "学院"),
        ("集团", "集团"),
        ("银行", "银行"),
        ("管委会", "管委会"),
        ("公司", "公司"),
        ("科技", "公司"),
    )
    return [
        word for mark, word in table
        if mark in party.name and not any(mark in other.name or (word == "公司" and other.role == "company") for other in others)
    ]  # fmt: skip
