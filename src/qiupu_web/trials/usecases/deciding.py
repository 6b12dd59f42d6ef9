"""The final split is scored once: board, verdicts, receipts."""

from __future__ import annotations

from datetime import datetime

from qiupu.errors import N_, Conflict
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.trials import bridge, vault
from qiupu_web.trials.enums import Split, TrialState, Verdict
from qiupu_web.trials.models import Decision, Entry, Score, Trial, TrialVersion
from qiupu_web.trials.rules import TRIAL, is_better
from qiupu_web.trials.usecases.guards import lock, require_state, root_of, version_in_force
from qiupu_web.trials.usecases.scoring import entries_scored, hidden_keys, predictions_of, version_sources


def final_entries(trial: Trial, version: TrialVersion) -> list[Entry]:
    """Return the entries that count: each group's named one, else its best on feedback (the earlier of equals); all baselines."""
    feedback = dict(
        Score.objects.filter(version=version, split=Split.FEEDBACK, entry__trial=trial, metric=trial.metric).values_list(
            "entry_id", "value"
        )
    )
    chosen: dict[int, Entry] = {}
    baselines = []
    for entry in entries_scored(trial):
        if entry.is_baseline:
            baselines.append(entry)
            continue
        root = root_of(entry.organisation).pk
        best = chosen.get(root)
        if (
            best is None
            or (entry.is_final and not best.is_final)
            or (not best.is_final and _is_above(feedback.get(entry.pk), feedback.get(best.pk), trial.direction))
        ):
            chosen[root] = entry
    return sorted([*chosen.values(), *baselines], key=lambda entry: (entry.created_at, entry.pk))


def _is_above(value: float | None, other: float | None, direction: str) -> bool:
    return value is not None and (other is None or is_better(value, other, direction))


def measure_final(*, trial: Trial) -> bridge.FinalBoard:
    """Score the final split of everything that counts. Reads the vault, after both approvals; writes nothing.

    This is the long part; ``decide_entries`` writes its result.
    """
    version = version_in_force(trial)
    truth = bridge.read_truth(vault.open_final(version), version_sources(version))
    keys = hidden_keys(version)
    found = []
    for entry in final_entries(trial, version):
        predictions, name = predictions_of(entry, version)
        found.append(bridge.Contender(entry.pk, f"{entry.pk:09d}", entry.is_baseline, entry.artifact_id, predictions, name))
    return bridge.judge(truth, keys, found, bar=trial.bar, level=trial.level, seed=version.seed)


@usecase("trials.decide_entries")
def decide_entries(*, actor: Actor, now: datetime, trial: Trial, board: bridge.FinalBoard) -> list[Decision]:
    """Write what the final split says: scores, verdicts, ranks, tie groups and a signed receipt for each entry. Once.

    The trial must be closed and unsealed by two people. Only the system may.
    """
    require(actor, "trials.decide_entries")
    lock(trial)
    require_state(trial, TrialState.CLOSED)
    version = version_in_force(trial)
    if version.unsealed_at is None:
        raise Conflict(N_("The final data are still sealed."), cure=N_("Two people have to approve first."), code="vault-sealed")
    entries = {entry.pk: entry for entry in trial.entries.select_related("organisation", "artifact")}
    decisions = [_decide(trial, version, entries[row.entry_id], row, now) for row in board.rows]
    TRIAL.move(trial, TrialState.SCORED, now=now)
    return decisions


def _decide(trial: Trial, version: TrialVersion, entry: Entry, row: bridge.FinalRow, now: datetime) -> Decision:
    if not entry.is_baseline and not entry.is_final:
        changed(entry, is_final=True)
    for figure in row.figures:
        Score.objects.create(
            entry=entry,
            version=version,
            split=Split.FINAL,
            metric=figure.metric,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            level=figure.level,
            n=figure.n,
            method=figure.method,
            seed=version.seed,
            engine_version=figure.engine_version,
            input_hashes={"entry": entry.artifact_id, "manifest": version.manifest_sha256},
            attempt=entry.attempt,
            scored_at=now,
        )
    decision = Decision.objects.create(
        entry=entry,
        version=version,
        verdict=row.verdict,
        value=row.value,
        low=row.low,
        high=row.high,
        n=row.n,
        n_needed=row.n_needed,
        method=row.method,
        survives_holm=row.survives_holm,
        rank_low=row.rank_low,
        rank_high=row.rank_high,
        tie_group=row.tie_group,
        receipt=bridge.sign(bridge.receipt_facts(trial, version, entry, row, now)),
        decided_at=now,
    )
    touched(entry, verdict=Verdict(row.verdict).value, value=row.value)
    return decision
