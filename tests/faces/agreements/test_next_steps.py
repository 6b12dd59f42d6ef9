"""What a page offers next to somebody who has not read the documents."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests import factories

from qiupu_web.faces.templatetags.qiupu import part_day

SignIn = Callable[..., Client]


@pytest.mark.parametrize(
    "given, zh, en",
    [
        ("2024-12-24", "2024年12月24日", "24 December 2024"),
        ("2024-12", "2024年12月", "December 2024"),
        ("--11-18", "11月18日（原文未写年份）", "18 November (the text gives no year)"),
        ("--02-29", "2月29日（原文未写年份）", "29 February (the text gives no year)"),
        ("2024", "2024", "2024"),
    ],
)
def test_a_date_is_written_as_far_as_the_text_gave_it(given: str, zh: str, en: str) -> None:
    with override("zh-hans"):
        assert part_day(given) == zh
    with override("en"):
        assert part_day(given) == en


@pytest.mark.django_db
def test_the_office_finds_the_form_to_stamp_on_the_commitment(client: Client, sign_in: SignIn) -> None:
    row = factories.commitment(factories.statement(factories.agreement()), lead_unit=factories.organisation(kind="unit"))
    code = row.statement.agreement.code
    links = [reverse(f"agreements:{name}", args=[code]) for name in ("form", "scan")]
    page = reverse("agreements:commitment", args=[row.code])
    assert not any(link in client.get(page).content.decode() for link in links), "a visitor records nothing"
    sign_in("office")
    assert all(link in client.get(page).content.decode() for link in links)
