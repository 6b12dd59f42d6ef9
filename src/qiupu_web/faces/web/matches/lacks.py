"""What a supplier lacks for a need, and what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Gap:
    """A requirement without evidence, with the language that it is in."""

    text: str
    lang: str


@dataclass(frozen=True)
class Against:
    """A feature that took points off, in words, and what would help."""

    sentence: str
    help: str


@dataclass(frozen=True)
class Lacks:
    """Everything that a supplier would have to show or change; ``proof`` is said where nothing is proven yet."""

    gaps: Sequence[Gap]
    against: Sequence[Against]
    needs_proof: bool

    @property
    def any(self) -> bool:
        """Whether anything is lacking."""
        return bool(self.gaps or self.against or self.needs_proof)


def help_with(feature: str) -> str:
    """Return what helps against a feature that took points off."""
    return {
        "field": _("Register a capability of this field, if you have one."),
        "budget": _("State a lower price, or offer a smaller first step."),
        "region": _("Add the place to the capability, if you work there."),
        "deployment": _("Say so in the capability, if it can run as asked."),
        "certificates": _("Add the certificate as soon as you hold it."),
        "capacity": _("Say when you can take on a project again."),
        "record": _("A passed trial outweighs failed ones in time; enter an open one."),
    }.get(feature, "")


def lacks_from(requirements: Sequence[Mapping[str, Any]], reasons: Sequence[Mapping[str, Any]], lang: str) -> Lacks:
    """Return what is lacking, from the reasons of a match and its requirements in the reader's language."""
    features = [one for one in reasons if one.get("kind") == "feature"]
    key = "text_zh" if lang.startswith("zh") else "text_en"
    against = [Against(one[key], help_with(one["feature"])) for one in features if one["points"] < 0 and help_with(one["feature"])]
    has_proof = any(one["feature"] == "record" and one["points"] > 0 for one in features)
    gaps = [Gap(one["requirement"], str(one.get("lang", ""))) for one in requirements if not one.get("evidence")]
    return Lacks(gaps, against, not has_proof)
