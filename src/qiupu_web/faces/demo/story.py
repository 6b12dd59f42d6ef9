"""The whole story in order, each chapter timed; what it leads to is read back from the database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from qiupu.errors import Conflict, PlatformError
from qiupu_web.agreements.models import Commitment, Statement
from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.demo import blind
from qiupu_web.faces.demo.accounts import accounted, approved
from qiupu_web.faces.demo.building import watched
from qiupu_web.faces.demo.city import SIGNED, City, Say, broken_down, needed, offered, people, reconfirmed, said
from qiupu_web.faces.demo.gathering import invited, published
from qiupu_web.faces.demo.keeping import kept, noted
from qiupu_web.faces.demo.tending import tended
from qiupu_web.matches.models import Match
from qiupu_web.matches.tasks import ask_for_ranking
from qiupu_web.matches.usecases import decide_match, introduce_match, reply_match
from qiupu_web.projects import usecases as projects
from qiupu_web.projects.models import Project
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials.enums import TrialState
from qiupu_web.trials.models import Decision, Trial

WORKERS = 2


@dataclass
class Told:
    """What came of telling the story."""

    city: City
    seconds: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def tell(say: Say) -> Told:
    """Tell the story from an empty database on; ``say`` hears of each chapter."""
    told = Told(City())
    city = told.city
    built: list[blind.Built] = []

    def later(moment: datetime, *chapters: Callable[[City], None]) -> None:
        city.clock.jump(moment)
        for chapter in chapters:
            chapter(city)

    recently = timezone.now() - timedelta(days=40)
    chapters: tuple[tuple[str, Callable[[], object]], ...] = (
        ("people", lambda: people(city)),
        ("read", lambda: said(city)),
        ("break-down", lambda: broken_down(city)),
        ("capabilities", lambda: offered(city)),
        ("scenarios", lambda: later(SIGNED + timedelta(days=34), needed)),
        ("keep", lambda: later(SIGNED + timedelta(days=35), noted, kept)),
        ("reconfirm", lambda: later(recently, reconfirmed, accounted, approved)),
        ("seal", lambda: built.extend(blind.sealed(city, say))),
        ("match", lambda: later(recently, ranked)),
        ("meet", lambda: met(city)),
        ("invite", lambda: invited(city)),
        ("enter", lambda: told.refused.extend(blind.entered(city, built, say))),
        ("score", work),
        ("publish", lambda: published(city)),
        ("unseal", lambda: blind.unsealed(city, built)),
        ("decide", work),
        ("conclude", lambda: blind.concluded(city, built)),
        ("projects", lambda: contracted(city)),
        ("care", lambda: tended(city)),
    )
    for name, chapter in chapters:
        say(name)
        begun = time.perf_counter()
        chapter()
        told.seconds[name] = round(time.perf_counter() - begun, 2)
    return told


def ranked(city: City) -> None:
    """Ask for a ranking of every scenario and let the workers compute them."""
    for scenario in city.scenarios.values():
        ask_for_ranking(actor=city.actor("office"), now=city.clock.tick(), scenario=scenario)
    work()


def work() -> None:
    """Let workers empty the queue, as they do behind the site."""
    words = [sys.executable, "-m", "qiupu.cli", "worker", "--batch"]
    # Two workers share the machine, so each one's linear algebra keeps to one thread: more would only wait for each other.
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **os.environ}
    running = [subprocess.Popen(words, env=environment) for _ in range(WORKERS)]
    if any(process.wait() for process in running):
        raise PlatformError("a worker of the demonstration failed")


def met(city: City) -> None:
    """Introduce the best suggestions of the scenarios under trial, and of one that is only negotiated."""
    office = city.actor("office")
    for code in ("SC-01", "SC-02", "SC-03"):
        scenario = city.scenarios[code]
        for match in Match.objects.filter(scenario=scenario).select_related("scenario", "capability").order_by("rank")[:2]:
            introduce_match(actor=office, now=city.clock.tick(), match=match)
            supplier = city.speaker_for(match.capability.supplier.code)
            reply_match(actor=supplier, now=city.clock.tick(), match=match, interested=True)
    _answered(city)
    best = Match.objects.filter(scenario=city.scenarios["SC-01"]).order_by("rank").select_related("scenario").first()
    if best is not None:
        with suppress(Conflict):
            decide_match(actor=office, now=city.clock.tick(), match=best, decision="met")


def _answered(city: City) -> None:
    """Introduce three more suppliers: one declines with its reason, two have not answered yet (invented)."""
    office = city.actor("office")
    waiting = []
    for code in ("SC-07", "SC-10", "SC-05"):
        match = (
            Match.objects.filter(scenario=city.scenarios[code]).select_related("scenario", "capability").order_by("rank").first()
        )
        if match is not None:
            introduce_match(actor=office, now=city.clock.tick(), match=match)
            waiting.append(match)
    for match in waiting[:1]:
        supplier = city.speaker_for(match.capability.supplier.code)
        note = "人手排到年底（虚构）。Booked until the end of the year (invented)."
        reply_match(actor=supplier, now=city.clock.tick(), match=match, interested=False, reason="no-capacity", note=note)


def contracted(city: City) -> None:
    """Make a project of the first passed trial: ordered, building, its first milestone met with evidence."""
    passed = Trial.objects.filter(state=TrialState.PASSED, code="visitors").select_related("scenario__owner").first()
    if passed is None:
        return
    best = (
        Decision.objects.filter(entry__trial=passed, verdict="pass", entry__is_baseline=False)
        .select_related("entry__organisation")
        .order_by("rank_low", "-entry__organisation__kind", "id")  # of those that cannot be told apart, the start-up
        .first()
    )
    if best is None:
        return
    owner, supplier = city.speaker_for(passed.scenario.owner.code), best.entry.organisation
    today = timezone.localdate()
    project = projects.create_project(
        actor=owner,
        now=city.clock.jump(timezone.now()),
        scenario=passed.scenario,
        supplier=supplier,
        title_zh=f"{passed.scenario.title_zh}：六个月付费试点",
        title_en=f"{passed.scenario.title_en}: six-month paid pilot",
        trial=passed,
        entry=best.entry,
        budget_cny=passed.scenario.budget_cny,
        starts_on=today,
        ends_on=today + timedelta(days=200),
        is_invented=True,
    )
    plan = (
        ("接入三个入园口计数并上线首版预测", "Connect three gates and put the first forecast on line", 30, 60_000),
        ("旺季首月试运行，逐日回看误差", "First month of the season on trial, errors reviewed daily", 100, 60_000),
        ("用新数据按同一指标验收", "Acceptance by the same metric on fresh data", 190, 60_000),
    )
    stones = [
        projects.add_milestone(
            actor=owner,
            now=city.clock.tick(0),
            project=project,
            title_zh=zh,
            title_en=en,
            due_on=today + timedelta(days=days),
            payment_cny=amount,
        )
        for zh, en, days, amount in plan
    ]
    for state in ("selected", "approved", "ordered", "building"):
        actor = city.actor("office") if state == "approved" else owner
        projects.move_project(actor=actor, now=city.clock.tick(0), project=project, to=state)
    first = stones[0]
    projects.add_milestone_evidence(
        actor=city.speaker_for(supplier.code),
        now=city.clock.tick(0),
        milestone=first,
        note="三个入园口计数已接入，首版预测已上线（为演示而虚构）。Three gates connected, first forecast on line (invented).",
    )
    projects.countersign_milestone(actor=owner, now=city.clock.tick(0), milestone=first, met=True)
    watched(city, project, owner)


def summary(told: Told) -> dict[str, Any]:
    """Return what the command prints: counts, trials with entries and verdicts, seconds."""
    return {
        "counts": {
            "statements": Statement.objects.count(),
            "commitments": Commitment.objects.count(),
            "scenarios": Scenario.objects.count(),
            "capabilities": Capability.objects.count(),
            "matches": Match.objects.count(),
            "trials": Trial.objects.count(),
            "projects": Project.objects.count(),
        },
        "trials": [_trial(trial) for trial in Trial.objects.order_by("code")],
        "refused": told.refused,
        "accounts": [{"role": role, "email": email, "organisation": name} for role, email, name in told.city.accounts],
        "password": told.city.password,
        "seconds": {**told.seconds, "total": round(sum(told.seconds.values()), 2)},
    }


def _trial(trial: Trial) -> dict[str, Any]:
    decisions = {row.entry_id: row for row in Decision.objects.filter(entry__trial=trial)}
    entries = []
    for entry in trial.entries.select_related("organisation").order_by("created_at", "id"):
        row = decisions.get(entry.pk)
        entries.append(
            {
                "name": entry.name_en or entry.name_zh,
                "supplier": entry.organisation.code,
                "kind": entry.kind,
                "state": entry.state,
                "value": row.value if row else None,
                "low": row.low if row else None,
                "high": row.high if row else None,
                "verdict": row.verdict if row else None,
            }
        )
    return {"id": trial.code, "metric": trial.metric, "bar": trial.bar, "entries": entries, "verdict": trial.state}
