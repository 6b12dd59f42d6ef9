"""Events, risks and benefits through the API: what the pages show to the same reader, and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories as make
from tests.factories import NOW
from tests.platform.matches.events_world import event, hall

from qiupu_web.faces.api.door import api
from qiupu_web.matches import usecases as matching
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Membership, Organisation
from qiupu_web.parties.usecases import issue_token
from qiupu_web.projects import usecases as building
from qiupu_web.projects.models import Project
from qiupu_web.projects.rules import PROJECT

pytestmark = pytest.mark.django_db
CLOSED = 404


def token(role: str, org: Organisation | None = None) -> dict[str, Any]:
    row: Membership = make.member(role, org)
    actor = Actor(role=row.role, name="x", user_id=row.user_id, organisation_id=row.organisation_id, organisation_code="x")
    _row, secret = issue_token(actor=actor, now=timezone.now(), membership=row, name="t", scopes=[], days=5)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


class TestEvents:
    def test_a_draft_is_for_the_office(self, client: Client) -> None:
        row, need = event(), make.scenario()
        matching.invite_scenario(actor=make.actor("office"), now=NOW, event=row, scenario=need)
        for who in ({}, token("supplier"), token("owner", need.owner)):
            assert client.get("/api/events", **who).json()["count"] == 0
            assert client.get(f"/api/events/{row.code}", **who).status_code == CLOSED
            assert client.get(f"/api/events/{row.code}/meetings", **who).status_code == CLOSED
        assert client.get("/api/events", **token("office")).json()["count"] == 1

    def test_before_publication_each_side_reads_its_own_meetings(self, client: Client) -> None:
        world = hall(2, 2)
        address = f"/api/events/{world.event.code}/meetings"
        mine, other = token("supplier", world.suppliers[0]), token("supplier")
        assert client.get(address, **mine).json() == []
        world.meet((0, 0, 1, 1), (1, 1, 1, 2))
        assert [one["supplier"] for one in client.get(address, **mine).json()] == [world.suppliers[0].code]
        assert [one["scenario"] for one in client.get(address, **token("owner", world.needs[1].owner)).json()] == [
            world.needs[1].code
        ]
        for who in ({}, other):
            assert client.get(address, **who).status_code == CLOSED
        matching.publish_event(actor=world.office, now=NOW, event=world.event)
        for who in ({}, other, mine):
            assert [one["table"] for one in client.get(address, **who).json()] == [1, 2]

    def test_an_outcome_is_for_those_who_met_and_the_office(self, client: Client) -> None:
        world = hall(1, 1)
        (meeting,) = world.meet((0, 0, 2, 1))
        matching.publish_event(actor=world.office, now=NOW, event=world.event)
        world.event.meetings.update(outcome="met", note="internal words")
        address = f"/api/events/{world.event.code}/meetings"
        said = {name: client.get(address, **who) for name, who in (("visitor", {}), ("other", token("supplier")))}
        assert [one.json()[0]["outcome"] for one in said.values()] == [None, None]
        for who in (token("supplier", meeting.supplier), token("owner", meeting.scenario.owner), token("auditor")):
            answer = client.get(address, **who)
            assert answer.json()[0]["outcome"] == "met"
            assert "internal words" not in answer.content.decode()

    def test_one_event_tells_its_day_and_nothing_of_answers_or_conflicts(self, client: Client) -> None:
        world = hall(1, 2)
        away = world.event.invitations.get(organisation=world.suppliers[0])
        supplier = make.actor("supplier", away.organisation)
        matching.answer_invitation(actor=supplier, now=NOW, invitation=away, comes=True, note="words for the office", away=[1])
        matching.declare_conflict(
            actor=world.office,
            now=NOW,
            event=world.event,
            owner=world.needs[0].owner,
            supplier=world.suppliers[1],
            reason="cousins",
        )
        world.meet((0, 0, 2, 1))
        matching.publish_event(actor=world.office, now=NOW, event=world.event)
        answer = client.get(f"/api/events/{world.event.code}")
        told = answer.json()
        assert (told["needs"], told["suppliers"], told["state"], len(told["slots"])) == (1, 2, "published", 5)
        assert told["slots"][1]["begins_at"].startswith("2026-04-10T09:25")
        for word in ("words for the office", "cousins", "away", "certificate", "excluded", "created_by"):
            assert word not in answer.content.decode()
        assert client.get("/api/events?state=held").json()["count"] == 0

    def test_the_count_of_queries_does_not_grow(self, client: Client, django_assert_max_num_queries: Any) -> None:
        for number in range(3):
            row = hall(1, 3)
            row.meet(*[(0, one, one + 1, 1) for one in range(1 + number)])
            matching.publish_event(actor=row.office, now=NOW, event=row.event)
        with django_assert_max_num_queries(2):
            assert client.get("/api/events").json()["count"] == 3
        with django_assert_max_num_queries(2):
            assert len(client.get(f"/api/events/{row.event.code}/meetings").json()) == 3


def project(state: str) -> Project:
    need = make.scenario(state="building")
    row = Project.objects.create(
        code=f"p-{need.pk}", scenario=need, supplier=make.organisation(kind="startup"), title_en="Gate", budget_cny=300_000,
        created_at=NOW, **PROJECT.begin(state, NOW),
    )  # fmt: skip
    owner = make.actor("owner", need.owner)
    building.add_risk(actor=owner, now=NOW, project=row, title_en="Rain", likelihood="medium", impact="high", keeper=row.supplier)
    benefit = building.add_benefit(
        actor=owner, now=NOW, project=row, title_en="Queue", unit_en="minutes", direction="lower", baseline=40.0, expected=30.0
    )
    for days, value in ((0, 38.0), (1, 35.0)):
        now = NOW + timedelta(days=days)
        building.measure_benefit(
            actor=owner, now=now, benefit=benefit, value=value, measured_on=now.date(), how=f"Counted on day {days}"
        )
    return row


class TestRegisters:
    def test_risks_and_benefits_of_an_ordered_project_are_public(self, client: Client) -> None:
        row = project("building")
        (risk,) = client.get(f"/api/projects/{row.code}/risks").json()
        assert (risk["number"], risk["gravity"], risk["keeper"], risk["state"]) == (1, "high", row.supplier.code, "open")
        answer = client.get(f"/api/projects/{row.code}/benefits")
        (benefit,) = answer.json()
        # From 40 to 30 were expected; 35 is half of that way.
        assert (benefit["newest"]["value"], benefit["share_reached"]) == (35.0, 0.5)
        assert [one["value"] for one in benefit["earlier"]] == [38.0]
        assert benefit["newest"]["how"] == "Counted on day 1"
        assert benefit["newest"]["is_reviewed"] is False
        assert "Counted on day 0" not in answer.content.decode()
        assert "recorded_by" not in answer.content.decode()

    @pytest.mark.parametrize("part", ["risks", "benefits"])
    def test_before_the_order_they_are_for_its_two_sides_and_the_office(self, client: Client, part: str) -> None:
        row = project("building")
        Project.objects.filter(pk=row.pk).update(state="selected")
        address = f"/api/projects/{row.code}/{part}"
        for who in ({}, token("supplier"), token("owner")):
            assert client.get(address, **who).status_code == CLOSED
        for who in (token("supplier", row.supplier), token("owner", row.scenario.owner), token("office"), token("auditor")):
            assert len(client.get(address, **who).json()) == 1
        assert client.get(f"/api/projects/nothing/{part}").status_code == CLOSED

    @pytest.mark.parametrize("part", ["risks", "benefits"])
    def test_the_count_of_queries_does_not_grow(self, client: Client, part: str, django_assert_max_num_queries: Any) -> None:
        row = project("building")
        for number in range(3):
            building.add_risk(
                actor=make.actor("office"), now=NOW, project=row, title_en=f"R{number}", likelihood="low", impact="low",
                keeper=make.organisation(),
            )  # fmt: skip
            building.add_benefit(
                actor=make.actor("owner", row.scenario.owner),
                now=NOW,
                project=row,
                title_en=f"B{number}",
                unit_en="hours",
                direction="higher",
            )
        with django_assert_max_num_queries(3):
            assert len(client.get(f"/api/projects/{row.code}/{part}").json()) == 4


def test_they_are_described(client: Client) -> None:
    paths = api.get_openapi_schema()["paths"]
    page = client.get("/api/docs").content.decode()
    for path in ("events", "events/{code}", "events/{code}/meetings", "projects/{code}/risks", "projects/{code}/benefits"):
        assert set(paths[f"/api/{path}"]) == {"get"}
        assert f"/api/{path}" in page
