"""The house stands: import contracts, short files, clean migrations, no address of another host in a page."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
LONGEST = 400


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_engine_imports_django() -> None:
    found = [
        path
        for path in (SRC / "qiupu").rglob("*.py")
        if re.search(r"^\s*(from|import) (django|ninja|qiupu_web)", path.read_text(), re.M)
    ]
    assert found == []


def test_files_stay_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SRC.rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_no_file_has_a_name_that_explains_nothing() -> None:
    bad = {"utils", "helpers", "services", "core", "manager", "misc", "common"}
    assert [path for path in SRC.rglob("*.py") if path.stem in bad] == []


@pytest.mark.django_db
def test_migrations_are_clean() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_pages_name_no_other_host_and_nothing_inline() -> None:
    for path in [*SRC.rglob("*.html"), *SRC.rglob("*.css"), *SRC.rglob("static/**/*.js")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href|url\()\s*=?\s*["'(]?https?://""", text), path
        if path.suffix == ".html":
            assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), path
