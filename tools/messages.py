"""Collect every translatable string, keep the catalogues in step, compile them, and say what is missing.

``python tools/messages.py update``   add new strings to the catalogues, drop the ones that are gone
``python tools/messages.py missing``  list strings without a Chinese translation; exit 1 when there is one
``python tools/messages.py compile``  write the ``.mo`` files
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
KEYWORDS = {
    "N_": None,
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Key = tuple[str | None, str, str | None]


def catalogue_of(path: Path) -> Path:
    """Return the catalogue that holds a source file's strings: one for each engine, concept and face."""
    parts = path.relative_to(SRC).parts
    if parts[0] == "qiupu":
        area = Path(parts[1]).stem if len(parts) > 2 else "qiupu"
        return SRC / "qiupu/locale/zh_Hans/LC_MESSAGES" / f"{area}.po"
    inner = parts[1:]
    if inner[0] == "faces" and len(inner) > 2:
        area = "_".join(inner[1:3]) if inner[1] == "web" and len(inner) > 3 else inner[1]
    else:
        area = Path(inner[0]).stem
    return SRC / "qiupu_web/locale" / area / "zh_Hans/LC_MESSAGES/django.po"


def strings_of(path: Path) -> Iterator[tuple[Key, int]]:
    """Yield (context, singular, plural) and line of each translatable string in a Python file or a template."""
    if path.suffix == ".py":
        with path.open("rb") as stream:
            for line, message, _comments, context in extract("python", stream, keywords=KEYWORDS, options={"encoding": "utf-8"}):
                yield _key(message, context), line
        return
    import django
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    python_like = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for number, line in enumerate(python_like.splitlines(), 1):
        yield from ((key, number) for key in _calls(line))
    if "\n" in python_like:
        for match in re.finditer(CALL, python_like):
            if "\n" in match.group(0):
                yield from ((key, python_like[: match.start()].count("\n") + 1) for key in _calls(match.group(0)))


STRING = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext)\(\s*{STRING}(?:\s*,\s*{STRING})?", re.DOTALL)


def _calls(text: str) -> Iterator[Key]:
    import ast

    for name, first, second in CALL.findall(text):
        one, two = ast.literal_eval(first), ast.literal_eval(second) if second else None
        if name == "pgettext":
            yield (one, two, None)
        else:
            yield (None, one, two if name == "ngettext" else None)


def _key(message: object, context: str | None) -> Key:
    if isinstance(message, tuple):
        return (context, message[0], message[1])
    return (context, str(message), None)


def collect() -> dict[Path, dict[Key, list[str]]]:
    """Return, for each catalogue, its strings and where they stand."""
    found: dict[Path, dict[Key, list[str]]] = {}
    files = [*SRC.rglob("*.py"), *SRC.rglob("*.html"), *SRC.rglob("*.txt")]
    for path in sorted(files):
        if "migrations" in path.parts or "static" in path.parts:
            continue
        for key, _line in strings_of(path):
            if key[1]:
                places = found.setdefault(catalogue_of(path), {}).setdefault(key, [])
                place = str(path.relative_to(ROOT))
                if place not in places:
                    places.append(place)
    return found


def _load(path: Path) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalogue


def update(only: str = "") -> None:
    """Write the catalogues; translations that are there stay."""
    for path, strings in collect().items():
        if only and only not in str(path):
            continue
        catalogue = _load(path)
        known = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None): entry for entry in catalogue}
        for key, entry in known.items():
            if key not in strings:
                catalogue.remove(entry)
        for key, places in strings.items():
            entry = known.get(key)
            if entry is None:
                context, singular, plural = key
                entry = polib.POEntry(msgctxt=context, msgid=singular)
                if plural:
                    entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
                catalogue.append(entry)
            entry.occurrences = [(place, "") for place in sorted(places)]
        catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))


def missing() -> list[str]:
    """Return each string that has no Chinese translation, with its place."""
    lines = []
    for path, strings in collect().items():
        done = {
            (entry.msgctxt, entry.msgid, entry.msgid_plural or None)
            for entry in _load(path)
            if (entry.msgstr or any(entry.msgstr_plural.values())) and not entry.fuzzy
        }
        lines += [f"{places[0]}: {key[1]!r}" for key, places in strings.items() if key not in done]
    return lines


def compile_all() -> None:
    """Write a ``.mo`` beside each ``.po``."""
    for path in SRC.rglob("*.po"):
        half = path.with_suffix(".mo.half")
        polib.pofile(str(path)).save_as_mofile(str(half))
        half.replace(path.with_suffix(".mo"))  # whole or not at all: a site may be reading it


def main() -> int:
    """Run one of the three verbs."""
    verb = sys.argv[1] if len(sys.argv) > 1 else "missing"
    if verb == "update":
        update(sys.argv[2] if len(sys.argv) > 2 else "")
        compile_all()
    elif verb == "compile":
        compile_all()
    lines = missing()
    print("\n".join(lines) if lines else "every string has its Chinese translation")
    return 1 if lines and verb == "missing" else 0


if __name__ == "__main__":
    sys.exit(main())
