"""Fold a text onto one way of writing, character by character, so that every offset stays what it was.

Full-width digits, letters and marks become half-width, typographic quotes plain, Traditional characters Simplified.
Rules look at the folded text; quotes are cut from the original.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "traditional.txt"
"""Two lines of equal length, from the dictionary of OpenCC (Apache-2.0); see ``tools/traditional.py``."""

PLAIN = {
    "“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "‘": "'", "’": "'",
    "\u00a0": " ", "\u3000": " ", "\u2003": " ", "\u2002": " ", "\t": " ", "\u200b": " ", "\r": " ",
    "（": "(", "）": ")", "［": "[", "］": "]", "：": ":", "；": ";", "／": "/", "．": ".", "％": "%", "〔": "(", "〕": ")",
    "‐": "-", "‑": "-", "–": "-", "—": "-", "﹣": "-", "－": "-", "·": "·", "•": "·", "‧": "·", "・": "·", "○": "〇",
}  # fmt: skip


@cache
def folding_table() -> dict[int, str]:
    """Return the table for ``str.translate``: code point to one character."""
    old, new = TABLE.read_text(encoding="utf-8").splitlines()[:2]
    table = {ord(a): b for a, b in zip(old, new, strict=True)}
    for code in range(0xFF01, 0xFF5F):  # full-width digits, letters and marks; the comma of Chinese texts above all
        table[code] = chr(code - 0xFEE0)
    table.update({ord(a): b for a, b in PLAIN.items()})
    return table


def fold(text: str) -> str:
    """Return the text folded; it has the same length, so offsets hold in both."""
    return text.translate(folding_table())


def traditional_share(text: str) -> float:
    """Return the share (0 to 1) of Chinese characters that are Traditional forms."""
    table = folding_table()
    chinese = [char for char in text if "\u4e00" <= char <= "\u9fff"]
    return sum(ord(char) in table for char in chinese) / len(chinese) if chinese else 0.0
