"""Chinese, English, or something else."""

from __future__ import annotations

import re

from qiupu.errors import N_, InputError

_ENGLISH = (
    "the of and to in a is that for on with as by this at from be are or which it an will shall has have its was were not any all"
)
ENGLISH = frozenset(_ENGLISH.split())
"""Words that hold English sentences together and say nothing of their matter."""
BILINGUAL = re.compile(r"[甲乙]\s*方|协议|合同|备忘录|签署|签约")
"""A text in both languages is read by its Chinese, in which the parties stand in full."""
LEAST_ENGLISH_SHARE = 0.12


def language_of(text: str) -> str:
    """Return ``zh`` or ``en``.

    Raises
    ------
    InputError
        When the text is in neither language, or holds too few words to tell.
    """
    sample = text[:20_000]
    han = len(re.findall(r"[\u4e00-\u9fff]", sample))
    kana = len(re.findall(r"[\u3040-\u30ff]", sample))
    other = len(re.findall(r"[\u0370-\u1fff\uac00-\ud7af]", sample))
    words = re.findall(r"[A-Za-z\u00c0-\u024f]+", sample)
    letters = sum(len(word) for word in words)
    if han + letters + other + kana < 10:
        raise InputError(
            N_("There are too few words to read."), cure=N_("Paste the whole text of the agreement or report."), code="too-short"
        )
    if (kana * 12 > han + kana and kana > 10) or other > (han * 2 + letters) / 2:
        raise _other_language()
    if han * 3 >= letters or (han * 8 >= letters and han >= 40 and BILINGUAL.search(sample)):
        return "zh"
    share = sum(word.lower() in ENGLISH for word in words) / max(1, len(words))
    least = 0.03 if re.search(r"(?i)\b(?:agreement|memorandum|contract|undersigned|signed)\b", sample) else LEAST_ENGLISH_SHARE
    if (share < least and len(words) > 30) or (share < 0.03 and len(words) > 12):
        raise _other_language()
    return "en"


def _other_language() -> InputError:
    return InputError(
        N_("The text is neither Chinese nor English; only these two are read."),
        cure=N_("Translate it first, or choose the language yourself if this is a mistake."),
        code="language",
    )
