"""How sign-in behaves here: nobody signs up through it, demo accounts only where the demo is on, mails name the site."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from qiupu_web.faces.commands.readiness import is_loopback
from qiupu_web.faces.web.errors import error_page
from qiupu_web.parties.models import User

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def is_local(request: HttpRequest) -> bool:
    """Return whether a request comes from this machine itself, not through a proxy."""
    return is_loopback(request.META.get("REMOTE_ADDR", "")) and not any(request.META.get(name) for name in FORWARDED)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the package carries no types
    """Sign-up goes through our own form with approval."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse allauth's own sign-up."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **how: Any) -> HttpResponse | None:
        """Let an account of the demonstration in only from this machine, while the demonstration is on."""
        if cast(User, user).is_demo and not (settings.CONFIG["QIUPU_DEMO"] and is_local(request)):
            clear_login(request)
            return error_page(
                request,
                status=403,
                title=_("Not allowed"),
                sentence=_("This is an account of the demonstration. It opens only on the machine itself, while the demo is on."),
                cure=_("Ask for an account of your own."),
            )
        answer: HttpResponse | None = super().pre_login(request, user, **how)
        return answer

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go to the person's work, in the language that she has chosen."""
        user = request.user
        chosen = user.language if isinstance(user, User) else ""
        with override(chosen or get_language()):
            return reverse("pages:my_work")

    def format_email_subject(self, subject: str) -> str:
        """Put the site's name before the subject."""
        name = settings.SITE_NAMES.get(get_language() or "en", settings.SITE_NAMES["en"])
        return f"[{name}] {subject}"
