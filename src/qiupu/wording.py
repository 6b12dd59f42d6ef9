"""Sentences in the reader's language, by the standard library's gettext.

Each engine keeps its own catalogue, ``locale/zh_Hans/LC_MESSAGES/<engine>.po``; the build turns it into
the ``.mo`` that is read here. English is the language of the templates themselves.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
_more: list[Path] = []


def N_(template: str) -> str:
    """Mark a template for translation; returns it as it is."""
    return template


class Term(str):
    """A template that stands inside another as a parameter, and is translated with it."""

    __slots__ = ()


def add_catalogues(*folders: Path) -> None:
    """Look in these ``locale`` folders too: a platform above the engines has sentences of its own."""
    _more.extend(folder for folder in folders if folder not in _more)
    _catalogue.cache_clear()


@cache
def _catalogue(folder: str) -> gettext.NullTranslations:
    first: gettext.NullTranslations = gettext.NullTranslations()
    for path in sorted(path for root in (LOCALE, *_more) for path in (root / folder / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as stream:
            first.add_fallback(gettext.GNUTranslations(stream))
    return first


def translate(template: str, lang: str) -> str:
    """Return the template in ``lang`` (``en``, ``zh``, ``zh-hans``, ``zh_CN`` ...); English when unknown."""
    if not template or not lang.lower().startswith("zh"):
        return template
    return _catalogue("zh_Hans").gettext(template)


@dataclass(frozen=True)
class Bilingual:
    """A name that a sentence says in its reader's language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en


def said(params: Mapping[str, object], lang: str) -> dict[str, object]:
    """Return what fills a template, with every ``Bilingual`` and every ``Term`` in the reader's language."""
    return {name: _said(value, lang) for name, value in params.items()}


def _said(value: object, lang: str) -> object:
    if isinstance(value, Bilingual):
        return value.zh if lang.lower().startswith("zh") else value.en
    return translate(value, lang) if isinstance(value, Term) else value


def language_of_terminal() -> str:
    """Return ``zh`` or ``en`` from ``QIUPU_LANG``, else from the locale of the terminal."""
    for name in ("QIUPU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
