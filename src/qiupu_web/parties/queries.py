"""What is asked about organisations, people, links and tokens."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from qiupu_web.base.searching import holding
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.bridge import Pair, named_like, pairs_among, pairs_with
from qiupu_web.parties.enums import Role, SignUpState
from qiupu_web.parties.models import (
    ApiToken,
    DifferentOrganisations,
    Membership,
    OneTimeLink,
    Organisation,
    OrganisationMerge,
    SignUp,
    User,
)

LIST_COLUMNS = ("code", "kind", "name_zh", "name_en", "remit_zh", "remit_en", "region", "is_invented", "is_active")
COMPARED = ("name_zh", "name_en", "credit_code", "address", "website", "parent_id")
"""What two organisations are compared by."""
SEES_ALL = (Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR, "system")
"""Roles that see closed organisations and everybody's members."""


def visible_to(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations that somebody may see: the active ones, her own, all for the office and auditors; no merged ones."""
    rows = Organisation.objects.select_related("parent").filter(merged_into__isnull=True)
    if actor.role in SEES_ALL:
        return rows
    return rows.filter(Q(is_active=True) | Q(pk=actor.organisation_id))


def for_lists(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Return only the columns that a list shows, in one query."""
    return rows.select_related(None).only(*LIST_COLUMNS)


def named(rows: QuerySet[Organisation], words: str) -> QuerySet[Organisation]:
    """Return the rows in which all words occur, in either language."""
    return holding(rows, words, bilingual=["name", "remit"], plain=["region"], exact=["code", "credit_code"])


def stands_for(code: str) -> Organisation | None:
    """Return the organisation that the one with this code was merged into, in the end; None when it was not merged."""
    row = Organisation.objects.filter(code=code, merged_into__isnull=False).select_related("merged_into").first()
    while row is not None and row.merged_into is not None:
        row = row.merged_into
    return row


def suspected() -> tuple[Pair, ...]:
    """Return the pairs that may be one organisation and that nobody has told apart, the strongest first; two queries."""
    rows = Organisation.objects.filter(merged_into__isnull=True).only(*COMPARED).order_by("pk")
    told = set(DifferentOrganisations.objects.values_list("first_id", "second_id"))
    return tuple(pair for pair in pairs_among(rows) if (pair.left, pair.right) not in told)


def alike(name: str, limit: int = 5) -> list[Organisation]:
    """Return the organisations that a name in either language may mean, the likeliest first; one query."""
    rows = Organisation.objects.filter(merged_into__isnull=True, is_active=True).only(*COMPARED, "code").order_by("pk")
    return named_like(name, rows)[:limit]


def twins_of(row: Organisation, limit: int = 5) -> list[Organisation]:
    """Return the organisations that may be the same as one, the likeliest first; one query."""
    rows = Organisation.objects.filter(merged_into__isnull=True).exclude(pk=row.pk).only(*COMPARED).order_by("pk")
    return pairs_with(row, rows)[:limit]


def merges() -> QuerySet[OrganisationMerge]:
    """Return what was merged, the latest first."""
    return OrganisationMerge.objects.select_related("kept", "merged").defer("moved").order_by("-merged_at", "-id")


def told_apart() -> QuerySet[DifferentOrganisations]:
    """Return the pairs that a person told apart, the latest first."""
    return DifferentOrganisations.objects.select_related("first", "second").order_by("-decided_at", "-id")


def sees_members(actor: Actor, organisation: Organisation) -> bool:
    """Return whether somebody may know who acts for an organisation: its own people, the office, auditors."""
    return actor.role in SEES_ALL or (actor.organisation_id is not None and actor.organisation_id == organisation.pk)


def members_of(organisation: Organisation) -> QuerySet[Membership]:
    """Return who acts for an organisation now."""
    return organisation.memberships.filter(is_active=True).select_related("user", "organisation").order_by("role", "user__email")


def own_memberships(user: User) -> QuerySet[Membership]:
    """Return what a person may act as."""
    rows = user.memberships.filter(is_active=True, organisation__is_active=True)
    return rows.select_related("organisation").order_by("organisation__code", "role", "id")


def own_tokens(user: User, now: datetime) -> QuerySet[ApiToken]:
    """Return a person's tokens that still open something."""
    rows = ApiToken.objects.filter(membership__user=user, revoked_at__isnull=True, expires_at__gt=now)
    return rows.select_related("membership__organisation").order_by("-created_at", "id")


def waiting_sign_ups() -> QuerySet[SignUp]:
    """Return the requests for an account that wait, the oldest first."""
    return SignUp.objects.filter(state=SignUpState.FILED).select_related("user").order_by("filed_at", "id")


def decided_sign_ups() -> QuerySet[SignUp]:
    """Return the decided requests, the latest first."""
    rows = SignUp.objects.exclude(state=SignUpState.FILED)
    return rows.select_related("user", "organisation", "decided_by").order_by("-decided_at", "-id")


def open_links(organisation: Organisation, now: datetime) -> QuerySet[OneTimeLink]:
    """Return an organisation's links that were neither used nor withdrawn and have not expired."""
    rows = organisation.links.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    return rows.order_by("-created_at", "id")
