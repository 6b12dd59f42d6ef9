"""Small cases worked out by hand."""

import math

import numpy as np
import pytest

from qiupu.measures import REGISTRY, AnomalyAnswers, ClassAnswers, ForecastAnswers, NumberAnswers, Undefined


def own(n):
    return np.arange(n, dtype=np.int64)


def value(name, answers):
    return REGISTRY[name].measure(answers).value


def test_macro_f1_by_hand():
    # truth a a a b, said a a b b: class a TP 2 FP 0 FN 1 -> F1 4/5; class b TP 1 FP 1 FN 0 -> F1 2/3; mean 11/15
    answers = ClassAnswers(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), 2, own(4), 4)
    assert value("macro_f1", answers) == pytest.approx(11 / 15)
    # MCC = (TP TN - FP FN) / sqrt(...) with a as positive: (2*1 - 0*1) / sqrt(2 * 3 * 1 * 2) = 2 / sqrt(12)
    assert value("mcc", answers) == pytest.approx(2 / math.sqrt(12))


def test_mcc_of_a_constant_prediction_is_zero_and_of_one_class_undefined():
    assert value("mcc", ClassAnswers(np.array([0, 0, 1]), np.array([0, 0, 0]), 2, own(3), 3)) == 0.0
    assert isinstance(REGISTRY["mcc"].measure(ClassAnswers(np.zeros(3, int), np.zeros(3, int), 2, own(3), 3)), Undefined)


def test_log_loss_and_brier_by_hand():
    # true class had 0.5 and 0.25: log loss (ln 2 + ln 4) / 2 = 1.5 ln 2
    # Brier: ((0.5)^2 + (0.5)^2) / 2 = 0.25 and ((0.75)^2 * 2) / 2 = 0.5625; mean 0.40625
    answers = ClassAnswers(np.array([0, 1]), np.array([0, 0]), 2, own(2), 2, np.array([[0.5, 0.5], [0.75, 0.25]]))
    assert value("log_loss", answers) == pytest.approx(1.5 * math.log(2))
    assert value("brier", answers) == pytest.approx(0.40625)


def test_regression_by_hand():
    # errors 1, -1, 2: MAE 4/3, RMSE sqrt(2), SST about the mean 2 of (1, 2, 3) is 2 -> R2 = 1 - 6/2 = -2
    answers = NumberAnswers(np.array([1.0, 2, 3]), np.array([0.0, 3, 1]), own(3), 3)
    assert value("mae", answers) == pytest.approx(4 / 3)
    assert value("rmse", answers) == pytest.approx(math.sqrt(2))
    assert value("r2", answers) == pytest.approx(-2)


def test_r2_is_exact_far_from_zero():
    answers = NumberAnswers(np.array([1.0, 2, 3]) + 1e9, np.array([0.0, 3, 1]) + 1e9, own(3), 3)
    assert value("r2", answers) == pytest.approx(-2, rel=1e-6)


def test_r2_of_a_constant_target_is_undefined():
    assert isinstance(REGISTRY["r2"].measure(NumberAnswers(np.ones(3), np.zeros(3), own(3), 3)), Undefined)


@pytest.mark.parametrize("groups", [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])])
def test_mase_is_the_mean_over_series_however_they_are_grouped(groups):
    # series A: errors 1, 3 scale 2 -> 1; series B: errors 2, 2 scale 1 -> 2; MASE 1.5
    answers = ForecastAnswers(
        np.zeros(4),
        np.array([1.0, -3, 2, -2]),
        np.array([0, 0, 1, 1]),
        2,
        groups,
        2,
        scale_absolute=np.array([2.0, 1.0]),
        scale_squared=np.array([5.0, 1.0]),
        naive=np.array([2.0, 2, 4, 4]),
    )
    assert value("mase", answers) == pytest.approx(1.5)
    # RMSSE: sqrt(5 / 5) = 1 and sqrt(4 / 1) = 2 -> 1.5
    assert value("rmsse", answers) == pytest.approx(1.5)
    # relative: A 4/4 = 1, B 4/8 = 1/2, geometric mean sqrt(1/2)
    assert value("relative_mae", answers) == pytest.approx(math.sqrt(0.5))


def test_a_series_without_change_in_its_history_cannot_be_scaled():
    answers = ForecastAnswers(np.zeros(2), np.ones(2), own(2), 2, own(2), 2, scale_absolute=np.array([1.0, 0.0]))
    assert isinstance(REGISTRY["mase"].measure(answers), Undefined)
    assert isinstance(REGISTRY["rmsse"].measure(answers), Undefined)


def test_quantile_metrics_by_hand():
    # target 10, quantiles 8 (0.1), 12 (0.9): losses 0.1 * 2 = 0.2 and (1 - 0.9) * 2 = 0.2; CRPS = 2 * 0.2 = 0.4
    answers = ForecastAnswers(
        np.array([10.0]),
        np.array([10.0]),
        own(1),
        1,
        own(1),
        1,
        levels=np.array([0.1, 0.9]),
        quantiles=np.array([[8.0, 12.0]]),
    )
    assert value("crps", answers) == pytest.approx(0.4)
    assert value("wql", answers) == pytest.approx(0.04)
    assert value("coverage", answers) == 1.0


def test_coverage_without_its_pair_of_quantiles_says_so():
    answers = ForecastAnswers(np.ones(1), np.ones(1), own(1), 1, own(1), 1, levels=np.array([0.5]), quantiles=np.array([[1.0]]))
    assert "80%" in REGISTRY["coverage"].measure(answers).text()


def test_event_f1_by_hand():
    # events 2-3 and 6-7; alarms 3, 5, 9-10: one of two events hit (recall 1/2), one of three runs good (1/3) -> F1 0.4
    target = np.array([0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0])
    alarm = np.array([0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1])
    zeros = np.zeros(11, dtype=np.int64)
    answers = AnomalyAnswers(target, alarm.astype(float), zeros, 1, zeros, 1, alarm)
    assert value("event_f1", answers) == pytest.approx(0.4)


def test_an_event_does_not_run_over_into_the_next_series():
    # two series; the last row of one and the first of the next are anomalous: two events, only the first is hit
    target, alarm = np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0])
    answers = AnomalyAnswers(target, alarm.astype(float), np.array([0, 0, 1, 1]), 2, np.array([0, 0, 1, 1]), 2, alarm)
    assert value("event_f1", answers) == pytest.approx(2 / 3)  # recall 1/2, precision 1


def test_always_alarm_gets_no_more_than_it_deserves():
    # one run that hits everything: recall 1, precision 1 by events; average precision shows it for what it is
    target = np.array([0, 1, 0, 0])
    zeros = np.zeros(4, dtype=np.int64)
    answers = AnomalyAnswers(target, np.ones(4), zeros, 1, zeros, 1, np.ones(4, dtype=np.int64))
    assert value("auc_pr", answers) == pytest.approx(0.25)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="rows"):
        NumberAnswers(np.ones(3), np.ones(2), own(3), 3)
    with pytest.raises(ValueError, match="NaN"):
        NumberAnswers(np.ones(3), np.array([1, np.nan, 2]), own(3), 3)
    with pytest.raises(ValueError, match="stand together"):
        AnomalyAnswers(np.zeros(3, int), np.zeros(3), np.array([0, 1, 0]), 2, own(3), 3)
