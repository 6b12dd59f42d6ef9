"""Parity with reference tools to 1e-9, and with frozen values where the tool is too heavy to depend on."""

import numpy as np
import polars as pl
import pytest

from qiupu.measures import REGISTRY, AnomalyAnswers, RankingAnswers

CLOSE = {"rel": 1e-9, "abs": 1e-9}

for _tool in ("sklearn", "utilsforecast", "scoringrules", "pytrec_eval"):
    pytest.importorskip(_tool, reason="parity is shown against reference tools, which are developers' packages")


def value(name, answers):
    return REGISTRY[name].measure(answers).value


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [2, 3, 7])
def test_classification_against_scikit_learn(made, seed, k):
    from sklearn import metrics as sk

    a = made.classes(np.random.default_rng(seed), n=80, n_groups=80, k=k)
    labels = list(range(k))
    assert value("accuracy", a) == pytest.approx(sk.accuracy_score(a.target, a.predicted), **CLOSE)
    assert value("macro_f1", a) == pytest.approx(sk.f1_score(a.target, a.predicted, average="macro"), **CLOSE)
    assert value("mcc", a) == pytest.approx(sk.matthews_corrcoef(a.target, a.predicted), **CLOSE)
    assert value("log_loss", a) == pytest.approx(sk.log_loss(a.target, a.probabilities, labels=labels), **CLOSE)
    brier = sk.brier_score_loss(a.target, a.probabilities if k > 2 else a.probabilities[:, 1], labels=labels, scale_by_half=True)
    assert value("brier", a) == pytest.approx(brier, **CLOSE)


@pytest.mark.parametrize("seed", range(5))
def test_regression_against_scikit_learn(made, seed):
    from sklearn import metrics as sk

    a = made.numbers(np.random.default_rng(seed), n=90, n_groups=15)
    assert value("mae", a) == pytest.approx(sk.mean_absolute_error(a.target, a.predicted), **CLOSE)
    assert value("rmse", a) == pytest.approx(sk.root_mean_squared_error(a.target, a.predicted), **CLOSE)
    assert value("r2", a) == pytest.approx(sk.r2_score(a.target, a.predicted), **CLOSE)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_average_precision_against_scikit_learn(made, seed, ties):
    from sklearn import metrics as sk

    a = made.anomalies(np.random.default_rng(seed))
    score = np.round(a.score, 1) if ties else a.score
    a = AnomalyAnswers(**{**a.__dict__, "score": score})
    assert value("auc_pr", a) == pytest.approx(sk.average_precision_score(a.target, score), **CLOSE)


@pytest.mark.parametrize("seed", range(3))
def test_weighted_average_precision_against_scikit_learn(made, seed):
    from sklearn import metrics as sk

    a = made.anomalies(np.random.default_rng(seed))
    weights = np.random.default_rng(seed).integers(0, 4, a.n_groups).astype(float)
    found = REGISTRY["auc_pr"].measure(a).resample(weights[None])[0]
    assert found == pytest.approx(sk.average_precision_score(a.target, a.score, sample_weight=weights[a.groups]), **CLOSE)


@pytest.mark.filterwarnings("ignore:invalid escape sequence")  # in a docstring of utilsforecast, when it is first compiled
@pytest.mark.parametrize("by", ["day", "series"])
@pytest.mark.parametrize("season", [1, 4])
def test_forecasts_against_utilsforecast(rng, by, season):
    from utilsforecast import losses

    n_series, past, steps = 5, 40, 12
    history = rng.normal(10, 2, (n_series, past))
    target = rng.normal(10, 2, (n_series, steps))
    predicted = target + rng.normal(size=target.shape)
    difference = history[:, season:] - history[:, :-season]
    levels = np.array([0.1, 0.5, 0.9])
    quantiles = predicted[:, :, None] + np.array([-1.2, 0.1, 1.3])
    from qiupu.measures import ForecastAnswers

    series = np.repeat(np.arange(n_series), steps)
    groups = np.tile(np.arange(steps), n_series) if by == "day" else series
    naive = np.stack([history[:, past - season + h % season] for h in range(steps)], axis=1)
    a = ForecastAnswers(
        target.ravel(),
        predicted.ravel(),
        series,
        n_series,
        groups,
        int(groups.max()) + 1,
        scale_absolute=np.abs(difference).mean(axis=1),
        scale_squared=(difference**2).mean(axis=1),
        naive=naive.ravel(),
        levels=levels,
        quantiles=quantiles.reshape(-1, 3),
    )
    uid = [f"s{i}" for i in series]
    frame = pl.DataFrame(
        {"unique_id": uid, "ds": np.tile(np.arange(past, past + steps), n_series), "y": a.target, "m": a.predicted}
        | {f"q{i}": a.quantiles[:, i] for i in range(3)}
        | {"naive": a.naive}
    )
    train = pl.DataFrame(
        {
            "unique_id": [f"s{i}" for i in np.repeat(np.arange(n_series), past)],
            "ds": np.tile(np.arange(past), n_series),
            "y": history.ravel(),
        }
    )
    assert value("mase", a) == pytest.approx(losses.mase(frame, ["m"], season, train)["m"].mean(), **CLOSE)
    assert value("rmsse", a) == pytest.approx(losses.rmsse(frame, ["m"], season, train)["m"].mean(), **CLOSE)
    relative = losses.mae(frame, ["m"])["m"] / losses.mae(frame, ["naive"])["naive"]
    assert value("relative_mae", a) == pytest.approx(np.exp(relative.log().mean()), **CLOSE)
    coverage = ((a.quantiles[:, 0] <= a.target) & (a.target <= a.quantiles[:, 2])).mean()
    assert value("coverage", a) == pytest.approx(coverage, **CLOSE)
    # scaled_crps of utilsforecast is per series: sum of losses over sum of |y|; ours pools, so series are weighed back
    loss = sum(
        losses.quantile_loss(frame, {"m": f"q{i}"}, q=level)["m"].to_numpy() * steps * 2 / 3 for i, level in enumerate(levels)
    )
    assert value("wql", a) == pytest.approx(loss.sum() / np.abs(a.target).sum(), **CLOSE)


def test_crps_against_scoringrules(made, rng):
    import scoringrules

    a = made.forecasts(rng)
    expected = scoringrules.crps_quantile(a.target, a.quantiles, a.levels).mean()
    assert value("crps", a) == pytest.approx(expected, **CLOSE)


@pytest.mark.parametrize("seed", range(4))
def test_retrieval_against_trec_eval(made, seed):
    import pytrec_eval

    a = made.rankings(np.random.default_rng(seed))
    qrel, run = {}, {}
    for row, (query, score, relevance) in enumerate(zip(a.query, a.score, a.relevance, strict=True)):
        qrel.setdefault(str(query), {})[f"d{row}"] = int(relevance)
        run.setdefault(str(query), {})[f"d{row}"] = float(score)
    found = pytrec_eval.RelevanceEvaluator(qrel, {"ndcg_cut.5", "recip_rank", "recall.5"}).evaluate(run)
    for name, key in (("ndcg", "ndcg_cut_5"), ("mrr", "recip_rank"), ("recall", "recall_5")):
        assert value(name, a) == pytest.approx(np.mean([scores[key] for scores in found.values()]), **CLOSE)


@pytest.mark.parametrize("seed", range(3))
def test_ties_are_the_mean_over_all_orders(seed):
    """Against brute force: 4 items, two pairs of equal scores, 4 orders."""
    rng = np.random.default_rng(seed)
    relevance = rng.integers(0, 2, 4).astype(float)
    relevance[rng.integers(0, 4)] = 1
    zeros = np.zeros(4, dtype=np.int64)
    ideal = relevance[relevance > 0]

    def answers(score):
        return RankingAnswers(zeros, np.array(score), relevance, zeros[: len(ideal)], ideal, 1, zeros[:1], 1, top=2)

    orders = [[4, 3, 2, 1], [3, 4, 2, 1], [4, 3, 1, 2], [3, 4, 1, 2]]
    for name in ("ndcg", "mrr", "recall"):
        brute = np.mean([value(name, answers(np.array(order, dtype=float))) for order in orders])
        assert value(name, answers([2.0, 2.0, 1.0, 1.0])) == pytest.approx(brute, **CLOSE)


# Made once with the package vus 0.0.6 (RangeAUC_volume_opt, 250 thresholds), whose dependencies are too heavy to carry.
# The series are made by a formula: score = frac(43758.5453 sin(12.9898 i)) * noise + 0.5 inside events.
FROZEN = [
    pytest.param(300, [(100, 119)], 1.0, None, 20, 0.6489470352741868, id="one event"),
    pytest.param(400, [(50, 60), (75, 80), (300, 310)], 1.0, None, 40, 0.5974005406431431, id="touching buffers"),
    pytest.param(500, [(0, 9), (250, 250), (490, 499)], 1.2, 1, 31, 0.5242989564457089, id="edges and ties"),
    pytest.param(1000, [(200, 230), (600, 605), (800, 850)], 0.6, None, 100, 0.955438173419922, id="good scores"),
    pytest.param(120, [(40, 42)], 1.0, None, 5, 0.7916666666666666, id="short"),
]


@pytest.mark.parametrize("n,events,noise,digits,window,expected", FROZEN)
def test_vus_pr_against_frozen_values(n, events, noise, digits, window, expected):
    target = np.zeros(n, dtype=np.int64)
    for first, last in events:
        target[first : last + 1] = 1
    raw = np.sin(np.arange(n) * 12.9898) * 43758.5453
    score = (raw - np.floor(raw)) * noise + target * 0.5
    score = np.round(score, digits) if digits is not None else score
    zeros = np.zeros(n, dtype=np.int64)
    answers = AnomalyAnswers(target, score, zeros, 1, zeros, 1, window=window)
    assert value("vus_pr", answers) == pytest.approx(expected, rel=1e-9)
