"""What the worker does by the calendar: the day's round of digests and messages, once the hour has come, and what is due again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from qiupu_web.faces.notices.posting import queue_posts, send_due
from qiupu_web.faces.notices.sending import send_digests
from qiupu_web.parties.actors import system
from qiupu_web.parties.queries_notices import is_mail_set, last_run
from qiupu_web.parties.usecases.notices import finish_digests

AGAIN = timedelta(hours=1)
"""After a round in which some mails failed the rest is tried again so much later, on the same day."""


def is_due(now: datetime) -> bool:
    """Return whether a round is due: the hour has come, and today had none, or one with failures an hour ago."""
    if timezone.localtime(now).hour < settings.CONFIG["QIUPU_DIGEST_HOUR"]:
        return False
    last = last_run()
    if last is None or last.day < timezone.localdate(now):
        return True
    return last.day == timezone.localdate(now) and last.failed > 0 and now - last.finished_at >= AGAIN


def keep_time(now: datetime) -> None:
    """Do what is due now. May be called as often as one likes, by any number of workers."""
    if is_due(now):
        queue_posts(now)
        if is_mail_set():
            send_digests(now)
        else:
            finish_digests(actor=system("calendar"), now=now, day=timezone.localdate(now), sent=0, failed=0, silent=0)
    send_due(now)
