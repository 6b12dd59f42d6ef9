"""What is asked about notices."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import DeliveryState, DigestState, Rhythm
from qiupu_web.parties.models import Delivery, Digest, DigestChoice, DigestRun, Membership, SavedSearch, Told, User, Webhook

NO_MAIL = ("", "console", "dummy")


def is_mail_set() -> bool:
    """Return whether the operator has named a mail server; without one nothing is sent."""
    return str(settings.CONFIG["EMAIL_URL"]).split(":", 1)[0] not in NO_MAIL


def rhythm_of(user: User) -> str:
    """Return how often somebody wants the digest."""
    chosen = DigestChoice.objects.filter(user=user).values_list("rhythm", flat=True).first()
    return str(chosen or settings.CONFIG["QIUPU_DIGEST"])


def digest_readers() -> QuerySet[User]:
    """Return whom a digest may reach: open accounts that act for somebody; never the invented addresses of a demonstration."""
    acts = Membership.objects.filter(is_active=True, organisation__is_active=True).values("user_id")
    return User.objects.filter(is_active=True, is_demo=False, pk__in=acts).select_related("digest_choice").order_by("pk")


def memberships_to_tell(user: User) -> list[Membership]:
    """Return the active memberships of a person."""
    rows = user.memberships.filter(is_active=True, organisation__is_active=True)
    return list(rows.select_related("organisation").order_by("organisation__code", "role", "id"))


def last_digest(user: User) -> Digest | None:
    """Return the latest digest that was sent."""
    return Digest.objects.filter(user=user, state=DigestState.SENT).order_by("-day").first()


def is_claimed(user: User, day: date) -> bool:
    """Return whether this account's digest of the day was taken already; one that surely failed may be taken again."""
    return Digest.objects.filter(user=user, day=day).exclude(state=DigestState.FAILED).exists()


def sent_on(day: date) -> int:
    """Return how many digests went out on a day, over all its rounds."""
    return Digest.objects.filter(day=day, state=DigestState.SENT).count()


def last_run() -> DigestRun | None:
    """Return the latest round."""
    return DigestRun.objects.order_by("-day").first()


def open_searches(user: User) -> QuerySet[SavedSearch]:
    """Return a person's saved searches that still tell her something, the oldest first."""
    rows = SavedSearch.objects.filter(user=user, ended_at__isnull=True, organisation__is_active=True)
    return rows.select_related("organisation").order_by("created_at", "id")


def searches_of_organisation(organisation_id: int) -> QuerySet[SavedSearch]:
    """Return the saved searches of all members, for the organisation's webhooks."""
    rows = SavedSearch.objects.filter(organisation_id=organisation_id, ended_at__isnull=True, user__is_active=True)
    return rows.select_related("organisation").order_by("created_at", "id")


def told_keys(*, user: User | None = None, webhook: Webhook | None = None) -> set[str]:
    """Return what was told already."""
    rows = Told.objects.filter(user=user) if user is not None else Told.objects.filter(webhook=webhook)
    return set(rows.values_list("key", flat=True))


def open_webhooks() -> QuerySet[Webhook]:
    """Return the webhooks in use."""
    rows = Webhook.objects.filter(ended_at__isnull=True, organisation__is_active=True)
    return rows.select_related("organisation").order_by("organisation__code", "name", "id")


def webhooks_seen_by(actor: Actor) -> QuerySet[Webhook]:
    """Return the webhooks that somebody may know of: all for an administrator, else those of her organisation."""
    if actor.role == "administrator":
        return open_webhooks()
    return open_webhooks().filter(organisation_id=actor.organisation_id or 0)


def latest_deliveries(webhooks: list[Webhook]) -> dict[int, Delivery]:
    """Return the latest message of each webhook; one query."""
    found: dict[int, Delivery] = {}
    rows = Delivery.objects.filter(webhook__in=webhooks).order_by("webhook_id", "-created_at", "-id")
    for row in rows.exclude(Q(state=DeliveryState.WAITING, attempts=0)):
        found.setdefault(row.webhook_id, row)
    return found


def deliveries_due(now: datetime) -> QuerySet[Delivery]:
    """Return the messages that wait for an attempt, or whose attempt died with its worker."""
    rows = Delivery.objects.filter(
        state__in=(DeliveryState.WAITING, DeliveryState.TRYING), next_at__lte=now, webhook__ended_at__isnull=True
    )
    return rows.select_related("webhook__organisation").order_by("next_at", "id")


def rhythms() -> list[tuple[str, str]]:
    """Return the choices as words."""
    return [(one.value, str(one.label)) for one in Rhythm]
