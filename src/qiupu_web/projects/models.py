"""A contracted scenario, its checkpoints, and the documents that show them met."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from qiupu_web.base.bilingual import words
from qiupu_web.base.models import Stateful, StoredFile
from qiupu_web.parties.models import Organisation
from qiupu_web.projects.enums import AcceptanceVerdict, BenefitState, Degree, DocumentKind, MilestoneState, ProjectState, RiskState
from qiupu_web.scenarios.enums import Direction
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials.models import Entry, Trial


class Project(Stateful):
    """One project for one scenario by one supplier, usually after a passed trial."""

    code = models.SlugField(max_length=60, unique=True)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="projects")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")
    trial = models.ForeignKey(Trial, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    budget_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    committed_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    paid_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_invented = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(ProjectState(self.state).label)


class Milestone(Stateful):
    """One checkpoint of a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    number = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True, blank=True)
    payment_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField(null=True, blank=True, help_text="Empty for rows that are older than this field.")

    class Meta:
        ordering = ["project", "number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="milestone_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def code(self) -> str:
        """Its word in tables: the project's code and its own number."""
        return f"{self.project.code}#{self.number}"

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(MilestoneState(self.state).label)


class MilestoneEvidence(models.Model):
    """A document that shows a milestone met, and who countersigned it."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="evidence")
    document = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT)
    note = models.TextField(blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    added_by_organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    countersigned_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["milestone", "added_at", "id"]


class Acceptance(models.Model):
    """The metric measured again on fresh data against the bar that was set before; or a waiver, with its reason.

    The data themselves are the owner's and are not kept; their hashes are, so that whoever has them can measure again.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="acceptances")
    verdict = models.CharField(max_length=10, choices=AcceptanceVerdict.choices)
    metric = models.CharField(max_length=40, blank=True)
    direction = models.CharField(max_length=10, choices=Direction.choices, blank=True)
    bar = models.FloatField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True, help_text="One-sided bound at ``level``; the verdict follows from it.")
    high = models.FloatField(null=True, blank=True)
    level = models.FloatField(null=True, blank=True)
    n = models.PositiveIntegerField(null=True, blank=True)
    n_needed = models.PositiveIntegerField(null=True, blank=True)
    method = models.CharField(max_length=80, blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    file_hashes = models.JSONField(default=dict, help_text="sha256 of truth, predictions, history; of the trial's manifest.")
    truth_sha256 = models.CharField(max_length=64, blank=True, db_index=True, help_text="Fresh data serve once.")
    reason = models.TextField(blank=True, help_text="Why nothing was measured; only of a waiver.")
    measured_at = models.DateTimeField()
    measured_by = models.CharField(max_length=200)
    measured_by_organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["project", "measured_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(verdict="waived", reason=""), name="waiver_has_a_reason"),
            models.UniqueConstraint(
                fields=["project", "truth_sha256"], condition=~models.Q(truth_sha256=""), name="fresh_data_serve_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.verdict}"


class _Registered(Stateful):
    """A numbered thing in a register of the project, titled in both languages."""

    STATES: ClassVar[type[models.TextChoices]]

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="%(class)ss")
    number = models.PositiveIntegerField()
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["project", "number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="%(class)s_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(self.STATES(self.state).label)


class Risk(_Registered):
    """What may go wrong, how likely and how grave that is, who watches it and what is done against it."""

    STATES = RiskState

    likelihood = models.CharField(max_length=10, choices=Degree.choices)
    impact = models.CharField(max_length=10, choices=Degree.choices)
    keeper = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="risks", help_text="Who watches it.")
    due_on = models.DateField(null=True, blank=True)
    measures_zh = models.TextField(blank=True)
    measures_en = models.TextField(blank=True)

    @property
    def measures(self) -> object:
        """What is done against it, in the reader's language."""
        return words(self, "measures")


class Benefit(_Registered):
    """What the project shall bring, in a unit, with what was before and what is expected. A missing figure is None, never 0."""

    STATES = BenefitState

    unit_zh = models.CharField(max_length=60, blank=True)
    unit_en = models.CharField(max_length=60, blank=True)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    baseline = models.FloatField(null=True, blank=True)
    expected = models.FloatField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="When it is to be measured.")

    @property
    def unit(self) -> object:
        """The unit, in the reader's language."""
        return words(self, "unit")


class BenefitMeasurement(models.Model):
    """One value of a benefit: when it held, how it was found, what shows it, who wrote it down and who looked at it."""

    benefit = models.ForeignKey(Benefit, on_delete=models.CASCADE, related_name="measurements")
    value = models.FloatField()
    measured_on = models.DateField()
    how = models.TextField()
    document = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    recorded_by_organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["benefit", "measured_on", "id"]


class ContractDocument(models.Model):
    """A document of the contract, kept under its hash."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    name = models.CharField(max_length=200, help_text="What the file was called when it was added here.")
    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    signed_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    is_invented = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    added_by_organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["project", "added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "document"], name="contract_document_once")]

    def __str__(self) -> str:
        return self.name


class Replication(models.Model):
    """A project that works is taken over by another unit: a new need that links back, and what was carried over to it."""

    source = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="replications")
    scenario = models.OneToOneField(Scenario, on_delete=models.CASCADE, related_name="replicates")
    carried = models.JSONField(default=list, help_text="Names of the fields that were carried over.")
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["source", "created_at", "id"]

    def __str__(self) -> str:
        return f"{self.source.code} → {self.scenario.code}"
