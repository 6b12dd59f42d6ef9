"""Data health before a trial opens: what would make a score mean nothing, or tell what must stay untold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from qiupu.errors import N_, QiupuError, TableError
from qiupu.files import Table
from qiupu.measures import Undefined, bounds
from qiupu.trials.baseline import constant_entry
from qiupu.trials.decide import LEVEL, items_needed
from qiupu.trials.findings import CheckReport, Finding, Severity, finding, report
from qiupu.trials.leaks import column_findings, id_findings, order_findings
from qiupu.trials.measure import sample_of
from qiupu.trials.personal import TITLES, personal_columns
from qiupu.trials.sizing import hoped_score, items_planned
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth, load_truth

LEAST_OF_CLASS = 10
BLOCKING_PERSONAL = ("resident-id", "bank-card", "mobile")
MOJIBAKE = r"[\uFFFD]|锟斤拷|烫烫烫|Ã[\u0080-\u00BF]|â€"


@dataclass(frozen=True)
class _Data:
    task: Task
    truth: Truth
    table: Table
    parts: tuple[tuple[Truth, Table], ...]
    inputs: tuple[Table, ...]


def check(
    task: Task,
    tables: Sequence[Table],
    *,
    history: Table | None = None,
    bar: float | None = None,
    hoped: float | None = None,
    level: float = LEVEL,
) -> CheckReport:
    """Look at the data of a trial.

    Parameters
    ----------
    task : Task
    tables : sequence of Table
        The first that has the truth's columns is the truth; others that have them are further parts (the public sample,
        say); the rest are inputs, which share the truth's id.
    history : Table, optional
        For forecasts.
    bar : float, optional
        The task's own when not given; then the number of items is judged too.
    hoped : float, optional
        The true score that the owner hopes for, for the number of items.

    Returns
    -------
    CheckReport
        A table that cannot be read as truth is a finding too, not an error.
    """
    wanted = set(task.truth_columns) - ({"series"} if task.kind == "forecast" else set())
    with_truth = [table for table in tables if wanted <= set(table.frame.columns)]
    inputs = tuple(table for table in tables if not wanted <= set(table.frame.columns))  # tables compare cell by cell: never `in`
    findings = [found for table in tables for found in _table_findings(table, wanted)]
    if not with_truth:
        template = N_("No table holds the truth: the columns {columns} are needed.")
        findings.append(
            finding(
                "no-truth",
                "block",
                "-",
                template,
                N_("Give the truth file, or rename its columns."),
                columns=", ".join(sorted(wanted)),
            )
        )
        return report(findings)
    loaded: list[tuple[Truth, Table]] = []
    for table in with_truth:
        try:
            loaded.append((load_truth(task, table, history=history if not loaded else None), table))
        except QiupuError as error:
            findings.append(_as_finding(error))
    if not loaded or loaded[0][1] is not with_truth[0]:
        return report(findings)
    data = _Data(replace(task, bar=task.bar if bar is None else bar), loaded[0][0], loaded[0][1], tuple(loaded[1:]), inputs)
    findings += _truth_findings(data)
    findings += _input_findings(data)
    findings += _part_findings(data)
    needed, more = _bar_findings(data, hoped, level)
    return report(findings + more, items_needed=needed, n=data.truth.n)


def _as_finding(error: QiupuError) -> Finding:
    where = error.where.text() if isinstance(error, TableError) else "-"
    return Finding(error.code, "block", where, error.template, error.cure_template, tuple(sorted(error.params.items())))


def _table_findings(table: Table, wanted: set[str]) -> list[Finding]:
    frame = table.frame
    found = []
    for name in frame.columns:
        place = f"{table.name}, {name}"
        empty = frame[name].null_count()
        if empty and name not in wanted:
            template = N_("{count} of {total} cells are empty.")
            advice = N_("Say on the data card what an empty cell means, or fill them.")
            severity: Severity = "warn" if empty < frame.height else "note"
            found.append(finding("missing-values", severity, place, template, advice, count=empty, total=frame.height))
        if frame[name].dtype == pl.String and frame[name].str.contains(MOJIBAKE).any():
            template = N_("The column holds characters of a wrong encoding.")
            advice = N_("Export it again as UTF-8.")
            found.append(finding("encoding", "block", place, template, advice))
    for personal in personal_columns(frame):
        found.append(
            finding(
                "personal-information",
                "block" if personal.kind in BLOCKING_PERSONAL else "warn",
                f"{table.name}, {personal.column}",
                N_("{count} cells look like personal information ({kind}), from row {row}."),
                N_("Take the column out, or replace it by a random number for each person."),
                count=personal.count,
                kind=TITLES[personal.kind],
                row=personal.rows[0],
            )
        )
    return found


def _truth_findings(data: _Data) -> list[Finding]:
    task, truth, where = data.task, data.truth, data.table.name
    raw = data.table.frame
    found: list[Finding] = []
    if "id" in raw.columns and truth.frame.height == raw.height and task.kind != "anomaly":
        target = truth.frame["target"]
        found += order_findings(task, where, target)
        found += id_findings(task, where, truth.frame["id"], target)
        own = [name for name in raw.columns if name not in (*task.truth_columns, "time", "series")]
        found += column_findings(task, where, raw.select(own), target)
    if task.kind in ("classification", "anomaly"):
        found += _class_findings(task, truth, where)
    if task.kind == "forecast" and "naive" not in truth.frame.columns and {"mase", "rmsse", "relative_mae"} & set(task.metrics):
        template = N_("Scaled metrics need the history of each series.")
        found.append(finding("no-history", "block", where, template, N_("Give it with --history, or choose another metric.")))
    return found


def _class_findings(task: Task, truth: Truth, where: str) -> list[Finding]:
    counts = {str(name): int(count) for name, count in truth.frame["target"].value_counts(sort=True).rows()}
    found = []
    if len(counts) < 2:
        template = N_("All items are of one class ({name}).")
        found.append(finding("one-class", "block", where, template, N_("Bring items of every class."), name=next(iter(counts))))
    if task.kind == "anomaly":
        return found
    for name in task.classes or truth.classes:
        count = counts.get(name, 0)
        if count < LEAST_OF_CLASS:
            template = N_("The class {name} has {count} items; fewer than {least} say little about it.")
            found.append(
                finding(
                    "few-of-class",
                    "warn",
                    where,
                    template,
                    N_("Bring more, or join it with another class."),
                    name=name,
                    count=count,
                    least=LEAST_OF_CLASS,
                )
            )
    return found


def _input_findings(data: _Data) -> list[Finding]:
    found: list[Finding] = []
    for table in data.inputs:
        frame = table.frame
        if "id" not in frame.columns or "id" not in data.truth.frame.columns:
            continue
        features = [name for name in frame.columns if name != "id"]
        if features:
            found += _repeats(table, features)
        joined = data.truth.frame.select("id", "target").join(
            frame.with_columns(pl.col("id").cast(pl.String)), on="id", how="inner", maintain_order="left", suffix="_input"
        )
        if joined.height < data.truth.frame.height and joined.height:
            template = N_("{count} items of the truth have no input.")
            found.append(
                finding(
                    "no-input",
                    "block",
                    table.name,
                    template,
                    N_("Add their rows, or take them out of the truth."),
                    count=data.truth.frame.height - joined.height,
                )
            )
        if joined.height:
            own = [name if name not in ("id", "target") else f"{name}_input" for name in features]
            found += column_findings(data.task, table.name, joined.select(own), joined["target"])
    return found


def _repeats(table: Table, features: list[str]) -> list[Finding]:
    repeated = int(table.frame.select(features).is_duplicated().sum())
    if not repeated or len(features) < 2:
        return []
    template = N_("{count} rows repeat another row in everything but the id.")
    advice = N_("Keep one of each, or give them one group, so that no copy lies in another part.")
    return [finding("duplicate-rows", "warn", table.name, template, advice, count=repeated)]


def _part_findings(data: _Data) -> list[Finding]:
    found: list[Finding] = []
    units = set(data.truth.units)
    for other, table in data.parts:
        shared = sorted(units & set(other.units))
        if shared:
            template = N_("{count} items are in two parts, {first} among them.")
            advice = N_("An item whose answer is public cannot be in a hidden part: take it out of one.")
            found.append(
                finding(
                    "across-parts", "block", table.name, template, advice, count=len(shared), first=shared[0].replace("\t", " ")
                )
            )
        found += _same_inputs(data, table)
        if (
            data.task.kind == "forecast"
            and "when" in other.frame.columns
            and other.frame["when"].dtype == data.truth.frame["when"].dtype
        ):
            latest, earliest = other.frame["when"].max(), data.truth.frame["when"].min()
            if latest is not None and earliest is not None and latest >= earliest:  # type: ignore[operator]  # same type of instant
                template = N_("The public part reaches to {latest}, beyond the start of the hidden part, {earliest}.")
                found.append(
                    finding(
                        "time-overlap",
                        "block",
                        table.name,
                        template,
                        N_("Cut by time."),
                        latest=str(latest),
                        earliest=str(earliest),
                    )
                )
    return found


def _same_inputs(data: _Data, part: Table) -> list[Finding]:
    """Find items of two parts whose inputs are the same, where truth tables carry inputs or inputs are given apart."""
    skip = {*data.task.truth_columns, "id", "time"}
    own = [name for name in data.table.frame.columns if name in part.frame.columns and name not in skip]
    if len(own) < 2:
        return []
    left, right = data.table.frame.select(own), part.frame.select(own)
    try:
        count = left.join(right.unique(), on=own, how="semi", nulls_equal=True).height
    except pl.exceptions.PolarsError:
        return []
    if not count:
        return []
    template = N_("{count} hidden items have the same input as a public one.")
    advice = N_("Take the copies out, or put each item and its copies into one group.")
    return [finding("copies-across-parts", "block", part.name, template, advice, count=count)]


def _bar_findings(data: _Data, hoped: float | None, level: float) -> tuple[int | None, list[Finding]]:
    task, truth, where = data.task, data.truth, data.table.name
    metric = task.metric
    entry = constant_entry(task, truth)
    sample = None if entry is None else sample_of(task, truth, entry, metric)
    found: list[Finding] = []
    baseline = None
    if sample is not None and not isinstance(sample, Undefined):
        baseline = sample.value
        template = N_("An entry that knows nothing reaches {metric} = {value:.4g}.")
        advice = N_("Set the bar clearly better than that.")
        found.append(finding("constant-baseline", "note", where, template, advice, metric=metric.name, value=baseline))
        limits = bounds(metric, sample, level=level)
        if limits.reason is not None:
            template = N_("With {groups} independent groups no verdict is possible; {least} are the least.")
            found.append(
                finding(
                    "too-few-groups",
                    "block" if task.bar is not None else "warn",
                    where,
                    template,
                    N_("Bring more items or sites, or choose smaller groups."),
                    groups=limits.groups,
                    least=limits.groups_least,
                )
            )
    if task.bar is None:
        return None, found
    if baseline is not None and ((baseline >= task.bar) if metric.is_higher_better else (baseline <= task.bar)):
        template = N_("An entry that knows nothing would reach the bar {bar}: it scores {value:.4g}.")
        found.append(
            finding(
                "bar-below-baseline",
                "block",
                where,
                template,
                N_("Raise the bar, or choose another metric."),
                bar=task.bar,
                value=baseline,
            )
        )
    if metric.is_binary:
        return _share_findings(data, hoped, level, found)
    return _planned_findings(data, hoped, level, found)


def _share_findings(data: _Data, hoped: float | None, level: float, found: list[Finding]) -> tuple[int | None, list[Finding]]:
    task, truth, where = data.task, data.truth, data.table.name
    metric, bar = task.metric, task.bar
    assert bar is not None  # noqa: S101 - the caller has looked
    n = truth.grouping().count
    least = int(np.ceil(np.log(1 - level) / np.log(bar))) if 0 < bar < 1 else 1
    if n < least:
        template = N_("Even a solution without any error could not be shown to reach {bar} with {n} items; {least} are the least.")
        found.append(
            finding(
                "bar-undecidable", "block", where, template, N_("Bring more items, or lower the bar."), bar=bar, n=n, least=least
            )
        )
    target = hoped if hoped is not None else min((1 + bar) / 2, 0.999)
    needed = items_needed(metric, bar=bar, value=target, level=level)
    template = N_("{needed} items show with 80% power that a true score of {hoped:.4g} reaches the bar {bar}; there are {n}.")
    return needed, found + _needed_findings(template, where, needed, n=n, bar=bar, hoped=target)


def _planned_findings(data: _Data, hoped: float | None, level: float, found: list[Finding]) -> tuple[int | None, list[Finding]]:
    """Answer how many items a bar needs for metrics whose spread follows from no formula."""
    bar = data.task.bar
    assert bar is not None  # noqa: S101 - the caller has looked
    target = hoped if hoped is not None else hoped_score(data.task.metric, bar)
    needed = items_planned(data.task, data.truth, bar=bar, hoped=target, level=level)
    template = N_(
        "About {needed} items show with 80% power that a true score of {hoped:.4g} reaches the bar {bar}, if errors are like "
        "random noise; there are {n}."
    )
    return needed, found + _needed_findings(template, data.table.name, needed, n=data.truth.n, bar=bar, hoped=target)


def _needed_findings(template: str, where: str, needed: int | None, *, n: int, bar: float, hoped: float) -> list[Finding]:
    if needed is None:
        return []
    severity: Severity = "warn" if n < needed else "note"
    advice = N_("Bring more items, or expect more undecided verdicts.")
    return [finding("items-needed", severity, where, template, advice, hoped=hoped, bar=bar, needed=needed, n=n)]
