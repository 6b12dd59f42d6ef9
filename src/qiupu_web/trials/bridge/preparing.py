"""From an owner's tables to a trial's parts: read, split, check, and write out what anybody may have."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from qiupu.errors import N_, InputError, TableError
from qiupu.files import Table, read_table
from qiupu.measures import metric_named, metrics_for
from qiupu.trials import TEXT_COLUMNS, Finding, Task, check, load_task, load_truth, split
from qiupu.trials.columns import parse_times, text_column
from qiupu_web.trials.bridge.facts import Prepared, Question

SPLIT = "split"
PARTS = ("public", "feedback", "final")


def check_question(*, kind: str, metric: str, direction: str, bar: float) -> None:
    """Refuse a metric that does not fit the kind or the direction, or a bar outside its range.

    Raises
    ------
    InputError
    """
    known = metric_named(metric, kind)  # type: ignore[arg-type]  # it says itself when the kind is unknown
    if known.direction != direction:
        raise InputError(
            N_("The metric {name} is better when it is {side}."),
            cure=N_("Correct the direction."),
            column="direction",
            code="direction",
            name=metric,
            side=known.direction,
        )
    if (known.low is not None and bar < known.low) or (known.high is not None and bar > known.high) or bar != bar:  # noqa: PLR0124  # NaN
        raise InputError(
            N_("The bar {bar} lies outside the range of {name}."),
            cure=N_("Shares run from 0 to 1, not to 100."),
            column="bar",
            code="bar",
            bar=bar,
            name=metric,
        )


def metric_choices() -> dict[str, list[tuple[str, str, str]]]:
    """Return, for each kind of task, name, title template and direction of the metrics that may decide a trial."""
    kinds = ("forecast", "anomaly", "classification", "regression", "retrieval")
    return {kind: [(one.name, one.title, one.direction) for one in metrics_for(kind) if one.can_be_primary] for kind in kinds}  # type: ignore[arg-type]  # the five kinds


def table_of(data: bytes, name: str) -> Table:
    """Read a table with its keys as text."""
    return read_table(data, name=name, text_columns=TEXT_COLUMNS)


def units_of(task: Task, table: Table) -> pl.Series:
    """Return the unit (id, series and time, query) of each row, spelt as the engine spells it."""
    if task.kind == "forecast":
        text = text_column(table, "time")
        when = parse_times(text)
        time = text if when is None else when.cast(pl.String)
        series = text_column(table, "series") if "series" in table.frame.columns else pl.repeat("series", len(time), eager=True)
        return pl.select(pl.concat_str(series.alias("series"), time.alias("time"), separator="\t")).to_series()
    return text_column(table, "query" if task.kind == "retrieval" else "id")


def prepare(
    *,
    question: Question,
    task: Mapping[str, Any],
    truth: bytes,
    inputs: bytes | None,
    history: bytes | None,
    example_entry: bytes | None,
    seed: int,
    columns: tuple[str, ...],
) -> Prepared:
    """Read an owner's tables, split them, look at their health and write out the parts.

    Raises
    ------
    InputError
        With the row and column of what cannot be used.
    """
    whole = table_of(truth, "truth.csv")
    past = None if history is None else table_of(history, "history.csv")
    ready = _task_of(question, task, whole)
    labels = whole.frame.drop(SPLIT) if SPLIT in whole.frame.columns else whole.frame
    load_truth(ready, replace(whole, frame=labels), history=past)
    parts = _parts(ready, whole, past)
    given = None if inputs is None else table_of(inputs, "inputs.csv")
    frames = _divide_inputs(ready, whole, labels, parts, given)
    features = columns or _features(ready, frames["public"])
    tables = {part: Table(labels.filter(parts == part), f"{part}.csv", "") for part in PARTS}
    shown = [] if given is None else [given]
    report = check(
        ready, [tables["final"], tables["feedback"], tables["public"]], history=past, bar=question.bar, level=question.level
    )
    more = check(replace(ready, bar=None), [replace(whole, frame=labels), *shown], history=past) if shown else None
    known = {found.code for found in report.findings}
    findings = [*report.findings, *(found for found in (more.findings if more else ()) if found.code not in known)]
    final = load_truth(ready, tables["final"], history=past)
    return Prepared(
        task=ready.as_dict(),
        public_truth=_csv(tables["public"].frame),
        feedback_truth=_csv(tables["feedback"].frame),
        final_truth=_csv(tables["final"].frame),
        public_inputs=_csv(frames["public"]),
        hidden_inputs=_csv(frames["hidden"]),
        history=history,
        example_entry=example_entry or _csv(_example(ready, tables["public"].frame, frames["hidden"])),
        columns=tuple(features),
        findings=tuple(_in_both_languages(found) for found in findings),
        n_public=units_of(ready, tables["public"]).n_unique(),
        n_feedback=units_of(ready, tables["feedback"]).n_unique(),
        n_final=final.n,
        n_groups_final=final.grouping().count,
        items_needed=report.items_needed,
    )


def _task_of(question: Question, task: Mapping[str, Any], whole: Table) -> Task:
    if task.get("kind", question.kind) != question.kind or task.get("primary", question.metric) != question.metric:
        raise InputError(
            N_("The task measures something else than the trial: {kind}, {metric} are wanted."),
            cure=N_("Correct the task's kind and primary metric."),
            column="task",
            code="task",
            kind=question.kind,
            metric=question.metric,
        )
    metrics = [name for name in task.get("metrics", ()) if name != question.metric]
    ready = load_task(
        {**task, "id": question.code, "kind": question.kind, "primary": question.metric, "metrics": [question.metric, *metrics]}
    )
    if ready.kind == "classification" and not ready.classes and "target" in whole.frame.columns:
        ready = replace(ready, classes=tuple(sorted(text_column(whole, "target").drop_nulls().unique().to_list())))
    return replace(ready, bar=question.bar)


def _parts(task: Task, whole: Table, past: Table | None) -> pl.Series:
    """Return the part of each row: as the column ``split`` says, else as the engine divides by a secret seed."""
    if SPLIT in whole.frame.columns:
        given = text_column(whole, SPLIT)
        wrong = ~given.is_in(list(PARTS))
        if wrong.any():
            row = int(wrong.arg_true()[0]) + 2
            raise TableError(
                N_("The column split holds {value}."),
                cure=N_("Write public, feedback or final."),
                file=whole.name,
                row=row,
                column=SPLIT,
                code="split",
                value=given[row - 2],
            )
        lacking = [part for part in PARTS if part not in set(given)]
        if lacking:
            raise TableError(
                N_("The part {part} has no row."), cure=N_("Each part needs items."), file=whole.name, column=SPLIT, part=lacking[0]
            )
        return given
    truth = load_truth(task, whole, history=past)
    # Which item is in which hidden part stays secret, so the seed is drawn here and forgotten.
    divided = split(task, truth, seed=secrets.randbits(62))
    place = {unit: part for part in PARTS for unit in divided.units(part)}  # type: ignore[arg-type]  # the three parts
    return units_of(task, whole).replace_strict(place)


def _divide_inputs(
    task: Task, whole: Table, labels: pl.DataFrame, parts: pl.Series, given: Table | None
) -> dict[str, pl.DataFrame]:
    """Return the inputs of the public and of the hidden items; only the keys when the owner gave none."""
    units = units_of(task, whole)
    keys = list(task.key_columns) if task.kind != "retrieval" else ["query"]
    if given is None:
        frame = labels.select([name for name in dict.fromkeys((*keys, "time")) if name in labels.columns])
        if task.kind == "retrieval":
            kept = frame.select(pl.struct(pl.all()).is_first_distinct()).to_series()
            frame, units, parts = frame.filter(kept), units.filter(kept), parts.filter(kept)
        return {"public": frame.filter(parts == "public"), "hidden": frame.filter(parts != "public").sort(frame.columns)}
    given.require(*[key for key in keys if key != "series"])
    forbidden = [name for name in ("target", "relevance", SPLIT) if name in given.frame.columns]
    if forbidden:
        raise TableError(
            N_("The inputs hold the column {name}, which would give the answer away."),
            cure=N_("Take it out."),
            file=given.name,
            column=forbidden[0],
            code="inputs-leak",
            name=forbidden[0],
        )
    theirs = units_of(task, given)
    place = pl.DataFrame({"unit": units, "part": parts}).unique("unit")
    if theirs.is_duplicated().any() and task.kind != "retrieval":
        row = int(theirs.is_duplicated().arg_true()[1]) + 2
        raise TableError(N_("An item stands twice."), cure=N_("Keep one row for each."), file=given.name, row=row, code="repeated")
    lacking = units.filter(~units.is_in(theirs.implode()))
    if len(lacking):
        raise TableError(
            N_("{count} items of the truth have no input, {first} among them."),
            cure=N_("Add their rows, or take them out of the truth."),
            file=given.name,
            code="no-input",
            count=lacking.n_unique(),
            first=lacking[0].replace("\t", " "),
        )
    side = pl.DataFrame({"unit": theirs}).join(place, on="unit", how="left", maintain_order="left")["part"]
    extra = side.is_null()
    if extra.any():
        raise TableError(
            N_("{count} inputs belong to no item of the truth."),
            cure=N_("Take these rows out."),
            file=given.name,
            row=int(extra.arg_true()[0]) + 2,
            code="extra-input",
            count=int(extra.sum()),
        )
    # Sorted, so that the order of the file does not tell feedback and final apart.
    order = [key for key in task.key_columns if key in given.frame.columns]
    return {"public": given.frame.filter(side == "public"), "hidden": given.frame.filter(side != "public").sort(order)}


def _features(task: Task, frame: pl.DataFrame) -> tuple[str, ...]:
    skip = {*TEXT_COLUMNS, task.group}
    return tuple(
        name for name in frame.columns if name not in skip and (frame.schema[name].is_numeric() or frame.schema[name] == pl.Boolean)
    )


def _example(task: Task, public: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Return a whole entry that knows nothing: right in form, worthless in content."""
    keys = hidden.select([key for key in task.key_columns if key in hidden.columns])
    if task.kind == "classification":
        return keys.with_columns(prediction=pl.lit(public["target"].mode().sort()[0]))
    if task.kind == "regression":
        return keys.with_columns(prediction=pl.lit(round(float(public["target"].cast(pl.Float64).median() or 0.0), 4)))  # type: ignore[arg-type]  # a number
    if task.kind == "anomaly":
        return keys.with_columns(score=pl.lit(0.5))
    if task.kind == "retrieval":
        return keys.unique(maintain_order=True).with_columns(item=pl.lit(str(public["item"][0])), score=pl.lit(1.0))
    overall = round(float(public["target"].cast(pl.Float64).mean() or 0.0), 4)  # type: ignore[arg-type]  # a number
    return keys.with_columns(prediction=pl.lit(overall))


def _in_both_languages(found: Finding) -> dict[str, str]:
    return {
        "code": found.code,
        "severity": found.severity,
        "where": found.where,
        "text_zh": found.text("zh-hans"),
        "text_en": found.text("en"),
        "advice_zh": found.advice("zh-hans"),
        "advice_en": found.advice("en"),
    }


def _csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()
