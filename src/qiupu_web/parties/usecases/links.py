"""One-time links: a unit does one thing without an account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model

from qiupu.errors import N_, Conflict, NotAllowed, NotFound
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import OneTimeLink, Organisation
from qiupu_web.parties.permissions import matrix, require
from qiupu_web.parties.rules import hash_of_token, new_token

ROLE_OF_KIND = {OrganisationKind.UNIT: "unit", OrganisationKind.OFFICE: "unit"}


@usecase("parties.send_link")
def send_link(
    *, actor: Actor, now: datetime, organisation: Organisation, action: str, target: Model, sent_to: str = ""
) -> tuple[OneTimeLink, str]:
    """Make a link by which ``organisation`` may do ``action`` to ``target`` once.

    Writes: the link's hash; the token itself is returned and kept nowhere. Earlier unused links for the same are revoked.
    Who: the exchange office.
    """
    require(actor, "parties.send_link")
    if action not in matrix():
        raise ValueError(f"{action} is no action that a link could open")
    token = new_token()
    kind, pk = target._meta.label_lower, str(target.pk)
    same = OneTimeLink.objects.filter(organisation=organisation, action=action, target_type=kind, target_id=pk)
    same.filter(used_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    link = OneTimeLink.objects.create(
        token_hash=hash_of_token(token),
        organisation=organisation,
        action=action,
        target_type=kind,
        target_id=pk,
        sent_to=sent_to,
        created_by_id=actor.user_id,
        created_at=now,
        expires_at=now + timedelta(days=settings.CONFIG["QIUPU_LINK_DAYS"]),
    )
    touched(link, organisation=organisation.code, opens=action, what=f"{kind}:{pk}")
    return link, token


def use_link(token: str, now: datetime) -> tuple[Actor, OneTimeLink]:
    """Return the actor that a link's holder is, and the link.

    Raises
    ------
    NotFound
        When there is no such link.
    Conflict
        When it was used, has expired or was revoked.
    """
    link = OneTimeLink.objects.select_related("organisation").filter(token_hash=hash_of_token(token)).first()
    ask = N_("Ask the exchange office for a new one.")
    if link is None:
        raise NotFound(N_("There is no such link."), cure=N_("Check that the address was copied whole."), code="link-unknown")
    if link.used_at is not None:
        raise Conflict(N_("This link has been used already."), cure=ask, code="link-used")
    if link.revoked_at is not None:
        raise Conflict(N_("This link was replaced by a newer one or withdrawn."), cure=ask, code="link-revoked")
    if link.expires_at <= now:
        raise Conflict(N_("This link has expired."), cure=ask, code="link-expired")
    organisation = link.organisation
    actor = Actor(
        role=ROLE_OF_KIND.get(OrganisationKind(organisation.kind), "owner"),
        name=str(organisation),
        organisation_id=organisation.pk,
        organisation_code=organisation.code,
        via="link",
        only=frozenset({link.action}),
    )
    return actor, link


@usecase("parties.redeem_link")
def redeem_link(*, actor: Actor, now: datetime, link: OneTimeLink) -> OneTimeLink:
    """Mark a link as used, in the transaction of what it opened.

    Must hold: nobody else has used it meanwhile. Writes: the link. Who: its holder, as ``use_link`` returned her.
    """
    is_holder = actor.via == "link" and actor.organisation_id == link.organisation_id and actor.only == frozenset({link.action})
    if not is_holder and actor.role != "system":
        raise NotAllowed(N_("This link belongs to somebody else."), code="not-own")
    if not OneTimeLink.objects.filter(pk=link.pk, used_at__isnull=True, revoked_at__isnull=True).update(used_at=now):
        raise Conflict(N_("This link has been used already."), cure=N_("Ask the exchange office for a new one."), code="link-used")
    link.used_at = now
    touched(link, used=True)
    return link


@usecase("parties.revoke_link")
def revoke_link(*, actor: Actor, now: datetime, link: OneTimeLink) -> OneTimeLink:
    """Withdraw a link. Writes: the link. Who: the exchange office."""
    require(actor, "parties.send_link")
    if link.used_at is not None:
        raise Conflict(N_("This link has been used already."), cure=N_("What it did stands in the records."), code="link-used")
    changed(link, revoked_at=now)
    return link
