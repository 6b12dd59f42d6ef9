"""Chinese organisations: how their names end, where they begin, and when two forms are one."""

from __future__ import annotations

import re

from qiupu.agreements.reading import Role

SUFFIX = (
    r"(?:人民政府办公室|政府办公室|人民政府|市政府|县政府|区政府|省政府|政府|管理委员会|管委会|委员会|街道办事处|办事处|"
    r"(?:数据资源|文化和旅游|文旅|农业农村|经济和信息化|经信|发展和改革|发改|科技|科学技术|财政|教育|商务|"
    r"交通运输|大数据|招商|管理|监督管理|公安|民政|卫健|税务|统计)?局|"
    r"厅|工信部|科技部|集团(?:股份)?(?:有限)?(?:责任)?公司|股份有限公司|有限责任公司|有限公司|总公司|分公司|"
    r"公司|集团|大学|学院|学校|中学|"
    r"研究院|研究所|科学院|实验室|设计院|医院|银行|分行|支行|协会|学会|商会|联盟|基金会?|联合会|(?:创新|研发|数据|服务|"
    r"技术|展示|运营|研究|发展|促进)?中心|"
    r"人工智能|科技|智能|软件|网络|数码|信息|电子|云|农商行|股份|控股|资本|创投|传媒|文旅|旅投|城投|建投|数投|"
    r"博物馆|图书馆|文化馆|档案馆|美术馆|展览馆|纪念馆|科技馆|体育馆|联合社|供销社|合作联社|信用社|旅行社|"
    r"事务所|工作室|指挥部|党校|小学|幼儿园|农场|酒店|电视台|融媒体中心|开发区|高新区|经开区|园区|产业园|景区|"
    r"报社|出版社|合作社|工厂|厂|(?:州|省|市|县|区|镇|"
    r"乡)(?=$))"
)
BREAK = re.compile(
    r"\([^()]{0,30}(?:记者|通讯员)[^()]{0,30}\)|会后|据悉|据了解|会见了?(?:来访的)?|落实(?=.{2,})|日前|近日|"
    r"昨日|昨天|今天|今日|上午|下午|当天|当日|期间|现场|会上|仪式上|活动上|会议上|论坛上|大会上|由|获悉|"
    r"了解到|据悉|[讯电]\s|"
    r"为(?:深化|推动|贯彻|落实|加快|进一步|促进|推进)[^,]*,|在[^,]{2,24}(?:举行|召开|举办)(?:的[^,]{0,16}上)?|"
    r"[,。;:!?\n\"<>《》|]|见证下?|共同|经(?:友好)?协商|根据|按照"
)
END_OF_NAME = re.compile(
    r"(?:关于|战略|框架|全面|深化|合作(?!社|联社)|签[署约订字下定]|项目|共建|共同|就|在|正式|举[行办]|于|达成|联合(?!社|会|体)|双方|"
    r"校地|校企|政企|政校|银企|院地|产学研|产教|结对|集中|投资|补充|两家|三方|进行|围绕|开展|,|。|\(|\"|的|将|"
    r"建立|缔结|有关|成功|分别|顺利|日前|近日|今[天日]|昨[天日]|"
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{1,2}日|"
    r"本着|经|为|携手|人工智能(?:产业|战略|合作|城市)|数字(?:经济|化)|智慧|《|:|;|\n)"
)
WITHOUT = re.compile(
    rf"(?P<org>^.*?{SUFFIX})(?:\([甲乙丙丁]\s*方\)|(?:党委书记|党组书记)?、?副?(?:局长|主任|院长|校长|董事长|总裁|总经理|行长|馆长|会长)"
    r"[\u4e00-\u9fff]{2,3})$"
)
"""A label or an officer behind the name of an organisation, which is named alone."""
ROLE_WORDS: tuple[tuple[Role, str], ...] = (
    ("university", r"大学|学院(?!路)|学校|中学|university|college|institute of technology|school"),
    ("company", r"公司|集团|科技$|智能$|股份|银行|控股|软件|资本|厂$|企业|电子$|网络$|云$"),
    (
        "government",
        r"政府|管委会|管理委员会|人民法院|局$|厅$|部$|办事处|开发区|高新区|经开区|委$|委员会|办公室$|"
        r"[省市县区州镇乡]$",
    ),
)


def role_of(name: str) -> Role:
    """Return whether a name is of a government body, a company, a university or something else."""
    for role, pattern in ROLE_WORDS:
        if re.search(pattern, name, re.IGNORECASE):
            return role
    return "other"


JOINED = (
    r"(?:文化|广电|体育旅游|经济|工业|人力资源|发展|自然资源|住房|商务|体育|教育|交通|广播电视)(?P<and>和)(?:旅游|信息化|"
    r"社会保障|改革|规划|城乡建设|体育|传媒|金融|林业|草原|运输|文化)"
)


def joins_inside(text: str, place: int) -> bool:
    """Whether the 和 at a place stands inside a bureau's name, as in 文化和旅游局."""
    if text[place] != "和":
        return False
    if re.search(JOINED, text[max(0, place - 5) : place + 6]):
        return True
    first = re.search(r"[省市县区](?P<first>[\u4e00-\u9fff]{2,6})$", text[max(0, place - 12) : place])
    second = re.match(r"(?!.{0,3}[省市县区])[\u4e00-\u9fff]{2,8}?(?:局|厅|委员会)", text[place + 1 : place + 12])
    return bool(first and second) and not looks_like_organisation(first.group("first") if first else "")


def looks_like_organisation(name: str) -> bool:
    """Whether a Chinese name ends as organisations' names do."""
    return bool(re.search(rf"{SUFFIX}(?:\([^()]{{1,12}}\))?$", name))


def trim_left(text: str, start: int, end: int) -> int:
    """Return where a name that ends at ``end`` begins, once adverbs, dates and places before it are cut off."""
    last = start
    for match in BREAK.finditer(text, start, end):
        if match.end() < end:
            last = match.end()
    for match in re.finditer(r"\d{1,2}月\d{1,2}日|\d{1,2}日|年\d{1,2}月", text[last:end]):
        last = max(last, start + (last - start) + match.end()) if last + match.end() < end else last
    while last < end and (text[last].isspace() or text[last] in "、,的与和及同()#>*"):
        last += 1
    return last


def core_of(name: str) -> str:
    """Return the telling part of a name: 池州市人民政府 gives 池州, 深兰人工智能科技(上海)股份有限公司 深兰人工智能科技."""
    name = re.sub(r"\([^()]*\)", "", name)
    name = re.sub(
        r"(?:人民政府|市委市政府|政府|管理委员会|管委会|股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|"
        r"公司|集团|股份)$",
        "",
        name,
    )
    name = re.sub(r"(?:集团|控股)$", "", name)
    return re.sub(r"(?<=..)[省市县区]$", "", name)


def is_same(a: str, b: str) -> bool:  # noqa: PLR0911  a list of cases, from the surest to the weakest
    """Whether two names are of one organisation: the same core, or one a shortening of the other.

    A shortening keeps the order of the characters and begins alike, as 深兰科技 for 深兰人工智能科技(上海)股份有限公司.
    Bodies of the same place stay apart: 池州市人民政府 is not 池州市文化和旅游局.
    """
    if a == b:
        return True
    role_a, role_b = role_of(a), role_of(b)
    if "other" not in (role_a, role_b) and role_a != role_b:
        return False
    short, long = sorted((a, b), key=len)
    if role_a == role_b == "government":
        tail = long[long.index(short[0], 2) :] if short[0] in "省市县区" and short[0] in long[2:7] else long
        ends = len(short) > 4 and long.endswith(short)
        if ends or (short[-1] == tail[-1] and short[:2] == tail[:2] and len(short) > 3 and is_in_order(short, tail)):
            return True
        plain = re.compile(r"(?:人民政府|政府|市委市政府|委市政府)?$")
        return core_of(a) == core_of(b) and bool(plain.search(short)) and not re.search(r"[局厅委处]$|管委会|委员会", a + "|" + b)
    core_short, core_long = core_of(short), core_of(long)
    if len(core_short) < 2:
        return False
    bare_long = re.sub(r"^(?:[\u4e00-\u9fff]{2,3}[省市])", "", core_long)
    for whole in (core_long, bare_long):
        if whole.startswith(core_short):
            return True
        if whole[:2] == core_short[:2] and is_in_order(core_short, whole):
            return True
    return False


def is_in_order(short: str, long: str) -> bool:
    """Whether the characters of one stand in the other in the same order."""
    rest = iter(long)
    return all(char in rest for char in short)
