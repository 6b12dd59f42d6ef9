"""What a digest or a webhook's message says: what waits, how urgent it is, and what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from qiupu_web.faces.notices.news import News, news_for
from qiupu_web.faces.web.actors import actor_for
from qiupu_web.faces.web.pages.work import Item, waiting_for
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind, Role
from qiupu_web.parties.models import Digest, Membership, Organisation, User, Webhook
from qiupu_web.parties.queries_notices import last_digest, memberships_to_tell, open_searches, searches_of_organisation, told_keys
from qiupu_web.parties.rules_notices import fresh_keys, stage_of

ROLES_OF_KIND: Mapping[str, tuple[str, ...]] = {
    OrganisationKind.OFFICE: (Role.OFFICE,),
    OrganisationKind.UNIT: (Role.UNIT,),
    OrganisationKind.COMPANY: (Role.OWNER, Role.SUPPLIER),
    OrganisationKind.STARTUP: (Role.SUPPLIER,),
    OrganisationKind.UNIVERSITY: (Role.OWNER, Role.SUPPLIER),
    OrganisationKind.ASSOCIATION: (Role.OWNER,),
    OrganisationKind.PARTNER: (Role.OWNER,),
}
"""As what an organisation's chat is told of work; roles of watchers (steward, auditor) are never told to a chat."""


@dataclass(frozen=True)
class Line:
    """One thing that waits, how urgent it is, and whether this is news to the reader."""

    item: Item
    key: str
    stage: str
    is_fresh: bool

    @property
    def address(self) -> str:
        """The whole address of its page."""
        return whole(self.item.address)


@dataclass(frozen=True)
class Section:
    """What waits for a person in one of her roles."""

    membership: Membership
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Letter:
    """One digest before it is written down."""

    user: User
    day: date
    sections: tuple[Section, ...]
    news: tuple[News, ...]
    last: Digest | None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything that waits, over all roles."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def stages(self) -> dict[str, str]:
        """What the next digest compares with."""
        return {line.key: line.stage for line in self.lines}

    @property
    def is_fresh(self) -> bool:
        """Whether it tells anything that the last one did not."""
        return bool(self.news) or any(line.is_fresh for line in self.lines)


def whole(path: str) -> str:
    """Return the whole address of a page, for people who read it elsewhere."""
    return f"{settings.CONFIG['QIUPU_BASE_URL'].rstrip('/')}{path}"


def _key(actor: Actor, item: Item) -> str:
    """Name a thing by its page without the language, who has to act, and its deadline: a new deadline is a new thing."""
    path = item.address.removeprefix(f"/{get_language()}/")
    return f"{actor.role}|{path}|{item.due.isoformat() if item.due else ''}"


def lines_of(actor: Actor, now: datetime, told: Mapping[str, str]) -> tuple[Line, ...]:
    """Return what waits for an actor, the most urgent first."""
    found = [(_key(actor, item), stage_of(item.due, now), item) for item in waiting_for(actor, now)]
    fresh = fresh_keys({key: stage for key, stage, _item in found}, told)
    return tuple(Line(item, key, stage, key in fresh) for key, stage, item in found)


def letter_for(user: User, now: datetime) -> Letter:
    """Return the digest of one account as it would be now, in the language that is active."""
    last = last_digest(user)
    told = dict(last.keys.get("stages", {})) if last is not None else {}
    sections = tuple(Section(one, lines_of(actor_for(one), now, told)) for one in memberships_to_tell(user))
    news = news_for(list(open_searches(user)), without=told_keys(user=user))
    return Letter(user, timezone.localdate(now), tuple(one for one in sections if one.lines), tuple(news), last)


def actors_of(organisation: Organisation) -> list[Actor]:
    """Return as what an organisation itself is told of work: by its kind, whoever its members are."""
    return [
        Actor(
            role=role,
            name=str(organisation),
            organisation_id=organisation.pk,
            organisation_code=organisation.code,
            via="system",
        )
        for role in ROLES_OF_KIND.get(organisation.kind, ())
    ]


@dataclass(frozen=True)
class Post:
    """What a webhook is told on one day."""

    urgent: tuple[Line, ...]
    others: int
    news: tuple[News, ...]


def post_for(webhook: Webhook, now: datetime) -> Post:
    """Return the day's message for an organisation: what is late or due within a week; on Mondays everything; and the news."""
    lines: list[Line] = []
    if webhook.tells_work:
        found = _once(line for actor in actors_of(webhook.organisation) for line in lines_of(actor, now, {}))
        people = reverse("accounts:sign_ups")  # who asked for an account is nobody's business in a chat
        lines = [line for line in found if not line.item.address.startswith(people)]
    is_monday = timezone.localdate(now).weekday() == 0
    urgent = tuple(line for line in lines if is_monday or line.stage != "waits")
    news: Sequence[News] = ()
    if webhook.tells_news:
        searches = list(searches_of_organisation(webhook.organisation_id))
        news = news_for(searches, without=told_keys(webhook=webhook))
    return Post(urgent, len(lines) - len(urgent), tuple(news))


def _once(lines: Iterable[Line]) -> list[Line]:
    """Keep each page once: an organisation may have to act on it in two roles."""
    found: dict[tuple[str, str], Line] = {}
    for line in lines:
        found.setdefault((line.item.address, line.item.task), line)
    return list(found.values())
