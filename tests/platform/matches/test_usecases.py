"""Rankings are kept without touching what people decided; introductions have a clock; choosing is evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories as make
from tests.factories import NOW

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.matches.models import Match, RankingRequest
from qiupu_web.matches.rules import ComputedRanking, Suggestion
from qiupu_web.matches.usecases import (
    decide_match,
    introduce_match,
    lapse_matches,
    rank_scenario,
    record_ranking,
    reply_match,
    request_ranking,
)
from qiupu_web.parties.actors import VISITOR

pytestmark = pytest.mark.django_db


def computed(*capabilities):
    found = tuple(Suggestion(one.code, 0.9 - place / 10, ({"kind": "feature"},)) for place, one in enumerate(capabilities))
    return ComputedRanking("words", "test", 0, "0" * 64, 9, found)


@pytest.fixture
def scenario():
    return make.scenario()


@pytest.fixture
def office():
    return make.actor("office")


@pytest.fixture
def match(scenario, office):
    record_ranking(actor=office, now=NOW, scenario=scenario, results=computed(make.capability()))
    return scenario.matches.get()


def states(scenario):
    return {one.capability_id: (one.rank, one.state) for one in scenario.matches.all()}


def test_a_ranking_becomes_suggestions_in_order(scenario, office):
    first, second = make.capability(), make.capability()
    ranking = record_ranking(actor=office, now=NOW, scenario=scenario, results=computed(second, first))
    assert states(scenario) == {second.pk: (1, "suggested"), first.pk: (2, "suggested")}
    assert (ranking.pool_size, ranking.seed, ranking.engine_version) == (9, 0, "test")
    assert AuditRecord.objects.get().action == "matches.rank"


def test_old_suggestions_become_stale_and_decisions_stay(scenario, office):
    one, two, three = (make.capability() for _ in range(3))
    record_ranking(actor=office, now=NOW, scenario=scenario, results=computed(one, two))
    introduce_match(actor=office, now=NOW, match=scenario.matches.get(capability=one))
    record_ranking(actor=office, now=NOW, scenario=scenario, results=computed(three, one))
    assert states(scenario) == {one.pk: (2, "introduced"), two.pk: (2, "stale"), three.pk: (1, "suggested")}
    record_ranking(actor=office, now=NOW, scenario=scenario, results=computed(two))
    assert states(scenario) == {one.pk: (2, "introduced"), two.pk: (1, "suggested"), three.pk: (1, "stale")}


def test_only_open_scenarios_are_ranked(office):
    with pytest.raises(Conflict):
        record_ranking(actor=office, now=NOW, scenario=make.scenario(state="building"), results=computed())


def test_a_supplier_cannot_ask_for_a_ranking(scenario):
    for actor in (make.actor("supplier"), make.actor("owner"), VISITOR):
        with pytest.raises(NotAllowed):
            request_ranking(actor=actor, now=NOW, scenario=scenario)


def test_asking_twice_waits_once_and_a_lost_request_is_given_up(scenario, office):
    first = request_ranking(actor=office, now=NOW, scenario=scenario)
    assert request_ranking(actor=office, now=NOW, scenario=scenario).pk == first.pk
    later = request_ranking(actor=office, now=NOW + timedelta(minutes=16), scenario=scenario)
    assert later.pk != first.pk
    assert dict(RankingRequest.objects.values_list("pk", "state")) == {first.pk: "failed", later.pk: "queued"}


def test_introducing_starts_a_clock_and_takes_the_need_to_matching(match, scenario, office):
    introduce_match(actor=office, now=NOW, match=match)
    scenario.refresh_from_db()
    assert (match.state, match.state_owner, match.state_due_at) == ("introduced", "supplier", NOW + timedelta(days=14))
    assert scenario.state == "matching"


def test_the_supplier_replies_and_nobody_else(match, office):
    introduce_match(actor=office, now=NOW, match=match)
    for actor in (office, make.actor("supplier"), VISITOR):
        with pytest.raises(NotAllowed):
            reply_match(actor=actor, now=NOW, match=match, interested=True)
    reply_match(actor=make.actor("supplier", match.capability.supplier), now=NOW, match=match, interested=True)
    assert (match.state, match.state_owner) == ("interested", "owner")


def test_declining_carries_a_reason(match, office):
    introduce_match(actor=office, now=NOW, match=match)
    supplier = make.actor("supplier", match.capability.supplier)
    with pytest.raises(InputError) as caught:
        reply_match(actor=supplier, now=NOW, match=match, interested=False)
    assert caught.value.where.column == "reason"
    reply_match(actor=supplier, now=NOW, match=match, interested=False, reason="no-capacity")
    match.refresh_from_db()
    assert (match.state, match.decline_reason, match.decided_at) == ("declined", "no-capacity", NOW)


def test_no_reply_without_an_introduction(match):
    with pytest.raises(Conflict):
        reply_match(actor=make.actor("supplier", match.capability.supplier), now=NOW, match=match, interested=True)


def test_only_an_interested_supplier_can_be_chosen(match, scenario):
    owner = make.actor("owner", scenario.owner)
    with pytest.raises(Conflict):
        decide_match(actor=owner, now=NOW, match=match, decision="chosen")
    with pytest.raises(InputError):
        decide_match(actor=owner, now=NOW, match=match, decision="suggested")


def test_a_chosen_supplier_is_evidence_and_the_need_negotiates(office):
    commitment = make.commitment(state="confirmed")
    scenario = make.scenario(commitment=commitment)
    record_ranking(actor=office, now=NOW, scenario=scenario, results=computed(make.capability()))
    match = scenario.matches.get()
    owner = make.actor("owner", scenario.owner)
    introduce_match(actor=owner, now=NOW, match=match)
    reply_match(actor=make.actor("supplier", match.capability.supplier), now=NOW, match=match, interested=True)
    decide_match(actor=owner, now=NOW, match=match, decision="met")
    decide_match(actor=owner, now=NOW, match=match, decision="chosen")
    scenario.refresh_from_db()
    assert scenario.state == "negotiating"
    assert [(one.kind, one.outcome) for one in commitment.evidence.all()] == [("match", "chosen")]


def test_the_partner_has_no_more_rights_than_any_supplier(match):
    partner = make.actor("supplier", make.organisation(kind="partner"))
    for act in (
        lambda: introduce_match(actor=partner, now=NOW, match=match),
        lambda: decide_match(actor=partner, now=NOW, match=match, decision="declined", reason="other"),
        lambda: reply_match(actor=partner, now=NOW, match=match, interested=True),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_introduction_without_a_reply_lapses(match, office):
    introduce_match(actor=office, now=NOW, match=match)
    assert lapse_matches(now=NOW + timedelta(days=13)) == 0
    assert lapse_matches(now=NOW + timedelta(days=15)) == 1
    match.refresh_from_db()
    assert match.state == "lapsed"
    introduce_match(actor=office, now=NOW + timedelta(days=15), match=match)  # once more


def test_nobody_is_ranked_for_the_own_need_and_drafts_are_not_ranked(scenario, office, settings, monkeypatch):
    monkeypatch.setitem(settings.CONFIG.values, "QIUPU_VECTORS", "none")
    own = make.capability(scenario.owner)
    draft = make.capability(state="draft")
    good = make.capability()
    rank_scenario(actor=office, now=NOW, scenario=scenario)
    assert {one.capability_id for one in Match.objects.all()} == {good.pk}
    assert not {own.pk, draft.pk} & {one.capability_id for one in Match.objects.all()}
