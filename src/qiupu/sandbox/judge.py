"""From what was observed to a state and a fixed code. What comes from inside is never believed further than its own harm."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass

from qiupu.sandbox.spec import Code, RunResult, RunSpec, State

_STARTED = b"started\n"
_FACTS = re.compile(
    rb"exit=(-?\d{1,3}) cpu=(\d{1,9}\.\d{3}) maxrss_kb=(\d{1,12}) output=(ok|missing|not-a-file|too-big) size=(\d{1,12})\n"
)
_ONNX: dict[int, Code] = {65: "onnx-unreadable", 66: "onnx-input", 67: "onnx-output", 68: "onnx-failed"}
_SIGNALS: dict[int, Code] = {signal.SIGXFSZ: "disk-limit", signal.SIGKILL: "killed"}
_VERDICTS: dict[bytes, Code] = {b"missing": "no-output", b"not-a-file": "output-not-a-file", b"too-big": "output-limit"}


@dataclass(frozen=True)
class Observed:
    """What the host saw itself, and the report from inside as bytes."""

    stopped: Code | None
    report: bytes
    stdout: str
    stderr: str
    peak_bytes: int | None
    memory_refused: bool
    processes_refused: bool
    status: int | None


@dataclass(frozen=True)
class _Report:
    exit_status: int
    cpu: float
    maxrss_kb: int
    verdict: bytes
    output: bytes


def judge(spec: RunSpec, seen: Observed, *, tier: str, seconds: float) -> RunResult:
    """Return the result of a run."""
    report = _parse(seen.report)
    code = _code(spec, seen, report)
    state: State = "supplier-error"
    if code == "ok":
        state = "done"
    elif code in ("time-limit", "cpu-limit"):
        state = "timed-out"
    elif code in ("sandbox-failed", "host-failed"):
        state = "platform-error"
    peak = max(seen.peak_bytes or 0, report.maxrss_kb * 1024 if report else 0)
    output = report.output if report and code == "ok" else None
    return RunResult(
        state=state,
        code=code,
        tier=tier,
        seconds=round(seconds, 3),
        peak_mb=round(min(peak / 2**20, spec.limits.memory_mb), 1) if peak else None,
        rows=count_rows(output) if output is not None else None,
        output=output,
        stdout=seen.stdout,
        stderr=seen.stderr,
        exit_status=report.exit_status if report and report.exit_status >= 0 else None,
    )


def _parse(report: bytes) -> _Report | None:
    if not report.startswith(_STARTED):
        return None
    match = _FACTS.match(report, len(_STARTED))
    if match is None or len(report) - match.end() != (int(match[5]) if match[4] == b"ok" else 0):
        return None
    return _Report(int(match[1]), float(match[2]), int(match[3]), match[4], report[match.end() :])


def _code(spec: RunSpec, seen: Observed, report: _Report | None) -> Code:
    if seen.stopped is not None:
        return seen.stopped
    if seen.memory_refused:
        return "memory-limit"  # even when the program went on without the process that was killed
    if not seen.report.startswith(_STARTED):
        return "sandbox-failed"
    return "no-report" if report is None else _from_report(spec, seen, report)


def _from_report(spec: RunSpec, seen: Observed, report: _Report) -> Code:
    if report.exit_status != 0:
        return _failure(spec, seen, report)
    if report.verdict != b"ok":
        return _VERDICTS[report.verdict]
    return "ok" if report.output else "empty-output"


def _failure(spec: RunSpec, seen: Observed, report: _Report) -> Code:
    status = report.exit_status
    if status == -signal.SIGXCPU or report.cpu >= spec.limits.cpu_seconds:
        return "cpu-limit"
    if status < 0:
        return _SIGNALS.get(-status, "crashed")
    if seen.processes_refused:
        return "process-limit"
    return _ONNX.get(status, "exit-status") if spec.kind == "onnx" else "exit-status"


def count_rows(output: bytes) -> int:
    """Return the number of lines below the header, blank ones left out."""
    return max(0, sum(1 for line in output.splitlines() if line.strip()) - 1)
