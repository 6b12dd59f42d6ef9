"""What a running trial has against a merge of organisations: they would share a quota and feedback that they never shared."""

from __future__ import annotations

from qiupu.errors import N_, Conflict
from qiupu_web.parties.merging import guard_merges
from qiupu_web.parties.models import Organisation
from qiupu_web.trials.models import Entry
from qiupu_web.trials.rules import CONCLUDED


@guard_merges
def refuse_while_on_trial(kept: Organisation, merged: Organisation) -> None:
    """Raise ``Conflict`` when either has an entry in a trial that is not over."""
    entry = (
        Entry.objects.filter(organisation__in=[kept, merged], is_baseline=False)
        .exclude(trial__state__in=CONCLUDED)
        .select_related("trial", "organisation")
        .order_by("trial__code", "id")
        .first()
    )
    if entry is not None:
        raise Conflict(
            N_("{organisation} has entered the trial {trial}, which is not concluded; affiliated organisations share its quota."),
            cure=N_("Wait until that trial is concluded. Until then set “Part of”, so that they share the quota."),
            code="on-trial",
            organisation=entry.organisation.code,
            trial=entry.trial.code,
        )
