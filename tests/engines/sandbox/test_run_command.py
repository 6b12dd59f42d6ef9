"""``qiupu run``."""

import json
import zipfile

import pytest

from qiupu.cli import main

COPY = """
import argparse, os, shutil
p = argparse.ArgumentParser()
p.add_argument("--input")
p.add_argument("--output")
a = p.parse_args()
shutil.copyfile(a.input + "/" + sorted(os.listdir(a.input))[0], a.output)
"""
KEYS = ["state", "code", "tier", "seconds", "peak_mb", "rows"]


@pytest.fixture
def files(tmp_path, native):
    (tmp_path / "x.csv").write_text("id,prediction\na,1\nb,2\n")
    (tmp_path / "good.py").write_text(COPY)
    (tmp_path / "bad.py").write_text("raise SystemExit('no luck')")
    with zipfile.ZipFile(tmp_path / "good.zip", "w") as archive:
        archive.writestr("predict.py", COPY)
    return tmp_path


@pytest.mark.parametrize("entry", ["good.py", "good.zip"])
def test_an_entry_runs(files, capsys, entry):
    assert main(["run", str(files / entry), str(files / "x.csv"), "--out", str(files / "p.csv"), "--json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == KEYS
    assert (answer["state"], answer["rows"]) == ("done", 2)
    assert (files / "p.csv").read_text() == "id,prediction\na,1\nb,2\n"


def test_a_folder_as_input_and_a_table_as_answer(files, capsys):
    folder = files / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("id\n1\n")
    (folder / "link.csv").symlink_to("/etc/passwd")

    assert main(["run", str(files / "good.py"), str(folder), "--out", str(files / "p.csv")]) == 0

    assert "done" in capsys.readouterr().out
    assert (files / "p.csv").read_text() == "id\n1\n"


def test_a_failing_entry_is_bad_input(files, capsys):
    assert main(["run", str(files / "bad.py"), str(files / "x.csv"), "--out", str(files / "p.csv"), "--json"]) == 2

    said = capsys.readouterr()
    assert json.loads(said.out)["code"] == "exit-status"
    assert "The program ended with an error." in said.err
    assert "no luck" in said.err
    assert not (files / "p.csv").exists()


@pytest.mark.parametrize(
    "entry, source, words",
    [("x.csv", "x.csv", "cannot be run"), ("gone.py", "x.csv", "cannot be read"), ("good.py", "gone.csv", "no such file")],
)
def test_bad_arguments(files, capsys, entry, source, words):
    assert main(["run", str(files / entry), str(files / source), "--out", str(files / "p.csv")]) == 2
    assert words in capsys.readouterr().err


def test_predictions_that_cannot_be_kept(files, capsys):
    assert main(["run", str(files / "good.py"), str(files / "x.csv"), "--out", str(files / "gone" / "p.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_without_a_sandbox_nothing_is_run(files, capsys):
    assert main(["run", str(files / "good.py"), str(files / "x.csv"), "--out", str(files / "p.csv"), "--runtime", str(files)]) == 3
    assert "is not there" in capsys.readouterr().err
    assert not (files / "p.csv").exists()
