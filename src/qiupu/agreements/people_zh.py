"""People in a Chinese text: title, name, whom they act for, and what part they play."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from qiupu.agreements.organisations_zh import SUFFIX
from qiupu.agreements.reading import Part, Party, Person

SURNAMES = (
    "萧禹湛昌凤花云杭钮诸贲桓郏酆海竺鱼盖闻扈狄贝计伏茅昝干嵇荀羊芮羿汲糜乌弓牧隗宓郗仰秋暴戎祖束幸韶郜薄印宿怀邰鄂索咸籍赖屠池阴苍莘贡逄"
    "宰郦雍璩濮寿边浦晏阎充茹习宦容慎戈庾暨居衡步弘禄阙殳蔚夔晁勾融阚养鞠丰巢蒯查荆权逯"
    "国佘敬展哈由矫揭练麻扬银禤操占支瞿郗过门束蹇"
    "书王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍"
    "涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚"
    "岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
    "封官谈匡鞠惠荆乐冀胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郁蓟言卿胖裘胡帅巴隆沃银"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|端木"
NAME = (
    rf"(?:(?:{COMPOUND})[\u4e00-\u9fff]{{1,2}}?|[{SURNAMES}](?:\s?[\u4e00-\u9fff]){{1,2}}?|"
    rf"[A-Z][a-z]+(?:\s[A-Z][a-z]+){{1,2}}|[\u4e00-\u9fff]{{1,8}}·[\u4e00-\u9fff]{{1,10}})"
)
TITLE = (
    r"(?:(?:代)?(?:常务)?(?:副)?(?:市长|省长|县长|区长|镇长|州长|部长|局长|厅长|司长|处长|科长|主任|主席|书记|"
    r"秘书长|董事长|总裁|总经理|经理|院长|校长|会长|理事长|行长|所长|馆长|总监|组长|巡视员|调研员|站长|台长|"
    r"社长|总编辑|厂长|园长)(?:助理)?|"
    r"常委|委员|创始人(?:兼)?|合伙人|首席(?:执行|技术|运营|财务|战略|科学|信息|数据|产品|增长|市场|品牌|"
    r"人工智能)?(?:官|科学家|专家|代表)|CEO|CTO|COO|CFO|CIO|总工程师|工程师|教授|院士|博士|负责人|法定代表人|"
    r"法人代表|董事[局会]主席|(?:授权)?代表|党组成员|党工委委员|董事|监事|研究员|专家|联席总裁|总工|参赞|大使|领事|市领导|"
    r"县领导|区领导|领导|先生|女士|党委书记|党组书记)"
)
AFTER_NAME = (
    r"(?=$|[、,。;:!?\"()\n/]|\s|表示|说|指出|强调|介绍|透露|认为|称|谈到|坦言|出席|参加|参会|与会|致|讲话|"
    r"发言|主持|代表|签|一行|等|与|和(?!出席|参加|表示|说|主持|致|见证|代表|签|在|共同|分别|指出|强调)|及|"
    r"以及|分别|先后|见证|在|共同|同|会见|希望|向|作|对|围绕|陪同|率|就|为|"
    r"宣|将|带队|莅临|参与|携|也|还|并|上台|发布|推介|到|来|受|则|由|回应|获|领|接|从|于|均|已|受邀|介|任|"
    r"前往|考察|听取|做|赴|随|座谈|会谈|揭牌)"
)
GROUP = re.compile(
    rf"(?P<titles>{TITLE}(?:\s?[、兼/]\s?[^\s,。;:、]{{0,16}}?{TITLE}|"
    rf"兼?{TITLE})*)\s{{0,2}}[:]?\s{{0,2}}(?P<names>{NAME}{AFTER_NAME}(?:[、,和及与]\s?{NAME}(?=[、,。;\s]|等|"
    rf"和|及|与|出席|参加|见证|表示|分别|共同|代表|致|主持|签|在|陪同){AFTER_NAME})*)"
)
REVERSED = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<name>{NAME})(?P<titles>(?:副)?(?:市长|董事长|总裁|总经理|书记|主任|局长|院长|"
    rf"校长|教授|院士|先生|女士|部长|县长|区长|会长))(?=表示|说|指出|强调|出席|致|在|认为|介绍|希望|,|。|主持|"
    rf"代表)"
)
BARE_SPEAKER = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<name>{NAME})(?=(?:在[^,。]{{2,16}})?(?:表示|说|指出|强调|介绍|认为|希望|透露|"
    rf"首先|对[^,。]{{2,30}}表示))"
)
REPORTER = re.compile(
    rf"(?:(?:本报|全媒体|特约|见习|实习|首席)?(?:记者|通讯员|特派员)|(?:作者|撰文|采写|文|图|图文|文/图)\s?[/|"
    rf":])\s{{0,3}}(?P<names>{NAME}(?:[、\s]{{1,3}}{NAME})*)(?=$|[\s)),。;/|]|报道|文|摄|\d|通讯员|实习|从|在|"
    rf"获)"
)
LABELLED = re.compile(
    rf"(?:法定代表人|法人代表|授权代表|委托代理人|签约代表|签字代表|代表人?|负责人|签字|签名|"
    rf"签署人)\s*(?:\(?(?:或|/)[^()\n:]{{2,16}}\)?)?\s*(?:\([^()]{{0,10}}\))?\s*[:]\s*(?P<name>{NAME})(?=$|\s|"
    rf"[,。;()、])"
)
MUNICIPAL = re.compile(r"^(?:中共)?(?P<place>[\u4e00-\u9fff]{2,6}?[省市县区州])?(?:委|市委|县委|区委|省委|政府)")
SIGNED = re.compile(
    r"(?:代表[^,。;]{0,40}签|签署(?!仪式)|签字(?!仪式)|签订|签约(?!仪式|活动|现场|大会|会|并致|成功|以来|为契机|为起点|项目|事项|双方)|签下|分别代表|"
    r"代表(?:双方|各方|三方))"
)
SPOKE = re.compile(
    r"致辞|致欢迎辞|致词|讲话|表示|指出|强调|(?<!据)介绍|发言|认为|透露|坦言|谈到|说[,::\"。]|说$|"
    r"作[^,。]{0,12}(?:推介|报告|演讲)|希望|称[,:]|对[^,。]{2,40}表示|发表|推介"
)
ATTENDED = re.compile(r"出席|参加|见证|陪同|参会|与会|会见|参与|座谈|受邀|到会|莅临|考察|一行|在座|[鉴监]签|揭牌|共见")
HOSTED = re.compile(r"主持")
NOBODY = frozenset(
    ["高校", "高新", "高管", "双方", "各方", "金融", "安全", "全体", "项目", "单位", "师生", "万元", "企业", "国家", "时任"]
)
"""Words that begin as surnames do."""
PRONOUN = re.compile(r"\s*\"?(?:他|她)(?:还|也|同时|并)?(?:表示|指出|强调|说|希望|介绍|认为|要求)")
OBJECT = re.compile(r"(?:代表[^,。;]{0,16}|首先|在[^,。;]{2,14}上)?(?:向|对|给|感谢|欢迎)")
"""What stands between a person who acts and the one towards whom: 张三向李四介绍."""


@dataclass(frozen=True)
class Named:
    """A person at a place: the extent holds organisation and title too."""

    name: str
    start: int
    end: int
    extent: tuple[int, int]
    organisation: str | None
    title: str | None


def people_zh(text: str, parties: tuple[Party, ...], kind: str) -> tuple[Person, ...]:
    """Return the people with their parts, once for each part; who only attends is listed only when nothing else is told."""
    found: list[Person] = []
    for match in REPORTER.finditer(text):
        for start, end in _names(text, *match.span("names")):
            found.append(_person(text, Named(text[start:end], start, end, (start, end), None, None), "reporter", 0.9))
    reporters = {person.start for person in found}
    in_sentences: list[tuple[int, list[Named]]] = []
    if kind == "agreement":
        found += _signatures(text, parties)
    for sentence in re.finditer(r"[^。;!?\n]+(?:[。;!?][\"]?)?", text):
        found_here = _in_sentence(text, sentence.start(), sentence.end())
        named = [
            one for one in found_here if one.start not in reporters and one.name[-1] not in "省市县区镇" and one.name not in NOBODY
        ]
        in_sentences.append((sentence.end(), named))
    known = {one.name: one for _, named in reversed(in_sentences) for one in named}
    forms = {form for party in parties for form in (party.name, *party.aliases) if len(form) > 1}
    subject: Named | None = None
    start = 0
    for end, introduced in in_sentences:
        named = [one for one in introduced if not any(form in one.name for form in forms)]
        everybody = sorted([*named, *_again(text, start, end, named, known, reporters)], key=lambda one: one.start)
        told = PRONOUN.match(text, start, end) if subject else None
        if told and subject:
            found.append(_person(text, replace(subject, organisation=_whom(subject, parties)), "speaker", 0.85))
        subject = subject if told or not everybody else everybody[0]
        found += _with_parts(text, everybody, end, parties)
        start = end
    return _settle(found)


def _again(  # noqa: PLR0917  where to look, and for whom
    text: str, start: int, end: int, named: list[Named], known: dict[str, Named], reporters: set[int]
) -> list[Named]:
    """Return the places where people who were introduced elsewhere are named without a title."""
    found: list[Named] = []
    for name, one in known.items():
        for match in re.finditer(rf"{re.escape(name)}(?:同志)?(?![省市县区镇路大厦村])", text[start:end]):
            a, b = start + match.start(), start + match.end()
            if a in reporters or any(other.start < b and a < other.end for other in (*named, *found)):
                continue
            if one.organisation is None and one.title is None:
                continue
            found.append(Named(name, a, a + len(name), (a, b), one.organisation, one.title))
    return found


def _names(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut 宋词、邓林 into names; 沈家和 is one name although 和 stands in it."""
    if re.fullmatch(NAME, text[start:end]):
        return [(start, end)]
    found = []
    for match in re.finditer(r"[^、,和及与\s]+(?:\s[A-Z][a-z]+)*|(?<=\s)\S+", text[start:end]):
        a, b = start + match.start(), start + match.end()
        if re.fullmatch(NAME, text[a:b]):
            found.append((a, b))
    return found


def _signatures(text: str, parties: tuple[Party, ...]) -> list[Person]:
    """Representatives named beside the signatures; two on one line stand for the parties in their order."""
    found = []
    matches = list(LABELLED.finditer(text))
    lines = [text.count("\n", 0, match.start()) for match in matches]
    for match, line in zip(matches, lines, strict=True):
        start, end = match.span("name")
        before = text[max(0, start - 200) : start]
        near = [(before.rfind(word), party.name) for party in parties for word in (party.name, party.label or party.name)]
        place, name = max(near, default=(-1, None))
        beside = [other for other, at in zip(matches, lines, strict=True) if at == line]
        if len(beside) == len(parties) > 1:
            place, name = 0, parties[beside.index(match)].name
        whom = name if place >= 0 else None
        found.append(_person(text, Named(text[start:end], start, end, (start, end), whom, None), "signatory", 0.9))
    return found


def _in_sentence(text: str, start: int, end: int) -> list[Named]:
    found: list[Named] = []
    floor = start
    for match in GROUP.finditer(text, start, end):
        left = _left_edge(text, floor, match.start())
        organisation, title = _organisation_and_title(text[left : match.end("titles")])
        for a, b in _names(text, *match.span("names")):
            found.append(Named(text[a:b], a, b, (left, match.end()), organisation, title))
        floor = match.end()
    for pattern in (REVERSED, BARE_SPEAKER):
        for match in pattern.finditer(text, start, end):
            a, b = match.span("name")
            if not any(one.start <= a < one.end or a < one.start < b for one in found):
                title = match.groupdict().get("titles")
                found.append(Named(text[a:b], a, b, match.span(), None, title))
    return sorted(found, key=lambda one: one.start)


def _left_edge(text: str, floor: int, start: int) -> int:
    edge = start
    while edge > floor and not re.match(r"[,。;:!?\n\"\s]", text[edge - 1]):
        edge -= 1
    chunk = text[edge:start]
    cut = max(
        (
            match.end()
            for match in re.finditer(
                r"(?:和|与|及|由|在|会见了?|接待了?|拜会了?|看望了?|下午|上午|日前|近日|[今昨前当]天|\d日|仪式上|会上|见证下|代表|陪同|对|向|,)(?=[^,]{2,})|由$|会见了?$",
                chunk,
            )
        ),
        default=0,
    )
    joined = chunk[cut:]
    if re.search(r"和旅游|和信息化|和改革|和社会|和自然|和生态|和平", chunk[max(0, cut - 1) :]):
        return edge
    first = re.match(rf"{NAME}、", joined)
    return edge + cut + (first.end() if first and not looks_like_title(joined[: first.end()]) else 0)


def looks_like_title(text: str) -> bool:
    """Whether a piece holds a title."""
    return re.search(TITLE, text) is not None


def _organisation_and_title(chunk: str) -> tuple[str | None, str | None]:
    """Cut 深兰科技创始人、董事长 into 深兰科技 and 创始人、董事长; 市委副书记、市长 stays a title."""
    chunk = chunk.strip("、 ")
    first = chunk.split("、", maxsplit=1)[0]
    if first != chunk and re.search(TITLE, first):
        organisation, _ = _organisation_and_title(first)
        return organisation, chunk[chunk.index(organisation) + len(organisation) if organisation else 0 :] or None
    municipal = re.match(r"(?:中共)?(?:(?P<place>[\u4e00-\u9fff]{2,6}[省市县区州])|[省市县区州])?(?:委|人大|政协|政府)", chunk)
    if (
        municipal
        and re.match(r"(?:委|市委|省委|县委|区委|人大|政协)", chunk[municipal.end() - 1 :])
        and not re.match(r"[\u4e00-\u9fff]{2,}(?:局|公司)", chunk)
    ):
        place = municipal.group("place")
        return place, chunk[municipal.end("place") if place else 0 :] or None
    best = None
    for match in re.finditer(SUFFIX.replace("(?=$)", ""), chunk):
        rest = chunk[match.end() :]
        if (
            rest
            and re.match(rf"(?:党委|党组|党工委|原)?[^、]{{0,14}}?{TITLE}", rest)
            and (not re.match(r"(?:院|局|部|厅)?长|[委会]", rest) or (rest[0] == match.group()[-1] and rest[0] in "院局部厅"))
        ):
            weak = re.search(r"(?:科技|智能|软件|网络|数码|信息|电子|云|传媒|文旅|资本|控股|[省市县区州镇乡])$", match.group())
            best = best if best is not None and (weak or match.group().endswith("董事局")) else match.end()
    if best is not None and best >= 2:
        bracket = re.match(r"\([^()]{1,10}\)(?:[^()]*?公司)?", chunk[best:])
        best += bracket.end() if bracket else 0
        return chunk[:best], chunk[best:] or None
    title = re.search(rf"(?:党委|党组)?{TITLE}", chunk)
    if (
        title
        and title.start() >= 2
        and not re.match(r"^(?:市|县|区|省|副|常务|原|高级|联合|首席|执行|总|该|集团|公司)", chunk[: title.start()])
    ):
        return chunk[: title.start()], chunk[title.start() :]
    return None, chunk or None


def _with_parts(text: str, named: list[Named], end: int, parties: tuple[Party, ...]) -> list[Person]:
    found: list[Person] = []
    i = 0
    while i < len(named):
        j = i
        while j + 1 < len(named) and re.fullmatch(
            r"[、,和与及以同\s]*(?:以及|分别)?[、,\s]*",
            text[max(named[j].end, named[j].extent[1]) : max(named[j + 1].extent[0], named[j].end)],
        ):
            j += 1
        last = j
        while last + 1 < len(named) and OBJECT.fullmatch(text[named[last].end : named[last + 1].extent[0]]):
            last += 1
        stop = named[last + 1].extent[0] if last + 1 < len(named) else end
        verbs = text[named[last].end : stop]
        before = text[max(0, named[i].extent[0] - 14) : named[i].extent[0]]
        for one in named[i : j + 1]:
            acting = replace(one, organisation=_whom(one, parties))
            found += [_person(text, acting, part, confidence) for part, confidence in _parts(verbs, before)]
        i = last + 1
    return found


def _whom(one: Named, parties: tuple[Party, ...]) -> str | None:
    if one.organisation:
        for party in parties:
            if one.organisation in (party.name, *party.aliases):
                return party.name
        return one.organisation
    if one.title and re.match(r"(?:市|县|区|省)?(?:委|人大|政协|政府)|(?:代)?(?:常务)?副?(?:市|县|区|省)长|[市县区省]", one.title):
        governments = [party.name for party in parties if party.role == "government"]
        return governments[0] if len(governments) == 1 else None
    if one.title and re.match(r"公司|集团|该", one.title):
        companies = [party.name for party in parties if party.role == "company"]
        return companies[0] if len(companies) == 1 else None
    return None


def _parts(verbs: str, before: str) -> list[tuple[Part, float]]:
    parts: list[tuple[Part, float]] = []
    if HOSTED.search(verbs[:30]):
        parts.append(("host", 0.92))
    own = re.split(r"见证|指出|表示|强调|认为|希望|[说称][,:\"]", verbs)[0]
    if SIGNED.search(own) and not re.match(r"[^,]{0,12}出席[^,]{0,20}签约仪式$", own):
        parts.append(("signatory", 0.88))
    if SPOKE.search(verbs) and not re.search(r"^[^,]{0,10}(?:听取|会见)", verbs):
        parts.append(("speaker", 0.92))
    if not parts and (ATTENDED.search(verbs) or re.search(r"(?:出席|参加|见证)[^,]{0,12}(?:有|的有|包括)?[:]?$|在$", before)):
        parts.append(("attendee", 0.88))
    return parts


def _person(text: str, one: Named, part: Part, confidence: float) -> Person:
    return Person(
        name=re.sub(r"(?<=[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff])", "", text[one.start : one.end]),
        organisation=one.organisation, title=one.title, part=part, quote=text[one.start : one.end],
        start=one.start, end=one.end, confidence=confidence,
    )  # fmt: skip


def _settle(found: list[Person]) -> tuple[Person, ...]:
    """Keep each person once for each part; carry title and organisation over; attendance yields to any other part."""
    known: dict[str, tuple[str | None, str | None]] = {}
    for person in found:
        organisation, title = known.get(person.name, (None, None))
        known[person.name] = (organisation or person.organisation, title or person.title)
    active = {person.name for person in found if person.part != "attendee"}
    kept: dict[tuple[str, str], Person] = {}
    for person in sorted(found, key=lambda p: p.start):
        if person.part == "attendee" and person.name in active:
            continue
        organisation, title = known[person.name]
        kept.setdefault(
            (person.name, person.part),
            Person(
                name=person.name, organisation=person.organisation or organisation, title=person.title or title, part=person.part,
                quote=person.quote, start=person.start, end=person.end, confidence=person.confidence,
            ),
        )  # fmt: skip
    return tuple(kept.values())
