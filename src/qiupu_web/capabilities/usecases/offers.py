"""What may be done with capabilities."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.codes import take_code
from qiupu_web.capabilities.enums import CapabilityState, Deployment
from qiupu_web.capabilities.models import Capability, Proof
from qiupu_web.capabilities.rules import CAPABILITY, EDITABLE, check_capability, check_publishable
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require


@usecase("capabilities.register")
def register_capability(
    *,
    actor: Actor,
    now: datetime,
    supplier: Organisation,
    field: str,
    code: str = "",
    title_zh: str = "",
    title_en: str = "",
    body_zh: str = "",
    body_en: str = "",
    regions: str = "",
    deployment: str = Deployment.ANY.value,
    certificates: str = "",
    price_cny: Decimal | None = None,
) -> Capability:
    """Register a capability as a draft.

    Must hold: a title in one language, a known field and form of deployment, a price above 0 if one is given, a free
    code (one is made when it is empty). Writes: the capability. Who: the supplier's members, the exchange office.
    """
    require(actor, "capabilities.register", supplier.pk)
    row = Capability(
        supplier=supplier,
        field=field,
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        body_zh=body_zh.strip(),
        body_en=body_en.strip(),
        regions=regions.strip(),
        deployment=deployment,
        certificates=certificates.strip(),
        price_cny=price_cny,
        created_at=now,
        updated_at=now,
        **CAPABILITY.begin(CapabilityState.DRAFT, now),
    )
    check_capability(row)
    row.code = take_code(Capability, code, name=row.title_en or row.title_zh, prefix="capability")
    row.save(force_insert=True)
    touched(row, supplier=supplier.code, field=field, title_zh=row.title_zh, title_en=row.title_en)
    return row


@usecase("capabilities.edit")
def edit_capability(*, actor: Actor, now: datetime, capability: Capability, **fields: object) -> Capability:
    """Change what a capability says; a published one stays published, and the record keeps what it said before.

    Must hold: as for registering; only the fields of ``EDITABLE``. Writes: the capability.
    Who: the supplier's members, the exchange office.
    """
    require(actor, "capabilities.edit", capability.supplier_id)
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"edit_capability() cannot change {sorted(unknown)}")
    wanted = Capability(**{name: fields.get(name, getattr(capability, name)) for name in EDITABLE})
    check_capability(wanted)
    if capability.state == CapabilityState.PUBLISHED:
        check_publishable(wanted)
    changed(capability, **fields, updated_at=now)
    return capability


@usecase("capabilities.publish")
def publish_capability(*, actor: Actor, now: datetime, capability: Capability) -> Capability:
    """Put a capability on the public list.

    Must hold: a draft that says what it does in one language; a withdrawn one is taken up again.
    Writes: its state. Who: the supplier's members, the exchange office.
    """
    require(actor, "capabilities.publish", capability.supplier_id)
    check_publishable(capability)
    if capability.state == CapabilityState.WITHDRAWN:
        CAPABILITY.move(capability, CapabilityState.DRAFT, now=now)
    CAPABILITY.move(capability, CapabilityState.PUBLISHED, now=now)
    return capability


@usecase("capabilities.withdraw")
def withdraw_capability(*, actor: Actor, now: datetime, capability: Capability, note: str = "") -> Capability:
    """Take a capability off the list; what became of it stays.

    Must hold: it is a draft or published. Writes: its state. Who: the supplier's members, the exchange office.
    """
    require(actor, "capabilities.withdraw", capability.supplier_id)
    CAPABILITY.move(capability, CapabilityState.WITHDRAWN, now=now, note=note)
    return capability


@usecase("capabilities.record_proof")
def record_proof(*, actor: Actor, now: datetime, capability: Capability, kind: str, key: str, outcome: str) -> Proof:
    """Keep a fact from downstream, such as a passed trial.

    Must hold: nothing; the same kind and key again only renews the outcome. Writes: the proof.
    Who: the system, the exchange office, trial stewards, auditors.
    """
    require(actor, "capabilities.record_proof")
    row, is_new = Proof.objects.get_or_create(
        capability=capability, kind=kind, key=key, defaults={"outcome": outcome, "recorded_at": now}
    )
    touched(capability)
    if is_new:
        touched(row, kind=kind, key=key, outcome=outcome)
    elif row.outcome != outcome:
        changed(row, outcome=outcome, recorded_at=now)
    return row
