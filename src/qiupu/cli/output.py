"""A readable table for people, one JSON document for programs; progress and notes go to standard error."""

from __future__ import annotations

import json as jsonlib
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qiupu.wording import translate


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value).replace("\n", " ")


def format_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return aligned columns; wide characters count two."""
    cells = [list(header), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(header))]
    lines = ["  ".join(text + " " * (widths[i] - _width(text)) for i, text in enumerate(row)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


@dataclass(frozen=True)
class Output:
    """Where a command's answer goes."""

    json: bool
    lang: str

    def document(self, value: object) -> None:
        """Print the one JSON document; NaN is refused, since missing is null."""
        jsonlib.dump(value, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write("\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table."""
        print(format_table([translate(name, self.lang) for name in header], rows))

    def line(self, template: str, **params: object) -> None:
        """Print a sentence of the answer, in the terminal's language; mark the template with ``N_``."""
        print(translate(template, self.lang).format(**params))

    def note(self, template: str, **params: object) -> None:
        """Say something beside the answer, on standard error; mark the template with ``N_``."""
        print(translate(template, self.lang).format(**params), file=sys.stderr)
