"""Every error that the engines and the platform raise on purpose.

::

    QiupuError
    ├── InputError            what was given is wrong: exit status 2, HTTP 400
    │   ├── FileError         a file that cannot be read as what it should be
    │   ├── TableError        a table with wrong columns, rows or values
    │   └── MissingExtra      a part of the software that is not installed
    ├── NotAllowed            the actor may not do this: HTTP 403
    ├── NotFound              there is no such thing, or not for this actor: HTTP 404
    ├── Conflict              right in itself, but not in this state: HTTP 409
    └── PlatformError         a fault of ours or of the machine: exit status 3, HTTP 500/503
        └── SandboxUnavailable  untrusted code cannot be contained here, so it is not run

An error says what was wrong, where, and what to do. Its sentences are templates, so that the same error
reads in the reader's language: ``error.message("zh-hans")``. A param may be a ``qiupu.wording.Bilingual``.
"""

from __future__ import annotations

from dataclasses import dataclass

from qiupu.wording import N_, said, translate

__all__ = [
    "N_",
    "Conflict",
    "FileError",
    "InputError",
    "MissingExtra",
    "NotAllowed",
    "NotFound",
    "PlatformError",
    "QiupuError",
    "SandboxUnavailable",
    "TableError",
    "Where",
]


@dataclass(frozen=True)
class Where:
    """A place in what the user gave. Rows count from 1, with the header of a table as row 1."""

    file: str | None = None
    row: int | None = None
    column: str | None = None

    def text(self, lang: str = "en") -> str:
        """Return for example ``entry.csv, row 7, column score``; empty when nothing is known."""
        parts = []
        if self.file is not None:
            parts.append(self.file)
        if self.row is not None:
            parts.append(translate(N_("row {row}"), lang).format(row=self.row))
        if self.column is not None:
            parts.append(translate(N_("column {column}"), lang).format(column=self.column))
        return translate(N_(", "), lang).join(parts)


class QiupuError(Exception):
    """The root. ``template`` and ``cure`` are English templates marked with ``N_`` and filled by ``params``."""

    exit_status = 3
    http_status = 500

    def __init__(
        self,
        template: str,
        *,
        cure: str = "",
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        code: str = "",
        **params: object,
    ) -> None:
        self.template = template
        self.cure_template = cure
        self.where = Where(file, row, column)
        self.code = code or type(self).__name__
        self.params = params
        super().__init__(self.message())

    def sentence(self, lang: str = "en") -> str:
        """What was wrong, without the place and the cure."""
        return translate(self.template, lang).format(**said(self.params, lang))

    def cure(self, lang: str = "en") -> str:
        """What to do about it; empty when nothing can be done."""
        return translate(self.cure_template, lang).format(**said(self.params, lang)) if self.cure_template else ""

    def message(self, lang: str = "en") -> str:
        """Place, sentence and cure in one line."""
        where = self.where.text(lang)
        head = f"{where}: " if where else ""
        between = "" if lang.lower().startswith("zh") else " "  # Chinese writes no blank between sentences
        return between.join(part for part in (head + self.sentence(lang), self.cure(lang)) if part)

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """The same for programs."""
        return {
            "code": self.code,
            "message": self.sentence(lang),
            "cure": self.cure(lang),
            "file": self.where.file,
            "row": self.where.row,
            "column": self.where.column,
        }


class InputError(QiupuError):
    """What was given is wrong."""

    exit_status = 2
    http_status = 400


class FileError(InputError):
    """A file that cannot be read as what it should be."""


class TableError(InputError):
    """A table with wrong columns, rows or values."""


class MissingExtra(InputError):
    """A part of the software that is not installed."""

    http_status = 503

    @classmethod
    def of(cls, extra: str, feature: str) -> MissingExtra:
        """Return the error for a feature that needs the extra ``extra``."""
        return cls(
            N_("{feature} needs a part of Qiupu that is not installed."),
            cure=N_("Install it with: pip install 'qiupu[{extra}]'"),
            feature=feature,
            extra=extra,
        )


class NotAllowed(QiupuError):
    """The actor may not do this."""

    exit_status = 2
    http_status = 403


class NotFound(QiupuError):
    """There is no such thing, or not for this actor."""

    exit_status = 2
    http_status = 404


class Conflict(QiupuError):
    """Right in itself, but not in this state."""

    exit_status = 2
    http_status = 409


class PlatformError(QiupuError):
    """A fault of ours or of the machine."""

    exit_status = 3
    http_status = 500


class SandboxUnavailable(PlatformError):
    """Untrusted code cannot be contained here, so it is not run."""

    http_status = 503
