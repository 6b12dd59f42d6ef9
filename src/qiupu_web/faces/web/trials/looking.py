"""What a browser needs to look at a file of predictions before it is sent: keys, columns, and the sentences to say."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from qiupu_web.trials.enums import TaskKind
from qiupu_web.trials.models import Trial

KEYS = {TaskKind.FORECAST: "series time", TaskKind.RETRIEVAL: "query"}
ANSWERS = {TaskKind.ANOMALY: "score", TaskKind.RETRIEVAL: "score"}


@dataclass(frozen=True)
class Look:
    """Attributes of the page's box; ``yes`` or nothing where it is a switch."""

    inputs: str
    keys: str
    answer: str
    numbers: str
    classes: str
    many: str
    words: tuple[tuple[str, str], ...]


def look_of(trial: Trial) -> Look:
    """Return what the look at a file needs. The inputs of the hidden items are public where this is used."""
    kind = TaskKind(trial.kind)
    is_classes, is_search = kind == TaskKind.CLASSIFICATION, kind == TaskKind.RETRIEVAL
    return Look(
        inputs=reverse("trials:file", args=[trial.code, "inputs.csv"]),
        keys=KEYS.get(kind, "id"),
        answer=ANSWERS.get(kind, "prediction"),
        numbers="" if is_classes else "yes",
        classes="yes" if is_classes else "",
        many="yes" if is_search else "",
        words=(
            ("good", _("{n} rows: every item is answered once, and every value can be read.")),
            ("columns", _("These columns are missing: {names}.")),
            ("missing", _("{n} items have no answer, among them: {names}.")),
            ("extra", _("{n} rows are for items that are not asked for (rows {rows}).")),
            ("twice", _("{n} rows answer an item a second time (rows {rows}).")),
            ("numbers", _("{n} values are not numbers (rows {rows}).")),
            ("encoding", _("The text of the file cannot be read. Save it as csv in UTF-8.")),
            ("other", _("Only csv files are looked at here; this one is looked at when it arrives.")),
        ),
    )
