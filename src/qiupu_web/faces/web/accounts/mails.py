"""Mails about accounts. A mail server that does not answer is logged and told, and undoes nothing."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from qiupu_web.parties.enums import SignUpState
from qiupu_web.parties.models import SignUp

log = logging.getLogger("qiupu.web")


def _send(to: str, subject: str, template: str, context: dict[str, Any]) -> bool:
    name = settings.SITE_NAMES.get(get_language() or "en", settings.SITE_NAMES["en"])
    text = render_to_string(template, {"site_name": name, **context}).strip()
    try:
        send_mail(f"[{name}] {subject}", text, settings.DEFAULT_FROM_EMAIL, [to])
    except (OSError, SMTPException):
        log.exception("a mail was not sent")
        return False
    return True


def address_of(name: str, *args: object) -> str:
    """Return the whole address of a page, for people who read it elsewhere."""
    return f"{settings.CONFIG['QIUPU_BASE_URL'].rstrip('/')}{reverse(name, args=args)}"


def tell_known_address(email: str) -> bool:
    """Tell the owner of an address that an account was asked for though she has one."""
    return _send(
        email, _("You have an account already"), "accounts/mail/known.txt", {"address": address_of("account_reset_password")}
    )


def tell_decision(row: SignUp) -> bool:
    """Tell a person what became of her request, in the language in which she asked if it is known."""
    is_approved = row.state == SignUpState.APPROVED
    with override(row.user.language or get_language()):
        subject = _("Your account is open") if is_approved else _("Your request for an account")
        address = address_of("account_login" if is_approved else "accounts:sign_up")
        return _send(
            row.user.email,
            subject,
            "accounts/mail/decided.txt",
            {"is_approved": is_approved, "reason": row.reason, "address": address},
        )
