"""Organisations, members, sign-ups, links and tokens: what is written, who may, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from tests.factories import NOW, actor, commitment, member, organisation

from qiupu.errors import Conflict, InputError, NotAllowed, NotFound
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties import usecases
from qiupu_web.parties.actors import VISITOR, Actor, system
from qiupu_web.parties.models import ApiToken, Membership, OneTimeLink, Organisation, SignUp, User
from qiupu_web.parties.permissions import may, require
from qiupu_web.parties.rules import hash_of_token, may_give

pytestmark = pytest.mark.django_db

# GB 32100: for "9" then sixteen "0" the sum is 9; 31 - 9 = 22, and sign 22 of its alphabet is N.
GOOD_CODE = "9" + "0" * 16 + "N"


class TestCreditCode:
    @pytest.mark.parametrize(
        "code, zh, en",
        [
            (GOOD_CODE[:-1], "17", "17 characters"),
            ("I" + "0" * 17, "字母", "without I, O, S, V and Z"),
            (GOOD_CODE[:-1] + "P", "校验", "check character"),
            (GOOD_CODE.lower(), "字母", "capital letters"),
        ],
    )
    def test_what_is_wrong_is_said_in_both_languages(self, code: str, zh: str, en: str) -> None:
        with pytest.raises(InputError) as caught:
            usecases.create_organisation(actor=system(), now=NOW, kind="company", name_en="A", credit_code=code)
        assert caught.value.where.column == "credit_code"
        assert en in caught.value.sentence("en")
        assert zh in caught.value.sentence("zh-hans")


class TestOrganisations:
    def test_the_office_registers_one(self) -> None:
        row = usecases.create_organisation(actor=actor("office"), now=NOW, kind="startup", name_en="River Tea AI", region="贵池区")
        assert row.code == "river-tea-ai"
        record = AuditRecord.objects.get()
        assert (record.action, record.target_id, record.role) == ("parties.create_organisation", str(row.pk), "office")

    def test_a_name_that_is_there_already_gets_another_code(self) -> None:
        first, second = (usecases.create_organisation(actor=system(), now=NOW, kind="unit", name_en="Bureau") for _ in "ab")
        assert (first.code, second.code) == ("bureau", "bureau-2")

    @pytest.mark.parametrize("role", ["unit", "owner", "supplier", "steward", "auditor"])
    def test_others_do_not(self, role: str) -> None:
        who = actor(role)
        with pytest.raises(NotAllowed):
            usecases.create_organisation(actor=who, now=NOW, kind="unit", name_zh="局")

    @pytest.mark.parametrize(
        "fields, column",
        [
            ({"kind": "castle", "name_zh": "堡"}, "kind"),
            ({"kind": "unit"}, "name_zh"),
            ({"kind": "unit", "name_zh": "局", "credit_code": "123"}, "credit_code"),
            ({"kind": "unit", "name_zh": "局", "code": "a b"}, "code"),
        ],
    )
    def test_what_is_wrong_is_named(self, fields: dict[str, str], column: str) -> None:
        with pytest.raises(InputError) as caught:
            usecases.create_organisation(actor=system(), now=NOW, **fields)
        assert caught.value.where.column == column
        assert caught.value.message("zh-hans")
        assert caught.value.message("en")

    def test_a_credit_code_belongs_to_one(self) -> None:
        usecases.create_organisation(actor=system(), now=NOW, kind="company", name_en="A", credit_code=GOOD_CODE)
        with pytest.raises(Conflict, match="registered already"):
            usecases.create_organisation(actor=system(), now=NOW, kind="company", name_en="B", credit_code=GOOD_CODE)

    def test_members_tell_about_their_own_only(self) -> None:
        own, other = organisation(), organisation()
        supplier = actor("supplier", own)
        usecases.edit_organisation(actor=supplier, now=NOW, organisation=own, remit_en="Forecasts", credit_code="")
        assert Organisation.objects.get(pk=own.pk).remit_en == "Forecasts"
        with pytest.raises(NotAllowed):
            usecases.edit_organisation(actor=supplier, now=NOW, organisation=other, remit_en="Forecasts")

    @pytest.mark.parametrize("fields", [{"kind": "unit"}, {"is_active": False}, {"code": "else"}, {"is_invented": True}])
    def test_members_do_not_change_what_the_office_answers_for(self, fields: dict[str, object]) -> None:
        own = organisation()
        with pytest.raises(InputError, match="cannot be changed here"):
            usecases.edit_organisation(actor=actor("supplier", own), now=NOW, organisation=own, **fields)

    def test_nothing_belongs_to_itself(self) -> None:
        upper, lower = organisation(), organisation()
        usecases.edit_organisation(actor=system(), now=NOW, organisation=lower, parent=upper)
        with pytest.raises(InputError, match="belong to itself"):
            usecases.edit_organisation(actor=system(), now=NOW, organisation=upper, parent=lower)


class TestMembers:
    def test_a_member_lets_a_colleague_act_and_ends_it(self) -> None:
        own, colleague = organisation(), member("supplier").user
        boss = actor("supplier", own)
        row = usecases.add_member(actor=boss, now=NOW, organisation=own, user=colleague, role="owner")
        assert row.is_active
        usecases.remove_member(actor=boss, now=NOW, membership=row)
        again = usecases.add_member(actor=boss, now=NOW, organisation=own, user=colleague, role="owner")
        assert (again.pk, again.is_active) == (row.pk, True)

    @pytest.mark.parametrize("role", ["office", "steward", "auditor", "administrator"])
    def test_members_do_not_give_the_roles_of_trust(self, role: str) -> None:
        own = organisation()
        boss = actor("supplier", own)
        with pytest.raises(InputError):
            usecases.add_member(actor=boss, now=NOW, organisation=own, user=member("owner").user, role=role)
        held = member(role, own)
        with pytest.raises(InputError):
            usecases.remove_member(actor=boss, now=NOW, membership=held)

    @pytest.mark.parametrize(
        "giver, role, answer",
        [
            ("office", "steward", True),
            ("office", "administrator", False),
            ("administrator", "administrator", True),
            ("unit", "unit", True),
            ("owner", "auditor", False),
            ("system", "administrator", True),
        ],
    )
    def test_who_gives_what(self, giver: str, role: str, answer: bool) -> None:
        assert may_give(giver, role) is answer

    def test_the_last_administrator_stays(self) -> None:
        row = member("administrator")
        with pytest.raises(Conflict, match="last administrator"):
            usecases.remove_member(actor=system(), now=NOW, membership=row)

    def test_the_end_of_a_membership_ends_its_tokens(self) -> None:
        row = member("supplier")
        _token, secret = usecases.issue_token(actor=_actor(row), now=NOW, membership=row, name="ci", scopes=[], days=5)
        usecases.remove_member(actor=system(), now=NOW, membership=row)
        with pytest.raises(NotAllowed):
            usecases.actor_of_token(secret, NOW)


def _actor(row: Membership, **fields: object) -> Actor:
    return Actor(
        role=row.role,
        name=row.user.name,
        user_id=row.user_id,
        organisation_id=row.organisation_id,
        organisation_code=row.organisation.code,
        **fields,  # type: ignore[arg-type]  # a test's shorthand
    )


def _ask(**fields: object) -> SignUp | None:
    given = {
        "email": "li@tea.example",
        "password": "river-and-tea",
        "organisation_name": "九华茶厂",
        "role": "owner",
        "name_zh": "李",
        **fields,
    }
    return usecases.file_sign_up(actor=VISITOR, now=NOW, **given)  # type: ignore[arg-type]  # as above


class TestSignUp:
    def test_nobody_signs_in_before_approval(self) -> None:
        row = _ask()
        assert row is not None
        assert not row.user.is_active
        done = usecases.decide_sign_up(actor=actor("office"), now=NOW, sign_up=row, approve=True)
        user = User.objects.get(email="li@tea.example")
        assert user.is_active
        assert done.organisation is not None
        assert (done.organisation.name_zh, done.organisation.kind) == ("九华茶厂", "company")
        assert user.memberships.get().role == "owner"

    def test_the_office_puts_the_person_into_a_known_organisation_and_another_role(self) -> None:
        row, bureau = _ask(), organisation(kind="unit")
        assert row is not None
        usecases.decide_sign_up(actor=actor("office"), now=NOW, sign_up=row, approve=True, organisation=bureau, role="unit")
        assert Membership.objects.filter(user=row.user, organisation=bureau, role="unit").exists()
        assert Organisation.objects.filter(name_zh="九华茶厂").count() == 0

    def test_declining_says_why_and_may_be_asked_again(self) -> None:
        row, office = _ask(), actor("office")
        assert row is not None
        with pytest.raises(InputError, match="Say why"):
            usecases.decide_sign_up(actor=office, now=NOW, sign_up=row, approve=False)
        usecases.decide_sign_up(actor=office, now=NOW, sign_up=row, approve=False, reason="unknown firm")
        again = _ask(note="now with a licence")
        assert again is not None
        assert again.state == "filed"
        assert User.objects.filter(email="li@tea.example").count() == 1

    def test_a_decision_is_taken_once(self) -> None:
        row, office = _ask(), actor("office")
        assert row is not None
        usecases.decide_sign_up(actor=office, now=NOW, sign_up=row, approve=True)
        with pytest.raises(Conflict, match="decided already"):
            usecases.decide_sign_up(actor=office, now=NOW, sign_up=row, approve=False, reason="no")

    def test_the_office_makes_no_administrator_by_this_door(self) -> None:
        row = _ask()
        assert row is not None
        with pytest.raises(InputError, match="Administrators"):
            usecases.decide_sign_up(actor=actor("office"), now=NOW, sign_up=row, approve=True, role="administrator")
        assert not User.objects.get(email="li@tea.example").is_active  # nothing was half-written

    def test_an_address_that_is_known_gives_nothing_away(self) -> None:
        known = member("owner").user
        before = known.password
        assert _ask(email=known.email.upper()) is None
        assert User.objects.get(pk=known.pk).password == before
        assert SignUp.objects.count() == 0

    @pytest.mark.parametrize("role", ["office", "steward", "auditor", "administrator", "visitor", "x"])
    def test_roles_of_trust_cannot_be_asked_for(self, role: str) -> None:
        with pytest.raises(InputError, match="cannot be asked for"):
            _ask(role=role)

    def test_a_weak_password_is_refused_with_its_reason(self) -> None:
        with pytest.raises(InputError) as caught:
            _ask(password="12345678")
        assert caught.value.where.column == "password"


class TestAccount:
    def test_a_person_changes_her_own(self) -> None:
        row = member("unit")
        usecases.edit_account(actor=_actor(row), now=NOW, user=row.user, name_zh="王", name_en="Wang", language="en")
        assert User.objects.get(pk=row.user_id).language == "en"

    def test_and_nobody_elses(self) -> None:
        with pytest.raises(NotAllowed):
            usecases.edit_account(
                actor=actor("administrator"), now=NOW, user=member("unit").user, name_zh="王", name_en="", language=""
            )

    def test_demo_accounts_are_closed(self) -> None:
        row = member("unit", is_demo=True)
        assert usecases.close_demo_accounts(actor=system(), now=NOW) == 1
        user = User.objects.get(pk=row.user_id)
        assert (user.is_active, user.has_usable_password()) == (False, False)
        with pytest.raises(NotAllowed):
            usecases.close_demo_accounts(actor=actor("office"), now=NOW)


class TestLinks:
    ACTION = "agreements.answer_breakdown"

    def _send(self, unit: Organisation | None = None) -> tuple[OneTimeLink, str]:
        unit = unit or organisation(kind="unit")
        return usecases.send_link(
            actor=actor("office"), now=NOW, organisation=unit, action=self.ACTION, target=commitment(lead_unit=unit)
        )

    def test_only_the_hash_is_kept(self) -> None:
        link, token = self._send()
        assert link.token_hash == hash_of_token(token)
        assert token not in str(AuditRecord.objects.values())
        assert link.expires_at == NOW + timedelta(days=settings.CONFIG["QIUPU_LINK_DAYS"])

    def test_its_holder_may_do_that_one_thing_for_that_unit(self) -> None:
        link, token = self._send()
        who, found = usecases.use_link(token, NOW)
        assert found == link
        require(who, self.ACTION, link.organisation_id)
        assert not may(who, self.ACTION, link.organisation_id + 1)
        assert not may(who, "agreements.confirm", link.organisation_id)
        assert not may(who, "parties.issue_token")

    def test_it_opens_once(self) -> None:
        _link, token = self._send()
        who, link = usecases.use_link(token, NOW)
        usecases.redeem_link(actor=who, now=NOW, link=link)
        with pytest.raises(Conflict, match="used already"):
            usecases.use_link(token, NOW)
        with pytest.raises(Conflict, match="used already"):
            usecases.redeem_link(actor=who, now=NOW, link=link)

    def test_it_ends_with_its_time(self) -> None:
        link, token = self._send()
        usecases.use_link(token, link.expires_at - timedelta(seconds=1))
        with pytest.raises(Conflict, match="expired"):
            usecases.use_link(token, link.expires_at)

    def test_it_can_be_withdrawn_but_not_after_its_use(self) -> None:
        link, token = self._send()
        usecases.revoke_link(actor=actor("office"), now=NOW, link=link)
        with pytest.raises(Conflict, match="withdrawn"):
            usecases.use_link(token, NOW)
        used, other = self._send()
        who, used = usecases.use_link(other, NOW)
        usecases.redeem_link(actor=who, now=NOW, link=used)
        with pytest.raises(Conflict):
            usecases.revoke_link(actor=actor("office"), now=NOW, link=used)

    def test_a_newer_link_replaces_the_older(self) -> None:
        unit = organisation(kind="unit")
        row, office = commitment(lead_unit=unit), actor("office")
        sent = [usecases.send_link(actor=office, now=NOW, organisation=unit, action=self.ACTION, target=row)[1] for _ in range(2)]
        with pytest.raises(Conflict, match="replaced"):
            usecases.use_link(sent[0], NOW)
        assert usecases.use_link(sent[1], NOW)

    def test_an_unknown_one_is_named_so(self) -> None:
        with pytest.raises(NotFound, match="no such link"):
            usecases.use_link("x" * 43, NOW)

    def test_somebody_else_does_not_redeem_it(self) -> None:
        link, _token = self._send()
        with pytest.raises(NotAllowed):
            usecases.redeem_link(actor=actor("unit", link.organisation), now=NOW, link=link)

    def test_units_send_none(self) -> None:
        unit = organisation(kind="unit")
        with pytest.raises(NotAllowed):
            usecases.send_link(actor=actor("unit", unit), now=NOW, organisation=unit, action=self.ACTION, target=unit)


class TestTokens:
    def test_it_acts_as_the_membership_within_its_scopes(self) -> None:
        row = member("supplier")
        token, secret = usecases.issue_token(actor=_actor(row), now=NOW, membership=row, name="ci", scopes=["trials.*"], days=30)
        who = usecases.actor_of_token(secret, NOW)
        assert (who.role, who.organisation_id, who.via) == ("supplier", row.organisation_id, "api")
        assert may(who, "trials.enter", row.organisation_id)
        assert not may(who, "capabilities.register", row.organisation_id)
        assert secret not in str(ApiToken.objects.values())
        assert secret.startswith(token.prefix)

    def test_it_never_makes_another_token(self) -> None:
        row = member("supplier")
        _token, secret = usecases.issue_token(actor=_actor(row), now=NOW, membership=row, name="ci", scopes=["parties.*"], days=30)
        with pytest.raises(NotAllowed, match="cannot make another"):
            usecases.issue_token(
                actor=usecases.actor_of_token(secret, NOW), now=NOW, membership=row, name="more", scopes=["trials.*"], days=30
            )

    @pytest.mark.parametrize("fields", [{"scopes": ["everything"]}, {"days": 0}, {"days": 367}])
    def test_scopes_and_days_are_checked(self, fields: dict[str, object]) -> None:
        row = member("supplier")
        with pytest.raises(InputError):
            usecases.issue_token(actor=_actor(row), now=NOW, membership=row, **{"name": "x", "scopes": [], "days": 9, **fields})

    def test_nobody_makes_one_for_somebody_else(self) -> None:
        with pytest.raises(NotAllowed):
            usecases.issue_token(actor=actor("administrator"), now=NOW, membership=member("supplier"), name="x", scopes=[], days=9)

    def test_it_ends_when_revoked_expired_or_the_person_is_closed(self) -> None:
        row = member("supplier")
        own = _actor(row)
        token, secret = usecases.issue_token(actor=own, now=NOW, membership=row, name="x", scopes=[], days=1)
        with pytest.raises(NotAllowed):
            usecases.actor_of_token(secret, NOW + timedelta(days=1))
        User.objects.filter(pk=row.user_id).update(is_active=False)
        with pytest.raises(NotAllowed):
            usecases.actor_of_token(secret, NOW)
        User.objects.filter(pk=row.user_id).update(is_active=True)
        with pytest.raises(NotAllowed):
            usecases.revoke_token(actor=actor("supplier"), now=NOW, token=token)
        usecases.revoke_token(actor=own, now=NOW, token=token)
        with pytest.raises(NotAllowed, match="not valid"):
            usecases.actor_of_token(secret, NOW)
