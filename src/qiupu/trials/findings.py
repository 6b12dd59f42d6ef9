"""What a look at the data found: a code, how grave, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qiupu.wording import translate

Severity = Literal["block", "warn", "note"]
ORDER: dict[str, int] = {"block": 0, "warn": 1, "note": 2}


@dataclass(frozen=True)
class Finding:
    """One finding. A trial does not open while one of severity ``block`` stands."""

    code: str
    severity: Severity
    where: str
    template: str
    advice_template: str
    params: tuple[tuple[str, object], ...] = ()

    def __post_init__(self) -> None:
        """Check the severity."""
        if self.severity not in ORDER:
            msg = f"no severity {self.severity}"
            raise ValueError(msg)

    def text(self, lang: str = "en") -> str:
        """What was found."""
        return translate(self.template, lang).format(**dict(self.params))

    def advice(self, lang: str = "en") -> str:
        """What to do about it."""
        return translate(self.advice_template, lang).format(**dict(self.params))

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "text": self.text(lang),
            "advice": self.advice(lang),
        }


def finding(code: str, severity: Severity, where: str, template: str, advice: str, **params: object) -> Finding:
    """Return a finding with its parameters."""
    return Finding(code, severity, where, template, advice, tuple(sorted(params.items())))


@dataclass(frozen=True)
class CheckReport:
    """All findings, gravest first; ``ok`` when none blocks."""

    findings: tuple[Finding, ...]
    items_needed: int | None = None
    n: int | None = None

    @property
    def ok(self) -> bool:
        """Whether a trial may open."""
        return all(found.severity != "block" for found in self.findings)

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {
            "ok": self.ok,
            "findings": [found.as_dict(lang) for found in self.findings],
            "n": self.n,
            "items_needed": self.items_needed,
        }


def report(findings: list[Finding], *, items_needed: int | None = None, n: int | None = None) -> CheckReport:
    """Return the report with the findings in order."""
    ordered = sorted(findings, key=lambda found: (ORDER[found.severity], found.code, found.where))
    return CheckReport(tuple(ordered), items_needed, n)
