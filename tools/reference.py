"""Write the reference of the engines into docs/reference, a page an engine, from what the code says; a test compares."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
ENGINES = ("files", "text", "measures", "agreements", "matching", "trials", "sandbox")
_DEFAULT = type("Default", (), {"__repr__": lambda self: "…"})()
NOTE = "<!-- Written by tools/reference.py: change the docstrings, then run it. -->"


def _signature(name: str, thing: Any) -> str:
    """Return how a thing is called, annotations as they are written; "…" stands for a default."""
    try:
        given = inspect.signature(thing)
    except (TypeError, ValueError):
        return name
    shown = given.replace(
        parameters=[
            one.replace(default=one.default if one.default is one.empty else _DEFAULT) for one in given.parameters.values()
        ],
        return_annotation=given.empty if inspect.isclass(thing) else given.return_annotation,
    )
    return name + re.sub(r": '([^']*)'", r": \1", re.sub(r"-> '([^']*)'", r"-> \1", str(shown)))


def _kind(thing: Any) -> str:
    if inspect.isclass(thing):
        if dataclasses.is_dataclass(thing):
            return "data"
        return "protocol" if getattr(thing, "_is_protocol", False) else "class"
    return "function"


def _methods(thing: type) -> list[str]:
    """Return a line for each public method and property that the class itself defines."""
    lines = []
    for name, value in vars(thing).items():
        if name.startswith("_") or (not isinstance(value, (property, staticmethod, classmethod)) and not inspect.isfunction(value)):
            continue
        text = inspect.getdoc(value) or ""
        lines.append(f"* `.{name}` {text.splitlines()[0] if text else ''}".rstrip())
    return sorted(lines)


def _entry(module: ModuleType, name: str) -> list[str]:
    thing = getattr(module, name)
    if not (inspect.isclass(thing) or inspect.isroutine(thing)):
        return [f"### {name}", "", f"A constant: `{type(thing).__name__}`.", ""]
    title = _signature(name, thing)
    lines = [f"### {name}", "", f"{_kind(thing)}, from `{thing.__module__}`", "", "```python", title, "```", ""]
    text = inspect.getdoc(thing) or ""
    if dataclasses.is_dataclass(thing) and text.startswith(f"{name}("):
        text = ""
    lines += ["```text", text, "```", ""] if text else []
    if inspect.isclass(thing):
        methods = _methods(thing)
        lines += [*methods, ""] if methods else []
    return lines


def page(engine: str) -> str:
    """Return an engine's page."""
    module = importlib.import_module(f"qiupu.{engine}")
    lines = [NOTE, "", f"# `qiupu.{engine}`", "", inspect.getdoc(module) or "", ""]
    if "::\n" in lines[4]:
        lines[4] = f"```text\n{lines[4]}\n```"
    names = sorted(module.__all__, key=lambda name: (_kind(getattr(module, name)) != "function", name.lower()))
    for name in names:
        lines += _entry(module, name)
    return "\n".join(lines).rstrip() + "\n"


def metrics() -> str:
    """Return the page of metrics: the whole registry, and the least data that each asks for."""
    from qiupu.measures import REGISTRY
    from qiupu.measures.intervals import LEAST_EVENTS, Method, least_groups

    lines = [NOTE, "", "# Metrics", "", "With fewer independent groups or events than the least, the verdict is “undecided”.", ""]
    lines += ["| metric | task | better | range | method | least groups | least events | source |", "| --- " * 8 + "|"]
    for metric in sorted(REGISTRY.values(), key=lambda one: (one.kind, one.name)):
        method: Method = "studentised"
        if metric.shape == "mean" and metric.is_bounded:
            method = "exact-binomial" if metric.is_binary else "betting"
        ends = [f"{end:g}" if end is not None else "∞" for end in (metric.low, metric.high)]
        ends[0] = "−∞" if metric.low is None else ends[0]
        primary = "" if metric.can_be_primary else " (beside others only)"
        cells = [f"`{metric.name}`{primary}", metric.kind, metric.direction, " … ".join(ends), method]
        cells += [str(least_groups(metric, method)), str(LEAST_EVENTS.get(metric.name, "–")), metric.source.replace("|", "\\|")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Return every page by its path."""
    found = {FOLDER / f"{engine}.md": page(engine) for engine in ENGINES}
    return {**found, FOLDER / "metrics.md": metrics()}


def main() -> int:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
