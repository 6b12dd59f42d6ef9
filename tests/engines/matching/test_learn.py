from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
import pytest

from qiupu.errors import InputError
from qiupu.matching import Capability, Decision, Exploration, Need, Record, Weights, evaluate_decisions, rank, refit_weights
from qiupu.matching.overtime import sign_flip_p

DAY = datetime(2025, 1, 1, tzinfo=UTC)


def world(count, *, follow):
    """Needs that all say the same; eight capabilities differ in region and field only; people choose by ``follow``."""
    pool = [
        Capability(f"c{region}{field}{copy}", "", "rice disease", regions=(f"r{region}",), fields=(f"f{field}",))
        for region, field, copy in product("01", "01", "ab")
    ]
    needs, decisions = [], []
    for number in range(count):
        region, field = f"{number % 2}", f"{number // 2 % 2}"
        needs.append(Need(f"n{number:03}", "", "rice disease", field=f"f{field}", regions=(f"r{region}",)))
        when = DAY + timedelta(days=number)
        chosen, declined = follow(region, field)
        decisions += [Decision(f"n{number:03}", chosen, 3, when), Decision(f"n{number:03}", declined, 0, when)]
    return needs, pool, decisions


def by_region(region, field):
    """Whoever is near wins, whatever the field: the opposite of the default weights' order of the two."""
    other = "1" if field == "0" else "0"
    return f"c{region}{other}a", f"c{'1' if region == '0' else '0'}{field}a"


def test_p_value_by_hand_and_by_trying_all_signs():
    # three differences of one size: all signs alike in 2 of 8 cases
    assert sign_flip_p(np.array([0.1, 0.1, 0.1])) == pytest.approx(2 / 8)
    assert sign_flip_p(np.array([0.0, 0.0])) == 1
    rng = random.Random(3)
    values = np.array([rng.randint(-300, 500) / 1000 for _ in range(9)])
    sums = [abs(sum(sign * value for sign, value in zip(signs, values, strict=True))) for signs in product((1, -1), repeat=9)]
    expected = np.mean([one >= abs(values.sum()) - 1e-9 for one in sums])
    assert sign_flip_p(values) == pytest.approx(expected)
    assert sign_flip_p(np.full(3000, 0.1)) < 1e-6


def test_windows_follow_time_and_popularity_knows_the_past_only():
    needs, pool, decisions = world(20, follow=lambda region, field: (f"c{region}{field}a", f"c{region}{field}b"))
    answer = evaluate_decisions(needs, pool, random.Random(1).sample(decisions, len(decisions)), k=2, windows=4)
    # 20 needs in five blocks of four: the first is past only, then 4, 8, 12, 16 needs (two decisions each) lie before
    assert [one.decided_before for one in answer.windows] == [8, 16, 24, 32]
    assert [one.begins_at for one in answer.windows] == [DAY + timedelta(days=days) for days in (4, 8, 12, 16)]
    total = {one.name: one for one in answer.total}
    assert {name: one.needs for name, one in total.items()} == {"qiupu": 16, "bm25": 16, "popularity": 16}
    assert total["qiupu"].recall == 1  # region and field name two, of which one was chosen
    # the texts are all alike, so keywords list c00a, c00b for each need: right for one need in four
    assert total["bm25"].recall == pytest.approx(0.25)
    # four are chosen equally often; the two first by id, c00a and c01a, are listed: right for two in four
    assert total["popularity"].recall == pytest.approx(0.5)
    assert {one.against: one.verdict for one in answer.comparisons} == {"bm25": "better", "popularity": "better"}
    for one in answer.comparisons:
        assert one.sentence("en") != one.sentence("zh")


def test_records_are_those_known_then():
    needs, pool, decisions = world(6, follow=lambda region, field: (f"c{region}{field}b", f"c{region}{field}a"))
    pool = [replace(one, record=Record(projects_accepted=9)) if one.id.endswith("b") else one for one in pool]
    asked = []

    def records_at(when):
        asked.append(when)
        return {one.id: Record(projects_accepted=9) for one in pool if one.id.endswith("b")} if when > DAY else {}

    blind = evaluate_decisions(needs, pool, decisions, k=1, windows=1).total[0]
    known = evaluate_decisions(needs, pool, decisions, k=1, windows=1, records_at=records_at).total[0]
    assert (blind.recall, known.recall) == (0, 1)  # "a" stands before "b" unless what "b" has done is known
    assert set(asked) == {DAY + timedelta(days=3)}


def test_a_refit_learns_what_people_follow_and_is_judged_on_what_came_later():
    needs, pool, decisions = world(48, follow=by_region)
    answer = refit_weights(needs, pool, decisions, k=2)
    before, after = Weights(), answer.weights
    assert after.of("region")[0] - after.of("region")[1] > before.of("region")[0] - before.of("region")[1]
    assert after.of("field")[0] - after.of("field")[1] < before.of("field")[0] - before.of("field")[1]
    verdicts = {one.against: one.verdict for one in answer.comparisons}
    assert (verdicts["current"], answer.is_advised) == ("better", True)
    assert {one.feature for one in answer.changes} >= {"region:met", "field:met"}
    listed = rank(needs[:1], pool, weights=after, exploration=Exploration(share=0))[0].ranked
    assert {one.capability for one in listed[:4]} == {"c00a", "c00b", "c01a", "c01b"}
    assert "advised" in answer.sentence("en")
    assert answer.sentence("zh") != answer.sentence("en")


def test_a_refit_that_gains_nothing_says_so():
    needs, pool, decisions = world(24, follow=lambda region, field: (f"c{region}{field}a", f"c{region}{field}b"))
    answer = refit_weights(needs, pool, decisions, k=2)
    assert not answer.is_advised
    assert "does not beat" in answer.sentence("en")
    few = refit_weights(needs[:6], pool, [one for one in decisions if one.need < "n006"])
    assert [one.verdict for one in few.comparisons] == ["too-few"] * 3
    assert "Too few" in few.sentence("en")


def test_the_same_decisions_give_the_same_weights_in_any_order():
    needs, pool, decisions = world(16, follow=by_region)
    shuffled = random.Random(5).sample(decisions, len(decisions))
    assert refit_weights(needs, pool, decisions) == refit_weights(needs[::-1], pool[::-1], shuffled)


def test_signs_stay_and_a_handful_changes_little():
    needs, pool, decisions = world(4, follow=by_region)
    answer = refit_weights(needs, pool, decisions, windows=1)
    after = answer.weights
    assert all(one >= 0 for one in (*after.met, after.meaning, after.words, after.record))
    assert all(one <= 0 for one in after.contradicted)
    assert max(abs(one.after - one.before) for one in answer.changes) < 1


def test_what_people_decided_the_same_day_is_not_cut_apart():
    needs, pool, decisions = world(8, follow=by_region)
    same = [replace(one, decided_at=DAY) for one in decisions]
    with pytest.raises(InputError, match="none of them clearly after another") as error:
        evaluate_decisions(needs, pool, same)
    assert error.value.code == "no-decisions"
    with pytest.raises(InputError, match="0 needs found a taker"):
        refit_weights(needs, pool, [])
    with pytest.raises(InputError, match="not among those given"):
        refit_weights(needs, pool[1:], [Decision("n000", "c00a", 1, DAY)])


def test_weights_are_stored_and_read_back():
    weights = Weights(words=0.5, record=2.0)
    assert Weights.from_dict(weights.as_dict()) == weights
    assert Weights.from_dict({}) == Weights()
    for bad in ({"beauty": 1.0}, {"met": [1.0]}, {"words": "much"}, {"words": float("nan")}):
        with pytest.raises(InputError, match="no weights"):
            Weights.from_dict(bad)


def test_words_and_meaning_can_be_weighed():
    pool = [Capability("near", "", "rice disease", fields=("x",)), Capability("far", "", "boats", fields=("y",))]
    need = Need("n", "", "rice disease", field="y")
    assert rank([need], pool)[0].ranked[0].capability == "near"
    listed = rank([need], pool, weights=Weights(words=0.1))[0].ranked
    assert listed[0].capability == "far"
    assert sum(one.points for one in listed[0].contributions) == pytest.approx(listed[0].points, abs=1e-4)
