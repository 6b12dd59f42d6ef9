"""What a Chinese statement says beside who owes: what, how much, until when, to whom."""

from __future__ import annotations

import re

from qiupu.agreements.dates import find_dates
from qiupu.agreements.quantities import counts_in, money_in, spans_in
from qiupu.agreements.scene import Details, Scene

CREDITOR = re.compile(r"(?:向|为|给予|协助|支持|配合|帮助|对)(?P<who>[甲乙丙丁]方|对方|双方)")
VERB = re.compile(
    r"(?:负责|提供|建设|建立|设立|组建|成立|打造|搭建|开放|开展|支持|协助|配合|推动|推进|加快|深化|加强|引进|"
    r"引入|投入|投资|培养|培训|举办|组织|制定|编制|完成|落实|落地|发布|共享|共建|探索|提升|培育|导入|吸引|"
    r"带动|部署|研发|开发|承担|支付|交付|围绕|发挥|出台|优化|营造|保障|服务|做好|给予|安排|实施|启动|形成|"
    r"实现|促进|拓展|聚焦|参与|输出|整合|汇聚|构建|创建|派驻|选派|保密|通知|确定|召开|签订|编写|遴选|梳理|"
    r"征集|孵化|赋能)"
)


def details_zh(scene: Scene, place: tuple[int, int], begin: int, mark: re.Match[str] | None) -> Details:
    """Return the details between the offsets of ``place``; the spoken words begin at ``begin``."""
    text, (start, end) = scene.text, place
    creditor = CREDITOR.search(text, begin, end)
    amounts = money_in(text, start, end) or counts_in(text, start, end, "zh")
    action, thing = _action(text, mark.end() if mark else begin, end)
    return Details(
        creditor=scene.cast.resolve(creditor.group("who"), 0, 0).name if creditor else None,
        action=action,
        object=thing,
        due=due_zh(text, start, end),
        quantity=amounts[0] if amounts else None,
    )


def _action(text: str, start: int, end: int) -> tuple[str | None, str | None]:
    match = VERB.search(text, start, end)
    if not match:
        return None, None
    stop = re.search(r"[,。;!?]", text[match.end() : end])
    thing = text[match.end() : match.end() + stop.start() if stop else end].strip(' 了的:"”')
    return text[match.start() : match.end()], thing or None


def due_zh(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """Return until when: a date before 前, 底 or 之前, or a span as 三个月内."""
    for one in find_dates(text, start, end) if re.search(r"[年月]|20\d\d", text[start:end]) else ():
        after, before = text[one.end : one.end + 6], text[max(start, one.start - 5) : one.start]
        if (
            re.match(r"\s*(?:之?前|以前|底前?|末前?|年底)", after)
            or re.search(r"底|末", text[one.start : one.end])
            or re.search(r"(?:截至|截止|到|至|不晚于|于)$", before)
        ):
            value = f"{one.value}-12-31" if re.match(r"[^,]{0,2}(?:年?底|末)", after) and len(one.value) == 4 else one.value
            return value, one.start, one.end
    for span in spans_in(text, start, end, "zh") if "内" in text[start:end] else ():
        if re.search(r"内", text[span.start : span.end + 2]):
            return span.value, span.start, span.end
    return None
