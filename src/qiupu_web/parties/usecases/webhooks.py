"""Webhooks of an organisation: where its chat or its program is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.sealing import lock, unlock
from qiupu_web.base.transport import parse_target
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import DeliveryState, WebhookKind
from qiupu_web.parties.models import Delivery, Organisation, Told, Webhook
from qiupu_web.parties.permissions import require
from qiupu_web.parties.rules_notices import ATTEMPT, LONGEST_NAME, MOST_TRIES, MOST_WEBHOOKS, next_attempt


def _check(name: str, kind: str, language: str) -> None:
    if not name.strip():
        raise InputError(N_("Give it a name by which people know the chat."), column="name", code="name")
    if kind not in WebhookKind.values:
        raise InputError(N_("There is no such kind of webhook."), cure=N_("Choose one of the list."), column="kind")
    if language not in {code for code, _name in settings.LANGUAGES}:
        raise InputError(
            N_("There is no language “{language}” here."), cure=N_("Choose one of the list."), column="language", language=language
        )


def _host(address: str) -> str:
    return parse_target(address, allow_private=settings.CONFIG["QIUPU_WEBHOOK_PRIVATE"]).host


def _seal(row: Webhook, address: str, secret: str) -> None:
    """Keep address and secret; what is not given stays. They never reach the audit record."""
    if address:
        row.address_sealed = lock(address.strip(), f"webhook:{row.pk}:address")
        row.host = _host(address)
    if secret:
        row.secret_sealed = lock(secret.strip(), f"webhook:{row.pk}:secret")
    row.save(update_fields=["address_sealed", "secret_sealed", "host"])


def address_of(row: Webhook) -> str:
    """Return the address that a message is posted to."""
    return unlock(row.address_sealed, f"webhook:{row.pk}:address")


def secret_of(row: Webhook) -> str:
    """Return the word that messages are signed with; empty when there is none."""
    return unlock(row.secret_sealed, f"webhook:{row.pk}:secret")


@usecase("parties.add_webhook")
def add_webhook(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    name: str,
    kind: str,
    address: str,
    secret: str = "",
    language: str,
    tells_work: bool = True,
    tells_news: bool = True,
) -> Webhook:
    """Let an organisation's chat or program be told.

    Must hold: an https address outside the private network (unless ``QIUPU_WEBHOOK_PRIVATE`` allows it), a name; at most
    ``MOST_WEBHOOKS``. Writes: the webhook, address and secret encrypted. Who: the organisation's members, an administrator.
    """
    require(actor, "parties.add_webhook", organisation.pk)
    _check(name, kind, language)
    host = _host(address)
    if Webhook.objects.filter(organisation=organisation, ended_at__isnull=True).count() >= MOST_WEBHOOKS:
        raise Conflict(
            N_("This organisation has {most} webhooks, which is the most."),
            cure=N_("End one first."),
            code="many",
            most=MOST_WEBHOOKS,
        )
    row = Webhook.objects.create(
        organisation=organisation,
        name=name.strip()[:LONGEST_NAME],
        kind=kind,
        host=host,
        language=language,
        tells_work=tells_work,
        tells_news=tells_news,
        created_at=now,
        created_by_id=actor.user_id,
    )
    _seal(row, address, secret)
    touched(row, organisation=organisation.code, kind=kind, host=host, signed=bool(secret))
    return row


@usecase("parties.edit_webhook")
def edit_webhook(*, actor: Actor, now: datetime, webhook: Webhook, address: str = "", secret: str = "", **fields: Any) -> Webhook:
    """Change a webhook; an address or secret that is left empty stays as it is.

    Must hold: as for adding; it has not ended. Writes: the webhook. Who: the organisation's members, an administrator.
    """
    require(actor, "parties.edit_webhook", webhook.organisation_id)
    refused = sorted(set(fields) - {"name", "kind", "language", "tells_work", "tells_news"})
    if refused:
        raise InputError(N_("“{field}” cannot be changed here."), cure=N_("Make a new one."), column=refused[0], field=refused[0])
    _require_open(webhook)
    given = {name: fields.get(name, getattr(webhook, name)) for name in ("name", "kind", "language")}
    _check(**given)
    if address:
        _host(address)
    changed(webhook, **fields)
    _seal(webhook, address, secret)
    touched(webhook, address_replaced=bool(address), secret_replaced=bool(secret), host=webhook.host)
    return webhook


def _require_open(webhook: Webhook) -> None:
    if webhook.ended_at is not None:
        raise Conflict(N_("This webhook has ended."), cure=N_("Make a new one."), code="ended")


@usecase("parties.end_webhook")
def end_webhook(*, actor: Actor, now: datetime, webhook: Webhook) -> Webhook:
    """End a webhook and forget its address and secret.

    Writes: the webhook; what still waits is given up. Who: the organisation's members, an administrator.
    """
    require(actor, "parties.end_webhook", webhook.organisation_id)
    if webhook.ended_at is None:
        webhook.address_sealed = webhook.secret_sealed = ""
        webhook.save(update_fields=["address_sealed", "secret_sealed"])
        waiting = webhook.deliveries.filter(state__in=(DeliveryState.WAITING, DeliveryState.TRYING))
        waiting.update(state=DeliveryState.FAILED, next_at=None, finished_at=now)
        changed(webhook, ended_at=now)
    return webhook


@usecase("parties.test_webhook")
def take_test(*, actor: Actor, now: datetime, webhook: Webhook, title: str, lines: Sequence[tuple[str, str]]) -> Delivery:
    """Take a test message in hand; who called sends it at once.

    Must hold: it has not ended. Writes: the message, as being tried. Who: the organisation's members, an administrator.
    """
    require(actor, "parties.test_webhook", webhook.organisation_id)
    _require_open(webhook)
    row = Delivery.objects.create(
        webhook=webhook,
        key=f"test:{uuid.uuid4().hex}",
        title=title[:200],
        lines=[list(line) for line in lines],
        state=DeliveryState.TRYING,
        attempts=MOST_TRIES,
        next_at=None,
        created_at=now,
    )
    touched(webhook, test=row.key)
    return row


@usecase("parties.queue_delivery")
def queue_delivery(
    *,
    actor: Actor,
    now: datetime,
    webhook: Webhook,
    key: str,
    title: str,
    lines: Sequence[tuple[str, str]],
    news: Sequence[str] = (),
) -> Delivery:
    """Put a message for a webhook in line.

    Must hold: it was not told this already (``key``), and has not ended. Writes: the message, and its news as told.
    Who: the system.
    """
    require(actor, "parties.queue_delivery")
    _require_open(webhook)
    try:
        with transaction.atomic():
            row = Delivery.objects.create(
                webhook=webhook, key=key, title=title[:200], lines=[list(line) for line in lines], next_at=now, created_at=now
            )
    except IntegrityError:
        raise Conflict(N_("This was told already."), code="told") from None
    Told.objects.bulk_create([Told(webhook=webhook, key=one, told_at=now) for one in news], ignore_conflicts=True)
    touched(row, key=key, lines=len(row.lines))
    return row


@usecase("parties.claim_delivery")
def claim_delivery(*, actor: Actor, now: datetime, delivery: Delivery) -> Delivery:
    """Take a message in hand for one attempt.

    Must hold: it is due and nobody else has it. Writes: the attempt and until when it counts. Who: the system.
    """
    require(actor, "parties.claim_delivery")
    mine = Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, state__in=(DeliveryState.WAITING, DeliveryState.TRYING), next_at__lte=now
    )
    if not mine.update(state=DeliveryState.TRYING, attempts=delivery.attempts + 1, next_at=now + ATTEMPT):
        raise Conflict(N_("Somebody else has this message in hand."), code="claimed")
    delivery.refresh_from_db(fields=["state", "attempts", "next_at"])
    touched(delivery, attempt=delivery.attempts)
    return delivery


@usecase("parties.record_delivery")
def record_delivery(*, actor: Actor, now: datetime, delivery: Delivery, status: int | None, problem: str = "") -> Delivery:
    """Keep what the other side answered.

    Must hold: the attempt is the current one. Writes: taken; or the problem and when it is tried again, or given up.
    Who: the system.
    """
    require(actor, "parties.record_delivery")
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.state != DeliveryState.TRYING or row.attempts != delivery.attempts:
        raise Conflict(N_("Somebody else has this message in hand."), code="claimed")
    again = next_attempt(row.attempts, now) if problem else None
    state = DeliveryState.SENT if not problem else DeliveryState.WAITING if again else DeliveryState.FAILED
    changed(
        row,
        state=state,
        next_at=again,
        last_status=status,
        last_problem=problem[:300],
        finished_at=None if again else now,
    )
    return row
