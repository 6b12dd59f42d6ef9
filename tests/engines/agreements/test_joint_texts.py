"""Texts in the manner of press and contracts, written with the rules: joint parties, whose words, what is owed by whom."""

from __future__ import annotations

import pytest

from qiupu.agreements import read
from qiupu.agreements.dates import find_dates


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
        (
            "The Kestrel Bay City Council, Marlin Robotics Ltd. and the University of Thornbury signed a memorandum on Tuesday.",
            ["Kestrel Bay City Council", "Marlin Robotics Ltd.", "University of Thornbury"],
        ),
        (
            "The Port Authority of Sandholm on Friday inked a pact with Blue Fjord Energy AS and Sandholm Technical College to "
            "test driverless trams under a partnership.",
            ["Port Authority of Sandholm", "Blue Fjord Energy AS", "Sandholm Technical College"],
        ),
        (
            "Halvard Museum, together with Tern Imaging Ltd and the City of Halvard, today announced a partnership.",
            ["Halvard Museum", "Tern Imaging Ltd", "City of Halvard"],
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


PACT = "The Kestrel Bay City Council and Marlin Robotics Ltd. signed an agreement on May 12, 2026. "


@pytest.mark.parametrize(
    "sentence,people",
    [
        (
            "Chairwoman of Marlin Robotics, Jane Holloway, signed the document with Mayor Ruth Caldwell.",
            {("Jane Holloway", "signatory"), ("Ruth Caldwell", "signatory")},
        ),
        ("Also present were Ms Helen Archer, head of the records office, and Prof. Ivan Dorsey.",
         {("Helen Archer", "attendee"), ("Ivan Dorsey", "attendee")}),
        ("County Executive Laura Pimm and Marlin chairperson Liu Ya exchanged the signed documents.",
         {("Laura Pimm", "signatory"), ("Liu Ya", "signatory")}),
    ],
)  # fmt: skip
def test_people_of_an_english_report(sentence: str, people: set[tuple[str, str]]) -> None:
    assert {(person.name, person.part) for person in read(PACT + sentence).people} == people


@pytest.mark.parametrize(
    "sentence,strength,debtor,due",
    [
        ("Marlin will hire 150 engineers by the end of the third quarter of 2027.", "duty", "Marlin Robotics Ltd.", "2027-09-30"),
        ("The council will open a depot in the second half of 2027.", "duty", "Kestrel Bay City Council", "2027-12-31"),
        ("The council will open a depot by Q2 2027.", "duty", "Kestrel Bay City Council", "2027-06-30"),
        ("Marlin will send 20 researchers within 18 months of signing.", "duty", "Marlin Robotics Ltd.", "P18M"),
        ("Dr. Amit Bose told reporters that the company expects to run ten trams.", "hope", "Marlin Robotics Ltd.", None),
    ],
)
def test_what_an_english_report_promises(sentence: str, strength: str, debtor: str, due: str | None) -> None:
    assert [(one.strength, one.debtor, one.due) for one in read(PACT + sentence).commitments] == [(strength, debtor, due)]


def test_a_title_with_a_full_stop_is_no_number_of_a_list() -> None:
    assert read(PACT + "Dr. Bose of Marlin pledged to send 20 researchers.").statements[-1].quote.startswith("Dr. Bose")


def test_a_term_ends_on_the_day_behind_its_beginning() -> None:
    reading = read(
        'This Agreement, dated as of October 5, 2025 (the "Effective Date"), is between Calder Transit Agency ("Agency") and '
        'Ferro Mobility, LLC ("Contractor").\n\n1. The term commences on the Effective Date and ends on October 4, 2028.'
    )
    assert reading.dates.expires is not None
    assert (reading.dates.expires.value, reading.dates.effective and reading.dates.effective.value) == ("2028-10-04", "2025-10-05")


@pytest.mark.parametrize(
    "text,value", [("2027年第三季度", "2027-09-30"), ("2027年下半年", "2027-12-31"), ("2027年年中", "2027-06-30")]
)
def test_parts_of_a_year_end_with_their_last_day(text: str, value: str) -> None:
    assert [one.value for one in find_dates(text)] == [value]


HEADED = "合作协议\n\n甲方:北麓县教育局\n乙方(供应商):智学云教育有限公司\n\n"


def test_a_partys_list_ends_with_its_heading_and_holds_no_rights() -> None:
    clauses = (
        "(一)甲方权利义务\n1.及时提供场地、网络等条件;\n2.有权对服务质量进行监督。\n3.协调各学校配合平台建设。\n"
        "(二)乙方权利义务\n1.提供技术支持;\n2.未经甲方书面同意,不得泄露学生信息。\n三、保密\n本协议有效期三年。\n"
    )
    assert owed(HEADED + clauses) == [
        ("duty", "北麓县教育局"), ("duty", "北麓县教育局"), ("duty", "智学云教育有限公司"), ("duty", "智学云教育有限公司"),
    ]  # fmt: skip


def test_a_supplier_is_no_duty() -> None:
    assert owed(HEADED + "一、总价为230万元。") == []


@pytest.mark.parametrize(
    "sentence,strength,debtor",
    [
        ('"我们期待用技术留住游客。"华岳农业科技集团总裁简宁说。', "hope", "华岳农业科技集团"),
        ("长宁经开区将成立工作专班。", "duty", "长宁经开区"),
    ],
)
def test_whose_words_and_whose_duty(sentence: str, strength: str, debtor: str) -> None:
    assert owed(SIGNED + sentence) == [(strength, debtor)]


def test_an_office_is_one_with_and_without_its_place() -> None:
    text = "市文旅局与乐游科技签署战略合作协议\n\n2月27日,禾城市文旅局与乐游科技有限公司签约。"
    assert names(text) == ["禾城市文旅局", "乐游科技有限公司"]


def test_a_department_keeps_the_and_of_its_name() -> None:
    text = (
        "Three organizations, namely the Xianhe Municipal Bureau of Agriculture and Rural Affairs, Xianhe Agricultural College "
        "and Fengshou Drone Technology Co., Ltd., signed a tripartite agreement to promote smart farming."
    )
    reading = read(text)
    assert [party.name for party in reading.parties] == [
        "Xianhe Municipal Bureau of Agriculture and Rural Affairs",
        "Xianhe Agricultural College",
        "Fengshou Drone Technology Co., Ltd.",
    ]
    assert reading.commitments == ()  # the purpose of what was signed is promised by nobody


@pytest.mark.parametrize(
    "term,effective,expires",
    [
        ("The pact runs from 1 September 2026 to 31 August 2028.", "2026-09-01", "2028-08-31"),
        ("It enters into force on 1 March 2026 and is valid until 28 February 2029.", "2026-03-01", "2029-02-28"),
    ],
)
def test_a_term_from_one_day_to_another(term: str, effective: str, expires: str) -> None:
    dates = read(PACT + term).dates
    assert {key: value and value["value"] for key, value in dates.as_dict().items()} == {
        "signed": "2026-05-12", "reported": None, "effective": effective, "expires": expires,
    }  # fmt: skip


def test_a_surname_at_the_beginning_of_a_paragraph_is_the_persons() -> None:
    text = (
        PACT + "The pact was signed by Marlin chairman Victor Stahl and Mei Tan.\n\nStahl told the audience the board would help."
    )
    assert ("Victor Stahl", "speaker") in {(person.name, person.part) for person in read(text).people}


@pytest.mark.parametrize(
    "text,parties",
    [
        ("4月27日,白鹭县委、县政府与茗香数字科技集团签署合作协议。", ["白鹭县委、县政府", "茗香数字科技集团"]),
        ("交通银行清源分行与清源市供销集团有限公司签署合作协议。", ["交通银行清源分行", "清源市供销集团有限公司"]),
        ("清源市文化广电和旅游局与山海文旅科技有限公司签署合作协议。", ["清源市文化广电和旅游局", "山海文旅科技有限公司"]),
        (CONTRACT + "第一条 乙方拟在云岭市投资建设运营中心。", ["云岭市人民政府", "北辰研究院有限公司"]),
    ],
)
def test_names_are_whole_and_no_more(text: str, parties: list[str]) -> None:
    assert names(text) == parties


def test_a_bureau_of_social_security_guarantees_nothing() -> None:
    assert owed("清源市人力资源和社会保障局与英才数智科技有限公司签署合作协议。") == []


@pytest.mark.parametrize(
    "clause",
    ["一、服务内容:乙方为甲方提供算法服务。", "一、验收合格后7日内,乙方提交报告。", "一、乙方应对知悉的秘密予以保密。"],
)
def test_what_stands_before_the_party_does_not_hide_its_duty(clause: str) -> None:
    assert owed(CONTRACT + clause) == [("duty", "北辰研究院有限公司")]


def test_a_notice_gives_tasks_to_several_units() -> None:
    text = (
        "关于落实市政府与云鼎智算战略合作协议的通知\n\n各区人民政府:\n\n为落实协议,现就有关事项通知如下:\n\n"
        "一、市教育局、市卫健委分别确定3个应用场景,9月20日前报市数据局。\n二、市发改委要做好统筹,各县(市、区)要明确联系人。\n"
    )
    assert owed(text) == [("duty", "市教育局、市卫健委"), ("duty", "市发改委"), ("duty", "各县(市、区)")]


@pytest.mark.parametrize(
    "sentence,people",
    [
        (
            "Signatories were Mayor Elsie Brand and Marlin's chief operating officer, Duarte Pires.",
            {("Elsie Brand", "signatory"), ("Duarte Pires", "signatory")},
        ),
        (
            "Guests included Senator Paul Kite and Councilwoman Ada Long.",
            {("Paul Kite", "attendee"), ("Ada Long", "attendee")},
        ),
        (
            "The council's director, Xu Lan, and Marlin's chairwoman, Bai Xue, signed the document.",
            {("Xu Lan", "signatory"), ("Bai Xue", "signatory")},
        ),
    ],
)
def test_people_named_behind_what_they_did(sentence: str, people: set[tuple[str, str]]) -> None:
    assert {(person.name, person.part) for person in read(PACT + sentence).people} == people


def test_the_day_of_the_signing_comes_before_the_day_it_was_announced() -> None:
    text = (
        "The town of Harrow Vale has signed a pact with Lumen Freight, it was announced on April 2, 2026. "
        "The signing on March 30, 2026 took place at the town hall. The town must prepare two landing sites."
    )
    reading = read(text)
    assert reading.dates.signed is not None
    assert reading.dates.signed.value == "2026-03-30"
    assert owed(text) == [("duty", "town of Harrow Vale")]


def test_a_declaration_was_signed_where_and_when_it_was_done() -> None:
    text = (
        'The Ministry of Culture of Estmark, hereinafter "the Ministry", and Papyrus Labs S.A., hereinafter "Papyrus", have agreed '
        "as follows:\n\n1. Papyrus shall digitise 12,000 manuscripts by 30 June 2027.\n\nDone at Estmark on 11 November 2025."
    )
    signed = read(text).dates.signed
    assert signed is not None
    assert signed.value == "2025-11-11"


@pytest.mark.parametrize(
    "sentence,field",
    [
        ("Marlin will run a self-driving bus line.", "smart-city"),
        ("Marlin will digitise the council's oldest manuscripts.", "culture"),
        ("Marlin will install sensors in greenhouses.", "agriculture"),
        ("Marlin will automate two assembly lines.", "smart-manufacturing"),
    ],
)
def test_words_of_a_field(sentence: str, field: str) -> None:
    assert [one.field for one in read(PACT + sentence).fields] == [field]


def test_a_persons_name_is_no_field() -> None:
    assert [one.field for one in read(SIGNED + "常务副市长蒋文博出席。").fields] == []


@pytest.mark.parametrize(
    "text,parties",
    [
        ("青渚市教育局(甲方)与澄光智能科技有限公司(乙方)经协商,达成如下协议:", ["青渚市教育局", "澄光智能科技有限公司"]),
        ("协议双方:青渚市教育局、澄光智能科技有限公司。双方达成如下协议。", ["青渚市教育局", "澄光智能科技有限公司"]),
        ("签约双方为青渚市水利局与澄光智能科技有限公司,协议有效期三年。", ["青渚市水利局", "澄光智能科技有限公司"]),
        ("6月3日,青渚市政府、澄光智能战略合作签约仪式举行。", ["青渚市政府", "澄光智能"]),
        ("青渚市大数据局局长何方与澄光智能科技有限公司总经理苏木签署了合作协议。", ["青渚市大数据局", "澄光智能科技有限公司"]),
        ("6月3日,国网青渚供电公司、青渚市住房和城乡建设局签署合作协议。", ["国网青渚供电公司", "青渚市住房和城乡建设局"]),
        ("青渚市粮食和物资储备局与澄光智能科技有限公司签署协议。", ["青渚市粮食和物资储备局", "澄光智能科技有限公司"]),
        (
            "An agreement between Kelso County Council, Nimbus Apps Ltd and Kelso Polytechnic was signed on 4 May 2026.",
            ["Kelso County Council", "Nimbus Apps Ltd", "Kelso Polytechnic"],
        ),
        (
            "Representatives of the Kelso Tourism Board, Nimbus Apps Ltd and the Abbey Trust signed a memorandum on Monday.",
            ["Kelso Tourism Board", "Nimbus Apps Ltd", "Abbey Trust"],
        ),
        (
            "The agreement was signed by Mayor Ann Lowe for the City of Kelso and by Tim Bray for Nimbus Apps Ltd.",
            ["City of Kelso", "Nimbus Apps Ltd."],
        ),
        (
            "Kelso Harbour Authority partners with Nimbus Apps Ltd and Abbey Freight Inc. to digitise the port by agreement.",
            ["Kelso Harbour Authority", "Nimbus Apps Ltd", "Abbey Freight Inc."],
        ),
    ],
)
def test_the_many_ways_to_name_who_signs(text: str, parties: list[str]) -> None:
    assert names(text) == parties
