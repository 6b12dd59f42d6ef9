"""The language of a passage, by its script: enough to keep vectors of one language together."""

from __future__ import annotations

import re

LANGUAGES = ("zh", "en", "other", "none")
"""Chinese, English (any text in Latin letters), another script, and no letters at all."""

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a]+")
_OTHER = re.compile(r"[\u0370-\u1fff\uac00-\ud7ff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
HAN_PER_WORD = 1.5
"""Chinese characters in a word of middle length: the two scripts are counted in words, not in characters."""


def language_of(text: str) -> str:
    """Return ``zh``, ``en``, ``other`` or ``none``; a mixed passage has the language of most of its words.

    Examples
    --------
    >>> language_of("基于 AI 的产线缺陷检测")
    'zh'
    >>> language_of("Visitor flow forecasts for Mount Jiuhua (九华山)")
    'en'
    """
    han = len(_HAN.findall(text)) / HAN_PER_WORD
    latin = len(_LATIN.findall(text))
    other = len(_OTHER.findall(text)) / 5
    kana = len(_KANA.findall(text)) / HAN_PER_WORD
    if kana > han / 4:  # Japanese, whose Chinese characters are not Chinese words
        other, han = other + kana + han, 0.0
    if not (han or latin or other):
        return "none"
    if other > han + latin:
        return "other"
    return "zh" if han >= latin else "en"
