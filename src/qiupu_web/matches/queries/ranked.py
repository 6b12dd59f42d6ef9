"""What is asked about rankings and matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from qiupu_web.capabilities.enums import CapabilityState
from qiupu_web.capabilities.models import Capability, Proof
from qiupu_web.matches.enums import MatchState
from qiupu_web.matches.models import Match, NeedSearch, Ranking, RankingRequest
from qiupu_web.matches.rules import ON_THE_BOARD, SHOWN_TO_SUPPLIER
from qiupu_web.parties.actors import Actor
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import PUBLIC_STATES, RANKABLE_STATES


@dataclass(frozen=True)
class EvidenceCounts:
    """What trials and projects have shown of a capability, and how often it was put before an owner."""

    trials_passed: int = 0
    trials_failed: int = 0
    projects_accepted: int = 0
    shown: int = 0


OUTCOMES = {
    "pass": "trials_passed",
    "passed": "trials_passed",
    "fail": "trials_failed",
    "failed": "trials_failed",
    "accepted": "projects_accepted",
    "met": "projects_accepted",
}


def rankable_capabilities(scenario: Scenario) -> QuerySet[Capability]:
    """Return the published capabilities of others than the scenario's owner."""
    return (
        Capability.objects.filter(state=CapabilityState.PUBLISHED, supplier__is_active=True)
        .exclude(supplier_id=scenario.owner_id)
        .select_related("supplier")
        .order_by("code")
    )


def evidence_counts(capabilities: Sequence[Capability]) -> dict[str, dict[str, int]]:
    """Return, by code, the facts behind each capability; two queries, whatever the number."""
    code_of = {one.pk: one.code for one in capabilities}
    counts = {code: asdict(EvidenceCounts()) for code in code_of.values()}
    for pk, outcome in Proof.objects.filter(capability_id__in=code_of).values_list("capability_id", "outcome"):
        if outcome in OUTCOMES:
            counts[code_of[pk]][OUTCOMES[outcome]] += 1
    shown = (
        Match.objects.filter(capability_id__in=code_of, state__in=SHOWN_TO_SUPPLIER)
        .values("capability_id")
        .annotate(times=Count("id"))
        .order_by()
    )
    for row in shown:
        counts[code_of[row["capability_id"]]]["shown"] = row["times"]
    return counts


def with_parties(rows: QuerySet[Match]) -> QuerySet[Match]:
    """Return matches with scenario, owner, capability and supplier at hand."""
    return rows.select_related("scenario__owner", "capability__supplier", "ranking")


def matches_of_scenario(scenario: Scenario) -> QuerySet[Match]:
    """Return the matches of a scenario that count: what people decided, and the newest ranking's suggestions, by rank."""
    return with_parties(scenario.matches.exclude(state=MatchState.STALE)).order_by("rank", "id")


def matches_of_capability(capability: Capability) -> QuerySet[Match]:
    """Return the public scenarios that this capability was ranked for, the best first: the other direction."""
    rows = capability.matches.exclude(state=MatchState.STALE).filter(scenario__state__in=PUBLIC_STATES)
    return with_parties(rows).order_by("-score", "id")


def introductions_of(supplier_id: int) -> QuerySet[Match]:
    """Return the introductions of a supplier, what waits for its reply first."""
    rows = Match.objects.filter(capability__supplier_id=supplier_id, state__in=SHOWN_TO_SUPPLIER)
    return with_parties(rows).order_by("state_due_at", "-state_since", "id")


def latest_ranking(scenario: Scenario) -> Ranking | None:
    """Return the newest ranking of a scenario."""
    return scenario.rankings.order_by("-ranked_at", "-id").first()


def latest_request(scenario: Scenario) -> RankingRequest | None:
    """Return the newest request to rank a scenario."""
    return scenario.ranking_requests.order_by("-requested_at", "-id").first()


def match_waiting(roles: Sequence[str]) -> QuerySet[Match]:
    """Return the matches in which one of these roles has to act, the most urgent first."""
    rows = Match.objects.filter(state_owner__in=roles, state__in=SHOWN_TO_SUPPLIER)
    return with_parties(rows).order_by("state_due_at", "id")


def latest_need_search(capability: Capability) -> NeedSearch | None:
    """Return the newest search for needs of a capability."""
    return capability.need_searches.order_by("-requested_at", "-id").first()


def open_needs() -> QuerySet[Scenario]:
    """Return the needs for which suppliers are sought."""
    return Scenario.objects.filter(state__in=RANKABLE_STATES).order_by("code")


def board_matches(actor: Actor, *, only_mine: bool = False) -> QuerySet[Match]:
    """Return the matches on a scenario manager's board, the oldest first: all for the office, an owner's own for an owner.

    ``only_mine`` keeps the needs that this person carries through.
    """
    rows = Match.objects.filter(state__in=ON_THE_BOARD)
    if actor.role == "office":
        if only_mine:
            rows = rows.filter(scenario__manager_id=actor.user_id)
    else:
        rows = rows.filter(scenario__owner_id=actor.organisation_id or 0)
    return with_parties(rows).select_related("scenario__manager").order_by("state_since", "id")


def due_reminders(supplier_id: int, now: datetime) -> QuerySet[Match]:
    """Return the introductions of a supplier that were reminded and still wait: what its digest puts first."""
    rows = Match.objects.filter(capability__supplier_id=supplier_id, state=MatchState.INTRODUCED, reminded_at__lte=now)
    return with_parties(rows).order_by("state_due_at", "id")
