"""The day's round of digests: at most one mail an account and day, whatever dies in between.

Each digest is claimed in the database before it is handed to the mail server. When a worker is killed after that, nobody knows
whether the mail went out, so it is not sent again that day; what it told counts as untold and comes with the next one. Only
what the mail server surely refused may be tried again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import override

from qiupu.errors import Conflict
from qiupu_web.faces.notices.composing import Letter, letter_for
from qiupu_web.faces.notices.letters import mail_of
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.models import User
from qiupu_web.parties.queries_notices import digest_readers, is_claimed, is_mail_set, rhythm_of, sent_on
from qiupu_web.parties.rules_notices import is_time_to_tell
from qiupu_web.parties.usecases.notices import claim_digest, finish_digests, record_digest

log = logging.getLogger("qiupu.notices")
REFUSED = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPResponseException)
"""What a mail server says when it surely has not taken a mail."""

UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Round:
    """What became of a round."""

    sent: int = 0
    failed: int = 0
    silent: int = 0

    def plus(self, outcome: str) -> Round:
        """Count one more account."""
        failed = outcome in {"failed", UNREACHABLE}
        return Round(self.sent + (outcome == "sent"), self.failed + failed, self.silent + (outcome == "silent"))


def language_of(user: User) -> str:
    """Return the language in which somebody reads mails."""
    return user.language or settings.LANGUAGE_CODE


def send_digests(now: datetime, *, actor: Actor | None = None) -> Round | None:
    """Send today's digests to whom it is time to tell; None when no mail server is set, and nothing is sent."""
    if not is_mail_set():
        return None
    who = actor or system("calendar")
    connection, found = get_connection(), Round()
    try:
        for user in digest_readers():
            outcome = _tell(who, user, now, connection)
            found = found.plus(outcome)
            if outcome == UNREACHABLE:
                break  # the others would only wait for the same silence; the round is tried again
    finally:
        connection.close()
    today = timezone.localdate(now)
    finish_digests(actor=who, now=timezone.now(), day=today, sent=sent_on(today), failed=found.failed, silent=found.silent)
    return found


def _tell(who: Actor, user: User, now: datetime, connection: BaseEmailBackend) -> str:
    """Tell one account; return sent, failed, unreachable, silent, or done when it was told already."""
    rhythm = rhythm_of(user)
    if rhythm == "off":
        return "silent"
    if is_claimed(user, timezone.localdate(now)):
        return "done"
    with override(language_of(user)):
        letter = letter_for(user, now)
        last = letter.last.day if letter.last is not None else None
        if not is_time_to_tell(rhythm, letter.day, last=last, waits=bool(letter.lines), is_fresh=letter.is_fresh):
            return "silent"
        return _send(who, letter, now, connection)


def _send(who: Actor, letter: Letter, now: datetime, connection: BaseEmailBackend) -> str:
    try:
        connection.open()
    except (OSError, SMTPException):
        log.exception("the mail server cannot be reached")
        return UNREACHABLE
    mail = mail_of(letter)
    mail.connection = connection
    try:
        digest = claim_digest(
            actor=who, now=now, user=letter.user, day=letter.day, stages=letter.stages, news=[one.key for one in letter.news]
        )
    except Conflict:
        return "done"  # another worker was quicker
    try:
        mail.send()
    except REFUSED as error:
        record_digest(actor=who, now=timezone.now(), digest=digest, problem=f"{type(error).__name__}: {error}")
        return "failed"
    except (OSError, SMTPException):
        log.exception("whether digest %s went out is not known; it is not sent again today", digest.pk)
        connection.close()
        return "failed"
    record_digest(actor=who, now=timezone.now(), digest=digest)
    return "sent"
