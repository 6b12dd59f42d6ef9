"""The opportunity list, the benchmark list and one need: what is shown to whom, forms, query counts."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories as make

from qiupu_web.scenarios.bridge import metric_codes
from qiupu_web.scenarios.models import Scenario

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(role, org=None):
    client = Client()
    client.force_login(make.member(role, org).user, backend=BACKEND)
    return client


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", ["opportunities/", "opportunities/benchmarks/", "opportunities/?q=nothing-like-this"])
def test_empty_lists_say_what_to_do(client, lang, path):
    answer = client.get(f"/{lang}/{path}")
    assert answer.status_code == 200
    assert 'class="empty"' in text(answer)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_need_says_how_success_is_measured_and_what_one_gets(client, lang):
    row = make.scenario()
    answer = client.get(f"/{lang}/opportunities/{row.code}/")
    page = text(answer)
    assert answer.status_code == 200
    assert "0.8" in page
    assert ("Direct purchase" if lang == "en" else "直接采购") in page
    assert ("Head of operations" if lang == "en" else "运营科科长") in page
    assert page.count("<h1") == 1


def test_lists_show_public_states_only_and_benchmarks_apart(client):
    make.scenario(title_en="Open need")
    make.scenario(state="draft", title_en="Secret draft")
    make.scenario(state="accepted", title_en="Proven case")
    opportunities, benchmarks = (text(client.get(f"/en/opportunities/{path}")) for path in ("", "benchmarks/"))
    assert "Open need" in opportunities
    assert "Proven case" in benchmarks
    assert "Secret draft" not in opportunities + benchmarks
    assert "Proven case" not in opportunities


@pytest.mark.parametrize(
    "query, found",
    [
        ("q=村道", ["B"]), ("q=village+lanes", ["B"]), ("q=village+gates", []), ("field=culture", ["C"]),
        ("state=on-trial", ["C"]), ("measured=no", ["C"]), ("field=nonsense", ["A", "B", "C"]),
        ("region=青阳县", ["B", "C"]), ("region=青阳县&field=culture", ["C"]), ("region=nowhere", ["A", "B", "C"]),
    ],
)  # fmt: skip
def test_search_in_both_languages_and_filters(client, query, found):
    make.scenario(code="A", title_zh="客流预测", title_en="Visitor gates")
    make.scenario(code="B", title_zh="村道拥挤", title_en="Crowding", body_en="Village lanes jam.", region="青阳县")
    make.scenario(
        code="C", field="culture", state="on-trial", metric="", bar=None, direction="", waiver="Not to be counted.", region="青阳县"
    )
    make.scenario(code="D", state="draft", region="hidden valley")
    page = text(client.get(f"/en/opportunities/?{query}"))
    assert [code for code in "ABCD" if f"/opportunities/{code}/" in page] == found
    assert '<option value="青阳县"' in page
    assert "hidden valley" not in page


def test_a_draft_is_not_there_for_those_who_may_not_see_it():
    row = make.scenario(state="draft")
    address = f"/en/opportunities/{row.code}/"
    assert Client().get(address).status_code == 404
    assert signed_in("owner").get(address).status_code == 404
    assert signed_in("supplier").get(address).status_code == 404
    assert signed_in("owner", row.owner).get(address).status_code == 200
    assert signed_in("office").get(address).status_code == 200


@pytest.mark.parametrize("path", ["", "benchmarks/"])
def test_lists_take_the_same_queries_for_one_row_and_three(client, django_assert_num_queries, path):
    state = "accepted" if path else "published"
    client.get("/en/opportunities/")
    make.scenario(state=state)
    queries = 4 if path else 3  # the count, the page and the regions to choose from; of benchmark cases who took them over
    with django_assert_num_queries(queries):
        client.get(f"/en/opportunities/{path}")
    make.scenario(state=state)
    make.scenario(state=state)
    with django_assert_num_queries(queries):
        client.get(f"/en/opportunities/{path}")


def test_an_owner_writes_down_hands_in_and_the_office_publishes():
    owner = make.organisation()
    member, office = signed_in("owner", owner), signed_in("office")
    words = {
        "owner": owner.pk, "field": "smart-tourism", "title_en": "Visitor flow", "body_en": "Two weeks ahead.", "metric": "mase",
        "direction": "lower", "decision_maker_en": "Head", "budget_route_en": "Tender", "form_key": "one",
    }  # fmt: skip
    sent = member.post("/en/opportunities/new/", words)
    assert sent.url == "/en/opportunities/visitor-flow/"
    assert member.post("/en/opportunities/new/", words).url == sent.url  # sent twice: one row
    assert Scenario.objects.count() == 1
    refused = member.post(f"{sent.url}submit/", {"form_key": "two"})
    assert refused.status_code == 400
    assert "the acceptance bar" in text(refused)
    words |= {"bar": "0.8", "form_key": "three"}
    assert member.post(f"{sent.url}edit/", words).status_code == 302
    assert member.post(f"{sent.url}submit/", {"form_key": "four"}).status_code == 302
    assert "Publish" not in text(member.get(sent.url))
    assert member.post(f"{sent.url}publish/", {"form_key": "five"}).status_code == 403
    assert office.post(f"{sent.url}publish/", {"form_key": "six"}).status_code == 302
    assert Client().get(sent.url).status_code == 200


@pytest.mark.parametrize(
    "change, said",
    [
        ({"title_en": ""}, "A title is missing"),
        ({"bar": "quick"}, "number"),
        ({"metric": "mase", "waiver": "cannot"}, "Keep one of the two"),
        ({"field": "moon"}, "moon"),
    ],
)
def test_a_wrong_form_says_it_at_the_field_and_keeps_what_was_typed(change, said):
    owner = make.organisation()
    words = {"owner": owner.pk, "field": "culture", "title_en": "Old maps", "body_en": "A sentence I typed.", **change}
    answer = signed_in("owner", owner).post("/en/opportunities/new/", words)
    assert answer.status_code == 400
    assert said in text(answer)
    assert "A sentence I typed." in text(answer)
    assert Scenario.objects.count() == 0


def test_nobody_writes_down_a_need_for_another_owner():
    other = make.organisation()
    answer = signed_in("owner").post("/en/opportunities/new/", {"owner": other.pk, "field": "culture", "title_en": "Mine?"})
    assert answer.status_code == 400
    assert Scenario.objects.count() == 0


def test_a_template_fills_in_metric_and_direction():
    page = text(signed_in("owner").get("/en/opportunities/new/?template=manufacturing-sensor-anomaly"))
    assert '<option value="auc_pr" selected>' in page
    assert "abnormal rows. (higher is better)</p>" in page  # the direction follows from it
    assert '<option value="higher" selected>' not in page
    assert "How well abnormal rows are put first" in page
    assert "at least a hundred abnormal rows" in page


def test_the_form_offers_every_metric_with_its_meaning_and_the_direction_follows():
    owner = make.organisation()
    member = signed_in("owner", owner)
    for lang, name in (("en", "Mean absolute error (mae)"), ("zh-hans", "平均绝对误差（mae）")):
        page = text(member.get(f"/{lang}/opportunities/new/"))
        assert page.count("<optgroup") == 5
        for code in metric_codes():
            assert f'<option value="{code}">' in page
        assert page.count(name) == 2  # as a choice, and beside its meaning
        assert page.count("<dt>") == len(metric_codes())
    words = {"owner": owner.pk, "field": "culture", "title_en": "Old maps", "metric": "mae", "form_key": "a"}
    member.post("/en/opportunities/new/", words)
    assert Scenario.objects.values_list("metric", "direction").get() == ("mae", "lower")
    row = Scenario.objects.get()
    assert "How much of the ups and downs" in text(member.get(f"/en/opportunities/{make.scenario(metric='r2').code}/"))
    # Another metric is chosen: its direction follows as well.
    assert '<option value="lower" selected>' not in text(member.get(f"/en/opportunities/{row.code}/edit/"))
    member.post(f"/en/opportunities/{row.code}/edit/", {**words, "metric": "accuracy", "form_key": "c"})
    row.refresh_from_db()
    assert (row.metric, row.direction) == ("accuracy", "higher")
    member.post(f"/en/opportunities/{row.code}/edit/", {**words, "form_key": "d"})
    # What somebody chooses stands, even against the metric.
    member.post(f"/en/opportunities/{row.code}/edit/", {**words, "direction": "higher", "form_key": "b"})
    row.refresh_from_db()
    assert row.direction == "higher"


def test_another_metric_is_named_in_words_and_stays_when_the_need_is_edited():
    owner = make.organisation()
    member = signed_in("owner", owner)
    words = {"owner": owner.pk, "field": "culture", "title_en": "Old maps", "metric": "other", "direction": "lower"}
    for wrong in ({}, {"metric": "", "own_metric": "hours saved"}, {"metric": "hours saved"}):
        answer = member.post("/en/opportunities/new/", {**words, **wrong})
        assert answer.status_code == 400
        assert not Scenario.objects.exists()
    member.post("/en/opportunities/new/", {**words, "own_metric": "hours saved", "form_key": "a"})
    row = Scenario.objects.get()
    assert (row.metric, row.direction) == ("hours saved", "lower")
    page = text(member.get(f"/en/opportunities/{row.code}/edit/"))
    assert '<option value="other" selected>' in page
    assert 'value="hours saved"' in page


@pytest.mark.parametrize("path", ["new/", "mine/"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_of_owners(lang, path):
    assert signed_in("owner").get(f"/{lang}/opportunities/{path}").status_code == 200
    assert Client().get(f"/{lang}/opportunities/{path}").status_code == 403


def test_buttons_answer_to_post_only(client):
    row = make.scenario()
    for name in ("submit", "publish", "return", "withdraw", "reconfirm", "benchmark"):
        assert client.get(f"/en/opportunities/{row.code}/{name}/").status_code == 405


def test_what_happened_is_told_without_names_of_people():
    row = make.scenario(state="submitted")
    office = make.member("office")
    client = Client()
    client.force_login(office.user, backend=BACKEND)
    client.post(f"/en/opportunities/{row.code}/return/", {"reason": "unclear", "note": "Which gates?"})
    row.refresh_from_db()
    assert row.state == "returned"
    page = text(client.get(f"/en/opportunities/{row.code}/"))
    assert "sent back" in page
    assert office.organisation.code in page
