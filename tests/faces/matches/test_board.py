"""The board, what a supplier lacks, needs for a capability, and how the ranking is judged: by pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW

from qiupu_web.matches import usecases
from qiupu_web.matches.bridge import builtin_weights
from qiupu_web.matches.models import Judgement, Match, NeedSearch, WeightSet
from qiupu_web.matches.queries import weights_in_use
from qiupu_web.matches.rules import ComputedRanking, FoundNeeds, Judged, Refitted, Suggestion
from qiupu_web.matches.tasks import ask_for_need_search
from qiupu_web.matches.usecases import record_ranking
from qiupu_web.parties.actors import system

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
REASONS = (
    {"kind": "requirement", "lang": "en", "requirement": "Forecast by the hour.", "evidence": "It forecasts by the hour.",
     "evidence_lang": "en", "strength": 0.9, "spans": []},
    {"kind": "requirement", "lang": "en", "requirement": "Runs under water.", "evidence": None, "evidence_lang": "", "spans": []},
    {"kind": "feature", "feature": "budget", "points": -1.2, "text_zh": "报价高于预算。", "text_en": "Above the budget."},
)  # fmt: skip


def signed_in(role, org=None):
    client = Client()
    one = make.member(role, org)
    client.force_login(one.user, backend=BACKEND)
    client.person = one.user
    return client


def text(answer):
    return answer.content.decode()


def introduced(scenario=None, *, days=0):
    scenario = scenario or make.scenario()
    found = ComputedRanking("words", "test", 0, "0" * 64, 9, (Suggestion(make.capability().code, 0.9, REASONS),))
    record_ranking(actor=system(), now=NOW, scenario=scenario, results=found)
    match = scenario.matches.latest("id")
    return usecases.introduce_match(actor=system(), now=NOW - timedelta(days=days), match=match)


def test_the_board_shows_what_waits_oldest_first_and_late_ones_marked():
    old, new = introduced(days=400), introduced(days=-36500)  # the first is overdue, the second far from it, whatever today is
    page = text(signed_in("office").get("/en/matches/board/"))
    assert page.index(old.scenario.title_en) < page.index(new.scenario.title_en)
    assert page.count('class="late"') == 1
    assert "1 match is past its deadline" in page


def test_a_manager_sees_only_her_needs_when_she_asks_so():
    office = signed_in("office")
    mine, other = introduced(make.scenario(manager=office.person)), introduced()
    page = text(office.get("/en/matches/board/?mine=yes"))
    assert mine.scenario.title_en in page
    assert other.scenario.title_en not in page
    owner = text(signed_in("owner", other.scenario.owner).get("/en/matches/board/"))
    assert other.scenario.title_en in owner
    assert mine.scenario.title_en not in owner
    assert signed_in("supplier").get("/en/matches/board/").status_code == 403


def test_the_board_takes_the_same_queries_whatever_the_number(django_assert_max_num_queries):
    counts = []
    office = signed_in("office")
    for _ in range(2):
        introduced()
        introduced(make.scenario(manager=office.person))
        with django_assert_max_num_queries(20) as counted:
            assert office.get("/en/matches/board/").status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_supplier_is_reminded_by_the_board():
    match = introduced()
    owner = signed_in("owner", match.scenario.owner)
    assert owner.post(f"/en/matches/{match.pk}/remind/", {"form_key": "a"}).status_code == 302
    match.refresh_from_db()
    assert match.reminders == 1
    assert "reminded" in text(owner.get("/en/matches/board/"))
    again = owner.post(f"/en/matches/{match.pk}/remind/", {"form_key": "b"})
    assert again.status_code == 400
    assert "less than a day ago" in text(again)
    assert signed_in("owner").post(f"/en/matches/{match.pk}/remind/", {"form_key": "c"}).status_code == 403


def test_a_supplier_sees_what_it_lacks_and_others_do_not():
    match = introduced()
    address = f"/en/matches/{match.pk}/"
    page = text(signed_in("supplier", match.capability.supplier).get(address))
    assert "What would help" in page
    assert "For 1 requirement above no evidence was found." in page
    assert "State a lower price" in page
    for client in (Client(), signed_in("supplier"), signed_in("owner", match.scenario.owner)):
        assert "What would help" not in text(client.get(address))


def test_the_other_direction_by_page():
    capability, need = make.capability(), make.scenario()
    supplier = signed_in("supplier", capability.supplier)
    address = f"/en/matches/capability/{capability.code}/"
    assert 'class="empty"' in text(supplier.get(address))
    assert supplier.post(f"{address}find/", {"form_key": "a"}).status_code == 302
    assert NeedSearch.objects.get().state == "queued"
    assert "every 2s" in text(supplier.get(f"{address}progress/"))
    hidden = make.scenario(state="draft")
    results = [{"scenario": one.code, "score": 0.5, "reasons": list(REASONS)} for one in (need, hidden)]
    found = FoundNeeds("words", "test", 0, 2, results)
    usecases.finish_need_search(actor=system(), now=NOW, search=NeedSearch.objects.get(), found=found)
    page = text(supplier.get(address))
    assert need.title_en in page
    assert hidden.title_en not in page  # what is not public any more is left out
    assert "1 of 2 requirements answered" in page
    assert "Runs under water." in page
    assert supplier.get(f"{address}progress/")["HX-Refresh"] == "true"
    for client in (Client(), signed_in("supplier"), signed_in("owner")):
        assert client.get(address).status_code == 404


def test_the_found_needs_take_the_same_queries_whatever_the_number(django_assert_max_num_queries):
    capability = make.capability()
    supplier = signed_in("supplier", capability.supplier)
    counts = []
    for number in (1, 3):
        run = ask_for_need_search(actor=make.actor("office"), now=NOW, capability=capability)
        results = [{"scenario": make.scenario().code, "score": 0.5, "reasons": list(REASONS)} for _ in range(number)]
        usecases.finish_need_search(actor=system(), now=NOW, search=run, found=FoundNeeds("w", "t", 0, 3, results))
        with django_assert_max_num_queries(12) as counted:
            supplier.get(f"/en/matches/capability/{capability.code}/")
        counts.append(len(counted))
    assert counts[0] == counts[1]


def judged():
    row = {"k": 5, "coverage": 0.4, "gini": 0.6, "needs": 10}
    total = [{"name": "refitted", "recall": 0.5, "ndcg": 0.4, **row}, {"name": "bm25", "recall": None, "ndcg": None, **row}]
    window = {"begins_at": NOW.isoformat(), "ends_at": NOW.isoformat(), "decided_before": 2, "figures": total}
    comparison = {"text_zh": "拟合后更好。", "text_en": "The refitted ranking is better."}
    figures = {"k": 5, "windows": [window], "total": total, "comparisons": [comparison], "advice_zh": "建议", "advice_en": "Advice"}
    return Judged("words", "test", 12, 12, 30, figures)


def candidate(*, is_advised=True):
    run = Judgement.objects.create(kind="refit", requested_by="x", requested_at=NOW, weights_version=weights_in_use()[0])
    found = Refitted(judged(), builtin_weights(), [["budget:contradicted", -1.2, -0.9]], is_advised)
    return usecases.record_candidate(actor=system(), now=NOW, judgement=run, found=found)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_page_says_honestly_that_decisions_are_few(lang):
    office = signed_in("office")
    empty = text(office.get(f"/{lang}/matches/judging/"))
    assert 'class="empty"' in empty
    refused = office.post(f"/{lang}/matches/judging/refit/", {"form_key": "a"})
    assert refused.status_code == 400
    assert ("12 are the least" if lang == "en" else "至少需要 12 项") in text(refused)
    assert office.post(f"/{lang}/matches/judging/run/", {"form_key": "b"}).status_code == 302
    assert "every 2s" in text(office.get(f"/{lang}/matches/judging/"))
    Judgement.objects.update(state="failed", problem_zh="需求太少。", problem_en="Few needs.")
    page = text(office.get(f"/{lang}/matches/judging/"))
    assert ("Too few decisions yet" if lang == "en" else "决定还太少") in page
    assert ("Few needs." if lang == "en" else "需求太少。") in page
    assert office.get(f"/{lang}/matches/judging/progress/")["HX-Refresh"] == "true"


def test_figures_stand_with_n_and_intervals():
    run = Judgement.objects.create(kind="evaluate", requested_by="x", requested_at=NOW)
    usecases.finish_judgement(actor=system(), now=NOW, judgement=run, judged=judged())
    page = text(signed_in("auditor").get("/en/matches/judging/"))
    assert "0.50" in page
    assert "[0.27, 0.73]" in page  # see the test of the interval: mean 0.5, n 10
    assert "The refitted ranking is better." in page
    assert "From 12 decisions on 12 needs" in page
    for role in ("owner", "supplier"):
        assert signed_in(role).get("/en/matches/judging/").status_code == 403


def test_weights_are_looked_at_adopted_and_put_back_by_page():
    office = signed_in("office")
    row = candidate()
    page = text(office.get(f"/en/matches/judging/weights/{row.version}/"))
    assert "Budget, when it does not fit" in page
    assert "Advice" in page
    assert "See the figures side by side" in text(office.get("/en/matches/judging/"))
    assert office.post(f"/en/matches/judging/weights/{row.version}/adopt/", {"form_key": "a"}).status_code == 302
    assert weights_in_use()[0] == 1
    assert "Version 1 is in use" in text(office.get("/en/matches/judging/"))
    bare = office.post("/en/matches/judging/weights/0/revert/", {"form_key": "b"})
    assert bare.status_code == 400
    assert "Say why" in text(bare)
    assert office.post("/en/matches/judging/weights/0/revert/", {"note": "Too bold.", "form_key": "c"}).status_code == 302
    assert weights_in_use() == (0, None)
    assert office.post("/en/matches/judging/weights/1/revert/", {"note": "After all.", "form_key": "d"}).status_code == 302
    assert weights_in_use()[0] == 1
    assert signed_in("auditor").get("/en/matches/judging/weights/1/").status_code == 200
    assert signed_in("auditor").post("/en/matches/judging/weights/0/revert/", {"note": "x", "form_key": "e"}).status_code == 403


def test_a_candidate_that_is_no_better_asks_why():
    office = signed_in("office")
    row = candidate(is_advised=False)
    refused = office.post(f"/en/matches/judging/weights/{row.version}/adopt/", {"form_key": "a"})
    assert refused.status_code == 400
    assert "not better on later decisions" in text(refused)
    sent = {"note": "No tea in it.", "form_key": "b"}
    assert office.post(f"/en/matches/judging/weights/{row.version}/drop/", sent).status_code == 302
    assert WeightSet.objects.get().state == "dropped"
    assert "No tea in it." in text(office.get("/en/matches/judging/"))


def test_a_match_names_the_weights_behind_it():
    match = introduced()
    assert "Weights: built in." in text(Client().get(f"/en/matches/{match.pk}/"))
    Match.objects.get(pk=match.pk).ranking.__class__.objects.update(weights_version=3)
    assert "Weights: version 3." in text(Client().get(f"/en/matches/{match.pk}/"))


def test_my_work_leads_to_events_and_the_board():
    page = text(signed_in("office").get("/en/my-work/"))
    assert "/en/matches/board/" in page
    assert "/en/events/" in page
