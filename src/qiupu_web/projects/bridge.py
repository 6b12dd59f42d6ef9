"""Between projects and the engine of trials: measure the same metric again, on data that were in no trial."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qiupu.errors import N_, Conflict, InputError
from qiupu.measures import metric_named
from qiupu.trials import decide, load_entry, load_task, load_truth
from qiupu_web.projects.models import Project
from qiupu_web.trials.bridge import check_question, stored
from qiupu_web.trials.bridge.marking import read_predictions
from qiupu_web.trials.bridge.preparing import table_of, units_of
from qiupu_web.trials.enums import TrialState
from qiupu_web.trials.models import TrialVersion

LEVEL = 0.95
SHOWN = 3


@dataclass(frozen=True)
class Yardstick:
    """What was set before: task, bar, level, and which data were in the trial."""

    task: dict[str, Any]
    bar: float
    level: float
    seed: int
    manifest_sha256: str
    history: str | None
    seen: tuple[str, ...]
    """Hashes of every file of the trial that may be read: public sample, released inputs, history."""


@dataclass(frozen=True)
class Measured:
    """What the fresh data say."""

    verdict: str
    metric: str
    direction: str
    bar: float
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    n_needed: int | None
    method: str
    seed: int
    engine_version: str


def sha256_of(data: bytes) -> str:
    """Return the name of a file by its bytes."""
    return hashlib.sha256(data).hexdigest()


def is_measurable(project: Project) -> bool:
    """Return whether there is a bar and a metric that can be computed."""
    if _sealed(project) is not None:
        return True
    scenario = project.scenario
    if not scenario.metric or scenario.bar is None:
        return False
    try:
        return metric_named(scenario.metric).can_be_primary
    except InputError:
        return False


def yardstick_of(project: Project) -> Yardstick:
    """Return what the project is measured by: the sealed version of its trial, else what its scenario published.

    Raises
    ------
    Conflict
        When nothing was set that can be measured.
    """
    version = _sealed(project)
    if version is not None:
        trial, manifest = version.trial, version.manifest
        files = (version.public_truth_id, version.public_inputs_id, version.hidden_inputs_id, version.history_id)
        return Yardstick(
            task=version.task,
            bar=float(manifest.get("bar", trial.bar)),
            level=float(manifest.get("level", trial.level)),
            seed=version.seed,
            manifest_sha256=version.manifest_sha256,
            history=version.history_id,
            seen=tuple(sha for sha in files if sha is not None),
        )
    scenario = project.scenario
    if not is_measurable(project) or scenario.bar is None:
        raise Conflict(
            N_("Nothing was published by which this can be measured."),
            cure=N_("The exchange office can record a waiver, with its reason."),
            code="not-measurable",
        )
    metric = metric_named(scenario.metric)
    check_question(kind=metric.kind, metric=metric.name, direction=scenario.direction or metric.direction, bar=scenario.bar)
    task = load_task({"id": scenario.code, "kind": metric.kind, "metrics": [metric.name], "primary": metric.name}).as_dict()
    return Yardstick(task, scenario.bar, LEVEL, 0, "", None, ())


def _sealed(project: Project) -> TrialVersion | None:
    trial = project.trial
    if trial is None or trial.state == TrialState.VOID:
        return None
    return (
        TrialVersion.objects.filter(trial=trial, number=trial.version, sealed_at__isnull=False)
        .select_related("trial")
        .order_by("-number")
        .first()
    )


def measure(
    yardstick: Yardstick, *, truth: bytes, predictions: bytes, history: bytes | None, names: tuple[str, str, str]
) -> Measured:
    """Measure predictions on fresh data and decide by the bar that was set before.

    Raises
    ------
    InputError
        With rows and ids of what is missing, repeated or unusable, or which items are not fresh.
    """
    task = load_task(yardstick.task)
    labels = read_predictions(truth, names[0])
    _require_fresh(yardstick, truth, set(units_of(task, labels)), names[0])
    past = None if history is None else read_predictions(history, names[2])
    if past is None and yardstick.history is not None:
        past = table_of(stored(yardstick.history), "history.csv")
    fresh = load_truth(task, labels, history=past)
    entry = load_entry(task, fresh, read_predictions(predictions, names[1]))
    found = decide(task, fresh, entry, bar=yardstick.bar, level=yardstick.level, seed=yardstick.seed)
    return Measured(
        verdict=found.verdict,
        metric=found.metric,
        direction=found.direction,
        bar=found.bar,
        value=found.value,
        low=found.low,
        high=found.high,
        level=found.level,
        n=found.n,
        n_needed=found.n_needed,
        method=found.method,
        seed=found.seed,
        engine_version=found.version,
    )


def _require_fresh(yardstick: Yardstick, truth: bytes, units: set[str], name: str) -> None:
    """Refuse data of the trial: the same file, or items that the trial names. Hidden labels are not looked at."""
    if sha256_of(truth) in yardstick.seen:
        raise InputError(
            N_("This file was part of the trial, so it is not fresh."),
            cure=N_("Measure on data that came after the trial."),
            file=name,
            column="truth",
            code="not-fresh",
        )
    known = units & _units_of_trial(yardstick)
    if known:
        raise InputError(
            N_("{n} items were in the trial already, so they are not fresh; for example {some}."),
            cure=N_("Leave them out. Fresh items have ids, or days, of their own."),
            file=name,
            column="truth",
            code="not-fresh",
            n=len(known),
            some=", ".join(sorted(known)[:SHOWN]).replace("\t", " "),
        )


def _units_of_trial(yardstick: Yardstick) -> set[str]:
    return set(_units(yardstick)) if yardstick.seen else set()


def _units(yardstick: Yardstick) -> Iterable[str]:
    task = load_task(yardstick.task)
    for sha in yardstick.seen:
        yield from units_of(task, table_of(stored(sha), "trial.csv"))
