"""Published lists of other cities: kept apart from the city's own until a person confirms a row."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from qiupu_web.base.models import StoredFile
from qiupu_web.capabilities.models import Capability
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.enums import OutsideKind, OutsideState


class OutsideList(models.Model):
    """One published file of another city: where and when it was published, and which of its columns is which."""

    kind = models.CharField(max_length=20, choices=OutsideKind.choices)
    city = models.CharField(max_length=100)
    title = models.CharField(max_length=300, help_text="As it was published.")
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField()
    address = models.URLField(max_length=500, help_text="Where it was published.")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    mapping = models.JSONField(default=dict, help_text="Our column to the file's column.")
    is_invented = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    brought_in_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-added_at", "-id"]

    def __str__(self) -> str:
        return f"{self.city}: {self.title}"

    @property
    def source(self) -> str:
        """City, title and date in one line."""
        return _("%(city)s, “%(title)s”, %(day)s") % {"city": self.city, "title": self.title, "day": self.published_on.isoformat()}


class OutsideRow(models.Model):
    """One row of such a list, in its own words. It is no scenario and no capability until somebody confirms it."""

    outside = models.ForeignKey(OutsideList, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="Row of the file; its header is row 1.")
    ref = models.CharField(max_length=120, blank=True, help_text="Its number in the published list.")
    organisation_name = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    field = models.CharField(max_length=30, choices=Field.choices, blank=True)
    region = models.CharField(max_length=100, blank=True)
    budget_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=OutsideState.choices, default=OutsideState.WAITING, db_index=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    scenario = models.OneToOneField(
        "scenarios.Scenario", null=True, blank=True, on_delete=models.SET_NULL, related_name="outside_row"
    )
    capability = models.OneToOneField(Capability, null=True, blank=True, on_delete=models.SET_NULL, related_name="outside_row")
    made_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Registered by confirming it."
    )

    class Meta:
        ordering = ["outside", "number"]
        constraints = [
            models.UniqueConstraint(fields=["outside", "number"], name="outside_row_once"),
            models.UniqueConstraint(fields=["outside", "ref"], condition=~models.Q(ref=""), name="outside_ref_once"),
        ]

    def __str__(self) -> str:
        return self.title
