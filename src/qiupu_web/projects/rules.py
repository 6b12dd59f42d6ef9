"""What must hold for projects and milestones; no database here."""

from __future__ import annotations

from decimal import Decimal

from qiupu.errors import N_, InputError
from qiupu_web.base.lifecycle import Lifecycle, Step
from qiupu_web.projects.enums import AcceptanceVerdict, Degree
from qiupu_web.projects.enums import BenefitState as B
from qiupu_web.projects.enums import MilestoneState as M
from qiupu_web.projects.enums import ProjectState as S
from qiupu_web.projects.enums import RiskState as R
from qiupu_web.scenarios.enums import ScenarioState

SIDE = (S.SUSPENDED, S.CHANGED, S.TERMINATED)
PROJECT = Lifecycle(
    "project",
    {
        S.CANDIDATE: Step((S.SELECTED, S.TERMINATED), "owner", 60),
        S.SELECTED: Step((S.APPROVED, S.TERMINATED), "office", 30),
        S.APPROVED: Step((S.ORDERED, *SIDE), "owner", 60),
        S.ORDERED: Step((S.BUILDING, *SIDE), "owner", 60),
        S.BUILDING: Step((S.TRIAL_RUN, *SIDE), "supplier", 365),
        S.TRIAL_RUN: Step((S.ACCEPTANCE, S.BUILDING, *SIDE), "supplier", 90),
        S.ACCEPTANCE: Step((S.PURCHASED, S.SCALED, S.TRIAL_RUN, *SIDE), "owner", 60),
        S.PURCHASED: Step((S.SCALED, S.OPERATING, S.TERMINATED), "owner", 90),
        S.SCALED: Step((S.OPERATING, S.TERMINATED), "owner", 90),
        S.OPERATING: Step((S.REVIEWED, S.TERMINATED), "owner", 365),
        S.REVIEWED: Step(),
        S.SUSPENDED: Step((S.APPROVED, S.ORDERED, S.BUILDING, S.TRIAL_RUN, S.TERMINATED), "owner", 90),
        S.CHANGED: Step((S.APPROVED, S.ORDERED, S.BUILDING, S.TRIAL_RUN, S.TERMINATED), "owner", 30),
        S.TERMINATED: Step(),
    },
    exits=frozenset(SIDE),
)
MILESTONE = Lifecycle(
    "milestone",
    {
        M.SCHEDULED: Step((M.PARTIALLY_MET, M.MET, M.NOT_MET), "supplier", None),
        M.PARTIALLY_MET: Step((M.MET, M.NOT_MET), "supplier", None),
        M.NOT_MET: Step((M.SCHEDULED, M.PARTIALLY_MET, M.MET), "supplier", None),
        M.MET: Step(),
    },
    exits=frozenset({M.NOT_MET}),
)
RISK = Lifecycle(
    "risk",
    {
        R.OPEN: Step((R.TREATED, R.HAPPENED, R.CLOSED), "owner", None),
        R.TREATED: Step((R.OPEN, R.HAPPENED, R.CLOSED), "owner", None),
        R.HAPPENED: Step((R.TREATED, R.CLOSED), "owner", None),
        R.CLOSED: Step((R.OPEN,)),
    },
    exits=frozenset({R.HAPPENED, R.CLOSED}),
)
BENEFIT = Lifecycle(
    "benefit",
    {
        B.EXPECTED: Step((B.MEASURED, B.DROPPED), "owner", None),
        B.MEASURED: Step((B.MEASURED, B.REVIEWED, B.DROPPED), "office", 60),
        B.REVIEWED: Step((B.MEASURED,)),
        B.DROPPED: Step((B.EXPECTED,)),
    },
    exits=frozenset({B.DROPPED}),
)
MAIN_LINE = (
    S.CANDIDATE, S.SELECTED, S.APPROVED, S.ORDERED, S.BUILDING, S.TRIAL_RUN, S.ACCEPTANCE, S.PURCHASED, S.OPERATING, S.REVIEWED,
)  # fmt: skip
"""The steps that a page draws; ``scaled`` stands beside ``purchased``."""
ENDED = (S.REVIEWED, S.TERMINATED)
REPLICABLE = (S.PURCHASED, S.SCALED, S.OPERATING, S.REVIEWED)
"""States from which another unit may take a project over: it was accepted and bought."""
RUNNING = (S.ORDERED, S.BUILDING, S.TRIAL_RUN, S.ACCEPTANCE)

ACCEPTED = (AcceptanceVerdict.PASS, AcceptanceVerdict.WAIVED)
"""Verdicts after which a project may be bought."""

SCENARIO_FOLLOWS = {
    S.SELECTED: ScenarioState.SELECTED,
    S.APPROVED: ScenarioState.SELECTED,
    S.ORDERED: ScenarioState.CONTRACTED,
    S.BUILDING: ScenarioState.BUILDING,
    S.PURCHASED: ScenarioState.ACCEPTED,
    S.SCALED: ScenarioState.ACCEPTED,
}
"""How far a project's state carries its scenario."""
SCENARIO_LINE = (ScenarioState.SELECTED, ScenarioState.CONTRACTED, ScenarioState.BUILDING, ScenarioState.ACCEPTED)


def check_money(*, budget: Decimal | None, committed: Decimal | None, paid: Decimal | None, milestones: Decimal) -> None:
    """Check that money adds up: paid <= committed <= budget, and the milestones' payments fit into the contract.

    Raises
    ------
    InputError
        Naming the figure that does not fit.
    """
    ceiling = committed if committed is not None else budget
    for name, value, limit in (
        ("committed_cny", committed, budget),
        ("paid_cny", paid, ceiling),
        ("payment_cny", milestones, ceiling),
    ):
        if value is not None and value < 0:
            raise InputError(N_("Money cannot be negative."), column=name, code="negative")
        if value is not None and limit is not None and value > limit:
            raise InputError(
                N_("{value} yuan is more than the {limit} yuan that are planned or committed."),
                cure=N_("Correct the figure, or raise the budget first."),
                column=name,
                code="over-budget",
                value=f"{value:,.0f}",
                limit=f"{limit:,.0f}",
            )


WEIGHT = {Degree.LOW: 1, Degree.MEDIUM: 2, Degree.HIGH: 3}


def gravity(likelihood: str, impact: str) -> Degree:
    """Return how grave a risk is: the product of its two degrees (1 to 9); 6 and 9 are high, 3 and 4 medium, 1 and 2 low."""
    product = WEIGHT[Degree(likelihood)] * WEIGHT[Degree(impact)]
    return Degree.HIGH if product >= 6 else Degree.MEDIUM if product >= 3 else Degree.LOW


def share_reached(*, baseline: float | None, expected: float | None, value: float) -> float | None:
    """Return how much of the expected change was reached, 1 being all of it; None when a figure is missing or nothing was expected.

    Negative when things went the other way. The direction is in the figures: from 40 down to 30 expected, 35 measured is 0.5.
    """
    if baseline is None or expected is None or expected == baseline:
        return None
    return (value - baseline) / (expected - baseline)
