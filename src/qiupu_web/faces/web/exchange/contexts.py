"""What the templates of the exchange are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from qiupu_web.base.bilingual import Words, pick
from qiupu_web.base.models import ImportBatch
from qiupu_web.faces.web.exchange.forms import ConflictForm, MappingForm, PressForm, UploadForm
from qiupu_web.faces.web.exchange.kinds import KINDS, Kind


@dataclass(frozen=True)
class Table:
    """One kind of table on the front page."""

    code: str
    title: Words
    note: Words
    form: UploadForm | None
    may_export: bool


@dataclass(frozen=True)
class Front:
    """Everything that can be brought in and taken out, and what came in lately."""

    tables: Sequence[Table]
    batches: Sequence[tuple[ImportBatch, Words]]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file, in the reader's language."""

    row: int
    column: str
    text: str
    cure: str


@dataclass(frozen=True)
class Shown:
    """One value that the file changes."""

    row: int
    code: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class BatchPage:
    """One table on its way in."""

    batch: ImportBatch
    title: Words
    note: Words
    headers: Sequence[str]
    preview: Sequence[Sequence[str]]
    row_count: int
    form: MappingForm | None
    import_form: PressForm | None
    undo_form: PressForm | None
    faults: Sequence[Fault]
    conflict_form: ConflictForm | None
    conflict_count: int
    changes: Sequence[Shown]
    good_count: int
    created: int
    changed: int
    same: int
    faulty: int
    links: Sequence[tuple[str, str, str]]


def title_of(kind: Kind) -> Words:
    """Return a table's name in the reader's language."""
    return pick(kind.title_zh, kind.title_en)


def faults_of(batch: ImportBatch) -> list[Fault]:
    """Return what is wrong, in the reader's language."""
    lang = "zh" if (get_language() or "en").startswith("zh") else "en"
    return [Fault(one["row"], one["column"], one[f"text_{lang}"], one[f"cure_{lang}"]) for one in batch.faults]


def changes_of(batch: ImportBatch) -> list[Shown]:
    """Return what the file changes, value by value, with the columns named in the reader's language."""
    kind, lang = KINDS[batch.kind], get_language() or "en"
    found = []
    for one in batch.plan.get("changes", []):
        column = kind.column(one["name"])
        before, after = column.shown(one["before"], lang), column.shown(one["after"], lang)
        found.append(Shown(one["row"], one["code"], column.title(lang), before, after))
    return found


def batch_title(batch: ImportBatch) -> Words:
    """Return the name of a batch's table."""
    return title_of(KINDS[batch.kind])
