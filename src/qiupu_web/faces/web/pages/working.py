"""My work: what waits for me, due when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu_web.faces.notices.messages import work_message
from qiupu_web.faces.notices.news import News, news_for
from qiupu_web.faces.web.actors import actor_of, memberships_of
from qiupu_web.faces.web.agreements.words import desk_name
from qiupu_web.faces.web.events.waiting import doors_to_matching
from qiupu_web.faces.web.pages.work import Item, waiting_for
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Membership, User
from qiupu_web.parties.permissions import may
from qiupu_web.parties.queries_notices import open_searches, told_keys
from qiupu_web.parties.rules_notices import SEEN

MATCHING = ("matches.introduce", "matches.reply", "matches.decide")
"""Who may do one of these works with the page of matches."""


@dataclass(frozen=True)
class Door:
    """A page that this role needs often."""

    name: str
    address: str


@dataclass(frozen=True)
class Work:
    """The page."""

    items: Sequence[Item]
    late: int
    acting: Membership | None
    others: Sequence[Membership]
    doors: Sequence[Door]
    message: str
    news: Sequence[News]
    has_searches: bool


def _doors(actor: Actor, acting: Membership | None) -> list[Door]:
    own = actor.organisation_id
    wanted: list[tuple[bool, str, str, list[str]]] = [
        (may(actor, "agreements.read_agreement"), _("Read in an agreement"), "agreements:add", []),
        (may(actor, "scenarios.draft", own), _("Write down a need"), "scenarios:new", []),
        (may(actor, "capabilities.register", own), _("Register a capability"), "capabilities:new", []),
        (may(actor, "parties.create_organisation"), _("Register an organisation"), "parties:new", []),
        (may(actor, "parties.merge_organisations"), _("Duplicates"), "parties:duplicates", []),
        (may(actor, "scenarios.add_outside_list"), _("Lists of other cities"), "scenarios:outside_lists", []),
        (may(actor, "parties.decide_sign_up"), _("Requests for an account"), "accounts:sign_ups", []),
        (may(actor, "audit.read"), _("Audit log"), "pages:audit", []),
        (may(actor, "exchange.export", own), _("Excel in and out"), "exchange:list", []),
        (any(may(actor, action, own) for action in MATCHING), _("Matches"), "matches:list", []),
        (may(actor, "agreements.name_stand_in"), desk_name(), "agreements:desk", []),
        (not actor.is_visitor, _("My notices"), "notices:mine", []),
        (may(actor, "parties.add_webhook", own), _("Webhooks"), "notices:webhooks", []),
    ]
    doors = [Door(name, reverse(address, args=args)) for allowed, name, address, args in wanted if allowed]
    doors += [Door(name, address) for name, address in doors_to_matching(actor)]
    if acting is not None:
        doors.append(Door(_("The page of your organisation"), reverse("parties:detail", args=[acting.organisation.code])))
    return doors


def _news(actor: Actor, user: User) -> tuple[list[News], bool]:
    """Return the new scenarios that the person has not put away, of the organisation that she acts for now."""
    if not may(actor, "parties.see_news", actor.organisation_id):
        return [], False
    searches = [one for one in open_searches(user) if one.organisation_id == actor.organisation_id]
    if not searches:
        return [], False
    away = {key.removeprefix(SEEN) for key in told_keys(user=user) if key.startswith(SEEN)}
    return news_for(searches, without=away), True


@login_required
def my_work(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person in the role that she acts in."""
    actor = actor_of(request)
    own = memberships_of(cast(User, request.user))
    acting = next((one for one in own if one.role == actor.role and one.organisation_id == actor.organisation_id), None)
    items = waiting_for(actor, timezone.now())
    news, has_searches = _news(actor, cast(User, request.user))
    work = Work(
        items=items,
        late=sum(item.is_late for item in items),
        acting=acting,
        others=[one for one in own if one is not acting],
        doors=_doors(actor, acting),
        message=work_message(items) if items else "",
        news=news,
        has_searches=has_searches,
    )
    return render(request, "pages/my_work.html", {"work": work})
