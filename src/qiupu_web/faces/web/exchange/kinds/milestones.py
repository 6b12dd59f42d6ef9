"""The plans of projects as tables: milestones with dates and payments; dates and money of the projects themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from qiupu.errors import N_, InputError
from qiupu_web.faces.web.exchange.columns import Column, day, money, text
from qiupu_web.faces.web.exchange.kinds.kind import Kind, Words
from qiupu_web.parties.actors import Actor
from qiupu_web.projects.models import Milestone, Project
from qiupu_web.projects.usecases import add_milestone, edit_milestone, edit_project


def project(cell: str) -> Project:
    """Find a project by its code."""
    row = Project.objects.select_related("scenario", "supplier").filter(code=cell).first()
    if row is None:
        raise InputError(
            N_("There is no project “{given}”."), cure=N_("Write its code as on its page."), code="project", given=cell[:60]
        )
    return row


def _find(words: Words) -> Milestone | None:
    rows = Milestone.objects.select_related("project__scenario", "project__supplier")
    code, hash_, number = str(words.get("code", "")).rpartition("#")
    if words.get("code"):
        return rows.filter(project__code=code, number=int(number)).first() if hash_ and number.isdecimal() else None
    same = {name: words[name] for name in ("title_zh", "title_en") if words.get(name)}
    return rows.filter(project=words.get("project"), **same).first() if same and words.get("project") else None


def _read(row: Milestone) -> Words:
    return {column.name: getattr(row, column.name) for column in COLUMNS}


def _create(actor: Actor, now: datetime, words: Words) -> Milestone:
    if words.get("code"):
        raise InputError(
            N_("There is no milestone “{given}”."),
            cure=N_("Leave the code empty for a new one; it gets its number by itself."),
            column="code",
            code="no-such-milestone",
            given=words["code"],
        )
    return add_milestone(actor=actor, now=now, **words)


def _edit(actor: Actor, now: datetime, row: Milestone, words: Words) -> object:
    return edit_milestone(actor=actor, now=now, milestone=row, **words)


def _own(rows: Any, organisation_id: int) -> Any:
    return rows.filter(Q(project__scenario__owner_id=organisation_id) | Q(project__supplier_id=organisation_id))


COLUMNS = (
    Column(
        "code", "代码", "Code", text(80), note_zh="已有里程碑的代码，如 gate-p1#2；新增留空",
        note_en="Of a milestone that is there, such as gate-p1#2; empty for a new one",
    ),
    Column("project", "项目", "Project", project, is_needed=True, note_zh="项目代码", note_en="The project's code"),
    Column(
        "title_zh", "里程碑（中文）", "Title in Chinese", text(300), note_zh="中英文至少填一项",
        note_en="At least one of the two titles",
    ),
    Column("title_en", "里程碑（英文）", "Title in English", text(300)),
    Column("due_on", "完成时限", "Due on", day, note_zh="如 2026-12-31", note_en="Such as 2026-12-31"),
    Column("payment_cny", "完成后付款（元）", "Payment when met, yuan", money, note_zh="如 60000 或 6万", note_en="Such as 60000"),
)  # fmt: skip
MILESTONES = Kind(
    code="milestones",
    title_zh="项目里程碑和付款计划",
    title_en="Milestones and payments",
    note_zh="每行一个里程碑；已完成并会签的不能再改，付款合计不超过预算。",
    note_en="One milestone a row; what is met and countersigned cannot be changed, and all payments fit into the budget.",
    columns=COLUMNS,
    rows=lambda: Milestone.objects.select_related("project__scenario", "project__supplier").order_by("project__code", "number"),
    own=_own,
    find=_find,
    read=_read,
    create=_create,
    edit=_edit,
    fixed=frozenset({"project"}),
)


def _find_project(words: Words) -> Project | None:
    return Project.objects.select_related("scenario").filter(code=words.get("code") or "").first()


def _read_project(row: Project) -> Words:
    return {column.name: getattr(row, column.name) for column in PROJECT_COLUMNS}


def _refuse(actor: Actor, now: datetime, words: Words) -> Project:
    raise InputError(
        N_("A project begins on the page of its need, not in a table."),
        cure=N_("Write the code of a project that is there."),
        column="code",
        code="no-such-project",
    )


def _edit_project(actor: Actor, now: datetime, row: Project, words: Words) -> object:
    return edit_project(actor=actor, now=now, project=row, **words)


def _own_project(rows: Any, organisation_id: int) -> Any:
    return rows.filter(Q(scenario__owner_id=organisation_id) | Q(supplier_id=organisation_id))


PROJECT_COLUMNS = (
    Column("code", "代码", "Code", text(60), is_needed=True, note_zh="项目代码", note_en="The project's code"),
    Column("title_zh", "名称（中文）", "Title in Chinese", text(300)),
    Column("title_en", "名称（英文）", "Title in English", text(300)),
    Column("starts_on", "开始日期", "Start", day, note_zh="如 2026-12-31", note_en="Such as 2026-12-31"),
    Column("ends_on", "结束日期", "End", day),
    Column("budget_cny", "预算（元）", "Budget, yuan", money, note_zh="如 300000 或 30万", note_en="Such as 300000"),
    Column("committed_cny", "合同金额（元）", "Committed by contract, yuan", money),
    Column("paid_cny", "已付（元）", "Paid, yuan", money),
)
PROJECTS = Kind(
    code="projects",
    title_zh="项目日期和资金",
    title_en="Dates and money of projects",
    note_zh="只能更新已有项目；已付不超过合同金额，合同金额不超过预算。",
    note_en="Only projects that are there can be brought up to date; paid fits into committed, committed into the budget.",
    columns=PROJECT_COLUMNS,
    rows=lambda: Project.objects.select_related("scenario", "supplier").order_by("code"),
    own=_own_project,
    find=_find_project,
    read=_read_project,
    create=_refuse,
    edit=_edit_project,
)
