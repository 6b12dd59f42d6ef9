"""The profile grows from public facts: announced verdicts, ordered projects, countersigned evidence; nothing hidden leaks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.entries import entry
from tests.factories import NOW, organisation

from qiupu_web.parties.models import DifferentOrganisations, Organisation
from qiupu_web.projects.models import Acceptance, Milestone, MilestoneEvidence, Project
from qiupu_web.projects.rules import PROJECT
from qiupu_web.trials.enums import TrialState
from qiupu_web.trials.models import Decision, Entry, TrialVersion
from qiupu_web.trials.queries import ANNOUNCED_STATES

pytestmark = pytest.mark.django_db
LANGS = ("zh-hans", "en")
HIDDEN = [state for state in TrialState if state not in ANNOUNCED_STATES or state == TrialState.VOID]


def decided(of: Organisation, state: str, verdict: str = "pass", number: int = 0) -> Entry:
    """An entry with a decision in a trial in a state; the trial's version in force is 0."""
    row = entry(of, state)
    row.name_en, row.name_zh = "Secret entry", "秘密作品"
    row.save()
    version = TrialVersion.objects.create(trial=row.trial, number=number, task={}, public_truth=row.artifact, created_at=NOW)
    Decision.objects.create(entry=row, version=version, verdict=verdict, n=100, method="test", decided_at=NOW)
    return row


def project(of: Organisation, state: str, title: str = "Ordered project") -> Project:
    return Project.objects.create(
        code=f"p-{Project.objects.count()}",
        title_en=title,
        scenario=make.scenario(),
        supplier=of,
        created_at=NOW,
        **PROJECT.begin(state, NOW),
    )


def milestone(of: Project, state: str, title: str) -> Milestone:
    number = of.milestones.count() + 1
    return Milestone.objects.create(project=of, number=number, title_en=title, state=state, state_since=NOW)


@pytest.mark.parametrize("state", HIDDEN)
def test_what_was_not_announced_never_appears(client: Client, state: str) -> None:
    row = organisation("tea")
    decided(row, state)
    for reader in (client, _signed_in(row)):
        page = reader.get("/en/organisations/tea/").content.decode()
        assert "Secret" not in page
        assert "Blind trials passed" not in page
        assert 'class="empty"' in page


@pytest.mark.parametrize("state", [one for one in ANNOUNCED_STATES if one != TrialState.VOID])
def test_what_was_announced_appears(client: Client, state: str) -> None:
    decided(organisation("tea"), state)
    page = client.get("/en/organisations/tea/").content.decode()
    assert "Secret entry" in page
    assert "1 of 1 decided" in page


def test_a_verdict_of_an_older_version_no_longer_counts(client: Client) -> None:
    row = organisation("tea")
    one = decided(row, "passed")
    one.trial.version = 1
    one.trial.save()
    assert "Secret" not in client.get("/en/organisations/tea/").content.decode()


def _signed_in(row: Organisation) -> Client:
    client = Client()
    client.force_login(make.member("supplier", row).user)
    return client


@pytest.mark.parametrize("lang", LANGS)
def test_evidence_of_ordered_projects_is_shown(client: Client, lang: str) -> None:
    row = organisation("tea")
    ordered = project(row, "building")
    met = milestone(ordered, "met", "Gates connected")
    MilestoneEvidence.objects.create(milestone=met, added_at=NOW, added_by="a", note="Secret note", countersigned_at=NOW)
    MilestoneEvidence.objects.create(milestone=met, added_at=NOW, added_by="a", note="Secret draft")
    milestone(ordered, "scheduled", "Secret plan")
    Acceptance.objects.create(project=ordered, verdict="pass", measured_at=NOW, measured_by="Owner")
    page = client.get(f"/{lang}/organisations/tea/").content.decode()
    assert "Gates connected" in page
    assert {"en": "1 piece of evidence countersigned", "zh-hans": "1 份佐证材料已会签"}[lang] in page
    assert {"en": "Measured again on fresh data", "zh-hans": "验收时用新数据重新测量"}[lang] in page
    assert f"/{lang}/agreements/scorecards/tea/" in page
    assert "Secret" not in page


@pytest.mark.parametrize("state", ["candidate", "selected", "approved"])
def test_projects_before_the_order_stay_hidden(client: Client, state: str) -> None:
    early = project(organisation("tea"), state, "Secret project")
    milestone(early, "met", "Secret milestone")
    Acceptance.objects.create(project=early, verdict="pass", measured_at=NOW, measured_by="Owner")
    assert "Secret" not in client.get("/en/organisations/tea/").content.decode()


def test_neither_private_promises_nor_doubts_of_the_office_leak(client: Client) -> None:
    row, other = organisation("tea"), organisation("other", name_en="Secret twin")
    DifferentOrganisations.objects.create(first=row, second=other, note="Secret", decided_at=NOW, decided_by="office")
    of = make.statement(make.agreement(is_public=False))
    make.commitment(of, lead_unit=row, title_en="Secret promise", state="met")
    assert "Secret" not in client.get("/en/organisations/tea/").content.decode()


def test_a_long_record_asks_as_much_as_a_short_one(client: Client, django_assert_max_num_queries: Any) -> None:
    row, counts = organisation("tea"), []
    for n in (1, 2):
        for _ in range(n):
            decided(row, "passed", number=0)
            milestone(project(row, "building"), "met", "M")
        with django_assert_max_num_queries(40) as captured:
            client.get("/en/organisations/tea/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
