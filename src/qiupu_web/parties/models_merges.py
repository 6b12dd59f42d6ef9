"""Two rows that were one organisation, and two that a person found to be different."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from qiupu_web.parties.models import Organisation


class OrganisationMerge(models.Model):
    """One organisation taken into another: what was chosen and every row that moved, so that it can be undone exactly.

    ``values`` holds field: [before, after] of the one that stays. ``moved`` holds one item a row: its model and id, the field
    that named the organisation, and what was done (moved; removed, with the whole row, when the one that stays was named already;
    left, when both have a row that there may be only once).
    """

    kept = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="merged_as")
    reasons = models.JSONField(default=list, help_text="Why they were suspected: kind, and what each of the two says.")
    values = models.JSONField(default=dict)
    moved = models.JSONField(default=list)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-merged_at", "-id"]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"

    def count(self, what: str) -> int:
        """How many rows were moved, removed or left."""
        return sum(one["what"] == what for one in self.moved)


class DifferentOrganisations(models.Model):
    """A person looked at two organisations and found that they are two; ``first`` has the smaller id."""

    first = models.ForeignKey("parties.Organisation", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("parties.Organisation", on_delete=models.CASCADE, related_name="+")
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-decided_at", "-id"]
        verbose_name_plural = "different organisations"
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="different_once")]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"

    @staticmethod
    def ids_of(one: Organisation, other: Organisation) -> dict[str, int]:
        """Return the two as this row names them."""
        first, second = sorted((one.pk, other.pk))
        return {"first_id": first, "second_id": second}
