"""One record an outermost use case, a chain that shows tampering, and a database that refuses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import Error, connection, connections
from tests.factories import NOW, actor

from qiupu.errors import NotAllowed
from qiupu_web.base import triggers
from qiupu_web.base.audit import GENESIS, broken_links, touched, usecase
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.actors import VISITOR, system
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.usecases import create_organisation, decide_sign_up, edit_organisation, file_sign_up


def _some(count: int) -> None:
    for number in range(count):
        create_organisation(actor=system(), now=NOW, kind="unit", code=f"u{number}", name_zh=f"局{number}")


@pytest.mark.django_db
class TestChain:
    def test_each_record_carries_the_hash_of_the_one_before(self) -> None:
        _some(3)
        first, second, third = AuditRecord.objects.order_by("number")
        assert (first.number, first.previous_hash) == (1, GENESIS)
        assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
        assert list(broken_links()) == []

    def test_a_changed_record_is_found(self) -> None:
        _some(3)
        AuditRecord.objects.filter(number=2).update(actor_name="somebody else")
        assert list(broken_links()) == [2]

    def test_a_removed_record_is_found_at_its_successor(self) -> None:
        _some(3)
        AuditRecord.objects.filter(number=2).delete()
        assert list(broken_links()) == [3]

    def test_a_record_changed_with_its_hash_breaks_the_next(self) -> None:
        # Whoever also writes a new hash into the record has changed what the next one must carry.
        _some(2)
        AuditRecord.objects.filter(number=1).update(hash="f" * 64)
        assert list(broken_links()) == [1, 2]

    def test_the_command_says_where_it_is_broken(self, capsys: pytest.CaptureFixture[str]) -> None:
        _some(2)
        call_command("check_audit")
        assert "whole: 2 records" in capsys.readouterr().out
        AuditRecord.objects.filter(number=1).update(role="office")
        with pytest.raises(SystemExit) as stopped:
            call_command("check_audit")
        assert stopped.value.code == 1

    def test_a_refused_use_case_leaves_neither_record_nor_row(self) -> None:
        with pytest.raises(NotAllowed):
            create_organisation(actor=VISITOR, now=NOW, kind="unit", name_zh="局")
        assert not AuditRecord.objects.exists()
        assert not Organisation.objects.exists()

    def test_a_nested_use_case_is_a_child_of_the_outer_record(self) -> None:
        row = file_sign_up(
            actor=VISITOR, now=NOW, email="a@b.cn", password="river-and-tea", organisation_name="茶厂", role="owner", name_zh="李"
        )
        assert row is not None
        decide_sign_up(actor=actor("office"), now=NOW, sign_up=row, approve=True)
        assert [one.action for one in AuditRecord.objects.order_by("number")] == ["parties.sign_up", "parties.decide_sign_up"]
        children = [part["action"] for part in AuditRecord.objects.get(number=2).changes if "action" in part]
        assert children == ["parties.create_organisation", "parties.add_member"]

    def test_what_changed_is_kept_before_and_after(self) -> None:
        _some(1)
        unit = Organisation.objects.get()
        edit_organisation(actor=system(), now=NOW, organisation=unit, region="贵池区")
        assert AuditRecord.objects.get(number=2).changes[0]["changed"] == {"region": ["", "贵池区"]}

    def test_a_record_cannot_be_deleted_or_saved_twice_through_its_model(self) -> None:
        _some(1)
        record = AuditRecord.objects.get()
        with pytest.raises(TypeError, match="never deleted"):
            record.delete()


@pytest.fixture
def guarded() -> Iterator[None]:
    with connection.schema_editor() as editor:
        triggers.install(editor)
    yield
    with connection.schema_editor() as editor:
        triggers.remove(editor)


@pytest.mark.django_db(transaction=True)
class TestTriggers:
    STATEMENTS = (
        "UPDATE base_auditrecord SET actor_name = 'x'",
        "DELETE FROM base_auditrecord",
        "DELETE FROM base_auditrecord WHERE number = 1",
    )

    @pytest.mark.parametrize("statement", STATEMENTS)
    def test_the_database_refuses(self, guarded: None, statement: str) -> None:
        _some(2)
        with connection.cursor() as cursor, pytest.raises(Error, match="never changed or deleted"):
            cursor.execute(statement)
        assert AuditRecord.objects.count() == 2
        assert list(broken_links()) == []

    def test_postgresql_refuses_to_truncate(self, guarded: None) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has no TRUNCATE")
        _some(1)
        with connection.cursor() as cursor, pytest.raises(Error, match="never changed or deleted"):
            cursor.execute("TRUNCATE base_auditrecord")
        assert AuditRecord.objects.count() == 1

    def test_records_are_still_written(self, guarded: None) -> None:
        _some(3)
        assert AuditRecord.objects.count() == 3

    def test_the_migration_installs_them(self) -> None:
        with connection.schema_editor() as editor:
            triggers.remove(editor)
        call_command("migrate", "base", "0001", verbosity=0)
        call_command("migrate", verbosity=0)  # everything: going back took what depends on it along
        try:
            _some(1)
            with connection.cursor() as cursor, pytest.raises(Error, match="never changed or deleted"):
                cursor.execute("DELETE FROM base_auditrecord")
        finally:
            with connection.schema_editor() as editor:
                triggers.remove(editor)


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_keep_one_chain() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time; PostgreSQL is what this is about")
    faults: list[BaseException] = []

    @usecase("parties.create_organisation_together")
    def create(*, actor: object, now: object, code: str) -> None:
        touched(Organisation.objects.create(code=code, kind="unit", name_en=code))

    def write(letter: str) -> None:
        try:
            for number in range(5):
                create(actor=system(), now=NOW, code=f"{letter}{number}")
        except BaseException as error:  # a thread's error must reach the test
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    from qiupu_web.base.audit import USE_CASES  # taken out again, other tests walk over it

    USE_CASES.pop("parties.create_organisation_together")
    assert faults == []
    assert list(AuditRecord.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 21))
    assert list(broken_links()) == []
