"""How a run that failed says why, in both languages."""

from __future__ import annotations

from qiupu.errors import N_, Conflict, QiupuError


def lost() -> QiupuError:
    """Return what is said of a run that gave no sign for too long."""
    return Conflict(N_("The last run was lost with its worker."), cure=N_("Start it again."), code="lost")


def sentences_of(error: Exception) -> dict[str, str]:
    """Return the fields ``problem_zh`` and ``problem_en``."""
    if isinstance(error, QiupuError):
        return {"problem_zh": error.message("zh-hans")[:2000], "problem_en": error.message("en")[:2000]}
    return {"problem_zh": type(error).__name__, "problem_en": type(error).__name__}
