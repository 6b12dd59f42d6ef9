"""My work shows what waits for the role one acts in; the audit log shows who did what and whether the chain is whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from tests.factories import NOW, actor, commitment, member, organisation, scenario, statement

from qiupu_web.agreements.models import AgreementParty
from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.web.pages.work import waiting_for
from qiupu_web.parties.actors import VISITOR, Actor, system
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.usecases import create_organisation, edit_organisation, file_sign_up
from qiupu_web.projects.models import Milestone, MilestoneEvidence, Project
from qiupu_web.projects.rules import MILESTONE, PROJECT
from qiupu_web.trials.models import Objection, Trial
from qiupu_web.trials.rules import OBJECTION, TRIAL

pytestmark = pytest.mark.django_db


def _tasks(who: Actor) -> list[str]:
    return [item.task for item in waiting_for(who, NOW)]


def _trial(state: str, **fields: Any) -> Trial:
    count = Trial.objects.count()
    base = {"code": f"t{count}", "kind": "forecast", "metric": "mase", "direction": "lower", "bar": 0.8, "created_at": NOW}
    return Trial.objects.create(**{**base, "title_en": f"T{count}", "scenario": scenario(), **TRIAL.begin(state, NOW), **fields})


def _project(state: str, **fields: Any) -> Project:
    count = Project.objects.count()
    base = {"code": f"p{count}", "title_en": f"P{count}", "created_at": NOW, "scenario": scenario()}
    return Project.objects.create(**{**base, "supplier": organisation(), **PROJECT.begin(state, NOW), **fields})


class TestWaiting:
    def test_a_unit_answers_what_it_was_asked(self) -> None:
        unit = organisation(kind="unit")
        commitment(lead_unit=unit)
        commitment()  # somebody else's
        assert _tasks(actor("unit", unit)) == ["Accept it or return it"]

    def test_a_party_confirms(self) -> None:
        row = commitment(state="accepted")
        party = AgreementParty.objects.filter(agreement=row.statement.agreement, is_partner=True).get().organisation
        assert party is not None
        assert _tasks(actor("owner", party)) == ["Confirm it for your side"]

    def test_the_office_gets_what_waits_for_it(self) -> None:
        commitment(state="returned")
        statement(strength="hope")
        scenario(state="submitted")
        file_sign_up(
            actor=VISITOR, now=NOW, email="a@b.cn", password="river-and-tea", organisation_name="茶", role="owner", name_zh="李"
        )
        tasks = _tasks(actor("office"))
        assert "Answer the unit that returned it" in tasks
        assert "Publish it or send it back" in tasks
        assert "Open the account or decline" in tasks
        assert any(task.startswith("Break it down: ") for task in tasks)

    def test_an_owner_sees_her_own_only(self) -> None:
        own = organisation()
        scenario(own, state="returned")
        scenario(state="returned")
        assert _tasks(actor("owner", own)) == ["Put it right and hand it in again"]

    def test_a_steward_has_trials_and_an_auditor_objections(self) -> None:
        _trial("data-check")
        contested = _trial("objections")
        Objection.objects.create(
            trial=contested, organisation=organisation(), text="?", filed_at=NOW, **OBJECTION.begin("filed", NOW)
        )
        assert _tasks(actor("steward")) == ["Look at the findings and seal"]
        assert sorted(_tasks(actor("auditor"))) == ["Answer an objection", "Decide objections, then conclude"]

    def test_both_sides_of_a_project(self) -> None:
        owner, supplier = organisation(), organisation()
        row = _project("building", supplier=supplier, scenario=scenario(owner, state="building"))
        stone = Milestone.objects.create(project=row, number=1, title_en="First", **MILESTONE.begin("scheduled", NOW))
        assert _tasks(actor("supplier", supplier)) == ["Meet the milestone and show it"]
        MilestoneEvidence.objects.create(milestone=stone, added_at=NOW, added_by="x", added_by_organisation=supplier)
        assert _tasks(actor("owner", owner)) == ["Countersign the evidence or object"]

    def test_the_late_come_first_and_those_without_a_deadline_last(self) -> None:
        scenario(state="submitted", state_due_at=NOW - timedelta(days=1))
        scenario(state="submitted", state_due_at=NOW + timedelta(days=1))
        scenario(state="submitted", state_due_at=None)
        items = waiting_for(actor("office"), NOW)
        assert [item.is_late for item in items] == [True, False, False]
        assert items[-1].due is None

    @pytest.mark.parametrize("role", ["office", "unit", "owner", "supplier", "steward", "auditor", "administrator", "visitor"])
    def test_the_count_of_queries_does_not_grow(self, role: str, django_assert_max_num_queries: Any) -> None:
        own = organisation()
        who = VISITOR if role == "visitor" else actor(role, own)
        for _ in range(3):
            commitment(lead_unit=own)
            statement(strength="hope")
            scenario(own, state="draft")
            scenario(state="submitted")
            _trial("data-check")
            _project("building", supplier=own)
        with django_assert_max_num_queries(12):
            waiting_for(who, NOW)


class TestMyWork:
    @pytest.mark.parametrize("lang", ["zh-hans", "en"])
    @pytest.mark.parametrize("role", ["office", "unit", "owner", "supplier", "steward", "auditor", "administrator"])
    def test_it_answers(self, client: Client, lang: str, role: str) -> None:
        row = member(role)
        scenario(row.organisation, state="draft", state_due_at=timezone.now() - timedelta(days=3))
        client.force_login(row.user)
        page = client.get(f"/{lang}/my-work/")
        assert page.status_code == 200
        assert page.content.decode().count("<h1") == 1

    def test_visitors_sign_in_first_and_people_without_a_role_are_told(self, client: Client) -> None:
        assert client.get("/en/my-work/")["Location"].startswith("/en/account/login/")
        row = member("unit")
        row.delete()
        client.force_login(row.user)
        assert "You belong to no organisation yet" in client.get("/en/my-work/").content.decode()


class TestAudit:
    @pytest.fixture(autouse=True)
    def _unproved(self) -> None:
        cache.clear()

    def _log(self, client: Client, query: str = "") -> str:
        client.force_login(member("auditor").user)
        page = client.get(f"/en/audit/{query}")
        assert page.status_code == 200
        return page.content.decode()

    @pytest.mark.parametrize("lang", ["zh-hans", "en"])
    def test_it_answers_in_both_languages(self, client: Client, lang: str) -> None:
        create_organisation(actor=system(), now=NOW, kind="unit", name_zh="文旅局")
        client.force_login(member("administrator").user)
        page = client.get(f"/{lang}/audit/").content.decode()
        assert "parties.create_organisation" in page
        assert "文旅局" in page

    @pytest.mark.parametrize("role", ["unit", "owner", "supplier", "steward"])
    def test_it_is_not_for_everybody(self, client: Client, role: str) -> None:
        client.force_login(member(role).user)
        assert client.get("/en/audit/").status_code == 403
        assert client.get("/en/audit/file/").status_code == 403
        assert Client().get("/en/audit/").status_code == 403

    def test_it_says_that_the_chain_is_whole_or_where_it_breaks(self, client: Client) -> None:
        for name in "abc":
            create_organisation(actor=system(), now=NOW, kind="unit", name_en=name)
        assert "none was changed or removed" in self._log(client)
        AuditRecord.objects.filter(number=2).update(actor_name="somebody else")
        assert "none was changed or removed" in self._log(client)  # proved a moment ago
        assert "broken at record 2" in self._log(client, "?check=now")

    def test_filters_narrow(self, client: Client) -> None:
        first = create_organisation(actor=system(), now=NOW, kind="unit", name_en="First")
        create_organisation(actor=system(), now=NOW + timedelta(days=9), kind="unit", name_en="Second")
        edit_organisation(actor=actor("office"), now=NOW, organisation=Organisation.objects.get(code="second"), region="x")
        assert "1 found" in self._log(client, "?q=first")
        assert "1 found" in self._log(client, f"?thing=parties.organisation:{first.pk}")
        assert "1 found" in self._log(client, "?since=2026-03-08")
        assert "2 found" in self._log(client, "?until=2026-03-05")
        assert "1 found" in self._log(client, "?via=web")
        assert "0 found" in self._log(client, "?area=trials")
        assert "3 found" in self._log(client, "?since=nonsense&via=nonsense")

    def test_the_file_holds_the_same_rows_and_no_formula(self, client: Client) -> None:
        create_organisation(actor=system("=HYPERLINK(1)"), now=NOW, kind="unit", name_zh="文旅局")
        create_organisation(actor=system(), now=NOW, kind="unit", name_en="Other")
        client.force_login(member("auditor").user)
        answer = client.get("/en/audit/file/?q=文旅局")
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]  # it streams
        assert len(lines) == 2
        assert lines[0].startswith("number,at,action")
        assert ",'=HYPERLINK(1)," in lines[1]

    def test_the_count_of_queries_does_not_grow(self, client: Client, django_assert_max_num_queries: Any) -> None:
        for number in range(6):
            create_organisation(actor=system(), now=NOW, kind="unit", name_en=f"n{number}")
        client.force_login(member("auditor").user)
        client.get("/en/audit/")
        with django_assert_max_num_queries(6):
            client.get("/en/audit/")
