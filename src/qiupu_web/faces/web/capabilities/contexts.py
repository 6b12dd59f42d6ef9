"""What the templates of capabilities are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiupu_web.base.bilingual import Words
from qiupu_web.base.bilingual import words as words_of
from qiupu_web.capabilities.enums import CapabilityState, Deployment
from qiupu_web.capabilities.models import Brochure, Capability, Proof
from qiupu_web.capabilities.rules import CAPABILITY
from qiupu_web.faces.web.capabilities.forms import CapabilityForm, PressForm
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import Listing
from qiupu_web.matches.models import Match
from qiupu_web.matches.queries import OUTCOMES
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may


@dataclass(frozen=True)
class Standing:
    """What was shown of a capability by trials and projects: ``tone`` is a verdict's code, empty when nothing was shown."""

    tone: str
    line: str


@dataclass(frozen=True)
class Row:
    """One capability of a list: all that its line shows."""

    code: str
    title: Words
    field: str
    supplier: Words
    is_startup: bool
    is_invented: bool
    standing: Standing
    deployment: str
    price_cny: Decimal | None


def row_of(row: Capability) -> Row:
    """Return a capability's line."""
    return Row(
        code=row.code,
        title=words_of(row, "title"),
        field=row.field,
        supplier=words_of(row.supplier, "name"),
        is_startup=row.supplier.is_startup,
        is_invented=row.supplier.is_invented,
        standing=standing_of(list(row.proofs.all())),
        deployment=str(Deployment(row.deployment).label),
        price_cny=row.price_cny,
    )


@dataclass(frozen=True)
class CapabilityList:
    """The capability list."""

    listing: Listing[Capability]
    rows: Sequence[Row]
    may_register: bool


@dataclass(frozen=True)
class OwnCapabilities:
    """Drafts and own entries, and the brochures that wait to be drafted from."""

    listing: Listing[Capability]
    brochures: Sequence[Brochure]


@dataclass(frozen=True)
class Fact:
    """One proof in words."""

    at: datetime
    tone: str
    line: str


@dataclass(frozen=True)
class Deeds:
    """What this reader may do with this capability now."""

    edit: bool
    publish: OnceForm | None
    withdraw: OnceForm | None

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.edit or self.publish or self.withdraw)


@dataclass(frozen=True)
class CapabilityPage:
    """One capability."""

    capability: Capability
    standing: Standing
    facts: Sequence[Fact]
    matches: Sequence[Match]
    match_count: int
    is_inside: bool
    deeds: Deeds
    problem: OnceForm | None = None


@dataclass(frozen=True)
class CapabilityFormPage:
    """The form of a capability, new or not."""

    form: CapabilityForm
    capability: Capability | None


def standing_of(proofs: Sequence[Proof]) -> Standing:
    """Say in a line what trials and projects have shown."""
    kinds = [OUTCOMES.get(one.outcome, "") for one in proofs]
    accepted, passed, failed = (kinds.count(name) for name in ("projects_accepted", "trials_passed", "trials_failed"))
    parts = []
    if accepted:
        parts.append(ngettext("%(n)d project accepted", "%(n)d projects accepted", accepted) % {"n": accepted})
    if passed:
        parts.append(ngettext("%(n)d trial passed", "%(n)d trials passed", passed) % {"n": passed})
    if failed:
        parts.append(ngettext("%(n)d trial not passed", "%(n)d trials not passed", failed) % {"n": failed})
    if not parts:
        return Standing("undecided", _("trial undecided")) if proofs else Standing("", _("not proven here yet"))
    return Standing("pass" if accepted or passed else "fail", _(", ").join(parts))


def facts_of(proofs: Sequence[Proof]) -> list[Fact]:
    """Return each proof in words."""
    words = {
        "trials_passed": ("pass", _("Passed a blind trial")),
        "trials_failed": ("fail", _("Did not reach the bar of a blind trial")),
        "projects_accepted": ("pass", _("A project was accepted on fresh data")),
    }
    other = ("undecided", _("A blind trial left it undecided"))
    return [Fact(one.recorded_at, *words.get(OUTCOMES.get(one.outcome, ""), other)) for one in proofs]


def deeds_of(actor: Actor, row: Capability) -> Deeds:
    """Return what somebody may do with a capability in its present state."""
    publish = row.state != CapabilityState.PUBLISHED and may(actor, "capabilities.publish", row.supplier_id)
    withdraw = CAPABILITY.allows(row.state, CapabilityState.WITHDRAWN) and may(actor, "capabilities.withdraw", row.supplier_id)
    return Deeds(
        edit=may(actor, "capabilities.edit", row.supplier_id),
        publish=PressForm(auto_id="id_publish_%s") if publish else None,
        withdraw=PressForm(auto_id="id_withdraw_%s") if withdraw else None,
    )
