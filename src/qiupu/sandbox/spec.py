"""What is run, within which limits, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from qiupu.errors import N_, InputError

Kind = Literal["code", "onnx"]
State = Literal["done", "supplier-error", "timed-out", "platform-error"]
Code = Literal[
    "ok",
    "exit-status",
    "crashed",
    "killed",
    "time-limit",
    "cpu-limit",
    "memory-limit",
    "process-limit",
    "disk-limit",
    "log-limit",
    "output-limit",
    "no-output",
    "empty-output",
    "output-not-a-file",
    "no-report",
    "onnx-unreadable",
    "onnx-input",
    "onnx-output",
    "onnx-failed",
    "sandbox-failed",
    "host-failed",
]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "ok": N_("The entry ran and wrote its predictions."),
        "exit-status": N_("The program ended with an error."),
        "crashed": N_("The program crashed."),
        "killed": N_("The program was killed from inside."),
        "time-limit": N_("The program took longer than the trial allows."),
        "cpu-limit": N_("The program used more processor time than the trial allows."),
        "memory-limit": N_("The program used more memory than the trial allows."),
        "process-limit": N_("The program started more processes than the trial allows."),
        "disk-limit": N_("The program wrote more to disk than the trial allows."),
        "log-limit": N_("The program printed more than the trial allows."),
        "output-limit": N_("The predictions are larger than the trial allows."),
        "no-output": N_("The program ended without writing predictions."),
        "empty-output": N_("The file of predictions is empty."),
        "output-not-a-file": N_("What stands where the predictions should be is not a plain file."),
        "no-report": N_("The program broke off the sandbox's own report."),
        "onnx-unreadable": N_("The runtime cannot load the ONNX model."),
        "onnx-input": N_("The ONNX model does not take one float32 input of shape [n, d] with the task's columns."),
        "onnx-output": N_("The ONNX model's outputs do not have one row for each item."),
        "onnx-failed": N_("The ONNX model failed while it ran."),
        "sandbox-failed": N_("The sandbox did not start; this is no fault of the entry."),
        "host-failed": N_("The machine could not prepare or finish the run; this is no fault of the entry."),
    }
)
"""A sentence for each fixed code."""

_COARSE: Mapping[str, str] = MappingProxyType({"done": "ok", "timed-out": "limit", "platform-error": "platform"})
_LIMIT_CODES = {"memory-limit", "process-limit", "disk-limit", "log-limit", "output-limit"}


@dataclass(frozen=True)
class Limits:
    """What one run may use. Everything is enforced; nothing is advice.

    Attributes
    ----------
    seconds : float
        Wall time, from the start of the sandbox to its end; 0.1 to 86,400.
    cpu_seconds : int
        Processor time of each single process.
    memory_mb : int
        Memory of all processes and of the files that they write, together; at least 64.
    disk_mb : int
        Size of the private temporary file system; of ``/dev/shm`` as well.
    files : int
        Number of files and folders on the temporary file system.
    processes : int
        Processes and threads at one time; at least 4.
    output_mb : float
        Size of the predictions.
    log_kb : int
        What standard output and standard error may each hold before the run is stopped.
    threads : int
        What the usual numerical libraries are told to use.
    """

    seconds: float = 300.0
    cpu_seconds: int = 600
    memory_mb: int = 2048
    disk_mb: int = 512
    files: int = 20_000
    processes: int = 128
    output_mb: float = 64.0
    log_kb: int = 1024
    threads: int = 2

    def __post_init__(self) -> None:
        """Refuse limits that nothing could run under, or that limit nothing."""
        ranges: dict[str, tuple[float, float]] = {
            "seconds": (0.1, 86_400),
            "cpu_seconds": (1, 864_000),
            "memory_mb": (64, 1_048_576),
            "disk_mb": (1, 1_048_576),
            "files": (16, 10_000_000),
            "processes": (4, 4096),
            "output_mb": (0.001, 4096),
            "log_kb": (1, 1_048_576),
            "threads": (1, 256),
        }
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(
                    N_("The limit {name} is {value}."),
                    cure=N_("Choose a value from {low} to {high}."),
                    code="limit-range",
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                )

    @property
    def output_bytes(self) -> int:
        """The cap on the predictions, in bytes."""
        return int(self.output_mb * 2**20)


@dataclass(frozen=True)
class RunSpec:
    """One run: the entry's files, its inputs, its limits.

    Attributes
    ----------
    kind : {"code", "onnx"}
        Code is run as ``python predict.py --input DIR --output FILE``; a model by the sandbox's own ONNX program.
    files : mapping of str to bytes
        The entry, by path within it; read-only at ``/entry``.
    inputs : mapping of str to bytes or Path
        What the entry may read, copied read-only to ``/input``. Never put labels here.
    limits : Limits
    """

    kind: Kind
    files: Mapping[str, bytes]
    inputs: Mapping[str, bytes | Path]
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse an entry without its main file, and names that lead elsewhere."""
        main = "predict.py" if self.kind == "code" else "model.onnx"
        if main not in self.files:
            raise InputError(
                N_("The entry has no {main}."),
                cure=N_("Put {main} at the top of the archive."),
                code="no-main-file",
                main=main,
            )
        for name in (*self.files, *self.inputs):
            if not is_plain_path(name):
                raise InputError(N_("The name {name} is not a plain relative path."), code="name", name=name)
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))
        object.__setattr__(self, "inputs", MappingProxyType(dict(self.inputs)))


@dataclass(frozen=True)
class HiddenView:
    """What a supplier may learn of a run over hidden data: too little to carry the data out.

    ``code`` is one of ``ok``, ``failed``, ``limit``, ``platform``; ``seconds`` is a coarse bucket.
    """

    state: State
    code: Literal["ok", "failed", "limit", "platform"]
    seconds: str


@dataclass(frozen=True)
class RunResult:
    """What came of a run. ``stdout`` and ``stderr`` are tails; the caller decides who may see them.

    Attributes
    ----------
    state : State
    code : Code
        The reason, from a fixed list; ``WORDS[code]`` is its sentence.
    tier : str
        What contained the run: ``bubblewrap/root/cgroup1`` and so on.
    seconds : float
        Wall time, the sandbox's own start included.
    peak_mb : float or None
        Most memory seen, in MiB; None when the run ended before it could be read.
    rows : int or None
        Lines of the predictions below the header; None without predictions.
    output : bytes or None
        The predictions, only when ``state`` is ``done``.
    exit_status : int or None
        Of the entry's program; None when it did not end by itself.
    """

    state: State
    code: Code
    tier: str
    seconds: float
    peak_mb: float | None = None
    rows: int | None = None
    output: bytes | None = field(default=None, repr=False)
    stdout: str = field(default="", repr=False)
    stderr: str = field(default="", repr=False)
    exit_status: int | None = None

    def __post_init__(self) -> None:
        """Keep state, code and output in agreement."""
        if (self.state == "done") != (self.output is not None) or (self.state == "done") != (self.code == "ok"):
            raise ValueError(f"state {self.state} with code {self.code} and output {self.output is not None}")

    def hidden_view(self) -> HiddenView:
        """Return what may be shown of a run over hidden inputs."""
        coarse = _COARSE.get(self.state) or ("limit" if self.code in _LIMIT_CODES else "failed")
        return HiddenView(self.state, coarse, bucket_of(self.seconds))  # type: ignore[arg-type]  # one of the four words

    def without_output(self) -> RunResult:
        """Return the same as a supplier error, for a caller that finds the predictions unusable."""
        return replace(self, state="supplier-error", code="no-output", output=None, rows=None)


def bucket_of(seconds: float) -> str:
    """Return a coarse bucket: ``<1min``, ``<10min``, ``<1h`` or ``>=1h``."""
    for limit, name in ((60, "<1min"), (600, "<10min"), (3600, "<1h")):
        if seconds < limit:
            return name
    return ">=1h"


def is_plain_path(name: str) -> bool:
    """Return whether ``name`` is relative, stays inside, and is spelt plainly: no ``..``, backslash, colon, control character."""
    parts = name.split("/")
    if not name or len(name) > 240 or len(parts) > 12 or "\\" in name or ":" in name:
        return False
    if any(ord(char) < 32 or ord(char) == 127 or 0xD800 <= ord(char) <= 0xDFFF for char in name):
        return False
    return all(part not in ("", ".", "..") and len(part.encode()) <= 200 for part in parts)
