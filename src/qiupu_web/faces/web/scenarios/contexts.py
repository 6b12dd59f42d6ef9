"""What the templates of scenarios are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu_web.base.bilingual import Words, pick
from qiupu_web.base.bilingual import words as words_of
from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import Listing
from qiupu_web.faces.web.projects.registers import ReplicationPart
from qiupu_web.faces.web.scenarios import metrics
from qiupu_web.faces.web.scenarios.forms import PressForm, ReturnForm, ScenarioForm, WithdrawForm
from qiupu_web.matches.models import Match
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may
from qiupu_web.projects.models import Project
from qiupu_web.scenarios.enums import Direction, ScenarioState
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import (
    LAPSING_STATES,
    OPEN_TO_OFFICE,
    OPEN_TO_OWNER,
    RANKABLE_STATES,
    SCENARIO,
    requirements,
)
from qiupu_web.scenarios.templates import Template, template_for
from qiupu_web.trials.models import Trial


@dataclass(frozen=True)
class Measure:
    """How success is measured: ``line`` is the short form, ``plain`` a sentence for everybody; both empty when not said yet."""

    line: str
    plain: Words | None
    waiver: str


@dataclass(frozen=True)
class Row:
    """One scenario of a list: all that its line shows."""

    code: str
    title: Words
    field: str
    owner: Words
    is_invented: bool
    measure: Measure
    budget_cny: Decimal | None
    decide_by: date | None
    state: str
    state_label: str
    takers: tuple[str, ...] = ()


def row_of(row: Scenario, takers: tuple[str, ...] = ()) -> Row:
    """Return a scenario's line."""
    return Row(
        code=row.code,
        title=words_of(row, "title"),
        field=row.field,
        owner=words_of(row.owner, "name"),
        is_invented=row.is_invented,
        measure=measure_of(row),
        budget_cny=row.budget_cny,
        decide_by=row.decide_by,
        state=row.state,
        state_label=row.get_state_display(),
        takers=takers,
    )


@dataclass(frozen=True)
class ScenarioList:
    """A list of scenarios."""

    listing: Listing[Scenario]
    rows: Sequence[Row]
    is_benchmark: bool
    may_draft: bool
    may_save: bool


@dataclass(frozen=True)
class Wanted:
    """One thing that publishing needs."""

    text: str
    is_met: bool


@dataclass(frozen=True)
class Deeds:
    """What this reader may do with this scenario now: a form where it may be done, else None."""

    edit: bool
    rank: OnceForm | None
    submit: OnceForm | None
    publish: OnceForm | None
    send_back: ReturnForm | None
    withdraw: WithdrawForm | None
    reconfirm: OnceForm | None
    benchmark: OnceForm | None

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.edit or self.submit or self.publish or self.send_back or self.withdraw or self.reconfirm or self.benchmark)


@dataclass(frozen=True)
class Event:
    """One line of the history."""

    at: datetime
    what: str
    who: str


@dataclass(frozen=True)
class ScenarioPage:
    """One scenario."""

    scenario: Scenario
    measure: Measure
    bar_rule: Words | None
    matches: Sequence[Match]
    match_count: int
    trials: Sequence[Trial]
    projects: Sequence[Project]
    taken_over: ReplicationPart
    history: Sequence[Event]
    wanted: Sequence[Wanted]
    missing_count: int
    is_inside: bool
    deeds: Deeds
    problem: OnceForm | None = None


@dataclass(frozen=True)
class ScenarioFormPage:
    """The form of a scenario, new or not."""

    form: ScenarioForm
    scenario: Scenario | None
    templates: Sequence[Template]
    chosen: Template | None
    chosen_title: Words | None
    chosen_what: Words | None
    chosen_bar: Words | None
    wanted: Sequence[Wanted]
    is_draft: bool


def measure_of(row: Scenario) -> Measure:
    """Say how success is measured."""
    if not row.metric:
        return Measure("", None, row.waiver)
    return _measure(row.metric, row.field, row.bar, row.direction, get_language() or "en")


@lru_cache(maxsize=4096)
def _measure(metric: str, field: str, bar: float | None, direction: str, lang: str) -> Measure:
    name, meaning = metrics.named(metric), metrics.meaning_of(metric)
    template = template_for(metric, field)
    said = Words(meaning.text, "zh" if lang.startswith("zh") else "en") if meaning else None
    plain = pick(template.what_zh, template.what_en, lang) if template else said
    if bar is None:
        return Measure(name, plain, "")
    sentence = _("%(name)s at most %(bar)s") if direction == Direction.LOWER else _("%(name)s at least %(bar)s")
    return Measure(sentence % {"name": name, "bar": f"{bar:g}"}, plain, "")


def wanted_of(row: Scenario) -> list[Wanted]:
    """Return what publishing needs, in the reader's language."""
    return [Wanted(_(one.text), one.is_met) for one in requirements(row)]


def deeds_of(actor: Actor, row: Scenario) -> Deeds:
    """Return what somebody may do with a scenario in its present state."""

    def form(action: str, kind: type[OnceForm], *, states: Sequence[str] | None = None, to: str = "", name: str = "") -> Any:
        possible = row.state in states if states is not None else SCENARIO.allows(row.state, to)
        return kind(auto_id=f"id_{name or kind.__name__}_%s") if possible and may(actor, action, row.owner_id) else None

    words_open = OPEN_TO_OFFICE if actor.role in ("office", "system") else OPEN_TO_OWNER
    return Deeds(
        edit=row.state in words_open and may(actor, "scenarios.edit", row.owner_id),
        rank=form("matches.request_ranking", PressForm, states=RANKABLE_STATES, name="rank"),
        submit=form("scenarios.submit", PressForm, to=ScenarioState.SUBMITTED),
        publish=form("scenarios.publish", PressForm, states=(ScenarioState.SUBMITTED,)),
        send_back=form("scenarios.return", ReturnForm, to=ScenarioState.RETURNED),
        withdraw=form("scenarios.withdraw", WithdrawForm, to=ScenarioState.WITHDRAWN),
        reconfirm=form("scenarios.reconfirm", PressForm, states=LAPSING_STATES),
        benchmark=form("scenarios.move", PressForm, states=(ScenarioState.ACCEPTED,)),
    )


def history_of(records: Sequence[AuditRecord]) -> list[Event]:
    """Return the audit records of a scenario in plain words; people are named by their role only."""
    words = {
        "scenarios.draft": _("written down"),
        "scenarios.edit": _("words changed"),
        "scenarios.submit": _("handed to the exchange office"),
        "scenarios.return": _("sent back"),
        "scenarios.publish": _("published"),
        "scenarios.withdraw": _("withdrawn"),
        "scenarios.reconfirm": _("re-confirmed"),
        "scenarios.lapse_overdue": _("lapsed: not re-confirmed in time"),
        "matches.rank": _("suppliers ranked"),
        "matches.request_ranking": _("ranking asked for"),
    }
    events = []
    for record in records:
        what = words.get(record.action, "")
        state = _state_of(record)
        if state and record.action == "scenarios.move":
            what = _("now: %(state)s") % {"state": ScenarioState(state).label}
        if what:
            events.append(Event(record.at, what, record.organisation_code or _("the system")))
    return events


def _state_of(record: AuditRecord) -> str:
    for change in record.changes:
        after = change.get("changed", {}).get("state", ["", ""])[1]
        if after in ScenarioState.values:
            return str(after)
    return ""
