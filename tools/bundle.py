"""Build ``dist/bundle``: wheels of everything that is locked, our own wheel, and a script that installs them without a network."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "dist" / "bundle"
INSTALL = """#!/bin/sh
# Install Qiupu from this folder alone; nothing is fetched from a network. Usage: sh install.sh [FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/qiupu}
python=${PYTHON:-python3.11}
command -v "$python" >/dev/null || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
(cd "$here" && sha256sum --quiet -c SHA256SUMS) || { echo "The bundle is damaged: copy it again."; exit 1; }
mkdir -p "$target"
"$python" -m venv "$target/.venv"
"$target/.venv/bin/python" -m pip install -q --no-index --find-links "$here/wheels" --require-hashes -r "$here/all.txt"
"$target/.venv/bin/python" -m pip install -q --no-index --no-deps "$here"/qiupu-*.whl
"$python" -m venv "$target/.venv-runtime"
"$target/.venv-runtime/bin/python" -m pip install -q --no-index --find-links "$here/wheels" --require-hashes -r "$here/runtime.txt"
echo "Installed. Start it with: QIUPU_RUNTIME=$target/.venv-runtime $target/.venv/bin/qiupu serve"
"""


def main() -> int:
    """Build the bundle anew."""
    shutil.rmtree(BUNDLE, ignore_errors=True)
    (BUNDLE / "wheels").mkdir(parents=True)
    for name in ("all.txt", "runtime.txt"):
        shutil.copy(ROOT / "requirements" / name, BUNDLE / name)
        words = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--require-hashes", "-w", str(BUNDLE / "wheels")]
        subprocess.run([*words, "-r", str(BUNDLE / name)], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(BUNDLE), str(ROOT)], check=True
    )
    (BUNDLE / "install.sh").write_text(INSTALL, encoding="utf-8")
    files = sorted(path for path in BUNDLE.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(BUNDLE)}\n" for path in files]
    (BUNDLE / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    size = sum(path.stat().st_size for path in files) // 1024 // 1024
    print(f"{BUNDLE}: {len(files)} files, {size} MB; on the other machine run: sh install.sh")
    return 0


if __name__ == "__main__":
    sys.exit(main())
