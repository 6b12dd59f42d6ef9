"""Pieces of notices: a message to copy, and whole addresses in mails."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from qiupu_web.agreements.models import Commitment
from qiupu_web.faces.notices.composing import whole
from qiupu_web.faces.notices.messages import commitment_message, scenario_message
from qiupu_web.scenarios.models import Scenario

register = template.Library()
LEAST_ROWS, MOST_ROWS = 4, 16


def _piece(text: str, name: str) -> dict[str, Any]:
    return {"text": text, "id": f"message-{name}", "rows": max(LEAST_ROWS, min(MOST_ROWS, text.count("\n") + 2))}


@register.inclusion_tag("notices/copy.html")
def copy_text(text: str) -> dict[str, Any]:
    """Offer a text to copy."""
    return _piece(text, "text")


@register.inclusion_tag("notices/copy.html")
def copy_commitment(row: Commitment) -> dict[str, Any]:
    """Offer a commitment as a message; its lead unit should be at hand."""
    return _piece(commitment_message(row), "commitment")


@register.inclusion_tag("notices/copy.html")
def copy_scenario(row: Scenario) -> dict[str, Any]:
    """Offer a scenario as a message; its owner should be at hand."""
    return _piece(scenario_message(row), "scenario")


@register.simple_tag
def whole_url(name: str, *args: object) -> str:
    """Write the whole address of a page."""
    return whole(reverse(name, args=args))
