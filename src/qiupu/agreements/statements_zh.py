"""Statements of a Chinese text: sentence by sentence, who should do what, as a duty or as a hope, and whose words these are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qiupu.agreements.actors import Actor, Cast
from qiupu.agreements.debtors_zh import debtor_zh, leading_actor, owner_of, run_of
from qiupu.agreements.details_zh import details_zh
from qiupu.agreements.layout import Paragraph, Span, sentences
from qiupu.agreements.reading import Person, Statement
from qiupu.agreements.scene import FACT, Details, Scene, State, Verdict, actor_of, assemble

WISH = (
    r"希望|期待|期望|盼望|愿(?=[同与和在以为意]|[^望景]{0,4}(?:携手|共同|一道))|愿意|力争|争取|争当|有望|探索|"
    r"拟(?!定的)|计划(?!单列|书)|努力|有意(?:愿)?|谋求|憧憬|鼓励|积极(?!性)|推动|研究(?=制定|建立|设立|推进|"
    r"解决|出台|探索)|考虑|寻求|视情"
)
DUTY = (
    r"(?<![供响适反效相对顺感回呼])应当|(?<![供响适反效相对顺感回呼])应(?!用|急|对(?![^,。;]{1,24}(?:进行|予以|负责|承担|给予|保密))|答|届|邀|变|收|有的|运|聘|力)|必须|须(?!知)|不得|负责(?!同志|人(?!才|员|力|工))|承诺|保证(?!金)|确保|"
    r"(?:约定|商定)(?=(?:共同|联合|每年|每季度|定期|由|在|未来|今后)|成立|建立|设立|组建|开展|举办|提供|派)|同意|有义务|有责任|承担(?=[^,]{2}|[。;]?$)|务必|不应|负有|需(?=在|于|向|按|提供|配合|完成|及时|提前)|牵头|"
    r"(?<![主重必首次不只还需简摘纪扼概])要(?=[^求素闻约点件]{2})|要求(?=[^,。]{2,16}?(?:要|为|把|将|加|全|积极|做|提供|抓|切实|认真|主动|尽快|按))|(?<!社会)保障(?!局|厅|部|中心)(?=[^,]{2})"
)
FUTURE = (
    r"(?<!即)(?<!必)将(?!军|来|近|领|士|其|.{1,14}(?:作为|打造成为?|建成为|纳入|列入|转化[为成]|应用[于到]))|"
    r"会(?=尽|全力|继续|进一步|积极|以)|将(?=[^,]{1,14}(?:作为|打造成|建成|纳入|列入))"
)
MARK = re.compile(rf"(?P<wish>{WISH})|(?P<duty>{DUTY})|(?P<future>{FUTURE})")
SOFT_AFTER_FUTURE = re.compile(r"将?(?:[^,。]{0,6})?(?:力争|争取|探索|努力|积极|推动|寻求|研究|谋求|考虑|鼓励|视情)")
DONE = re.compile(
    r"已(?:经|于|在|与|成|完|建|累|签|有|形|正|被|获)?|签署了|签订了|举行(?!.{0,4}(?:年度|定期))|"
    r"召开(?=[^,]{0,4}[,。])|达成了|取得了|成立于|位于|是(?:一家|国内|全国|全球|国家|首批|中国)|(?:出席|参加|"
    r"见证)(?:了|签约|仪式|活动|会议|会见|座谈)|实现了|荣获|入选|完成了|拥有|现有"
)
SPEECH = re.compile(
    r"(?P<verb>表示|指出|强调|介绍(?!了)|认为|透露|坦言|谈到|要求(?=[,:])|说(?=[,::\"])|称(?=[,::])|致辞(?:中)?(?:说|时说|"
    r"时表示)?|首先对[^,]{2,30}表示[^,]{2,8}|希望)[,:]?\s*\"?"
)
ASKING = re.compile(r"\s*[^,。;:\"]{0,24}?(?:要求|强调|指出|明确|提出|议定|商定|决定)[,:]")
"""Somebody without a name asks, as in 会议要求,: who should act is told behind it."""
SAID_NEXT = re.compile(r"\s*[^,。;:\"]{2,30}?(?:说|表示|介绍|称)道?[。\n]")
NAMELESS = re.compile(
    r"\s*(?P<who>[\u4e00-\u9fffA-Za-z()]{2,24}?)(?:的)?(?:有关|相关|主要|分管|项目)?(?:负责人|负责同志|领导|代表|发言人)"
    r"[^,。;:]{0,10}?(?:表示|介绍|说|透露|称|坦言|承诺)[,:]"
)
PRONOUN_SPEECH = re.compile(r"^\"?(?:他|她)(?:还|也|同时|并)?(?:表示|指出|强调|说|希望|介绍|认为)|^(?:[^,]{0,8})?\"")
NARRATIVE = re.compile(
    r"^(?:据(?:了解|悉|介绍)|仪式上|签约(?:仪式|后|前)|会(?:前|后|上)|活动(?:现场|中)|随后|当天|根据(?:协议|"
    r"合作|备忘录|约定)|按照(?:协议|约定)|双方(?:将|还|就|约定|商定|同意)|此次(?:签约|合作)|"
    r"[^,]{0,10}(?:市领导|领导)|出席|参加)"
)
PREAMBLE = re.compile(
    r"鉴于|现将|(?:为|根据|按照)[^。]{4,60},(?:现将|特|经|达成|制定|双方经|甲乙双方|(?:现)?就[^,]{2,30}(?:如下|达成))"
)
PLAIN_WISHES = ("希望", "期待", "期望", "力争", "争取", "愿", "愿意", "拟", "计划", "有望", "有意", "有意愿")
SOFT_WISHES = ("积极", "推动", "努力", "鼓励", "研究", "考虑", "探索", "寻求", "谋求")
NUMBER = re.compile(
    r"(?:\(?[一二三四五六七八九十\d]{1,3}[)、.](?"
    r"!\d)|第[一二三四五六七八九十百\d]+条|[-*•◆●■▪○·]|"
    r"\d+(?:\.\d+)+)\s*"
)
SIGNATURE_LINE = re.compile(
    r"\s*(?:[甲乙丙丁]\s*方\s*(?:\([^()]*\)|代表|签|盖|:)|(?:法定|授权)?代表|签[订署约字]|日\s*期|地\s*址|"
    r"电\s*话|本(?:协议|合同|备忘录)|"
    r"[买卖需供]方\s*(?:\(|:))"
)
CLAUSE = re.compile(r"第\s*[一二三四五六七八九十百\d]+\s*条|[一二三四五六七八九十]+、")
AGREED = re.compile(
    r"\s*(?:\d+月\d+日,)?(?:根据|按照|依据|依)?(?:该|此|上述|合作|框架|战略|双方(?:签署的|签订的)?)*(?:协议|"
    r"备忘录|合同|约定)[^,]{0,8},|[双三各]方(?:还|一致)?(?:约定|商定|明确|同意),"
)
OWNER = re.compile(
    r"(?:责任|牵头|主办|承办|落实)(?:单位|部门|主体)\s*[:]\s*(?P<who>[^,。;:()\n]{2,40})|"
    r"\(由?(?P<unit>[^,。;:()\n]{2,24}?)(?:牵头负责|牵头|负责)[^()\n]{0,30}\)"
)
FORMULA = re.compile(
    r"请(?:认真)?(?:抓好|遵照|贯彻|结合[^,。]{0,12})?(?:落实|执行|贯彻落实|贯彻执行)。?$|"
    r"表示(?:热烈|衷心|诚挚)?(?:的)?(?:欢迎|感谢|祝贺|赞赏|肯定)[^将要希]*$"
)
"""Polite and official formulas, which owe nothing."""
OFFICIALS = r"(?:负责(?:同志|人)|领导|代表|嘉宾|同志|一行|书记|[市县区镇省部局处厅]长|主任|董事长|总裁|经理|院长|校长)"
CEREMONY = re.compile(
    rf"{OFFICIALS}[^。;]{{0,24}}?将?[^,。;]{{0,8}}(?:参加|出席|见证|主持|列席|到会)|仪式[^,。;]{{0,16}}将?[^,。;]{{0,16}}(?:举行|举办)"
)
"""Who comes to a ceremony or leads it, and when it takes place: told in a report, owed by nobody."""
TASKED = re.compile(
    r"(?:等)?(?:单位|部门)?(?:按|按照|根据|依据)?[^,。;]{0,12},?(?:及时|统筹|定期|具体|抓紧|做好|开展|安排|落实|制定|提供|共享|确定|报送|明确|提出|梳理|推进|牵头|配合)"
)
GIVING = (
    r"提供|投资|建设|建立|组建|成立|承担|开放|派驻|培训|设立|投入|安排|选派|制定|完成|推荐|引进|支持|配合|协助|"
    r"负责(?!同志|人(?!才|员|力|工))"
)
PERFORMS = re.compile(
    r"(?!\s*[(:])(?:在[^,。;]{2,24})?(?:为|向|给)?[^,。;应]{0,16}?"
    rf"(?:{GIVING}|举办|召开|支付|交付|授予|委托|输送|提交|报送|维护|采购|协调|优先|保障)(?!的)"
)
PROMISING = re.compile(
    r"(?:每年|每季度|三年内|共同|联合|还|也|全力|优先|牵头|主要|应|将|须)?"
    rf"(?:{GIVING}|组织|打造|开展|培养|配套|出资|建成|给予)"
)
CONSENT = re.compile(r"(?:未?经(?!营|济|费)|征得|取得)[^,。;]{1,20}?(?:同意|许可|批准|授权),?")
"""A condition, whose parties are those who are asked and not those who owe."""
RECURRING = re.compile(
    r"(?:将|还|共同|联合)?(?:每(?:年|季度|半年|月|学期|两年)|定期)(?!度|均)[^,。;]{0,16}?(?:安排|召开|举办|提供|选派|开展|组织|培训|派|投入)(?!了)"
)
"""What a report says that a party does every year was agreed."""
RIGHT = re.compile(r"(?:[甲乙丙丁双各]方)?(?:有权|享有|可(?:以|根据|依|随时|自行))")
NOT_ACTING = re.compile(r"^(?:本协议|本合同|协议|合同|未尽事宜|争议|本备忘录|双方签字|如|若|因|除)")
NEUTRAL = re.compile(
    r"\s*(?:第?[一二三四五六七八九十\d]{1,3}[条章节]?[、.\s]*)(?:其[他它](?:事项|约定)?|附则|总则|合作(?:内容|目标|期限|方式|领域|机制|原则)|"
    r"(?:协议|合同)?(?:期限|有效期|生效|金额|价款|变更|解除|终止)|保密(?:条款|义务)?|违约(?:责任)?|争议(?:解决|处理)?|知识产权|不可抗力|"
    r"法律适用|联系方式|费用)[:]?\s*"
)
"""A heading of what is nobody's own: the heading of a party before it has ended."""
HEADING_OF = re.compile(r"(?P<who>[甲乙丙丁]方|双方|各方)(?:的)?(?:主要)?(?:责任|权利|义务|职责|承诺|工作|投入|支持|分工)")


def statements_zh(text: str, parts: list[Paragraph], cast: Cast, people: tuple[Person, ...], kind: str) -> tuple[Statement, ...]:
    """Return the statements in the order of the text."""
    scene = Scene(text, cast, people, kind)
    state = State()
    found: list[Statement] = []
    opened = ""
    for part in parts:
        if _announces(scene, state, part):
            continue
        state.recital = _recital(text, part, recital=state.recital)
        heading = _heading(scene, state, part)
        if heading is not None:
            opened = heading or opened
            continue
        owner = OWNER.search(text, part.start, part.end) if kind != "agreement" else None
        if owner:
            state.heading = owner_of(scene, *owner.span("who" if owner.group("who") else "unit"))
        if not _is_item(text, part):
            state.speaks(None, None)
        if SIGNATURE_LINE.match(text, part.start, part.end) or (CLAUSE.match(part.number) and CLAUSE.match(opened)):
            state.heading = None
        spans = [span for span in sentences(text, part) if owner is None or span.end <= owner.start()]
        found += _in_sentences(scene, state, spans)
        state.heading = None if owner else state.heading
    return tuple(found)


def _heading(scene: Scene, state: State, part: Paragraph) -> str | None:
    """Take note of a heading; return the number of one that names a party whose duties follow, None when it is no heading."""
    text = scene.text
    heading = HEADING_OF.search(text, part.start, part.end)
    short = part.end - part.start < 40
    state.heading = None if NEUTRAL.fullmatch(text, part.start, part.end) else state.heading
    if (part.heading or short) and heading and not re.search(r"[。;]", text[part.start : part.end]):
        state.heading = scene.cast.resolve(heading.group("who"), heading.start("who"), heading.end("who"))
        return part.number
    if not part.heading:
        return None
    if re.match(r"第|[一二三四五六七八九十]+、|#", text[part.start : part.end]):
        state.heading = None
    return ""


def _in_sentences(scene: Scene, state: State, spans: list[Span]) -> Iterator[Statement]:
    for span in spans:
        state.agreed = AGREED.match(scene.text, span.start, span.end) is not None
        for piece in _pieces(scene, state, span):
            one = _statement(scene, state, piece)
            if one is not None:
                yield one


def _announces(scene: Scene, state: State, part: Paragraph) -> bool:
    """Take note of a line that only says whose words follow: "张三指出" above a list."""
    if part.end - part.start > 40 or not re.search(
        r"(?:指出|强调|表示|要求|说|发表讲话|讲话|致辞)[:]?$", scene.text[part.start : part.end]
    ):
        return False
    named = _named(scene, part.start, part.end)
    if named is None:
        return False
    state.speaks(named.name, actor_of(named, scene.cast))
    return True


def _recital(text: str, part: Paragraph, *, recital: bool) -> bool:
    """Whether a paragraph stands among the reasons behind 鉴于, which owe nothing."""
    if re.fullmatch(r"\s*鉴于[:]?\s*", text[part.start : part.end]):
        return True
    return recital and _is_item(text, part)


def _is_item(text: str, part: Paragraph) -> bool:
    return bool(re.match(r"\(|\d|[-*•◆●■▪○·]|[一二三四五六七八九十]是", text[part.start : part.end]))


def _pieces(scene: Scene, state: State, span: Span) -> list[Span]:
    """Cut a sentence where another actor begins to owe: 甲方负责……,乙方负责……."""
    text = scene.text
    starts = [span.start]
    chunk = span.start
    for match in re.finditer(r"[,]|$", text[span.start : span.end]):
        place = span.start + match.end()
        if place >= span.end:
            break
        chunk = place
        actor = leading_actor(scene, chunk, span.end)
        if actor is None:
            continue
        until = _comma(text, actor.end, span.end)
        before = text[starts[-1] : chunk]
        if state.agreed and PROMISING.match(text, actor.end, until):
            starts.append(chunk)
            continue
        if (
            MARK.search(text, actor.end, until)
            and _marks(scene, starts[-1], chunk)
            and not re.search(r"(?:希望|期待|表示|指出|强调|说)[,:]?\"?$", before)
        ):
            starts.append(chunk)
    ends = [*starts[1:], span.end]
    return [Span(a, b) for a, b in zip(starts, ends, strict=True)]


def _comma(text: str, start: int, end: int) -> int:
    place = text.find(",", start, end)
    return place if place >= 0 else end


def _statement(scene: Scene, state: State, span: Span) -> Statement | None:
    text = scene.text
    start, end = span.start, span.end
    while start < end and text[start] in ", ;\n":
        start += 1
    number = NUMBER.match(text[start:end])
    start += number.end() if number and number.end() < end - start else 0
    if len(re.sub(r"[\W_]", "", text[start:end])) < 4:
        return None
    begin = _speech(scene, state, start, end)
    verdict = _strength(scene, state, begin, end)
    if state.recital or FORMULA.search(text[start:end]):
        verdict = Verdict("fact", 0.8)
    if PREAMBLE.match(text[start:end]) and not re.search(r"请|须|应|负责", text[start:end]):
        verdict = Verdict("fact", 0.8)
    if verdict.strength == "fact":
        return assemble(scene, state, (start, end), verdict, None, Details())
    consent = CONSENT.match(text, begin, end)
    actor = debtor_zh(scene, state, consent.end() if consent else begin, end, verdict.mark)
    if actor is None and NOT_ACTING.match(text[begin:end]):
        verdict = replace(verdict, confidence=0.5)
    return assemble(scene, state, (start, end), verdict, actor, details_zh(scene, (start, end), begin, verdict.mark))


def _speech(scene: Scene, state: State, start: int, end: int) -> int:
    """Take note of who speaks; return where the spoken words begin."""
    text = scene.text
    body = text[start:end]
    speech = SPEECH.search(body)
    named = _named(scene, start, start + speech.start() if speech else end)
    if speech and named:
        state.speaks(named.name, actor_of(named, scene.cast))
        return start + (speech.start() if speech.group("verb") == "希望" else speech.end())
    if speech and state.subject and not state.speaker and PRONOUN_SPEECH.match(body):
        state.speaks(state.subject.name, actor_of(state.subject, scene.cast))
    if speech and state.speaker and PRONOUN_SPEECH.match(body):
        return start + (speech.start() if speech.group("verb") == "希望" else speech.end())
    ahead = next((one for one in scene.people if one.part != "reporter" and body.startswith(one.name)), None)
    state.subject = ahead or (state.subject if PRONOUN_SPEECH.match(body) else None)
    actor = leading_actor(scene, start, end)
    if (
        speech
        and actor
        and speech.start() < actor.end - start + 12
        and speech.group("verb") in ("表示", "指出", "强调", "称", "说", "介绍")
    ):
        state.speaker, state.speaker_actor = actor.name, actor
        return start + speech.end()
    begin = _others_speech(scene, state, start, end)
    if begin is not None:
        return begin
    if state.speaker and NARRATIVE.match(body) and not body.startswith('"'):
        state.speaks(None, None)
    return start


def _others_speech(scene: Scene, state: State, start: int, end: int) -> int | None:
    """Take note of who speaks without a name (某局负责人表示), asks (会议要求), or is named behind the quoted words."""
    text = scene.text
    nameless = NAMELESS.match(text, start, end)
    if nameless:
        state.speaks(text[start : nameless.end("who")], owner_of(scene, *nameless.span("who")))
        return nameless.end()
    asking = ASKING.match(text, start, end)
    if asking and not state.speaker and not re.match(r"[双各三]方", text[start:end]):
        return asking.end()
    following = SAID_NEXT.match(text, end) if text[start] == '"' and not state.speaker else None
    said = _named(scene, end, following.end()) if following else None
    if said:
        state.speaks(said.name, actor_of(said, scene.cast))
    return start if said else None


def _named(scene: Scene, start: int, end: int) -> Person | None:
    """Return the person who is named last before the verb of speaking."""
    body = scene.text[start:end]
    known = [(body.rfind(person.name), person) for person in scene.people if person.part != "reporter" and person.name in body]
    acting = [(place, person) for place, person in known if not re.search(r"(?:[对向给]|会见了?)[^,]{0,12}$", body[:place])]
    known = acting or known
    known = [(place, person) for place, person in known if len(body) - place - len(person.name) < 40]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def _strength(scene: Scene, state: State, start: int, end: int) -> Verdict:  # noqa: PLR0911  a list of cases in their order
    text = scene.text
    marks = _marks(scene, start, end)
    if not marks and state.agreed:
        actor = leading_actor(scene, start, end)
        if actor is not None and PROMISING.match(text, actor.end, end):
            return Verdict("duty", 0.7)
    if not marks:
        return _unmarked(scene, state, start, end)
    first = marks[0]
    if DONE.search(text, start, first.start()) and not re.search(r"希望|将|应", text[start:end]):
        return Verdict("fact", 0.7)
    wish, duty, future = (next((m for m in marks if m.group(name)), None) for name in ("wish", "duty", "future"))
    if wish and wish.group() in PLAIN_WISHES and _rules(wish, first, future, text):
        return Verdict("hope", 0.9, wish)
    if duty and (not future or duty.start() < future.end() + 20) and (duty is first or not wish or duty.start() < wish.start()):
        return Verdict("duty", 0.9, first if future is first else duty)
    if future:
        return _of_future(text, end, future, wish if wish is first else None, duty)
    if duty:
        return Verdict("duty", 0.75, duty)
    if wish and wish.group() in SOFT_WISHES:
        settled = leading_actor(scene, start, end) is not None or state.heading is not None or state.speaker is not None
        return Verdict("hope", 0.7, wish) if settled or wish.start() - start < 8 else Verdict("fact", 0.6)
    return Verdict("hope", 0.8, wish)


def _marks(scene: Scene, start: int, end: int) -> list[re.Match[str]]:
    """Return the words of duty and hope that stand in nobody's name, without those of telling who comes to a ceremony."""
    text = scene.text
    named = {person.name for person in scene.people if person.name in text[start:end]}
    asked = [match.span() for match in CONSENT.finditer(text, start, end)]
    marks = [
        mark for mark in MARK.finditer(text, start, end)
        if not any(_inside(text, mark, name) for name in named) and not any(a <= mark.start() < b for a, b in asked)
    ]  # fmt: skip
    ceremony = CEREMONY.search(text, start, end) if scene.kind == "report" else None
    return [mark for mark in marks if not ceremony or not ceremony.start() <= mark.start() < ceremony.end()]


def _inside(text: str, mark: re.Match[str], name: str) -> bool:
    """Whether a word of duty or hope is a part of somebody's name, as in 应勇."""
    place = text.find(name, max(0, mark.start() - len(name) + 1), mark.end() + len(name) - 1)
    return place >= 0 and place < mark.end() and mark.start() < place + len(name)


def _unmarked(scene: Scene, state: State, start: int, end: int) -> Verdict:
    """Items under a party's heading are owed; so is what a contract says that a party provides, and a task of a named unit."""
    text = scene.text
    if DONE.search(text, start, end) and not re.search(r"每(?:年|季|半年|月|两年)|定期", text[start:end]):
        return FACT
    if RIGHT.match(text, start, end) or (scene.kind == "report" and CEREMONY.search(text, start, end)):
        return FACT
    if state.heading is not None:
        return Verdict("duty", 0.6)
    actor = leading_actor(scene, start, end)
    return _tasked(scene, actor, end) if actor is not None else FACT


def _tasked(scene: Scene, actor: Actor, end: int) -> Verdict:
    """Whether what follows an actor at the head of a sentence is owed, by the kind of the text."""
    text = scene.text
    if scene.kind == "notice":
        last = run_of(scene, actor, end)[-1].end
        return Verdict("duty", 0.65) if TASKED.match(text, last, end) else FACT
    pattern, confidence = (RECURRING, 0.6) if scene.kind == "report" else (PERFORMS, 0.65)
    return Verdict("duty", confidence) if actor.names and pattern.match(text, actor.end, end) else FACT


def _rules(wish: re.Match[str], first: re.Match[str], future: re.Match[str] | None, text: str) -> bool:
    """Whether a wish decides the sentence: it stands first, or close behind 将 as in 将力争."""
    if first is wish:
        return True
    return future is first and wish.start() - first.start() < 8 and "," not in text[first.start() : wish.start()]


def _of_future(text: str, end: int, future: re.Match[str], wish: re.Match[str] | None, duty: re.Match[str] | None) -> Verdict:
    """将 is a duty, unless what follows is soft (将探索) or a soft verb stands before it."""
    if SOFT_AFTER_FUTURE.match(text[future.start() : min(end, future.start() + 14)]) and not duty:
        return Verdict("hope", 0.75, future)
    if wish and wish.group() in SOFT_WISHES and wish.start() < future.start():
        return Verdict("hope", 0.65, wish)
    return Verdict("duty", 0.85, future)
