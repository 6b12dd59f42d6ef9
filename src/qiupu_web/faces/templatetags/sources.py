"""Where an entry came from, when it came from another city's list."""

from __future__ import annotations

from django import template

from qiupu_web.capabilities.models import Capability
from qiupu_web.scenarios import queries
from qiupu_web.scenarios.models import OutsideRow, Scenario

register = template.Library()


@register.inclusion_tag("scenarios/source.html")
def source_of(entry: Scenario | Capability) -> dict[str, OutsideRow | None]:
    """Name the list, its date and address; nothing for an entry of the city's own."""
    return {"source": queries.source_of(entry)}
