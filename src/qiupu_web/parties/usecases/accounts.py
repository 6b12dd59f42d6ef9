"""Asking for an account, and what is answered."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind, Role, SignUpState
from qiupu_web.parties.models import Membership, Organisation, SignUp, User
from qiupu_web.parties.permissions import require
from qiupu_web.parties.rules import ASKED_FOR_ROLES, KIND_OF_ROLE
from qiupu_web.parties.usecases.organisations import add_member, create_organisation


@usecase("parties.sign_up")
def file_sign_up(
    *,
    actor: Actor,
    now: datetime,
    email: str,
    password: str,
    organisation_name: str,
    role: str,
    name_zh: str = "",
    name_en: str = "",
    note: str = "",
    language: str = "",
) -> SignUp | None:
    """Ask for an account.

    Must hold: a role that may be asked for, a password that is not weak. Writes: an inactive account and the request;
    nothing, and no word about it, when the address has an account already (the mail tells its owner). A request that was
    declined may be filed again and replaces the old one. Who: visitors.
    """
    require(actor, "parties.sign_up")
    if role not in ASKED_FOR_ROLES:
        raise InputError(N_("This role cannot be asked for here."), cure=N_("Ask the exchange office."), column="role")
    if not (name_zh or name_en):
        raise InputError(N_("A name is missing."), cure=N_("Give it in Chinese, in English, or both."), column="name_zh")
    try:
        validate_password(password, User(email=email, name_en=name_en))
    except ValidationError as error:
        raise InputError(N_("{reason}"), column="password", reason=" ".join(error.messages), code="weak-password") from error
    known = User.objects.filter(email__iexact=email).first()
    if known is not None and not _was_declined(known):
        make_password(password)  # takes as long as a new account does, so that the time tells nothing
        return None
    if known is not None:
        known.sign_up.delete()
        known.delete()
    user = User.objects.create_user(email, password, name_zh=name_zh, name_en=name_en, language=language, is_active=False)
    row = SignUp.objects.create(user=user, organisation_name=organisation_name, role=role, note=note, filed_at=now)
    touched(row, role=role, organisation_name=organisation_name)
    return row


def _was_declined(user: User) -> bool:
    """Whether a request was declined and the account never used: then the person may ask again."""
    return not user.is_active and SignUp.objects.filter(user=user, state=SignUpState.DECLINED).exists()


@usecase("parties.decide_sign_up")
def decide_sign_up(
    *,
    actor: Actor,
    now: datetime,
    sign_up: SignUp,
    approve: bool,
    organisation: Organisation | None = None,
    role: str = "",
    reason: str = "",
) -> SignUp:
    """Approve or decline a request.

    Must hold: it still waits; a decline says why. Writes: the request; on approval the account, the membership and,
    when none was chosen, a new organisation. Who: the exchange office, an administrator.
    """
    require(actor, "parties.decide_sign_up")
    sign_up = SignUp.objects.select_for_update(of=("self",)).select_related("user").get(pk=sign_up.pk)
    if sign_up.state != SignUpState.FILED:
        raise Conflict(N_("This request has been decided already."), cure=N_("Reload the page to see how."), code="decided")
    if not approve and not reason:
        raise InputError(N_("Say why it is declined; the person reads it."), column="reason")
    state = SignUpState.APPROVED if approve else SignUpState.DECLINED
    changed(sign_up, state=state, reason=reason, decided_at=now, decided_by_id=actor.user_id)
    if approve:
        given = role or sign_up.role
        target = organisation or _found(actor, now, sign_up.organisation_name, given)
        changed(sign_up, organisation=target)
        changed(sign_up.user, is_active=True)
        add_member(actor=actor, now=now, organisation=target, user=sign_up.user, role=given)
    return sign_up


def _found(actor: Actor, now: datetime, name: str, role: str) -> Organisation:
    """Register the organisation of a request, its name under the language that it is written in."""
    kind = KIND_OF_ROLE.get(Role(role), OrganisationKind.COMPANY) if role in Role.values else OrganisationKind.COMPANY
    is_latin = name.isascii()
    return create_organisation(actor=actor, now=now, kind=kind, name_zh="" if is_latin else name, name_en=name if is_latin else "")


@usecase("parties.edit_account")
def edit_account(*, actor: Actor, now: datetime, user: User, name_zh: str, name_en: str, language: str) -> User:
    """Change one's own name and language.

    Must hold: a name in one language, a language of the site or none. Writes: the account. Who: the person herself.
    """
    require(actor, "parties.edit_account")
    if user.pk != actor.user_id and actor.role != "system":
        raise NotAllowed(N_("An account is changed by the person herself."), code="not-own")
    if not (name_zh or name_en):
        raise InputError(N_("A name is missing."), cure=N_("Give it in Chinese, in English, or both."), column="name_zh")
    if language not in {"", *(code for code, _name in settings.LANGUAGES)}:
        raise InputError(
            N_("There is no language “{language}” here."), cure=N_("Choose one of the list."), column="language", language=language
        )
    changed(user, name_zh=name_zh, name_en=name_en, language=language)
    return user


@usecase("parties.close_demo_accounts")
def close_demo_accounts(*, actor: Actor, now: datetime) -> int:
    """Close the accounts whose password is public.

    Writes: the accounts and their memberships. Who: the operator of the machine, an administrator.
    """
    require(actor, "parties.close_demo_accounts")
    users = list(User.objects.filter(is_demo=True, is_active=True))
    for user in users:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        changed(user, is_active=False)
    Membership.objects.filter(user__in=users).update(is_active=False)
    return len(users)
