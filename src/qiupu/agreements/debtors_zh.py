"""Who should act in a Chinese statement."""

from __future__ import annotations

import re

from qiupu.agreements.actors import BOTH_ZH, OURSELVES_ZH, Actor
from qiupu.agreements.organisations_zh import looks_like_organisation, trim_left
from qiupu.agreements.scene import Scene, State

LEAD = re.compile(
    r"^\s*(?:\"|(?:甲乙)?(?:双方|各方|三方)(?:约定|商定|明确|一致同意),|协议(?:明确|约定|规定),|请|据悉,|"
    r"据了解,|其中|同时|此外|另外|未来|今后|下一步|接下来|并且?|而且|会上|仪式上|签约后|一是|二是|三是|四是|"
    r"第[一二三四五]|\d+[.、)]|\([^()]{1,3}\)|[一二三四五六七八九十]+[、.]|根据[^,]{2,24}(?=,)|"
    r"按照[^,]{2,24}(?=,)|在[^,]{2,30}(?:方面|领域|上|下|中)(?=,)|协议(?:明确|约定|提出|签署后|签订后)|约定|"
    r"(?:服务|合作|工作|建设|主要)(?:内容|任务|目标|范围):|(?:(?:合同|协议|验收|项目|平台|签约)[^,。;]{0,16}?|自?\d[^,。;]{0,16}?)(?:内|后|前|起)(?=,)|"
    r"[、,:;\s\-*•#])+"
)
PAPER = re.compile(
    r"^(?:根据|按照|依据|依照|依)?(?:本|该|此|上述|合作|框架|战略|签订的|签署的)*[^,]{0,10}(?:协议|备忘录|合同|约定|意向书)"
)
UNIT_ACTOR = re.compile(
    r"^(?P<who>(?:由)?[\u4e00-\u9fffA-Za-z()、]{2,30}?)(?=应|须|必须|负责(?!同志|人(?!才|员|力|工))|牵头|将|承诺|要|同意|保证|力争|计划|"
    r"拟|不得|配合|会同)"
)
WISHING = ("希望", "期待", "期望", "盼望", "鼓励")
ON_THE_WAY = re.compile(r"(?:能够?|通过|以此次|在[^,]{2,20},|以[^,]{2,20}为契机,)*")
OTHER_HOPED = re.compile(
    r"(?P<who>[\u4e00-\u9fffA-Za-z]{2,16}?)(?=能够?|加大|积极|继续|进一步|发挥|加快|为|把|在|将|充分|以|多|与|"
    r"强化|带动|尽快|早日|参与)"
)


OWN_UNIT = re.compile(
    r"(?:(?![将应要与和须向为对在、])[\u4e00-\u9fff]){0,8}?(?:经开区|高新区|开发区|园区|管委会|局|集团|公司|银行|大学|学院|医院|中心)"
    r"(?=将|应|要|负责|承诺|与|和|、|计划|拟|力争)"
)
"""What follows a place's name and makes it the name of somebody else: 望江经开区 is not 望江市."""


def debtor_zh(scene: Scene, state: State, start: int, end: int, mark: re.Match[str] | None) -> Actor | None:
    """Return who should act between two offsets; ``mark`` is the word of duty or hope. None when nobody can be told."""
    if mark is not None and mark.group() == "要求":
        return _asked(scene, state, mark, end)
    if mark is not None and mark.group() in WISHING:
        return _hoped_for(scene, state, start, end, mark)
    limit = mark.start() if mark is not None else end
    return _named_debtor(scene, state, start, end, limit) or _implied_debtor(scene, state, start, end, limit)


def _hoped_for(scene: Scene, state: State, start: int, end: int, mark: re.Match[str]) -> Actor | None:
    """希望星衡智能加快落地: the one hoped for; 双方希望: the ones who hope; else all parties."""
    text = scene.text
    ahead = leading_actor(scene, start, mark.start())
    ahead = None if ahead is not None and "," in text[ahead.end : mark.start()] else ahead
    if ahead is None and re.match(r"[与同和]", text[mark.end() : mark.end() + 1]):
        return state.remember(scene.cast.everybody())
    following = scene.cast.find(text, mark.end(), min(end, mark.end() + 26))
    near = [one for one in following if not re.search(r"[向为对给把]$", text[max(0, one.start - 1) : one.start])]
    head = ON_THE_WAY.match(text[mark.end() : end])
    if near and near[0].start <= mark.end() + (head.end() if head else 0) + 6:
        return _joined(scene, state, near, text)
    if ahead is not None:
        return state.remember(_joined(scene, state, run_of(scene, ahead, mark.start()), text))
    other = OTHER_HOPED.match(text[mark.end() : end])
    if other and looks_like_organisation(other.group("who")):
        return Actor(other.group("who"), (), mark.end(), mark.end() + other.end())
    together = state.speaker or re.search(r"合作|双方|共同", text[start:end])
    return state.remember(scene.cast.everybody()) if together else None


def _asked(scene: Scene, state: State, mark: re.Match[str], end: int) -> Actor | None:
    """要求县直各部门……: who is asked."""
    asked = scene.cast.pattern.match(scene.text, mark.end(), end)
    if asked:
        return state.remember(scene.cast.resolve(asked.group(), asked.start(), asked.end()))
    other = re.compile(r"(?P<who>[^,。]{2,16}?)(?=要|为|把|将|加|全|积极|做|提供|抓|切实|认真|主动|尽快|按)").match(
        scene.text, mark.end(), end
    )
    return state.remember(Actor(other.group("who"), (), *other.span("who"))) if other else None


def owner_of(scene: Scene, start: int, end: int) -> Actor:
    """Return the unit that a list of tasks names behind 责任单位."""
    known = scene.cast.pattern.fullmatch(scene.text, start, end)
    name = scene.text[start:end].strip()
    return scene.cast.resolve(known.group(), start, end) if known else Actor(name, (), start, start + len(name))


def _named_debtor(scene: Scene, state: State, start: int, end: int, limit: int) -> Actor | None:
    text = scene.text
    lead = leading_actor(scene, start, end)
    if lead is not None and lead.start <= limit:
        return state.remember(_joined(scene, state, run_of(scene, lead, limit), text))
    before = [
        one
        for one in scene.cast.find(text, start, limit)
        if not re.search(r"[向为对给与同和据按在的]$|支持$|根据$|按照$", text[max(0, one.start - 2) : one.start])
    ]
    if before and not (state.heading is not None and (scene.kind == "notice" or limit == end)):
        return state.remember(_joined(scene, state, [before[-1]], text))
    body = start + _lead_length(text[start:end])
    unit = UNIT_ACTOR.match(text[body:end]) if state.heading is None or limit < end else None
    if unit:
        who = unit.group("who").removeprefix("由")
        left = trim_left(text, body, body + unit.end("who"))
        if looks_like_organisation(who) and not PAPER.match(who):
            return state.remember(Actor(text[left : body + unit.end("who")], (), left, body + unit.end("who")))
    return None


def _implied_debtor(scene: Scene, state: State, start: int, end: int, limit: int) -> Actor | None:
    """我们 is the speaker's side, a heading's items are its party's, 根据协议 means all, else who acted last."""
    text = scene.text
    if re.search(OURSELVES_ZH, text[start:limit]) and state.speaker_actor:
        return state.remember(state.speaker_actor)
    if state.heading is not None and state.heading.name:
        return state.heading
    if re.match(r"(?:[^,]{0,6})?(?:根据|按照|依据)", text[start:end]) and PAPER.match(text[start:end]):
        return state.remember(scene.cast.everybody())
    return state.last or state.speaker_actor


def leading_actor(scene: Scene, start: int, end: int) -> Actor | None:
    """Return the actor that a clause begins with, behind its connecting words."""
    text = scene.text
    lead = LEAD.match(text[start:end])
    at = start + (lead.end() if lead else 0)
    match = scene.cast.pattern.match(text, at, end)
    if match is None:
        return None
    actor = scene.cast.resolve(match.group(), match.start(), match.end())
    own = (
        OWN_UNIT.match(text, match.end(), end)
        if actor.name != match.group() and re.search(r"政府|[省市县区]$", actor.name)
        else None
    )
    return Actor(text[match.start() : own.end()], (), match.start(), own.end()) if own else actor


def _lead_length(body: str) -> int:
    lead = LEAD.match(body)
    return lead.end() if lead else 0


def run_of(scene: Scene, lead: Actor, limit: int) -> list[Actor]:
    """Take 甲方、乙方 or 池州市与深兰科技 as one run of actors."""
    run, text = [lead], scene.text
    while run[-1].end < limit:
        join = re.match(r"\s*(?:、|和|与|及)\s*", text[run[-1].end : limit])
        if not join:
            break
        match = scene.cast.pattern.match(text, run[-1].end + join.end(), limit)
        if not match:
            break
        run.append(scene.cast.resolve(match.group(), match.start(), match.end()))
    return run


def _joined(scene: Scene, state: State, run: list[Actor], text: str) -> Actor:
    first = run[0]
    if re.fullmatch(OURSELVES_ZH, text[first.start : first.end]) and state.speaker_actor:
        return Actor(state.speaker_actor.name, state.speaker_actor.names, first.start, first.end)
    if len(run) == 1 or re.search(BOTH_ZH, text[first.start : first.end]):
        return first
    adjacent = [first]
    for actor in run[1:]:
        if re.fullmatch(r"\s*(?:、|和|与|及)\s*", text[adjacent[-1].end : actor.start]):
            adjacent.append(actor)
        else:
            break
    names = tuple(dict.fromkeys(name for actor in adjacent for name in actor.names or (actor.name,)))
    together = len(names) > 1 and set(names) == {party.name for party in scene.cast.parties}
    return Actor(scene.cast.everybody().name if together else "、".join(names), names, first.start, adjacent[-1].end)
