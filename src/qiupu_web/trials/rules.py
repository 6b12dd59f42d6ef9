"""What must hold for trials and entries; no database here."""

from qiupu_web.base.lifecycle import Lifecycle, Step
from qiupu_web.trials.enums import EntryState as E
from qiupu_web.trials.enums import ObjectionState as O
from qiupu_web.trials.enums import TrialState as S

TRIAL = Lifecycle(
    "trial",
    {
        S.DRAFT: Step((S.DATA_CHECK, S.VOID), "owner", 60),
        S.DATA_CHECK: Step((S.DRAFT, S.SEALED, S.VOID), "steward", 14),
        S.SEALED: Step((S.PRACTICE, S.OPEN, S.VOID), "steward", 14),
        S.PRACTICE: Step((S.OPEN, S.VOID), "steward", 30),
        S.OPEN: Step((S.CLOSED, S.VOID), "steward", 60),
        S.CLOSED: Step((S.SCORED, S.VOID), "steward", 7),
        S.SCORED: Step((S.REVIEW, S.VOID), "steward", 7),
        S.REVIEW: Step((S.ANNOUNCED, S.VOID), "steward", 7),
        S.ANNOUNCED: Step((S.OBJECTIONS, S.VOID), "steward", 3),
        S.OBJECTIONS: Step((S.PASSED, S.NONE_PASSED, S.UNDECIDED, S.VOID), "auditor", 10),
        S.PASSED: Step((S.VOID,), "owner", 30),
        S.NONE_PASSED: Step((S.VOID,), "", None),
        S.UNDECIDED: Step((S.VOID,), "owner", 30),
        S.VOID: Step(),
    },
    exits=frozenset({S.VOID}),
)
CONCLUDED = (S.PASSED, S.NONE_PASSED, S.UNDECIDED, S.VOID)
HIDDEN_STATES = (S.DRAFT, S.DATA_CHECK)
"""Not shown to the public yet."""

FAILURES = (E.INVALID, E.SUPPLIER_ERROR, E.TIMED_OUT, E.PLATFORM_ERROR, E.CANCELLED)
ENTRY = Lifecycle(
    "entry",
    {
        E.UPLOADED: Step((E.QUEUED, E.CANCELLED), "", 1),
        E.QUEUED: Step((E.VALIDATING, E.CANCELLED, E.PLATFORM_ERROR), "system", 1),
        E.VALIDATING: Step((E.RUNNING, E.SCORED, E.QUEUED, *FAILURES), "system", 1),
        E.RUNNING: Step((E.SCORED, E.QUEUED, *FAILURES), "system", 1),
        E.SCORED: Step((E.QUEUED, E.CANCELLED), "", None),
        E.PLATFORM_ERROR: Step((E.QUEUED, E.CANCELLED), "system", 1),
        E.INVALID: Step(),
        E.SUPPLIER_ERROR: Step(),
        E.TIMED_OUT: Step(),
        E.CANCELLED: Step(),
    },
)
WAITING = (E.QUEUED, E.VALIDATING, E.RUNNING)

OBJECTION = Lifecycle(
    "objection",
    {
        O.DRAFT: Step((O.FILED,), "supplier", None),
        O.FILED: Step((O.ANSWERED, O.UPHELD, O.DECLINED, O.INVALID), "auditor", 10),
        O.ANSWERED: Step((O.UPHELD, O.DECLINED), "auditor", 5),
        O.UPHELD: Step(),
        O.DECLINED: Step(),
        O.INVALID: Step(),
    },
)

TERMS_VERSION = "2026-1"
LARGEST_ENTRY_MB = 50
PROGRAM_DAYS = 90
"""Days after the conclusion at which code and models are deleted; the terms say so."""

SUFFIXES = {"predictions": (".csv", ".parquet", ".xlsx"), "onnx": (".onnx",), "code": (".zip", ".py")}
"""What each kind of entry may be called."""

RUN_LIMITS: dict[str, float] = {"seconds": 180.0, "cpu_seconds": 300, "memory_mb": 2048, "disk_mb": 256, "processes": 64}
"""What one run of an entry may use; shown to suppliers."""

MOST_ATTEMPTS = 3
RETRY_S = 30
"""A fault of ours is tried again after this many seconds, twice that, and so on."""

LOST_S = 60
"""A queued entry whose task is gone is queued again after this many seconds."""

PUBLIC_LOG = 20_000
"""Characters of the log of the public run that are kept."""


def kind_of_file(name: str) -> str | None:
    """Return the kind of entry that a file name stands for; None when it is none."""
    lower = name.lower()
    return next((kind for kind, suffixes in SUFFIXES.items() if lower.endswith(suffixes)), None)


def memory_bucket(peak_mb: float | None) -> str:
    """Return a coarse bucket of memory; empty when it was not measured."""
    if peak_mb is None:
        return ""
    return next((name for limit, name in ((256, "<256MB"), (1024, "<1GB")) if peak_mb < limit), ">=1GB")


def outcome_of(verdicts: list[str]) -> str:
    """Return the state in which a trial is concluded, from the verdicts of its suppliers' entries."""
    if "pass" in verdicts:
        return S.PASSED
    return S.UNDECIDED if "undecided" in verdicts else S.NONE_PASSED


def is_better(value: float, other: float, direction: str) -> bool:
    """Return whether a value is strictly better than another."""
    return value > other if direction == "higher" else value < other
