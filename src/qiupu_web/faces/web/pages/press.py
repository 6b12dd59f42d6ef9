"""The press: sets pages by Typst. Run by itself as a program, so that the site's processes stay small; it knows nothing of Django.

Reads one JSON object from standard input (``folder`` of fonts or empty, ``at`` in seconds, ``jobs`` with form, kind and data) and
writes for each job the length of its result in 8 bytes, then the result. Ends with ``NO_FONT`` or ``NOT_INSTALLED`` when it
cannot work.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

FORMS = Path(__file__).parent / "paper_forms"
NO_FONT, NOT_INSTALLED = 3, 4
TEXT_FAMILIES = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "SimHei", "PingFang SC", "Droid Sans Fallback", "AR PL UMing CN", "SimSun",
)  # fmt: skip
TITLE_FAMILIES = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "SimSun", "Songti SC")
SHARPNESS = 200
"""Dots an inch of a picture in a Word file."""


def main() -> int:
    """Set every job of standard input."""
    asked = json.load(sys.stdin.buffer)
    try:
        import typst
    except ImportError:
        return NOT_INSTALLED
    folder = asked["folder"]
    fonts = typst.Fonts(include_system_fonts=not folder, font_paths=[folder] if folder else [])
    known = set(fonts.families())
    text = [name for name in TEXT_FAMILIES if name in known]
    if not text:
        return NO_FONT
    families = {"fonts": text, "title_fonts": [name for name in TITLE_FAMILIES if name in known] or text}
    for job in asked["jobs"]:
        compiler = typst.Compiler(root=FORMS, font_paths=fonts)
        made = compiler.compile(
            FORMS / job["form"],
            format=job["kind"],
            ppi=SHARPNESS,
            sys_inputs={"data": json.dumps({**job["data"], **families}, ensure_ascii=False)},
            timestamp=asked["at"],
        )
        if not isinstance(made, bytes):
            raise TypeError(f"{job['form']}: a picture is one sheet")
        sys.stdout.buffer.write(struct.pack(">Q", len(made)) + made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
