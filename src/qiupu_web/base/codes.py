"""The word of a thing in addresses and files: given by a person, or made from its name."""

from __future__ import annotations

import hashlib
import re

from django.db.models import Model

from qiupu.errors import N_, Conflict, InputError

LONGEST = 60
RESERVED = frozenset(
    {
        "new",
        "mine",
        "benchmarks",
        "scenario",
        "board",
        "template",
        "export",
        "import",
        "duplicates",
        "merges",
        "elsewhere",
        "brochures",
    }
)
"""Words that stand in addresses where a code would stand."""
SHAPE = re.compile(r"[-a-zA-Z0-9_]+")


def word_of(name: str, prefix: str) -> str:
    """Return a word from a name; a name without Latin letters gives ``prefix`` and a few digits of its hash."""
    word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:48].strip("-")
    return word or f"{prefix}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def take_code(model: type[Model], code: str, *, name: str, prefix: str) -> str:
    """Return the code of a new row: the given one when it is free and well-formed, else one made from ``name``.

    Raises
    ------
    InputError
        When the given code has characters that an address cannot carry, or is too long.
    Conflict
        When it is taken.
    """
    rows = model._default_manager
    if code:
        if len(code) > LONGEST or not SHAPE.fullmatch(code) or code.lower() in RESERVED:
            raise InputError(
                N_("“{word}” cannot be a code."),
                cure=N_("Use at most {longest} Latin letters, digits, hyphens and underscores, and no word of the addresses here."),
                column="code",
                code="bad-code",
                word=code[:80],
                longest=LONGEST,
            )
        if rows.filter(code=code).exists():
            raise Conflict(N_("The code {word} is taken."), cure=N_("Choose another one."), column="code", code="taken", word=code)
        return code
    first = word_of(name, prefix)
    taken = RESERVED | set(rows.filter(code__startswith=first).values_list("code", flat=True))
    if first not in taken:
        return first
    return next(word for word in (f"{first}-{number}" for number in range(2, len(taken) + 3)) if word not in taken)
