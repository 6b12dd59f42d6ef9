"""Who asks: a program by its token, or anybody for what is public."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from ninja.security import HttpBearer

from qiupu.errors import N_, NotAllowed
from qiupu_web.parties.actors import VISITOR, Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.usecases import actor_of_token


class Token(HttpBearer):
    """``Authorization: Bearer qiupu_…``: acts as the membership that made the token, within its scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return the actor; an invalid token is an error, never a visitor."""
        return actor_of_token(token, timezone.now())


def anybody(request: HttpRequest) -> Actor:
    """Let readers without a token in. A token of another form is not read over."""
    if request.headers.get("Authorization"):
        raise NotAllowed(N_("The token is not valid."), cure=N_("Send it as: Authorization: Bearer <token>"), code="token")
    return VISITOR


WRITE = Token()
router = Router(auth=[Token(), anybody])
"""All operations; those that write, or tell what is one's own, ask for ``auth=WRITE``."""


def own_id(actor: Actor) -> int:
    """Return the id of the organisation that a token acts for; 0, which is nobody's, for a visitor."""
    return actor.organisation_id or 0


def asker(request: HttpRequest) -> Actor:
    """Return who asks."""
    return cast(Actor, request.auth)  # type: ignore[attr-defined]  # set by ninja


def own_organisation(actor: Actor) -> Organisation:
    """Return the organisation that a token acts for."""
    return Organisation.objects.get(pk=own_id(actor))
