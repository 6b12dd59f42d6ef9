"""The wheel without extras: it builds, imports, is small, and passes the engines' tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST_MB = 400
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _run(*words: str, **environment: str) -> str:
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def _pip(python: Path, *words: str) -> None:
    _run(str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *words)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and what it requires, nothing more."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    _run(sys.executable, "-m", "venv", str(folder / "env"))
    python = folder / "env/bin/python"
    _pip(python, "--require-hashes", "-r", "requirements/base.txt")
    _pip(python, "--no-deps", str(next(folder.glob("qiupu-*.whl"))))
    return folder / "env"


def test_it_is_light(installed: Path) -> None:
    """What the packages ship and the bytecode that the installer writes beside them; the installer itself is not counted."""
    packages = installed / "lib/python3.11/site-packages"
    parts = [one for one in packages.iterdir() if one.name.split("-")[0] not in {"pip", "setuptools"}]
    size = sum(path.stat().st_size for one in parts for path in (one, *one.rglob("*")) if path.is_file()) / 1e6
    assert size < LARGEST_MB, f"{size:.0f} MB"
    print(f"plain install: {size:.0f} MB")


def test_it_reads_an_agreement_and_speaks_chinese(installed: Path, tmp_path: Path) -> None:
    text = tmp_path / "report.md"
    text.write_text(
        "# 报道\n\n12月24日，池州市人民政府与澜境智能签署战略合作协议。市长表示，希望双方推动智慧旅游项目落地。\n", encoding="utf-8"
    )
    assert "commitments" in _run(str(installed / "bin/qiupu"), "read", str(text), "--json")
    done = subprocess.run(
        [str(installed / "bin/qiupu"), "read", "nothing.md"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QIUPU_LANG": "zh"},
    )
    assert done.returncode == 2
    assert any("\u4e00" <= char <= "\u9fff" for char in done.stderr)


def test_it_passes_the_engines_tests(installed: Path) -> None:
    python = installed / "bin/python"
    _pip(python, "--require-hashes", "-r", "requirements/test.txt")
    plain = installed / "pytest.ini"  # the project's own settings name plug-ins that a light environment does not have
    plain.write_text("[pytest]\nmarkers =\n  slow\n  browser\n  sandbox\n", encoding="utf-8")
    words = ["-m", "pytest", "tests/engines", "-q", "-p", "no:cacheprovider", "-m", "not slow and not sandbox", "-x"]
    words += ["-c", str(plain), "--rootdir", str(ROOT), "--import-mode=importlib"]
    done = _run(str(python), *words, QIUPU_RUNTIME=str(ROOT / ".venv-runtime"))
    assert " passed" in done
