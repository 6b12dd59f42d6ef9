"""A blind trial of one scenario: what is sealed, who entered, what was scored. Hidden labels are never rows: see ``vault.py``."""

from __future__ import annotations

from django.db import models

from qiupu_web.base.bilingual import words
from qiupu_web.base.models import Leased, Stateful, StoredFile
from qiupu_web.capabilities.models import Capability
from qiupu_web.parties.models import Organisation, User
from qiupu_web.scenarios.enums import Direction
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials.enums import (
    EntryKind,
    EntryState,
    InputMode,
    NextStep,
    ObjectionState,
    Split,
    TaskKind,
    TrialState,
    Verdict,
)


class Trial(Stateful):
    """One trial. Its data, splits and rules live in versions; ``version`` is the one in force."""

    code = models.SlugField(max_length=60, unique=True)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="trials")
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, choices=TaskKind.choices)
    metric = models.CharField(max_length=40)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    bar = models.FloatField()
    bar_rule_zh = models.TextField(blank=True, help_text="How the bar was set, from the public sample only.")
    bar_rule_en = models.TextField(blank=True)
    level = models.FloatField(default=0.95)
    quota = models.PositiveIntegerField(default=10, help_text="Entries an organisation may send.")
    input_mode = models.CharField(max_length=10, choices=InputMode.choices, default=InputMode.RELEASED)
    version = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    next_step = models.CharField(max_length=20, choices=NextStep.choices, blank=True)
    next_owner = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    next_due_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False, help_text="Public data from elsewhere: shows the mechanism, not secrecy.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["state", "code"])]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    @property
    def bar_rule(self) -> object:
        """How the bar was set, in the reader's language."""
        return words(self, "bar_rule")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return self.state_word(self.state)

    @staticmethod
    def state_word(state: str) -> str:
        """Any state's word in the reader's language."""
        return str(TrialState(state).label)


class TrialVersion(models.Model):
    """What was sealed: hashes of data, splits, scorer, metric, bar, quota and rules; and the files that anybody may have."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    task = models.JSONField(help_text="The task as the engine reads it.")
    data_card = models.JSONField(default=dict)
    findings = models.JSONField(default=list, help_text="What the data check found.")
    public_truth = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    public_inputs = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hidden_inputs = models.ForeignKey(
        StoredFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Inputs of all hidden items, in one file.",
    )
    history = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    example_entry = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    n_public = models.PositiveIntegerField(default=0)
    n_feedback = models.PositiveIntegerField(default=0)
    n_final = models.PositiveIntegerField(default=0)
    n_groups_final = models.PositiveIntegerField(null=True, blank=True)
    seed = models.BigIntegerField(default=0)
    manifest = models.JSONField(default=dict)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    unsealed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["trial", "number"]
        constraints = [models.UniqueConstraint(fields=["trial", "number"], name="trial_version_once")]

    def __str__(self) -> str:
        return f"{self.trial} v{self.number}"


class SealApproval(models.Model):
    """One of the two approvals that sealing or unsealing needs, by two different people."""

    version = models.ForeignKey(TrialVersion, on_delete=models.CASCADE, related_name="approvals")
    what = models.CharField(max_length=10, choices=[("seal", "seal"), ("unseal", "unseal")])
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        ordering = ["version", "at", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "what", "user"], name="approve_once")]


class Interest(models.Model):
    """A declaration of interest; a person with a conflict does not seal, unseal, review or decide in that trial."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="interests")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    has_conflict = models.BooleanField()
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["trial", "at", "id"]
        constraints = [models.UniqueConstraint(fields=["trial", "user"], name="one_declaration_each")]


class Entry(Stateful, Leased):
    """One submission of one organisation. ``error_code`` is a fixed code, never a program's own words about hidden data."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="entries")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="entries")
    capability = models.ForeignKey(Capability, null=True, blank=True, on_delete=models.SET_NULL, related_name="entries")
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    number = models.PositiveIntegerField(help_text="Counts the organisation's entries to this trial.")
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    artifact = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    is_final = models.BooleanField(default=False, help_text="The one that counts; by default the one with the best feedback.")
    is_baseline = models.BooleanField(default=False, help_text="A starter solution or the naive rule.")
    terms_version = models.CharField(max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    public_log = models.TextField(blank=True, help_text="Log of the run on the public sample only.")
    tier = models.CharField(max_length=40, blank=True, help_text="Which sandbox ran it.")
    seconds_bucket = models.CharField(max_length=20, blank=True)
    memory_bucket = models.CharField(max_length=20, blank=True)
    quota_returned = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Faults of the platform since it was last scored.")
    artifact_deleted_at = models.DateTimeField(null=True, blank=True)
    deletion = models.JSONField(default=dict, blank=True, help_text="The signed record that the program was deleted.")
    queued_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["trial", "created_at", "id"]
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["trial", "organisation", "number"], name="entry_number_once")]

    def __str__(self) -> str:
        return f"{self.name} · {self.organisation}"

    @property
    def name(self) -> object:
        """What the supplier calls it, in the reader's language."""
        return words(self, "name")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(EntryState(self.state).label)


class Score(models.Model):
    """A measured value of one entry on one split, with its interval and everything that is needed to compute it again."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="scores")
    version = models.ForeignKey(TrialVersion, on_delete=models.PROTECT, related_name="scores")
    split = models.CharField(max_length=10, choices=Split.choices)
    metric = models.CharField(max_length=40)
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    level = models.FloatField()
    n = models.PositiveIntegerField()
    method = models.CharField(max_length=80)
    seed = models.BigIntegerField()
    engine_version = models.CharField(max_length=40)
    input_hashes = models.JSONField(default=dict)
    attempt = models.PositiveIntegerField()
    scored_at = models.DateTimeField()

    class Meta:
        ordering = ["entry", "split", "metric", "id"]
        constraints = [models.UniqueConstraint(fields=["entry", "version", "split", "metric"], name="score_once")]


class Decision(models.Model):
    """Is the bar met? One-sided bounds at the trial's level, from the final split only."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="decisions")
    version = models.ForeignKey(TrialVersion, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField()
    n_needed = models.PositiveIntegerField(null=True, blank=True)
    method = models.CharField(max_length=80)
    survives_holm = models.BooleanField(null=True, blank=True)
    rank_low = models.PositiveIntegerField(null=True, blank=True)
    rank_high = models.PositiveIntegerField(null=True, blank=True)
    tie_group = models.PositiveIntegerField(null=True, blank=True)
    receipt = models.JSONField(default=dict, help_text="The signed record that anybody can verify offline.")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["version", "rank_low", "id"]
        constraints = [models.UniqueConstraint(fields=["entry", "version"], name="decision_once")]


class LadderState(models.Model):
    """What the Ladder remembers of an organisation in one version, so that feedback cannot be mined."""

    version = models.ForeignKey(TrialVersion, on_delete=models.CASCADE, related_name="ladders")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    state = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "organisation"], name="ladder_once")]


class Objection(Stateful):
    """An objection of a supplier, decided by somebody who did not score."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="objections")
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.SET_NULL, related_name="objections")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="objections")
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    filed_at = models.DateTimeField()

    class Meta:
        ordering = ["trial", "filed_at", "id"]

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(ObjectionState(self.state).label)
