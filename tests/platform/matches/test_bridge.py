"""From rows to the engine and back, by words alone: the models are the engine's own affair."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.factories import NOW

from qiupu_web.matches.bridge import compute_ranking
from qiupu_web.matches.models import RankingRequest
from qiupu_web.matches.queries import evidence_counts
from qiupu_web.matches.tasks import ask_for_ranking, serve_ranking
from qiupu_web.scenarios.enums import ScenarioState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_words(settings, monkeypatch):
    monkeypatch.setitem(settings.CONFIG.values, "QIUPU_VECTORS", "none")


@pytest.fixture
def scenario():
    return make.scenario(
        title_zh="客流预测", title_en="Visitor forecasts", body_zh="预测每小时的客流。结果每天更新。",
        body_en="Forecast visitors by the hour. Results are updated daily.", region="池州", budget_cny=300_000,
    )  # fmt: skip


@pytest.fixture
def capabilities():
    good = make.capability(
        title_en="Hourly visitor forecasts", body_en="It forecasts visitors by the hour.", body_zh="按小时预测客流。"
    )
    poor = make.capability(
        title_en="Weed detection", title_zh="杂草识别", body_en="Finds weeds in rice fields.", body_zh="识别稻田杂草。",
        field="agriculture", price_cny=900_000,
    )  # fmt: skip
    return [good, poor]


def rank(scenario, capabilities, **options):
    return compute_ranking(scenario, capabilities, evidence_counts(capabilities), **options)


def test_the_fitting_one_stands_first_with_requirements_in_both_languages(scenario, capabilities):
    found = rank(scenario, capabilities)
    assert [one.capability for one in found.suggestions] == [one.code for one in capabilities]
    assert found.pool_size == 2
    reasons = found.suggestions[0].reasons
    asked = [one for one in reasons if one["kind"] == "requirement"]
    assert {one["lang"] for one in asked} == {"zh", "en"}
    english = {one["requirement"]: one["evidence"] for one in asked if one["lang"] == "en"}
    assert english["Forecast visitors by the hour."] in ("It forecasts visitors by the hour.", "Hourly visitor forecasts")
    assert english["Results are updated daily."] is None  # no evidence found, and said so
    features = {one["feature"]: one["points"] for one in reasons if one["kind"] == "feature"}
    assert features["field"] > 0
    assert all(one["text_zh"] and one["text_en"] for one in reasons if one["kind"] == "feature")


def test_the_same_input_gives_the_same_ranking_and_hash(scenario, capabilities):
    assert rank(scenario, capabilities) == rank(scenario, capabilities)
    other = rank(scenario, capabilities[:1])
    assert other.input_sha256 != rank(scenario, capabilities).input_sha256


def test_a_passed_trial_adds_points(scenario, capabilities):
    before = rank(scenario, capabilities).suggestions[0].score
    make_proof(capabilities[0], "pass")
    assert rank(scenario, capabilities).suggestions[0].score > before


def make_proof(capability, outcome):
    capability.proofs.create(kind="verdict", key="trial:1", outcome=outcome, recorded_at=NOW)


def test_evidence_counts_take_two_queries_whatever_the_number(capabilities, django_assert_num_queries):
    make_proof(capabilities[0], "fail")
    with django_assert_num_queries(2):
        one = evidence_counts(capabilities[:1])
    with django_assert_num_queries(2):
        evidence_counts(capabilities)
    assert one[capabilities[0].code] == {"trials_passed": 0, "trials_failed": 1, "projects_accepted": 0, "shown": 0}


def test_a_worker_serves_a_request_once(scenario, capabilities):
    request = ask_for_ranking(actor=make.actor("office"), now=NOW, scenario=scenario)
    assert serve_ranking.call(request.pk) == "done"
    assert serve_ranking.call(request.pk) == "done"
    request.refresh_from_db()
    assert (request.state, request.ranking.matches.count()) == ("done", 2)
    assert scenario.rankings.count() == 1


def test_what_goes_wrong_is_said_and_the_request_is_over(scenario, capabilities):
    request = ask_for_ranking(actor=make.actor("office"), now=NOW, scenario=scenario)
    scenario.state = "building"
    scenario.save()
    assert serve_ranking.call(request.pk) == "failed"
    failed = RankingRequest.objects.get()
    assert f"“{ScenarioState.BUILDING.label}”" in failed.problem_en
    assert failed.problem_zh.startswith("目前状态为“建设中”")


def asked_in(found, language):
    reasons = found.suggestions[0].reasons
    return {one["requirement"]: one for one in reasons if one["kind"] == "requirement" and one["lang"] == language}


def test_a_capability_answers_in_the_language_of_the_requirement(scenario):
    # by words alone the English sentence shares "API" and "MASE" with the Chinese requirement; the Chinese one has its meaning
    scenario.body_zh, scenario.body_en = (
        "预测每小时的客流，经 API 给出 MASE。",
        "Forecast visitors by the hour, with MASE over an API.",
    )
    both = make.capability(
        title_zh="客流预测", title_en="Visitor forecasts",
        body_zh="预测每小时的客流，经 API 给出 MASE。", body_en="We forecast visitors by the hour, with MASE, API.",
    )  # fmt: skip
    found = rank(scenario, [both])
    for language, evidence in (("zh", both.body_zh), ("en", both.body_en)):
        (one,) = [one for asked, one in asked_in(found, language).items() if "MASE" in asked]
        assert (one["evidence"], one["evidence_lang"]) == (evidence, language)


def test_what_a_capability_says_in_one_language_only_is_found_there(scenario):
    scenario.body_zh, scenario.body_en = "预测每小时的客流。ISO27001，ONNX。", ""
    one_sided = make.capability(
        title_zh="客流预测", title_en="Visitor forecasts", body_zh="预测每小时的客流。", body_en="Certified: ISO27001 and ONNX."
    )
    asked = asked_in(rank(scenario, [one_sided]), "zh")
    assert asked["预测每小时的客流。"]["evidence_lang"] == "zh"
    other = asked["ISO27001，ONNX。"]
    assert (other["evidence"], other["evidence_lang"]) == ("Certified: ISO27001 and ONNX.", "en")
    only = make.capability(title_zh="", title_en="Visitor forecasts", body_zh="", body_en="Certified: ISO27001 and ONNX.")
    assert asked_in(rank(scenario, [only]), "zh")["ISO27001，ONNX。"]["evidence_lang"] == "en"
