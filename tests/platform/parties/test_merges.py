"""Two rows that are one organisation: found, merged, told apart, undone exactly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories as make
from tests.entries import entry
from tests.factories import NOW, actor, commitment, member, organisation

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties import usecases
from qiupu_web.parties.merging import count_rows, references
from qiupu_web.parties.models import DifferentOrganisations, Membership, Organisation, OrganisationMerge
from qiupu_web.parties.queries import stands_for, suspected, visible_to

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, but the records of what was done."""
    left_out = {"base.auditrecord", "parties.organisationmerge"}
    tables = (model for model in apps.get_models(include_auto_created=True) if model._meta.label_lower not in left_out)
    return {model._meta.label_lower: list(model._base_manager.order_by("pk").values()) for model in tables}


def merge(office: Any, kept: Organisation, merged: Organisation, **fields: Any) -> OrganisationMerge:
    return usecases.merge_organisations(actor=office, now=NOW, kept=kept, merged=merged, **fields)


class TestFinding:
    def test_a_pair_is_suspected_until_somebody_tells_it_apart(self) -> None:
        office = actor("office")
        one, other = organisation(name_zh="月溪数据", name_en=""), organisation(name_zh="池州市月溪数据有限公司", name_en="")
        assert [(pair.left, pair.right) for pair in suspected()] == [(one.pk, other.pk)]
        row = usecases.tell_apart(actor=office, now=NOW, one=other, other=one, note="Two firms of two brothers")
        assert (row.first_id, row.second_id) == (one.pk, other.pk)
        assert suspected() == ()
        usecases.reopen_pair(actor=office, now=NOW, different=row)
        assert len(suspected()) == 1
        assert not DifferentOrganisations.objects.exists()

    def test_two_queries_whatever_the_number(self, django_assert_num_queries: Any) -> None:
        for n in range(6):
            organisation(name_zh=f"月溪{'数据' * n}有限公司", name_en="")
        with django_assert_num_queries(2):
            assert suspected()

    def test_one_is_not_two(self) -> None:
        one = organisation()
        with pytest.raises(InputError):
            usecases.tell_apart(actor=actor("office"), now=NOW, one=one, other=one)


class TestMerging:
    def test_everything_that_named_the_one_names_the_other(self) -> None:
        office, kept, merged = actor("office"), organisation("kept"), organisation("merged")
        person, capability = member("supplier", merged), make.capability(merged)
        scenario, promise = make.scenario(merged), commitment(lead_unit=merged)
        promise.supporting_units.add(merged)
        concluded = entry(merged, "passed")
        part = organisation(parent=merged)
        row = merge(office, kept, merged)
        for one in (person, capability, scenario, promise, concluded, part, merged):
            one.refresh_from_db()
        owners = (person.organisation, capability.supplier, scenario.owner, promise.lead_unit, concluded.organisation, part.parent)
        assert set(owners) == {kept}
        assert list(promise.supporting_units.all()) == [kept]
        assert (merged.is_active, merged.merged_into) == (False, kept)
        assert row.count("moved") == 7
        assert count_rows(merged) == {}
        record = AuditRecord.objects.order_by("-number").first()
        assert record is not None
        assert record.action == "parties.merge_organisations"
        assert f"{capability.pk} moved" in str(record.changes)

    def test_the_old_name_leads_to_the_new_one_and_is_in_no_list(self) -> None:
        office, first, second, third = actor("office"), organisation("a"), organisation("b"), organisation("c")
        merge(office, second, first)
        merge(office, third, second)
        assert stands_for("a") == third
        assert stands_for("c") is None
        assert not visible_to(office).filter(code__in=["a", "b"]).exists()

    def test_values_are_chosen(self) -> None:
        kept = organisation("kept", region="池州", website="https://kept.example")
        merged = organisation("merged", region="合肥", website="https://merged.example", founded_on=NOW.date())
        row = merge(actor("office"), kept, merged, taken=["region", "founded_on"])
        kept.refresh_from_db()
        assert (kept.region, kept.website, kept.founded_on) == ("合肥", "https://kept.example", NOW.date())
        assert row.values["region"] == ["池州", "合肥"]

    def test_the_credit_code_of_the_one_that_goes_can_be_kept_and_registered_by_nobody_else(self) -> None:
        code = "9" + "0" * 16 + "N"
        office, kept, merged = actor("office"), organisation("kept"), organisation("merged", credit_code=code)
        merge(office, kept, merged, taken=["credit_code"])
        with pytest.raises(Conflict, match="registered already"):
            usecases.create_organisation(actor=office, now=NOW, kind="company", name_en="B", credit_code=code)

    def test_what_there_may_be_only_once_is_left_and_said(self) -> None:
        office, kept, merged = actor("office"), organisation("kept"), organisation("merged")
        person = member("supplier", merged).user
        Membership.objects.create(user=person, organisation=kept, role="supplier")
        promise = commitment()
        promise.supporting_units.add(kept, merged)
        row = merge(office, kept, merged)
        assert (row.count("left"), row.count("removed")) == (1, 1)
        assert list(promise.supporting_units.all()) == [kept]
        assert list(person.memberships.filter(organisation__is_active=True).values_list("organisation__code", flat=True)) == [
            "kept"
        ]

    @pytest.mark.parametrize("whose", ["kept", "merged"])
    @pytest.mark.parametrize("state, is_refused", [("open", True), ("review", True), ("passed", False), ("void", False)])
    def test_a_running_trial_refuses(self, whose: str, state: str, is_refused: bool) -> None:
        rows = {"kept": organisation("kept"), "merged": organisation("merged")}
        entry(rows[whose], state)
        if not is_refused:
            assert merge(actor("office"), **rows).pk
            return
        with pytest.raises(Conflict) as caught:
            merge(actor("office"), **rows)
        assert caught.value.code == "on-trial"
        assert "trial-1" in caught.value.message("zh-hans")
        rows["merged"].refresh_from_db()
        assert rows["merged"].is_active
        assert not OrganisationMerge.objects.exists()

    def test_a_part_is_no_duplicate(self) -> None:
        whole = organisation("whole")
        middle = organisation("middle", parent=whole)
        part = organisation("part", parent=middle)
        for kept, merged in ((whole, part), (part, whole)):
            with pytest.raises(Conflict, match="part of the other"):
                merge(actor("office"), kept, merged)

    def test_who_was_merged_is_not_merged_again(self) -> None:
        office, kept, merged, third = actor("office"), organisation(), organisation(), organisation()
        merge(office, kept, merged)
        for pair in ((third, merged), (merged, third)):
            with pytest.raises(Conflict, match="merged already"):
                merge(office, *pair)

    @pytest.mark.parametrize("role", ["unit", "owner", "supplier", "steward", "auditor"])
    def test_others_do_not(self, role: str) -> None:
        with pytest.raises(NotAllowed):
            merge(actor(role), organisation(), organisation())

    def test_every_field_that_names_an_organisation_is_found(self) -> None:
        # Counted from the models by another way: each concrete foreign key to an organisation, of links between lists as well.
        expected = {
            (model, field.name)
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model is Organisation
        }
        history = {"organisationmerge", "differentorganisations"}
        expected = {(m, name) for m, name in expected if m._meta.model_name not in history and name != "merged_into"}
        assert set(references()) == expected
        assert len(expected) > 15


class TestUndoing:
    def test_undone_twice_is_refused(self) -> None:
        office = actor("office")
        row = merge(office, organisation(), organisation())
        usecases.undo_merge(actor=office, now=NOW, merge=row)
        with pytest.raises(Conflict, match="undone already"):
            usecases.undo_merge(actor=office, now=NOW, merge=row)

    def test_a_row_that_was_given_on_stops_it_whole(self) -> None:
        office, kept, merged, third = actor("office"), organisation("kept"), organisation("merged"), organisation()
        first, second = make.capability(merged), make.capability(merged)
        row = merge(office, kept, merged)
        type(first).objects.filter(pk=second.pk).update(supplier=third)
        with pytest.raises(Conflict, match=f"capabilities.capability {second.pk}"):
            usecases.undo_merge(actor=office, now=NOW, merge=row)
        first.refresh_from_db()
        merged.refresh_from_db()
        assert first.supplier == kept
        assert not merged.is_active

    def test_a_value_that_was_changed_since_stops_it(self) -> None:
        office, kept, merged = actor("office"), organisation("kept"), organisation("merged", region="合肥")
        row = merge(office, kept, merged, taken=["region"])
        kept.refresh_from_db()
        usecases.edit_organisation(actor=office, now=NOW, organisation=kept, region="芜湖")
        with pytest.raises(Conflict, match="region"):
            usecases.undo_merge(actor=office, now=NOW, merge=row)

    def test_a_chain_is_undone_from_its_end(self) -> None:
        office, first, second, third = actor("office"), organisation(), organisation(), organisation()
        make.capability(first)
        before = everything()
        one = merge(office, second, first)
        other = merge(office, third, second)
        with pytest.raises(Conflict, match="later merge first"):
            usecases.undo_merge(actor=office, now=NOW, merge=one)
        usecases.undo_merge(actor=office, now=NOW, merge=other)
        usecases.undo_merge(actor=office, now=NOW, merge=one)
        assert everything() == before

    def test_what_came_since_stays_with_the_one_that_stayed(self) -> None:
        office, kept, merged = actor("office"), organisation(), organisation()
        row = merge(office, kept, merged)
        newer = make.capability(kept)
        usecases.undo_merge(actor=office, now=NOW + timedelta(days=1), merge=row)
        newer.refresh_from_db()
        assert newer.supplier == kept

    def test_a_trial_that_began_since_stops_it(self) -> None:
        office, kept, merged = actor("office"), organisation(), organisation()
        row = merge(office, kept, merged)
        entry(kept, "open")
        with pytest.raises(Conflict, match="share its quota"):
            usecases.undo_merge(actor=office, now=NOW, merge=row)


def in_both(one: Organisation, other: Organisation) -> None:
    """Somebody who acts for both in the same role."""
    Membership.objects.create(user=member("owner", one).user, organisation=other, role="owner")


WAYS = {
    "member": lambda one, other: member("supplier", one),
    "member of both": lambda one, other: Membership.objects.create(
        user=member("owner", one).user, organisation=other, role="owner"
    ),
    "capability": lambda one, other: make.capability(one),
    "scenario": lambda one, other: make.scenario(one),
    "led": lambda one, other: commitment(lead_unit=one, debtor=other, creditor=one),
    "supported": lambda one, other: commitment().supporting_units.add(one),
    "supported by both": lambda one, other: commitment().supporting_units.set([one, other]),
    "part": lambda one, other: organisation(parent=one),
    "entry": lambda one, other: entry(one, "none-passed"),
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(WAYS)), st.booleans()), max_size=8)
WORDS = {"region": ["", "池州", "合肥"], "credit_code": ["", "0" * 18, "9" + "0" * 16 + "N"], "founded_on": [None, NOW.date()]}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, values=st.fixed_dictionaries({name: st.tuples(*[st.sampled_from(found)] * 2) for name, found in WORDS.items()}))
def test_merge_then_undo_restores_every_row(steps: list[tuple[str, bool]], values: dict[str, tuple[Any, Any]]) -> None:
    with transaction.atomic():
        office = actor("office")
        kept = organisation(**{name: pair[0] for name, pair in values.items()})
        merged = organisation(**{name: pair[1] for name, pair in values.items()})
        for way, is_turned in steps:
            WAYS[way](*((kept, merged) if is_turned else (merged, kept)))
        before = everything()
        row = merge(office, kept, merged, taken=list(values))
        kept.refresh_from_db()
        assert {name: getattr(kept, name) for name in values} == {name: pair[1] for name, pair in values.items()}
        usecases.undo_merge(actor=office, now=NOW, merge=row)
        assert everything() == before
        transaction.set_rollback(True)  # each example begins with an empty city
