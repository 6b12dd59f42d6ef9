"""Signing in and out, the second step, the account page, asking for an account and deciding about it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from tests.factories import member, organisation

from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.web.actors import SESSION_KEY
from qiupu_web.parties.models import ApiToken, Membership, SignUp, User
from qiupu_web.parties.usecases import actor_of_token

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse"
LANGS = ("zh-hans", "en")


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def _in(client: Client, row: Membership) -> Client:
    client.force_login(row.user)
    return client


def _sure(client: Client, row: Membership) -> None:
    """Sign in and give the password once more, as pages about safety ask for."""
    client.post("/en/account/login/", {"login": row.user.email, "password": PASSWORD})
    client.post("/en/account/reauthenticate/", {"password": PASSWORD})


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "path", ["login", "password/reset", "password/reset/done", "sign-up", "sign-up/done", "inactive", "password/reset/key/done"]
)
def test_entrances_answer_in_both_languages(client: Client, lang: str, path: str) -> None:
    answer = client.get(f"/{lang}/account/{path}/")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.count("<h1") == 1
    assert f'<html lang="{lang}">' in text
    assert "style=" not in text.split("<main", 1)[1]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", ["me", "logout", "password/change", "2fa/totp/activate", "reauthenticate"])
def test_own_pages_answer_in_both_languages(client: Client, lang: str, path: str) -> None:
    _sure(client, member("unit"))
    answer = client.get(f"/{lang}/account/{path}/")
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


@pytest.mark.parametrize("path", ["signup", "email", "2fa", "confirm-email"])
def test_pages_of_the_package_that_have_no_place_lead_to_ours(client: Client, path: str) -> None:
    answer = client.get(f"/en/account/{path}/")
    assert answer.status_code == 302
    assert answer["Location"] in {"/en/account/sign-up/", "/en/account/me/"}


class TestSignIn:
    def _try(self, client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
        return client.post("/en/account/login/", {"login": email, "password": password}, **extra)

    def test_it_leads_to_the_work_in_the_persons_language(self, client: Client) -> None:
        row = member("unit", language="zh-hans")
        assert self._try(client, row.user.email)["Location"] == "/zh-hans/my-work/"

    def test_a_wrong_password_says_so_and_keeps_the_address(self, client: Client) -> None:
        row = member("unit")
        answer = self._try(client, row.user.email, "wrong-horse-here")
        assert answer.status_code == 200
        assert row.user.email in answer.content.decode()
        assert 'role="alert"' in answer.content.decode()

    def test_guessing_is_slowed_down(self, client: Client) -> None:
        row = member("unit")
        for _ in range(5):
            self._try(client, row.user.email, "wrong-horse-here")
        answer = self._try(client, row.user.email)
        assert "_auth_user_id" not in client.session
        assert "too many" in answer.content.decode().lower()

    def test_an_account_that_waits_is_told_so(self, client: Client) -> None:
        row = member("unit")
        User.objects.filter(pk=row.user_id).update(is_active=False)
        answer = self._try(client, row.user.email, follow=True)
        assert "_auth_user_id" not in client.session
        assert "not open" in answer.content.decode()

    @pytest.mark.parametrize(
        "demo, extra, enters",
        [
            (True, {}, True),
            (False, {}, False),
            (True, {"REMOTE_ADDR": "203.0.113.9"}, False),
            (True, {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, False),
        ],
    )
    def test_demo_accounts_open_on_this_machine_only_while_the_demo_is_on(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, demo: bool, extra: dict[str, str], enters: bool
    ) -> None:
        monkeypatch.setitem(settings.CONFIG.values, "QIUPU_DEMO", demo)
        row = member("unit", is_demo=True)
        answer = self._try(client, row.user.email, **extra)
        assert ("_auth_user_id" in client.session) is enters
        assert answer.status_code == (302 if enters else 403)

    def test_signing_out_is_a_press_not_a_visit(self, client: Client) -> None:
        _in(client, member("unit"))
        client.get("/en/account/logout/")
        assert "_auth_user_id" in client.session
        client.post("/en/account/logout/")
        assert "_auth_user_id" not in client.session


class TestPasswordByMail:
    @pytest.mark.parametrize("lang, word", [("en", "new password"), ("zh-hans", "密码")])
    def test_the_mail_brings_a_link_that_works_once(self, client: Client, lang: str, word: str) -> None:
        row = member("unit")
        client.post(f"/{lang}/account/password/reset/", {"email": row.user.email})
        (message,) = mail.outbox
        assert word in message.body
        address = re.search(r"http://testserver(\S+)", message.body)
        assert address is not None
        page = client.get(address.group(1), follow=True)
        target = page.redirect_chain[-1][0]
        new = {"password1": "tea-and-river-9", "password2": "tea-and-river-9"}
        client.post(target, new)
        assert User.objects.get(pk=row.user_id).check_password("tea-and-river-9")
        again = Client().get(address.group(1), follow=True)
        assert "<form" not in again.content.decode().split("<main", 1)[1]

    def test_an_unknown_address_gives_the_same_page(self, client: Client) -> None:
        answer = client.post("/en/account/password/reset/", {"email": "nobody@example.org"})
        assert answer["Location"] == "/en/account/password/reset/done/"


class TestSecondStep:
    def test_switching_on_signing_in_and_switching_off(self, client: Client) -> None:
        row = member("steward")
        _sure(client, row)
        page = client.get("/en/account/2fa/totp/activate/")
        secret = page.context["form"].secret
        assert "data:image/svg+xml" in page.content.decode()
        wrong = client.post("/en/account/2fa/totp/activate/", {"code": "000000"})
        assert 'class="row wrong"' in wrong.content.decode()
        secret = wrong.context["form"].secret
        codes = client.post("/en/account/2fa/totp/activate/", {"code": _code(secret)}, follow=True)
        assert "10 of 10" in codes.content.decode()
        assert "on" in client.get("/en/account/me/").content.decode()

        other = Client()
        first = other.post("/en/account/login/", {"login": row.user.email, "password": PASSWORD})
        assert first["Location"] == "/en/account/2fa/authenticate/"
        assert "_auth_user_id" not in other.session
        assert other.get("/zh-hans/account/2fa/authenticate/").status_code == 200
        unused = RecoveryCodes(row.user.authenticator_set.get(type="recovery_codes")).get_unused_codes()[0]
        other.post("/en/account/2fa/authenticate/", {"code": unused})
        assert "_auth_user_id" in other.session

        assert client.get("/zh-hans/account/2fa/recovery-codes/generate/").status_code == 200
        assert client.get("/zh-hans/account/2fa/totp/deactivate/").status_code == 200
        client.post("/en/account/2fa/totp/deactivate/")
        assert not row.user.authenticator_set.filter(type="totp").exists()

    def test_a_code_is_taken_once(self) -> None:
        row = member("steward")
        made = TOTP.activate(row.user, "JBSWY3DPEHPK3PXP")
        code = _code("JBSWY3DPEHPK3PXP")
        assert made.validate_code(code)
        assert not made.validate_code(code)


class TestAccount:
    def test_visitors_are_sent_to_the_entrance(self, client: Client) -> None:
        assert client.get("/en/account/me/")["Location"].startswith("/en/account/login/")

    def test_name_and_language_change_once(self, client: Client) -> None:
        row = member("unit")
        _in(client, row)
        given = {"form_key": "k1", "name_zh": "王五", "name_en": "", "language": "en"}
        assert client.post("/en/account/me/", given).status_code == 302
        assert client.post("/en/account/me/", given).status_code == 302
        assert User.objects.get(pk=row.user_id).name_zh == "王五"
        assert AuditRecord.objects.filter(action="parties.edit_account").count() == 1

    def test_a_form_without_a_name_keeps_the_rest(self, client: Client) -> None:
        _in(client, member("unit"))
        answer = client.post("/en/account/me/", {"name_zh": "", "name_en": "", "language": "en"})
        assert answer.status_code == 400
        assert "A name is missing." in answer.content.decode()
        assert '<option value="en" selected>' in answer.content.decode()

    def test_switching_the_role(self, client: Client) -> None:
        row = member("unit")
        second = Membership.objects.create(user=row.user, organisation=organisation(), role="supplier")
        foreign = member("administrator")
        _in(client, row)
        client.post("/en/account/me/switch/", {"membership": second.pk})
        assert client.session[SESSION_KEY] == second.pk
        assert client.post("/en/account/me/switch/", {"membership": foreign.pk}).status_code == 404
        assert client.post("/en/account/me/switch/", {"membership": "x"}).status_code == 404
        assert client.get("/en/account/me/switch/").status_code == 405

    def test_a_token_is_shown_once_and_can_be_ended(self, client: Client) -> None:
        row = member("supplier")
        _in(client, row)
        given = {"name": "ci", "membership": row.pk, "scopes": ["trials.enter"], "days": 30}
        page = client.post("/en/account/me/tokens/", given, follow=True).content.decode()
        found = re.search(r"<code>(qiupu_[\w-]+)</code>", page)
        assert found is not None
        assert found.group(1) not in client.get("/en/account/me/").content.decode()
        token = ApiToken.objects.get()
        assert actor_of_token(found.group(1), token.created_at).only == frozenset({"trials.enter"})
        stranger = Client()
        stranger.force_login(member("supplier").user)
        assert stranger.post(f"/en/account/me/tokens/{token.pk}/end/").status_code == 404
        client.post(f"/en/account/me/tokens/{token.pk}/end/")
        token.refresh_from_db()
        assert token.revoked_at is not None

    def test_a_wrong_token_form_keeps_what_was_typed(self, client: Client) -> None:
        row = member("supplier")
        _in(client, row)
        page = client.post("/en/account/me/tokens/", {"name": "nightly", "membership": row.pk, "days": 999})
        assert page.status_code == 400
        assert 'value="nightly"' in page.content.decode()


GIVEN = {
    "name_zh": "李四",
    "name_en": "",
    "email": "li@tea.example",
    "password": "river-and-tea",
    "organisation_name": "九华茶厂",
    "role": "owner",
    "note": "",
}


class TestAskingForAnAccount:
    def test_asked_and_opened(self, client: Client, django_capture_on_commit_callbacks: Any) -> None:
        assert client.post("/zh-hans/account/sign-up/", GIVEN)["Location"] == "/zh-hans/account/sign-up/done/"
        row = SignUp.objects.get()
        assert row.user.language == "zh-hans"
        office = _in(Client(), member("office"))
        assert "九华茶厂" in office.get("/en/account/sign-ups/").content.decode()
        assert office.get(f"/zh-hans/account/sign-ups/{row.pk}/").status_code == 200
        with django_capture_on_commit_callbacks(execute=True):
            office.post(f"/en/account/sign-ups/{row.pk}/", {"decision": "approve", "role": "owner"})
        assert User.objects.get(email="li@tea.example").is_active
        (message,) = mail.outbox
        assert message.to == ["li@tea.example"]
        assert "秋浦" in message.subject
        assert client.post("/en/account/login/", {"login": "li@tea.example", "password": "river-and-tea"}).status_code == 302

    @pytest.mark.parametrize("lang", ["en", "zh-hans"])
    def test_a_twin_of_a_registered_organisation_is_pointed_out_before_and_after(self, client: Client, lang: str) -> None:
        known = organisation("tea-works", name_zh="池州市九华茶厂有限公司", name_en="")
        organisation("tea-school", name_zh="青阳茶业学校", name_en="")
        client.post("/zh-hans/account/sign-up/", GIVEN)  # 九华茶厂
        row, office = SignUp.objects.get(), _in(Client(), member("office"))
        page = office.get(f"/{lang}/account/sign-ups/{row.pk}/").content.decode()
        said = {"en": "This organisation may be registered already:", "zh-hans": "该机构可能已经登记："}[lang]
        assert said in page
        warning = page.split(said)[1].split("</div>")[0]
        assert f'<a href="/{lang}/organisations/{known.code}/">' in warning
        assert "tea-school" not in warning
        office.post(f"/{lang}/account/sign-ups/{row.pk}/", {"decision": "approve", "role": "owner"})
        after = office.get(f"/{lang}/account/sign-ups/").content.decode()
        assert {"en": "It may be registered already", "zh-hans": "可能已经登记"}[lang] in after

    def test_nobody_is_warned_of_a_name_that_is_new_or_chosen(self, client: Client) -> None:
        client.post("/zh-hans/account/sign-up/", GIVEN)
        row, office = SignUp.objects.get(), _in(Client(), member("office"))
        assert "may be registered already" not in office.get(f"/en/account/sign-ups/{row.pk}/").content.decode()
        known = organisation("tea-works", name_zh="九华茶厂有限公司", name_en="")
        given = {"decision": "approve", "role": "owner", "organisation": known.pk}
        office.post(f"/en/account/sign-ups/{row.pk}/", given)
        assert "registered already" not in office.get("/en/account/sign-ups/").content.decode()
        assert "registered already" not in office.get(f"/en/account/sign-ups/{row.pk}/").content.decode()

    def test_declined_with_a_reason(self, client: Client, django_capture_on_commit_callbacks: Any) -> None:
        client.post("/en/account/sign-up/", GIVEN)
        row, office = SignUp.objects.get(), _in(Client(), member("office"))
        page = office.post(f"/en/account/sign-ups/{row.pk}/", {"decision": "decline", "role": "owner", "reason": ""})
        assert page.status_code == 400
        assert "Say why" in page.content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            office.post(f"/en/account/sign-ups/{row.pk}/", {"decision": "decline", "role": "owner", "reason": "no licence"})
        assert "no licence" in mail.outbox[0].body
        assert "no licence" in office.get(f"/en/account/sign-ups/{row.pk}/").content.decode()

    def test_a_half_filled_form_keeps_what_was_typed(self, client: Client) -> None:
        page = client.post("/en/account/sign-up/", {**GIVEN, "email": "", "password": "123", "note": "tea pests"})
        assert page.status_code == 400
        assert "tea pests" in page.content.decode()
        assert "九华茶厂" in page.content.decode()
        weak = client.post("/en/account/sign-up/", {**GIVEN, "password": "123"}).content.decode()
        assert "too short" in weak
        assert not SignUp.objects.exists()

    def test_a_known_address_gets_the_same_page_and_its_owner_a_mail(
        self, client: Client, django_capture_on_commit_callbacks: Any
    ) -> None:
        known = member("unit").user
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/en/account/sign-up/", {**GIVEN, "email": known.email})
        assert answer["Location"] == "/en/account/sign-up/done/"
        assert mail.outbox[0].to == [known.email]

    def test_only_the_office_and_administrators_decide(self, client: Client) -> None:
        client.post("/en/account/sign-up/", GIVEN)
        row = SignUp.objects.get()
        for role in ("unit", "owner", "supplier", "steward", "auditor"):
            who = _in(Client(), member(role))
            assert who.get("/en/account/sign-ups/").status_code == 403
            assert who.post(f"/en/account/sign-ups/{row.pk}/", {"decision": "approve", "role": "owner"}).status_code == 403
        assert SignUp.objects.get().state == "filed"
