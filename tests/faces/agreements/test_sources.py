"""Pages of sources and bad input: recognised, compared, joined; a clear answer to what cannot be read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests import factories
from tests.platform.agreements.test_sources import TWO, a_text

from qiupu_web.agreements.models import Agreement

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def address(name: str, *args: object, lang: str = "en") -> str:
    with override(lang):
        return reverse(f"agreements:{name}", args=args)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_second_source_is_compared_joined_and_taken_back(client: Client, sign_in: SignIn, lang: str) -> None:
    main = a_text("The City shall open a hall.", "The Firm shall train 300 people.", "Both hope to grow.")
    second = a_text("The City shall open a hall.", "The Firm shall train 500 people.", "Both hope to grow.", "One more.")
    sign_in("office")
    page = client.get(address("sources", second.code, lang=lang)).content.decode()
    assert "train 300" in page
    assert "train 500" in page
    assert "One more." in page
    assert page.count("<h1") == 1
    for _press in range(2):
        assert client.post(address("sources", second.code, lang=lang), {"main": main.pk, "form_key": "a"}).status_code == 302
    second.refresh_from_db()
    assert second.same_as == main
    shown = client.get(address("detail", second.code, lang=lang)).content.decode()
    assert ("another source of an agreement" if lang == "en" else "另一来源") in shown
    assert address("detail", second.code, lang=lang) in client.get(address("detail", main.code, lang=lang)).content.decode()
    assert client.post(address("sources", second.code, lang=lang), {"form_key": "b"}).status_code == 302
    second.refresh_from_db()
    assert second.same_as is None
    sign_in("unit")
    assert client.get(address("sources", second.code, lang=lang)).status_code == 403


def test_a_text_that_looks_like_one_that_is_here_leads_to_the_comparison(client: Client, sign_in: SignIn) -> None:
    sign_in("office")
    one = TWO.split("MAINTENANCE")[0]
    sent = {"kind": "agreement", "title_en": "First", "text": one, "form_key": "a"}
    assert "/sources/" not in client.post(address("add"), sent)["Location"]
    sent |= {"title_en": "From the press", "text": one.replace("COOPERATION", "COOPERATION  "), "form_key": "b"}
    response = client.post(address("add"), sent)
    if Agreement.objects.first().statements.count() >= 2:  # type: ignore[union-attr]  # it was just added
        assert "/sources/" in response["Location"]
        assert "word for word" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize("lang, words", [("en", "holds 2 agreements"), ("zh-hans", "2")])
def test_two_agreements_in_one_text(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    sign_in("office")
    sent = {"kind": "agreement", "title_en": "Both", "text": TWO, "form_key": "a"}
    response = client.post(address("add", lang=lang), sent)
    assert response.status_code == 400
    page = response.content.decode()
    assert words in page
    assert "MAINTENANCE AGREEMENT" in page
    assert 'name="part"' in page
    assert client.post(address("add", lang=lang), {**sent, "part": 2, "form_key": "b"}).status_code == 302
    assert Agreement.objects.get().text.startswith("MAINTENANCE")


def test_no_agreement_at_all(client: Client, sign_in: SignIn) -> None:
    sign_in("office")
    sent = {
        "kind": "agreement",
        "title_en": "Weather",
        "text": "The weather will be fine tomorrow, with light winds.",
        "form_key": "a",
    }
    response = client.post(address("add"), sent)
    assert response.status_code == 400
    assert "light winds" in response.content.decode()  # what was typed is still there
    assert not Agreement.objects.exists()


def test_evidence_that_is_not_what_it_says(client: Client, sign_in: SignIn) -> None:
    row = factories.commitment(state="confirmed")
    sign_in("office")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("notes.txt", "no document")
    for name, data in (
        ("report.pdf", b"MZ"),
        ("report.docx", stream.getvalue()),
        ("list.xlsx", b"PK\x03\x04 no archive"),
        ("a.exe", b"MZ"),
    ):
        file = SimpleUploadedFile(name, data)
        response = client.post(address("add_evidence", row.code), {"title": "x", "file": file, "form_key": name})
        assert response.status_code == 400, name
        assert ("not what its name says" if name != "a.exe" else "cannot serve as evidence") in response.content.decode()
    assert not row.evidence.exists()
