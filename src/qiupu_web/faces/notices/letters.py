"""A digest as a mail: plain text in the reader's language, with a way to stop it in one click."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qiupu_web.faces.notices.composing import Letter, whole
from qiupu_web.faces.notices.news import name_of
from qiupu_web.parties.models import SavedSearch, User

SALT = "qiupu.notices.off"


def off_address(subject: User | SavedSearch) -> str:
    """Return the address that ends the digest, or one saved search, without signing in. It does nothing else."""
    kind = "u" if isinstance(subject, User) else "s"
    return whole(reverse("notices:off", args=[signing.dumps([kind, subject.pk], salt=SALT)]))


def read_off_token(token: str) -> User | SavedSearch | None:
    """Return what a token ends; None when it was altered or its subject is gone."""
    try:
        kind, pk = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if kind == "u":
        return User.objects.filter(pk=pk).first()
    return SavedSearch.objects.select_related("user", "organisation").filter(pk=pk).first()


def subject_of(letter: Letter) -> str:
    """Return the subject: what is late first, then what waits, then what is new."""
    parts = []
    late = sum(line.item.is_late for line in letter.lines)
    if letter.lines:
        parts.append(
            ngettext("%(n)d thing waits for you", "%(n)d things wait for you", len(letter.lines)) % {"n": len(letter.lines)}
        )
    if late:
        parts.append(ngettext("%(n)d of them late", "%(n)d of them late", late) % {"n": late})
    if letter.news:
        count = len(letter.news)
        parts.append(ngettext("%(n)d new scenario for you", "%(n)d new scenarios for you", count) % {"n": count})
    return _(", ").join(parts)


def text_of(letter: Letter, *, is_preview: bool = False) -> str:
    """Return the mail's text; a preview on the page has no link that ends it."""
    found = {search.pk: search for one in letter.news for search in one.searches}
    ends = [] if is_preview else [(name_of(search), off_address(search)) for search in found.values()]
    return render_to_string(
        "notices/mail/digest.txt",
        {
            "letter": letter,
            "ends": ends,
            "site_name": _site(),
            "work": whole(reverse("pages:my_work")),
            "notices": whole(reverse("notices:mine")),
            "off": "" if is_preview else off_address(letter.user),
        },
    ).strip()


def mail_of(letter: Letter) -> EmailMessage:
    """Return the mail, with the headers by which mail programs offer to end it (RFC 2369, RFC 8058)."""
    return EmailMessage(
        f"[{_site()}] {subject_of(letter)}",
        text_of(letter),
        settings.DEFAULT_FROM_EMAIL,
        [letter.user.email],
        headers={
            "List-Unsubscribe": f"<{off_address(letter.user)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


def _site() -> str:
    return str(settings.SITE_NAMES.get(get_language() or "en", settings.SITE_NAMES["en"]))
