"""What several use cases of projects share: is it alive, tell its commitment, take its scenario along."""

from __future__ import annotations

from datetime import datetime

from qiupu.errors import N_, Conflict
from qiupu_web.agreements.usecases import record_evidence
from qiupu_web.parties.actors import Actor
from qiupu_web.projects.enums import ProjectState
from qiupu_web.projects.models import Milestone, Project
from qiupu_web.projects.rules import ENDED, SCENARIO_FOLLOWS, SCENARIO_LINE
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import SCENARIO
from qiupu_web.scenarios.usecases import move_scenario


def require_living(project: Project) -> None:
    """Refuse when the project has ended."""
    if project.state in ENDED:
        raise Conflict(N_("This project has ended; it stays as it is."), code="ended")


def tell_commitment(
    project: Project, *, about: Project | Milestone, actor: Actor, now: datetime, kind: str, key: str, outcome: str = ""
) -> None:
    """Record a fact with the scenario's commitment, when it has one."""
    commitment = project.scenario.commitment
    if commitment is not None:
        record_evidence(
            actor=actor,
            now=now,
            commitment=commitment,
            kind=kind,
            key=key,
            title_zh=about.title_zh,
            title_en=about.title_en,
            outcome=outcome,
        )


def follow_project(actor: Actor, now: datetime, project: Project) -> None:
    """Carry the scenario as far as its project has come."""
    goal = SCENARIO_FOLLOWS.get(ProjectState(project.state))
    if goal is not None:
        carry_scenario(actor, now, project.scenario, goal)


def carry_scenario(actor: Actor, now: datetime, scenario: Scenario, goal: str) -> None:
    """Move a scenario along its line up to ``goal``; where it cannot go, it stays."""
    for step in SCENARIO_LINE[: SCENARIO_LINE.index(goal) + 1]:
        if SCENARIO.allows(scenario.state, step):
            move_scenario(actor=actor, now=now, scenario=scenario, to=step)
