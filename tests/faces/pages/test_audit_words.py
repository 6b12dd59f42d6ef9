"""The audit log speaks in words: every use case has its phrase, in both languages, and can be found by it."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django.apps import apps
from django.test import Client
from django.utils.translation import override
from tests.factories import NOW, member

from qiupu_web.base.audit import USE_CASES
from qiupu_web.faces.web.pages.auditing_words import AREAS, PHRASES, phrase_of
from qiupu_web.parties.actors import system
from qiupu_web.parties.usecases import create_organisation

# Every use case registers itself when its module is imported.
for one in apps.get_app_configs():
    if one.name.startswith("qiupu_web.") and importlib.util.find_spec(f"{one.name}.usecases"):
        module = importlib.import_module(f"{one.name}.usecases")
        for part in pkgutil.iter_modules(getattr(module, "__path__", [])):
            importlib.import_module(f"{module.__name__}.{part.name}")
importlib.import_module("qiupu_web.faces.web.exchange.usecases")


@pytest.mark.parametrize("action", sorted(USE_CASES))
def test_every_use_case_has_a_phrase_of_its_own_in_both_languages(action: str) -> None:
    assert action in PHRASES, f"add {action} to faces/web/pages/auditing_words.py"
    with override("en"):
        english = phrase_of(action)
    with override("zh-hans"):
        chinese = phrase_of(action)
    assert english != action
    assert any("一" <= sign <= "鿿" for sign in chinese), f"{action}: no Chinese in {chinese!r}"


def test_no_two_phrases_are_the_same_and_none_is_left_over() -> None:
    for lang in ("en", "zh-hans"):
        with override(lang):
            phrases = [str(phrase) for phrase in PHRASES.values()]
        assert sorted(phrases) == sorted(set(phrases))
    assert set(PHRASES) <= set(USE_CASES)
    assert {action.split(".", 1)[0] for action in USE_CASES} == set(AREAS)


@pytest.mark.django_db
def test_the_page_shows_and_finds_words(client: Client) -> None:
    create_organisation(actor=system(), now=NOW, kind="unit", name_zh="文旅局", name_en="Tourism bureau")
    client.force_login(member("auditor").user)
    page = client.get("/zh-hans/audit/?q=登记机构").content.decode()
    assert ">登记机构</td>" in page
    assert "文旅局" in page or "Tourism bureau" in page
    assert ">账号与机构</option>" in page
    assert "登记机构" not in client.get("/zh-hans/audit/?q=发布场景").content.decode().split("<tbody>")[-1]
    assert "Organisation registered" in client.get("/en/audit/?q=organisation registered").content.decode()
    lines = b"".join(client.get("/zh-hans/audit/file/").streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]  # it streams
    assert lines[0].endswith(",what")
    assert lines[1].endswith(",登记机构")
