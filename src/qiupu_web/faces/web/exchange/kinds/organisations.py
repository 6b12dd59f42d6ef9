"""The table of organisations and units."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qiupu_web.base.codes import word_of
from qiupu_web.faces.web.exchange.columns import Column, choice, day, flag, text
from qiupu_web.faces.web.exchange.kinds.kind import Kind, Words
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.usecases import create_organisation, edit_organisation

NAMES = {
    "office": ("对接办公室", "Exchange office"),
    "unit": ("单位", "Unit"),
    "company": ("企业", "Company"),
    "startup": ("初创企业", "Start-up"),
    "university": ("高校", "University"),
    "association": ("协会", "Association"),
    "partner": ("协议合作方", "Agreement partner"),
}


def _find(words: Words) -> Organisation | None:
    code = words.get("code") or word_of(words.get("name_en") or words.get("name_zh") or "", "org")
    return Organisation.objects.filter(code=code).first()


def _read(row: Organisation) -> Words:
    return {column.name: getattr(row, column.name) for column in COLUMNS}


def _create(actor: Actor, now: datetime, words: Words) -> Organisation:
    return create_organisation(actor=actor, now=now, **words)


def _edit(actor: Actor, now: datetime, row: Organisation, words: Words) -> object:
    return edit_organisation(actor=actor, now=now, organisation=row, **words)


COLUMNS = (
    Column(
        "code",
        "代码",
        "Code",
        text(60),
        note_zh="地址和文件中的短名，留空则自动生成",
        note_en="Short name; empty means one is made",
    ),
    Column("kind", "类型", "Kind", choice(OrganisationKind, NAMES), is_needed=True, choices={k: v[0] for k, v in NAMES.items()}),
    Column(
        "name_zh", "中文名称", "Name in Chinese", text(200), note_zh="中英文名称至少填一项", note_en="At least one of the two names"
    ),
    Column("name_en", "英文名称", "Name in English", text(200)),
    Column("remit_zh", "职责（中文）", "Remit in Chinese", text(5000)),
    Column("remit_en", "职责（英文）", "Remit in English", text(5000)),
    Column("region", "地区", "Place", text(100)),
    Column("founded_on", "成立日期", "Founded on", day, note_zh="如 2021-05-01", note_en="Such as 2021-05-01"),
    Column("credit_code", "统一社会信用代码", "Credit code", text(18)),
    Column("address", "地址", "Address", text(300)),
    Column("website", "网站", "Website", text(200)),
    Column("is_invented", "是否虚构", "Invented", flag, note_zh="是 或 否", note_en="yes or no"),
)


def _own(rows: Any, organisation_id: int) -> Any:
    return rows.filter(pk=organisation_id)


ORGANISATIONS = Kind(
    code="organisations",
    title_zh="机构和单位",
    title_en="Organisations and units",
    note_zh="先导入这张表：其他表按代码或名称引用机构。",
    note_en="Bring this one in first: the other tables name organisations by code or name.",
    columns=COLUMNS,
    rows=lambda: Organisation.objects.filter(merged_into__isnull=True).order_by("code"),
    own=_own,
    find=_find,
    read=_read,
    create=_create,
    edit=_edit,
)
