"""What must hold for scenarios; no database here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from qiupu.errors import N_, InputError
from qiupu.wording import translate
from qiupu_web.base.lifecycle import Lifecycle, Step
from qiupu_web.parties.enums import Field
from qiupu_web.scenarios.enums import Direction
from qiupu_web.scenarios.enums import ScenarioState as S

EXITS = (S.WITHDRAWN, S.LAPSED, S.NO_TAKER, S.TERMINATED)

SCENARIO = Lifecycle(
    "scenario",
    {
        S.DRAFT: Step((S.SUBMITTED, S.WITHDRAWN), "owner", 60),
        S.SUBMITTED: Step((S.RETURNED, S.PUBLISHED, S.WITHDRAWN), "office", 10),
        S.RETURNED: Step((S.SUBMITTED, S.WITHDRAWN), "owner", 30),
        S.PUBLISHED: Step((S.MATCHING, S.ON_TRIAL, S.NEGOTIATING, *EXITS), "office", 90),
        S.MATCHING: Step((S.ON_TRIAL, S.NEGOTIATING, S.SELECTED, *EXITS), "office", 60),
        S.ON_TRIAL: Step((S.NEGOTIATING, S.SELECTED, S.MATCHING, *EXITS), "steward", 120),
        S.NEGOTIATING: Step((S.ON_TRIAL, S.SELECTED, *EXITS), "owner", 60),
        S.SELECTED: Step((S.CONTRACTED, *EXITS), "owner", 60),
        S.CONTRACTED: Step((S.BUILDING, S.TERMINATED), "owner", 60),
        S.BUILDING: Step((S.ACCEPTED, S.TERMINATED), "owner", 365),
        S.ACCEPTED: Step((S.BENCHMARK, S.TERMINATED), "office", 180),
        S.BENCHMARK: Step((), "", None),
        **{state: Step() for state in EXITS},
    },
    exits=frozenset({S.RETURNED, *EXITS}),
)
OPEN_STATES = (S.PUBLISHED, S.MATCHING, S.ON_TRIAL, S.NEGOTIATING)
PUBLIC_STATES = (
    *OPEN_STATES,
    S.SELECTED,
    S.CONTRACTED,
    S.BUILDING,
    S.ACCEPTED,
    S.BENCHMARK,
    S.NO_TAKER,
    S.TERMINATED,
    S.LAPSED,
)
BENCHMARK_STATES = (S.ACCEPTED, S.BENCHMARK)
"""The third list: accepted cases, and those that the office holds up as replicable."""
OFF_THE_LIST = tuple(state for state in S if state not in PUBLIC_STATES or state in BENCHMARK_STATES)
"""What the opportunity list leaves out. It asks for the rest by exclusion, so that a database walks the codes in order."""
RANKABLE_STATES = (S.PUBLISHED, S.MATCHING, S.ON_TRIAL, S.NEGOTIATING)
LAPSING_STATES = (S.PUBLISHED, S.MATCHING)
"""A need that nobody re-confirms in time lapses, so that the list stays true."""
TRIAL_MOVES = (S.MATCHING, S.ON_TRIAL, S.NEGOTIATING, S.SELECTED)
"""Where the course of a trial may take a scenario."""
OWN_USE_CASE = (S.SUBMITTED, S.RETURNED, S.PUBLISHED, S.WITHDRAWN)
"""Moves that have a use case of their own, with more to check."""
OPEN_TO_OWNER = (S.DRAFT, S.RETURNED)
OPEN_TO_OFFICE = (*OPEN_TO_OWNER, S.SUBMITTED, S.PUBLISHED, S.MATCHING)
"""States in which the words may still be changed, and by whom. Once on trial they stand."""

EDITABLE = (
    "commitment",
    "field",
    "title_zh",
    "title_en",
    "body_zh",
    "body_en",
    "setting_zh",
    "setting_en",
    "data_zh",
    "data_en",
    "metric",
    "bar",
    "direction",
    "waiver",
    "decision_maker_zh",
    "decision_maker_en",
    "budget_cny",
    "budget_route_zh",
    "budget_route_en",
    "decide_by",
    "region",
)


DESCRIPTIVE = frozenset({"title_zh", "title_en", "body_zh", "body_en", "setting_zh", "setting_en", "data_zh", "data_en", "region"})
"""What the office may still put better in an accepted case; what was measured and promised stands."""


class ScenarioWords(Protocol):
    """What the checks look at."""

    field: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    metric: str
    bar: float | None
    direction: str
    waiver: str
    decision_maker_zh: str
    decision_maker_en: str
    budget_cny: Decimal | None
    budget_route_zh: str
    budget_route_en: str


@dataclass(frozen=True)
class Requirement:
    """One thing that publishing needs: the form's field to go to, what it is, and whether it is there."""

    column: str
    text: str
    is_met: bool


def requirements(row: ScenarioWords) -> tuple[Requirement, ...]:
    """Return everything that publishing needs, in the order in which it is asked for."""
    measured = bool(row.waiver)
    return (
        Requirement("body_zh", N_("what is needed"), bool(row.body_zh or row.body_en)),
        Requirement("metric", N_("the metric by which success is measured, or why it cannot be"), measured or bool(row.metric)),
        Requirement("bar", N_("the acceptance bar"), measured or row.bar is not None),
        Requirement("direction", N_("which way is better"), measured or bool(row.direction)),
        Requirement("decision_maker_zh", N_("who decides"), bool(row.decision_maker_zh or row.decision_maker_en)),
        Requirement("budget_route_zh", N_("how it is bought after success"), bool(row.budget_route_zh or row.budget_route_en)),
    )


class Incomplete(InputError):
    """A scenario that cannot be handed in yet; ``missing`` lists all that it lacks, not only the first."""

    def __init__(self, missing: tuple[Requirement, ...]) -> None:
        self.missing = missing
        super().__init__(
            N_("Before it can be handed in, this is still missing: {what}."),
            cure=N_("Add it in the form; everything else is kept."),
            code="incomplete",
            what="",
        )

    def sentence(self, lang: str = "en") -> str:
        """What was wrong, with every missing thing in the reader's language."""
        what = translate(N_("; "), lang).join(translate(one.text, lang) for one in self.missing)
        return translate(self.template, lang).format(what=what)


def check_complete(row: ScenarioWords) -> None:
    """Raise ``Incomplete`` when publishing needs more."""
    missing = tuple(one for one in requirements(row) if not one.is_met)
    if missing:
        raise Incomplete(missing)


def check_scenario(row: ScenarioWords) -> None:
    """Raise ``InputError``, naming the field, when a scenario cannot be kept like this, complete or not."""
    if not (row.title_zh or row.title_en):
        raise InputError(N_("A title is missing."), cure=N_("Give it in Chinese, in English, or both."), column="title_zh")
    if row.field not in Field.values:
        raise InputError(
            N_("There is no field “{given}”."), cure=N_("Choose one of the list."), column="field", code="field", given=row.field
        )
    if row.direction and row.direction not in Direction.values:
        raise InputError(
            N_("“{given}” is no direction."),
            cure=N_("Say whether higher or lower is better."),
            column="direction",
            code="direction",
            given=row.direction,
        )
    if row.bar is not None and not math.isfinite(row.bar):
        raise InputError(N_("The bar must be a number."), column="bar", code="bar")
    if row.budget_cny is not None and row.budget_cny <= 0:
        raise InputError(
            N_("The budget must be above 0."), cure=N_("Leave it empty when it is open."), column="budget_cny", code="budget"
        )
    if row.waiver and row.metric:
        raise InputError(
            N_("There is a metric and a reason why success cannot be measured."),
            cure=N_("Keep one of the two."),
            column="waiver",
            code="waiver-and-metric",
        )
