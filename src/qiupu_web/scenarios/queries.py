"""What is asked about scenarios."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Count, Q, QuerySet

from qiupu_web.base.searching import holding
from qiupu_web.capabilities.models import Capability
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Role
from qiupu_web.scenarios.enums import OutsideState
from qiupu_web.scenarios.models import OutsideList, OutsideRow, Scenario
from qiupu_web.scenarios.rules import BENCHMARK_STATES, OFF_THE_LIST, PUBLIC_STATES

LIST_COLUMNS = (
    "code",
    "owner_id",
    "field",
    "state",
    "title_zh",
    "title_en",
    "metric",
    "bar",
    "direction",
    "waiver",
    "budget_cny",
    "decide_by",
    "region",
    "is_invented",
    "owner__code",
    "owner__name_zh",
    "owner__name_en",
)
MOST_REGIONS = 50
READERS = (Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR, "system")
"""Roles that see every draft."""


def for_lists(rows: QuerySet[Scenario]) -> QuerySet[Scenario]:
    """Return only the columns that a list shows, with the owner, in one query."""
    return rows.select_related("owner").only(*LIST_COLUMNS)


def opportunities() -> QuerySet[Scenario]:
    """Return the opportunity list: what the public sees and is not a benchmark case yet."""
    return Scenario.objects.exclude(state__in=OFF_THE_LIST).order_by("code")


def benchmark_cases() -> QuerySet[Scenario]:
    """Return the third list: accepted scenarios."""
    return Scenario.objects.filter(state__in=BENCHMARK_STATES).order_by("code")


def own_scenarios(organisation_id: int) -> QuerySet[Scenario]:
    """Return everything of one owner, drafts too, the latest first."""
    return Scenario.objects.filter(owner_id=organisation_id).order_by("-updated_at", "-id")


def waiting_for_office() -> QuerySet[Scenario]:
    """Return what was handed in and waits for the office, the most urgent first."""
    return Scenario.objects.filter(state="submitted").order_by("state_due_at", "id")


def visible_to(actor: Actor) -> QuerySet[Scenario]:
    """Return the scenarios that somebody may see: public ones, her organisation's own, all for the office and auditors."""
    rows = Scenario.objects.select_related("owner", "commitment", "manager")
    if actor.role in READERS:
        return rows
    seen = Q(state__in=PUBLIC_STATES)
    if actor.organisation_id is not None:
        seen |= Q(owner_id=actor.organisation_id)
    return rows.filter(seen)


def named(rows: QuerySet[Scenario], words: str) -> QuerySet[Scenario]:
    """Return the rows in which all words occur, in either language."""
    return holding(rows, words, bilingual=["title", "body", "owner__name"], exact=["code"])


def outside_rows() -> QuerySet[OutsideRow]:
    """Return the rows of other cities' lists that nobody confirmed or declined, with their source; they are in no other list."""
    rows = OutsideRow.objects.filter(state=OutsideState.WAITING).select_related("outside")
    return rows.order_by("outside__city", "outside_id", "number")


def outside_named(rows: QuerySet[OutsideRow], words: str) -> QuerySet[OutsideRow]:
    """Return the rows in which all words occur."""
    return holding(rows, words, plain=["title", "body", "organisation_name", "outside__city"])


def outside_lists() -> QuerySet[OutsideList]:
    """Return the lists of other cities with how many of their rows wait and were confirmed, the latest first."""
    states = {name: Count("rows", filter=Q(rows__state=name)) for name in OutsideState.values}
    return OutsideList.objects.annotate(**states).order_by("-added_at", "-id")


def outside_cities() -> list[str]:
    """Return the cities whose rows wait."""
    rows = OutsideRow.objects.filter(state=OutsideState.WAITING).order_by("outside__city")
    return list(rows.values_list("outside__city", flat=True).distinct()[:50])


def source_of(entry: Scenario | Capability) -> OutsideRow | None:
    """Return the row of another city's list that an entry was made of; None when it is the city's own."""
    wanted = {"scenario": entry} if isinstance(entry, Scenario) else {"capability": entry}
    return OutsideRow.objects.filter(**wanted).select_related("outside").first()


def regions(states: Collection[str] = PUBLIC_STATES) -> list[str]:
    """Return the regions that scenarios in these states name, in order, at most fifty.

    It walks from one region to the next along the index: a list of ten thousand rows asks for it at every view, and ``DISTINCT``
    would read them all.
    """
    marks = ", ".join(["%s"] * len(states))
    walk = f"""
        WITH RECURSIVE walk(region, step) AS (
            SELECT (SELECT MIN(region) FROM scenarios_scenario WHERE region > ''), 1
            UNION ALL
            SELECT (SELECT MIN(region) FROM scenarios_scenario WHERE region > walk.region), step + 1
            FROM walk WHERE region IS NOT NULL AND step < %s
        )
        SELECT region FROM walk WHERE region IS NOT NULL AND EXISTS
            (SELECT 1 FROM scenarios_scenario AS one WHERE one.region = walk.region AND one.state IN ({marks}))
        ORDER BY step"""  # noqa: S608  # only the marks for the values are put together
    with connection.cursor() as cursor:
        cursor.execute(walk, [MOST_REGIONS, *states])
        return [str(region) for (region,) in cursor.fetchall()]
