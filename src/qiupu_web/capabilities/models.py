"""What a supplier can prove it does."""

from __future__ import annotations

from django.db import models

from qiupu_web.base.bilingual import words
from qiupu_web.base.models import Stateful
from qiupu_web.capabilities.enums import CapabilityState, Deployment
from qiupu_web.capabilities.models_brochures import Brochure, BrochureSentence
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation

__all__ = ["Brochure", "BrochureSentence", "Capability", "Proof"]


class Capability(Stateful):
    """One capability of one supplier, in either language or both."""

    code = models.SlugField(max_length=60, unique=True)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="capabilities")
    field = models.CharField(max_length=30, choices=Field.choices, db_index=True)
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    regions = models.CharField(max_length=200, blank=True, help_text="Where it is offered, by semicolons; empty means everywhere.")
    deployment = models.CharField(max_length=20, choices=Deployment.choices, default=Deployment.ANY)
    certificates = models.CharField(max_length=300, blank=True)
    price_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "capabilities"
        indexes = [  # the list walks one of these in the order of codes; its count reads nothing else
            models.Index(fields=["state", "code"], name="capability_list"),
            models.Index(fields=["state", "field", "code"], name="capability_list_by_field"),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(title_zh="", title_en=""), name="capability_has_a_title")]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    @property
    def body(self) -> object:
        """The description in the reader's language."""
        return words(self, "body")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(CapabilityState(self.state).label)


class Proof(models.Model):
    """A typed fact from downstream: a trial passed, a project accepted. It counts more than brochure text."""

    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    outcome = models.CharField(max_length=30)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["capability", "recorded_at", "id"]
        constraints = [models.UniqueConstraint(fields=["capability", "kind", "key"], name="proof_once")]
