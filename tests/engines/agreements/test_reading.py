"""What single sentences are read as: dates, law, parties, people, statements."""

from __future__ import annotations

import pytest

from qiupu.agreements import read
from qiupu.agreements.dates import find_dates
from qiupu.agreements.folding import fold
from qiupu.agreements.law import governing_law
from qiupu.agreements.numbers import chinese_number, english_number
from qiupu.agreements.organisations_zh import is_same
from qiupu.agreements.quantities import counts_in, duration_of, money_in

REPORT = (
    "本报讯(记者 周晓禾)5月18日,青岚市人民政府与星衡智能科技股份有限公司签署战略合作协议。"
    "市长陆远舟,星衡智能董事长韩江出席签约仪式并致辞。副市长许文清主持,市领导马骏、何欣参加。\n"
    "陆远舟表示,希望双方在智慧旅游领域加快合作。韩江表示,星衡智能将在2025年底前培训人才200名。"
)
CONTRACT = """合作协议

甲方:青岚市人民政府
乙方:澜境智能科技有限公司

1. 甲方应向乙方开放数据,乙方负责建设平台。
2. 乙方力争引进企业20家。

签订日期:2024年12月20日
"""


@pytest.mark.parametrize(
    "text,values",
    [
        ("二〇二四年六月一日", ["2024-06-01"]),
        ("2024年6月1日", ["2024-06-01"]),
        ("12月24日", ["--12-24"]),  # the year is not given, so it is not guessed
        ("December 24, 2019", ["2019-12-24"]),
        ("the 23rd day of September, 1997", ["1997-09-23"]),
        ("1 st  day of May 2006", ["2006-05-01"]),  # an ordinal torn apart by a converter
        ("by the end of 2025", ["2025-12-31"]),
        ("2025年底前", ["2025-12-31"]),
        ("29/3/18", ["2018-03-29"]),  # 29 can be no month
        ("3/29/18", ["2018-03-29"]),
        ("2024-02-30", []),  # no such day
        ("April ____, 2003", ["2003-04"]),
        ("version 2.1.3 of 10.10", []),
    ],
)
def test_dates_keep_what_the_text_gives(text: str, values: list[str]) -> None:
    assert [found.value for found in find_dates(text)] == values


@pytest.mark.parametrize(
    "text,value",
    [
        ("三千五百万", 35_000_000),
        ("二〇二四", 2024),
        ("十二", 12),
        ("3.5亿", 350_000_000),
        ("壹佰贰拾万", 1_200_000),
        ("很多", None),
    ],
)
def test_chinese_numbers(text: str, value: float | None) -> None:
    assert chinese_number(text) == value


def test_english_numbers() -> None:
    assert [english_number(word) for word in ("thirty-five", "1,500", "two hundred", "many")] == [35, 1500, 200, None]


def test_money_counts_and_terms_have_a_normal_form() -> None:
    text = fold("投资人民币５亿元,引进20家企业,有效期三年")
    assert [one.value for one in money_in(text, 0, len(text))] == ["500000000 CNY"]
    assert counts_in("引进20家企业", 0, 7, "zh")[0].value == "20 家企业"
    assert duration_of(text, "zh").value == "P3Y"  # type: ignore[union-attr]  # None would fail the test too
    assert [one.value for one in money_in("pays USD 1.5 million now", 0, 24)] == ["1500000 USD"]


@pytest.mark.parametrize(
    "text,law",
    [
        ("This Agreement shall be governed by the laws of the State of New York without regard to conflicts.", "New York"),
        ("THIS AGREEMENT SHALL BE GOVERNED BY THE LAWS OF THE STATE OF DELAWARE APPLICABLE TO CONTRACTS.", "Delaware"),
        ("This Agreement is governed by English law.", "England"),
        ("This Agreement shall be governed by the laws of the United States and the State of Florida.", "Florida"),
        ("Acme is a corporation organized under the laws of Nevada.", None),  # where it was founded is not what governs
    ],
)
def test_governing_law(text: str, law: str | None) -> None:
    value = governing_law(text, "en")
    assert (value.value if value else None) == law


def test_chinese_governing_law() -> None:
    assert governing_law("本协议的订立、效力和解释适用中华人民共和国法律。", "zh").value == "中华人民共和国"  # type: ignore[union-attr]  # as above


@pytest.mark.parametrize(
    "a,b,same",
    [
        ("深兰科技", "深兰人工智能科技(上海)股份有限公司", True),
        ("池州市", "池州市人民政府", True),
        ("池州市人民政府", "池州市文化和旅游局", False),
        ("池州市文旅局", "池州市文化和旅游局", True),
        ("云栈科技", "云泽科技", False),
        ("池州市人民政府", "池州市科技有限公司", False),
    ],
)
def test_two_forms_of_one_name(a: str, b: str, same: bool) -> None:
    assert is_same(a, b) is same
    assert is_same(b, a) is same


def test_a_report_tells_who_signs_who_speaks_and_who_only_attends() -> None:
    reading = read(REPORT)
    assert reading.kind == "report"
    assert [party.name for party in reading.parties] == ["青岚市人民政府", "星衡智能科技股份有限公司"]
    assert {(person.name, person.part) for person in reading.people} == {
        ("周晓禾", "reporter"), ("陆远舟", "speaker"), ("韩江", "speaker"),
        ("许文清", "host"), ("马骏", "attendee"), ("何欣", "attendee"),
    }  # fmt: skip
    assert reading.signatories == ()
    assert reading.dates.signed is not None
    assert reading.dates.signed.value == "--05-18"
    assert reading.dates.reported is None


def test_a_speakers_hope_is_marked_as_the_speakers() -> None:
    hope, duty = (one for one in read(REPORT).commitments)
    assert (hope.strength, hope.speaker, hope.debtor, hope.field) == ("hope", "陆远舟", "双方", "smart-tourism")
    assert hope.debtors == ("青岚市人民政府", "星衡智能科技股份有限公司")
    assert (duty.strength, duty.speaker, duty.debtor) == ("duty", "韩江", "星衡智能科技股份有限公司")
    assert (duty.due, duty.quantity) == ("2025-12-31", "200 名")


def test_a_dateline_is_reported_and_never_signed() -> None:
    reading = read("云泽11月3日电 云泽市与天枢数据集团签订战略合作协议,双方将共建平台。")
    assert reading.dates.signed is None
    assert reading.dates.reported is not None
    assert reading.dates.reported.value == "--11-03"
    english = read(
        "BAIYAN, Aug. 8 -- Baiyan City and Cloudstack Technology signed a cooperation agreement. The city will open its data."
    )
    assert english.dates.signed is None
    assert english.dates.reported is not None
    assert english.dates.reported.value == "--08-08"


def test_a_contract_splits_a_sentence_where_another_party_begins_to_owe() -> None:
    reading = read(CONTRACT)
    assert reading.kind == "agreement"
    assert [(one.strength, one.debtor, one.creditor) for one in reading.commitments] == [
        ("duty", "青岚市人民政府", "澜境智能科技有限公司"),
        ("duty", "澜境智能科技有限公司", None),
        ("hope", "澜境智能科技有限公司", None),
    ]
    assert reading.dates.signed is not None
    assert reading.dates.signed.value == "2024-12-20"


def test_an_english_contract_resolves_defined_terms() -> None:
    reading = read(
        "COOPERATION AGREEMENT\n\nThis Agreement is made as of March 3, 2025 by and between Alder Robotics, "
        'Inc., a California corporation ("Alder"), '
        'and Birch Sensors GmbH, a company organized under the laws of Germany ("Birch").\n\nAlder shall design '
        "the robot for Birch within 30 days. "
        "Birch will endeavour to supply sensors. This Agreement is governed by the laws of Germany."
    )
    assert [(party.name, party.label) for party in reading.parties] == [
        ("Alder Robotics, Inc.", "Alder"),
        ("Birch Sensors GmbH", "Birch"),
    ]
    first, second = reading.commitments[:2]
    assert (first.strength, first.debtor, first.creditor, first.due) == (
        "duty",
        "Alder Robotics, Inc.",
        "Birch Sensors GmbH",
        "P30D",
    )
    assert (second.strength, second.debtor) == ("hope", "Birch Sensors GmbH")
    assert reading.governing_law is not None
    assert reading.governing_law.value == "Germany"


def test_every_sentence_is_a_statement_so_that_none_is_lost() -> None:
    reading = read(REPORT)
    covered = "".join(one.quote for one in reading.statements)
    assert covered == REPORT.replace("\n", "")


def test_the_same_text_in_other_characters_reads_the_same_and_keeps_its_own() -> None:
    wide = CONTRACT.replace(":", "：").replace("20家", "２０家").replace("2024年12月20日", "２０２４年１２月２０日")
    one, other = read(CONTRACT), read(wide)
    assert [(s.strength, s.debtor, s.start, s.end) for s in one.statements] == [
        (s.strength, s.debtor, s.start, s.end) for s in other.statements
    ]
    assert other.dates.signed is not None
    assert (other.dates.signed.value, other.dates.signed.quote) == ("2024-12-20", "２０２４年１２月２０日")
    old = read("合作協議\n\n甲方:雲澤市人民政府\n乙方:瀾境智能科技有限公司\n\n一、甲方應開放場景。")
    assert [party.name for party in old.parties] == ["雲澤市人民政府", "瀾境智能科技有限公司"]
    assert [(s.strength, s.debtor) for s in old.commitments] == [("duty", "雲澤市人民政府")]


def test_two_representatives_on_one_line_stand_for_the_parties_in_their_order() -> None:
    reading = read(CONTRACT + "\n甲方(盖章)          乙方(盖章)\n授权代表:张远          授权代表:李川\n")
    assert [(person.name, person.organisation) for person in reading.signatories] == [
        ("张远", "青岚市人民政府"),
        ("李川", "澜境智能科技有限公司"),
    ]
