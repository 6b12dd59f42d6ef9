"""Where the demo city's files are, and how they are read."""

from __future__ import annotations

import csv
import importlib.util
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import qiupu_web
from qiupu.errors import N_, PlatformError


def folder() -> Path:
    """Return the folder of the demo city: beside the sources, or inside the installed package."""
    package = Path(qiupu_web.__file__).resolve().parent
    for path in (package.parent.parent / "examples" / "chizhou", package / "_examples" / "chizhou"):
        if (path / "organisations.csv").is_file():
            return path
    raise PlatformError(N_("The demo city's files are not installed."), cure=N_("Install Qiupu again, or run from a checkout."))


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the city's tables."""
    with (folder() / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def text(name: str) -> str:
    """Return one of the city's texts."""
    return (folder() / name).read_text(encoding="utf-8")


def day(value: str) -> date | None:
    """Return a date, or None when the cell is empty."""
    return date.fromisoformat(value) if value else None


def money(value: str) -> Decimal | None:
    """Return an amount, or None when the cell is empty."""
    return Decimal(value) if value else None


def flag(value: str) -> bool:
    """Return whether a cell says yes."""
    return value.strip().lower() in {"true", "yes", "1"}


@dataclass(frozen=True)
class TrialSource:
    """One trial of the city: its description and the module that builds its data."""

    code: str
    about: dict[str, Any]
    make: ModuleType


def trials() -> list[TrialSource]:
    """Return the city's trials in a fixed order."""
    found = []
    for path in sorted((folder() / "trials").iterdir()):
        if (path / "trial.toml").is_file():
            about = tomllib.loads((path / "trial.toml").read_text(encoding="utf-8"))
            found.append(TrialSource(about["id"], about, _module(path / "make.py", about["id"])))
    return found


def _module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"qiupu_demo_{name}", path)
    if spec is None or spec.loader is None:
        raise PlatformError(N_("The demo city's files are not installed."), cure=N_("Install Qiupu again, or run from a checkout."))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
