"""An owner (or a steward for her) opens a trial: its question, its bar, its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import EXITS
from qiupu_web.trials import bridge, vault
from qiupu_web.trials.enums import InputMode, TrialState
from qiupu_web.trials.models import Trial, TrialVersion
from qiupu_web.trials.rules import TRIAL
from qiupu_web.trials.usecases.guards import lock, require_state

CHANGEABLE = (TrialState.DRAFT, TrialState.DATA_CHECK, TrialState.SEALED, TrialState.PRACTICE, TrialState.OPEN)


@usecase("trials.draft")
def draft_trial(
    *,
    actor: Actor,
    now: datetime,
    scenario: Scenario,
    title_zh: str,
    title_en: str,
    kind: str,
    metric: str,
    direction: str,
    bar: float,
    code: str = "",
    bar_rule_zh: str = "",
    bar_rule_en: str = "",
    quota: int = 10,
    input_mode: str = InputMode.RELEASED,
    level: float = 0.95,
    closes_at: datetime | None = None,
    is_demo: bool = False,
) -> Trial:
    """Open the draft of a trial for a scenario.

    The metric must fit the kind of task and be better in ``direction``; the bar must lie in its range. Writes one trial
    in the state draft. The scenario's owner, its unit, the exchange office and stewards may.
    """
    require(actor, "trials.draft", scenario.owner_id, scenario.owner.parent_id)
    if scenario.state in EXITS:
        raise Conflict(N_("The scenario has ended, so no trial can be opened for it."), code="scenario-ended")
    if not (title_zh or title_en):
        raise InputError(N_("The trial needs a title."), column="title_zh", code="title-missing")
    bridge.check_question(kind=kind, metric=metric, direction=direction, bar=bar)
    if quota < 1 or not 0.5 < level < 1:
        raise InputError(N_("The quota must be 1 at least and the level between 0.5 and 1."), column="quota", code="quota")
    if closes_at is not None and closes_at <= now:
        raise InputError(N_("The closing date has passed."), cure=N_("Choose a later one."), column="closes_at", code="past")
    trial = Trial.objects.create(
        code=code or _free_code(scenario),
        scenario=scenario,
        title_zh=title_zh,
        title_en=title_en,
        kind=kind,
        metric=metric,
        direction=direction,
        bar=bar,
        bar_rule_zh=bar_rule_zh,
        bar_rule_en=bar_rule_en,
        quota=quota,
        input_mode=input_mode,
        level=level,
        closes_at=closes_at,
        is_demo=is_demo,
        created_at=now,
        **TRIAL.begin(TrialState.DRAFT, now),
    )
    touched(trial, scenario=scenario, metric=metric, bar=bar, quota=quota, level=level)
    return trial


def _free_code(scenario: Scenario) -> str:
    base = f"{scenario.code[:50]}-trial"
    taken = set(Trial.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := base if n == 1 else f"{base}-{n}") not in taken)


@usecase("trials.add_data")
def add_data(
    *,
    actor: Actor,
    now: datetime,
    trial: Trial,
    task: Mapping[str, Any],
    truth: bytes,
    inputs: bytes | None = None,
    history: bytes | None = None,
    example_entry: bytes | None = None,
    data_card: Mapping[str, Any] | None = None,
    seed: int = 0,
    columns: Sequence[str] = (),
) -> TrialVersion:
    """Give a trial its data and have them split and checked.

    ``truth`` is a csv with the columns of the task's kind (``id,target``; ``series,time,target``; ...), the group column if
    the task names one, and perhaps a column ``split`` that says ``public``, ``feedback`` or ``final`` for each row; without
    it the engine splits by ``seed``, keeping groups whole and, for forecasts, taking later origins. ``inputs`` is a csv
    with the same keys and what a solution may look at; ``history`` the series before the test (``series,time,target``);
    ``columns`` the numeric inputs in the order in which an ONNX model takes them (all of them when not given).

    Possible until the trial closes. Before sealing the trial stands in *data check* afterwards; a blocking finding keeps it
    there. After sealing it makes a further version, which counts once it is sealed too; every entry is then scored again.

    The public sample becomes stored files; feedback and final labels, withheld inputs and salts go into the vault only.
    The owner, its unit and stewards may.
    """
    require(actor, "trials.add_data", trial.scenario.owner_id, trial.scenario.owner.parent_id)
    lock(trial)
    require_state(trial, *CHANGEABLE)
    prepared = bridge.prepare(
        question=bridge.question_of(trial),
        task=task,
        truth=truth,
        inputs=inputs,
        history=history,
        example_entry=example_entry,
        seed=seed,
        columns=tuple(columns),
    )
    version = _store(trial, prepared, data_card=dict(data_card or {}), seed=seed, now=now)
    vault.stow(version, vault.FEEDBACK, prepared.feedback_truth)
    vault.stow(version, vault.FINAL, prepared.final_truth)
    if trial.input_mode == InputMode.WITHHELD:
        vault.stow(version, vault.INPUTS, prepared.hidden_inputs)
    touched(trial, version=version.number, n_public=version.n_public, n_feedback=version.n_feedback, n_final=version.n_final)
    if trial.state in (TrialState.DRAFT, TrialState.DATA_CHECK):
        if trial.state == TrialState.DRAFT:
            TRIAL.move(trial, TrialState.DATA_CHECK, now=now)
        changed(trial, version=version.number)
    return version


def _store(trial: Trial, prepared: bridge.Prepared, *, data_card: dict[str, Any], seed: int, now: datetime) -> TrialVersion:
    def file(data: bytes | None, name: str) -> Any:
        return None if data is None else keep(data, name=f"{trial.code}-{name}", now=now, content_type="text/csv")

    is_released = trial.input_mode == InputMode.RELEASED
    number = (trial.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    return TrialVersion.objects.create(
        trial=trial,
        number=number,
        task=prepared.task,
        data_card={**data_card, "columns": list(prepared.columns)},
        findings=list(prepared.findings),
        public_truth=file(prepared.public_truth, "public.csv"),
        public_inputs=file(prepared.public_inputs, "public-inputs.csv"),
        hidden_inputs=file(prepared.hidden_inputs, "inputs.csv") if is_released else None,
        history=file(prepared.history, "history.csv"),
        example_entry=file(prepared.example_entry, "example-entry.csv"),
        n_public=prepared.n_public,
        n_feedback=prepared.n_feedback,
        n_final=prepared.n_final,
        n_groups_final=prepared.n_groups_final,
        seed=seed,
        created_at=now,
    )
