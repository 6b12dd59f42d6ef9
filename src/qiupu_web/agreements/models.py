"""A signed text, its statements with their quotes, and the commitments drawn from them."""

from __future__ import annotations

from django.db import models

from qiupu_web.agreements.enums import (
    CommitmentState,
    ConfirmedBy,
    Disposition,
    EvidenceKind,
    MoneyKind,
    OverrideReason,
    Strength,
    TextKind,
)
from qiupu_web.base.bilingual import words
from qiupu_web.base.models import Stateful, StoredFile
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Membership, Organisation, User


class Agreement(models.Model):
    """One text, kept as it was read; offsets of clauses and statements point into ``text``."""

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20, choices=TextKind.choices)
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10)
    text = models.TextField()
    source = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT)
    reading = models.JSONField(default=dict, help_text="Parties, people, dates and clauses as the reader gave them.")
    signed_on = models.CharField(max_length=10, blank=True, help_text="As far as the text gives it: 2024-12-24 or --12-24.")
    twin = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="twins",
        help_text="The same text in the other language.",
    )
    same_as = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="other_sources",
        help_text="The text of the same agreement that is worked with; this one is another source of it.",
    )
    is_invented = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    engine_version = models.CharField(max_length=40)
    text_sha256 = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-added_at", "id"]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")


class AgreementParty(models.Model):
    """A party as the text names it, and the organisation that it is here."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="agreement_parties"
    )
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=30, blank=True)
    is_partner = models.BooleanField(default=False, help_text="The party that is a supplier like any other inside a trial.")

    class Meta:
        ordering = ["agreement", "id"]
        constraints = [models.UniqueConstraint(fields=["agreement", "name"], name="party_once_in_an_agreement")]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """One sentence of a text: whose words, hope or duty, with its quote; ``disposition`` says what the office made of it."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    clause = models.CharField(max_length=30, blank=True)
    speaker = models.CharField(max_length=200, blank=True)
    debtor = models.CharField(max_length=200, blank=True)
    creditor = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=300, blank=True)
    object = models.TextField(blank=True)
    field = models.CharField(max_length=30, blank=True)
    due = models.CharField(max_length=60, blank=True)
    quantity = models.CharField(max_length=120, blank=True)
    strength = models.CharField(max_length=10, choices=Strength.choices)
    confidence = models.FloatField(null=True, blank=True)
    disposition = models.CharField(max_length=20, choices=Disposition.choices, default=Disposition.WAITING, db_index=True)
    disposition_note = models.TextField(blank=True)
    twin = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The same statement in the text's other language; what became of one became of both.",
    )

    class Meta:
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="statement_number_once"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="statement_has_length"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}.{self.number} {self.quote[:40]}"


class Commitment(Stateful):
    """Who owes what to whom, in which field, by when, measured how; drawn from a statement."""

    code = models.SlugField(max_length=60, unique=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="commitments")
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    field = models.CharField(max_length=30, choices=Field.choices, blank=True)
    debtor = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="owed")
    creditor = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="due_to")
    lead_unit = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="led")
    supporting_units = models.ManyToManyField(Organisation, blank=True, related_name="supported")
    due_on = models.DateField(null=True, blank=True)
    measure_zh = models.TextField(blank=True)
    measure_en = models.TextField(blank=True)
    answer_note = models.TextField(blank=True, help_text="What the unit said when it accepted or returned.")
    approvals_passed = models.PositiveSmallIntegerField(default=0, help_text="How many steps have approved its present words.")
    amends = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="amended_by")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["state", "due_on"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    @property
    def measure(self) -> object:
        """How it is measured, in the reader's language."""
        return words(self, "measure")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(CommitmentState(self.state).label)


class Confirmation(models.Model):
    """One party's confirmation of a commitment: on line, by link, or by a stamped scan with its hash."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="confirmations")
    party = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="confirmations")
    how = models.CharField(max_length=10, choices=ConfirmedBy.choices)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    scan = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["commitment", "at", "id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "party"], name="one_confirmation_each_party")]


class Evidence(models.Model):
    """A fact that shows a commitment moving. ``address`` is the path of the page it comes from; ``key`` makes it idempotent."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices)
    key = models.CharField(max_length=120, help_text="Which thing it tells of, such as trial:12.")
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=30, blank=True)
    document = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    recorded_by_organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    countersigned_at = models.DateTimeField(null=True, blank=True)
    countersigned_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["commitment", "recorded_at", "id"]
        constraints = [models.UniqueConstraint(fields=["commitment", "kind", "key"], name="evidence_once")]

    @property
    def title(self) -> object:
        """What it says, in the reader's language."""
        return words(self, "title")


class ApprovalStep(models.Model):
    """One of the zero to three steps that an agreement's breakdown passes before the parties are asked to confirm it."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="approval_steps")
    number = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The one person who approves; empty means anybody who acts for the unit.",
    )

    class Meta:
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="approval_step_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=3), name="approval_steps_at_most_three"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.organisation}"


class Approval(models.Model):
    """What one step decided. A change of the commitment's words makes it void, and it stays readable."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="approvals")
    step = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    is_approved = models.BooleanField()
    comment = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True, help_text="For whom a stand-in acted.")
    at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["commitment", "at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "step"], condition=models.Q(is_approved=True, void_at=None), name="a_step_approves_once"
            )
        ]


class StandIn(models.Model):
    """Somebody acts for a member of an organisation from one day to another, both included."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="stand_ins")
    stand_in = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken back.")

    class Meta:
        ordering = ["-from_on", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(until_on__gte=models.F("from_on")), name="stand_in_ends_after_it_begins")
        ]


class MoneyEntry(models.Model):
    """Money of a commitment: so much was agreed, was paid in or has landed on a day. An entry is struck out, never changed."""

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="money")
    kind = models.CharField(max_length=10, choices=MoneyKind.choices)
    amount_cny = models.DecimalField(max_digits=16, decimal_places=2)
    on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    document = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    recorded_by_organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.CharField(max_length=200, blank=True)
    struck_note = models.TextField(blank=True)

    class Meta:
        ordering = ["commitment", "on", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(amount_cny__gt=0), name="money_is_above_zero")]


class LightOverride(models.Model):
    """A light set by hand, with a reason and until a day; the rule decides again after it."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="overrides")
    state = models.CharField(max_length=20, choices=CommitmentState.choices)
    reason = models.CharField(max_length=20, choices=OverrideReason.choices)
    note = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    until_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["commitment", "-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["commitment"], condition=models.Q(ended_at=None), name="one_open_override_each")
        ]
