"""What must hold for capabilities; no database here."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from qiupu.errors import N_, InputError
from qiupu_web.base.lifecycle import Lifecycle, Step
from qiupu_web.capabilities.enums import CapabilityState as S
from qiupu_web.capabilities.enums import Deployment
from qiupu_web.parties.enums import Field

CAPABILITY = Lifecycle(
    "capability",
    {
        S.DRAFT: Step((S.PUBLISHED, S.WITHDRAWN), "supplier", None),
        S.PUBLISHED: Step((S.DRAFT, S.WITHDRAWN), "", None),
        S.WITHDRAWN: Step((S.DRAFT,), "", None),
    },
)
EDITABLE = (
    "field",
    "title_zh",
    "title_en",
    "body_zh",
    "body_en",
    "regions",
    "deployment",
    "certificates",
    "price_cny",
)
"""What a supplier may change; code, supplier and state have their own use cases or none."""


class CapabilityWords(Protocol):
    """What the checks look at."""

    field: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    deployment: str
    price_cny: Decimal | None


def check_capability(row: CapabilityWords) -> None:
    """Raise ``InputError``, naming the field, when a capability cannot be kept like this."""
    if not (row.title_zh or row.title_en):
        raise InputError(N_("A title is missing."), cure=N_("Give it in Chinese, in English, or both."), column="title_zh")
    if row.field not in Field.values:
        raise InputError(
            N_("There is no field “{given}”."), cure=N_("Choose one of the list."), column="field", code="field", given=row.field
        )
    if row.deployment not in Deployment.values:
        raise InputError(
            N_("There is no form of deployment “{given}”."),
            cure=N_("Choose one of the list."),
            column="deployment",
            code="deployment",
            given=row.deployment,
        )
    if row.price_cny is not None and row.price_cny <= 0:
        raise InputError(
            N_("The price must be above 0."), cure=N_("Leave it empty when it depends."), column="price_cny", code="price"
        )


def check_publishable(row: CapabilityWords) -> None:
    """Raise ``InputError`` when a capability says too little to be published."""
    if not (row.body_zh or row.body_en):
        raise InputError(
            N_("Nothing is said yet about what it does."),
            cure=N_("Describe it in Chinese, in English, or both; matching reads these sentences."),
            column="body_zh",
            code="body-missing",
        )
