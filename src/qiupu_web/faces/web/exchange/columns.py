"""Columns of tables: their names in both languages, and how a cell becomes a value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Choices

from qiupu.errors import N_, InputError
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.queries import stands_for

Parse = Callable[[str], Any]
UNITS = {"万": 10_000, "亿": 100_000_000}
DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")


@dataclass(frozen=True)
class Column:
    """One column. ``choices`` maps what may be written to what is meant, for the notes and drop-downs of a template."""

    name: str
    zh: str
    en: str
    parse: Parse
    is_needed: bool = False
    note_zh: str = ""
    note_en: str = ""
    choices: Mapping[str, str] | None = None

    def title(self, lang: str) -> str:
        """Return the header in a language."""
        return self.zh if lang.startswith("zh") else self.en

    def shown(self, value: object, lang: str) -> str:
        """Return a value as a page shows it: a choice by its name where that is known."""
        named = self.choices.get(str(value)) if self.choices and lang.startswith("zh") else None
        return named or str(value)

    def note(self, lang: str) -> str:
        """Return what to write, in a language."""
        return self.note_zh if lang.startswith("zh") else self.note_en


def folded(header: str) -> str:
    """Return a header without case, spaces and punctuation, to compare it."""
    return re.sub(r"[\W_]+", "", header, flags=re.UNICODE).casefold()


def guess(columns: Iterable[Column], headers: Iterable[str]) -> dict[str, str]:
    """Return which header of a file holds which column: by name, Chinese or English header; the file's first wins."""
    by_fold: dict[str, str] = {}
    for header in headers:
        by_fold.setdefault(folded(header), header)
    found: dict[str, str] = {}
    for column in columns:
        for word in (column.name, column.zh, column.en):
            match = by_fold.get(folded(word))
            if match is not None and match not in found.values():
                found[column.name] = match
                break
    return found


def text(limit: int) -> Parse:
    """Return a parser of text of at most ``limit`` characters."""

    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise InputError(
                N_("The text has {given} characters; {limit} are allowed."),
                cure=N_("Shorten it."),
                code="too-long",
                given=len(cell),
                limit=limit,
            )
        return cell

    return parse


def money(cell: str) -> Decimal:
    """Parse yuan: 380000, 380,000, ¥38万, 0.5亿元."""
    plain = re.sub(r"[,，\s¥￥元]|CNY|RMB", "", cell, flags=re.IGNORECASE)
    size = UNITS.get(plain[-1:], 1)
    try:
        amount = Decimal(plain[:-1] if size > 1 else plain) * size
    except InvalidOperation as error:
        raise _not("number", cell) from error
    if not amount.is_finite() or amount <= 0 or amount >= 10**12:
        raise InputError(N_("{given} is not an amount above 0."), cure=N_("Write yuan, such as 380000."), code="amount", given=cell)
    return amount.quantize(Decimal("0.01"))


def number(cell: str) -> float:
    """Parse a number; a share may be written 85%."""
    plain = cell.replace(",", "").replace("，", "").strip()
    try:
        value = float(plain[:-1]) / 100 if plain.endswith(("%", "％")) else float(plain)
    except ValueError as error:
        raise _not("number", cell) from error
    if not math.isfinite(value):
        raise _not("number", cell)
    return value


def day(cell: str) -> date:
    """Parse a date: 2026-12-15, 2026/12/15, 2026年12月15日."""
    match = DATE.fullmatch(cell.strip())
    if match is None:
        raise _not("date", cell)
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError as error:
        raise _not("date", cell) from error


def flag(cell: str) -> bool:
    """Parse yes or no."""
    word = cell.strip().casefold()
    if word in {"true", "yes", "y", "1", "是", "对"}:
        return True
    if word in {"false", "no", "n", "0", "否", "不是"}:
        return False
    raise _not("yes-no", cell)


def choice(words: type[Choices], names: Mapping[str, tuple[str, str]]) -> Parse:
    """Return a parser of a choice by its code or its name in either language."""
    known: dict[str, str] = {}
    for value in words.values:
        for word in (str(value), *names.get(str(value), ())):
            known[folded(word)] = str(value)

    def parse(cell: str) -> str:
        found = known.get(folded(cell))
        if found is None:
            raise InputError(
                N_("“{given}” is not one of the choices."),
                cure=N_("Write one of: {known}."),
                code="choice",
                given=cell[:60],
                known=", ".join(str(value) for value in words.values),
            )
        return found

    return parse


def organisation(cell: str) -> Organisation:
    """Find an organisation by its code, else by its name in either language; a merged one means the one that stayed."""
    known = Organisation.objects.filter(merged_into__isnull=True)
    rows = Organisation.objects.filter(code=cell)[:1] or known.filter(name_zh=cell)[:2] or known.filter(name_en__iexact=cell)[:2]
    found = list(rows)
    if len(found) != 1:
        raise InputError(
            N_("There is no organisation “{given}”.") if not found else N_("Several organisations are called “{given}”."),
            cure=N_("Bring it in first with the table of organisations, or write its code."),
            code="organisation",
            given=cell[:80],
        )
    return stands_for(found[0].code) or found[0] if found[0].merged_into_id else found[0]


def organisations(cell: str) -> list[Organisation]:
    """Find several organisations, divided by semicolons."""
    found = {organisation(part.strip()) for part in re.split(r"[;；、]", cell) if part.strip()}
    return sorted(found, key=lambda one: one.code)


def _not(kind: str, cell: str) -> InputError:
    cures = {
        "number": (N_("“{given}” is not a number."), N_("Write digits, such as 0.85.")),
        "date": (N_("“{given}” is not a date."), N_("Write it as 2026-12-15.")),
        "yes-no": (N_("“{given}” is neither yes nor no."), N_("Write yes or no.")),
    }
    sentence, cure = cures[kind]
    return InputError(sentence, cure=cure, code=kind, given=cell[:60])
