"""Parties of a Chinese text: 甲方 and 乙方 of a contract, who signs with whom in a report."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qiupu.agreements.organisations_zh import (
    END_OF_NAME,
    SUFFIX,
    WITHOUT,
    is_same,
    joins_inside,
    looks_like_organisation,
    role_of,
    trim_left,
)
from qiupu.agreements.reading import Party

LABEL = r"(?:甲|乙|丙|丁|戊)\s*方"
SIGNERS = re.compile(r"(?:签署|签约|合作|缔约|协议)(?:方|单位|各方|双方)\s*(?::|(?:分别)?[为是])\s*(?P<names>[^\n。;:,]{4,120})")
BRACKETED = re.compile(
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9·]{3,40}(?:\([^()\n]{1,12}\)[\u4e00-\u9fff]{0,20})?)\s*\((?P<label>[甲乙丙丁]\s*方)\)"
)
LABELLED = re.compile(
    rf"(?P<label>{LABEL}|(?:委托|受托|发包|承包|采购|供货|出租|承租|转让|受让|买|卖|需|供|服务|建设|承办|用|"
    rf"开发|运营|许可|被许可)(?:方|"
    rf"人))\s*(?:\((?P<inner>[^()\n]{{1,16}})\)\s*)?(?:\(?(?:全称|名称|单位名称|盖章|公章)\)?)?\s*(?:[:]|为|"
    rf"是)\s*(?P<name>(?:(?!\s{{2,}}|[乙丙丁]\s*方)[^\n,。;:()\"_]){{2,40}}(?:\([^()\n]{{1,12}}\)[^\n,。;:()\"_]{{0,30}})?)"
)
INLINE = re.compile(
    rf"(?P<label>{LABEL})(?P<name>[\u4e00-\u9fffA-Za-z]{{3,40}}?(?:公司|政府|大学|学院|局|集团|委员会|研究院|"
    rf"中心|科技))(?=[与和、,。(]|\s)"
)
ONE = r"(?:(?![与同在将由]|和(?!城乡|旅游|信息|改革|社会|物资)|共建|携手|联合|[三四]方)[^,。;:!?\n\"]){4,40}?"
SIDE_BY_SIDE = re.compile(
    rf"(?P<names>(?<![^,。;:!?\n\s日]){ONE}(?:、|—+){ONE})(?=战略合作|合作签约|签约|签署|签订)[^。;]{{0,30}}(?:签|协议)"
)
ACTS = re.compile(
    r"拟|计划|应|将|须|必须|负责|承诺|同意|保证|在|为|向|于|每|与|和|对|可|有权|不|按|以|自|已|愿|提供|投资|建设|组织|支付|享有|由|及|或|"
    r"所|的|同|协助|配合|支持|需|要|共"
)
"""乙方拟在某地建设中心: what follows the label acts and is no name."""
DEFINED = re.compile(
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9·&]{2,40}(?:\([^()\n\"]{1,12}\)[\u4e00-\u9fffA-Za-z0-9]{0,20})?)\s*\((?:"
    r"以下|下)\s*(?:简称|称)\s*(?:为|:)?\s*\"?(?P<alias>[^\"()、,]{1,20})\"?(?:(?:或|、|"
    r",)\s*\"?(?P<more>[^\"()]{1,16})\"?)?[^()]{0,8}\)"
)
FIRM = r"(?:有限责任公司|股份有限公司|有限公司)"
JOINS = re.compile(r"(?P<left>[^。;:!?\n]{2,80}?)(?P<join>与|和|同|携手|联合|牵手|联手|、)(?P<right>[^。;!?\n]{2,90})")
SIGNING = re.compile(
    r"签[署约订字下定]|达成[^。,]{0,20}(?:协议|合作|共识)|(?<=[\u4e00-\u9fff])战略合作|(?:战略|框架|"
    r"合作)[^。,]{0,12}(?:协议|签约|备忘录)|"
    r"(?:协议|备忘录|意向书|合同)(?=$|\s|》|签)|建立[^。,]{0,12}合作|缔结"
)
TITLED = re.compile(
    r"(?:《|^|\n)[ \t]*(?P<left>[\u4e00-\u9fffA-Za-z()]{3,30})[ \t]+(?P<right>[\u4e00-\u9fffA-Za-z()]{3,36}?)\s?"
    r"(?=(?:全面|深化)?(?:战略|框架|合作|技术|共建)[^\n]{0,30}(?:协议|合同|备忘录))"
)
CUT_RIGHT = re.compile(r"(?:以下简称|下称|以下称)")
NOT_A_NAME = re.compile(
    r"^(?:[两二三四五六七八九十多几\d]+|多|数)[家所]|^(?:集团|学校|学院|银行|管委会|市场|校方)$|^(?:双方|各方|我们|企业|政府|公司|合作|协议|市政府|市委|项目|签约|仪式|相关|有关|部门|单位|领导|代表|市|"
    r"该|其|此|这|全市|各|会议|活动|记者|社会|经济|技术|资源|平台|创新|人才|数据|产业|上下游|需求|供给|\d|"
    r".{0,3}年|市场)|"
    r"(?:负责人|董事长|总裁|总经理|市长|书记|主任|局长|一行|代表|嘉宾|领导|仪式|会议|协议|合作|精神|优势|领域|"
    r"方面|工作|建设|发展|需求|应用|服务|资源|基础|产业|场景|环境|机制|体系|人员|机会|机遇)$|在|推动|促进|将|"
    r"开展|提供|支持|签|了|的|是|把|对|以及|进行|深化|共同|希望"
)


@dataclass(frozen=True)
class Candidate:
    """A name at a place, with the label that stands before it and the short form that is defined for it."""

    name: str
    start: int
    end: int
    label: str | None
    aliases: tuple[str, ...]
    confidence: float


def parties_zh(text: str, kind: str) -> tuple[Party, ...]:
    """Return the parties in the order of the text, forms of one name merged, the fullest form as the name."""
    found = _labelled(text)
    found += _bracketed(text) + _signers(text)
    found += _defined(text, found)
    if kind != "agreement" or len(found) < 2:
        found += _signing(text) + _titled(text) + _referred(text) + _listed(text)
        found += [] if found else _listed(text, SIDE_BY_SIDE)
        found += _full_names(text, found) + _governments(text, found)
    return _merge(text, found, kind)


def _labelled(text: str) -> list[Candidate]:
    found = []
    for pattern in (LABELLED, INLINE):
        for match in pattern.finditer(text):
            start, end = match.span("name")
            raw = text[start:end]
            raw, short = _before_short_form(raw)
            stop = re.search(
                r"\s{2,}|\s*(?:乙\s*方|丙\s*方|法定代表人|地址|统一社会|代表|住所|电话|\(盖章|\(签|与|盖章|签字|签章|"
                r"和(?=乙方))",
                raw,
            )
            raw = raw[: stop.start()] if stop else raw
            beside = re.search(r"(?<=[\u4e00-\u9fff)])\s+[A-Za-z][A-Za-z .,&()'-]*$", raw)
            raw = raw[: beside.start()] if beside else raw
            name = raw.strip(" _:")
            begin = start + len(raw) - len(raw.lstrip(" _:"))
            if pattern is INLINE and ACTS.match(name):
                continue
            if len(name) < 2 or (re.search(r"[应将须负责有提供的]|签字|盖章|年|月", name) and not looks_like_organisation(name)):
                continue
            label = re.sub(r"\s", "", match.group("label"))
            inner = (match.groupdict().get("inner") or "").strip()
            other = (inner,) if re.fullmatch(r"[甲乙丙丁买卖]方|[\u4e00-\u9fff]{2,4}(?:方|人|商|单位)", inner) else ()
            if short and not re.fullmatch(LABEL, short.group("alias")):
                other = (*other, short.group("alias"))
            found.append(Candidate(name, begin, begin + len(name), label, other, 0.96))
    return found


def _before_short_form(raw: str) -> tuple[str, re.Match[str] | None]:
    """Cut a name before the short form in brackets behind it, which may be another label: (以下简称"丙方")."""
    short = re.search(r"\((?:以下|下)?\s*(?:简称|称)[^()\"]{0,4}\"?(?P<alias>[^()\"]{1,16})\"?[^()]{0,6}\)?", raw)
    return (raw[: short.start()] if short else raw), short


def _bracketed(text: str) -> list[Candidate]:
    """Find 沙洲学院(甲方)."""
    found = []
    for match in BRACKETED.finditer(text):
        start, end = match.span("name")
        begin = trim_left(text, start, end)
        for joiner in re.finditer(r"[与和、]", text[begin:end]):
            if not joins_inside(text, begin + joiner.start()):
                begin += joiner.end()
                break
        if looks_like_organisation(text[begin:end]):
            found.append(Candidate(text[begin:end], begin, end, re.sub(r"\s", "", match.group("label")), (), 0.95))
    return found


def _signers(text: str) -> list[Candidate]:
    """Find 签署方:甲、乙."""
    found = []
    for match in SIGNERS.finditer(text):
        names = _split(text, *match.span("names"))
        if len(names) > 1 and all(looks_like_organisation(text[a:b]) for a, b in names):
            found += [Candidate(text[a:b], a, b, None, (), 0.92) for a, b in names]
    return found


def _defined(text: str, labelled: list[Candidate]) -> list[Candidate]:
    found = []
    for match in DEFINED.finditer(text):
        start, end = match.span("name")
        begin = trim_left(text, start, end)
        for joiner in re.finditer(r"[与和]", text[begin:end]):
            if looks_like_organisation(text[begin : begin + joiner.start()]):
                begin += joiner.end()
                break
        name = text[begin:end]
        label_match = re.match(rf"({LABEL})(?:为|是|:)?", name)
        label = label_match.group(1) if label_match else None
        if label_match:
            begin += label_match.end()
            name = text[begin:end]
        if len(name) < 2 or not (looks_like_organisation(name) or label):
            continue
        aliases = [alias.strip() for alias in (match.group("alias"), match.group("more")) if alias]
        label = label or next((alias for alias in aliases if re.fullmatch(LABEL, alias)), None)
        plain = tuple(alias for alias in aliases if not re.fullmatch(rf"{LABEL}|[双各三四两][方家]", alias))
        weight = 0.95 if label else 0.7 if match.start() < 1200 else 0.4
        found.append(Candidate(name, begin, end, label, plain, weight))
    return found


def _signing(text: str) -> list[Candidate]:
    """Find "A与B签署……协议" and its like, sentence by sentence."""
    found: list[Candidate] = []
    for sentence in re.finditer(r"[^。;!?\n]+", text):
        body = sentence.group()
        signing = [match.end() for match in SIGNING.finditer(body)]
        if not signing:
            continue
        for match in re.finditer(r"与|和|同(?!意|时|步)|携手|牵手|联手", body):
            if match.start() > signing[-1] + 4:
                break
            if joins_inside(body, match.start()):
                continue
            found += _pair(text, sentence.start(), match.start() + sentence.start(), match.end() + sentence.start(), sentence.end())
    return found


def _pair(text: str, floor: int, join: int, after: int, ceiling: int) -> list[Candidate]:
    brackets = re.search(r"\([^()]*\)$", text[floor:join])
    name_end = floor + brackets.start() if brackets and re.search(r"简称|下称", brackets.group()) else join
    adverb = re.search(r"(?:关于|分别|共同|正式|已经|已|近日|日前|再次|双双|于近日|今[日天]|昨[日天]|\s)+$", text[floor:name_end])
    name_end = floor + adverb.start() if adverb else name_end
    left = _names_before(text, floor, name_end)
    right = _names_after(text, after, ceiling)
    if not left or not right:
        return []
    strong = SIGNING.search(text[after : min(ceiling, after + 80)]) is not None
    sure = [looks_like_organisation(text[a:b]) for a, b in (*left, *right)]
    if not strong or not any(sure):
        return []
    return [Candidate(text[a:b], a, b, None, (), 0.9 if good else 0.75) for (a, b), good in zip((*left, *right), sure, strict=True)]


def _names_before(text: str, floor: int, end: int) -> list[tuple[int, int]]:
    start = trim_left(text, floor, end)
    return _split(text, start, end)


def _names_after(text: str, start: int, ceiling: int) -> list[tuple[int, int]]:
    stop = END_OF_NAME.search(text, start + 2, ceiling)
    end = stop.start() if stop else min(ceiling, start + 30)
    while stop and stop.group() == "(":
        bracket = re.match(r"\([^()]{1,12}\)[^,。;()与和]{0,20}?(?:公司|集团)", text[end : end + 40])
        if not bracket:
            break
        end += bracket.end()
        stop = END_OF_NAME.search(text, end, ceiling) if re.match(r"[、和及与]", text[end:ceiling]) else None
        end = stop.start() if stop else end
    suffix = re.match(rf"[^,。;]*?{FIRM}(?:[、和及与][^,。;、和及与]{{2,26}}?(?:{FIRM}|(?:{SUFFIX})$))*", text[start:end])
    return _split(text, start, start + suffix.end() if suffix else end)


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces, at = [], start
    for match in re.finditer(r"、|—+|以及|及(?!时)|和(?=[^县平]{3})|与", text[start:end]):
        place = start + match.start()
        if joins_inside(text, place) or (
            text[place - 1] == "委" and re.match(r"、[省市县区](?:人民)?政府", text[place : place + 6])
        ):
            continue
        pieces.append((at, start + match.start()))
        at = start + match.end()
    pieces.append((at, end))
    names = []
    for left, right in pieces:
        name = WITHOUT.sub(r"\g<org>", text[left:right].strip())
        a = left + text[left:right].index(name) if name else left
        b = a + len(name)
        if (
            not 2 <= len(name) <= 36
            or (
                NOT_A_NAME.search(name) and not re.search(r"(?:公司|政府|大学|学院|局|..(?:管委会|委员会|中心|集团|研究院))$", name)
            )
            or name.count("(") != name.count(")")
        ):
            return []
        names.append((a, b))
    return names


def _titled(text: str) -> list[Candidate]:
    """Find the two names that stand side by side in a paper's title: 《青岚市人民政府 星衡智能科技有限公司合作协议》."""
    found = []
    for match in TITLED.finditer(text):
        if all(looks_like_organisation(match.group(side)) for side in ("left", "right")):
            found += [Candidate(match.group(side), *match.span(side), None, (), 0.85) for side in ("left", "right")]
    return found


def _referred(text: str) -> list[Candidate]:
    """Find "记者从某局获悉,该局与B签署……": the first name is the one that 该局 means."""
    found = []
    for match in re.finditer(
        r"从(?P<name>[^,。;]{3,24}?)(?:获悉|了解到)[,:]?(?P<rest>该(?:局|县|市|区|校|院|公司|集团|馆|"
        r"行)[^。;]{0,30}?与[^。;]{2,60}签)",
        text,
    ):
        begin, end = match.span("name")
        if looks_like_organisation(match.group("name")):
            found.append(Candidate(match.group("name"), begin, end, None, (), 0.9))
            joint = match.start("rest") + match.group("rest").index("与") + 1
            found += [Candidate(text[a:b], a, b, None, (), 0.85) for a, b in _names_after(text, joint, match.end() + 10)]
    return found


LISTED = re.compile(
    r"(?P<names>[^,。;:!?\n\"]{4,90}?)(?:\((?:以下)?简?称[^()]{0,6}[双三四各]方[^()]{0,4}\)|"
    r"[三四]方)[^。;]{0,40}(?:签|协商|共建|达成)"
)


def _listed(text: str, pattern: re.Pattern[str] = LISTED) -> list[Candidate]:
    """Find "A、B、C(以下简称三方)经协商" and "A、B、C三方签署"."""
    found = []
    for match in pattern.finditer(text):
        start, end = match.span("names")
        start = trim_left(text, start, end)
        names = _split(text, start, end)
        if len(names) > 1 and all(looks_like_organisation(text[a:b]) for a, b in names):
            found += [Candidate(text[a:b], a, b, None, (), 0.9) for a, b in names]
    return found


def _governments(text: str, found: list[Candidate]) -> list[Candidate]:
    """Find 云泽市人民政府 where the signing says 云泽市 or 市政府 only."""
    more = []
    for one in found:
        if re.search(r"[省市县区]$", one.name):
            place = text.find(one.name + "人民政府")
            if place >= 0:
                more.append(Candidate(one.name + "人民政府", place, place + len(one.name) + 4, None, (), one.confidence))
    if any(re.fullmatch(r"[市县区](?:人民)?政府", one.name) for one in found):
        whole = re.search(r"[\u4e00-\u9fff]{2,4}?[市县区]人民政府", text)
        if whole:
            short = next(one.name for one in found if re.fullmatch(r"[市县区](?:人民)?政府", one.name))
            more.append(Candidate(whole.group(), whole.start(), whole.end(), None, (short,), 0.9))
    return more


def _full_names(text: str, found: list[Candidate]) -> list[Candidate]:
    """Find the registered name of a firm that the signing names by a short form only."""
    more = []
    short = [one for one in found if role_of(one.name) != "government" and not one.name.endswith("有限公司")]
    if not short:
        return []
    for match in re.finditer(r"(?:(?![与和、及])[\u4e00-\u9fffA-Za-z()]){2,30}?(?:股份有限公司|有限责任公司|有限公司)", text):
        begin = trim_left(text, match.start(), match.end())
        for one in short:
            place = text.find(one.name[:2], begin, match.end())
            if place >= 0 and is_same(one.name, text[place : match.end()]):
                more.append(Candidate(text[place : match.end()], place, match.end(), None, (), one.confidence))
                break
    return more


def _merge(text: str, found: list[Candidate], kind: str) -> tuple[Party, ...]:
    groups: list[list[Candidate]] = []
    for one in sorted(found, key=lambda c: c.start):
        if re.match(r"[该本其]", one.name) or (
            NOT_A_NAME.search(one.name) and not looks_like_organisation(one.name) and one.label is None
        ):
            continue
        group = next((g for g in groups if any(_together(one, other) for other in g)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    groups = _with_bare_governments(groups)
    strongest = max((max(c.confidence for c in g) for g in groups), default=0.0)
    labelled = any(c.label for g in groups for c in g)
    parties = []
    for group in groups:
        confidence = max(c.confidence for c in group)
        if (labelled and kind == "agreement" and not any(c.label for c in group)) or (strongest >= 0.9 and confidence < 0.6):
            continue
        parties.append(_party(text, group, confidence))
    return tuple(parties)


def _with_bare_governments(groups: list[list[Candidate]]) -> list[list[Candidate]]:
    """市政府 is the one government of its kind that is named in full, where there is just one."""
    kept: list[list[Candidate]] = []
    for group in groups:
        bare = next((re.fullmatch(r"我?(?P<kind>[省市县区])(?:人民)?(?:政府)?", one.name) for one in group), None)
        named = [
            other for other in groups
            if other is not group
            and bare
            and any(re.fullmatch(rf"[\u4e00-\u9fff]{{2,6}}{bare.group('kind')}(?:人民政府|政府)?", one.name) for one in other)
        ]  # fmt: skip
        if bare and len(named) == 1:
            named[0].extend(group)
        else:
            kept.append(group)
    return kept


def _together(a: Candidate, b: Candidate) -> bool:
    if a.label and a.label == b.label and (is_same(a.name, b.name) or len(a.name) < 2):
        return True
    if a.label and b.label and a.label != b.label:
        return False
    return is_same(a.name, b.name) or b.name in a.aliases or a.name in b.aliases


def _party(text: str, group: list[Candidate], confidence: float) -> Party:
    best = max(group, key=lambda c: (len(c.name), -c.start))
    name = text[best.start : best.end]
    aliases: list[str] = []
    for one in group:
        for alias in (text[one.start : one.end], *one.aliases):
            if alias != name and alias not in aliases:
                aliases.append(alias)
    label = next((c.label for c in group if c.label), None)
    return Party(
        name=name, role=role_of(best.name), aliases=tuple(aliases), label=label,
        quote=name, start=best.start, end=best.end, confidence=confidence,
    )  # fmt: skip
