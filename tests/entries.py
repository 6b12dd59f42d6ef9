"""An entry in a trial in any state, made the short way: no data, no scoring."""

from __future__ import annotations

from tests.factories import NOW, scenario

from qiupu_web.base.models import StoredFile
from qiupu_web.parties.models import Organisation
from qiupu_web.trials.models import Entry, Trial


def entry(of: Organisation, state: str) -> Entry:
    """Make a scored entry of an organisation in a trial of its own, which is in ``state``."""
    file, _made = StoredFile.objects.get_or_create(sha256="0" * 64, defaults={"name": "e.csv", "size": 1, "created_at": NOW})
    trial = Trial.objects.create(
        code=f"trial-{Trial.objects.count() + 1}",
        scenario=scenario(),
        title_en="Trial",
        kind="forecast",
        metric="mase",
        direction="lower",
        bar=0.8,
        state=state,
        state_since=NOW,
        created_at=NOW,
    )
    given = {"kind": "predictions", "artifact": file, "state": "scored", "state_since": NOW, "created_at": NOW}
    return Entry.objects.create(trial=trial, organisation=of, number=1, **given)
