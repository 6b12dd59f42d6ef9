"""What an office may hand in by mistake, through the command ``qiupu read``: each gets a clear answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.labelled_texts import Labelled, texts

from qiupu.agreements import read
from qiupu.cli.main import main
from qiupu.errors import InputError

ZH = "2024年5月18日,青岚市人民政府与星衡智能科技有限公司签署战略合作协议。星衡智能将投资2亿元,于2026年12月31日前建成研发中心。"
TRADITIONAL = (
    "2024年5月18日,青嵐市人民政府與星衡智能科技有限公司簽署戰略合作協議。星衡智能將投資2億元,於2026年12月31日前建成研發中心。"
)
FULL_WIDTH = ZH.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
REPORTS = """青岚市与星衡智能签约

本报讯 5月18日,青岚市人民政府与星衡智能科技有限公司签署战略合作协议。

白砚市与云栈科技签约

本报讯 5月19日,白砚市人民政府与云栈科技有限公司签署战略合作协议。
"""
REPORTS_EN = """CORVANE, May 3 -- The City of Corvane and Tess AI Inc. signed an agreement on Friday.

HALDEN, May 4 -- The Port of Halden and Blue Ltd. signed a memorandum of understanding on Saturday.
"""
BILINGUAL = """战略合作协议 Strategic Cooperation Agreement
甲方(Party A):青岚市人民政府 Qinglan Municipal Government
乙方(Party B):星衡智能科技有限公司 Starbalance Intelligence Co., Ltd.
一、乙方应在2025年6月30日前建成平台。
1. Party B shall complete the platform before June 30, 2025.
"""


@pytest.mark.parametrize("text", [ZH, TRADITIONAL, FULL_WIDTH], ids=["plain", "traditional", "full width"])
def test_other_characters_read_the_same(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert main(["read", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (commitment,) = document["commitments"]
    # 2亿元 is two hundred million yuan
    assert (commitment["due"], commitment["quantity"]) == ("2026-12-31", "200000000 CNY")
    assert document["dates"]["signed"]["value"] == "2024-05-18"
    for value in (*document["parties"], commitment, document["dates"]["signed"]):
        assert text[value["start"] : value["end"]] == value["quote"]


@pytest.mark.parametrize("one", [one for one in texts("zh") if one.part == "others"], ids=lambda one: one.name)
def test_full_width_marks_change_nothing(one: Labelled) -> None:
    """Chinese texts are written with full-width commas, colons and brackets; most of the corpus here is not."""
    wide = one.text.translate({ord(mark): ord(mark) + 0xFEE0 for mark in ",:;()!?"})
    plain, other = read(one.text, "zh").as_dict(), read(wide, "zh").as_dict()
    narrow = {ord(mark) + 0xFEE0: mark for mark in ",:;()!?"}
    assert json.loads(json.dumps(other, ensure_ascii=False).translate(narrow)) == json.loads(json.dumps(plain, ensure_ascii=False))


def test_the_report_of_the_demo_city_is_read() -> None:
    root = Path(__file__).resolve().parents[3] / "examples/chizhou"
    for name in ("report.zh.md", "report.en.md"):
        reading = read((root / name).read_text(encoding="utf-8"))
        assert len(reading.parties) == 2
        assert reading.people == ()  # nobody is named
        assert reading.dates.signed is None
        assert reading.dates.reported is not None
        assert reading.dates.reported.value == "--12-24"


@pytest.mark.parametrize("text, first", [(REPORTS, "青岚市与星衡智能签约"), (REPORTS_EN, "CORVANE")], ids=["zh", "en"])
def test_two_reports_of_signings_are_read_one_by_one(text: str, first: str) -> None:
    with pytest.raises(InputError, match="2 agreements") as caught:
        read(text)
    assert first in caught.value.sentence()
    one, two = read(text, part=1), read(text, part=2)
    assert {party.name for party in one.parties}.isdisjoint(party.name for party in two.parties)
    assert len(one.parties) == len(two.parties) == 2


def test_a_text_in_both_languages_is_read_by_its_chinese() -> None:
    reading = read(BILINGUAL)
    assert reading.language == "zh"
    assert [party.name for party in reading.parties] == ["青岚市人民政府", "星衡智能科技有限公司"]
    assert reading.dates.signed is None  # 2025-06-30 is when something is due


@pytest.mark.parametrize(
    "text",
    [
        "La ville de Lyon et la société Durand SA ont signé mardi un accord de coopération. Le maire a déclaré que la ville "
        "mettra à disposition ses données, et que la société investira dix millions d'euros.",
        "東京都と株式会社未来は、5月1日に連携協定を締結しました。知事は、データの公開を進めると述べました。",
        "Город Тверь и компания Вектор подписали соглашение о сотрудничестве в области умного города.",
    ],
    ids=["French", "Japanese", "Russian"],
)
def test_a_third_language_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert main(["read", str(path)]) == 2
    assert "neither Chinese nor English" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "红烧肉的做法:五花肉切块,冷水下锅焯水,锅中放油和冰糖,小火炒出糖色,加入料酒、生抽,小火炖一个小时。",
        "It was a bright morning and the children went down to the river with their dog. They played until the sun was low.",
    ],
    ids=["zh", "en"],
)
def test_a_text_about_no_agreement_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == "no-agreement"


def test_a_due_date_is_no_date_of_signing() -> None:
    text = (
        'This Agreement is between the City of Corvane (the "City") and Tess AI Inc. ("Tess"). '
        "Tess shall complete the platform before June 30, 2025. The City hereby agrees to pay Tess."
    )
    assert read(text).dates.signed is None
