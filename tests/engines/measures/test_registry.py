"""Properties that every metric of the registry has."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiupu.errors import InputError
from qiupu.measures import KINDS, REGISTRY, SummedSample, Undefined, bounds, metric_named, metrics_for

METRICS = sorted(REGISTRY)
FEW = [False, True]
PERFECT_IS_UNDEFINED = {"relative_mae"}


def measured(made, name, seed=1, **options):
    metric = REGISTRY[name]
    return metric, metric.measure(made.make(metric.kind, np.random.default_rng(seed), **options))


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("few", FEW)
def test_value_lies_in_its_range_and_ones_change_nothing(made, name, few):
    metric, sample = measured(made, name, few_groups=few)
    assert metric.low is None or sample.value >= metric.low
    assert metric.high is None or sample.value <= metric.high
    ones = np.ones((1, sample.n_groups))
    assert sample.resample(ones)[0] == pytest.approx(sample.value, rel=1e-12)
    assert sample.resample(3 * ones)[0] == pytest.approx(sample.value, rel=1e-9)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("few", FEW)
def test_influence_is_the_slope_by_each_weight(made, name, few):
    _, sample = measured(made, name, few_groups=few)
    influence = sample.influence()
    assert abs(influence.sum()) <= 1e-9 * max(np.abs(influence).sum(), 1e-12)
    step = 1e-5
    ones = np.ones(sample.n_groups)
    for g in range(0, sample.n_groups, max(1, sample.n_groups // 7)):
        move = np.zeros(sample.n_groups)
        move[g] = step
        up, down = sample.resample(np.stack([ones + move, ones - move]))
        assert influence[g] == pytest.approx((up - down) / (2 * step), abs=2e-7)


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("few", FEW)
def test_errors_of_resamples_are_those_of_the_resampled_groups(made, name, few):
    """The standard error inside a resample is the one that a sample made of the drawn groups has: summed twice over."""
    _, sample = measured(made, name, few_groups=few)
    counts = np.random.default_rng(3).multinomial(sample.n_groups, np.full(sample.n_groups, 1 / sample.n_groups), 5).astype(float)
    values, errors = sample.resample_studentised(counts)
    assert np.allclose(values, sample.resample(counts), rtol=1e-9, atol=1e-12)
    if isinstance(sample, SummedSample):
        for row, error in zip(counts, errors, strict=True):
            drawn = SummedSample(np.repeat(sample.stats, row.astype(int), axis=0), sample.combine, gradient=sample.gradient)
            groups = sample.n_groups
            assert error == pytest.approx(np.sqrt((drawn.influence() ** 2).sum() * groups / (groups - 1)), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_a_perfect_entry_has_the_best_value(made, name):
    metric, sample = measured(made, name, perfect=True)
    if name in PERFECT_IS_UNDEFINED:
        assert isinstance(sample, Undefined)
        return
    best = metric.high if metric.is_higher_better else metric.low
    assert sample.value == pytest.approx(best, abs=1e-6 if name != "vus_pr" else 0.5)
    _, other = measured(made, name)
    assert (sample.value > other.value) if metric.is_higher_better else (sample.value < other.value)


@pytest.mark.parametrize("name", METRICS)
def test_same_seed_same_bounds(made, name):
    metric, sample = measured(made, name)
    first, second = (bounds(metric, sample, level=0.95, seed=4, resamples=300) for _ in range(2))
    assert first == second
    if first.low is not None:
        assert first.low <= sample.value <= first.high


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_primary_metric_first(kind):
    assert metrics_for(kind)[0].can_be_primary


def test_every_metric_says_what_it_is():
    for metric in REGISTRY.values():
        assert metric.title
        assert metric.source
        assert metric.undefined
        assert metric.direction in ("higher", "lower")


def test_unknown_metric_names_the_known_ones():
    with pytest.raises(InputError, match="accuracy"):
        metric_named("acuracy", "classification")
    with pytest.raises(InputError, match="mae"):
        metric_named("accuracy", "regression")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["classification", "regression", "retrieval"]))
def test_order_of_items_does_not_matter(made_module, seed, kind):
    rng = np.random.default_rng(seed)
    answers = made_module.make(kind, rng)
    if kind == "retrieval":
        order = rng.permutation(len(answers.query))
        changes = {name: getattr(answers, name)[order] for name in ("query", "score", "relevance")}
    else:
        order = rng.permutation(len(answers.target))
        changes = {name: getattr(answers, name)[order] for name in ("target", "predicted")}
        if kind == "classification":
            changes["probabilities"] = answers.probabilities[order]
    mixed = type(answers)(**{**answers.__dict__, **changes})
    for metric in metrics_for(kind):
        assert metric.measure(mixed).value == pytest.approx(metric.measure(answers).value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["auc_pr", "vus_pr", "event_f1"])
def test_anomaly_metrics_see_only_the_order_of_scores(made, name):
    metric = REGISTRY[name]
    answers = made.anomalies(np.random.default_rng(2))
    stretched = type(answers)(**{**answers.__dict__, "score": np.exp(answers.score / 2)})
    assert metric.measure(stretched).value == pytest.approx(metric.measure(answers).value, rel=1e-12)
