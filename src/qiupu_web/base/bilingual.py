"""Things named in both languages: ``title_zh`` and ``title_en``; the reader gets hers, else the other one, marked as such."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language, override

from qiupu.wording import Bilingual


@dataclass(frozen=True)
class Words:
    """A text and the language it is in."""

    text: str
    lang: str

    def __str__(self) -> str:
        return self.text


def pick(zh: str, en: str, lang: str | None = None) -> Words:
    """Return the text in ``lang`` (the reader's when not given), falling back to the other language."""
    wanted = "zh" if (lang or get_language() or "en").startswith("zh") else "en"
    first, second = (zh, en) if wanted == "zh" else (en, zh)
    other = "en" if wanted == "zh" else "zh"
    return Words(first, wanted) if first else Words(second, other)


def words(row: object, name: str, lang: str | None = None) -> Words:
    """Return the field ``name`` of a row that has ``<name>_zh`` and ``<name>_en``."""
    return pick(getattr(row, f"{name}_zh"), getattr(row, f"{name}_en"), lang)


def both(label: object) -> Bilingual:
    """Return what a label of the platform's own says in each language, for a sentence whose reader is not known yet."""
    said = []
    for lang in ("zh-hans", "en"):
        with override(lang):
            said.append(str(label() if callable(label) else label))
    return Bilingual(*said)


def state_words(row: object) -> Bilingual:
    """Return the word of a row's state in both languages; its code where it has no word."""
    return both(getattr(row, "get_state_display", None) or getattr(row, "state"))  # noqa: B009 - any row with a state
