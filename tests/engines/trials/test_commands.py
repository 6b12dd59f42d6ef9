"""The commands score, board, decide, check and receipt, run as a user runs them."""

import json

import pytest

from qiupu.cli import main
from qiupu.files import sha256_of
from qiupu.trials import load_task, new_key, sign_receipt, task_sha256

TASK = 'id = "bar"\nkind = "classification"\nmetrics = ["accuracy", "macro_f1"]\nprimary = "accuracy"\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QIUPU_LANG", "en")
    (tmp_path / "task.toml").write_text(TASK, encoding="utf-8")

    def write(name, column, values):
        lines = [f"id,{column}", *[f"{k:08d},{value}" for k, value in values]]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    write("truth.csv", "target", [((k * 7919) % 10007, k * k % 3) for k in range(200)])
    write("good.csv", "prediction", [((k * 7919) % 10007, k * k % 3) for k in range(200)])
    write("poor.csv", "prediction", [((k * 7919) % 10007, 0) for k in range(200)])
    write("short.csv", "prediction", [((k * 7919) % 10007, 0) for k in range(190)])
    return tmp_path


def asked(capsys, *words):
    status = main([*words, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_score(folder, capsys):
    status, found = asked(capsys, "score", "task.toml", "truth.csv", "good.csv")
    assert status == 0
    assert [metric["name"] for metric in found["metrics"]] == ["accuracy", "macro_f1"]
    assert {"name", "value", "low", "high", "level", "n", "method"} <= set(found["metrics"][0])
    assert found["metrics"][0]["value"] == 1.0
    assert found["metrics"][0]["method"] == "exact-binomial"


def test_score_schema_needs_no_files(capsys):
    assert main(["score", "--schema"]) == 0
    assert "properties" in json.loads(capsys.readouterr().out)


def test_board_keeps_the_unscored_apart(folder, capsys):
    status, found = asked(capsys, "board", "task.toml", "truth.csv", "good.csv", "poor.csv", "short.csv", "none.csv", "--seed", "1")
    assert status == 0
    assert [entry["name"] for entry in found["entries"]] == ["good", "poor"]
    assert {"value", "low", "high", "rank_low", "rank_high", "tie_group"} <= set(found["entries"][0])
    assert [entry["name"] for entry in found["unscored"]] == ["short.csv", "none.csv"]
    assert "10 of 200" in found["unscored"][0]["reason"]


@pytest.mark.parametrize(
    "entry,bar,verdict,status", [("good", "0.9", "pass", 0), ("poor", "0.9", "fail", 1), ("good", "1.0", "undecided", 1)]
)
def test_decide_exits_with_the_answer(folder, capsys, entry, bar, verdict, status):
    found_status, found = asked(capsys, "decide", "task.toml", "truth.csv", f"{entry}.csv", "--bar", bar)
    assert (found_status, found["verdict"]) == (status, verdict)
    assert {"value", "low", "high", "n", "n_needed", "method"} <= set(found)


def test_bad_input_exits_with_two_and_says_where(folder, capsys):
    assert main(["decide", "task.toml", "truth.csv", "short.csv", "--bar", "0.9"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "short.csv" in captured.err
    assert main(["decide", "task.toml", "truth.csv", "good.csv"]) == 2
    assert main(["score", "task.toml"]) == 2
    assert main(["score", "none.toml", "truth.csv", "good.csv"]) == 2


def test_check_exits_with_the_answer(folder, capsys):
    status, found = asked(capsys, "check", "task.toml", "truth.csv", "--bar", "0.99")
    assert status == 1
    assert {"code", "severity", "where", "advice"} <= set(found["findings"][0])
    assert found["ok"] is False
    status, found = asked(capsys, "check", "task.toml", "truth.csv", "--bar", "0.9")
    assert (status, found["ok"]) == (0, True)


def test_receipt_verify(folder, capsys):
    private, public = new_key()
    (folder / "key.pem").write_bytes(public)
    payload = {
        "trial": "t",
        "entry_sha256": sha256_of((folder / "good.csv").read_bytes()),
        "truth_hash": sha256_of((folder / "truth.csv").read_bytes()),
        "task_sha256": task_sha256(load_task(folder / "task.toml")),
        "metric": "accuracy",
        "value": 1.0,
        "seed": 1,
        "version": "0.1.0",
    }
    (folder / "r.json").write_text(sign_receipt(payload, private).as_json(), encoding="utf-8")
    words = ("receipt", "verify", "r.json", "--key", "key.pem", "--truth", "truth.csv", "--task", "task.toml")
    status, found = asked(capsys, *words, "--entry", "good.csv")
    assert (status, found["valid"]) == (0, True)
    assert all(check["ok"] for check in found["checks"])
    assert asked(capsys, *words, "--entry", "poor.csv")[0] == 1
    assert main(["receipt", "verify", "r.json", "--key", "none.pem"]) == 2


@pytest.mark.parametrize("lang,word", [("en", "pass"), ("zh", "通过")])
def test_the_table_speaks_both_languages(folder, capsys, monkeypatch, lang, word):
    monkeypatch.setenv("QIUPU_LANG", lang)
    assert main(["decide", "task.toml", "truth.csv", "good.csv", "--bar", "0.9"]) == 0
    assert word in capsys.readouterr().out.lower()
    assert main(["board", "task.toml", "truth.csv", "good.csv", "poor.csv", "--bar", "0.9"]) == 0
    assert main(["score", "task.toml", "truth.csv", "good.csv"]) == 0
    assert main(["check", "task.toml", "truth.csv"]) == 0
    capsys.readouterr()
