"""Sizes and sums that the texts themselves state: what a need asks at least or at most, and what a capability reaches."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qiupu.text.quantities import Quantity, quantities_of

Array = NDArray[np.float32]
COMPARED = ("m2", "w", "wh", "kg", "m", "s")
"""Kinds of amounts that are compared. Shares are not: one text's share is an accuracy, another's a saving."""
_PLACE = {unit: place for place, unit in enumerate(COMPARED)}
_ONLY_AT_MOST = _PLACE["s"]
"""Of times only "at most" is compared: "at least three years" is about experience or data, not about what is delivered."""
_BUDGET = re.compile(
    r"(?:预算|经费|总投资|投资额?|拟投入|资金|budget)\W*(?:of|is|:|：|为|约|不超过|控制在|at most|up to|about|\s)*$", re.IGNORECASE
)
_PRICE = re.compile(r"(?:报价|价格|售价|总价|造价|price[sd]?|costs?)\W*(?:of|is|from|at|:|：|为|约|起|\s)*$", re.IGNORECASE)
_EACH_BEFORE = re.compile(r"每[^，。；,.;]{0,4}$|\bper\s*$", re.IGNORECASE)
_EACH_AFTER = re.compile(r"\s*(?:/|每|per\b|a (?:year|month|day)\b|an? )", re.IGNORECASE)
_NUMERAL = re.compile(
    r"[0-9０-９]|[一二三四五六七八九十百千两万亿](?:多|余)?(?:元|平|亩|畝|公|瓦|千|兆|米|厘|毫|吨|噸|秒|分|小|天|周|个|個|年)"
)
"""Quickly said: whether there may be an amount at all."""


def asked_sizes(texts: Sequence[str]) -> Array:
    """Return what needs ask for, shape ``(texts, COMPARED, 2)``: at least, at most; NaN where nothing is asked."""
    out = np.full((len(texts), len(COMPARED), 2), np.nan, dtype=np.float32)
    for row, text in enumerate(texts):
        for one in _compared(text):
            place = _PLACE[one.unit]
            if one.bound == "least" and place != _ONLY_AT_MOST:
                out[row, place, 0] = np.fmax(out[row, place, 0], one.value)
            elif one.bound == "most":
                out[row, place, 1] = np.fmin(out[row, place, 1], one.value)
    return out


def offered_sizes(texts: Sequence[str]) -> Array:
    """Return what capabilities state, shape ``(texts, COMPARED, 4)``.

    The largest amount, 1 when that is said to be the most; the smallest amount, 1 when that is said to be the least.
    """
    out = np.full((len(texts), len(COMPARED), 4), np.nan, dtype=np.float32)
    for row, text in enumerate(texts):
        for one in _compared(text):
            place = _PLACE[one.unit]
            if not one.value <= out[row, place, 0]:
                out[row, place, :2] = one.value, one.bound == "most"
            if not one.value >= out[row, place, 2]:
                out[row, place, 2:] = one.value, one.bound == "least"
    return out


def compare_sizes(asked: Array, offered: Array) -> Array:
    """Return 1 where all that is asked is reached, -1 where all of it is out of reach, 0 where it is not known.

    Parameters
    ----------
    asked, offered
        As above; one of them may have a single row, which is held against all of the other.
    """
    with np.errstate(invalid="ignore"):
        met = (offered[..., 0] >= asked[..., 0]).astype(np.float32) + (offered[..., 2] <= asked[..., 1])
        short = ((offered[..., 0] < asked[..., 0]) & (offered[..., 1] == 1)).astype(np.float32)
        short += (offered[..., 2] > asked[..., 1]) & (offered[..., 3] == 1)
    count = (~np.isnan(asked)).sum(axis=(-1, -2))
    return np.asarray((met - short).sum(axis=-1) / np.maximum(count, 1), dtype=np.float32)


def budget_said(text: str) -> float | None:
    """Return the budget in yuan that a need's text names, the largest of several; ``None`` when it names none."""
    return max(_sums(text, _BUDGET), default=None)


def price_said(text: str) -> float | None:
    """Return the lowest price in yuan that a capability's text names, not one by the mu or the month; ``None`` without one."""
    return min(_sums(text, _PRICE), default=None)


def _sums(text: str, cue: re.Pattern[str]) -> list[float]:
    return [
        one.value
        for one in _quantities(text)
        if one.unit == "cny"
        and one.value > 0
        and cue.search(text[max(0, one.start - 16) : one.start])
        and not _EACH_BEFORE.search(text[max(0, one.start - 6) : one.start])
        and not _EACH_AFTER.match(text[one.end : one.end + 8])
    ]


def _compared(text: str) -> list[Quantity]:
    return [one for one in _quantities(text) if one.unit in _PLACE]


def _quantities(text: str) -> tuple[Quantity, ...]:
    return quantities_of(text) if _NUMERAL.search(text) else ()
