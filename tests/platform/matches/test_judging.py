"""Decisions are kept, rankings judged by them, weights changed only by a person and always reversible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories as make
from tests.factories import NOW

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.matches import usecases
from qiupu_web.matches.bridge import builtin_weights
from qiupu_web.matches.models import Judgement, Match, MatchDecision, NeedSearch, WeightSet
from qiupu_web.matches.queries import decided, due_reminders, taken_needs, weights_in_use
from qiupu_web.matches.rules import ComputedRanking, Judged, Refitted, Suggestion, interval_of
from qiupu_web.matches.tasks import ask_for_judgement, ask_for_need_search, serve_judgement, serve_need_search
from qiupu_web.matches.usecases import record_ranking
from qiupu_web.parties.actors import system

pytestmark = pytest.mark.django_db
JUDGED = Judged("words", "test", 3, 2, 4, {"k": 5, "windows": [], "total": [], "comparisons": []})


@pytest.fixture(autouse=True)
def by_words(settings, monkeypatch):
    monkeypatch.setitem(settings.CONFIG.values, "QIUPU_VECTORS", "none")


@pytest.fixture
def office():
    return make.actor("office")


def pair(office, **fields):
    """Return an introduced match."""
    scenario = make.scenario(**fields)
    found = ComputedRanking("words", "test", 0, "0" * 64, 9, (Suggestion(make.capability().code, 0.9, ()),))
    record_ranking(actor=office, now=NOW, scenario=scenario, results=found)
    match = scenario.matches.select_related("scenario", "capability").get()
    return usecases.introduce_match(actor=office, now=NOW, match=match)


def reply(match, *, now=NOW, **answer):
    supplier = make.actor("supplier", match.capability.supplier)
    return usecases.reply_match(actor=supplier, now=now, match=match, **answer)


def candidate(office, *, is_advised=True, version=None):
    """Return a candidate as a refit would have made it."""
    run = Judgement.objects.create(
        kind="refit", requested_by="x", requested_at=NOW, weights_version=weights_in_use()[0] if version is None else version
    )
    values = {**builtin_weights(), "record": 1.5}
    found = Refitted(JUDGED, values, [["record", 1.2, 1.5]], is_advised)
    return usecases.record_candidate(actor=system(), now=NOW, judgement=run, found=found)


def test_each_decision_is_kept_with_its_time_and_who_decided(office):
    match = pair(office)
    reply(match, interested=True)
    owner = make.actor("owner", match.scenario.owner)
    usecases.decide_match(actor=owner, now=NOW + timedelta(days=2), match=match, decision="met")
    usecases.decide_match(actor=owner, now=NOW + timedelta(days=3), match=match, decision="declined", reason="too-dear")
    rows = MatchDecision.objects.values_list("decision", "reason", "by")
    assert list(rows) == [("interested", "", "supplier"), ("met", "", "owner"), ("declined", "too-dear", "owner")]
    assert [one.grade for one in decided().decisions] == [1, 2, 0]


def test_reasons_that_tell_nothing_of_the_fit_are_left_out(office):
    for reason in ("no-capacity", "other", "not-fitting"):
        reply(pair(office), interested=False, reason=reason)
    assert [one.grade for one in decided().decisions] == [0]
    assert taken_needs() == 0


def test_the_interval_of_a_mean():
    # Wilson, z = 1.6449, z² = 2.7055. mean 0.5, n 10: middle 0.5; half = z / (1 + 0.27055) * sqrt(0.025 + 2.7055 / 400)
    # = 1.2946 * sqrt(0.031764) = 1.2946 * 0.178225 = 0.2307.
    low, high = interval_of(0.5, 10)
    assert (round(low, 4), round(high, 4)) == (0.2693, 0.7307)
    assert interval_of(0.0, 5)[0] == 0
    assert interval_of(1.0, 5)[1] == pytest.approx(1)
    with pytest.raises(ValueError, match="mean"):
        interval_of(0.5, 0)


def test_too_few_decisions_are_said_and_nothing_is_invented(office):
    reply(pair(office), interested=True)
    run = ask_for_judgement(actor=office, now=NOW)
    assert serve_judgement.call(run.pk) == "failed"
    run.refresh_from_db()
    assert "1 needs found a taker" in run.problem_en
    assert run.problem_zh != run.problem_en
    assert run.figures == {}


def test_a_refit_of_too_few_decisions_names_the_number_needed(office):
    reply(pair(office), interested=True)
    with pytest.raises(Conflict) as caught:
        usecases.request_refit(actor=office, now=NOW)
    assert (caught.value.params["count"], caught.value.params["least"]) == (1, 12)
    assert weights_in_use() == (0, None)
    assert not Judgement.objects.exists()


def test_enough_decisions_are_judged_and_refitted(office):
    for place in range(12):
        match = pair(office, body_en=f"Visitor flow number {place} must be known two weeks ahead.")
        reply(match, now=NOW + timedelta(days=place), interested=True)
    run = ask_for_judgement(actor=office, now=NOW)
    assert serve_judgement.call(run.pk) == "done"
    run.refresh_from_db()
    assert [one["name"] for one in run.figures["total"]] == ["qiupu", "bm25", "popularity"]
    # 12 needs cut in five parts: 2 serve as the past only, so 10 are judged.
    assert {one["needs"] for one in run.figures["total"]} == {10}
    assert (run.decision_count, run.need_count) == (12, 12)
    refit = ask_for_judgement(actor=office, now=NOW, kind="refit")
    assert serve_judgement.call(refit.pk) == "done"
    row = WeightSet.objects.get()
    assert (row.state, row.version, row.judgement_id) == ("candidate", 1, refit.pk)
    assert weights_in_use() == (0, None)  # nothing has changed by it
    assert set(row.values) == set(builtin_weights())


def test_adopting_is_recorded_and_rankings_carry_the_version(office):
    row = candidate(office)
    usecases.adopt_weights(actor=office, now=NOW, weights=row)
    assert weights_in_use()[0] == 1
    assert AuditRecord.objects.filter(action="matches.adopt_weights").count() == 1
    make.capability()
    scenario = make.scenario()
    ranking = usecases.rank_scenario(actor=office, now=NOW, scenario=scenario)
    assert ranking.weights_version == 1
    assert {one.ranking.weights_version for one in Match.objects.filter(scenario=scenario)} == {1}


def test_weights_are_put_back_to_any_earlier_set(office):
    first = candidate(office)
    usecases.adopt_weights(actor=office, now=NOW, weights=first)
    second = candidate(office)
    usecases.adopt_weights(actor=office, now=NOW, weights=second)
    with pytest.raises(InputError):
        usecases.revert_weights(actor=office, now=NOW, to=first, note=" ")
    first.refresh_from_db()
    usecases.revert_weights(actor=office, now=NOW, to=first, note="Owners complained.")
    assert weights_in_use()[0] == 1
    first.refresh_from_db()
    with pytest.raises(Conflict):
        usecases.revert_weights(actor=office, now=NOW, to=first, note="again")
    usecases.revert_weights(actor=office, now=NOW, to=None, note="The built-in ones once more.")
    assert weights_in_use() == (0, None)
    assert dict(WeightSet.objects.values_list("version", "state")) == {1: "retired", 2: "retired"}
    with pytest.raises(Conflict):
        usecases.revert_weights(actor=office, now=NOW, to=None, note="again")


def test_weights_that_are_no_better_need_a_reason_and_outdated_ones_a_new_refit(office):
    worse = candidate(office, is_advised=False)
    with pytest.raises(InputError) as caught:
        usecases.adopt_weights(actor=office, now=NOW, weights=worse)
    assert caught.value.where.column == "note"
    other = candidate(office)
    usecases.adopt_weights(actor=office, now=NOW, weights=worse, note="We trust it.")
    with pytest.raises(Conflict) as late:
        usecases.adopt_weights(actor=office, now=NOW, weights=other)
    assert late.value.code == "outdated"


def test_a_candidate_is_dropped_with_a_reason_and_never_put_back(office):
    row = candidate(office)
    with pytest.raises(InputError):
        usecases.drop_weights(actor=office, now=NOW, weights=row, note="")
    usecases.drop_weights(actor=office, now=NOW, weights=row, note="Too few needs of agriculture.")
    assert (row.state, row.reason_note) == ("dropped", "Too few needs of agriculture.")
    with pytest.raises(Conflict):
        usecases.revert_weights(actor=office, now=NOW, to=row, note="x")


def test_only_the_office_changes_weights(office):
    row = candidate(office)
    for role in ("owner", "supplier", "auditor", "administrator", "steward"):
        actor = make.actor(role)
        for act in (
            lambda a=actor: usecases.request_refit(actor=a, now=NOW),
            lambda a=actor: usecases.adopt_weights(actor=a, now=NOW, weights=row),
            lambda a=actor: usecases.revert_weights(actor=a, now=NOW, to=None, note="x"),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_a_supplier_is_reminded_once_before_its_clock_runs_out(office):
    match = pair(office)
    assert usecases.remind_suppliers(now=NOW + timedelta(days=10)) == 0
    late = NOW + timedelta(days=12)
    assert usecases.remind_suppliers(now=late) == 1
    assert usecases.remind_suppliers(now=late + timedelta(hours=1)) == 0
    match.refresh_from_db()
    assert (match.reminders, match.reminded_at) == (1, late)
    assert list(due_reminders(match.capability.supplier_id, late)) == [match]
    owner = make.actor("owner", match.scenario.owner)
    with pytest.raises(Conflict) as caught:
        usecases.remind_supplier(actor=owner, now=late + timedelta(hours=2), match=match)
    assert caught.value.code == "reminded"
    usecases.remind_supplier(actor=owner, now=late + timedelta(days=1), match=match)
    reply(match, interested=True)
    with pytest.raises(Conflict):
        usecases.remind_supplier(actor=owner, now=late + timedelta(days=3), match=match)
    assert not due_reminders(match.capability.supplier_id, late)


def test_needs_are_found_for_a_capability_with_what_it_lacks(office):
    capability = make.capability(title_en="Visitor forecasts", body_en="Forecasts visitor flow by the hour.")
    near = make.scenario(title_en="Visitors", body_en="Forecast visitor flow by the hour. Works under water.", body_zh="")
    make.scenario(capability.supplier)  # its own need is not offered to it
    make.scenario(state="building")
    supplier = make.actor("supplier", capability.supplier)
    with pytest.raises(NotAllowed):
        ask_for_need_search(actor=make.actor("supplier"), now=NOW, capability=capability)
    run = ask_for_need_search(actor=supplier, now=NOW, capability=capability)
    assert serve_need_search.call(run.pk) == "done"
    run.refresh_from_db()
    assert (run.pool_size, [one["scenario"] for one in run.results]) == (1, [near.code])
    asked = {one["requirement"]: one["evidence"] for one in run.results[0]["reasons"] if one["kind"] == "requirement"}
    assert asked["Forecast visitor flow by the hour."] == "Forecasts visitor flow by the hour."
    assert asked["Works under water."] is None
    again = ask_for_need_search(actor=supplier, now=NOW, capability=capability)
    serve_need_search.call(again.pk)
    assert list(NeedSearch.objects.values_list("pk", flat=True)) == [again.pk]


def test_a_draft_is_not_compared_with_needs():
    capability = make.capability(state="draft")
    with pytest.raises(Conflict):
        ask_for_need_search(actor=make.actor("supplier", capability.supplier), now=NOW, capability=capability)
