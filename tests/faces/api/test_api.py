"""The API gives what the pages show to the same reader, hides the rest, and writes within a token's scopes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import NOW, agreement, capability, commitment, member, organisation, scenario, statement

from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.api.door import api
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import ApiToken, Membership
from qiupu_web.parties.usecases import issue_token
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials.models import Trial
from qiupu_web.trials.rules import TRIAL

pytestmark = pytest.mark.django_db


def _token(row: Membership, *scopes: str) -> dict[str, str]:
    actor = Actor(role=row.role, name="x", user_id=row.user_id, organisation_id=row.organisation_id, organisation_code="x")
    _row, secret = issue_token(actor=actor, now=timezone.now(), membership=row, name="t", scopes=list(scopes), days=5)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def _trial(**fields: Any) -> Trial:
    state = fields.pop("state", "open")
    return Trial.objects.create(
        **{
            "code": f"trial-{Trial.objects.count() + 1}",
            "scenario": scenario(),
            "title_en": "Visitors",
            "kind": "forecast",
            "metric": "mase",
            "direction": "lower",
            "bar": 0.8,
            "version": 1,
            "created_at": NOW,
            **TRIAL.begin(state, NOW),
            **fields,
        }
    )


def _codes(answer: Any) -> list[str]:
    return [item["code"] for item in answer.json()["items"]]


class TestReading:
    def test_lists_come_in_pages(self, client: Client) -> None:
        for number in range(5):
            scenario(code=f"need-{number}")
        first = client.get("/api/scenarios?size=2").json()
        assert (first["count"], first["page"], first["pages"]) == (5, 1, 3)
        assert [item["code"] for item in first["items"]] == ["need-0", "need-1"]
        assert _codes(client.get("/api/scenarios?size=2&page=3")) == ["need-4"]
        assert _codes(client.get("/api/scenarios?size=2&page=99")) == ["need-4"]
        assert len(client.get("/api/scenarios?size=100000").json()["items"]) == 5

    def test_the_agreement_tells_what_became_of_every_sentence(self, client: Client) -> None:
        row = agreement()
        one = commitment(statement(row), state="confirmed")
        told = client.get(f"/api/agreements/{row.code}").json()
        (said,) = told["statements"]
        assert told["text"][said["start"] : said["end"]] == said["quote"]
        assert (said["state"], said["commitments"]) == ("confirmed", [one.code])

    def test_filters_narrow(self, client: Client) -> None:
        scenario(code="tea", field="agriculture", title_en="Tea pests")
        scenario(code="crowd", field="smart-tourism", region="青阳县")
        assert _codes(client.get("/api/scenarios?region=青阳县")) == ["crowd"]
        assert _codes(client.get("/api/scenarios?field=agriculture")) == ["tea"]
        assert _codes(client.get("/api/scenarios?q=pests")) == ["tea"]
        assert _codes(client.get("/api/capabilities?q=nothing-like-it")) == []

    @pytest.mark.parametrize(
        "path", ["organisations", "agreements", "commitments", "scenarios", "capabilities", "trials", "projects"]
    )
    def test_the_count_of_queries_does_not_grow(self, client: Client, path: str, django_assert_max_num_queries: Any) -> None:
        for _ in range(3):
            commitment()
            capability()
            _trial()
        with django_assert_max_num_queries(3):
            assert client.get(f"/api/{path}").status_code == 200


class TestHidden:
    def test_drafts_are_nowhere(self, client: Client) -> None:
        draft, own = scenario(state="draft"), member("owner")
        Scenario.objects.filter(pk=draft.pk).update(owner=own.organisation)
        assert client.get("/api/scenarios").json()["count"] == 0
        assert client.get(f"/api/scenarios/{draft.code}").status_code == 404
        other = _token(member("owner"))
        assert client.get(f"/api/scenarios/{draft.code}", **other).status_code == 404
        assert client.get(f"/api/scenarios/{draft.code}", **_token(own)).status_code == 200

    def test_an_agreement_that_is_not_public_is_hidden_with_its_commitments(self, client: Client) -> None:
        row = agreement(is_public=False)
        one = commitment(statement(row))
        assert client.get(f"/api/agreements/{row.code}").status_code == 404
        assert client.get(f"/api/commitments/{one.code}").status_code == 404
        assert client.get(f"/api/agreements/{row.code}", **_token(member("office"))).status_code == 200

    def test_trials_before_sealing_and_closed_organisations_are_hidden(self, client: Client) -> None:
        row, gone = _trial(state="draft"), organisation(is_active=False)
        assert client.get(f"/api/trials/{row.code}").status_code == 404
        assert client.get(f"/api/trials/{row.code}/board").status_code == 404
        assert client.get(f"/api/organisations/{gone.code}").status_code == 404

    def test_no_answer_carries_what_is_nobodys_business(self, client: Client) -> None:
        row = member("owner")
        scenario(row.organisation, manager=row.user)
        capability(row.organisation)
        _trial()
        commitment(lead_unit=row.organisation, answer_note="internal words")
        texts = [
            client.get(f"/api/{path}").content.decode()
            for path in ("organisations", "agreements", "commitments", "scenarios", "capabilities", "trials", "projects")
        ]
        for text in texts:
            for word in (row.user.email, "manager", "credit_code", "password", "internal words", "seed", "lease", "error_log"):
                assert word not in text

    def test_the_description_names_every_field_that_is_given(self) -> None:
        # A schema that took "all fields" of a model would show primary keys; none of ours has an id.
        shapes = api.get_openapi_schema()["components"]["schemas"]
        assert shapes
        for name, shape in shapes.items():
            assert "id" not in shape.get("properties", {}), name


class TestTokens:
    def test_me_says_what_it_acts_as(self, client: Client) -> None:
        row = member("supplier")
        told = client.get("/api/me", **_token(row, "trials.enter")).json()
        assert (told["role"], told["organisation"], told["scopes"]) == ("supplier", row.organisation.code, ["trials.enter"])

    @pytest.mark.parametrize("header", ["Bearer qiupu_wrong", "Basic eDp5", "Bearer"])
    def test_a_wrong_token_is_never_a_visitor(self, client: Client, header: str) -> None:
        answer = client.get("/api/scenarios", HTTP_AUTHORIZATION=header)
        assert answer.status_code == 401
        assert answer.json()["code"] == "token"
        assert answer["WWW-Authenticate"] == "Bearer"

    def test_a_token_ends(self, client: Client) -> None:
        head = _token(member("supplier"))
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert client.get("/api/me", **head).status_code == 401

    def test_a_session_is_no_token(self, client: Client) -> None:
        row = member("supplier")
        client.force_login(row.user)
        assert client.get("/api/me").status_code == 401
        assert client.post("/api/capabilities", "{}", content_type="application/json").status_code == 401


class TestWriting:
    NEED = {"field": "smart-tourism", "title_en": "Know the crowd", "body_en": "Two weeks ahead."}

    def _post(self, client: Client, path: str, given: dict[str, Any], **head: Any) -> Any:
        return client.post(f"/api/{path}", json.dumps(given), content_type="application/json", **head)

    def test_a_draft_within_the_scope(self, client: Client) -> None:
        row = member("owner")
        answer = self._post(client, "scenarios", self.NEED, **_token(row, "scenarios.draft"))
        assert answer.status_code == 201
        assert (answer.json()["owner"], answer.json()["state"]) == (row.organisation.code, "draft")
        record = AuditRecord.objects.get(action="scenarios.draft")
        assert (record.via, record.actor_id) == ("api", str(row.user_id))

    def test_without_the_scope_nothing_is_written(self, client: Client) -> None:
        answer = self._post(client, "scenarios", self.NEED, **_token(member("owner"), "capabilities.register"))
        assert answer.status_code == 403
        assert not Scenario.objects.exists()

    def test_a_scope_gives_no_more_than_the_role(self, client: Client) -> None:
        answer = self._post(client, "scenarios", self.NEED, **_token(member("supplier"), "scenarios.draft"))
        assert answer.status_code == 403

    def test_a_capability(self, client: Client) -> None:
        given = {"field": "agriculture", "title_zh": "茶园病虫害识别", "price_cny": "120000"}
        answer = self._post(client, "capabilities", given, **_token(member("supplier"), "capabilities.*"))
        assert answer.status_code == 201
        assert answer.json()["title_zh"] == "茶园病虫害识别"

    def test_an_entry_to_a_trial_that_is_not_there(self, client: Client) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile  # used here only

        given = {"kind": "predictions", "file": SimpleUploadedFile("e.csv", b"id,prediction\n1,2\n")}
        head = _token(member("supplier"), "trials.enter")
        assert client.post("/api/trials/nowhere/entries", given, **head).status_code == 404
        row = _trial(state="closed")
        given["file"] = SimpleUploadedFile("e.csv", b"id,prediction\n1,2\n")
        assert client.post(f"/api/trials/{row.code}/entries", given, **head).status_code == 409
        given = {"kind": "poem", "file": SimpleUploadedFile("e.csv", b"x")}
        assert client.post(f"/api/trials/{row.code}/entries", given, **head).json()["column"] == "kind"


class TestErrors:
    @pytest.mark.parametrize("lang", ["en", "zh-hans"])
    def test_they_carry_code_message_and_cure(self, client: Client, lang: str) -> None:
        answer = client.get("/api/scenarios/nowhere", HTTP_ACCEPT_LANGUAGE=lang)
        assert answer.status_code == 404
        told = answer.json()
        assert told["code"] == "not-found"
        assert "nowhere" in told["message"]
        assert told["cure"]
        assert told["message"].isascii() is False  # the quotation marks

    def test_they_speak_the_readers_language(self, client: Client) -> None:
        said = {client.get("/api/trials/x", HTTP_ACCEPT_LANGUAGE=lang).json()["cure"] for lang in ("en", "zh-hans")}
        assert len(said) == 2

    def test_wrong_values_name_the_place(self, client: Client) -> None:
        head = _token(member("owner"), "scenarios.draft")
        answer = client.post("/api/scenarios", '{"title_en": "x"}', content_type="application/json", **head)
        assert (answer.status_code, answer.json()["column"]) == (400, "field")
        answer = client.post("/api/scenarios", '{"title_en": "x", "field": "moon"}', content_type="application/json", **head)
        assert (answer.status_code, answer.json()["column"]) == (400, "field")
        assert client.post("/api/scenarios", "{", content_type="application/json", **head).status_code == 400

    def test_unknown_addresses_answer_in_the_same_form(self, client: Client) -> None:
        answer = client.get("/api/secrets")
        assert answer.status_code == 404
        assert answer.json()["code"] == "not-found"


class TestDocumentation:
    @pytest.mark.parametrize("lang", ["en", "zh-hans"])
    def test_the_page_lists_every_operation_and_loads_nothing_from_elsewhere(self, client: Client, lang: str) -> None:
        page = client.get("/api/docs", HTTP_ACCEPT_LANGUAGE=lang).content.decode()
        for path in api.get_openapi_schema()["paths"]:
            assert path in page
        assert 'src="http' not in page
        assert 'href="http' not in page

    def test_openapi_is_served(self, client: Client) -> None:
        described = client.get("/api/openapi.json").json()
        assert described["info"]["title"] == "Qiupu"
        assert "/api/trials/{code}/board" in described["paths"]
