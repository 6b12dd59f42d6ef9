"""Turn a request into the actor that use cases ask about: ``request.actor``."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from qiupu_web.parties.actors import VISITOR, Actor
from qiupu_web.parties.models import Membership, User

SESSION_KEY = "membership"


def memberships_of(user: User) -> list[Membership]:
    """Return the active memberships of a person, in a fixed order."""
    return list(user.memberships.filter(is_active=True, organisation__is_active=True).select_related("organisation"))


def actor_for(membership: Membership, *, via: str = "web", only: frozenset[str] | None = None) -> Actor:
    """Return the actor of a membership."""
    return Actor(
        role=membership.role,
        name=membership.user.name,
        user_id=membership.user_id,
        organisation_id=membership.organisation_id,
        organisation_code=membership.organisation.code,
        via=via,
        only=only,
    )


def _actor_of(request: HttpRequest) -> Actor:
    user = request.user
    if not user.is_authenticated:
        return VISITOR
    own = memberships_of(user)
    chosen = request.session.get(SESSION_KEY)
    membership = next((one for one in own if one.pk == chosen), own[0] if own else None)
    if membership is None:
        return Actor(role="visitor", name=user.name, user_id=user.pk)
    membership.user = user
    return actor_for(membership)


class ActorMiddleware:
    """Set ``request.actor``; nothing is asked of the database until it is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the actor at hand."""
        request.actor = SimpleLazyObject(lambda: _actor_of(request))  # type: ignore[attr-defined]  # read through actor_of
        return self.get_response(request)


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware
