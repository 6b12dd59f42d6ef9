"""The pages of one's notices, saved searches, new scenarios on my work, and messages to copy."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import commitment, member, organisation, scenario

from qiupu_web.faces.notices.messages import MOST, work_message
from qiupu_web.faces.web.pages.work import Item
from qiupu_web.parties.models import SavedSearch

pytestmark = pytest.mark.django_db


def _copied(page: str) -> str:
    found = re.search(r"<textarea[^>]* readonly>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found.group(1))


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("role", ["office", "unit", "owner", "supplier", "steward", "auditor", "administrator"])
def test_the_page_of_notices_answers(client: Client, lang: str, role: str) -> None:
    row = member(role)
    scenario(row.organisation, state="draft", state_due_at=timezone.now())
    client.force_login(row.user)
    page = client.get(f"/{lang}/notices/")
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
    assert Client().get(f"/{lang}/notices/")["Location"].startswith(f"/{lang}/account/login/")


def test_the_rhythm_is_chosen_and_kept(client: Client) -> None:
    row = member("unit")
    client.force_login(row.user)
    assert re.search(r'value="daily"[^>]* checked', client.get("/en/notices/").content.decode())
    answer = client.post("/en/notices/", {"rhythm": "weekly"}, follow=True).content.decode()
    assert "The digest comes: on Mondays." in answer
    assert type(row.user).objects.get(pk=row.user_id).digest_choice.rhythm == "weekly"
    assert client.post("/en/notices/", {"rhythm": "hourly"}).status_code == 400


def test_the_preview_shows_what_waits_without_a_link_that_ends_it(client: Client) -> None:
    row = member("unit", organisation(kind="unit"))
    commitment(lead_unit=row.organisation, title_en="Inspect <tea> gardens")
    client.force_login(row.user)
    page = client.get("/en/notices/").content.decode()
    assert "Inspect &lt;tea&gt; gardens" in page
    assert "/notices/off/" not in page


class TestSavedSearches:
    def test_from_the_list_to_new_for_you_and_away(self, client: Client) -> None:
        row = member("supplier")
        client.force_login(row.user)
        listing = client.get("/en/opportunities/?q=visitor&field=smart-tourism&page=1").content.decode()
        address = re.search(r'href="(/en/notices/searches/new/\?[^"]*)"', listing)
        assert address is not None
        assert "page" not in address.group(1)
        form = client.get(html.unescape(address.group(1))).content.decode()
        assert '<p class="lede">visitor · Smart tourism</p>' in form
        assert 'value="visitor · Smart tourism"' in form
        given = {"name": "Flow", "q": "visitor", "field": "smart-tourism"}
        assert client.post("/en/notices/searches/new/", given)["Location"].startswith("/en/notices/")
        assert "Your saved searches find nothing new" in client.get("/en/my-work/").content.decode()
        now = timezone.now()
        shown = scenario(title_en="Visitor peaks", published_at=now + timedelta(minutes=1))
        scenario(title_en="Visitor secrets", state="submitted", published_at=None)
        page = client.get("/en/my-work/").content.decode()
        assert "Visitor peaks" in page
        assert "because of: Flow" in page
        assert "Visitor secrets" not in page
        client.post("/en/notices/seen/", {"key": [f"scenario:{shown.pk}"]})
        assert "Visitor peaks" not in client.get("/en/my-work/").content.decode()

    def test_it_belongs_to_the_person_and_to_suppliers(self, client: Client) -> None:
        row = member("supplier")
        client.force_login(row.user)
        client.post("/en/notices/searches/new/", {"name": "Mine"})
        client.post("/en/notices/searches/matches/")
        assert sorted(SavedSearch.objects.values_list("kind", flat=True)) == ["matches", "words"]
        mine = SavedSearch.objects.get(kind="words")
        client.force_login(member("supplier", row.organisation).user)
        assert client.post(f"/en/notices/searches/{mine.pk}/end/").status_code == 404
        assert "Mine" not in client.get("/en/notices/").content.decode()
        client.force_login(member("owner").user)
        assert client.get("/en/notices/searches/new/").status_code == 403
        assert "Save this search" not in client.get("/en/opportunities/").content.decode()
        client.force_login(row.user)
        assert client.post(f"/en/notices/searches/{mine.pk}/end/", follow=True).status_code == 200
        mine.refresh_from_db()
        assert mine.ended_at is not None


class TestMessages:
    def test_a_commitment(self, client: Client) -> None:
        unit = organisation(kind="unit", name_zh="文旅局", name_en="Tourism bureau")
        row = commitment(
            lead_unit=unit, title_zh="茶园巡检", title_en="Inspect", measure_zh="巡检次数", due_on=timezone.localdate()
        )
        text = _copied(client.get(f"/zh-hans/agreements/commitments/{row.code}/").content.decode())
        lines = text.splitlines()
        assert lines[0] == f"[秋浦 · 池州] 承诺 {row.code}"
        assert lines[1] == "茶园巡检"
        assert "牵头单位：文旅局" in lines
        assert "衡量方式：巡检次数" in lines
        assert lines[-1].startswith("http://127.0.0.1:8000/zh-hans/")

    def test_a_scenario_leaves_out_what_is_missing(self, client: Client) -> None:
        row = scenario(title_en="Visitor peaks", budget_cny=None, decide_by=None)
        text = _copied(client.get(f"/en/opportunities/{row.code}/").content.decode())
        assert text.startswith(f"[Qiupu · Chizhou] Need {row.code}\nVisitor peaks\n")
        assert "Budget" not in text
        assert text.endswith(f"/en/opportunities/{row.code}/")

    def test_my_work_says_how_many_are_left_out(self) -> None:
        items = [Item("a", "do", f"thing {n}", f"/en/{n}/", None) for n in range(MOST + 3)]
        lines = work_message(items).splitlines()
        assert lines[0] == f"[Qiupu · Chizhou] {MOST + 3} things wait"
        assert lines[MOST] == f"{MOST}. thing {MOST - 1}: do"
        assert lines[MOST + 1] == "and 3 more"

    def test_it_is_on_my_work_and_needs_no_script(self, client: Client) -> None:
        row = member("owner")
        scenario(row.organisation, state="draft", title_en="Tea <need>")
        client.force_login(row.user)
        page = client.get("/en/my-work/").content.decode()
        assert "Tea <need>" in _copied(page)
        assert '<button class="btn quiet small" type="button" data-copies="message-text"' in page


@pytest.mark.parametrize(
    "role, doors",
    [
        ("office", {"/en/exchange/", "/en/matches/", "/en/notices/", "/en/notices/webhooks/"}),
        ("owner", {"/en/exchange/", "/en/matches/", "/en/notices/", "/en/notices/webhooks/"}),
        ("supplier", {"/en/exchange/", "/en/matches/", "/en/notices/", "/en/notices/webhooks/"}),
        ("auditor", {"/en/exchange/", "/en/notices/"}),
        ("steward", {"/en/notices/"}),
    ],
)
def test_my_work_links_to_what_the_role_may_use(client: Client, role: str, doors: set[str]) -> None:
    client.force_login(member(role).user)
    page = client.get("/en/my-work/").content.decode()
    everywhere = {"/en/exchange/", "/en/matches/", "/en/notices/", "/en/notices/webhooks/"}
    assert {one for one in everywhere if f'<li><a href="{one}">' in page} == doors
    for door in doors:
        assert client.get(door).status_code == 200
