"""Code and models: looked at before they are kept, and run in the sandbox only, never beside the labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from qiupu.errors import InputError
from qiupu.sandbox import WORDS, BubblewrapRunner, Limits, RunResult, RunSpec, open_sandbox, probe
from qiupu.sandbox.inputs import model_inputs
from qiupu.sandbox.intake import take_code, take_model
from qiupu.wording import translate
from qiupu_web.trials.bridge.facts import ProgramRun, Sources
from qiupu_web.trials.bridge.marking import score_public, stored
from qiupu_web.trials.bridge.preparing import table_of
from qiupu_web.trials.rules import RUN_LIMITS, memory_bucket

OURS = "platform-error"


@dataclass(frozen=True)
class Inputs:
    """The tables of a run: what lies beside the program as ``inputs.csv`` and ``history.csv``."""

    table: bytes = field(repr=False)
    history: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Outcome:
    """What came of a program: a failure's state and code, or its predictions for the hidden items."""

    state: str
    code: str
    run: ProgramRun
    output: bytes | None = field(default=None, repr=False)


def take_program(kind: str, data: bytes, name: str) -> dict[str, bytes]:
    """Return the files of a program after a look inside; nothing is run or unpickled.

    Raises
    ------
    InputError
        When an archive is dangerous, a model needs other files, or ``predict.py`` is missing.
    """
    return take_code(data, name=name) if kind == "code" else take_model(data, name=name)


def known_history(sources: Sources, public_truth: bytes) -> bytes | None:
    """Return what a forecaster knows before the hidden part: the history and the public sample."""
    if sources.history is None:
        return None
    past = table_of(stored(sources.history), "history.csv").frame
    shown = table_of(public_truth, "public.csv").frame
    columns = [name for name in ("series", "time", "target") if name in past.columns and name in shown.columns]
    numbers = pl.col("target").cast(pl.Float64)
    return pl.concat([past.select(columns).with_columns(numbers), shown.select(columns).with_columns(numbers)]).write_csv().encode()


def run_program(
    *,
    kind: str,
    data: bytes,
    name: str,
    columns: tuple[str, ...],
    public: Inputs,
    hidden: Inputs,
    score: Callable[[bytes], Any],
    tell: Callable[[str], None],
) -> Outcome:
    """Run a program on the public sample, which its supplier may see, then on the hidden inputs, of which she sees coarse words.

    ``score`` measures the public predictions; ``tell`` says how far the work is. Labels are in neither run.

    Raises
    ------
    SandboxUnavailable
        When nothing can be contained here; then nothing is run.
    """
    files = take_program(kind, data, name)
    tell("public")
    first = _run(kind, files, public, columns)
    log = _log_of(first)
    if first.state != "done" or first.output is None:
        state = first.state
        return Outcome(state, "platform" if state == OURS else "public-failed", ProgramRun(first.tier, log))
    try:
        shown = score(first.output)
    except InputError as error:
        sentences = "\n".join(error.message(lang) for lang in ("zh-hans", "en"))
        return Outcome("supplier-error", "public-failed", ProgramRun(first.tier, f"{log}\n{sentences}"))
    tell("hidden")
    second = _run(kind, files, hidden, columns)
    view = second.hidden_view()
    run = ProgramRun(second.tier, log, shown, view.seconds, memory_bucket(second.peak_mb))
    if second.state == "done" and second.output is not None:
        return Outcome("done", "", run, second.output)
    return Outcome(second.state, {"limit": "limit", "platform": "platform"}.get(view.code, "failed"), run)


def score_of_public(sources: Sources, public_truth: bytes) -> Callable[[bytes], Any]:
    """Return the function that scores a program's predictions for the public sample."""
    return lambda output: score_public(sources, public_truth, output, "predictions.csv")


def _run(kind: str, files: Mapping[str, bytes], inputs: Inputs, columns: tuple[str, ...]) -> RunResult:
    limits = Limits(
        seconds=RUN_LIMITS["seconds"],
        cpu_seconds=int(RUN_LIMITS["cpu_seconds"]),
        memory_mb=int(RUN_LIMITS["memory_mb"]),
        disk_mb=int(RUN_LIMITS["disk_mb"]),
        processes=int(RUN_LIMITS["processes"]),
    )
    if kind == "code":
        given: dict[str, bytes | Path] = {"inputs.csv": inputs.table}
        if inputs.history is not None:
            given["history.csv"] = inputs.history
        return _runner().run(RunSpec("code", files, given, limits))
    table = table_of(inputs.table, "inputs.csv")
    keys = [name for name in ("id", "series", "time", "query", "item") if name in table.frame.columns]
    chosen = table.frame.select([*keys, *columns])
    return _runner().run(RunSpec("onnx", files, model_inputs(type(table)(chosen, table.name, table.sha256)), limits))


@cache
def _runner() -> BubblewrapRunner:
    return open_sandbox()


def _log_of(result: RunResult) -> str:
    lines = [f"{translate(WORDS[result.code], lang)}" for lang in ("zh-hans", "en")]
    return "\n".join([*lines, result.stdout, result.stderr]).strip()


def sandbox_tier() -> tuple[str, str, str]:
    """Return the tier that runs programs here, or an empty one with the reason in Chinese and English."""
    found = probe()
    if found.error is None:
        return found.tier or "", "", ""
    return "", found.error.message("zh-hans"), found.error.message("en")
