"""The drawings of the pages for paper: the very SVG that a template writes, with the colours of paper put into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from qiupu_web.faces.templatetags.qiupu import day
from qiupu_web.faces.web.pages.funnel import Bar
from qiupu_web.faces.web.projects.drawing import Gantt

# The tokens of the light page; a picture on paper reads no style sheet.
FUNNEL_INKS = ".full{fill:#2B3236}.hatch{fill:#E3DED3}"
GANTT_INKS = (
    ".tick{stroke:#E3DED3;stroke-width:1.5}.today{stroke:#B5341A;stroke-width:4;stroke-dasharray:5 4}"
    ".met{fill:#1F7A5C}.late{fill:#B5341A;fill-opacity:.25;stroke:#B5341A;stroke-width:2}"
    ".part{fill:#8A6410;fill-opacity:.4;stroke:#8A6410;stroke-width:2}.planned{fill:none;stroke:#667076;stroke-width:2}"
)


def on_paper(svg: str, inks: str) -> str:
    """Put the inks into a drawing, right after its opening tag."""
    head, _close, body = svg.strip().partition(">")
    return f"{head}><style>{inks}</style>{body}"


def funnel_rows(bars: Sequence[Bar]) -> list[dict[str, Any]]:
    """Return the funnel's rows: the word, the drawing, the count and what changed."""
    return [
        {
            "label": bar.label,
            "svg": on_paper(render_to_string("pages/funnel_bar.html", {"bar": bar}), FUNNEL_INKS),
            "count": str(bar.count),
            "lost": f"−{bar.lost}" if bar.lost else "",
            "change": f"{bar.change:+d}" if bar.change else "",
        }
        for bar in bars
    ]


def gantt_of(gantt: Gantt | None) -> dict[str, Any] | None:
    """Return the Gantt drawing: first and last day, and a row for each milestone."""
    if gantt is None:
        return None
    rows = [
        {
            "label": str(one.row),
            "svg": on_paper(render_to_string("projects/gantt_bar.html", {"gantt": gantt, "one": one}), GANTT_INKS),
        }
        for one in gantt.stretches
    ]
    note = _("Dashed line: today.") if gantt.today_x is not None else ""
    return {"from": day(gantt.starts_on), "to": day(gantt.ends_on), "rows": rows, "note": note}
