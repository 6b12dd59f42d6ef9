"""Measure entries: the public sample, feedback through the Ladder, the final split."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

import polars as pl

from qiupu.errors import InputError
from qiupu.files import Table
from qiupu.measures import Undefined
from qiupu.sandbox.intake import PredictionLimits, read_capped, take_predictions
from qiupu.trials import (
    BoardRow,
    Entry,
    Ladder,
    MetricScore,
    Task,
    Truth,
    board,
    decide,
    load_entry,
    load_task,
    load_truth,
    sample_of,
    score,
)
from qiupu.trials.decide import LEVEL
from qiupu.trials.ladder import contributions
from qiupu_web.base.blobs import load
from qiupu_web.trials.bridge.facts import Contender, Figure, FinalBoard, FinalRow, Measured, Sources
from qiupu_web.trials.bridge.preparing import table_of

_REMEMBERED: OrderedDict[Hashable, Truth] = OrderedDict()
_MOST_REMEMBERED = 4
UNLIMITED = 1_000_000_000
"""The platform counts the quota itself, so the Ladder's own count never ends."""


def stored(sha: str) -> bytes:
    """Return a stored file's bytes, the last few kept in memory."""
    return _stored(sha)


@lru_cache(maxsize=16)
def _stored(sha: str) -> bytes:
    return load(sha)


def read_truth(labels: bytes, sources: Sources) -> Truth:
    """Read labels as the task says."""
    task = load_task(sources.task)
    past = None if sources.history is None else table_of(stored(sources.history), "history.csv")
    return load_truth(task, table_of(labels, "labels.csv"), history=past)


def remembered(key: Hashable, labels: Callable[[], bytes], sources: Sources) -> Truth:
    """Return labels that were read before by this worker, or read them. ``labels`` is asked each time: it guards the vault."""
    data = labels()
    if key not in _REMEMBERED:
        _REMEMBERED[key] = read_truth(data, sources)
        while len(_REMEMBERED) > _MOST_REMEMBERED:
            _REMEMBERED.popitem(last=False)
    return _REMEMBERED[key]


def blank_truth(task: Task, keys: bytes) -> Truth:
    """Return a truth without answers that holds the hidden items, so that a file can be checked without any label."""
    return _blank(json.dumps(task.as_dict(), sort_keys=True), sha256(keys).hexdigest(), _Held(keys))


class _Held:
    """Bytes that do not take part in a cache's key; their hash does."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=8)
def _blank(task_json: str, keys_sha256: str, held: _Held) -> Truth:
    task = replace(load_task(json.loads(task_json)), group=None)
    table = table_of(held.data, "inputs.csv")
    frame = table.frame.select([name for name in dict.fromkeys((*task.key_columns, "time")) if name in table.frame.columns])
    if task.kind == "classification":
        frame = frame.with_columns(target=pl.lit(task.classes[0]))
    elif task.kind == "retrieval":
        frame = frame.select("query").unique(maintain_order=True).with_columns(item=pl.lit("-"), relevance=pl.lit(0.0))
    else:
        frame = frame.with_columns(target=pl.lit(0.0))
    return load_truth(task, replace(table, frame=frame))


def read_predictions(data: bytes, name: str) -> Table:
    """Read a file of predictions after a look at its size, packed and unpacked."""
    if name.lower().endswith((".xlsx", ".parquet")):
        take_predictions(data, name=name)
    else:
        read_capped(data, PredictionLimits().file_mb, name)
    return table_of(data, name)


def check_predictions(task: dict[str, Any], keys: bytes, data: bytes, name: str) -> Entry:
    """Check that a file answers every hidden item once, from released inputs alone.

    Raises
    ------
    InputError
        With rows and ids of what is missing, extra, repeated or unusable.
    """
    ready = load_task(task)
    return load_entry(ready, blank_truth(ready, keys), read_predictions(data, name))


def measure(truth: Truth, keys: bytes, predictions: bytes, name: str) -> Measured:
    """Measure predictions for all hidden items on the labels of one part; the primary metric only."""
    entry = check_predictions(truth.task.as_dict(), keys, predictions, name)
    sample = sample_of(truth.task, truth, entry, truth.task.metric)
    if isinstance(sample, Undefined):
        return Measured(truth.task.primary, None, truth.n, None)
    return Measured(truth.task.primary, sample.value, truth.n, contributions(sample))


def climb(task: dict[str, Any], memory: bytes | None, measured: Measured, *, quota: int) -> tuple[Figure, bytes | None]:
    """Return what the Ladder tells, and what it remembers (as secret as the labels); ``quota`` sets how sure a step must be."""
    if measured.contributions is None:
        return Figure(measured.metric, None, None, None, 0.0, measured.n, "none"), None
    metric = load_task(task).metric
    if memory is None:
        ladder = Ladder.for_groups(metric, len(measured.contributions), quota=UNLIMITED, expected=quota)
    else:
        ladder = Ladder.from_dict(json.loads(memory))
    after, answer = ladder.submit(measured.contributions)
    method = "ladder" if after.variant == "plain" else "bootstrap-ladder"
    figure = Figure(measured.metric, answer.value, None, None, 0.0, measured.n, method)
    return figure, json.dumps(after.as_dict()).encode()


def figures_of(task: Task, truth: Truth, entry: Entry, *, level: float, seed: int) -> tuple[Figure, ...]:
    """Return every metric of an entry with the two-sided interval that belongs to one-sided bounds at ``level``."""
    found = score(task, truth, entry, level=2 * level - 1, seed=seed)
    return tuple(
        Figure(one.name, one.value, one.low, one.high, one.level, one.n, one.method, found.version) for one in found.metrics
    )


def score_public(
    sources: Sources, public_truth: bytes, data: bytes, name: str, *, level: float = 0.95, seed: int = 0
) -> tuple[Figure, ...]:
    """Score a file of predictions for the public sample.

    Raises
    ------
    InputError
        With rows and ids: everything here is public.
    """
    truth = read_truth(public_truth, sources)
    entry = load_entry(truth.task, truth, read_predictions(data, name))
    return figures_of(truth.task, truth, entry, level=level, seed=seed)


def judge(truth: Truth, keys: bytes, contenders: Sequence[Contender], *, bar: float, level: float, seed: int) -> FinalBoard:
    """Score, rank and decide everything that counts, on the final labels."""
    task = truth.task
    entries: dict[str, Entry] = {}
    for one in contenders:
        try:
            entry = check_predictions(task.as_dict(), keys, one.predictions, one.file)
        except InputError:
            continue  # it was scored on feedback, so this cannot be; if it is, the entry stays without a value
        entries[one.name] = replace(entry, name=one.name)
    baselines = [one.name for one in contenders if one.is_baseline]
    shown = board(task, truth, list(entries.values()), beside=baselines, bar=bar, level=2 * level - 1, seed=seed)
    places = {row.name: row for row in shown.entries}
    rows = [
        _final_row(truth, one, entries.get(one.name), places.get(one.name), bar=bar, level=level, seed=seed) for one in contenders
    ]
    return FinalBoard(tuple(rows), seed)


def _final_row(
    truth: Truth, one: Contender, entry: Entry | None, place: BoardRow | None, *, bar: float, level: float, seed: int
) -> FinalRow:
    """Return what the final split says of one entry; without a place on the board it has no value."""
    fingerprint = sha256(one.predictions).hexdigest()
    if entry is None or place is None or place.decision is None:
        return FinalRow(
            one.entry_id, "undecided", None, None, None, truth.n, None, "none", None, None, None, None, fingerprint, figures=()
        )
    task = truth.task
    verdict = place.decision if level == LEVEL else decide(task, truth, entry, bar=bar, level=level, seed=seed)
    others = [name for name in task.metrics if name != task.primary]
    beside = (
        figures_of(replace(task, metrics=tuple(others), primary=others[0]), truth, entry, level=level, seed=seed) if others else ()
    )
    return FinalRow(
        entry_id=one.entry_id,
        verdict=verdict.verdict,
        value=verdict.value,
        low=verdict.low,
        high=verdict.high,
        n=truth.n,
        n_needed=verdict.n_needed,
        method=verdict.method,
        survives_holm=place.survives_holm if level == LEVEL else None,
        rank_low=place.rank_low,
        rank_high=place.rank_high,
        tie_group=place.tie_group,
        predictions_sha256=fingerprint,
        figures=(_figure(place.score, verdict.version), *beside),
    )


def _figure(one: MetricScore, version: str) -> Figure:
    return Figure(one.name, one.value, one.low, one.high, one.level, one.n, one.method, version)
