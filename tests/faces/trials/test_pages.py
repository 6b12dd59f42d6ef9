"""Trial pages: who may see what, in both languages, with what was typed kept."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests import factories
from tests.factories import NOW
from tests.trials_world import DAY, World, predictions

from qiupu_web.parties.models import Membership, User
from qiupu_web.trials import usecases
from qiupu_web.trials.models import Decision, Entry, Trial

pytestmark = pytest.mark.django_db


def address(lang: str, name: str, *args: object) -> str:
    with override(lang):
        return reverse(f"trials:{name}", args=args)


def signed_in(actor: object) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def upload(data: bytes, name: str = "mine.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_public_pages_answer_in_both_languages(lang: str, client: Client) -> None:
    world = World()
    trial = world.open()
    entry = world.score(world.enter(trial))
    for name in ("list", "how", "verify", "key"):
        assert client.get(address(lang, name)).status_code == 200
    for name in ("detail", "board"):
        assert client.get(address(lang, name, trial.code)).status_code == 200
    world.announced(trial)
    decision = Decision.objects.get(entry=entry)
    page = client.get(address(lang, "detail", trial.code)).content.decode()
    assert ("Passed." if lang == "en" else "通过") in page
    assert client.get(address(lang, "receipt", trial.code, decision.pk)).status_code == 200
    assert client.get(address(lang, "objections", trial.code)).status_code == 200
    assert client.get(address(lang, "board", trial.code)).status_code == 200
    receipt = client.get(address(lang, "receipt_file", trial.code, decision.pk))
    assert json.loads(receipt.content)["payload"]["verdict"] == "pass"
    answer = client.post(address(lang, "verify"), {"file": upload(receipt.content, "r.json"), "entry": upload(predictions())})
    assert "verdict pass" in answer.content.decode()


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "No trial has been opened yet." in client.get(address("en", "list")).content.decode()


def test_drafts_exist_for_their_owner_and_insiders_only(client: Client) -> None:
    world = World()
    trial = world.with_data()
    page = address("en", "detail", trial.code)
    assert client.get(page).status_code == 404
    assert signed_in(world.supplier).get(page).status_code == 404
    assert signed_in(world.owner_actor).get(page).status_code == 200
    assert signed_in(world.steward).get(page).status_code == 200
    assert client.get(address("en", "file", trial.code, "public.csv")).status_code == 404
    assert trial.code not in client.get(address("en", "list")).content.decode()


def test_nothing_hidden_can_be_downloaded_or_read() -> None:
    """A supplier fetches everything there is; no answer to a hidden item is in it, and no verdict before the announcement."""
    world = World()
    trial = world.open()
    entry = world.score(world.enter(trial))
    world.decide(trial)
    client = signed_in(world.supplier)
    hidden = predictions().decode().splitlines()[1:]
    seen = ""
    for what in ("public.csv", "public-inputs.csv", "inputs.csv", "history.csv", "example-entry.csv", "manifest.json", "task.toml",
                 "feedback.csv", "final.csv", "truth.csv", "salts.json"):  # fmt: skip
        answer = client.get(address("en", "file", trial.code, what))
        if what != "example-entry.csv":  # it answers each hidden item, with one and the same word
            seen += answer.content.decode()
        if what.split(".")[0] in ("feedback", "final", "truth", "salts", "history"):
            assert answer.status_code == 404
    for name in ("detail", "board"):
        seen += client.get(address("en", name, trial.code)).content.decode()
    assert not [line for line in hidden if f"{line}\n" in seen]
    decision = Decision.objects.get(entry=entry)
    assert "verdict pass" not in seen
    assert client.get(address("en", "receipt", trial.code, decision.pk)).status_code == 404
    assert client.get(address("en", "stewards", trial.code)).status_code == 404
    assert client.get(address("en", "check", trial.code)).status_code == 404


def test_an_entry_is_private_to_its_organisation_and_stewards(client: Client) -> None:
    world = World()
    trial = world.open()
    entry = world.enter(trial)
    page = address("en", "entry", trial.code, entry.pk)
    partner = factories.actor("supplier", factories.organisation(kind="partner"))
    assert client.get(page).status_code == 404
    assert signed_in(partner).get(page).status_code == 404
    assert signed_in(world.owner_actor).get(page).status_code == 404
    assert signed_in(world.office).get(page).status_code == 404
    assert signed_in(world.supplier).get(page).status_code == 200
    assert signed_in(world.steward).get(page).status_code == 200


def test_the_agreements_partner_sees_what_any_supplier_sees() -> None:
    world = World()
    trial = world.open()
    world.score(world.enter(trial))
    partner = signed_in(factories.actor("supplier", factories.organisation(kind="partner")))
    other = signed_in(factories.actor("supplier"))
    for name in ("detail", "board", "enter", "stewards", "check", "objections"):
        page = address("en", name, trial.code)
        assert partner.get(page).status_code == other.get(page).status_code
    rows = [client.get(address("en", "board", trial.code)).content.decode().split("<main")[1] for client in (partner, other)]
    assert rows[0] == rows[1]


def test_the_progress_part_asks_again_while_the_entry_waits() -> None:
    world = World()
    trial = world.open()
    entry = world.enter(trial)
    client, page = signed_in(world.supplier), address("en", "entry", trial.code, entry.pk)
    part = client.get(page, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "every 2s" in part.content.decode()
    assert "<html" not in part.content.decode()
    world.score(entry)
    part = client.get(page, headers={"HX-Request": "true"})
    assert part.status_code == 286
    assert "every 2s" not in part.content.decode()


def test_local_scoring_needs_no_account_and_keeps_nothing(client: Client) -> None:
    world = World()
    trial = world.open()
    before = Entry.objects.count()
    answer = client.post(address("en", "practise", trial.code), {"file": upload(predictions(4, part="public"))})
    # 80 public items, every fourth one turned around: 60 of 80 right.
    assert "0.750" in answer.content.decode()
    assert Entry.objects.count() == before
    bad = client.post(address("en", "practise", trial.code), {"file": upload(b"id,prediction\nx,yes\n")})
    assert bad.status_code == 400
    assert "80 of 80 items are missing" in bad.content.decode()
    none = client.post(address("en", "practise", trial.code), {})
    assert none.status_code == 400


def test_entering_by_the_form_once_and_wrongly() -> None:
    world = World()
    trial = world.open()
    client, page = signed_in(world.supplier), address("en", "enter", trial.code)
    shown = client.get(page)
    assert "3 of 3" in shown.content.decode()
    key = shown.context["form"]["form_key"].value()
    fields = {"kind": "predictions", "name_en": "Careful", "form_key": key}
    refused = client.post(page, {**fields, "file": upload(predictions())})
    assert refused.status_code == 400
    assert "terms of the trial must be accepted" in refused.content.decode()
    assert 'value="Careful"' in refused.content.decode()
    rows = predictions().decode().splitlines()
    short = client.post(page, {**fields, "accept_terms": "on", "file": upload("\n".join(rows[:-2]).encode())})
    assert "2 of 320 items are missing" in short.content.decode()
    assert not Entry.objects.exists()
    wrong = client.post(page, {**fields, "accept_terms": "on", "file": upload(b"x", "mine.exe")})
    assert "does not fit this kind" in wrong.content.decode()
    first = client.post(page, {**fields, "accept_terms": "on", "file": upload(predictions())})
    second = client.post(page, {**fields, "accept_terms": "on", "file": upload(predictions())})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Entry.objects.count() == 1


def test_visitors_are_asked_to_sign_in_before_entering(client: Client) -> None:
    trial = World().open()
    assert client.get(address("en", "enter", trial.code)).status_code == 403


def test_an_owner_opens_a_trial_from_a_spreadsheet() -> None:
    """File → columns, metric and bar → check → stewards; 240 cases, so that the bar can be decided."""
    import numpy as np
    import polars as pl

    world = World()
    rng = np.random.default_rng(5)
    a, b = rng.random(400).round(4), rng.random(400).round(4)
    table = pl.DataFrame({"humidity": a, "light": b, "result": ["ill" if x + y > 1 else "well" for x, y in zip(a, b, strict=True)]})
    client = signed_in(world.owner_actor)
    start = client.get(address("en", "new"))
    assert start.status_code == 200
    sent = client.post(
        address("en", "new"), {"scenario": world.scenario.pk, "file": upload(table.write_csv().encode(), "leaves.csv")}
    )
    assert sent.status_code == 302
    columns = sent["Location"]
    shown = client.get(columns)
    assert "humidity" in shown.content.decode()
    assert signed_in(world.supplier).get(columns).status_code == 403
    half = client.post(columns, {"kind": "classification", "target": "result", "metric": "accuracy"})
    assert half.status_code == 400
    done = client.post(
        columns,
        {"kind": "classification", "target": "result", "metric": "accuracy", "bar": "0.8", "title_en": "Leaves", "quota": "5",
         "input_mode": "released"},
    )  # fmt: skip
    assert done.status_code == 302, done.content.decode()
    trial = Trial.objects.get(title_en="Leaves")
    assert (trial.state, trial.versions.get().n_public) == ("data-check", 80)
    check = client.get(done["Location"]).content.decode()
    assert "Handed to the stewards." in check
    assert client.get(columns).status_code == 404


def test_an_owner_opens_a_trial_of_a_search_from_a_spreadsheet() -> None:
    """Questions, candidates and what fits: 200 questions with three candidates, the columns guessed from their names."""
    rows = [f"q{n:03d},d{n:03d}-{k},{int(k == n % 3)},some words" for n in range(200) for k in range(3)]
    table = "\n".join(["question,candidate,relevance,text", *rows]).encode()
    world = World(metric="mrr", bar=0.6)
    client = signed_in(world.owner_actor)
    columns = client.post(address("en", "new"), {"scenario": world.scenario.pk, "file": upload(table, "search.csv")})["Location"]
    page = client.get(columns).content.decode()
    for chosen in ("retrieval", "question", "candidate", "relevance", "mrr"):
        assert f'<option value="{chosen}" selected>' in page
    given = {"kind": "retrieval", "target": "relevance", "metric": "mrr", "bar": "0.6", "title_en": "Search", "quota": "5",
             "input_mode": "released"}  # fmt: skip
    half = client.post(columns, given)
    assert half.status_code == 400
    assert "A search needs the column with the question" in half.content.decode()
    done = client.post(columns, {**given, "query": "question", "item": "candidate"})
    assert done.status_code == 302, done.content.decode()
    trial = Trial.objects.get(title_en="Search")
    assert (trial.kind, trial.state) == ("retrieval", "data-check")


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_stewards_seal_open_and_announce_by_the_page(lang: str) -> None:
    world = World()
    trial = world.with_data()

    def do(actor: object, what: str, **fields: str) -> int:
        return signed_in(actor).post(address(lang, "do", trial.code, what), fields).status_code

    assert signed_in(world.steward).get(address(lang, "stewards", trial.code)).status_code == 200
    assert do(world.steward, "seal") == 409  # not declared yet
    for actor in (world.steward, world.second):
        assert do(actor, "interest", has_conflict="no") == 302
    assert do(world.steward, "seal") == 302
    assert do(world.steward, "seal") == 409  # the same person twice
    assert do(world.second, "seal") == 302
    assert do(world.supplier, "open") in (403, 404)
    assert do(world.steward, "open", closes_on="2099-01-01") == 302
    trial.refresh_from_db()
    assert trial.state == "open"
    assert do(world.steward, "nonsense") == 404


def test_objections_are_filed_and_decided_by_somebody_else() -> None:
    world = World()
    trial = world.open()
    world.score(world.enter(trial))
    world.announced(trial)
    page = address("en", "objections", trial.code)
    client = signed_in(world.supplier)
    assert client.post(page, {"text": ""}).status_code == 400
    assert client.post(page, {"text": "The sensor was moved."}).status_code == 302
    objection = trial.objections.get()
    answer = address("en", "answer_objection", trial.code, objection.pk)
    fields = {f"o{objection.pk}-outcome": "declined", f"o{objection.pk}-answer": "It was not."}
    assert signed_in(world.supplier).post(answer, fields).status_code == 403
    assert signed_in(world.auditor).post(answer, fields).status_code == 403  # unsealed this trial
    assert signed_in(world.office).post(answer, fields).status_code == 302
    assert "It was not." in client.get(page).content.decode()


def test_query_counts_do_not_grow_with_rows(client: Client, django_assert_max_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        return len(captured)

    world = World()
    trial = world.open(quota=9)
    world.score(world.enter(trial))
    pages = [address("en", "list"), address("en", "detail", trial.code), address("en", "board", trial.code)]
    client.get(pages[0])
    one = [queries(page) for page in pages]
    for _n in range(2):
        other = factories.organisation()
        world.score(world.enter(trial, actor=factories.actor("supplier", other), organisation=other))
        World().open()
    assert [queries(page) for page in pages] == one
    world.announced(trial)
    assert queries(pages[1]) <= one[1] + 2
    assert Membership.objects.exists()
    assert usecases.family_of(world.owner) == {world.owner.pk}
    assert NOW < NOW + DAY
