"""How trials end: decisions, conclusions, objections, voiding, records, deletion of code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW
from tests.trials_world import DAY, World, predictions

from qiupu.errors import Conflict, InputError, NotAllowed
from qiupu_web.base.models import AuditRecord, StoredFile, Submission
from qiupu_web.parties.actors import system
from qiupu_web.trials import bridge, tasks, usecases
from qiupu_web.trials.models import Decision

pytestmark = pytest.mark.django_db


def test_a_trial_is_decided_once() -> None:
    world = World()
    trial = world.open()
    world.score(world.enter(trial))
    world.decide(trial)
    assert Decision.objects.count() == 1
    assert tasks.decide_trial.call(trial.pk) == "not-closed"
    board = bridge.FinalBoard((), 0)
    with pytest.raises(Conflict):
        usecases.decide_entries(actor=system("worker"), now=NOW, trial=trial, board=board)
    with pytest.raises(NotAllowed):
        usecases.decide_entries(actor=world.steward, now=NOW, trial=trial, board=board)


def test_an_undecided_trial_needs_a_next_step_an_owner_and_a_day() -> None:
    """Every fifth of 200 final items turned around: 160 right, exactly on the bar of 0.8, so nothing is shown."""
    world = World()
    trial = world.open(is_demo=True)
    world.score(world.enter(trial, predictions(5)))
    world.announced(trial)
    assert Decision.objects.get().verdict == "undecided"
    usecases.open_objections(actor=world.steward, now=NOW + 42 * DAY, trial=trial)
    with pytest.raises(InputError, match="do not decide"):
        usecases.conclude_trial(actor=world.office, now=NOW + 42 * DAY, trial=trial)
    trial.refresh_from_db()
    usecases.conclude_trial(
        actor=world.office,
        now=NOW + 42 * DAY,
        trial=trial,
        next_step="fresh-items",
        next_owner=world.owner,
        next_due_on=(NOW + 90 * DAY).date(),
    )
    assert (trial.state, trial.next_step) == ("undecided", "fresh-items")


def test_objections_hold_the_conclusion_until_they_are_decided_by_somebody_else() -> None:
    world = World()
    trial = world.open()
    world.score(world.enter(trial))
    world.announced(trial)
    usecases.open_objections(actor=world.steward, now=NOW + 42 * DAY, trial=trial)
    trial.refresh_from_db()
    over = trial.state_due_at + timedelta(hours=1)
    with pytest.raises(Conflict, match="still runs"):
        usecases.conclude_trial(actor=world.office, now=NOW + 43 * DAY, trial=trial)
    with pytest.raises(NotAllowed, match="Only an organisation that entered"):
        usecases.file_objection(
            actor=factories.actor("supplier", world.owner), now=NOW + 42 * DAY, trial=trial, organisation=world.owner, text="No."
        )
    objection = usecases.file_objection(
        actor=world.supplier, now=NOW + 42 * DAY, trial=trial, organisation=world.supplier_org, text="The clock was wrong."
    )
    with pytest.raises(Conflict, match="not decided"):
        usecases.conclude_trial(actor=world.office, now=over, trial=trial)
    with pytest.raises(NotAllowed, match="sealed or unsealed"):
        usecases.answer_objection(actor=world.auditor, now=over, objection=objection, answer="No.", outcome="declined")
    usecases.answer_objection(actor=world.office, now=over, objection=objection, answer="It was.", outcome="upheld")
    with pytest.raises(Conflict, match="upheld"):
        usecases.conclude_trial(actor=world.office, now=over, trial=trial)
    usecases.void_trial(actor=world.steward, now=over, trial=trial, reason="objection")
    assert trial.state == "void"


def test_voiding_needs_a_reason_and_ends_what_waits() -> None:
    world = World()
    trial = world.open()
    entry = world.enter(trial)
    with pytest.raises(Conflict, match="Say why"):
        usecases.void_trial(actor=world.steward, now=NOW, trial=trial, reason="")
    usecases.void_trial(actor=world.steward, now=NOW, trial=trial, reason="leak")
    entry.refresh_from_db()
    assert (entry.state, entry.reason_code, entry.quota_returned) == ("cancelled", "void", True)


def test_each_use_case_leaves_one_record_of_the_right_action() -> None:
    world = World()
    trial = world.with_data()
    world.declare(trial)
    assert list(AuditRecord.objects.order_by("number").values_list("action", flat=True)) == [
        "trials.draft", "trials.add_data", *["trials.declare_interest"] * 4,
    ]  # fmt: skip
    usecases.approve_seal(actor=world.steward, now=NOW, trial=trial)
    record = AuditRecord.objects.first()
    assert (record.action, record.role, record.target_type) == ("trials.seal", "steward", "trials.trial")
    assert StoredFile.objects.exists()
    assert not Submission.objects.exists()


def test_code_is_deleted_when_the_terms_say_so_and_a_signed_record_stays() -> None:
    from tests.trials_world import program

    from qiupu_web.base.blobs import path_of

    world = World()
    trial = world.open()
    entry = world.enter(trial, program("# never run"), kind="code", name="mine.zip")
    same = world.enter(trial, predictions())
    usecases.void_trial(actor=world.steward, now=NOW + 2 * DAY, trial=trial, reason="other")
    assert tasks.watch(NOW + 91 * DAY) == 0
    assert path_of(entry.artifact_id).exists()
    assert tasks.watch(NOW + 93 * DAY) == 1
    entry.refresh_from_db()
    assert not path_of(entry.artifact_id).exists()
    assert path_of(same.artifact_id).exists()
    assert entry.deletion["payload"]["entry_sha256"] == entry.artifact_id
    assert tasks.watch(NOW + 94 * DAY) == 0
