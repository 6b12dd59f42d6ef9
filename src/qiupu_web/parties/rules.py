"""What must hold for organisations and people; no database here."""

from __future__ import annotations

import hashlib
import secrets

from qiupu_web.parties.enums import OrganisationKind, Role

ASKED_FOR_ROLES = (Role.UNIT, Role.OWNER, Role.SUPPLIER)
"""Roles that a person may ask for at sign-up, and that an organisation's members give each other."""
GIVEN_ROLES = (Role.OFFICE, Role.STEWARD, Role.AUDITOR, Role.ADMINISTRATOR)
"""Roles that only the office or an administrator gives and takes; administrators are made by administrators only."""
GIVERS = (Role.OFFICE, Role.ADMINISTRATOR, "system")

KIND_OF_ROLE = {Role.UNIT: OrganisationKind.UNIT, Role.OWNER: OrganisationKind.COMPANY, Role.SUPPLIER: OrganisationKind.COMPANY}


def may_give(giver: str, role: str) -> bool:
    """Return whether somebody in the role ``giver`` may give or take ``role``."""
    if role == Role.ADMINISTRATOR:
        return giver in {Role.ADMINISTRATOR, "system"}
    return role not in GIVEN_ROLES or giver in GIVERS


def new_token() -> str:
    """Return a secret of 256 bits for a link or a program."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
