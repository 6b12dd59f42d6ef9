"""New scenarios: what a search finds, once, and never what is not public."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories import NOW, actor, agreement, capability, organisation, scenario

from qiupu_web.faces.notices.news import news_for
from qiupu_web.matches.models import Match, Ranking
from qiupu_web.matches.rules import MATCH
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import SavedSearch
from qiupu_web.parties.usecases.notices import save_search
from qiupu_web.scenarios.enums import ScenarioState
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import OPEN_STATES

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def _search(who: Actor | None = None, **fields: Any) -> SavedSearch:
    return save_search(actor=who or actor("supplier"), now=NOW, **{"name": "mine", **fields})


def _codes(*searches: SavedSearch, without: set[str] | None = None) -> list[str]:
    return [one.scenario.code for one in news_for(searches, without=without or set())]


def _match(row: Scenario, supplier: Any, rank: int, state: str = "suggested", at: Any = LATER) -> Match:
    ranking = Ranking.objects.create(
        scenario=row, method="m", engine_version="1", seed=0, input_sha256="0" * 64, pool_size=9, ranked_at=at
    )
    begun = {**MATCH.begin(state, at)}
    return Match.objects.create(scenario=row, capability=capability(supplier), ranking=ranking, rank=rank, score=0.1, **begun)


def test_words_and_filters_find_what_was_published_since() -> None:
    scenario(code="old", title_en="Visitor flow", published_at=NOW - timedelta(days=1))
    scenario(code="new", title_en="Visitor flow", published_at=LATER)
    scenario(code="other-field", title_en="Visitor flow", field="culture", published_at=LATER)
    scenario(code="other-words", title_en="Tea leaves", body_en="Leaves.", published_at=LATER)
    assert _codes(_search(query="visitor flow", filters={"field": "smart-tourism"})) == ["new"]
    assert sorted(_codes(_search(query="visitor flow"))) == ["new", "other-field"]
    assert sorted(_codes(_search())) == ["new", "other-field", "other-words"]


@pytest.mark.parametrize("state", [state.value for state in ScenarioState if state not in OPEN_STATES])
def test_no_scenario_is_told_that_is_not_open_to_everybody(state: str) -> None:
    scenario(state=state, published_at=LATER)
    scenario(state=state, published_at=None)
    assert _codes(_search()) == []


def test_the_partner_of_an_agreement_sees_no_more_than_any_supplier() -> None:
    partner = agreement().parties.get(is_partner=True).organisation
    assert partner is not None
    for state in ScenarioState.values:
        scenario(code=f"s-{state}", state=state, published_at=LATER)
        scenario(code=f"u-{state}", state=state, published_at=None)
    everybody = _codes(_search())
    assert _codes(_search(actor("supplier", partner))) == everybody
    assert sorted(everybody) == sorted(f"s-{state.value}" for state in OPEN_STATES)


def test_matches_of_ones_capabilities_count_when_they_stand_near_the_top() -> None:
    own = organisation(kind="startup")
    search = _search(actor("supplier", own), kind="matches")
    near, far, old, others = (
        scenario(code=code, published_at=NOW - timedelta(days=30)) for code in ("near", "far", "old", "others")
    )
    _match(near, own, 5)
    _match(far, own, 6)
    _match(old, own, 1, at=NOW - timedelta(days=2))
    _match(others, organisation(), 1)
    hidden = scenario(code="hidden", state="submitted", published_at=None)
    _match(hidden, own, 1)
    for number, state in enumerate(("stale", "declined", "lapsed")):
        _match(scenario(code=f"no-{number}", published_at=NOW), own, 1, state)
    found = news_for([search], without=set())
    assert [(one.scenario.code, one.reason) for one in found] == [("near", "matches your capabilities")]


def test_one_scenario_comes_once_with_all_its_reasons_and_not_ones_own() -> None:
    own = organisation(kind="company")
    who = actor("supplier", own)
    row = scenario(code="flow", published_at=LATER)
    scenario(owner=own, published_at=LATER)
    _match(row, own, 1)
    searches = [_search(who, name="Everything"), _search(who, name="Flow", query="flow"), _search(who, name="x", kind="matches")]
    (only,) = news_for(searches, without=set())
    assert only.because == ("Everything", "Flow", "matches your capabilities")
    assert _codes(*searches, without={only.key}) == []
    assert _codes(*searches, without={"seen:nothing", "scenario:x"}) == ["flow"]


def test_the_count_of_queries_does_not_grow(django_assert_num_queries: Any) -> None:
    who = actor("supplier")
    searches = [_search(who, query=word) for word in ("visitor", "flow", "weeks")]
    scenario(published_at=LATER)
    with django_assert_num_queries(1):
        assert len(news_for(searches[:1], without=set())) == 1
    for _ in range(3):
        scenario(published_at=LATER)
    with django_assert_num_queries(1):
        found = news_for(searches, without=set())
        assert len([one.scenario.owner.name for one in found]) == 4
