"""The capability list and one capability."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW

from qiupu_web.capabilities.models import Capability

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(role, org=None):
    client = Client()
    client.force_login(make.member(role, org).user, backend=BACKEND)
    return client


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_pages_in_both_languages(client, lang):
    assert 'class="empty"' in text(client.get(f"/{lang}/capabilities/"))
    row = make.capability()
    row.proofs.create(kind="verdict", key="trial:1", outcome="pass", recorded_at=NOW)
    for path in ("", f"{row.code}/"):
        answer = client.get(f"/{lang}/capabilities/{path}")
        assert answer.status_code == 200
        assert ("trial passed" if lang == "en" and not path else "blind trial" if lang == "en" else "盲测") in text(answer)


@pytest.mark.parametrize(
    "query, found",
    [
        ("q=客流", ["A"]), ("q=ISO+27001", ["B"]), ("kind=startup", ["A"]), ("deployment=edge", ["A", "B"]),
        ("deployment=cloud", ["B"]), ("proven=yes", ["B"]), ("field=culture", ["B"]),
    ],
)  # fmt: skip
def test_search_and_filters(client, query, found):
    make.capability(make.organisation(kind="startup"), code="A", title_zh="客流", deployment="edge", body_zh="")
    one = make.capability(make.organisation(), code="B", certificates="ISO 27001", field="culture", body_zh="")
    one.proofs.create(kind="verdict", key="t", outcome="pass", recorded_at=NOW)
    page = text(client.get(f"/en/capabilities/?{query}"))
    assert [code for code in "AB" if f"/capabilities/{code}/" in page] == found


def test_the_list_takes_the_same_queries_for_one_row_and_three(client, django_assert_num_queries):
    client.get("/en/capabilities/")
    make.capability()
    with django_assert_num_queries(3):  # the count, the page, the proofs
        client.get("/en/capabilities/")
    for _ in range(2):
        make.capability().proofs.create(kind="verdict", key="t", outcome="pass", recorded_at=NOW)
    with django_assert_num_queries(3):
        client.get("/en/capabilities/")


def test_drafts_are_hidden_from_others():
    row = make.capability(state="draft")
    address = f"/en/capabilities/{row.code}/"
    for who in (Client(), signed_in("supplier"), signed_in("owner")):
        assert who.get(address).status_code == 404
    assert signed_in("supplier", row.supplier).get(address).status_code == 200


def test_a_supplier_registers_publishes_and_withdraws():
    supplier = make.organisation(kind="startup")
    client = signed_in("supplier", supplier)
    words = {"supplier": supplier.pk, "field": "culture", "title_en": "Old prints", "deployment": "any", "form_key": "a"}
    sent = client.post("/en/capabilities/new/", words)
    assert client.post("/en/capabilities/new/", words).url == sent.url
    refused = client.post(f"{sent.url}publish/", {"form_key": "b"})
    assert refused.status_code == 400
    assert "Nothing is said yet" in text(refused)
    assert client.post(f"{sent.url}edit/", {**words, "body_en": "Reads prints.", "form_key": "c"}).status_code == 302
    assert client.post(f"{sent.url}publish/", {"form_key": "d"}).status_code == 302
    assert Capability.objects.get().state == "published"
    assert client.post(f"{sent.url}withdraw/", {"form_key": "e"}).status_code == 302
    assert Client().get(sent.url).status_code == 404


def test_a_wrong_form_keeps_what_was_typed():
    supplier = make.organisation(kind="startup")
    words = {"supplier": supplier.pk, "field": "culture", "deployment": "any", "body_en": "What I typed.", "price_cny": "-3"}
    answer = signed_in("supplier", supplier).post("/en/capabilities/new/", words)
    assert answer.status_code == 400
    assert "What I typed." in text(answer)
    assert "A title is missing" in text(answer)


def test_a_supplier_cannot_touch_anothers_capability():
    row = make.capability()
    other = signed_in("supplier")
    assert other.get(f"/en/capabilities/{row.code}/edit/").status_code == 403
    assert other.post(f"/en/capabilities/{row.code}/withdraw/", {"form_key": "x"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "published"
