"""Who must not meet whom, and who must not arrange it: facts, with the reason in a word."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from qiupu_web.matches.enums import InvitationState, MatchState, Side
from qiupu_web.matches.models import Event, Match
from qiupu_web.parties.enums import OrganisationKind, Role
from qiupu_web.parties.models import Membership, Organisation
from qiupu_web.scenarios.models import Scenario

CITY_KINDS = (OrganisationKind.OFFICE, OrganisationKind.UNIT)
"""The city's own bodies affiliate nobody: a bureau above a firm makes it no sister of other firms."""


def has_stake(user_id: int, event: Event) -> bool:
    """Return whether a person also acts for the agreement's partner or for a supplier that is invited."""
    mine = Membership.objects.filter(user_id=user_id, is_active=True)
    invited = event.invitations.filter(side=Side.SUPPLIER).exclude(state__in=(InvitationState.WITHDRAWN, InvitationState.DECLINED))
    return mine.filter(
        Q(organisation__kind=OrganisationKind.PARTNER)
        | Q(role=Role.SUPPLIER, organisation_id__in=invited.values("organisation_id"))
    ).exists()


def family_heads(ids: Iterable[int]) -> dict[int, int]:
    """Return, for each organisation, the head of its group of affiliated ones; one query a floor of the tree."""
    parents: dict[int, int | None] = {}
    wanted = set(ids)
    while wanted - set(parents):
        rows = Organisation.objects.filter(pk__in=wanted - set(parents)).values_list("pk", "parent_id", "parent__kind")
        parents |= {pk: None if parent is None or kind in CITY_KINDS else parent for pk, parent, kind in rows}
        wanted = {parent for parent in parents.values() if parent is not None}
    return {one: _head(one, parents) for one in ids}


def _head(one: int, parents: dict[int, int | None]) -> int:
    seen = {one}
    here = one
    while (above := parents.get(here)) is not None and above not in seen:
        here = above
        seen.add(here)
    return here


def forbidden_pairs(event: Event, scenarios: Iterable[Scenario], suppliers: Iterable[Organisation]) -> dict[tuple[int, int], str]:
    """Return the pairs (scenario, supplier) that may not meet, each with its reason; six queries, whatever the number.

    Reasons: ``own`` or ``affiliated`` (one group of organisations), ``manager`` (the need's manager acts for the supplier),
    ``declared`` (a conflict was declared), ``declined`` (people said no before).
    """
    needs, firms = list(scenarios), list(suppliers)
    heads = family_heads([*(one.owner_id for one in needs), *(one.pk for one in firms)])
    declared = set(event.conflicts.values_list("owner_id", "supplier_id"))
    managers = {one.manager_id for one in needs if one.manager_id}
    acting = Membership.objects.filter(user_id__in=managers, is_active=True).values_list("user_id", "organisation_id")
    of_manager: dict[int, set[int]] = {}
    for user, organisation in acting:
        of_manager.setdefault(user, set()).add(organisation)
    said_no = set(
        Match.objects.filter(
            scenario__in=[one.pk for one in needs], capability__supplier__in=[one.pk for one in firms], state=MatchState.DECLINED
        ).values_list("scenario_id", "capability__supplier_id")
    )
    found: dict[tuple[int, int], str] = {}
    for need in needs:
        for firm in firms:
            reason = (
                "own"
                if need.owner_id == firm.pk
                else "affiliated"
                if heads[need.owner_id] == heads[firm.pk]
                else "declared"
                if (need.owner_id, firm.pk) in declared
                else "manager"
                if firm.pk in of_manager.get(need.manager_id or 0, ())
                else "declined"
                if (need.pk, firm.pk) in said_no
                else ""
            )
            if reason:
                found[need.pk, firm.pk] = reason
    return found
