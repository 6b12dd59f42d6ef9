"""The opportunity list and the benchmark list as tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qiupu.errors import N_, InputError
from qiupu_web.agreements.models import Commitment
from qiupu_web.base.codes import word_of
from qiupu_web.faces.web.exchange.columns import Column, choice, day, flag, money, number, organisation, text
from qiupu_web.faces.web.exchange.kinds.capabilities import CODE, FIELD
from qiupu_web.faces.web.exchange.kinds.kind import Kind, Words
from qiupu_web.parties.actors import Actor
from qiupu_web.scenarios.enums import Direction
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import BENCHMARK_STATES, DESCRIPTIVE
from qiupu_web.scenarios.usecases import draft_scenario, edit_scenario

WAYS = {"higher": ("越高越好", "higher is better"), "lower": ("越低越好", "lower is better")}


def commitment(cell: str) -> Commitment:
    """Find a commitment by its code."""
    row = Commitment.objects.filter(code=cell).first()
    if row is None:
        raise InputError(
            N_("There is no commitment “{given}”."),
            cure=N_("Write its code as on the breakdown."),
            code="commitment",
            given=cell[:60],
        )
    return row


def _find(words: Words) -> Scenario | None:
    rows = Scenario.objects.select_related("owner", "commitment")
    if words.get("code"):
        return rows.filter(code=words["code"]).first()
    code = word_of(words.get("title_en") or words.get("title_zh") or "", "scenario")
    return rows.filter(code=code, owner=words.get("owner")).first()


def _read(row: Scenario) -> Words:
    return {column.name: getattr(row, column.name) for column in COLUMNS}


def _read_case(row: Scenario) -> Words:
    return {column.name: getattr(row, column.name) for column in CASE_COLUMNS}


def _create(actor: Actor, now: datetime, words: Words) -> Scenario:
    return draft_scenario(actor=actor, now=now, **words)


def _edit(actor: Actor, now: datetime, row: Scenario, words: Words) -> object:
    return edit_scenario(actor=actor, now=now, scenario=row, **words)


def _refuse(actor: Actor, now: datetime, words: Words) -> Scenario:
    raise InputError(
        N_("A benchmark case comes only from an accepted project; the table can describe it better, not make it."),
        cure=N_("Bring it in as an opportunity, or correct its code."),
        column="code",
        code="no-such-case",
    )


def _own(rows: Any, organisation_id: int) -> Any:
    return rows.filter(owner_id=organisation_id)


TEXTS = (
    Column(
        "title_zh",
        "名称（中文）",
        "Title in Chinese",
        text(300),
        note_zh="中英文至少填一项",
        note_en="At least one of the two titles",
    ),
    Column("title_en", "名称（英文）", "Title in English", text(300)),
    Column(
        "body_zh",
        "需求说明（中文）",
        "What is needed, in Chinese",
        text(20000),
        note_zh="一句一项要求",
        note_en="One requirement a sentence",
    ),
    Column("body_en", "需求说明（英文）", "What is needed, in English", text(20000)),
    Column("setting_zh", "应用环境（中文）", "Setting in Chinese", text(20000)),
    Column("setting_en", "应用环境（英文）", "Setting in English", text(20000)),
    Column("data_zh", "数据情况（中文）", "Data in Chinese", text(20000)),
    Column("data_en", "数据情况（英文）", "Data in English", text(20000)),
    Column("region", "地点", "Place", text(100)),
)
COLUMNS = (
    CODE,
    Column("owner", "需求方", "Owner", organisation, is_needed=True, note_zh="机构代码或全称", note_en="Code or full name"),
    Column(
        "commitment", "对应承诺", "Commitment", commitment, note_zh="承诺代码，可留空", note_en="Code of a commitment, or empty"
    ),
    FIELD,
    *TEXTS,
    Column("metric", "指标", "Metric", text(40), note_zh="如 mase、accuracy", note_en="Such as mase, accuracy"),
    Column("bar", "验收线", "Acceptance bar", number),
    Column("direction", "方向", "Which way is better", choice(Direction, WAYS), choices={k: v[0] for k, v in WAYS.items()}),
    Column(
        "waiver",
        "无法量化的理由",
        "Why it cannot be measured",
        text(5000),
        note_zh="仅在没有指标时填写",
        note_en="Only without a metric",
    ),
    Column("decision_maker_zh", "决策人（中文）", "Who decides, in Chinese", text(200)),
    Column("decision_maker_en", "决策人（英文）", "Who decides, in English", text(200)),
    Column("budget_cny", "预算上限（元）", "Budget ceiling in yuan", money, note_zh="如 380000 或 38万", note_en="Such as 380000"),
    Column("budget_route_zh", "通过后的采购方式（中文）", "How it is bought, in Chinese", text(300)),
    Column("budget_route_en", "通过后的采购方式（英文）", "How it is bought, in English", text(300)),
    Column("decide_by", "决策期限", "Decided by", day, note_zh="如 2026-12-15", note_en="Such as 2026-12-15"),
    Column("is_invented", "是否虚构", "Invented", flag, note_zh="是 或 否", note_en="yes or no"),
)
CASE_COLUMNS = (CODE, *(column for column in TEXTS if column.name in DESCRIPTIVE))

SCENARIOS = Kind(
    code="scenarios",
    title_zh="机会清单",
    title_en="Opportunity list",
    note_zh="新增的需求先存为草稿，补齐后提交，由办公室发布。",
    note_en="New rows come in as drafts; they are handed in when complete, and the office publishes them.",
    columns=COLUMNS,
    rows=lambda: Scenario.objects.exclude(state__in=BENCHMARK_STATES).select_related("owner", "commitment").order_by("code"),
    own=_own,
    find=_find,
    read=_read,
    create=_create,
    edit=_edit,
    fixed=frozenset({"owner", "is_invented"}),
)
BENCHMARKS = Kind(
    code="benchmarks",
    title_zh="标杆清单",
    title_en="Benchmark list",
    note_zh="只能更新已验收案例的文字说明；案例本身来自验收。",
    note_en="Only the words of accepted cases can be brought up to date; a case itself comes from acceptance.",
    columns=CASE_COLUMNS,
    rows=lambda: Scenario.objects.filter(state__in=BENCHMARK_STATES).order_by("code"),
    own=_own,
    find=_find,
    read=_read_case,
    create=_refuse,
    edit=_edit,
)
