"""Write the table of settings into docs/operate.md and docs/operate.zh.md, between its two marks; a test compares."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import polib

from qiupu_web.configuration import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "src/qiupu_web/locale/configuration/zh_Hans/LC_MESSAGES/django.po"
HEADS = {"en": "| variable | default | what for |", "zh": "| 变量 | 默认值 | 用途 |"}
PAGES = {"en": ROOT / "docs/operate.md", "zh": ROOT / "docs/operate.zh.md"}
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"


def _chinese() -> Mapping[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE)) if entry.msgstr}


def table(language: str) -> str:
    """Return the table in ``en`` or ``zh``; a sentence without Chinese stays English."""
    words = _chinese() if language == "zh" else {}
    lines = [HEADS[language], "| --- | --- | --- |"]
    lines += [
        f"| `{one.name}` | {f'`{one.default}`' if one.default else '–'} | {words.get(one.help, one.help)} |" for one in SETTINGS
    ]
    return "\n".join(lines)


def main() -> int:
    """Replace what stands between the marks of each page."""
    for language, page in PAGES.items():
        text = page.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN, 1)
        page.write_text(f"{head}{BEGIN}\n{table(language)}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
