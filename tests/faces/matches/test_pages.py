"""Ranked tables, one match, what waits, and what others may not see."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW

from qiupu_web.faces.web.matches.contexts import Piece, pieces
from qiupu_web.matches.models import RankingRequest
from qiupu_web.matches.rules import ComputedRanking, Suggestion
from qiupu_web.matches.usecases import introduce_match, record_ranking, reply_match
from qiupu_web.parties.actors import system

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
REASONS = (
    {"kind": "requirement", "lang": "en", "requirement": "Forecast by the hour.", "evidence": "It forecasts by the hour.",
     "evidence_lang": "en", "strength": 0.9, "spans": [[12, 20, 16, 24]]},
    {"kind": "requirement", "lang": "en", "requirement": "Runs on site.", "evidence": None, "evidence_lang": "", "spans": []},
    {"kind": "requirement", "lang": "zh", "requirement": "按小时预测。", "evidence": "按小时预测客流。", "evidence_lang": "zh",
     "strength": 0.9, "spans": [[0, 5, 0, 5]]},
    {"kind": "feature", "feature": "meaning", "points": 3.2, "text_zh": "意思相近。", "text_en": "The texts are close in meaning."},
    {"kind": "feature", "feature": "budget", "points": -1.2, "text_zh": "报价高于预算。", "text_en": "Above the budget."},
)  # fmt: skip


def signed_in(role, org=None):
    client = Client()
    client.force_login(make.member(role, org).user, backend=BACKEND)
    return client


def text(answer):
    return answer.content.decode()


@pytest.fixture
def scenario():
    return make.scenario()


@pytest.fixture
def match(scenario):
    found = (Suggestion(make.capability().code, 0.9, REASONS),)
    record_ranking(actor=system(), now=NOW, scenario=scenario, results=ComputedRanking("words", "test", 0, "0" * 64, 7, found))
    return scenario.matches.get()


def test_a_match_answers_requirement_by_requirement_in_the_readers_language(client, match):
    page = text(client.get(f"/en/matches/{match.pk}/"))
    assert "1 of 2 requirements" in page
    assert "<mark>the hour</mark>" in page
    assert "no evidence found" in page
    assert "按小时" not in page
    chinese = text(client.get(f"/zh-hans/matches/{match.pk}/"))
    assert "<mark>按小时预测</mark>" in chinese
    assert "原文为" not in chinese
    assert "original in" not in page
    assert "报价高于预算。" in chinese


def test_contributions_are_bars_left_and_right_of_one_line(client, match):
    page = text(client.get(f"/en/matches/{match.pk}/"))
    # The larger share, 3.2, takes 116 of 120 from the middle; 1.2 takes 116 * 1.2 / 3.2 = 43.5 to the left: 120 - 43.5 = 76.5.
    assert 'class="plus" x="120" y="4" width="116.0"' in page
    assert 'class="minus" x="76.5" y="4" width="43.5"' in page


def test_pieces_join_overlapping_marks_and_survive_bad_places():
    assert pieces("abcdef", [(3, 9), (1, 4)]) == [Piece("a", False), Piece("bcd", True), Piece("ef", True)]
    assert pieces("abc", []) == [Piece("abc", False)]
    assert pieces("", [(0, 3)]) == [Piece("", False)]


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_ranked_table(client, match, scenario, lang):
    answer = client.get(f"/{lang}/matches/scenario/{scenario.code}/")
    assert answer.status_code == 200
    assert ("1 of 2" if lang == "en" else "1项中1项") in text(answer)


def test_the_ranked_table_takes_the_same_queries_whatever_the_number(client, django_assert_max_num_queries):
    counts = []
    for number in (1, 3):
        scenario = make.scenario()
        found = tuple(Suggestion(make.capability().code, 0.5, REASONS) for _ in range(number))
        record_ranking(actor=system(), now=NOW, scenario=scenario, results=ComputedRanking("words", "test", 0, "0" * 64, 7, found))
        with django_assert_max_num_queries(10) as counted:
            client.get(f"/en/matches/scenario/{scenario.code}/")
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_others_do_not_see_what_people_decided(match):
    introduce_match(actor=make.actor("office"), now=NOW, match=match)
    supplier = make.actor("supplier", match.capability.supplier)
    reply_match(actor=supplier, now=NOW, match=match, interested=False, reason="too-dear", note="Our price is higher.")
    address = f"/en/matches/{match.pk}/"
    for outsider in (Client(), signed_in("supplier"), signed_in("owner")):
        page = text(outsider.get(address))
        assert "Our price is higher." not in page
        assert "declined" not in page
    assert "Our price is higher." in text(signed_in("owner", match.scenario.owner).get(address))


def test_matches_of_hidden_things_are_not_there(match):
    match.capability.state = "withdrawn"
    match.capability.save()
    assert Client().get(f"/en/matches/{match.pk}/").status_code == 404
    assert Client().get("/en/matches/999999/").status_code == 404


def test_the_button_only_asks_and_the_page_shows_that_it_waits(scenario):
    client = signed_in("owner", scenario.owner)
    address = f"/en/matches/scenario/{scenario.code}/"
    assert client.post(f"{address}rank/", {"form_key": "a"}).status_code == 302
    assert RankingRequest.objects.get().state == "queued"
    assert scenario.matches.count() == 0  # the site has computed nothing
    assert "Suppliers are being ranked." in text(client.get(address))
    progress = client.get(f"{address}progress/")
    assert "every 2s" in text(progress)
    RankingRequest.objects.update(state="done")
    assert client.get(f"{address}progress/")["HX-Refresh"] == "true"
    assert Client().post(f"{address}rank/", {"form_key": "b"}).status_code == 403


def test_one_press_on_the_page_of_a_need_starts_the_ranking_and_leads_to_it():
    need = make.scenario()
    page = text(signed_in("office").get(f"/en/opportunities/{need.code}/"))
    form = re.search(rf'<form method="post" action="(/en/matches/scenario/{need.code}/rank/)">(.*?)</form>', page, re.S)
    assert form
    assert "Rank suppliers" in form[2]
    key = re.search(r'name="form_key" value="(\w+)"', form[2])[1]
    office = signed_in("office")
    sent = office.post(form[1], {"form_key": key})
    assert sent.url == f"/en/matches/scenario/{need.code}/"
    assert RankingRequest.objects.filter(scenario=need, state="queued").count() == 1
    assert "Suppliers are being ranked." in text(office.get(sent.url))
    for client in (Client(), signed_in("supplier")):
        assert "/rank/" not in text(client.get(f"/en/opportunities/{need.code}/"))


def test_from_introduction_to_choice_by_pages(match):
    owner, supplier = signed_in("owner", match.scenario.owner), signed_in("supplier", match.capability.supplier)
    address = f"/en/matches/{match.pk}/"
    assert owner.post(f"{address}introduce/", {"form_key": "a"}).status_code == 302
    assert match.capability.title_en in text(supplier.get("/en/matches/"))
    half = supplier.post(f"{address}reply/", {"answer": "no", "note": "what I typed"})
    assert half.status_code == 400
    assert "what I typed" in text(half)
    assert supplier.post(f"{address}reply/", {"answer": "yes", "form_key": "b"}).status_code == 302
    assert supplier.post(f"{address}choose/", {"form_key": "c"}).status_code == 403
    assert owner.post(f"{address}met/", {"form_key": "d"}).status_code == 302
    assert owner.post(f"{address}choose/", {"form_key": "e"}).status_code == 302
    match.refresh_from_db()
    assert match.state == "chosen"
    assert "chosen" in text(Client().get(address))  # a choice is public


@pytest.mark.parametrize("role", ["supplier", "owner", "office"])
@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_what_waits_has_an_empty_page(lang, role):
    assert 'class="empty"' in text(signed_in(role).get(f"/{lang}/matches/"))


def test_visitors_are_asked_to_sign_in(client):
    assert client.get("/en/matches/").status_code == 403


def test_a_quote_in_another_language_says_so(client, match):
    english = {"lang": "zh", "requirement": "按小时预测。", "evidence": "It forecasts by the hour.", "evidence_lang": "en"}
    match.reasons = [{"kind": "requirement", "strength": 0.9, "spans": [], **english}]
    match.save()
    chinese = text(client.get(f"/zh-hans/matches/{match.pk}/"))
    assert '<span lang="en">It forecasts by the hour.</span> <span class="small">原文为英文</span>' in chinese
    # a need without English words is quoted in Chinese, and said to be
    page = text(client.get(f"/en/matches/{match.pk}/"))
    assert '<span lang="zh">按小时预测。</span> <span class="small">original in Chinese</span>' in page
    assert "original in English" not in page
