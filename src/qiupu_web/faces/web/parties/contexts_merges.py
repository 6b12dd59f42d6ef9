"""What the templates of duplicates are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu.errors import QiupuError
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.parties.forms_merges import DifferentForm, MergeForm, in_words
from qiupu_web.parties.bridge import Pair
from qiupu_web.parties.models import DifferentOrganisations, Organisation, OrganisationMerge

PAGE_SIZE = 20
LATEST = 20
AGAINST = ("other-place", "other-name", "other-code")


@dataclass(frozen=True)
class Why:
    """One reason in words, and whether it speaks against."""

    line: str
    is_against: bool


@dataclass(frozen=True)
class Suspicion:
    """Two organisations that may be one."""

    one: Organisation
    other: Organisation
    reasons: Sequence[Why]


@dataclass(frozen=True)
class Duplicates:
    """What is suspected, what was merged, what was told apart."""

    page: Page[Any]
    suspicions: Sequence[Suspicion]
    merges: Sequence[OrganisationMerge]
    different: Sequence[DifferentOrganisations]
    problem: OnceForm | None = None


@dataclass(frozen=True)
class Comparison:
    """One pair side by side, and what may be done."""

    kept: Organisation
    merged: Organisation
    reasons: Sequence[Why]
    rows: Sequence[tuple[str, str, str]]
    counts: Sequence[tuple[str, int, int]]
    objection: str
    form: MergeForm
    different: DifferentForm


@dataclass(frozen=True)
class MergePage:
    """One merge: what was chosen, what moved, and the way back."""

    merge: OrganisationMerge
    reasons: Sequence[Why]
    values: Sequence[tuple[str, str, str]]
    counts: Sequence[tuple[str, int, int, int]]
    form: OnceForm | None


def why(kind: str, left: str, right: str) -> Why:
    """Return a reason in words."""
    said = {
        "same-code": _("The same credit code: %(left)s"),
        "same-name": _("The same name but for legal form and place: “%(left)s”, “%(right)s”"),
        "same-trade-name": _("The same name but for words of trade: “%(left)s”, “%(right)s”"),
        "similar-name": _("One sign of the name differs: “%(left)s”, “%(right)s”"),
        "same-sound": _("The English name spells the Chinese one: “%(left)s”, “%(right)s”"),
        "same-domain": _("The same web domain: %(left)s, %(right)s"),
        "same-address": _("The same address: %(left)s"),
        "other-place": _("But the names name different places: %(left)s, %(right)s"),
        "other-name": _("But the names in the other language differ: “%(left)s”, “%(right)s”"),
        "other-code": _("But the credit codes differ: %(left)s, %(right)s"),
    }
    return Why(said[kind] % {"left": left, "right": right}, kind in AGAINST)


def why_of(pair: Pair) -> list[Why]:
    """Return the reasons of a pair in words."""
    return [why(one.kind, one.left, one.right) for one in pair.reasons]


def suspicions_of(pairs: Sequence[Pair], number: str | None) -> tuple[Page[Any], list[Suspicion]]:
    """Return one page of pairs with their organisations, in one query."""
    page = Paginator(pairs, PAGE_SIZE).get_page(number)
    ids = {one for pair in page for one in (pair.left, pair.right)}
    rows = Organisation.objects.in_bulk(ids)
    return page, [Suspicion(rows[pair.left], rows[pair.right], why_of(pair)) for pair in page]


def thing(label: str) -> str:
    """Return what the rows of a model are called on a page."""
    words = {
        "parties.membership": _("members"),
        "parties.signup": _("requests for an account"),
        "parties.onetimelink": _("one-time links"),
        "parties.organisation": _("organisations that are a part of it"),
        "agreements.agreementparty": _("agreements that it is a party of"),
        "agreements.commitment": _("commitments"),
        "agreements.commitment_supporting_units": _("commitments that it supports"),
        "agreements.confirmation": _("confirmations of commitments"),
        "agreements.evidence": _("pieces of evidence"),
        "capabilities.brochure": _("brochures"),
        "capabilities.capability": _("capabilities"),
        "scenarios.scenario": _("needs"),
        "matches.invitation": _("invitations to events"),
        "matches.meeting": _("meetings at events"),
        "trials.entry": _("entries in trials"),
        "trials.objection": _("objections"),
        "projects.project": _("projects"),
        "projects.milestoneevidence": _("pieces of evidence"),
    }
    return words.get(label, _("other records"))


def counts_of(left: Mapping[str, int], right: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Return how many rows of each kind two organisations have."""
    found: dict[str, list[int]] = {}
    for place, counts in enumerate((left, right)):
        for label in sorted(counts):
            found.setdefault(thing(label), [0, 0])[place] += counts[label]
    return [(name, *pair) for name, pair in sorted(found.items())]  # type: ignore[misc]  # always two


def moved_of(merge: OrganisationMerge) -> list[tuple[str, int, int, int]]:
    """Return, for each kind of row, how many moved, were there already, and stayed."""
    found: dict[str, Counter[str]] = {}
    for one in merge.moved:
        found.setdefault(thing(one["model"]), Counter())[one["what"]] += 1
    return [(name, counts["moved"], counts["removed"], counts["left"]) for name, counts in sorted(found.items())]


def told_by(error: QiupuError | None) -> str:
    """Return an error's sentence and cure in the reader's language; empty without one."""
    return error.message(get_language() or "en") if error is not None else ""


def values_of(values: Mapping[str, Sequence[Any]], labels: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return what was chosen at a merge: label, before, after."""
    known = _names(one for name, pair in values.items() if name == "parent" for one in pair)
    return [
        (labels[name], *[known.get(one, "–") if name == "parent" else in_words(name, one) for one in pair])  # type: ignore[misc]  # always two
        for name, pair in values.items()
        if name in labels
    ]


def _names(ids: Iterable[Any]) -> dict[Any, str]:
    wanted = [one for one in ids if one]
    return {row.pk: str(row) for row in Organisation.objects.filter(pk__in=wanted)} if wanted else {}
