"""Messages to webhooks: put in line once a day, and tried until they are taken or given up."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from qiupu.errors import Conflict, QiupuError
from qiupu_web.base.transport import Answer, post_json
from qiupu_web.faces.notices.composing import Line, Post, post_for, whole
from qiupu_web.faces.notices.news import News
from qiupu_web.faces.notices.robots import message_for, problem_in
from qiupu_web.faces.templatetags.qiupu import day, remaining
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.models import Delivery, Webhook
from qiupu_web.parties.queries_notices import deliveries_due, open_webhooks
from qiupu_web.parties.usecases.webhooks import address_of, claim_delivery, queue_delivery, record_delivery, secret_of, take_test

log = logging.getLogger("qiupu.notices")


def _words(line: Line) -> str:
    due = f" · {day(line.item.due)} ({remaining(line.item.due)})" if line.item.due else ""
    late = f"{_('late')} · " if line.item.is_late else ""
    what = _("%(name)s: %(value)s") % {"name": line.item.thing, "value": line.item.task}
    return f"{late}{what}{due}"


def _news(one: News) -> str:
    return f"{_('new')} · {one.scenario.title} · {one.scenario.owner.name}"


def _title(post: Post, webhook: Webhook) -> str:
    parts = []
    if post.urgent:
        count = len(post.urgent)
        parts.append(
            ngettext("%(n)d thing waits for %(who)s", "%(n)d things wait for %(who)s", count)
            % {"n": count, "who": webhook.organisation}
        )
    if post.news:
        count = len(post.news)
        parts.append(
            ngettext("%(n)d new scenario for %(who)s", "%(n)d new scenarios for %(who)s", count)
            % {"n": count, "who": webhook.organisation}
        )
    return f"{_site()}: {_(', ').join(parts)}"


def _site() -> str:
    return str(settings.SITE_NAMES.get(get_language() or "en", settings.SITE_NAMES["en"]))


def lines_for(post: Post) -> list[tuple[str, str]]:
    """Return the lines of a message: text and address."""
    lines = [(_words(line), line.address) for line in post.urgent]
    lines += [(_news(one), whole(reverse("scenarios:detail", args=[one.scenario.code]))) for one in post.news]
    if post.others:
        more = ngettext("%(n)d more waits without hurry", "%(n)d more wait without hurry", post.others) % {"n": post.others}
        lines.append((more, whole(reverse("pages:my_work"))))
    return lines


def queue_posts(now: datetime, *, actor: Actor | None = None) -> int:
    """Put the day's messages in line, one a webhook and day; return how many."""
    count, today = 0, timezone.localdate(now)
    for webhook in open_webhooks():
        key = f"day:{today:%Y-%m-%d}"
        if Delivery.objects.filter(webhook=webhook, key=key).exists():
            continue
        with override(webhook.language):
            post = post_for(webhook, now)
            if not (post.urgent or post.news):
                continue
            try:
                queue_delivery(
                    actor=actor or system("calendar"),
                    now=now,
                    webhook=webhook,
                    key=key,
                    title=_title(post, webhook),
                    lines=lines_for(post),
                    news=[one.key for one in post.news],
                )
            except Conflict:
                continue  # another worker was quicker, or it has just ended
        count += 1
    return count


def send_due(now: datetime) -> int:
    """Try every message that is due once; return how many were tried."""
    count = 0
    for row in list(deliveries_due(now)[:100]):
        try:
            claimed = claim_delivery(actor=system("calendar"), now=timezone.now(), delivery=row)
        except Conflict:
            continue
        attempt(claimed)
        count += 1
    return count


def send_test(*, actor: Actor, now: datetime, webhook: Webhook) -> Delivery:
    """Send a test message at once and return it with what was answered."""
    with override(webhook.language):
        title = _("%(site)s: a test") % {"site": _site()}
        who = webhook.organisation
        text = _("If you read this, what waits for %(who)s and new scenarios will come here.") % {"who": who}
        row = take_test(actor=actor, now=now, webhook=webhook, title=title, lines=[(text, whole(reverse("notices:webhooks")))])
    return attempt(row)


def attempt(row: Delivery) -> Delivery:
    """Post a message that is in hand and keep what was answered."""
    status, problem = _post(row)
    try:
        return record_delivery(actor=system("calendar"), now=timezone.now(), delivery=row, status=status, problem=problem)
    except Conflict:
        log.warning("the answer to delivery %s came too late", row.pk)
        return row


def _post(row: Delivery) -> tuple[int | None, str]:
    webhook = row.webhook
    try:
        message = message_for(
            webhook.kind,
            address=address_of(webhook),
            secret=secret_of(webhook),
            title=row.title,
            lines=row.lines,
            key=row.key,
            now=timezone.now(),
        )
        allow = settings.CONFIG["QIUPU_WEBHOOK_PRIVATE"]
        answer: Answer = post_json(message.address, message.data, headers=message.headers, allow_private=allow)
    except QiupuError as error:
        return None, error.code
    return answer.status, problem_in(webhook.kind, answer)
