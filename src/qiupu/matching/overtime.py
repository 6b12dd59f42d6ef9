"""Does it help? Recorded decisions judged in windows of time: in each, only what was known before it may be used.

Needs are put in order of their first decision and cut into windows; the first serves as a past only. Popularity counts the
decisions before a window, records are those known at its beginning. Never a random split: it would let the future tell the past.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from qiupu.errors import N_, InputError
from qiupu.matching.decided import Numbers, Pairs, RecordsAt, check_decided, lay_out, vector_of
from qiupu.matching.evaluate import Decision, Figures, figures, ndcg_at, popular
from qiupu.matching.fit import Weights
from qiupu.matching.items import Capability, Need
from qiupu.text import Embedder
from qiupu.wording import translate

LEAST_NEEDS = 10
"""Fewer judged needs than this compare nothing: the figures are shown, the verdict is "too few"."""
LEVEL = 0.05
GRID = 1000
Verdict = Literal["better", "not-better", "worse", "too-few"]
Lists = dict[str, list[str]]
Method = Callable[[int, "Span"], Numbers]
"""Gives the points of one need (its place) against all capabilities, as they would have been at a window's beginning."""
_SENTENCES: dict[Verdict, str] = {
    "better": N_("{name} beats {against}: nDCG@{k} is higher by {difference:+.3f} on {needs} needs that came later (p = {p:.3f})."),
    "worse": N_(
        "{name} is worse than {against}: nDCG@{k} differs by {difference:+.3f} on {needs} needs that came later (p = {p:.3f})."
    ),
    "not-better": N_(
        "{name} does not beat {against}: nDCG@{k} differs by {difference:+.3f} on {needs} needs that came later (p = {p:.3f})."
    ),
    "too-few": N_("Too few decisions to compare {name} with {against}: {needs} needs were judged, {least} are the least."),
}
TITLES = {
    "qiupu": N_("our ranking"),
    "refitted": N_("the refitted ranking"),
    "current": N_("the ranking in use"),
    "bm25": N_("keywords (BM25)"),
    "popularity": N_("popularity"),
}


@dataclass(frozen=True)
class Span:
    """A window of time: the needs whose first decision lies in it (places, sorted), and what was decided before it began."""

    begins_at: datetime
    ends_at: datetime
    needs: tuple[int, ...]
    before: tuple[Decision, ...]


@dataclass(frozen=True)
class Window:
    """The figures of one window, one for each method; ``decided_before`` is how many decisions lay in its past."""

    begins_at: datetime
    ends_at: datetime
    decided_before: int
    figures: tuple[Figures, ...]


@dataclass(frozen=True)
class Comparison:
    """One method against another, need by need, on nDCG@k.

    ``p_value`` is that of the exact two-sided sign-flip test (Fisher 1935): how often a difference as large would come if the two
    methods' names were exchanged at random, need by need.
    """

    name: str
    against: str
    k: int
    needs: int
    difference: float | None
    p_value: float | None
    verdict: Verdict

    def sentence(self, lang: str = "en") -> str:
        """Return the verdict in words."""
        text = translate(_SENTENCES[self.verdict], lang).format(
            name=translate(TITLES[self.name], lang),
            against=translate(TITLES[self.against], lang),
            k=self.k,
            needs=self.needs,
            least=LEAST_NEEDS,
            difference=self.difference or 0.0,
            p=1.0 if self.p_value is None else self.p_value,
        )
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Evaluation:
    """Windows in order of time, the figures over all of them, and our ranking against each other method."""

    k: int
    windows: tuple[Window, ...]
    total: tuple[Figures, ...]
    comparisons: tuple[Comparison, ...]


def evaluate_decisions(
    needs: Sequence[Need],
    capabilities: Sequence[Capability],
    decisions: Sequence[Decision],
    *,
    k: int = 5,
    windows: int = 4,
    weights: Weights | None = None,
    embedder: Embedder | None = None,
    records_at: RecordsAt | None = None,
) -> Evaluation:
    """Judge our ranking, BM25 and popularity by what people decided, window by window.

    Parameters
    ----------
    needs, capabilities
        All that the decisions name; capabilities that nobody decided on belong to the pool as well. Their ``record`` is
        not used, since it tells the future: see ``records_at``.
    decisions : sequence of Decision
        In any order; of several on one pair the best grade counts.
    k : int
        Length of the lists that are judged, >= 1.
    windows : int
        How many windows are judged at most, >= 1; fewer when there are fewer needs.
    records_at : callable, optional
        Gives the records as they were known at an instant; without it records count nothing.

    Raises
    ------
    InputError
        When fewer than two needs found a taker, or a decision names an unknown id.
    """
    used = weights or Weights()
    spans, pairs = prepare(needs, capabilities, decisions, windows=windows, weights=used, embedder=embedder, records_at=records_at)
    vector = vector_of(used)
    return judged(pairs, spans, decisions, {"qiupu": lambda need, span: pairs.at(need, span.begins_at) @ vector}, k=k, ours="qiupu")


def prepare(
    needs: Sequence[Need],
    capabilities: Sequence[Capability],
    decisions: Sequence[Decision],
    *,
    windows: int,
    weights: Weights,
    embedder: Embedder | None,
    records_at: RecordsAt | None,
) -> tuple[tuple[Span, ...], Pairs]:
    """Check what is given; return the windows and the pairs' features (of the decided needs only)."""
    check_decided(needs, capabilities, [(one.need, one.capability) for one in decisions])
    taken = {one.need for one in decisions if one.grade > 0}
    asked = [one for one in needs if one.id in taken]
    pairs = lay_out(asked, capabilities, embedder=embedder, record_half=weights.record_half, records_at=records_at)
    return _spans(pairs.needs, decisions, max(1, windows)), pairs


def judged(
    pairs: Pairs, spans: Sequence[Span], decisions: Sequence[Decision], methods: Mapping[str, Method], *, k: int, ours: str
) -> Evaluation:
    """Judge some methods, BM25 and popularity on all windows; ``ours`` is compared with each of the others."""
    names = [*methods, "bm25", "popularity"]
    lists: dict[str, Lists] = {name: {} for name in names}
    windows = []
    for span in spans:
        here = {name: _lists(pairs, span, k, method) for name, method in methods.items()}
        here["bm25"] = _lists(pairs, span, k, lambda need, _: pairs.keywords[need].astype(np.float64), only_above=0.0)
        known = popular(span.before, pairs.capabilities, k)
        here["popularity"] = {pairs.needs[need]: known for need in span.needs}
        windows.append(Window(span.begins_at, span.ends_at, len(span.before), tuple(
            figures(name, here[name], decisions, pairs.capabilities, k=k) for name in names)))  # fmt: skip
        for name in names:
            lists[name].update(here[name])
    total = tuple(figures(name, lists[name], decisions, pairs.capabilities, k=k) for name in names)
    gains = {name: _gains(lists[name], decisions, k) for name in names}
    return Evaluation(
        k, tuple(windows), total, tuple(compare(ours, name, gains[ours], gains[name], k) for name in names if name != ours)
    )


def compare(name: str, against: str, ours: Numbers, theirs: Numbers, k: int) -> Comparison:
    """Compare two methods' gains on the same needs."""
    if len(ours) < LEAST_NEEDS:
        return Comparison(name, against, k, len(ours), None, None, "too-few")
    difference, p_value = float(np.mean(ours - theirs)), sign_flip_p(ours - theirs)
    verdict: Verdict = "not-better" if p_value >= LEVEL else "better" if difference > 0 else "worse"
    return Comparison(name, against, k, len(ours), difference, p_value, verdict)


def sign_flip_p(differences: Numbers) -> float:
    """Return the two-sided p-value of the sign-flip test, exact for differences in thousandths; normal above 2,000 of them.

    Source
    ------
    Fisher 1935, The Design of Experiments, section 21; for retrieval Smucker, Allan and Carterette 2007,
    doi:10.1145/1321440.1321528.
    """
    steps = np.rint(np.abs(differences) * GRID).astype(np.int64)
    observed = abs(int(np.rint(differences * GRID).astype(np.int64).sum()))
    steps = steps[steps > 0]
    if not len(steps):
        return 1.0
    if len(steps) > 2000:
        return math.erfc(observed / math.sqrt(2 * float((steps**2).sum())))
    chance = np.ones(1)  # of each reachable sum, from -total to total in steps of one
    for step in steps.tolist():
        wider = np.zeros(len(chance) + 2 * step)
        wider[: len(chance)] += 0.5 * chance
        wider[2 * step :] += 0.5 * chance
        chance = wider
    middle = len(chance) // 2
    extreme = chance[: middle - observed + 1].sum() + chance[middle + observed :].sum()
    return float(min(1.0, extreme))


def _lists(pairs: Pairs, span: Span, k: int, method: Method, *, only_above: float = -math.inf) -> Lists:
    found: Lists = {}
    for need in span.needs:
        points = np.where(pairs.allowed[need], np.round(method(need, span), 5), -math.inf)
        order = np.argsort(-points, kind="stable")[:k]
        found[pairs.needs[need]] = [pairs.capabilities[place] for place in order if points[place] > only_above]
    return found


def _gains(lists: Lists, decisions: Sequence[Decision], k: int) -> Numbers:
    grades = grades_of(decisions)
    return np.array([ndcg_at(ranked, grades[need], k) for need, ranked in lists.items()])


def grades_of(decisions: Sequence[Decision]) -> dict[str, dict[str, int]]:
    """Return, for each need, the best grade of each capability that was decided on."""
    grades: dict[str, dict[str, int]] = {}
    for one in decisions:
        held = grades.setdefault(one.need, {})
        held[one.capability] = max(held.get(one.capability, 0), one.grade)
    return grades


def _spans(needs: Sequence[str], decisions: Sequence[Decision], windows: int) -> tuple[Span, ...]:
    first: dict[str, datetime] = {}
    for one in decisions:
        first[one.need] = min(first.get(one.need, one.decided_at), one.decided_at)
    order = sorted(range(len(needs)), key=lambda place: (first[needs[place]], needs[place]))
    times = [first[needs[place]] for place in order]
    cuts = {round(len(order) * part / (windows + 1)) for part in range(1, windows + 1)}
    begins = sorted({_to_new_instant(times, cut) for cut in cuts if cut > 0} - {0, len(order)})
    if not begins:
        raise InputError(
            N_("{count} needs found a taker so far, and none of them clearly after another, so there is nothing to judge by time."),
            cure=N_("Wait for more decisions."),
            code="no-decisions",
            count=len(order),
        )
    spans = []
    for begin, end in zip(begins, [*begins[1:], len(order)], strict=True):
        before = tuple(one for one in decisions if one.decided_at < times[begin])
        spans.append(Span(times[begin], times[end - 1], tuple(sorted(order[begin:end])), before))
    return tuple(spans)


def _to_new_instant(times: Sequence[datetime], cut: int) -> int:
    """Return the first place from ``cut`` on whose instant differs from the one before: equal instants stay together."""
    while 0 < cut < len(times) and times[cut] == times[cut - 1]:
        cut += 1
    return cut
