"""Texts in the manner of press and contracts, written with the rules: joint parties, whose words, what is owed by whom."""

from __future__ import annotations

import pytest

from qiupu.agreements import read


def names(text: str) -> list[str]:
    return [party.name for party in read(text).parties]


def owed(text: str) -> list[tuple[str, str | None]]:
    return [(one.strength, one.debtor) for one in read(text).commitments]


@pytest.mark.parametrize(
    "text,parties",
    [
        (
            "岚溪市与三家企业签约\n\n9月16日,岚溪市人民政府、沧海云计算有限公司与岚溪学院共同签署战略合作协议。",
            ["岚溪市人民政府", "沧海云计算有限公司", "岚溪学院"],
        ),
        (
            "会上,海川市工业和信息化局与微澜数智科技(海川)有限公司、海川银行股份有限公司签署三方协议。",
            ["海川市工业和信息化局", "微澜数智科技(海川)有限公司", "海川银行股份有限公司"],
        ),
        (
            "5月9日,桐城县人民政府携手中宏数科有限公司、县供销合作社联合社举行战略合作签约仪式。",
            ["桐城县人民政府", "中宏数科有限公司", "县供销合作社联合社"],
        ),
        (
            '战略合作协议\n\n甲方:云岭市人民政府(以下简称"甲方")\n乙方:北辰研究院有限公司(以下简称"乙方")\n'
            '丙方:云岭职业技术学院(以下简称"丙方")\n\n一、三方共同建设产业学院。',
            ["云岭市人民政府", "北辰研究院有限公司", "云岭职业技术学院"],
        ),
    ],
)
def test_joint_parties(text: str, parties: list[str]) -> None:
    assert names(text) == parties


SIGNED = "9月16日,长宁县与华岳农业科技集团签订合作框架协议。"


@pytest.mark.parametrize(
    "sentence,statements",
    [
        ("双方还约定成立联合工作组。", [("duty", "双方")]),
        ("协议约定,长宁县每年安排专项资金300万元,华岳集团应组建专家团队。", [("duty", "长宁县"), ("duty", "华岳农业科技集团")]),
        ("双方约定,长宁县开放示范田,华岳集团承担平台开发。", [("duty", "长宁县"), ("duty", "华岳农业科技集团")]),
        ("县长应天长要求,各部门要靠前服务。", [("duty", "各部门")]),
    ],
)
def test_what_a_report_says_was_agreed(sentence: str, statements: list[tuple[str, str]]) -> None:
    assert owed(SIGNED + sentence) == statements


CONTRACT = "合作协议\n\n甲方:云岭市人民政府\n乙方:北辰研究院有限公司\n\n"


@pytest.mark.parametrize(
    "clause,debtor",
    [
        ("一、乙方三年内投入研发经费不低于5000万元。", "北辰研究院有限公司"),
        ("一、乙方每年向甲方输送实习学生不少于100名。", "北辰研究院有限公司"),
        ("一、任何一方不得向第三方泄露本协议内容。", "双方"),
        ("一、费用由乙方承担。", "北辰研究院有限公司"),
    ],
)
def test_what_a_contract_lays_upon_a_party(clause: str, debtor: str) -> None:
    assert owed(CONTRACT + clause) == [("duty", debtor)]


def test_a_contract_gives_no_duty_for_data_that_a_party_provided() -> None:
    assert owed(CONTRACT + "一、甲方提供的数据归甲方所有。") == []


def test_the_day_of_a_visit_is_the_day_of_what_was_signed_there() -> None:
    reading = read("4月8日,江临渊率队拜访中科启元集团。座谈会上,云岭高新区管委会与中科启元有限公司签署投资协议。")
    assert reading.dates.signed is not None
    assert reading.dates.signed.value == "--04-08"


def test_a_day_behind_the_reporters_is_the_day_of_the_signing() -> None:
    dates = read("本报讯 (记者 沈若溪 通讯员 韩一舟) 9月16日,岚溪市人民政府与沧海云有限公司签署协议。").dates
    assert dates.signed is not None
    assert (dates.signed.value, dates.reported) == ("--09-16", None)
