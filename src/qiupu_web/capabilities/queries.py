"""What is asked about capabilities."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from qiupu_web.base.searching import holding
from qiupu_web.capabilities.enums import CapabilityState, SentenceState
from qiupu_web.capabilities.models import Brochure, Capability, Proof
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Role

LIST_COLUMNS = (
    "code",
    "supplier_id",
    "field",
    "state",
    "title_zh",
    "title_en",
    "regions",
    "deployment",
    "price_cny",
    "supplier__code",
    "supplier__kind",
    "supplier__name_zh",
    "supplier__name_en",
    "supplier__is_invented",
)
READERS = (Role.OFFICE, Role.AUDITOR, Role.ADMINISTRATOR, "system")
"""Roles that see every draft."""


def published_capabilities() -> QuerySet[Capability]:
    """Return the public list."""
    return Capability.objects.filter(state=CapabilityState.PUBLISHED).order_by("code")


def for_lists(rows: QuerySet[Capability]) -> QuerySet[Capability]:
    """Return only the columns that a list shows, with the supplier and the proofs, in two queries."""
    proofs = Prefetch("proofs", queryset=Proof.objects.only("capability_id", "kind", "outcome"))
    return rows.select_related("supplier").only(*LIST_COLUMNS).prefetch_related(proofs)


def own_capabilities(organisation_id: int) -> QuerySet[Capability]:
    """Return everything of one supplier, drafts too, the latest first."""
    return Capability.objects.filter(supplier_id=organisation_id).order_by("-updated_at", "-id")


def visible_to(actor: Actor) -> QuerySet[Capability]:
    """Return the capabilities that somebody may see: published ones, her organisation's own, all for the office."""
    rows = Capability.objects.select_related("supplier")
    if actor.role in READERS:
        return rows
    seen = Q(state=CapabilityState.PUBLISHED)
    if actor.organisation_id is not None:
        seen |= Q(supplier_id=actor.organisation_id)
    return rows.filter(seen)


def brochures_for(actor: Actor) -> QuerySet[Brochure]:
    """Return the brochures that somebody may look into: her organisation's own, all for the office."""
    rows = Brochure.objects.select_related("supplier", "capability", "file")
    return rows if actor.role in READERS else rows.filter(supplier_id=actor.organisation_id or 0)


def open_brochures(actor: Actor) -> QuerySet[Brochure]:
    """Return those of which no capability was drafted yet, with how many sentences wait."""
    waiting = Count("sentences", filter=Q(sentences__state=SentenceState.WAITING))
    return (
        brochures_for(actor)
        .filter(capability=None)
        .annotate(waiting=waiting, total=Count("sentences"))
        .order_by("-added_at", "-id")
    )


def named(rows: QuerySet[Capability], words: str) -> QuerySet[Capability]:
    """Return the rows in which all words occur, in either language."""
    return holding(rows, words, bilingual=["title", "body", "supplier__name"], plain=["certificates"], exact=["code"])


def proven(rows: QuerySet[Capability]) -> QuerySet[Capability]:
    """Return those behind which a passed trial or an accepted project stands."""
    good = Proof.objects.filter(capability=OuterRef("pk"), outcome__in=("pass", "passed", "accepted", "met"))
    return rows.filter(Exists(good))


def counts_by_field() -> dict[str, int]:
    """Return how many published capabilities each field has."""
    rows = Capability.objects.filter(state=CapabilityState.PUBLISHED).values("field").annotate(n=Count("id")).order_by("field")
    return {row["field"]: row["n"] for row in rows}
