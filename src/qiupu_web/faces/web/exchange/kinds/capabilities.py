"""The capability list as a table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qiupu_web.base.codes import word_of
from qiupu_web.capabilities.enums import Deployment
from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.usecases import edit_capability, register_capability
from qiupu_web.faces.web.exchange.columns import Column, choice, money, organisation, text
from qiupu_web.faces.web.exchange.kinds.kind import Kind, Words
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Field

FIELDS = {
    "smart-city": ("智慧城市", "Smart city"),
    "smart-manufacturing": ("智能制造", "Smart manufacturing"),
    "smart-tourism": ("智慧文旅", "Smart tourism"),
    "culture": ("文化", "Culture"),
    "agriculture": ("农业", "Agriculture"),
}
PLACES = {
    "cloud": ("云端", "cloud"),
    "on-premises": ("需求方本地", "on the owner's premises"),
    "edge": ("设备端", "on devices"),
    "any": ("均可", "anywhere"),
}
FIELD = Column("field", "领域", "Field", choice(Field, FIELDS), is_needed=True, choices={k: v[0] for k, v in FIELDS.items()})
CODE = Column(
    "code",
    "代码",
    "Code",
    text(60),
    note_zh="有此代码则更新，留空则新增",
    note_en="Existing codes are updated; empty means a new row",
)


def _find(words: Words) -> Capability | None:
    rows = Capability.objects.select_related("supplier")
    if words.get("code"):
        return rows.filter(code=words["code"]).first()
    code = word_of(words.get("title_en") or words.get("title_zh") or "", "capability")
    return rows.filter(code=code, supplier=words.get("supplier")).first()


def _read(row: Capability) -> Words:
    return {column.name: getattr(row, column.name) for column in COLUMNS}


def _create(actor: Actor, now: datetime, words: Words) -> Capability:
    return register_capability(actor=actor, now=now, **words)


def _edit(actor: Actor, now: datetime, row: Capability, words: Words) -> object:
    return edit_capability(actor=actor, now=now, capability=row, **words)


def _own(rows: Any, organisation_id: int) -> Any:
    return rows.filter(supplier_id=organisation_id)


COLUMNS = (
    CODE,
    Column("supplier", "供给方", "Supplier", organisation, is_needed=True, note_zh="机构代码或全称", note_en="Code or full name"),
    FIELD,
    Column(
        "title_zh",
        "名称（中文）",
        "Title in Chinese",
        text(300),
        note_zh="中英文至少填一项",
        note_en="At least one of the two titles",
    ),
    Column("title_en", "名称（英文）", "Title in English", text(300)),
    Column("body_zh", "说明（中文）", "What it does, in Chinese", text(20000)),
    Column("body_en", "说明（英文）", "What it does, in English", text(20000)),
    Column("regions", "服务地区", "Where it is offered", text(200), note_zh="用分号分开，留空表示不限", note_en="By semicolons"),
    Column("deployment", "部署方式", "Where it can run", choice(Deployment, PLACES), choices={k: v[0] for k, v in PLACES.items()}),
    Column("certificates", "资质证书", "Certificates", text(300)),
    Column("price_cny", "常用报价（元）", "Usual price in yuan", money, note_zh="如 380000 或 38万", note_en="Such as 380000"),
)
CAPABILITIES = Kind(
    code="capabilities",
    title_zh="能力清单",
    title_en="Capability list",
    note_zh="新增的能力先存为草稿，由供给方或办公室发布。",
    note_en="New rows come in as drafts; the supplier or the office publishes them.",
    columns=COLUMNS,
    rows=lambda: Capability.objects.select_related("supplier").order_by("code"),
    own=_own,
    find=_find,
    read=_read,
    create=_create,
    edit=_edit,
    fixed=frozenset({"supplier"}),
)
