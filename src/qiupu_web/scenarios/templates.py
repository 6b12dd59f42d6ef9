"""Templates of metric and bar by field, for owners who do not know where to begin."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qiupu_web.parties.enums import Field
from qiupu_web.scenarios.enums import Direction

FILE = Path(__file__).with_name("templates.toml")


@dataclass(frozen=True)
class Template:
    """One way to measure success in a field, in plain sentences; ``kind`` is the task that a trial would set."""

    code: str
    field: str
    kind: str
    metric: str
    direction: str
    title_zh: str
    title_en: str
    what_zh: str
    what_en: str
    bar_zh: str
    bar_en: str
    group: str = ""

    def __post_init__(self) -> None:
        if self.field not in Field.values or self.direction not in Direction.values:
            raise ValueError(f"template {self.code}: unknown field or direction")
        if not all((self.title_zh, self.title_en, self.what_zh, self.what_en, self.bar_zh, self.bar_en)):
            raise ValueError(f"template {self.code}: both languages are needed")


@cache
def templates() -> dict[str, Template]:
    """Return every template by its code."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["templates"]
    known = Template.__dataclass_fields__
    found = [Template(**{name: value for name, value in row.items() if name in known}) for row in rows]
    return {one.code: one for one in found}


def template_for(metric: str, field: str) -> Template | None:
    """Return the template that explains a metric, the field's own first; None when no template uses it."""
    using = [one for one in templates().values() if one.metric == metric]
    return next((one for one in using if one.field == field), using[0] if using else None)
