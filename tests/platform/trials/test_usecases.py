"""What use cases of trials write and refuse: permissions, states, quota, two people, fencing, new versions."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from tests import factories
from tests.factories import NOW
from tests.trials_world import DAY, World, inputs_csv, predictions, truth_csv, truth_frame

from qiupu.errors import Conflict, InputError, NotAllowed, PlatformError, TableError
from qiupu_web.base.models import AuditRecord
from qiupu_web.parties.actors import system
from qiupu_web.trials import tasks, usecases, vault
from qiupu_web.trials.models import Entry, LadderState, Score, SealApproval, TrialVersion

pytestmark = pytest.mark.django_db


def test_the_question_must_make_sense() -> None:
    world = World()
    for wrong in ({"metric": "mase"}, {"direction": "lower"}, {"bar": 80.0}, {"quota": 0}, {"closes_at": NOW - DAY}):
        with pytest.raises(InputError):
            world.draft(**wrong)


def test_who_may_draft_seal_open_and_enter() -> None:
    world = World()
    stranger = factories.actor("owner")
    with pytest.raises(NotAllowed):
        world.draft(actor=stranger)
    trial = world.with_data()
    with pytest.raises(NotAllowed):
        usecases.approve_seal(actor=world.owner_actor, now=NOW, trial=trial)
    with pytest.raises(NotAllowed):
        usecases.open_trial(actor=world.office, now=NOW, trial=trial)
    trial = World().open()
    with pytest.raises(NotAllowed):
        world.enter(trial, actor=factories.actor("supplier"))


def test_labels_are_neither_in_the_database_nor_in_the_store_nor_readable_in_the_vault(tmp_path: Path, settings: Any) -> None:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    world = World()
    trial = world.open()
    world.score(world.enter(trial))
    hidden = truth_frame().filter(truth_frame()["split"] != "public").select("id", "target").rows()
    lines = [f"{one},{answer}".encode() for one, answer in hidden]
    folder = tmp_path
    entry_file = Entry.objects.get().artifact_id  # what the supplier herself sent holds her own answers
    example = TrialVersion.objects.get().example_entry_id  # one and the same word for every item
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in (entry_file, example) and "sqlite" not in path.name:
            data = path.read_bytes()
            assert not [line for line in lines if line in data], path
    text = json.dumps(list(AuditRecord.objects.values_list("changes", flat=True))) + json.dumps(
        list(TrialVersion.objects.values_list("manifest", "findings", "task")), default=str
    )
    assert not [line for line in lines if line.decode() in text]
    assert LadderState.objects.get().state == {"answers": 1, "best": 1.0}


def test_the_final_labels_open_only_after_two_people() -> None:
    world = World()
    trial = world.open()
    version = trial.versions.get()
    world.score(world.enter(trial))
    with pytest.raises(Conflict):
        vault.open_final(version)
    usecases.close_trial(actor=world.steward, now=NOW + DAY, trial=trial)
    usecases.approve_unseal(actor=world.steward, now=NOW + DAY, trial=trial)
    with pytest.raises(Conflict, match="another person"):
        usecases.approve_unseal(actor=world.steward, now=NOW + DAY, trial=trial)
    with pytest.raises(Conflict):
        vault.open_final(version)
    usecases.approve_unseal(actor=world.auditor, now=NOW + DAY, trial=trial)
    assert vault.open_final(version).startswith(b"id,target")


def test_a_ciphertext_moved_elsewhere_or_changed_does_not_open() -> None:
    world = World()
    trial = world.open()
    version = trial.versions.get()
    folder = Path(settings.HOME) / "vault" / f"{trial.pk}-{trial.code}" / "v1"
    feedback, final = folder / "feedback.bin", folder / "final.bin"
    kept = feedback.read_bytes()
    feedback.write_bytes(final.read_bytes())
    with pytest.raises(PlatformError):
        vault.open_feedback(version)
    feedback.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(PlatformError):
        vault.open_feedback(version)
    feedback.unlink()
    with pytest.raises(PlatformError):
        vault.open_feedback(version)
    with pytest.raises(Conflict):
        vault.stow(version, vault.FEEDBACK, b"other")


def test_sealing_needs_two_impartial_people_and_no_blocking_finding() -> None:
    world = World()
    trial = world.with_data()
    with pytest.raises(Conflict, match="whether you have an interest"):
        usecases.approve_seal(actor=world.steward, now=NOW, trial=trial)
    usecases.declare_interest(actor=world.steward, now=NOW, trial=trial, has_conflict=True, note="my brother works there")
    with pytest.raises(NotAllowed):
        usecases.approve_seal(actor=world.steward, now=NOW, trial=trial)
    with pytest.raises(Conflict):
        usecases.declare_interest(actor=world.steward, now=NOW, trial=trial, has_conflict=False)
    for actor in (world.second, world.auditor):
        usecases.declare_interest(actor=actor, now=NOW, trial=trial, has_conflict=False)
    version = usecases.approve_seal(actor=world.second, now=NOW, trial=trial)
    assert version.sealed_at is None
    with pytest.raises(Conflict, match="another person"):
        usecases.approve_seal(actor=world.second, now=NOW, trial=trial)
    version.findings = [{"severity": "block"}]
    version.save()
    with pytest.raises(Conflict, match="blocking"):
        usecases.approve_seal(actor=world.auditor, now=NOW, trial=trial)
    version.findings = []
    version.save()
    sealed = usecases.approve_seal(actor=world.auditor, now=NOW, trial=trial)
    assert sealed.manifest_sha256
    assert {one.role for one in SealApproval.objects.all()} == {"steward", "auditor"}
    trial.refresh_from_db()
    assert trial.state == "sealed"


def test_a_person_of_a_partner_or_an_entrant_is_not_impartial() -> None:
    world = World()
    trial = world.with_data()
    partner = factories.actor("steward", factories.organisation(kind="partner"))
    usecases.declare_interest(actor=partner, now=NOW, trial=trial, has_conflict=False)
    with pytest.raises(NotAllowed):
        usecases.approve_seal(actor=partner, now=NOW, trial=trial)


def test_equal_labels_get_different_hashes_in_each_seal() -> None:
    first, second = World().sealed().versions.get(), World().sealed().versions.get()
    one, other = first.manifest["inputs"], second.manifest["inputs"]
    assert one["public.csv"] == other["public.csv"]
    assert one["final labels (salted)"] != other["final labels (salted)"]


def test_data_that_cannot_be_used_are_refused_with_their_place() -> None:
    world = World()
    trial = world.draft()

    def add(**given: object) -> None:
        usecases.add_data(
            actor=world.owner_actor, now=NOW, trial=trial, **{"task": {}, "truth": truth_csv(), "inputs": inputs_csv(), **given}
        )

    with pytest.raises(TableError, match="split"):
        add(truth=truth_csv().replace(b",final", b",finale"))
    with pytest.raises(TableError, match="no input"):
        add(inputs=b"\n".join(inputs_csv().splitlines()[:-3]))
    with pytest.raises(TableError, match="belong to no item"):
        add(inputs=inputs_csv() + b"zz,0.1,0.2\n")
    with pytest.raises(TableError, match="give the answer away"):
        add(inputs=truth_csv().replace(b",split", b",x", 1))
    with pytest.raises(InputError):
        add(task={"kind": "regression"})
    assert not TrialVersion.objects.exists()
    assert trial.state == "draft"


def test_without_a_split_column_the_engine_divides_by_a_secret_seed() -> None:
    world = World()
    trial = world.draft()
    truth = truth_frame().select("id", "target").write_csv().encode()
    version = usecases.add_data(actor=world.owner_actor, now=NOW, trial=trial, task={}, truth=truth, inputs=inputs_csv(), seed=3)
    assert (version.n_public, version.n_feedback, version.n_final) == (80, 120, 200)
    assert version.seed == 3


def test_the_quota_is_shared_by_affiliates_and_refused_files_cost_nothing() -> None:
    world = World()
    trial = world.open(quota=2)
    daughter = factories.organisation(parent=world.supplier_org)
    sister = factories.actor("supplier", daughter)
    with pytest.raises(TableError):
        world.enter(trial, b"id,prediction\n1,yes\n")
    with pytest.raises(InputError):
        world.enter(trial, accept_terms=False)
    world.enter(trial)
    world.enter(trial, actor=sister, organisation=daughter)
    with pytest.raises(Conflict, match="quota"):
        world.enter(trial)
    assert Entry.objects.count() == 2
    with pytest.raises(NotAllowed, match="owns the need"):
        world.enter(trial, actor=factories.actor("supplier", world.owner), organisation=world.owner)


def test_a_cancelled_entry_that_learned_nothing_gives_its_quota_back() -> None:
    world = World()
    trial = world.open(quota=1)
    entry = world.enter(trial)
    usecases.cancel_entry(actor=world.supplier, now=NOW + DAY, entry=entry)
    again = world.score(world.enter(trial))
    usecases.cancel_entry(actor=world.supplier, now=NOW + DAY, entry=again)
    with pytest.raises(Conflict, match="quota"):
        world.enter(trial)
    assert tasks.score_entry.call(entry.pk) == "not-free"


def test_after_the_closing_date_no_entry_is_taken() -> None:
    world = World()
    trial = world.sealed()
    usecases.open_trial(actor=world.steward, now=NOW, trial=trial, closes_at=NOW + DAY)
    with pytest.raises(Conflict, match="closed"):
        world.enter(trial, now=NOW + 2 * DAY)
    assert tasks.watch(NOW + 2 * DAY) >= 1
    trial.refresh_from_db()
    assert trial.state == "closed"


def test_the_ladder_tells_the_best_so_far_and_affiliates_share_it() -> None:
    world = World()
    trial = world.open()
    daughter = factories.organisation(parent=world.supplier_org)
    best = world.score(world.enter(trial))
    worse = world.score(world.enter(trial, predictions(3), actor=factories.actor("supplier", daughter), organisation=daughter))
    values = dict(Score.objects.filter(split="feedback").values_list("entry_id", "value"))
    assert values == {best.pk: 1.0, worse.pk: 1.0}
    stranger = factories.organisation()
    other = world.score(world.enter(trial, predictions(3), actor=factories.actor("supplier", stranger), organisation=stranger))
    # Every third of 120 turned around: 80 right, 0.67 rounded to its standard error's grain (0.043: two digits).
    assert Score.objects.get(entry=other).value == pytest.approx(0.67)


def test_the_named_entry_counts_else_the_best_on_feedback() -> None:
    world = World()
    trial = world.open()
    weak = world.score(world.enter(trial, predictions(3)))
    strong = world.score(world.enter(trial))
    version = trial.versions.get()
    assert usecases.final_entries(trial, version) == [strong]
    usecases.name_final_entry(actor=world.supplier, now=NOW + DAY, entry=weak)
    assert usecases.final_entries(trial, version) == [weak]
    usecases.name_final_entry(actor=world.supplier, now=NOW + DAY, entry=strong)
    assert usecases.final_entries(trial, version) == [strong]
    assert Entry.objects.filter(is_final=True).count() == 1


def test_a_late_attempt_is_refused_and_its_successor_is_taken_once() -> None:
    world = World()
    trial = world.open()
    entry = world.enter(trial)
    worker = system("worker")
    first = usecases.claim_entry(actor=worker, now=NOW, entry_id=entry.pk, holder="a")
    assert first == 1
    assert usecases.claim_entry(actor=worker, now=NOW, entry_id=entry.pk, holder="b") is None
    late = NOW + timedelta(seconds=settings.CONFIG["QIUPU_LEASE_S"] + 1)
    second = usecases.claim_entry(actor=worker, now=late, entry_id=entry.pk, holder="b")
    assert second == 2
    version = trial.versions.get()
    entry.refresh_from_db()
    measured = usecases.measure_feedback(version, entry, predictions(), "mine.csv")
    given = {"actor": worker, "now": late, "entry_id": entry.pk, "version_id": version.pk, "measured": measured}
    assert usecases.record_feedback(attempt=first, **given) is False
    assert not Score.objects.exists()
    assert (
        usecases.record_failure(actor=worker, now=late, entry_id=entry.pk, attempt=first, state="invalid", code="bad-file") is False
    )
    assert usecases.record_feedback(attempt=second, **given) is True
    assert usecases.record_feedback(attempt=second, **given) is False
    assert Score.objects.filter(split="feedback").count() == 1
    assert LadderState.objects.get().state["answers"] == 1


def test_the_watchdog_ends_every_stuck_state_and_gives_the_quota_back() -> None:
    world = World()
    trial = world.open(quota=1)
    entry = world.enter(trial)
    worker, now = system("worker"), NOW + DAY
    for round_ in range(3):
        assert usecases.claim_entry(actor=worker, now=now, entry_id=entry.pk, holder="dies") is not None
        now += timedelta(seconds=settings.CONFIG["QIUPU_LEASE_S"] + 1)
        assert tasks.watch(now) >= 1
        entry.refresh_from_db()
        assert entry.state == ("queued" if round_ < 2 else "cancelled")
    assert (entry.reason_code, entry.error_code, entry.quota_returned) == ("platform", "platform", True)
    assert world.score(world.enter(trial)).state == "scored"


def test_a_fault_of_ours_is_tried_again_by_itself() -> None:
    world = World()
    trial = world.open(quota=1)
    entry = world.enter(trial)
    version = trial.versions.get()
    place = Path(settings.HOME) / "vault" / f"{trial.pk}-{trial.code}" / "v1" / "feedback.bin"
    kept = place.read_bytes()
    place.unlink()  # the disk with the vault is away for a moment
    world.score(entry)
    assert (entry.state, entry.error_code, entry.quota_returned) == ("platform-error", "platform", True)
    place.write_bytes(kept)
    tasks.watch(entry.state_due_at + timedelta(seconds=1))
    world.score(entry)
    assert (entry.state, entry.failures, entry.quota_returned) == ("scored", 0, False)
    assert version.scores.count() == 1


def test_a_new_version_before_closing_scores_everybody_again() -> None:
    world = World()
    trial = world.open()
    entry = world.score(world.enter(trial))
    frame = truth_frame().sort("target")
    usecases.add_data(
        actor=world.owner_actor, now=NOW + DAY, trial=trial, task={}, truth=truth_csv(frame), inputs=inputs_csv(frame)
    )
    trial.refresh_from_db()
    assert trial.version == 1  # not in force before it is sealed
    usecases.approve_seal(actor=world.steward, now=NOW + DAY, trial=trial)
    usecases.approve_seal(actor=world.second, now=NOW + DAY, trial=trial)
    trial.refresh_from_db()
    entry.refresh_from_db()
    assert (trial.version, trial.state, entry.state) == (2, "open", "queued")
    assert world.score(entry).state == "scored"
    assert set(Score.objects.values_list("version__number", flat=True)) == {1, 2}
    usecases.close_trial(actor=world.steward, now=NOW + 2 * DAY, trial=trial)
    with pytest.raises(Conflict):
        usecases.add_data(actor=world.owner_actor, now=NOW + DAY, trial=trial, task={}, truth=truth_csv(), inputs=inputs_csv())
