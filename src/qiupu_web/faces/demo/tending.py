"""What waits for a person's care: a firm perhaps registered twice, a brochure to confirm, a list of another city. All invented."""

from __future__ import annotations

import io
from datetime import date

import docx

from qiupu_web.capabilities.usecases import read_brochure
from qiupu_web.faces.demo.city import City
from qiupu_web.faces.demo.sources import folder, text
from qiupu_web.faces.web.exchange.bridge import read_sheet
from qiupu_web.faces.web.scenarios.reading_outside import guessed, parse
from qiupu_web.parties.usecases import create_organisation
from qiupu_web.scenarios.usecases import add_outside_list, bring_in_outside_list

LIST = "elsewhere.csv"


def tended(city: City) -> None:
    """Register the doubtful firm, read the brochure, and lay the other city's rows beside the lists."""
    doubted(city)
    brochure(city)
    elsewhere(city)


def doubted(city: City) -> None:
    """Register a firm whose name is nearly that of one that is there."""
    create_organisation(
        actor=city.actor("office"),
        now=city.clock.tick(),
        code="chizhou-yuexi",
        kind="startup",
        name_zh="池州市月溪数据科技有限公司（虚构）",
        name_en="Chizhou Yuexi Data Technology Co., Ltd. (invented)",
        region="池州",
        is_invented=True,
    )


def brochure(city: City) -> None:
    """Let a supplier send its brochure; its sentences wait for it."""
    document = docx.Document()
    title, *lines = text("brochure.txt").splitlines()
    document.add_heading(title, 0)
    for line in lines:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    supplier = city.speaker_for("yuexi-data")
    read_brochure(
        actor=supplier,
        now=city.clock.tick(),
        supplier=city.organisations["yuexi-data"],
        data=stream.getvalue(),
        name="月溪数据宣传册（虚构）.docx",
    )


def elsewhere(city: City) -> None:
    """Bring in a list of a city that does not exist; its three rows wait."""
    data, office = (folder() / LIST).read_bytes(), city.actor("office")
    sheet = read_sheet(data, LIST)
    mapping = guessed(sheet.columns)
    outside = add_outside_list(
        actor=office,
        now=city.clock.tick(),
        kind="opportunities",
        city="云汀市（虚构）",
        title="2026年第一批人工智能应用场景机会清单（虚构）",
        publisher="云汀市数据局（虚构）",
        published_on=date(2026, 2, 26),
        address="https://yunting.example/scenarios/2026-1",
        data=data,
        name=LIST,
        mapping=mapping,
        is_invented=True,
    )
    rows, faults = parse(sheet, mapping)
    if faults:
        raise ValueError(f"{LIST}: {faults}")
    bring_in_outside_list(actor=office, now=city.clock.tick(), outside=outside, rows=rows)
