"""From a draft to a concluded trial, by use cases alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW
from tests.trials_world import DAY, World, predictions

from qiupu_web.base.audit import broken_links
from qiupu_web.base.models import AuditRecord
from qiupu_web.trials import bridge, usecases
from qiupu_web.trials.models import Decision, Score

pytestmark = pytest.mark.django_db


def test_a_trial_from_draft_to_its_conclusion() -> None:
    world = World(commitment=factories.commitment(state="confirmed"))
    trial = world.open()
    assert trial.scenario.state == "on-trial"
    other_org = factories.organisation()
    other = factories.actor("supplier", other_org)
    capability = factories.capability(world.supplier_org)
    good = world.enter(trial, capability=capability)
    weak = world.enter(trial, predictions(2), actor=other, organisation=other_org)
    baseline = world.enter(trial, predictions(3), actor=world.steward, organisation=world.owner, is_baseline=True)
    assert [world.score(entry).state for entry in (good, weak, baseline)] == ["scored"] * 3
    # 120 feedback items, none wrong: accuracy 1, and nothing to round.
    assert Score.objects.get(entry=good, split="feedback").value == 1.0

    world.announced(trial)
    usecases.open_objections(actor=world.steward, now=NOW + 42 * DAY, trial=trial)
    trial.refresh_from_db()
    usecases.conclude_trial(actor=world.office, now=trial.state_due_at + timedelta(hours=1), trial=trial)

    # 200 final items: all right gives a lower bound 0.05**(1/200) = 0.985 >= 0.8; half right fails.
    verdicts = {one.entry_id: one for one in Decision.objects.all()}
    assert verdicts[good.pk].verdict == "pass"
    assert verdicts[good.pk].low == pytest.approx(0.05 ** (1 / 200))
    assert verdicts[weak.pk].verdict == "fail"
    assert (verdicts[good.pk].rank_low, verdicts[good.pk].n) == (1, 200)
    assert trial.state == "passed"
    assert trial.next_step == "contract"
    assert capability.proofs.get().outcome == "pass"
    facts = {row.kind: row.outcome for row in trial.scenario.commitment.evidence.all()}
    assert facts == {"trial": "", "verdict": "passed"}
    assert not list(broken_links())
    assert AuditRecord.objects.filter(action="trials.decide_entries").count() == 1


def test_a_receipt_verifies_and_a_changed_one_does_not() -> None:
    world = World()
    trial = world.open()
    entry = world.score(world.enter(trial))
    world.announced(trial)
    receipt = Decision.objects.get(entry=entry).receipt
    text = bridge.receipt_text(receipt).encode()
    answer = bridge.verify(text, entry=predictions())
    assert answer.is_valid
    assert {check.code: check.ok for check in answer.checks} == {"signature": True, "entry": True}
    assert not bridge.verify(text.replace(b'"verdict": "pass"', b'"verdict": "fail"')).is_valid
    assert not bridge.verify(text, entry=predictions(2)).is_valid
