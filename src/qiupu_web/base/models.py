"""Rows that serve every concept: the chain of audit records and files kept by their hash."""

from __future__ import annotations

from typing import Any

from django.db import models


class AuditRecord(models.Model):
    """One outermost use case: who did what to which thing, and what changed. Rows are never changed or deleted.

    ``hash`` covers the record and ``previous_hash``, so a row that is altered or removed breaks the chain.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    action = models.CharField(max_length=80, db_index=True)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_name = models.CharField(max_length=200)
    organisation_code = models.CharField(max_length=60, blank=True, db_index=True)
    role = models.CharField(max_length=20, blank=True)
    via = models.CharField(max_length=20)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    target_label = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=list)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"

    @property
    def thing(self) -> str:
        """What it was done to, as one word such as ``trials.trial:7``."""
        return f"{self.target_type}:{self.target_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise TypeError("audit records are never deleted")


class StoredFile(models.Model):
    """A file kept once under its hash; ``name`` is what it was called when it first came."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "sha256"]

    def __str__(self) -> str:
        return self.name


class Stateful(models.Model):
    """What a thing with a life cycle keeps about its present state: since when, who has to act, until when, and why."""

    state = models.CharField(max_length=30, db_index=True)
    state_since = models.DateTimeField()
    state_owner = models.CharField(max_length=30, blank=True, help_text="Role that has to act now; empty means nobody.")
    state_due_at = models.DateTimeField(null=True, blank=True, help_text="Until when; empty means explicitly none.")
    reason_code = models.CharField(max_length=40, blank=True)
    reason_note = models.TextField(blank=True)

    class Meta:
        abstract = True


class Leased(models.Model):
    """Work that one worker holds for a time. ``attempt`` is the fencing token: a result of an older attempt is not taken."""

    attempt = models.PositiveIntegerField(default=0)
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, db_index=True)
    progress = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True


class Submission(models.Model):
    """A form that was sent: its one-time key, so that a second press of the button changes nothing."""

    key = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
    location = models.CharField(max_length=300, blank=True)


class ImportBatch(models.Model):
    """A table on its way in: the file, which column is which, what a dry run found, what came in, and what stood there before.

    ``results`` holds one item a row that came in: row, code, what (created, changed), before and after, so that it can be undone.
    """

    kind = models.CharField(max_length=30)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    mapping = models.JSONField(default=dict, help_text="Our column to the file's column.")
    faults = models.JSONField(default=list, help_text="Rows that cannot come in: row, column, sentence and cure in both languages.")
    plan = models.JSONField(default=dict, help_text="What the dry run would do: created, changed, same.")
    results = models.JSONField(default=list)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    checked_at = models.DateTimeField(null=True, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-added_at", "-id"]
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.kind}: {self.file_name}"
