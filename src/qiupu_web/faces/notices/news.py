"""New scenarios for somebody: what her saved searches find, published since, and not told or seen before.

Only what stands on the public list and is still open, whoever asks: a saved search never shows more than the list does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from qiupu_web.matches.enums import MatchState
from qiupu_web.matches.models import Match
from qiupu_web.parties.enums import SearchKind
from qiupu_web.parties.models import SavedSearch
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.queries import named
from qiupu_web.scenarios.rules import OPEN_STATES

MOST = 20
NEAR = 5
"""A match counts as news when the capability stands among so many of the scenario's ranking. Scores of different rankings
do not compare, places do."""
Rows = QuerySet[Scenario]
NARROW: Mapping[str, Callable[[Rows, str], Rows]] = {
    "field": lambda rows, value: rows.filter(field=value),
    "state": lambda rows, value: rows.filter(state=value),
    "measured": lambda rows, value: rows.filter(waiver="") if value == "yes" else rows.exclude(waiver=""),
    "region": lambda rows, value: rows.filter(region=value),
}


@dataclass(frozen=True)
class News:
    """One new scenario and which of the searches found it."""

    scenario: Scenario
    searches: tuple[SavedSearch, ...]

    @property
    def because(self) -> tuple[str, ...]:
        """The searches that found it, by their names."""
        return tuple(name_of(search) for search in self.searches)

    @property
    def reason(self) -> str:
        """The same as one text."""
        return _(", ").join(self.because)

    @property
    def key(self) -> str:
        """What it is called where it is kept that it was told."""
        return f"scenario:{self.scenario.pk}"


def public_and_open() -> Rows:
    """Return what may be told to anybody."""
    return Scenario.objects.filter(state__in=OPEN_STATES, published_at__isnull=False)


def found_by(search: SavedSearch, rows: Rows) -> Rows:
    """Narrow scenarios to what a search finds among those that are new to it."""
    rows = rows.exclude(owner_id=search.organisation_id)
    if search.kind == SearchKind.MATCHES:
        near = Match.objects.filter(
            scenario=OuterRef("pk"),
            capability__supplier_id=search.organisation_id,
            rank__lte=NEAR,
            state_since__gt=search.created_at,
        )
        return rows.filter(Exists(near.exclude(state__in=(MatchState.STALE, MatchState.DECLINED, MatchState.LAPSED))))
    rows = rows.filter(published_at__gt=search.created_at)
    if search.query:
        rows = named(rows, search.query)
    for name, value in search.filters.items():
        if name in NARROW:
            rows = NARROW[name](rows, value)
    return rows


def news_for(searches: Sequence[SavedSearch], *, without: Collection[str], most: int = MOST) -> list[News]:
    """Return the new scenarios of some searches, the latest first, without what was told; one query."""
    if not searches:
        return []
    told = [int(pk) for kind, _colon, pk in (key.partition(":") for key in without) if kind == "scenario" and pk.isdigit()]
    hits = {
        f"by_{place}": Exists(found_by(search, Scenario.objects.filter(pk=OuterRef("pk"))).order_by())
        for place, search in enumerate(searches)
    }
    wanted = Q()
    for name in hits:
        wanted |= Q(**{name: True})
    rows = public_and_open().exclude(pk__in=told).annotate(**hits).filter(wanted)
    rows = rows.select_related("owner").order_by("-published_at", "-pk")[:most]
    return [News(row, tuple(one for place, one in enumerate(searches) if getattr(row, f"by_{place}"))) for row in rows]


def name_of(search: SavedSearch) -> str:
    """Return what a search is called where it is the reason of something."""
    return _("matches your capabilities") if search.kind == SearchKind.MATCHES else search.name
