"""``qiupu manage send_digests``: today's digests by mail and messages to webhooks, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from qiupu_web.faces.notices.posting import queue_posts, send_due
from qiupu_web.faces.notices.sending import send_digests
from qiupu_web.parties.actors import system


class Command(BaseCommand):
    """Send; nobody gets a second digest on the same day."""

    help = "Send today's digests and messages to webhooks now; nobody gets a second digest on the same day."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send and say what became of it."""
        now, who = timezone.now(), system("send_digests")
        found = send_digests(now, actor=who)
        if found is None:
            self.stdout.write(_("No mail server is set (EMAIL_URL), so no mail was sent."))
        else:
            counts = {"sent": found.sent, "failed": found.failed, "silent": found.silent}
            self.stdout.write(_("Digests: %(sent)d sent, %(failed)d failed, %(silent)d with nothing to say.") % counts)
        queued = queue_posts(now, actor=who)
        tried = send_due(timezone.now())
        self.stdout.write(_("Webhooks: %(queued)d messages put in line, %(tried)d tried.") % {"queued": queued, "tried": tried})
