"""What a project's page shows of its acceptance on fresh data."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiupu_web.faces.web.projects.forms import AcceptanceForm, WaiverForm
from qiupu_web.faces.web.trials.drawing import Plot, plot_of, scale_of
from qiupu_web.faces.web.trials.plain import metric_name, number
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may
from qiupu_web.projects.bridge import is_measurable
from qiupu_web.projects.enums import AcceptanceVerdict, ProjectState
from qiupu_web.projects.models import Acceptance, Project
from qiupu_web.scenarios.enums import Direction


@dataclass(frozen=True)
class AcceptanceShown:
    """One measurement in plain words, with its drawing."""

    row: Acceptance
    sentence: str
    plot: Plot | None
    is_over: bool


@dataclass(frozen=True)
class AcceptancePart:
    """The section: what it is measured by, what was measured, what the reader may do."""

    is_shown: bool
    rule: str
    shown: tuple[AcceptanceShown, ...]
    form: AcceptanceForm | None
    waiver_form: WaiverForm | None


def acceptance_part(row: Project, actor: Actor) -> AcceptancePart:
    """Put the section together; the newest measurement comes first."""
    here = row.state == ProjectState.ACCEPTANCE
    measurable = is_measurable(row) if here else False
    rows = sorted(row.acceptances.all(), key=lambda one: (one.measured_at, one.pk), reverse=True)
    return AcceptancePart(
        is_shown=here or bool(rows),
        rule=_rule(row) if measurable else "",
        shown=tuple(
            AcceptanceShown(one, acceptance_sentence(one), _plot(one), here and one.measured_at < row.state_since) for one in rows
        ),
        form=AcceptanceForm() if measurable and may(actor, "projects.record_acceptance", row.scenario.owner_id) else None,
        waiver_form=WaiverForm() if here and not measurable and may(actor, "projects.waive_acceptance") else None,
    )


def bar_words(metric: str, direction: str, bar: float | None) -> str:
    """Return for example ``accuracy ≥ 0.8``."""
    return f"{metric_name(metric)} {'≥' if direction == Direction.HIGHER else '≤'} {bar:g}"


def _rule(row: Project) -> str:
    set_by = row.trial or row.scenario
    return bar_words(set_by.metric, set_by.direction, set_by.bar)


def acceptance_sentence(one: Acceptance) -> str:
    """Say what was measured, how sure it is, and the bar; of a waiver its reason."""
    if one.verdict == AcceptanceVerdict.WAIVED:
        return one.reason
    words = {"bar": bar_words(one.metric, one.direction, one.bar), "value": number(one.value)}
    if one.low is None or one.high is None:
        spread = _("%(value)s on %(items)s; the bar is %(bar)s.")
    else:
        words |= {"low": number(one.low), "high": number(one.high)}
        spread = _("%(value)s on %(items)s, between %(low)s and %(high)s; the bar is %(bar)s.")
    n = one.n or 0
    words["items"] = ngettext("%(n)d fresh item", "%(n)d fresh items", n) % {"n": n}
    more = max((one.n_needed or 0) - n, 0)
    if one.verdict != AcceptanceVerdict.UNDECIDED or not more:
        return spread % words
    told = ngettext("About %(n)d more item would decide it.", "About %(n)d more items would decide it.", more) % {"n": more}
    return f"{spread % words} {told}"


def _plot(one: Acceptance) -> Plot | None:
    if one.value is None or one.bar is None:
        return None
    scale = scale_of((one.value, one.low, one.high, one.bar))
    return plot_of(scale, value=one.value, low=one.low, high=one.high, bar=one.bar, label=acceptance_sentence(one))
