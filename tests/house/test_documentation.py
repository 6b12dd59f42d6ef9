"""What can be set and called is documented, and every word has its Chinese."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from qiupu.cli.main import commands

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import reference  # noqa: E402  # lives in tools
import settings_table  # noqa: E402  # lives in tools

DOCS = ROOT / "docs"
TRANSLATED = sorted(page.name.removesuffix(".zh.md") for page in DOCS.glob("*.zh.md"))
BOTH = pytest.mark.parametrize("ending", [".md", ".zh.md"])
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("language", list(settings_table.PAGES))
def test_every_setting_is_documented_as_it_is(language: str) -> None:
    """Run tools/settings_table.py after a change of the settings or of their Chinese."""
    assert settings_table.table(language) in settings_table.PAGES[language].read_text(encoding="utf-8")


def test_the_chinese_table_of_settings_holds_no_english_sentence() -> None:
    rows = settings_table.table("zh").splitlines()[2:]
    assert [row for row in rows if not re.search(r"[\u4e00-\u9fff][^|]*\|$", row)] == []


@BOTH
def test_every_command_is_documented(ending: str) -> None:
    page = (DOCS / f"commands{ending}").read_text(encoding="utf-8")
    assert [name for name in commands() if f"`qiupu {name}" not in page] == []


@BOTH
def test_every_management_command_is_documented(ending: str) -> None:
    folder = ROOT / "src/qiupu_web/faces/management/commands"
    page = (DOCS / f"operate{ending}").read_text(encoding="utf-8")
    names = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    assert [name for name in names if f"qiupu manage {name}" not in page] == []


def test_the_users_documents_are_there_in_chinese() -> None:
    assert {"commands", "how-to", "operate", "threat-model"} <= set(TRANSLATED)


@pytest.mark.parametrize("name", TRANSLATED)
def test_two_languages_of_a_document_keep_step(name: str) -> None:
    """They link each other, show the same code, and have as many headings of each level, in one order."""
    english, chinese = ((DOCS / f"{name}{ending}").read_text(encoding="utf-8") for ending in (".md", ".zh.md"))
    assert f"]({name}.zh.md)" in english
    assert f"]({name}.md)" in chinese
    assert FENCED.findall(chinese) == FENCED.findall(english)
    assert _levels(chinese) == _levels(english)


def test_the_chinese_how_to_names_pages_and_buttons_as_they_are() -> None:
    """What stands between “ and ” is a label of the interface, a column of a table, or a choice in DingTalk."""
    page = (DOCS / "how-to.zh.md").read_text(encoding="utf-8")
    said = {part for quoted in re.findall("“([^”]+)”", page) for part in quoted.split(" → ")}
    assert sorted(said - _labels() - {"加签"}) == []


def _labels() -> set[str]:
    catalogues = [polib.pofile(str(path)) for path in (ROOT / "src/qiupu_web/locale").rglob("*.po")]
    texts = [text for one in catalogues for entry in one for text in (entry.msgstr, *entry.msgstr_plural.values())]
    columns = "".join(path.read_text("utf-8") for path in (ROOT / "src/qiupu_web/faces/web/exchange/kinds").glob("*.py"))
    return {re.split("[<：]", text)[0] for text in texts} | set(re.findall(r'"([\u4e00-\u9fff]+)"', columns))


def _levels(page: str) -> list[str]:
    return re.findall(r"^#+(?= )", FENCED.sub("", page), re.MULTILINE)


def test_every_string_has_its_chinese() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools/messages.py"), "missing"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_links_between_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"<!-- tested -->\n```(?:sh|python)\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
TESTED = [
    pytest.param(text, id=f"{page.name}-{n}") for page in PAGES for n, text in enumerate(BLOCK.findall(page.read_text("utf-8")))
]
SNIPPETS = [
    pytest.param(text, id=f"{page.name}-{n}") for page in PAGES for n, text in enumerate(PYTHON.findall(page.read_text("utf-8")))
]


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("block", TESTED)
def test_commands_in_the_documents_run(block: str, tmp_path: Path) -> None:
    """Each line must succeed, in a folder where only the examples are."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    words = ["bash", "-euo", "pipefail", "-c", block]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, env=_environment())
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.strip()


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_python_in_the_documents_runs(snippet: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    words = [sys.executable, "-W", "error", "-c", snippet]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, env=_environment())
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()


def test_the_readmes_show_commands_that_are_tested() -> None:
    """A page that names the command in a shell block must mark one such block as tested."""
    untested = [page.name for page in PAGES[:2] if not BLOCK.search(page.read_text(encoding="utf-8"))]
    assert untested == []


def test_the_reference_says_what_the_code_says() -> None:
    """Run tools/reference.py after a change of docstrings or signatures."""
    stale = [path.name for path, text in reference.pages().items() if not path.exists() or path.read_text("utf-8") != text]
    assert stale == []
