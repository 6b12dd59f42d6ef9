"""An owner's concrete need for AI, with its setting, data, budget and measurable success."""

from __future__ import annotations

from django.db import models

from qiupu_web.agreements.models import Commitment
from qiupu_web.base.bilingual import words
from qiupu_web.base.models import Stateful
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation, User
from qiupu_web.scenarios.enums import Direction, ScenarioState
from qiupu_web.scenarios.models_outside import OutsideList, OutsideRow

__all__ = ["OutsideList", "OutsideRow", "Scenario"]


class Scenario(Stateful):
    """One need. Publishing wants a metric and a bar (or a waiver), a named decision-maker and the budget route after success."""

    code = models.SlugField(max_length=60, unique=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="scenarios")
    commitment = models.ForeignKey(Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="scenarios")
    manager = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="managed_scenarios")
    field = models.CharField(max_length=30, choices=Field.choices, db_index=True)
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    body_zh = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    setting_zh = models.TextField(blank=True)
    setting_en = models.TextField(blank=True)
    data_zh = models.TextField(blank=True)
    data_en = models.TextField(blank=True)
    metric = models.CharField(max_length=40, blank=True)
    bar = models.FloatField(null=True, blank=True)
    direction = models.CharField(max_length=10, choices=Direction.choices, blank=True)
    waiver = models.TextField(blank=True, help_text="Why success cannot be measured; only instead of metric and bar.")
    decision_maker_zh = models.CharField(max_length=200, blank=True)
    decision_maker_en = models.CharField(max_length=200, blank=True)
    budget_cny = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    budget_route_zh = models.CharField(max_length=300, blank=True, help_text="How it is bought after success.")
    budget_route_en = models.CharField(max_length=300, blank=True)
    decide_by = models.DateField(null=True, blank=True)
    region = models.CharField(max_length=100, blank=True)
    is_invented = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        indexes = [  # each list walks one of these in the order of codes; its count reads nothing else
            models.Index(fields=["code", "state"], name="scenario_list"),
            models.Index(fields=["state", "code"], name="scenario_list_by_state"),
            models.Index(fields=["field", "code", "state"], name="scenario_list_by_field"),
            models.Index(fields=["region", "code", "state"], name="scenario_list_by_region"),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(title_zh="", title_en=""), name="scenario_has_a_title")]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    @property
    def body(self) -> object:
        """The need in the reader's language."""
        return words(self, "body")

    @property
    def decision_maker(self) -> object:
        """Who decides, in the reader's language."""
        return words(self, "decision_maker")

    @property
    def budget_route(self) -> object:
        """How it is bought after success, in the reader's language."""
        return words(self, "budget_route")

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(ScenarioState(self.state).label)
