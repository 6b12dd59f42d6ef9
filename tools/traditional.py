"""Write the table that folds Traditional characters onto Simplified ones, from the dictionary of OpenCC (Apache-2.0).

Only pairs of single characters are kept, so that a folded text has the same length and offsets as the original.
``python tools/traditional.py`` needs the package ``opencc-python-reimplemented``; the table is committed.
"""

from __future__ import annotations

from pathlib import Path

import opencc

SOURCE = Path(opencc.__file__).parent / "dictionary/TSCharacters.txt"
TARGET = Path(__file__).resolve().parent.parent / "src/qiupu/agreements/data/traditional.txt"


def main() -> None:
    """Keep the pairs whose Simplified side alone is in GB 2312; write them as one line of each side."""
    pairs = []
    for line in SOURCE.read_text(encoding="utf-8").splitlines():
        old, _, new = line.partition("\t")
        new = new.split(" ")[0].strip()
        single = len(old) == 1 and len(new) == 1 and ord(old) < 0x10000
        if single and _is_common(new) and not _is_common(old):
            pairs.append((old, new))
    TARGET.write_text("".join(a for a, _ in pairs) + "\n" + "".join(b for _, b in pairs) + "\n", encoding="utf-8")
    print(f"{len(pairs)} pairs")


def _is_common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
