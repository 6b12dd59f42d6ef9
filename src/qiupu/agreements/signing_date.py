"""The date of an English agreement: every date near its head or its signatures is weighed by what stands around it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np

from qiupu.agreements.calibration import calibrated
from qiupu.agreements.dates import FoundDate
from qiupu.agreements.party_words_en import SIGNING
from qiupu.agreements.undersigned_en import undersigned

WEIGHTS = Path(__file__).parent / "data" / "date_weights.json"
CUT = 0.35
"""Below this raw probability the reader abstains: such a date was right less than half the time."""
HEAD = 7000
TAIL = 4500
OPENING = re.compile(r"(?i)\b(?:made|entered|executed|concluded|signed|is\s+made|agreement)\b[^;.]{0,140}$")
DATED = re.compile(r"(?i)\b(?:dated|date|dated\s+as\s+of|dated:|date:)\s*[:,]?\s*(?:as\s+of\s+)?(?:the\s+|this\s+)?[\"(\s]*$")
AS_OF = re.compile(r"(?i)\bas\s+of\s*,?\s*(?:the\s+|this\s+)*[\"(\s]*$")
ON_THIS = re.compile(r"(?i)\b(?:on|this|into|made)\s+(?:the\s+|this\s+)*[\"(\s]*$")
EFFECTIVE = re.compile(
    r"(?i)\beffective\s*(?:date\b)?\s*(?:\(?\"?[^.;]{0,20})?(?:as\s+of|on|from|is|means|:)?\s*,?\s*(?:the\s+|"
    r"this\s+)*[\"(:\s]*$"
)
DONE = re.compile(r"(?:^|\n)\s*(?:Done|DONE|Signed|Executed)\s+(?:at|in)\s+[A-Z][^.;\n]{1,50}?,?\s+(?:on\s+)?(?:the\s+|this\s+)*$")
PAPER = re.compile(r"(?i)\b(?:agreement|contract|memorandum|amendment|statement|guarantee|lease)\b")
BETWEEN = re.compile(r"(?i)^[^;]{0,160}?\b(?:between|among|by)\b")
OTHER = re.compile(
    r"(?i)\b(?:certain|original\w*|previous\w*|prior|existing|letter\s+agreement|engagement\s+letter|filed|"
    r"pursuant|act\s+of|note|lease|mortgage|prospectus|registration|"
    r"(?:month|quarter|year|period)s?\s+ended|ending|since|founded|incorporated|"
    r"between\s+\w+\s+and\s+\w+\s+dated|amended|supplement\w*|even\s+date)\b[^.;]{0,70}$"
)
TERM = re.compile(
    r"(?i)\b(?:expir\w*|terminat\w*|until|through|by|before|ending|end|commenc\w*|begin\w*|start\w*|"
    r"later\s+than|prior\s+to|after|from|delivery|due|payable|paid)\s+(?:on|as\s+of|at|the|than|of|"
    r"to)?\s*(?:the\s+)?$"
)
SIGNED_LABEL = re.compile(
    r"(?i)(?:date|dated|signed(?:\s+on)?|day\s+and\s+year|this|executed)\s*[:.]?\s*(?:as\s+of\s+)?(?:the\s+|this\s+)?[_\s]*$"
)
SOURCE = re.compile(r"(?i)source:[^\n]{0,120}$")
THIS_MADE = re.compile(
    r"(?i)\bth[ie]s?e?\s+(?:[\w\"\',&()-]+\s+){0,9}?(?:agreement|contract|amendment|memorandum|"
    r"addendum)\b(?:(?!\b(?:that|certain|pursuant)\b)[^.;]){0,160}?\b(?:made|entered|dated|effective|executed|"
    r"concluded|signed|as\s+of|is)\b[^.;]{0,60}$"
)
THAT_MADE = re.compile(
    r"(?i)\b(?:under|to|the|that|that\s+certain|an?|such|said|of)\s+(?:\w+\s+){0,6}?(?:agreement|contract|"
    r"lease|letter|memorandum)\s*(?:\([^()]*\))?\s*,?\s*(?:effective|dated|made|"
    r"entered\s+into)(?:\s+as)?(?:\s+of|\s+on)?\s*$"
)
SIGNING_WORDS = re.compile(r"(?i)(?:executed|signed|witness\s+whereof|hereunto|year\s+first)[^;]{0,150}$")
DUE = re.compile(r"(?i)\b(?:before|until|no\s+later\s+than|not\s+later\s+than|expires?\s+on|deadline\s+(?:of|is))\s+(?:the\s+)?$")
SIGNATURE = re.compile(r"/s/|\bBy\s*:|Signature|\bName\s*:|Printed Name|\bTitle\s*:|Its\s*:|[Ss]igned\b")
RECITAL = re.compile(r"\bWHEREAS|RECITALS|Recitals|BACKGROUND|WITNESSETH|DEFINITIONS|Definitions\b")
NAMES = (
    "bias", "opening", "dated", "as_of", "on_this", "effective_before", "effective_after", "paper_before",
    "between_after", "other", "term", "early", "depth", "full", "partial", "after_recitals", "signature", "label",
    "repeats", "first", "line_alone", "party_after", "page_head", "slashes", "this_made", "that_made",
    "latest_signed", "signing_words", "place_before", "near_signature", "date_label_after", "made_elsewhere",
    "signature_alone", "signed_alone", "label_alone", "latest_alone",
)  # fmt: skip


def dated_candidates(text: str, found: list[FoundDate]) -> tuple[list[FoundDate], np.ndarray]:
    """Return the dates that may be the agreement's, and their features, shape ``(n, k)``."""
    signing = [match.start() for match in SIGNING.finditer(text) if match.start() > len(text) * 0.3]
    tail = signing[0] if signing else max(HEAD, len(text) - TAIL)
    recital = RECITAL.search(text, 150)
    limit = recital.start() if recital else 3000
    kept, rows = [], []
    for one in found:
        if DUE.search(text, max(0, one.start - 40), one.start):
            continue
        near_end = tail <= one.start < tail + TAIL or bool(
            SIGNATURE.search(text, max(0, one.start - 300), min(len(text), one.end + 60))
        )
        if not (one.start < HEAD or near_end) or SOURCE.search(text[max(0, one.start - 140) : one.start]):
            continue
        kept.append(one)
        rows.append(_features(text, one, found, near_end and one.start >= HEAD // 3, limit, len(kept) == 1))
    ends = [one.value for one, row in zip(kept, rows, strict=True) if row[NAMES.index("signature")] and one.is_full]
    for one, row in zip(kept, rows, strict=True):
        row[NAMES.index("latest_signed")] = float(bool(ends) and row[NAMES.index("signature")] > 0 and one.value == max(ends))
    made = any(row[NAMES.index("this_made")] and not row[NAMES.index("that_made")] for row in rows)
    for row in rows:
        row[NAMES.index("made_elsewhere")] = float(made and not row[NAMES.index("this_made")])
        alone = ("near_signature", "signature", "label", "latest_signed")
        for name, plain in zip(NAMES[-4:], alone, strict=True):
            row[NAMES.index(name)] = 0.0 if made else row[NAMES.index(plain)]
    return kept, np.array(rows, dtype=float).reshape(len(rows), len(NAMES))


def _features(  # noqa: PLR0917  what a date is weighed by
    text: str, one: FoundDate, found: list[FoundDate], near_end: bool, limit: int, first: bool
) -> list[float]:
    before, after = text[max(0, one.start - 220) : one.start], text[one.end : one.end + 240]
    close = before[-90:]
    left, right = text.rfind("\n", 0, one.start) + 1, text.find("\n", one.end)
    alone = len(text[left : one.start].strip()) + len(text[one.end : right if right >= 0 else len(text)].strip()) < 14
    return [
        1.0,
        float(bool(OPENING.search(before))),
        float(bool(DATED.search(close))),
        float(bool(AS_OF.search(close))),
        float(bool(ON_THIS.search(close))),
        float(bool(EFFECTIVE.search(close))),
        float(
            bool(
                re.match(
                    r"\s*,?\s*\(?\s*(?:the\s+|hereinafter\s+)?\"?(?:effective|agreement|execution|contract|"
                    r"commencement)\s+date",
                    after,
                    re.IGNORECASE,
                )
            )
        ),
        float(bool(PAPER.search(before))),
        float(bool(BETWEEN.match(after))),
        float(bool(OTHER.search(close))),
        float(bool(TERM.search(close))),
        float(one.start < 900),
        min(1.0, one.start / HEAD),
        float(one.is_full),
        float(not one.is_full and len(one.value) <= 4),
        float(one.start > limit and not near_end),
        float(near_end),
        float(bool(SIGNED_LABEL.search(close)) and near_end),
        min(1.0, sum(other.value == one.value for other in found) / 4),
        float(first),
        float(alone),
        float(bool(re.match(r"[^.]{0,200}(?:Inc|LLC|Ltd|Corp|Limited|L\.P|Company)\b", after))),
        float(one.start < 120),
        float(bool(re.fullmatch(r"[\d/.\-\s]+", text[one.start : one.end]))),
        float(bool(THIS_MADE.search(before))),
        float(bool(THAT_MADE.search(before))),
        0.0,
        float(bool(SIGNING_WORDS.search(before))),
        float(bool(re.search(r"(?:\n|^)\s*[A-Z][A-Za-z/ ]{2,30},\s*$", before))),
        float(bool(SIGNATURE.search(before) or SIGNATURE.search(after[:60]))),
        float(bool(re.match(r"[\s.]*\(?[Dd]ate\)?", after))),
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
    ]


@cache
def _model() -> tuple[np.ndarray, dict[str, list[float]]]:
    """Return the weights and the table that turns raw probabilities into shares of right dates."""
    model = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(model["weights"], dtype=float), model["calibration"]


def expand(rows: np.ndarray) -> np.ndarray:
    """Add the products of all pairs, shape ``(n, k)`` to ``(n, k + k (k - 1) / 2)``."""
    k = rows.shape[1]
    return np.column_stack([rows, *[rows[:, i] * rows[:, j] for i in range(1, k) for j in range(1, i)]])


def date_of_agreement(text: str, found: list[FoundDate]) -> tuple[FoundDate, float] | None:
    """Return the likeliest date with its probability, or None when none is likely enough."""
    signers = undersigned(text)
    above = [one for one in found if signers and one.is_full and 0 <= signers[0].start - one.end < 120]
    if above:
        return above[-1], 0.9
    done = [one for one in found if one.is_full and DONE.search(text, max(0, one.start - 90), one.start)]
    if done:
        return done[-1], 0.9
    kept, rows = dated_candidates(text, found)
    if not kept:
        return None
    weights, table = _model()
    chance = 1 / (1 + np.exp(-(expand(rows) @ weights)))
    best = int(np.argmax(chance))
    return (kept[best], calibrated(float(chance[best]), table)) if chance[best] >= CUT else None
