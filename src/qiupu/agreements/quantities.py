"""Money, counts and lengths of time, in a normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qiupu.agreements.numbers import CHINESE, chinese_number, english_number, plain

NUMBER_ZH = rf"(?:\d[\d,]*(?:\.\d+)?\s*[十百千万亿]*|[{CHINESE}]+)"
MONEY_ZH = re.compile(
    rf"(?:(?P<before>人民币|美元|港元|RMB|¥|¥|\$)\s*)?(?P<number>{NUMBER_ZH})\s*(?:余|多)?(?P<unit>元人民币|元|"
    rf"圆|美元|港元|港币|欧元|日元)(?P<whole>整)?"
)
MONEY_EN = re.compile(
    r"(?P<code>RMB|CNY|USD|US\$|HK\$|EUR|GBP|JPY|"
    r"[¥$€£¥])\s?(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<scale>thousand|million|billion|trillion|[mMbB]n?\b)?|"
    r"(?P<number2>\d[\d,]*(?:\.\d+)?)\s*(?P<scale2>thousand|million|billion)?\s*(?P<code2>yuan|renminbi|RMB|"
    r"CNY|USD|(?:US |U\.S\. )?dollars?|euros?|pounds)\b",
    re.IGNORECASE,
)
SPAN_ZH = re.compile(rf"(?P<number>{NUMBER_ZH})\s*(?:个)?(?P<unit>年|个月|月|工作日|日|天|周)(?P<rest>内|以内|之内|后|期)?")
SPAN_EN = re.compile(
    r"(?P<number>\d+|[a-z]+(?:[- ][a-z]+)?)\s*(?:\(\d+\)\s*)?[- ]?(?:(?:calendar|business|"
    r"working)\s+)?(?P<unit>year|month|week|day)s?\b",
    re.IGNORECASE,
)
COUNT_ZH = re.compile(
    rf"(?:不少于|不低于|至少|超过|达到?|约|共)?\s*(?P<number>{NUMBER_ZH})\s*(?P<more>余|多)?(?P<unit>个|家|名|"
    rf"人次|人|项|台|套|辆|条|件|次|场|期|亩|平方米|处|座|类|款|万元|%|百分点|公里|篇|"
    rf"份|所|支|册|户|吨|位|间|架|艘|种)(?P<noun>[\u4e00-\u9fff]{{0,16}})"
)
SIDES = re.compile(r"(?i)\b(?:sides|parties|partners|organi[sz]ations|institutions|signatories)$")
"""The two sides are the parties themselves, nothing that is counted."""
MODIFIED = (
    r"项目|场景|平台|基地|中心|工程|活动|课程|岗位|计划|方案|系统|机制|单位|人才|人员|企业|机构|产品|案例|资金|点位|团队|"
    r"模式|空间|区域|数据|设备|技术"
)
AFTER_NOUN = re.compile(
    r"提供|开展|建立|设立|成立|组建|打造|搭建|推动|推进|加快|深化|加强|引进|引入|投入|举办|制定|编制|完成|落实|落地|发布|"
    r"吸引|带动|承担|支付|交付|出台|营造|做好|给予|安排|实施|启动|形成|实现|促进|拓展|聚焦|参加|输出|整合|汇聚|构建|派驻|"
    r"选派|通知|召开|签订|签约|入驻|上线|用于|达到|进行|率先|优先|先行|免费|分别|共同|全部|统一|逐步|陆续|以[上下内]|左右|"
    r"作为|成为|供(?=[甲乙丙双各企对])|(?<!联合)(?<!定向)(?<!专题)(?<!集中)(?<!驻点)(?:支持|协助|配合|开放|共享|投资|培养|培育|导入|部署|优化|保障|组织|参与|接入|安装|配备|采用|使用|覆盖|"
    rf"建设|研发|开发|应用|服务|培训|试点|试用|示范|改造|升级|运行|合作)(?!(?:示范|服务|应用|推广|开发|研发|合作|培训|运行|共享)?(?:{MODIFIED}))|"
    r"[的与和及并且在将把被让使均都按于以]|或(?!.{1,4}(?:企业|单位|机构|项目))|来(?![源料客自])|前来|赴|应(?!用|急)|可(?!行|视|研)|(?<!定)向(?!导)|(?<![行人作])为"
)
"""Where a counted noun ends: a verb, an adverb or a connecting word behind it, which a noun's beginning may hold itself."""
RELATIVE = re.compile(r"[\u4e00-\u9fff]{2,9}?的(?=[\u4e00-\u9fff]{2})")
COUNT_EN = re.compile(
    r"(?:at least|no fewer than|not less than|up to|more than|over|some|"
    r"about)?\s*\b(?P<number>\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"fifteen|twenty|thirty|forty|fifty|sixty|eighty|one hundred)\s*(?P<unit>%|percent|per cent|"
    r"(?:(?!(?:and|or|to|in|of|for|that|who|which|with|will|by|at|on|from|as)\s)[a-z]+(?:-[a-z]+)?\s+){0,2}[a-z]+s)\b(?!\s+of\s+\w+\s+\d{4})",
    re.IGNORECASE,
)
CODES = {
    "CNY": "元 元人民币 圆 rmb cny ¥ \uffe5 yuan renminbi",
    "USD": "美元 usd us$ $",
    "HKD": "港元 港币 hk$",
    "EUR": "欧元 eur € euro euros",
    "GBP": "gbp £ pounds",
    "JPY": "日元 jpy",
}
CURRENCY = {word: code for code, words in CODES.items() for word in words.split()}
SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9}
LETTER = {
    "年": "Y",
    "月": "M",
    "个月": "M",
    "日": "D",
    "天": "D",
    "工作日": "D",
    "周": "W",
    "year": "Y",
    "month": "M",
    "week": "W",
    "day": "D",
}
PERIOD_UNITS = ("年", "月", "日", "天", "周", "year", "month", "week", "day")


@dataclass(frozen=True)
class Found:
    """A quantity in a text: normal form and place."""

    value: str
    start: int
    end: int


def money_in(text: str, start: int, end: int) -> list[Found]:
    """Return amounts of money as ``20000000 CNY``."""
    found = []
    for match in MONEY_ZH.finditer(text, start, end):
        amount = chinese_number(match.group("number").strip())
        if amount is not None and match.group("number").strip(" ,"):
            code = "CNY" if match.group("before") in ("人民币", "RMB") else CURRENCY[match.group("unit")]
            found.append(Found(f"{plain(amount)} {code}", match.start(), match.end()))
    for match in MONEY_EN.finditer(text, start, end):
        amount = english_number(match.group("number") or match.group("number2"))
        scale = (match.group("scale") or match.group("scale2") or "").lower()
        code_text = (match.group("code") or match.group("code2") or "").lower()
        if amount is None or any(one.start < match.end() and match.start() < one.end for one in found):
            continue
        code = CURRENCY.get(code_text, "USD" if "dollar" in code_text else code_text.upper())
        found.append(Found(f"{plain(amount * SCALE.get(scale, 1))} {code}", match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def spans_in(text: str, start: int, end: int, language: str) -> list[Found]:
    """Return lengths of time as ISO durations: 三个月 is ``P3M``."""
    found = []
    for match in (SPAN_ZH if language == "zh" else SPAN_EN).finditer(text, start, end):
        number = match.group("number")
        value = chinese_number(number) if language == "zh" else english_number(number.split()[-1])
        unit = match.group("unit").lower()
        if value is None or value != int(value) or not 0 < value < 1000 or (unit == "月" and not match.group("rest")):
            continue
        found.append(Found(f"P{int(value)}{LETTER[unit]}", match.start(), match.end()))
    return found


def counts_in(text: str, start: int, end: int, language: str) -> list[Found]:
    """Return counted things as ``3 家``, ``20 pilot projects``."""
    found = []
    for match in (COUNT_ZH if language == "zh" else COUNT_EN).finditer(text, start, end):
        number = match.group("number").strip()
        value = chinese_number(number) if language == "zh" else english_number(number)
        if value is None or text[match.start("number") - 1 : match.start("number")] in ("第", "每"):
            continue
        if re.match(r"个(?:月|工作日|小时|学期|季度)", text[match.start("unit") : match.start("unit") + 4]):
            continue
        unit = " ".join(match.group("unit").split())
        if language == "en":
            if not (SIDES.search(unit) or any(word in unit.lower() for word in PERIOD_UNITS)):
                found.append(Found(f"{plain(value)} {unit}", match.start(), match.end()))
            continue
        noun = counted_noun(match.group("noun"))
        found.append(Found(f"{plain(value)} {unit}{noun}", match.start(), match.start("noun") + len(noun)))
    return found


def counted_noun(run: str) -> str:
    """Return the noun at the beginning of a run of characters, without the verb that follows it.

    Examples
    --------
    >>> counted_noun("重点景区提供"), counted_noun("建设项目"), counted_noun("有影响力的平台并")
    ('重点景区', '建设项目', '有影响力的平台')
    """
    if run.startswith(("的", "和", "及", "与", "以")):
        return ""
    relative = RELATIVE.match(run)
    describes = relative and (re.match(r"具?有|能|面向|符合", run) or AFTER_NOUN.search(run[: relative.end() - 1]))
    begin = relative.end() if relative and describes else 0
    stop = AFTER_NOUN.search(run, begin + 1)
    return run[: stop.start()] if stop else run


def duration_of(text: str, language: str) -> Found | None:
    """Return how long the agreement runs, where the text says so."""
    cue = (
        re.compile(r"(?:有效期|合作期限?|协议期限?|期限)(?:为|是|[::])?[^。;\n\d]{0,12}")
        if language == "zh"
        else re.compile(
            r"(?i)(?:initial\s+)?(?:term|period)\b[^.;]{0,80}?\b(?:of|for|be)\s+(?:a\s+(?:period|"
            r"term)\s+of\s+)?(?=[\w-]+\s*(?:\(\d+\)\s*)?[- ]?(?:year|month))|valid for\s+"
        )
    )
    for match in cue.finditer(text):
        near = [
            one for one in spans_in(text, match.start(), min(len(text), match.end() + 24), language) if one.start >= match.end() - 6
        ]
        if near and near[0].value[-1] in "YM":
            return near[0]
    return None
