"""Who came to a ceremony owes nothing; who is asked at one does."""

from __future__ import annotations

import pytest

from qiupu.agreements import read
from qiupu.agreements.quantities import counts_in

HEAD = "6月12日,青渚市人民政府与澄光智能科技有限公司签署战略合作协议。"


def owed(sentence: str) -> list[tuple[str, str | None]]:
    return [(one.strength, one.debtor) for one in read(HEAD + sentence).commitments]


@pytest.mark.parametrize(
    "sentence",
    [
        "市文化和旅游局、市农业农村局、市数据资源管理局负责同志参加活动。",
        "市直有关部门负责人,澄光智能有关负责同志出席签约仪式。",
        "市委常委、副市长罗启明出席,各县区主要负责同志见证签约。",
        "公司相关负责人主持签约仪式。",
        "签约仪式由市发展改革委负责同志主持。",
        "会前,市委主要负责同志会见了澄光智能客人。",
        "市有关部门、重点企业负责人将参加上述活动。",
        "签约仪式将于6月举行。",
    ],
)
def test_who_attends_or_leads_a_ceremony_owes_nothing(sentence: str) -> None:
    assert owed(sentence) == []


@pytest.mark.parametrize(
    "sentence,debtor",
    [
        ("市数据局负责平台验收。", "市数据局"),
        ("澄光智能负责人才引进和培训。", "澄光智能科技有限公司"),
        ("市数据局负责人表示,将在年底前开放10类数据。", "市数据局"),
        ("会议要求,市文旅局要牵头制定方案。", "市文旅局"),
        ("市政府主要负责同志要求,各部门要加快数据开放。", "各部门"),
    ],
)
def test_who_is_charged_with_something_owes_it(sentence: str, debtor: str) -> None:
    assert owed(sentence) == [("duty", debtor)]


@pytest.mark.parametrize(
    "text,quotes",
    [
        ("为全市6个重点景区提供客流预测服务", ["6个重点景区"]),
        ("为12家规上企业改造产线", ["12家规上企业"]),
        ("建设3个人工智能应用示范基地,", ["3个人工智能应用示范基地"]),
        ("实施5个重点投资项目", ["5个重点投资项目"]),
        ("打造2个具有全国影响力的智慧景区样板", ["2个具有全国影响力的智慧景区样板"]),
        ("在不少于3家制造或公用企业开展试点", ["不少于3家制造或公用企业"]),
        ("邀请5家上下游企业来青渚考察", ["5家上下游企业"]),
        ("收到诉求之日起10个工作日内答复8家企业", ["8家企业"]),
        ("覆盖15个乡镇的水稻病虫害监测", ["15个乡镇"]),
        ("引进10家企业在我市落户,选派4名工程师驻点服务", ["10家企业", "4名工程师驻点服务"]),
        ("6 key scenic spots and provides guides", ["6 key scenic spots"]),
    ],
)
def test_a_counted_noun_ends_before_the_verb(text: str, quotes: list[str]) -> None:
    language = "en" if text.isascii() else "zh"
    found = counts_in(text, 0, len(text), language)
    assert [text[one.start : one.end] for one in found] == quotes
    assert found[0].value.replace(" ", "") == quotes[0].removeprefix("不少于").replace(" ", "")
