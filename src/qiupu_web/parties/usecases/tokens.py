"""Tokens by which a program acts as a membership, within scopes."""

from __future__ import annotations

from datetime import datetime, timedelta

from qiupu.errors import N_, InputError, NotAllowed
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import ApiToken, Membership
from qiupu_web.parties.permissions import matrix, require
from qiupu_web.parties.rules import hash_of_token, new_token

LONGEST_DAYS = 366
NOTED_EVERY = timedelta(minutes=1)
"""How often the last use of a token is written down, so that reading stays reading."""


@usecase("parties.issue_token")
def issue_token(
    *, actor: Actor, now: datetime, membership: Membership, name: str, scopes: list[str], days: int = 90
) -> tuple[ApiToken, str]:
    """Make a token for one of one's own memberships.

    Must hold: scopes are actions of the permission matrix or prefixes such as ``trials.*``; at most a year.
    Writes: the token's hash; the token itself is returned once. Who: every member, for herself.
    """
    require(actor, "parties.issue_token")
    if actor.only is not None:
        raise NotAllowed(N_("A token cannot make another one."), cure=N_("Make it on your account page."), code="token-by-token")
    if membership.user_id != actor.user_id or not membership.is_active:
        raise NotAllowed(N_("A token is made by the person herself."), code="not-own")
    areas = {f"{action.split('.', 1)[0]}.*" for action in matrix()}
    unknown = [scope for scope in scopes if scope not in matrix() and scope not in areas]
    if unknown:
        raise InputError(N_("There is no scope “{scope}”."), cure=N_("Choose from the list."), column="scopes", scope=unknown[0])
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(N_("A token lives from 1 to {most} days."), column="days", most=LONGEST_DAYS)
    token = f"qiupu_{new_token()}"
    row = ApiToken.objects.create(
        membership=membership,
        name=name,
        prefix=token[:12],
        token_hash=hash_of_token(token),
        scopes=scopes,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    touched(row, scopes=scopes, days=days)
    return row, token


@usecase("parties.revoke_token")
def revoke_token(*, actor: Actor, now: datetime, token: ApiToken) -> ApiToken:
    """End a token. Writes: the token. Who: the person herself, an administrator."""
    require(actor, "parties.revoke_token")
    if token.membership.user_id != actor.user_id and actor.role != "administrator":
        raise NotAllowed(N_("This token belongs to somebody else."), code="not-own")
    if token.revoked_at is None:
        changed(token, revoked_at=now)
    return token


def actor_of_token(secret: str, now: datetime) -> Actor:
    """Return who a program acts as.

    Raises
    ------
    NotAllowed
        When the token is unknown, revoked or has expired, or its person or membership is closed.
    """
    row = (
        ApiToken.objects.select_related("membership__user", "membership__organisation")
        .filter(token_hash=hash_of_token(secret), revoked_at__isnull=True, expires_at__gt=now)
        .filter(membership__is_active=True, membership__user__is_active=True, membership__organisation__is_active=True)
        .first()
    )
    if row is None:
        raise NotAllowed(N_("The token is not valid."), cure=N_("Make a new one on your account page."), code="token")
    if row.last_used_at is None or now - row.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    one = row.membership
    return Actor(
        role=one.role,
        name=one.user.name,
        user_id=one.user_id,
        organisation_id=one.organisation_id,
        organisation_code=one.organisation.code,
        via="api",
        only=frozenset(row.scopes),
    )
