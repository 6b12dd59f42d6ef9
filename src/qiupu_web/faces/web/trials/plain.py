"""Numbers and verdicts in plain words of the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qiupu_web.faces.templatetags.qiupu import day
from qiupu_web.scenarios.bridge import metric_title
from qiupu_web.trials.enums import TrialState, Verdict
from qiupu_web.trials.models import Decision, Trial


def number(value: float | None) -> str:
    """Write a measured value with the digits that it deserves; a dash when it is missing."""
    if value is None:
        return "–"
    size = abs(value)
    digits = 1 if size >= 100 else 2 if size >= 10 else 3
    text = f"{value:.{digits}f}"
    if size < 10 and float(text) in (0.0, 1.0) and float(text) != value:
        text = f"{value:.5f}"
    return text


def metric_name(metric: str) -> str:
    """Return a metric's name for people."""
    return str(metric_title(metric, get_language() or "en"))


def bar_line(trial: Trial) -> str:
    """Return for example ``accuracy ≥ 0.8``."""
    sign = "≥" if trial.direction == "higher" else "≤"
    return f"{metric_name(trial.metric)} {sign} {trial.bar:g}"


def percent(level: float) -> str:
    """Write a level."""
    return f"{level * 100:g}%"


def rank_text(decision: Decision) -> str:
    """Write a rank as the data allow it."""
    if decision.rank_low is None or decision.rank_high is None:
        return "–"
    return str(decision.rank_low) if decision.rank_low == decision.rank_high else f"{decision.rank_low}–{decision.rank_high}"


def needed_text(decision: Decision) -> str:
    """Say how many more items would decide an open verdict; empty when nothing is to be said."""
    if decision.verdict != Verdict.UNDECIDED or decision.n_needed is None:
        return ""
    more = max(decision.n_needed - decision.n, 1)
    return ngettext("about %(n)d more item would decide it", "about %(n)d more items would decide it", more) % {"n": more}


def headline(trial: Trial, decisions: list[Decision]) -> tuple[str, str, str]:
    """Return a tone, a word and a sentence: who leads, how sure we are, is the bar met."""
    ranked = [one for one in decisions if not one.entry.is_baseline and one.value is not None]
    if trial.state == TrialState.VOID:
        return "fail", _("Void."), trial.reason_note or _("This trial counts for nothing; the reason is below.")
    if not ranked:
        return _before(trial)
    best = ranked[0]
    passed = [one for one in ranked if one.verdict == Verdict.PASS]
    tone = "pass" if passed else "undecided" if any(one.verdict == Verdict.UNDECIDED for one in ranked) else "fail"
    told = passed[0] if passed else best
    parts = [_sentence(trial, told), _ties(ranked)]
    words = {"pass": _("Passed."), "undecided": _("Not decided."), "fail": _("Not passed.")}
    return tone, words[tone], " ".join(part for part in parts if part)


def _before(trial: Trial) -> tuple[str, str, str]:
    if trial.state == TrialState.OPEN:
        until = day(trial.closes_at) if trial.closes_at else _("a day not fixed yet")
        return (
            "open",
            _("Open."),
            _("Entries are taken until %(day)s. Nobody has been judged yet; the final data are sealed.") % {"day": until},
        )
    words = {
        TrialState.DRAFT: (_("Draft."), _("The owner is preparing the question and the data.")),
        TrialState.DATA_CHECK: (_("Data check."), _("Stewards look at the data before they are sealed.")),
        TrialState.SEALED: (_("Sealed."), _("Data, splits, metric and bar are fixed by hash. Entries are not taken yet.")),
        TrialState.PRACTICE: (_("Practice."), _("Try the public sample. Entries are not taken yet.")),
        TrialState.CLOSED: (_("Closed."), _("No more entries. Two people open the final data, then everything is scored once.")),
        TrialState.SCORED: (_("Scored."), _("The scores are being reviewed before they are announced to everybody at once.")),
        TrialState.REVIEW: (_("In review."), _("The scores are being reviewed before they are announced to everybody at once.")),
    }
    word, sentence = words.get(TrialState(trial.state), (_("Nothing to show."), _("No entry was scored.")))
    return "plain", word, sentence


def _sentence(trial: Trial, one: Decision) -> str:
    who = {"org": str(one.entry.organisation), "name": str(one.entry.name), "value": number(one.value), "bar": f"{trial.bar:g}"}
    is_higher = trial.direction == "higher"
    if one.verdict == Verdict.UNDECIDED:
        if one.low is None or one.high is None:
            return (
                _("“%(name)s” (%(org)s) comes first with %(value)s, but there are too few independent items for a verdict.") % who
            )
        spread = {**who, "low": number(one.low), "high": number(one.high)}
        sentence = _("“%(name)s” (%(org)s) comes first with %(value)s, but the data allow anything from %(low)s to %(high)s, and the bar of %(bar)s lies in between.") % spread  # fmt: skip  # noqa: E501  # one sentence
        needed = needed_text(one)
        return f"{sentence} ({needed})" if needed else sentence
    if one.verdict == Verdict.PASS:
        cautious = {**who, "edge": number(one.low if is_higher else one.high)}
        if is_higher:
            return _("“%(name)s” (%(org)s) is shown to reach the bar: even at the cautious end of what the data allow, %(edge)s, it is not below %(bar)s.") % cautious  # fmt: skip  # noqa: E501  # one sentence
        return _("“%(name)s” (%(org)s) is shown to reach the bar: even at the cautious end of what the data allow, %(edge)s, its error is not above %(bar)s.") % cautious  # fmt: skip  # noqa: E501  # one sentence
    hopeful = {**who, "edge": number(one.high if is_higher else one.low)}
    if is_higher:
        return _("Nobody reached the bar. The best, “%(name)s” (%(org)s), stays below %(bar)s even at the hopeful end of what the data allow, %(edge)s.") % hopeful  # fmt: skip  # noqa: E501  # one sentence
    return _("Nobody reached the bar. The error of the best, “%(name)s” (%(org)s), stays above %(bar)s even at the hopeful end of what the data allow, %(edge)s.") % hopeful  # fmt: skip  # noqa: E501  # one sentence


def _ties(ranked: list[Decision]) -> str:
    top = sum(one.rank_low == 1 for one in ranked)
    if top < 2:
        return ""
    return ngettext("%(n)d entry cannot be told apart at the top.", "%(n)d entries cannot be told apart at the top.", top) % {
        "n": top
    }
