"""The command ``qiupu read``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from qiupu.cli.main import main

TEXT = "5月18日,青岚市人民政府与星衡智能科技有限公司签署战略合作协议。双方将共建智慧旅游平台。"


def test_json_holds_the_keys_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    assert main(["read", str(path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    keys = {"language", "parties", "people", "signatories", "dates", "governing_law", "fields", "commitments", "clauses"}
    assert keys <= set(document)
    assert document["language"] == "zh"
    assert set(document["dates"]) == {"signed", "reported", "effective", "expires"}
    assert document["governing_law"] is None
    commitment = document["commitments"][0]
    assert (commitment["debtor"], commitment["strength"], commitment["field"]) == ("双方", "duty", "smart-tourism")
    assert TEXT[commitment["start"] : commitment["end"]] == commitment["quote"]


def test_a_table_for_people_in_the_terminals_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("QIUPU_LANG", "zh")
    assert main(["read", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "青岚市人民政府" in shown
    assert "责任方" in shown


def test_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(TEXT.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stream)
    assert main(["read", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parties"]


def test_bad_input_is_status_2_with_the_files_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIUPU_LANG", "zh")
    assert main(["read", str(tmp_path / "none.txt")]) == 2
    assert "none.txt" in capsys.readouterr().err
    broken = tmp_path / "b.docx"
    broken.write_bytes(b"PK\x03\x04 broken")
    assert main(["read", str(broken)]) == 2
    assert "b.docx" in capsys.readouterr().err
