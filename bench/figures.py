"""How a benchmark tells its figures: one line each, ``name | measured | target | yes`` (``no``; ``-`` when there is no target).

Parts print such lines among whatever else they print; ``python -m bench`` collects them into one table.
"""

from __future__ import annotations

from dataclasses import dataclass

MET = {True: "yes", False: "no", None: "-"}


@dataclass(frozen=True)
class Figure:
    """One measured figure. ``met`` is None when nothing was promised."""

    name: str
    measured: str
    target: str = "-"
    met: bool | None = None

    def line(self) -> str:
        return " | ".join(part.replace("|", "/").strip() for part in (self.name, self.measured, self.target, MET[self.met]))


def show(name: str, measured: str, target: str = "-", met: bool | None = None) -> Figure:
    """Print a figure at once and return it."""
    figure = Figure(name, measured, target, met)
    print(figure.line(), flush=True)
    return figure


def parse(line: str) -> Figure | None:
    """Return the figure of a line, None when the line is none."""
    parts = [part.strip() for part in line.split(" | ")]
    if len(parts) != 4 or parts[3] not in MET.values():
        return None
    met = next(key for key, word in MET.items() if word == parts[3])
    return Figure(parts[0], parts[1], parts[2], met)


def table(figures: list[tuple[str, Figure]]) -> str:
    """Return the figures as an aligned table with the part that each comes from."""
    rows = [("part", "figure", "measured", "target", "met?")]
    rows += [(part, one.name, one.measured, one.target, MET[one.met]) for part, one in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
