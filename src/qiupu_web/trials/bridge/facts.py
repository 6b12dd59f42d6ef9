"""What crosses between rows and engines: plain frozen records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from numpy import float64
from numpy.typing import NDArray

from qiupu import __version__
from qiupu.trials import group_title
from qiupu_web.trials.models import Trial, TrialVersion


@dataclass(frozen=True)
class Question:
    """What a trial asks: kind of task, metric, bar."""

    code: str
    kind: str
    metric: str
    direction: str
    bar: float
    level: float
    quota: int


def question_of(trial: Trial) -> Question:
    """Return a trial's question."""
    return Question(trial.code, trial.kind, trial.metric, trial.direction, trial.bar, trial.level, trial.quota)


@dataclass(frozen=True)
class Sources:
    """What is needed beside labels to read them: the task, and the hash of the stored history."""

    task: dict[str, Any]
    history: str | None


@dataclass(frozen=True)
class VersionFacts:
    """The public side of a version, for its seal."""

    task: dict[str, Any]
    seed: int
    public_truth: str
    public_inputs: str | None
    hidden_inputs: str | None
    history: str | None


def version_facts(version: TrialVersion) -> VersionFacts:
    """Return the hashes of a version's public files."""
    return VersionFacts(
        version.task, version.seed, version.public_truth_id, version.public_inputs_id, version.hidden_inputs_id, version.history_id
    )


@dataclass(frozen=True)
class Prepared:
    """Data that were read, split and checked. The two hidden truths go into the vault and nowhere else."""

    task: dict[str, Any]
    public_truth: bytes
    feedback_truth: bytes = field(repr=False)
    final_truth: bytes = field(repr=False)
    public_inputs: bytes
    hidden_inputs: bytes
    history: bytes | None
    example_entry: bytes
    columns: tuple[str, ...]
    findings: tuple[dict[str, str], ...]
    n_public: int
    n_feedback: int
    n_final: int
    n_groups_final: int
    items_needed: int | None


@dataclass(frozen=True)
class Figure:
    """A measured number. ``value`` is None when it is undefined."""

    metric: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    method: str
    engine_version: str = __version__


@dataclass(frozen=True)
class Measured:
    """An entry on the feedback split: what the Ladder asks for. Made from hidden labels, so never stored, logged or shown."""

    metric: str
    value: float | None
    n: int
    contributions: NDArray[float64] | None = field(repr=False)


@dataclass(frozen=True)
class ProgramRun:
    """What may be kept of a program's two runs: all of the public one, coarse words of the hidden one."""

    tier: str
    public_log: str = field(default="", repr=False)
    public_score: tuple[Figure, ...] | None = None
    seconds_bucket: str = ""
    memory_bucket: str = ""


@dataclass(frozen=True)
class Contender:
    """An entry that counts, with its predictions for the hidden items."""

    entry_id: int
    name: str
    is_baseline: bool
    sha256: str
    predictions: bytes = field(repr=False)
    file: str


@dataclass(frozen=True)
class FinalRow:
    """One entry on the final split."""

    entry_id: int
    verdict: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    n_needed: int | None
    method: str
    survives_holm: bool | None
    rank_low: int | None
    rank_high: int | None
    tie_group: int | None
    predictions_sha256: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class FinalBoard:
    """All entries on the final split."""

    rows: tuple[FinalRow, ...]
    seed: int


@dataclass(frozen=True)
class Sealed:
    """A manifest to publish, its hash, and the salts that stay hidden."""

    manifest: dict[str, Any]
    sha256: str
    salts: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class ReceiptCheck:
    """One thing that the verification of a receipt looked at; ``ok`` is None where there was nothing to compare."""

    code: str
    ok: bool | None
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class ReceiptAnswer:
    """Whether a receipt stands, what was looked at, and what it says."""

    is_valid: bool
    checks: tuple[ReceiptCheck, ...]
    payload: dict[str, Any]
    key: str


def group_words(version: TrialVersion, lang: str) -> str:
    """Return what is resampled as one, for people; empty when the task names no column for it."""
    named = str(version.task.get("group") or "")
    return group_title(named, lang) if named else ""
