"""What a trial measures: a task file and its schema."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from qiupu.errors import N_, FileError, InputError
from qiupu.files import decode
from qiupu.measures import KINDS, Kind, Metric, metric_named, metrics_for

TRUTH_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "forecast": ("series", "time", "target"),
    "anomaly": ("id", "target"),
    "classification": ("id", "target"),
    "regression": ("id", "target"),
    "retrieval": ("query", "item", "relevance"),
}
ENTRY_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "forecast": ("series", "time", "prediction"),
    "anomaly": ("id", "score"),
    "classification": ("id", "prediction"),
    "regression": ("id", "prediction"),
    "retrieval": ("query", "item", "score"),
}
KEY_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "forecast": ("series", "time"),
    "anomaly": ("id",),
    "classification": ("id",),
    "regression": ("id",),
    "retrieval": ("query", "item"),
}
TEXT_COLUMNS = ("id", "series", "time", "query", "item")
"""Columns that are read as text, so that 007 stays 007."""


@dataclass(frozen=True)
class Task:
    """A task file.

    Parameters
    ----------
    id : str
    kind : str
        forecast, anomaly, classification, regression or retrieval.
    metrics : tuple of str
    primary : str
        The metric that ranks and decides; the first one when not given.
    season : int
        Rows in a season, for scaled forecast errors.
    top : int
        The k of retrieval metrics.
    window : int
        Largest buffer of VUS-PR, in rows.
    coverage : float
        Level of the central interval that coverage is about.
    group : str, optional
        A column of the truth: its values are drawn whole when the test is imagined again.
    block : str or int, optional
        Without ``group``: ``row``, ``day``, ``series``, or a number of rows that stay together.
    classes : tuple of str
        All classes; those of the truth when not given.
    bar : float, optional
        The acceptance bar of the primary metric.
    """

    id: str
    kind: Kind
    metrics: tuple[str, ...]
    primary: str
    title: str = ""
    season: int = 1
    top: int = 10
    window: int = 100
    coverage: float = 0.8
    group: str | None = None
    block: str | int | None = None
    classes: tuple[str, ...] = ()
    bar: float | None = None

    def __post_init__(self) -> None:
        """Check every value."""
        _require(self.kind in KINDS, N_("The kind must be one of {known}, not {given}."), known=", ".join(KINDS), given=self.kind)
        _require(bool(self.metrics), N_("The task names no metric."))
        for name in (*self.metrics, self.primary):
            metric_named(name, self.kind)
        _require(
            self.primary in self.metrics,
            N_("The primary metric {name} is not among the task's metrics."),
            name=self.primary,
        )
        _require(
            self.metric.can_be_primary,
            N_("{name} cannot be the primary metric: it can be raised by saying less."),
            name=self.primary,
        )
        for name, number, least in (("season", self.season, 1), ("top", self.top, 1), ("window", self.window, 0)):
            _require(number >= least, N_("{name} must be {least} at least, not {given}."), name=name, least=least, given=number)
        _require(0 < self.coverage < 1, N_("coverage must lie between 0 and 1, not {given}."), given=self.coverage)
        good = self.block is None or self.block in ("row", "day", "series") or (isinstance(self.block, int) and self.block > 0)
        _require(good, N_("block must be row, day, series or a number of rows, not {given}."), given=self.block)
        _require(len(set(self.classes)) == len(self.classes), N_("A class is named twice."))

    @property
    def metric(self) -> Metric:
        """The primary metric."""
        return metric_named(self.primary, self.kind)

    @property
    def truth_columns(self) -> tuple[str, ...]:
        """The columns that a truth file must have."""
        return TRUTH_COLUMNS[self.kind] + ((self.group,) if self.group else ())

    @property
    def entry_columns(self) -> tuple[str, ...]:
        """The columns that an entry usually has."""
        return ENTRY_COLUMNS[self.kind]

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns by which an entry is joined to the truth."""
        return KEY_COLUMNS[self.kind]

    def as_dict(self) -> dict[str, object]:
        """For programs; ``load_task`` reads it back."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def _require(is_good: bool, template: str, **params: Any) -> None:
    if not is_good:
        raise InputError(template, cure=N_("Correct the task file; see qiupu score --schema."), code="task", **params)


def load_task(source: str | Path | bytes | Mapping[str, object], *, name: str = "task.toml") -> Task:
    """Read a task from a path, the text or bytes of a TOML file, or a mapping.

    A ``str`` with a line break or an equals sign is taken as TOML text, another as a path.

    Raises
    ------
    FileError
        When the file cannot be read or is no TOML.
    InputError
        When a key is unknown or missing, or a value is wrong.
    """
    if isinstance(source, Mapping):
        return _task_of(source)
    if isinstance(source, Path) or (isinstance(source, str) and "\n" not in source and "=" not in source):
        name = Path(source).name
        try:
            source = Path(source).read_bytes()
        except OSError as error:
            raise FileError(
                N_("The task file cannot be opened: {reason}."),
                cure=N_("Check the path."),
                file=name,
                code="unreadable",
                reason=error.strerror or "?",
            ) from error
    text = decode(source, name=name).text if isinstance(source, bytes) else source
    try:
        return _task_of(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FileError(
            N_("The task file is no valid TOML: {reason}."),
            cure=N_("Correct the line; see qiupu score --schema."),
            file=name,
            code="toml",
            reason=str(error),
        ) from error


def _task_of(values: Mapping[str, object]) -> Task:
    known = {field.name for field in fields(Task)}
    unknown = sorted(set(values) - known)
    _require(not unknown, N_("The task has unknown keys: {names}."), names=", ".join(unknown))
    for key in ("id", "kind"):
        _require(isinstance(values.get(key), str) and bool(values[key]), N_("The task has no {key}."), key=key)
    schema = task_schema()["properties"]
    assert isinstance(schema, dict)  # noqa: S101 - told to the type checker
    for key, value in values.items():
        _check_type(key, value, schema[key]["type"])
    ready: dict[str, object] = {key: value for key, value in values.items() if value is not None}
    for key in ("metrics", "classes"):
        listed = ready.get(key)
        if isinstance(listed, list | tuple):
            ready[key] = tuple(str(item) for item in listed)
    metrics = ready.get("metrics", ())
    primary = ready.get("primary")
    if primary and not metrics:
        ready["metrics"] = metrics = (primary,)
    if isinstance(metrics, tuple) and metrics and not primary:
        ready["primary"] = metrics[0]
    ready.setdefault("metrics", ())
    ready.setdefault("primary", "")
    return Task(**ready)  # type: ignore[arg-type]  # types were checked against the schema just above


def _check_type(key: str, value: object, allowed: list[str]) -> None:
    names = {
        "string": isinstance(value, str),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "array": isinstance(value, list | tuple) and all(isinstance(item, str | int) for item in value),
        "null": value is None,
    }
    good = any(names[name] for name in allowed)
    _require(good, N_("{key} must be of the type {allowed}."), key=key, allowed="/".join(allowed))


def task_schema() -> dict[str, object]:
    """Return the JSON schema of a task file, with the metrics of each kind."""
    texts: dict[str, tuple[list[str], str]] = {
        "id": (["string"], "name of the task"),
        "kind": (["string"], "what kind of answer is measured"),
        "metrics": (["array"], "names of metrics, see x-metrics"),
        "primary": (["string"], "the metric that ranks and decides; default: the first of metrics"),
        "title": (["string"], "a title for people"),
        "season": (["integer"], "rows in a season (forecast); default 1"),
        "top": (["integer"], "k of retrieval metrics; default 10"),
        "window": (["integer"], "largest buffer of vus_pr in rows; default 100"),
        "coverage": (["number"], "level of the central interval; default 0.8"),
        "group": (["string", "null"], "a column of the truth whose values are drawn whole"),
        "block": (["string", "integer", "null"], "without group: row, day, series, or a number of rows that stay together"),
        "classes": (["array"], "all classes; default: those of the truth"),
        "bar": (["number", "null"], "acceptance bar of the primary metric"),
    }
    properties: dict[str, dict[str, object]] = {key: {"type": types, "description": words} for key, (types, words) in texts.items()}
    properties["kind"]["enum"] = list(KINDS)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Qiupu task file (TOML)",
        "type": "object",
        "required": ["id", "kind", "metrics"],
        "additionalProperties": False,
        "properties": properties,
        "x-metrics": {kind: [metric.as_dict() for metric in metrics_for(kind)] for kind in KINDS},
        "x-truth-columns": {kind: list(columns) for kind, columns in TRUTH_COLUMNS.items()},
        "x-entry-columns": {kind: list(columns) for kind, columns in ENTRY_COLUMNS.items()},
    }
