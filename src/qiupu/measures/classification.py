"""Metrics of classification."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiupu.errors import N_
from qiupu.measures.answers import ClassAnswers
from qiupu.measures.metric import Metric
from qiupu.measures.samples import FloatArray, SummedSample, Undefined, mean_sample

NO_PROBABILITIES = Undefined(N_("the entry gives no class probabilities (columns p:<class>)"))
ONE_CLASS = Undefined(N_("all items are of one class"))
SMALLEST_PROBABILITY = float(np.finfo(np.float64).eps)


def measure_accuracy(answers: ClassAnswers) -> SummedSample:
    """Return the share of items with the right class."""
    return mean_sample(answers.target == answers.predicted, answers.groups, answers.n_groups)


def _class_counts(answers: ClassAnswers) -> FloatArray:
    """Return [groups, 3 * classes]: for each class the items that are right, predicted so, and truly so."""
    k, groups = answers.n_classes, answers.n_groups

    def count(codes: NDArray[Any], rows: NDArray[Any]) -> FloatArray:
        flat = np.bincount(answers.groups[rows] * k + codes[rows], minlength=groups * k)
        return flat.reshape(groups, k).astype(np.float64)

    every = np.ones(len(answers.target), dtype=bool)
    right = count(answers.target, answers.target == answers.predicted)
    return np.concatenate([right, count(answers.predicted, every), count(answers.target, every)], axis=1)


def _rarest(answers: ClassAnswers) -> int:
    counts = np.bincount(answers.target, minlength=answers.n_classes)
    return int(counts[counts > 0].min())


def _groups_of_rarest(true: FloatArray) -> int:
    """Return how many groups hold the class that fewest groups hold; ``true`` [groups, classes] counts items."""
    holding = (true > 0).sum(axis=0)
    return int(holding[holding > 0].min())


def _macro_f1(sums: NDArray[Any]) -> NDArray[Any]:
    k = sums.shape[-1] // 3
    right, total = sums[..., :k], sums[..., k : 2 * k] + sums[..., 2 * k :]
    present = total.real > 0
    f1 = np.where(present, 2 * right / np.where(present, total, 1), 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(f1.sum(axis=-1) / present.sum(axis=-1))


def _macro_f1_slopes(sums: FloatArray) -> FloatArray:
    k = sums.shape[-1] // 3
    right, total = sums[..., :k], sums[..., k : 2 * k] + sums[..., 2 * k :]
    present = total > 0
    safe = np.where(present, total, 1)
    share = np.where(present, 1.0, 0.0) / present.sum(axis=-1, keepdims=True)
    by_total = -2 * right / safe**2 * share
    return np.concatenate([2 / safe * share, by_total, by_total], axis=-1)


def measure_macro_f1(answers: ClassAnswers) -> SummedSample:
    """Return the mean over classes of the harmonic mean of precision and recall."""
    return SummedSample(_class_counts(answers), _macro_f1, gradient=_macro_f1_slopes, events=_rarest(answers))


def _mcc(sums: NDArray[Any]) -> NDArray[Any]:
    k = sums.shape[-1] // 3
    right, predicted, true = sums[..., :k].sum(-1), sums[..., k : 2 * k], sums[..., 2 * k :]
    n = true.sum(-1)
    top = right * n - (predicted * true).sum(-1)
    square = (n**2 - (predicted**2).sum(-1)) * (n**2 - (true**2).sum(-1))
    usable = square.real > 1e-9 * np.maximum(n.real, 1) ** 2
    return np.where(usable, top / np.sqrt(np.where(usable, square, 1)), 0)


def measure_mcc(answers: ClassAnswers) -> SummedSample | Undefined:
    """Return Matthews' correlation of truth and prediction (0 when every prediction is the same class)."""
    if len(np.unique(answers.target)) < 2:
        return ONE_CLASS
    counts = _class_counts(answers)
    return SummedSample(counts, _mcc, events=_rarest(answers), rare_groups=_groups_of_rarest(counts[:, 2 * answers.n_classes :]))


def measure_log_loss(answers: ClassAnswers) -> SummedSample | Undefined:
    """Return the mean of -log(probability of the true class), probabilities held within [eps, 1 - eps]."""
    if answers.probabilities is None:
        return NO_PROBABILITIES
    chosen = answers.probabilities[np.arange(len(answers.target)), answers.target]
    held = np.clip(chosen, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    return mean_sample(-np.log(held), answers.groups, answers.n_groups)


def measure_brier(answers: ClassAnswers) -> SummedSample | Undefined:
    """Return the mean over items of half the squared distance between probabilities and truth."""
    if answers.probabilities is None:
        return NO_PROBABILITIES
    truth = np.zeros_like(answers.probabilities)
    truth[np.arange(len(answers.target)), answers.target] = 1
    return mean_sample(((answers.probabilities - truth) ** 2).sum(axis=1) / 2, answers.groups, answers.n_groups)


NEVER = N_("always defined")
WITHOUT_PROBABILITIES = N_("no value when the entry gives no class probabilities")
_metric = partial(Metric, kind="classification")

METRICS = (
    _metric(
        name="accuracy",
        title=N_("Accuracy"),
        direction="higher",
        low=0.0,
        high=1.0,
        unit="share",
        shape="mean",
        is_binary=True,
        undefined=NEVER,
        measure=measure_accuracy,
        source="share of right classes",
    ),
    _metric(
        name="macro_f1",
        title=N_("Macro F1"),
        direction="higher",
        low=0.0,
        high=1.0,
        unit="share",
        shape="sums",
        undefined=N_("a class that is neither true nor predicted is left out of the mean"),
        measure=measure_macro_f1,
        source="mean over classes of 2 TP / (2 TP + FP + FN)",
    ),
    _metric(
        name="mcc",
        title=N_("Matthews correlation"),
        direction="higher",
        low=-1.0,
        high=1.0,
        unit="index",
        shape="sums",
        undefined=N_("no value when all items are of one class; 0 when all predictions are"),
        measure=measure_mcc,
        source="Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006",
    ),
    _metric(
        name="log_loss",
        title=N_("Log loss"),
        direction="lower",
        low=0.0,
        high=None,
        unit="nats",
        shape="mean",
        undefined=WITHOUT_PROBABILITIES,
        measure=measure_log_loss,
        source="Good 1952; probabilities held within [2.2e-16, 1 - 2.2e-16]",
    ),
    _metric(
        name="brier",
        title=N_("Brier score"),
        direction="lower",
        low=0.0,
        high=1.0,
        unit="index",
        shape="mean",
        undefined=WITHOUT_PROBABILITIES,
        measure=measure_brier,
        source="Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2, halved so that it lies in 0..1",
    ),
)
