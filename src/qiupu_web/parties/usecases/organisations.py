"""Organisations, units and their members."""

from __future__ import annotations

from datetime import date, datetime

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.codes import take_code
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.bridge import credit_code_fault
from qiupu_web.parties.enums import OrganisationKind, Role
from qiupu_web.parties.models import Membership, Organisation, User
from qiupu_web.parties.permissions import require
from qiupu_web.parties.rules import GIVERS, may_give

EDITABLE = (
    "name_zh",
    "name_en",
    "remit_zh",
    "remit_en",
    "region",
    "founded_on",
    "credit_code",
    "address",
    "website",
)
"""What members may tell about their organisation."""
EDITABLE_BY_GIVERS = (*EDITABLE, "kind", "parent", "is_active", "is_invented")
"""What the office and administrators may also set."""

CREDIT_FAULTS = {
    "length": N_("The credit code {credit_code} is not right: it has {n} characters, not 18."),
    "characters": N_("The credit code {credit_code} may hold only digits and capital letters without I, O, S, V and Z."),
    "check": N_("The credit code {credit_code} is not right: its check character does not fit."),
}


def _check(name_zh: str, name_en: str, credit_code: str, *, row: Organisation | None = None) -> None:
    if not (name_zh or name_en):
        raise InputError(N_("A name is missing."), cure=N_("Give it in Chinese, in English, or both."), column="name_zh")
    fault = credit_code_fault(credit_code) if credit_code else ""
    if fault:
        raise InputError(
            CREDIT_FAULTS[fault],
            cure=N_("Copy its 18 characters from the business licence."),
            column="credit_code",
            code="credit-code",
            credit_code=credit_code,
            n=len(credit_code),
        )
    others = Organisation.objects.exclude(pk=row.pk) if row else Organisation.objects.all()
    if credit_code and others.filter(credit_code=credit_code, merged_into__isnull=True).exists():
        raise Conflict(
            N_("An organisation with this credit code is registered already."),
            cure=N_("Look for it in the list of organisations."),
            column="credit_code",
            code="taken",
        )


def _check_kind(kind: str) -> None:
    if kind not in OrganisationKind.values:
        raise InputError(
            N_("There is no kind of organisation “{kind}”."), cure=N_("Choose one of the list."), column="kind", kind=kind
        )


def _check_parent(row: Organisation, parent: Organisation | None) -> None:
    above = parent
    while above is not None:
        if above.pk == row.pk:
            raise InputError(
                N_("An organisation cannot belong to itself."), cure=N_("Choose another one."), column="parent", code="circle"
            )
        above = above.parent


@usecase("parties.create_organisation")
def create_organisation(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    code: str = "",
    name_zh: str = "",
    name_en: str = "",
    remit_zh: str = "",
    remit_en: str = "",
    region: str = "",
    founded_on: date | None = None,
    credit_code: str = "",
    address: str = "",
    website: str = "",
    parent: Organisation | None = None,
    is_invented: bool = False,
) -> Organisation:
    """Register an organisation or a unit.

    Must hold: a name in one language, a right credit code if one is given, a free code. Writes: the organisation.
    Who: the exchange office, an administrator.
    """
    require(actor, "parties.create_organisation")
    _check_kind(kind)
    _check(name_zh, name_en, credit_code)
    row = Organisation.objects.create(
        code=take_code(Organisation, code, name=name_en or name_zh, prefix="org"),
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        remit_zh=remit_zh,
        remit_en=remit_en,
        region=region,
        founded_on=founded_on,
        credit_code=credit_code,
        address=address.strip(),
        website=website,
        parent=parent,
        is_invented=is_invented,
    )
    touched(row, kind=kind, name_zh=name_zh, name_en=name_en)
    return row


@usecase("parties.edit_organisation")
def edit_organisation(*, actor: Actor, now: datetime, organisation: Organisation, **fields: object) -> Organisation:
    """Change what is told about an organisation.

    Must hold: as for creating; the code stays; kind, parent, whether it is active or invented only the office and an
    administrator set. Writes: the organisation. Who: its own members, the exchange office, an administrator.
    """
    require(actor, "parties.edit_organisation", organisation.pk)
    allowed = EDITABLE_BY_GIVERS if actor.role in GIVERS else EDITABLE
    refused = sorted(set(fields) - set(allowed))
    if refused:
        raise InputError(
            N_("“{field}” cannot be changed here."), cure=N_("Ask the exchange office."), column=refused[0], field=refused[0]
        )
    _check_kind(str(fields.get("kind", organisation.kind)))
    if isinstance(parent := fields.get("parent"), Organisation):
        _check_parent(organisation, parent)
    _check(
        str(fields.get("name_zh", organisation.name_zh)),
        str(fields.get("name_en", organisation.name_en)),
        str(fields.get("credit_code", organisation.credit_code)),
        row=organisation,
    )
    changed(organisation, **fields)
    return organisation


@usecase("parties.add_member")
def add_member(*, actor: Actor, now: datetime, organisation: Organisation, user: User, role: str) -> Membership:
    """Let a person act for an organisation in a role.

    Must hold: office, steward and auditor are given by the office or an administrator only, administrator by an
    administrator.
    Writes: the membership (a closed one is opened again). Who: the organisation's members, the office, an administrator.
    """
    require(actor, "parties.add_member", organisation.pk)
    if role not in Role.values:
        raise InputError(N_("There is no role “{role}”."), cure=N_("Choose one of the list."), column="role", role=role)
    _require_giver(actor, role)
    row, _made = Membership.objects.get_or_create(user=user, organisation=organisation, role=role)
    changed(row, is_active=True)
    touched(row, user=user, organisation=organisation.code, role=role)
    return row


def _require_giver(actor: Actor, role: str) -> None:
    if may_give(actor.role, role):
        return
    if role == Role.ADMINISTRATOR:
        sentence, cure = N_("Administrators are named and removed by administrators only."), N_("Ask an administrator.")
    else:
        sentence, cure = N_("The role “{role}” is given and taken by the exchange office."), N_("Ask the exchange office.")
    raise InputError(sentence, cure=cure, column="role", code="given", role=role)


@usecase("parties.remove_member")
def remove_member(*, actor: Actor, now: datetime, membership: Membership) -> Membership:
    """End a membership; what the person did stays.

    Must hold: as for giving the role; the last administrator stays. Writes: the membership and the end of its tokens.
    Who: the organisation's members, the office, an administrator.
    """
    require(actor, "parties.remove_member", membership.organisation_id)
    _require_giver(actor, membership.role)
    others = Membership.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=membership.pk)
    if membership.role == Role.ADMINISTRATOR and not others.exists():
        raise Conflict(N_("This is the last administrator."), cure=N_("Name another one first."), code="last-administrator")
    changed(membership, is_active=False)
    for token in membership.tokens.filter(revoked_at__isnull=True):
        changed(token, revoked_at=now)
    return membership
