"""Programs run in the sandbox: public words of the public sample, coarse words of the hidden data."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.factories import NOW
from tests.trials_world import DAY, PREDICT, World, program

from qiupu.sandbox import probe
from qiupu_web.trials.models import Score
from qiupu_web.trials.tasks import Ticks

pytestmark = [pytest.mark.django_db, pytest.mark.sandbox]


@pytest.fixture(autouse=True)
def _needs_sandbox(settings: Any) -> None:
    found = probe()
    if found.error is not None:
        pytest.skip(f"no sandbox can be had here: {found.error}")
    ticking(settings, 0)


def ticking(settings: Any, seconds: int) -> None:
    settings.CONFIG = replace(settings.CONFIG, values={**settings.CONFIG.values, "QIUPU_HIDDEN_TICK_S": seconds})


def test_the_end_of_a_hidden_run_is_seen_at_ticks_only(settings: Any) -> None:
    """A program that waits on hidden data for half a second ends for its author when one that does not would: at the tick."""
    ticking(settings, 4)
    world = World()
    trial = world.open()
    began: list[float] = []
    for wait in (0.0, 0.5):
        source = PREDICT.replace("rows = list(", f"import time; time.sleep({wait}); rows = list(")
        entry = world.enter(trial, program(source), kind="code", name="mine.zip", now=NOW + DAY + timedelta(seconds=wait))
        began.append(time.monotonic())
        assert world.score(entry).state == "scored"
        # The public run comes first, so the whole takes one tick and a little more.
        assert 4 <= time.monotonic() - began[-1] < 8
        assert entry.progress == ""


@pytest.mark.parametrize("worked,waited", [(0.05, 0.4), (0.5, 0.8)])
def test_ticks_are_counted_from_the_start_of_the_hidden_run(worked: float, waited: float) -> None:
    """After 0.05 s the first tick is at 0.4 s; after 0.5 s the next is at 0.8 s."""
    told: list[str] = []
    ticks = Ticks(told.append, 0.4)
    ticks.tell("public")
    before = time.monotonic()
    ticks.wait()
    assert time.monotonic() - before < 0.2  # nothing hidden has run yet
    began = time.monotonic()
    ticks.tell("hidden")
    time.sleep(worked)
    ticks.wait()
    assert time.monotonic() - began == pytest.approx(waited, abs=0.15)
    assert told == ["public", "hidden"]


def test_code_is_run_and_scored() -> None:
    world = World()
    trial = world.open()
    entry = world.score(world.enter(trial, program(), kind="code", name="mine.zip"))
    assert (entry.state, entry.error_code) == ("scored", "")
    assert "reading /input" in entry.public_log
    assert entry.seconds_bucket == "<1min"
    assert entry.tier.startswith("bubblewrap/")
    assert Score.objects.get(entry=entry, split="feedback").value > 0.95
    public = {score.metric: score for score in Score.objects.filter(entry=entry, split="public")}
    assert set(public) == {"accuracy", "macro_f1"}
    assert public["accuracy"].n == 80
    # The final split is scored on the very same run.
    world.decide(trial)
    assert entry.decisions.get().verdict == "pass"


def test_a_failure_on_the_public_sample_shows_its_log() -> None:
    world = World()
    entry = world.score(world.enter(world.open(), program("raise SystemExit('no such column: q')"), kind="code", name="mine.zip"))
    assert (entry.state, entry.error_code) == ("supplier-error", "public-failed")
    assert "no such column: q" in entry.public_log
    assert not entry.quota_returned


def test_a_failure_on_hidden_data_tells_a_fixed_code_and_nothing_else() -> None:
    """The program reads the hidden inputs and tries to carry them out by its words, its output and its exit status."""
    world = World()
    source = PREDICT.replace(
        "rows = list(",
        "import sys\nn = sum(1 for _ in open(a.input / 'inputs.csv'))\n"
        "if n > 100:\n    print('HIDDEN', open(a.input / 'inputs.csv').read(), file=sys.stderr); sys.exit(17)\nrows = list(",
    )
    entry = world.score(world.enter(world.open(), program(source), kind="code", name="mine.zip"))
    assert (entry.state, entry.error_code) == ("supplier-error", "failed")
    assert "HIDDEN" not in entry.public_log
    assert "17" not in entry.error_code
    assert not Score.objects.filter(entry=entry).exists()


def test_bad_predictions_for_hidden_data_are_not_described() -> None:
    world = World()
    source = PREDICT.replace("rows = list(csv", "rows = [r for r in csv").replace('inputs.csv")))', 'inputs.csv")) if 1][:120]')
    entry = world.score(world.enter(world.open(), program(source), kind="code", name="mine.zip"))
    assert (entry.state, entry.error_code) == ("supplier-error", "bad-output")
    assert "missing" not in entry.public_log


def test_withheld_inputs_take_programs_only_and_never_lie_in_the_store() -> None:
    from qiupu.errors import InputError
    from qiupu_web.base.models import StoredFile

    world = World()
    trial = world.open(input_mode="withheld")
    version = trial.versions.get()
    assert version.hidden_inputs is None
    assert not StoredFile.objects.filter(name__endswith="-inputs.csv").exclude(pk=version.public_inputs_id).exists()
    with pytest.raises(InputError, match="withheld"):
        world.enter(trial)
    entry = world.score(world.enter(trial, program(), kind="code", name="mine.zip"))
    assert entry.state == "scored"
