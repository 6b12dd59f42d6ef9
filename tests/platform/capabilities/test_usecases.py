"""Capabilities: what is written, who may, which moves are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests import factories as make
from tests.factories import NOW

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.usecases import (
    edit_capability,
    publish_capability,
    record_proof,
    register_capability,
    withdraw_capability,
)
from qiupu_web.parties.actors import VISITOR, system

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier():
    return make.organisation(kind="startup")


@pytest.fixture
def seller(supplier):
    return make.actor("supplier", supplier)


def register(actor, supplier, **fields):
    words = {"field": "smart-tourism", "title_en": "Hourly forecasts", "body_en": "Forecasts by the hour.", **fields}
    return register_capability(actor=actor, now=NOW, supplier=supplier, **words)


def test_registering_writes_a_draft_and_one_record(seller, supplier):
    row = register(seller, supplier, price_cny=Decimal(180_000))
    assert (row.state, row.code, row.supplier) == ("draft", "hourly-forecasts", supplier)
    record = AuditRecord.objects.get()
    assert record.action == "capabilities.register"
    assert record.target_id == str(row.pk)


def test_a_code_is_made_from_the_title_and_numbered_when_taken(seller, supplier):
    codes = [register(seller, supplier).code for _ in range(3)]
    assert codes == ["hourly-forecasts", "hourly-forecasts-2", "hourly-forecasts-3"]
    assert register(seller, supplier, title_en="", title_zh="客流预测").code.startswith("capability-")


@pytest.mark.parametrize(
    "fields, column",
    [
        ({"title_en": ""}, "title_zh"),
        ({"field": "smart-moon"}, "field"),
        ({"deployment": "everywhere"}, "deployment"),
        ({"price_cny": Decimal(0)}, "price_cny"),
        ({"code": "no spaces"}, "code"),
        ({"code": "new"}, "code"),
    ],
)
def test_what_cannot_be_kept_names_its_field(seller, supplier, fields, column):
    with pytest.raises(InputError) as caught:
        register(seller, supplier, **fields)
    assert caught.value.where.column == column
    assert Capability.objects.count() == 0
    assert AuditRecord.objects.count() == 0


def test_a_taken_code_is_a_conflict(seller, supplier):
    register(seller, supplier, code="C-1")
    with pytest.raises(Conflict) as caught:
        register(seller, supplier, code="C-1")
    assert "C-1" in caught.value.message("en")


def test_nobody_registers_for_another_supplier(supplier):
    for actor in (make.actor("supplier"), make.actor("owner"), VISITOR):
        with pytest.raises(NotAllowed):
            register(actor, supplier)


def test_publishing_needs_words_about_what_it_does(seller, supplier):
    row = register(seller, supplier, body_en="")
    with pytest.raises(InputError):
        publish_capability(actor=seller, now=NOW, capability=row)
    edit_capability(actor=seller, now=NOW, capability=row, body_zh="按小时预测。")
    publish_capability(actor=seller, now=NOW, capability=row)
    assert Capability.objects.get().state == "published"


def test_a_published_one_cannot_lose_its_words(seller, supplier):
    row = register(seller, supplier)
    publish_capability(actor=seller, now=NOW, capability=row)
    with pytest.raises(InputError):
        edit_capability(actor=seller, now=NOW, capability=row, body_en="")


def test_withdrawn_and_taken_up_again(seller, supplier):
    row = register(seller, supplier)
    publish_capability(actor=seller, now=NOW, capability=row)
    withdraw_capability(actor=seller, now=NOW, capability=row)
    with pytest.raises(Conflict):
        withdraw_capability(actor=seller, now=NOW, capability=row)
    publish_capability(actor=seller, now=NOW, capability=row)
    assert Capability.objects.get().state == "published"


def test_an_edit_records_before_and_after(seller, supplier):
    row = register(seller, supplier)
    edit_capability(actor=seller, now=NOW, capability=row, title_en="Forecasts by the hour")
    change = AuditRecord.objects.order_by("-number").first().changes[0]["changed"]["title_en"]
    assert change == ["Hourly forecasts", "Forecasts by the hour"]


def test_code_and_supplier_cannot_be_edited(seller, supplier):
    row = register(seller, supplier)
    with pytest.raises(TypeError):
        edit_capability(actor=seller, now=NOW, capability=row, code="other")


def test_a_proof_is_kept_once_and_brought_up_to_date(supplier):
    row = make.capability(supplier)
    for outcome in ("undecided", "pass", "pass"):
        record_proof(actor=system(), now=NOW, capability=row, kind="verdict", key="trial:1", outcome=outcome)
    assert [one.outcome for one in row.proofs.all()] == ["pass"]


def test_a_supplier_cannot_prove_itself(seller, supplier):
    with pytest.raises(NotAllowed):
        record_proof(actor=seller, now=NOW, capability=make.capability(supplier), kind="verdict", key="x", outcome="pass")
