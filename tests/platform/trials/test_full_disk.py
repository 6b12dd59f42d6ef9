"""The disk fills while an entry is sent, scored or a trial sealed: nothing is lost or half-written, and a sentence says what to do.

As root on a real small file system that is full; else (and besides) by a limit on the size of files, which fails in the same place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.factories import NOW
from tests.trials_world import DAY, World, inputs_csv, predictions, truth_csv

from qiupu.errors import PlatformError
from qiupu_web.parties.models import User
from qiupu_web.trials import tasks, usecases
from qiupu_web.trials.models import Entry, LadderState, Score

pytestmark = [pytest.mark.django_db]
Full = Callable[[], AbstractContextManager[None]]


@contextlib.contextmanager
def small_files() -> Iterator[None]:
    """No file may grow beyond 100 bytes; Python ignores the signal, so that a write fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def filling(folder: Path) -> Full:
    @contextlib.contextmanager
    def full() -> Iterator[None]:
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
            while True:
                stream.write(b"\0" * 4096)
        with pytest.raises(OSError, match="No space left") as found:
            (folder / "probe").write_bytes(b"\0" * 5000)
        assert found.value.errno == errno.ENOSPC
        try:
            yield
        finally:
            filler.unlink()

    return full


@pytest.fixture(params=["tmpfs", "limit"])
def full(request: Any, tmp_path: Path, settings: Any) -> Iterator[Full]:
    settings.HOME, settings.MEDIA_ROOT = tmp_path, str(tmp_path / "files")
    if request.param == "limit":
        yield small_files
        return
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system; the limit on files stands for it")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(tmp_path)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield filling(tmp_path)
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and path.name not in ("filler", "probe")}


def test_an_entry_that_is_sent(full: Full, tmp_path: Path) -> None:
    world = World()
    trial = world.open()
    before = files(tmp_path)
    with full(), pytest.raises(PlatformError) as found:
        world.enter(trial)
    assert found.value.code == "disk-full"
    assert "make room" in found.value.cure("en")
    assert "磁盘已满" in found.value.message("zh-hans")
    assert not Entry.objects.exists()
    assert files(tmp_path) == before  # no half a file
    entry = world.score(world.enter(trial))
    assert (entry.state, entry.number) == ("scored", 1)
    assert usecases.entries_counted(trial, {world.supplier_org.pk}) == 1


def test_an_entry_that_is_sent_by_the_page(full: Full) -> None:
    """The form comes back with the sentence and with what was typed; pressing again sends it."""
    world = World()
    trial = world.open()
    client = Client()
    client.force_login(User.objects.get(pk=world.supplier.user_id), backend="allauth.account.auth_backends.AuthenticationBackend")
    with translation.override("en"):
        address = reverse("trials:enter", args=[trial.code])

    def send() -> Any:
        given = {"kind": "predictions", "name_en": "Typed by hand", "accept_terms": "on"}
        return client.post(address, {**given, "file": SimpleUploadedFile("mine.csv", predictions())})

    with full():
        answer = send()
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "The disk of this server is full. Nothing was stored, nothing was counted." in page
    assert "Typed by hand" in page
    assert not Entry.objects.exists()
    assert send().status_code == 302
    assert Entry.objects.count() == 1


def test_an_entry_that_is_scored(full: Full, tmp_path: Path) -> None:
    """The Ladder's memory cannot be written: a fault of ours, the quota is given back, and it is tried again by itself."""
    world = World()
    trial = world.open()
    entry = world.enter(trial)
    with full():
        world.score(entry)
    assert (entry.state, entry.error_code, entry.quota_returned) == ("platform-error", "platform", True)
    assert not Score.objects.exists()
    assert not [row for row in LadderState.objects.all() if row.state]
    # The watchdog queues it again once its time has come; by now there is room.
    tasks.watch(entry.state_due_at + timedelta(seconds=1))
    entry.refresh_from_db()
    world.score(entry)
    assert (entry.state, entry.attempt, entry.quota_returned) == ("scored", 2, False)
    assert Score.objects.get(split="feedback", metric="accuracy").attempt == 2
    assert LadderState.objects.get().state["answers"] == 1


def test_a_trial_that_is_sealed(full: Full) -> None:
    """The second approval writes the salts; without room neither approval nor seal is half there."""
    world = World()
    trial = world.with_data()
    world.declare(trial)
    usecases.approve_seal(actor=world.steward, now=NOW, trial=trial)
    with full(), pytest.raises(PlatformError) as found:
        usecases.approve_seal(actor=world.second, now=NOW, trial=trial)
    assert found.value.code == "disk-full"
    trial.refresh_from_db()
    version = trial.versions.get()
    assert (trial.state, version.sealed_at, version.approvals.count()) == ("data-check", None, 1)
    usecases.approve_seal(actor=world.second, now=NOW, trial=trial)
    trial.refresh_from_db()
    assert trial.state == "sealed"
    trial = usecases.open_trial(actor=world.steward, now=NOW, trial=trial, closes_at=NOW + 9 * DAY)
    assert world.score(world.enter(trial)).state == "scored"


def test_data_that_are_brought(full: Full, tmp_path: Path) -> None:
    world = World()
    trial = world.draft()

    def bring() -> Any:
        return usecases.add_data(
            actor=world.owner_actor, now=NOW, trial=trial, task={"metrics": ["accuracy"]}, truth=truth_csv(), inputs=inputs_csv()
        )

    with full(), pytest.raises(PlatformError) as found:
        bring()
    assert found.value.code == "disk-full"
    trial.refresh_from_db()
    assert (trial.state, trial.versions.count()) == ("draft", 0)
    assert bring().number == 1
