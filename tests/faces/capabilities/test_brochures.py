"""From a brochure to a draft by pages, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.brochures import CLAIMS, pdf, word
from tests.factories import member, organisation

from qiupu_web.capabilities.models import Brochure, Capability
from qiupu_web.parties.models import Organisation

pytestmark = pytest.mark.django_db
LANGS = ("zh-hans", "en")


@pytest.fixture
def yuexi() -> Organisation:
    return organisation("yuexi", kind="startup")


@pytest.fixture
def supplier(yuexi: Organisation) -> Client:
    client = Client()
    client.force_login(member("supplier", yuexi).user)
    return client


def send(client: Client, yuexi: Organisation, lang: str = "en", data: bytes | None = None, name: str = "b.docx") -> Any:
    file = SimpleUploadedFile(name, word() if data is None else data)
    return client.post(f"/{lang}/capabilities/brochures/new/", {"supplier": yuexi.pk, "file": file})


@pytest.mark.parametrize("lang", LANGS)
class TestWay:
    def test_from_the_file_to_the_draft(self, lang: str, supplier: Client, yuexi: Organisation, client: Client) -> None:
        assert supplier.get(f"/{lang}/capabilities/brochures/new/").status_code == 200
        address = send(supplier, yuexi, lang)["Location"]
        page = supplier.get(address).content.decode()
        assert page.count("<h1") == 1
        assert all(claim in page for claim in CLAIMS[1:4])
        assert "draft/" not in page  # as long as a sentence waits
        assert "b.docx" in supplier.get(f"/{lang}/capabilities/mine/").content.decode()
        supplier.post(address, {"state_1": "kept", "text_1": "", "state_2": "edited", "text_2": "已在两个景区运行。"})
        supplier.post(
            address, {"state_3": "dropped", "text_3": CLAIMS[3], "state_1": "kept", "state_2": "edited", "text_2": "改。"}
        )
        page = supplier.get(address).content.decode()  # other words are kept even when the box beside them was not ticked
        assert f"{address}draft/" in page
        answer = supplier.post(f"{address}draft/", {"field": "smart-tourism", "title_zh": "客流预测"})
        row = Capability.objects.get()
        assert answer["Location"] == f"/{lang}/capabilities/{row.code}/"
        assert row.body_zh == f"{CLAIMS[1]}\n改。"
        assert client.get(answer["Location"]).status_code == 404  # a draft
        assert supplier.get(address).status_code == 200

    def test_pages_of_a_pdf_are_named(self, lang: str, supplier: Client, yuexi: Organisation) -> None:
        data = pdf([("A Title",), ("The service forecasts visitor flow by the hour.",)])
        page = supplier.get(send(supplier, yuexi, lang, data, "b.pdf")["Location"]).content.decode()
        assert {"en": "page 2", "zh-hans": "第 2 页"}[lang] in page

    @pytest.mark.parametrize("data, said", [(b"", ("empty", "空文件")), (pdf([(), ()]), ("scan", "扫描"))])
    def test_a_bad_file_is_named_on_the_page(
        self, lang: str, supplier: Client, yuexi: Organisation, data: bytes, said: tuple[str, str]
    ) -> None:
        answer = send(supplier, yuexi, lang, data, "b.pdf")
        assert answer.status_code == 400
        assert said[lang != "en"] in answer.content.decode()
        assert not Brochure.objects.exists()

    def test_an_edit_without_words_is_marked_and_nothing_is_kept(self, lang: str, supplier: Client, yuexi: Organisation) -> None:
        address = send(supplier, yuexi, lang)["Location"]
        answer = supplier.post(address, {"state_1": "kept", "state_2": "edited", "text_2": " "})
        assert answer.status_code == 400
        assert "wrong" in answer.content.decode()
        assert set(Brochure.objects.get().sentences.values_list("state", flat=True)) == {"waiting"}


def test_a_draft_too_early_is_refused(supplier: Client, yuexi: Organisation) -> None:
    address = send(supplier, yuexi)["Location"]
    answer = supplier.post(f"{address}draft/", {"field": "culture", "title_en": "A"})
    assert answer.status_code == 400
    assert "3 sentences still wait" in answer.content.decode()


def test_the_office_reads_and_does_not_decide(supplier: Client, yuexi: Organisation) -> None:
    address = send(supplier, yuexi)["Location"]
    office = Client()
    office.force_login(member("office").user)
    page = office.get(address).content.decode()
    assert CLAIMS[1] in page
    assert 'type="radio"' not in page
    assert office.post(address, {"state_1": "kept"}).status_code == 403


def test_others_see_nothing_of_it(supplier: Client, yuexi: Organisation, client: Client) -> None:
    address = send(supplier, yuexi)["Location"]
    other = Client()
    other.force_login(member("supplier").user)
    assert other.get(address).status_code == 404
    assert client.get(address).status_code in (302, 404)


def test_it_is_put_away(supplier: Client, yuexi: Organisation) -> None:
    address = send(supplier, yuexi)["Location"]
    assert supplier.post(f"{address}discard/").status_code == 302
    assert supplier.get(address).status_code == 404


def test_the_page_asks_as_much_for_one_sentence_as_for_many(
    supplier: Client, yuexi: Organisation, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for lines in (CLAIMS[:2], CLAIMS):
        address = send(supplier, yuexi, data=word(lines))["Location"]
        with django_assert_max_num_queries(30) as captured:
            supplier.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]
