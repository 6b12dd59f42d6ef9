"""Bounds, ranks and tie groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qiupu.measures import (
    REGISTRY,
    AnomalyAnswers,
    ClassAnswers,
    NumberAnswers,
    WeighedSample,
    bounds,
    clopper_pearson,
    draw_counts,
    first_shares,
    holm,
    method_for,
    rank_ranges,
    separated,
    tie_groups,
)
from qiupu.measures.betting import lower_bound
from qiupu.measures.intervals import MANY_GROUPS, bounds_together, effective_groups, tightened
from qiupu.measures.resampling import block_codes
from qiupu.measures.samples import mean_sample, resample_together
from qiupu.measures.scale import Scale


def own(n):
    return np.arange(n, dtype=np.int64)


@pytest.mark.parametrize("hits,n", [(0, 5), (5, 5), (28, 30), (450, 500)])
def test_clopper_pearson_against_scipy(hits, n):
    low, high = clopper_pearson(hits, n, 0.95)
    exact = stats.binomtest(hits, n).proportion_ci(0.90, "exact")
    assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_thirty_of_thirty_is_the_only_pass_at_nine_tenths():
    # 0.95 ** (1 / n) bounds: all right gives low = 0.05 ** (1/30) = 0.905 >= 0.9, one wrong gives 0.851
    assert clopper_pearson(30, 30, 0.95)[0] == pytest.approx(0.05 ** (1 / 30))
    assert clopper_pearson(29, 30, 0.95)[0] < 0.9


def test_the_method_fits_the_shape(made, rng):
    assert method_for(REGISTRY["accuracy"], REGISTRY["accuracy"].measure(made.classes(rng))) == "exact-binomial"
    grouped = made.classes(rng, n_groups=10)
    assert method_for(REGISTRY["accuracy"], REGISTRY["accuracy"].measure(grouped)) == "betting"
    assert method_for(REGISTRY["mae"], REGISTRY["mae"].measure(made.numbers(rng))) == "studentised"
    many = MANY_GROUPS + 1
    sample = REGISTRY["mae"].measure(NumberAnswers(np.zeros(many), np.ones(many), own(many), many))
    assert method_for(REGISTRY["mae"], sample) == "analytic"


def test_too_few_groups_give_no_bound_and_say_so(made, rng):
    found = bounds(REGISTRY["mae"], REGISTRY["mae"].measure(made.numbers(rng)), level=0.95)
    assert (found.low, found.high) == (None, None)
    assert found.groups_least > found.groups
    assert "too few" in found.reason


def test_too_few_of_the_rare_class_give_no_bound(made, rng):
    target = np.array([1] * 5 + [0] * 195)
    answers = ClassAnswers(target, rng.permutation(target), 2, own(200), 200)
    found = bounds(REGISTRY["macro_f1"], REGISTRY["macro_f1"].measure(answers), level=0.95)
    assert found.low is None
    assert (found.events, found.events_least) == (5, 10)


def test_without_spread_there_is_no_bound():
    n = 150
    found = bounds(REGISTRY["mae"], REGISTRY["mae"].measure(NumberAnswers(np.zeros(n), np.ones(n), own(n), n)), level=0.95)
    assert found.low is None
    assert found.reason


def test_analytic_bounds_are_the_normal_ones():
    rng = np.random.default_rng(0)
    n = MANY_GROUPS + 1
    error = rng.exponential(size=n)
    found = bounds(REGISTRY["mae"], REGISTRY["mae"].measure(NumberAnswers(np.zeros(n), error, own(n), n)), level=0.95)
    reach = stats.norm.ppf(0.95) * error.std(ddof=1) / np.sqrt(n)
    assert (found.low, found.high) == pytest.approx((error.mean() - reach, error.mean() + reach))


def plain(groups):
    return mean_sample(np.arange(float(groups)), own(groups), groups)


def test_the_bootstrap_is_stricter_for_few_groups():
    """The error allowed, 0.05, shrinks by 1 - 30 / n (by 0.6 at least), by 0.6 always for squared errors."""
    mae, rmse = REGISTRY["mae"], REGISTRY["rmse"]
    assert tightened(mae, plain(40), 0.95) == pytest.approx(0.97)  # 1 - 0.05 * 0.6
    assert tightened(mae, plain(100), 0.95) == pytest.approx(0.965)  # 1 - 0.05 * 0.7
    assert tightened(mae, plain(400), 0.95) == pytest.approx(0.95375)  # 1 - 0.05 * 0.925
    assert tightened(rmse, plain(5000), 0.95) == pytest.approx(0.97)
    assert tightened(mae, plain(10**6), 0.95) == pytest.approx(0.95, abs=1e-5)


def test_rank_metrics_are_stricter_while_few_groups_hold_a_positive():
    """400 groups of which 160 hold a positive: 1 - 40 / 160 = 0.75 of the error allowed."""
    sample = WeighedSample(400, lambda counts: (counts[:, 0], counts), events=500, rare_groups=160)
    assert tightened(REGISTRY["auc_pr"], sample, 0.95) == pytest.approx(0.9625)


@given(st.sampled_from(["auc_pr", "mcc", "mae", "r2"]), st.floats(0.001, 0.999))
def test_a_scale_goes_there_and_back(name, share):
    metric = REGISTRY[name]
    scale = Scale.of(metric)
    value = -1 + 2 * share if name == "mcc" else share
    assert scale.back(float(scale.to(value))) == pytest.approx(value)
    step = 1e-6 * share * (1 - share)
    assert float(scale.slope(value)) == pytest.approx(float(scale.to(value + step) - scale.to(value - step)) / 2 / step, rel=1e-3)


def test_bounds_near_the_end_of_a_range_lean_away_from_it(rng):
    """An area near 1: the bound towards 1 is nearer than the one away from it, and inside the range."""
    target = np.repeat([1, 0], [160, 340])
    answers = AnomalyAnswers(target, rng.normal(size=500) + 3.5 * target, np.zeros(500, dtype=np.int64), 1, own(500), 500)
    sample = REGISTRY["auc_pr"].measure(answers)
    found = bounds(REGISTRY["auc_pr"], sample, level=0.95)
    assert 0.95 < sample.value < 1
    assert found.low is not None
    assert found.low < sample.value < found.high < 1
    assert found.high - sample.value < sample.value - found.low


def test_an_area_whose_error_few_items_make_up_has_a_wide_interval():
    """One positive of 160 at the bottom: the error rests on one item, so Student's quantile on 0.8 degrees holds."""
    target = np.repeat([1, 0], [160, 340])
    score = np.concatenate([np.ones(159), [0.0], np.full(340, 0.5)])
    answers = AnomalyAnswers(target, score, np.zeros(500, dtype=np.int64), 1, own(500), 500)
    sample = REGISTRY["auc_pr"].measure(answers)
    assert effective_groups(sample) < 1.2
    found = bounds(REGISTRY["auc_pr"], sample, level=0.95)
    assert sample.value > 0.97
    assert found.low < 0.8


def test_effective_groups_by_hand():
    # A mean of 0, 0, 0, 4: distances 1, 1, 1, 3 -> (1 + 1 + 1 + 9)^2 / (1 + 1 + 1 + 81) = 144 / 84.
    assert effective_groups(mean_sample(np.array([0.0, 0.0, 0.0, 4.0]), own(4), 4)) == pytest.approx(144 / 84)


def test_a_level_beyond_the_resamples_still_moves_the_bound(rng):
    """With Holm over hundreds of entries the level lies where 2,000 resamples have nothing left to say."""
    sample = mean_sample(rng.exponential(size=300), own(300), 300)
    found = [bounds(REGISTRY["mae"], sample, level=level).high for level in (0.99, 0.999, 0.99999)]
    assert found[0] < found[1] < found[2]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=5, max_size=40), st.integers(0, 100))
def test_betting_bounds_keep_their_order(values, seed):
    array = np.array(values)
    ones = np.ones(len(array))
    strict, loose = lower_bound(array, ones, 0.01, seed), lower_bound(array, ones, 0.1, seed)
    assert 0 <= strict <= loose + 0.02
    assert loose <= array.mean() + 1e-9


def test_betting_is_right_for_a_distribution_that_fools_the_bootstrap():
    """One item in fifty is worth nothing: at n = 60 most draws never see one, and a bootstrap would pass them."""
    rng = np.random.default_rng(7)
    true = 0.98 * 0.95
    passes = 0
    for seed in range(300):
        values = np.where(rng.random(60) < 0.02, 0.0, rng.uniform(0.9, 1.0, 60))
        passes += lower_bound(values, np.ones(60), 0.05, seed) >= true
    assert passes / 300 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


@pytest.mark.parametrize("uneven", [False, True])
def test_many_entries_together_give_what_each_gives_alone(uneven):
    rng = np.random.default_rng(1)
    groups = np.sort(rng.integers(0, 30, 100)) if uneven else own(100)
    groups = np.unique(groups, return_inverse=True)[1]
    count = int(groups.max()) + 1
    samples = [mean_sample(rng.exponential(size=100), groups, count) for _ in range(5)]
    counts = draw_counts(count, 40, 3)
    values, errors = resample_together(samples, counts)
    for i, sample in enumerate(samples):
        alone = sample.resample_studentised(counts)
        assert np.allclose(values[i], alone[0], rtol=1e-12)
        assert np.allclose(errors[i], alone[1], rtol=1e-7)


def test_few_kinds_of_items_are_drawn_as_kinds():
    """Nine kinds among 300 items give the numbers that the items give one by one."""
    rng = np.random.default_rng(5)
    answers = ClassAnswers(rng.integers(0, 3, 300), rng.integers(0, 3, 300), 3, own(300), 300)
    sample = REGISTRY["macro_f1"].measure(answers)
    counts = draw_counts(300, 50, 2)
    values, errors = sample.resample_studentised(counts)
    sums = counts @ sample.stats
    slopes = sample.slopes(sums)
    one_by_one = np.sqrt((counts * (slopes @ sample.stats.T) ** 2).sum(axis=1) * 300 / 299)
    assert np.allclose(values, sample.combine(sums), rtol=1e-12)
    assert np.allclose(errors, one_by_one, rtol=1e-9)


@pytest.mark.parametrize("name", ["brier", "accuracy"])
def test_bounds_of_a_board_are_those_of_each_entry(name):
    """Betting bounds of many entries are worked out in one go, and are the ones that each would get alone."""
    rng = np.random.default_rng(6)
    groups = np.sort(rng.integers(0, 40, 160)) if name == "accuracy" else own(160)
    groups = np.unique(groups, return_inverse=True)[1]
    samples = []
    for _ in range(4):
        chance = rng.dirichlet(np.ones(3), 160)
        answers = ClassAnswers(rng.integers(0, 3, 160), chance.argmax(axis=1), 3, groups, int(groups.max()) + 1, chance)
        samples.append(REGISTRY[name].measure(answers))
    together = bounds_together(REGISTRY[name], samples, level=0.95, seed=3)
    assert {one.method for one in together} == {"betting"}
    assert together == [bounds(REGISTRY[name], sample, level=0.95, seed=3) for sample in samples]


def test_draws_are_the_same_for_the_same_seed_and_sum_to_the_groups():
    first, second = draw_counts(50, 20, 5), draw_counts(50, 20, 5)
    assert np.array_equal(first, second)
    assert (first.sum(axis=1) == 50).all()
    assert not np.array_equal(first, draw_counts(50, 20, 6))


@pytest.mark.parametrize("n,length,blocks", [(10, 3, 3), (11, 3, 4), (9, 3, 3), (2, 5, 1), (12, 1, 12)])
def test_blocks(n, length, blocks):
    # a rest of less than half a block joins the one before: 10 rows in threes are 3 + 3 + 4
    codes = block_codes(n, length)
    assert len(codes) == n
    assert codes.max() + 1 == blocks
    assert (np.diff(codes) >= 0).all()


def drawn_board(values, spread, groups=50, seed=0):
    rng = np.random.default_rng(seed)
    samples = [mean_sample(v + spread * rng.normal(size=groups), own(groups), groups) for v in values]
    counts = draw_counts(groups, 800, seed)
    return np.array([s.value for s in samples]), np.stack([s.resample(counts) for s in samples], axis=1)


def test_clear_differences_give_clear_ranks():
    values, drawn = drawn_board([3.0, 2.0, 1.0], 0.1)
    better = separated(values, drawn, 50)
    assert rank_ranges(better) == [(1, 1), (2, 2), (3, 3)]
    assert tie_groups(values, better) == [1, 2, 3]


def test_equal_entries_share_ranks_and_groups():
    values, drawn = drawn_board([1.0, 1.0, 1.0], 1.0)
    better = separated(values, drawn, 50)
    assert rank_ranges(better) == [(1, 3)] * 3
    assert tie_groups(values, better) == [1, 1, 1]


def test_identical_entries_are_never_separated_and_a_constant_step_always_is():
    base = np.random.default_rng(0).normal(size=40)
    counts = draw_counts(40, 300, 0)
    samples = [mean_sample(base + step, own(40), 40) for step in (0.0, 0.0, 0.5)]
    values = np.array([s.value for s in samples])
    better = separated(values, np.stack([s.resample(counts) for s in samples], axis=1), 40)
    assert rank_ranges(better) == [(2, 3), (2, 3), (1, 1)]


def test_few_groups_separate_nobody():
    values, drawn = drawn_board([3.0, 1.0], 0.01, groups=4)
    assert not separated(values, drawn, 4).any()


def test_tie_groups_follow_the_leader_of_what_is_left():
    # leader 0 is not better than 1 but better than 2 and 3; of those, 2 leads and is not better than 3
    better = np.zeros((4, 4), dtype=bool)
    better[0, 2] = better[0, 3] = better[1, 3] = True
    assert tie_groups(np.array([4.0, 3.0, 2.0, 1.0]), better) == [1, 1, 2, 2]


def test_first_shares_divide_ties():
    drawn = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    assert first_shares(drawn) == pytest.approx([0.625, 0.375])


def test_holm_by_hand():
    # 0.01 <= 0.05/3, 0.02 <= 0.05/2, 0.06 > 0.05: the first two fall
    assert holm([0.02, 0.06, 0.01]) == [True, False, True]
    # 0.03 > 0.05/2 stops at once although 0.04 alone would fall
    assert holm([0.04, 0.03]) == [False, False]
