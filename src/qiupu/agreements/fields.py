"""Fields of work that a text speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qiupu.agreements.reading import FieldMention

WORDS: Mapping[str, tuple[str, str]] = {
    "smart-city": (
        r"智慧城市|城市大脑|数字城市|新型城市|智慧(?:交通|政务|社区|城管|园区|停车|应急|消防|水务|环保|安防|公安|"
        r"治理)|城市(?:治理|管理|运行)|数字政府|"
        r"政务(?:服务|数据|大模型)|一网(?:统管|通办)|公共交通|自动驾驶|无人驾驶|智能网联|交通(?:治理|管理|信号|"
        r"拥堵)|社会治理|公共安全|市政(?!府|协|务)|12345|热线|空气质量|网格化|智慧水利|城市生命线|路灯|公交(?!集团|公司|车?站)|停车(?=场|位|诱导|难)",
        r"smart[\s-]cit(?:y|ies)|city brain|urban (?:management|governance|operations?|services?|traffic|"
        r"mobility)|digital (?:city|government)|"
        r"smart (?:transport\w*|traffic|government|communit\w+|parking|governance|policing)|traffic (?:management|"
        r"signals?|lights?|control|flow|congestion)|public transport|"
        r"government services|city (?:governance|management)|public (?:safety|services)|autonomous (?:driving|"
        r"bus\w*|vehicles?)|intelligent transport\w*|hotline|air quality|municipal services|"
        r"e-?government|digital twins?|(?:city|digital public|digital municipal) services|city planning|road safety|smart grids?|"
        r"(?:smart|intelligent) (?:ports?|mobility)|driverless \w+|self-driving \w+|parking (?:spaces?|guidance)|"
        r"bus (?:lines?|network|fleet)|trams?\b|urban data|waste (?:collection|management)|water (?:network|supply)|signal control",
    ),
    "smart-manufacturing": (
        r"智能制造|智造|工业(?:互联网|大脑|机器人|视觉|质检|软件|设备)|制造业|数字化车间|智能工厂|数字工厂|"
        r"智慧工厂|生产线|产线|先进制造|半导体|设备(?:预测性)?维护|"
        r"缺陷检测|智能装备|镁基|新材料|智改数转|智能化改造|数控机床|装备制造",
        r"(?:smart|intelligent|advanced) manufactur\w+|manufacturing|smart factor(?:y|ies)|industrial (?:internet|"
        r"robot\w*|inspection|equipment|vision|ai)|"
        r"production lines?|predictive maintenance|defect (?:detection|inspection)|factor(?:y|ies)|quality "
        r"inspection|inspection robots?|machine vision|semiconductors?|industrial \w+ base|equipment manufactur\w+|"
        r"production bases?|machine tools?|assembly (?:lines?|plants?)|additive manufacturing|machining",
    ),
    "smart-tourism": (
        r"智慧(?:文旅|旅游|景区)|文旅(?!局|厅)|(?<!文化和)(?<!文)旅游(?!局|厅)|文化旅游|景区|游客|导览|全域旅游|"
        r"民宿|九华山|文化旅游|研学|夜游|票务",
        r"(?:smart|cultural|digital) tourism|touris[mt]s?|scenic (?:area|spot)s?|visitor (?:flow|forecast\w*|"
        r"number|experience|guid\w+|services?)s?|travell?er services|visitors|"
        r"travel (?:industry|technology|services)|hospitality industry|sightseeing|guided tours?|holidaymakers|hiking trails?",
    ),
    "culture": (
        r"文化(?!程度|水平|和旅游局|和旅游厅|广电|体育局|传媒|有限|股份|科技)|文旅(?!局|厅)|非遗|非物质文化遗产|"
        r"博物馆|图书馆|文物|文创|古籍|戏曲|美术馆|诗词|文艺|文博(?=场馆|资源|机构|会)|演艺|手稿|剧院",
        r"(?<!corporate )(?<!cell )(?<!bureau of )(?<!department of )\bcultur(?:e|al)\b(?! and tourism)|heritage|"
        r"digiti[sz]\w+ (?:[\w'’]+ ){0,3}?(?:archives?|manuscripts?|records)|"
        r"museums?|librar(?:y|ies) (?:collection|service)s?|relics|creative industr\w+|archives? digiti\w+|"
        r"digital (?:\w+ )?archives?|poetry|opera\b|intangible|crafts?\b|arts council|"
        r"performing arts|art collections?|historical (?:photographs|documents|records|sites?)|exhibitions?|"
        r"manuscripts?|monuments?|archaeolog\w+|orchestras?",
    ),
    "agriculture": (
        r"智慧农业|农业(?!农村局|农村厅|科技|大学|银行|局)|农田|农村(?!商业银行|信用|局|厅)|乡村振兴|种植|水稻|"
        r"稻米|茶(?:叶|园|产业)|养殖|渔业|农产品|灌溉|病虫害|粮食|农机|林业|农文旅|果园|大棚|蔬菜|畜牧|生猪|墒情|植保|农户|农民(?!工)|种业",
        r"agricultur\w*|farm(?:s|ing|ers?|land)?\b|rice|tea (?:gardens?|growers?|plantations?|fields?)|crops?\b|"
        r"irrigation|rural (?:revitali[sz]ation|development)|fisher(?:y|ies)|aquaculture|livestock|pests?\b|"
        r"paddy|paddies|tea industry|orchards?|horticultur\w+|soil|"
        r"growers|greenhouses?|vineyards?|dairy|cattle|seedlings?|agri-?(?:food|tech)",
    ),
}
COMPILED = {name: (re.compile(zh), re.compile(rf"\b(?:{en})", re.IGNORECASE)) for name, (zh, en) in WORDS.items()}
STEMS = (
    "smart", "city", "cities", "urban", "digital", "traffic", "transport", "govern", "public", "autonomous",
    "intelligent", "hotline", "air qual", "municipal", "manufact", "factor", "industr", "production",
    "maintenance", "defect", "inspection", "touris", "scenic", "visitor", "travel", "cultur", "heritage", "museum",
    "librar", "relic", "creative", "archive", "poetry", "opera", "agricult", "farm", "rice", "tea ", "crop",
    "irrigat", "rural", "fisher", "aquacult", "livestock", "pest",
    "government", "driverless", "road saf", "grid", "machine", "semicond", "equipment", "sightsee", "hospitality",
    "intangible", "craft", "arts", "art coll", "historic", "exhibition", "padd", "orchard", "horticult", "soil",
    "self-driv", "parking", "bus ", "tram", "waste", "water", "signal", "assembl", "additive", "machining", "guided",
    "holidaym", "hiking", "manuscript", "monument", "archaeol", "orchestra", "growers", "greenhouse", "vineyard", "dairy",
    "cattle", "seedling", "agri",
)  # fmt: skip
"""One of these stands in every English word of a field: a quick look before the patterns."""
NAMED = {
    "smart-city": re.compile(r"智慧城市|smart[\s-]cit", re.IGNORECASE),
    "smart-manufacturing": re.compile(r"智能制造|smart manufacturing", re.IGNORECASE),
    "smart-tourism": re.compile(r"智慧文旅|智慧旅游|smart tourism", re.IGNORECASE),
    "culture": re.compile(r"文化产业|文化|culture", re.IGNORECASE),
    "agriculture": re.compile(r"智慧农业|现代农业|农业|agriculture", re.IGNORECASE),
}


def fields_of(text: str, language: str) -> tuple[FieldMention, ...]:
    """Return each field that is spoken of, once, with its clearest mention, in the order of the text."""
    found = []
    for name, patterns in COMPILED.items():
        pattern = patterns[0 if language == "zh" else 1]
        match = pattern.search(text)
        if match is None:
            continue
        named = NAMED[name].search(text)
        start, end = named.span() if named else match.span()
        if named:
            whole = pattern.search(text, start)
            end = whole.end() if whole and whole.start() == start else end
        found.append(FieldMention(field=name, quote=text[start:end], start=start, end=end))
    return tuple(sorted(found, key=lambda one: (one.start, one.field)))


def propose_field(text: str) -> str | None:
    """Return the field that a statement speaks of most, or None when it speaks of none.

    Longer words weigh more; on equal weight the first mentioned wins.
    """
    best: tuple[int, int, str] | None = None
    lower = text.lower()
    chinese = any("\u4e00" <= char <= "\u9fff" for char in text)
    english = any(stem in lower for stem in STEMS)
    if not chinese and not english:
        return None
    kinds = [index for index, wanted in enumerate((chinese, english)) if wanted]
    for name, patterns in COMPILED.items():
        hits = [match for index in kinds for match in patterns[index].finditer(text)]
        if not hits:
            continue
        weight = sum(len(match.group()) for match in hits)
        key = (weight, -min(match.start() for match in hits), name)
        if best is None or key > best:
            best = key
    return best[2] if best else None
