"""A brochure that a capability is drafted from, sentence by sentence, each decided by the supplier."""

from __future__ import annotations

from django.db import models

from qiupu_web.base.models import StoredFile
from qiupu_web.capabilities.enums import SentenceState
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation, User


class Brochure(models.Model):
    """An uploaded brochure and what was read from it; ``capability`` is there once it has been drafted."""

    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="brochures")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    title = models.CharField(max_length=300, blank=True, help_text="As proposed from the text.")
    field = models.CharField(max_length=30, choices=Field.choices, blank=True, help_text="As proposed from the text.")
    language = models.CharField(max_length=10)
    pages = models.PositiveIntegerField(null=True, blank=True, help_text="Of a pdf; Word files have no fixed pages.")
    left_out = models.PositiveIntegerField(default=0, help_text="Sentences beyond those that one brochure may give.")
    engine_version = models.CharField(max_length=40)
    capability = models.ForeignKey(
        "capabilities.Capability", null=True, blank=True, on_delete=models.SET_NULL, related_name="brochures"
    )
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-added_at", "-id"]

    def __str__(self) -> str:
        return self.file_name


class BrochureSentence(models.Model):
    """One sentence of a brochure: as it stands there, and what the supplier made of it."""

    brochure = models.ForeignKey(Brochure, on_delete=models.CASCADE, related_name="sentences")
    number = models.PositiveIntegerField()
    quote = models.TextField()
    page = models.PositiveIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=SentenceState.choices, default=SentenceState.WAITING)
    text = models.TextField(blank=True, help_text="The supplier's own words, when they differ.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["brochure", "number"]
        constraints = [models.UniqueConstraint(fields=["brochure", "number"], name="brochure_sentence_once")]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What would stand in the capability."""
        return self.text or self.quote
