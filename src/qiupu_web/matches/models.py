"""A scenario and a capability with score, reasons, and what people decided; events at which many meet."""

from __future__ import annotations

import uuid

from django.db import models

from qiupu_web.base.bilingual import words
from qiupu_web.base.models import Stateful
from qiupu_web.capabilities.models import Capability
from qiupu_web.matches.enums import (
    DeclineReason,
    EventState,
    InvitationState,
    JudgementKind,
    MatchState,
    MeetingOutcome,
    RequestState,
    Side,
    WeightsState,
)
from qiupu_web.matches.event_rules import Clock
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.models import Scenario


class Ranking(models.Model):
    """One run of the engine for one scenario: version, method, seed and hashes, so that it can be repeated."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="rankings")
    method = models.CharField(max_length=60)
    engine_version = models.CharField(max_length=40)
    seed = models.BigIntegerField()
    input_sha256 = models.CharField(max_length=64)
    pool_size = models.PositiveIntegerField()
    weights_version = models.PositiveIntegerField(default=0, help_text="Which weights were used; 0 is the built-in ones.")
    ranked_at = models.DateTimeField()

    class Meta:
        ordering = ["scenario", "-ranked_at", "-id"]


class _Requested(models.Model):
    """Something that a worker computes on request: who asked, how far it is, and what went wrong."""

    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.QUEUED)
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    problem_zh = models.TextField(blank=True)
    problem_en = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def problem(self) -> object:
        """What went wrong, in the reader's language."""
        return words(self, "problem")


class RankingRequest(_Requested):
    """Somebody asked for a ranking; a worker serves it, so that the site loads no model."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="ranking_requests")
    seed = models.BigIntegerField(default=0)
    top = models.PositiveIntegerField(default=10)
    ranking = models.ForeignKey(Ranking, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests")

    class Meta:
        ordering = ["scenario", "-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario"], condition=models.Q(state__in=["queued", "running"]), name="one_open_ranking_request"
            )
        ]


class Match(Stateful):
    """One capability for one scenario."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="matches")
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="matches")
    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="matches")
    rank = models.PositiveIntegerField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, help_text="When a reply was last asked for again.")
    reminders = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["scenario", "rank", "id"]
        verbose_name_plural = "matches"
        constraints = [models.UniqueConstraint(fields=["scenario", "capability"], name="one_match_a_pair")]

    def __str__(self) -> str:
        return f"{self.scenario} × {self.capability}"

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(MatchState(self.state).label)


class MatchDecision(models.Model):
    """What a person decided on a match, and when: the record by which rankings are judged. Rows are never changed."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="decisions")
    decision = models.CharField(max_length=20, choices=MatchState.choices)
    reason = models.CharField(max_length=20, choices=DeclineReason.choices, blank=True)
    decided_at = models.DateTimeField()
    by = models.CharField(max_length=20, help_text="The role that decided.")

    class Meta:
        ordering = ["decided_at", "id"]


class Judgement(_Requested):
    """One run that holds rankings against recorded decisions, by time, beside keywords and popularity; or a refit of weights."""

    kind = models.CharField(max_length=10, choices=JudgementKind.choices)
    method = models.CharField(max_length=60, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    weights_version = models.PositiveIntegerField(default=0, help_text="The weights that were in use.")
    decision_count = models.PositiveIntegerField(default=0)
    need_count = models.PositiveIntegerField(default=0)
    capability_count = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict, help_text="Windows, totals and comparisons as the engine gave them.")

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state__in=["queued", "running"]), name="one_open_judgement_of_a_kind"
            )
        ]


class WeightSet(Stateful):
    """Weights of the ranking that a person may put to use, fitted to decisions and judged by time. Version 0 is built in."""

    version = models.PositiveIntegerField(unique=True)
    values = models.JSONField()
    changes = models.JSONField(default=list, help_text="Feature, before, after.")
    is_advised = models.BooleanField(default=False)
    judgement = models.OneToOneField(Judgement, on_delete=models.PROTECT, related_name="weights")
    created_at = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="in-use"), name="one_set_of_weights_in_use")
        ]

    def __str__(self) -> str:
        return f"v{self.version}"

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(WeightsState(self.state).label)


class NeedSearch(_Requested):
    """The other direction: the open needs for one capability, in order, each with what the capability lacks."""

    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="need_searches")
    method = models.CharField(max_length=60, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    weights_version = models.PositiveIntegerField(default=0)
    pool_size = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=list, help_text="Scenario, score and reasons, the best first.")

    class Meta:
        ordering = ["capability", "-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["capability"], condition=models.Q(state__in=["queued", "running"]), name="one_open_need_search"
            )
        ]


class Event(Stateful):
    """A day on which many owners meet many suppliers. Its times follow from start, length and breaks (``clock``)."""

    code = models.SlugField(max_length=60, unique=True)
    uid = models.UUIDField(default=uuid.uuid4, editable=False, help_text="Part of the identifiers in calendar files.")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    place_zh = models.CharField(max_length=200)
    place_en = models.CharField(max_length=200)
    held_on = models.DateField()
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    meeting_minutes = models.PositiveIntegerField(default=20)
    change_minutes = models.PositiveIntegerField(default=5)
    breaks = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=40)
    tables = models.PositiveIntegerField()
    need_min = models.PositiveIntegerField(default=0)
    need_max = models.PositiveIntegerField(default=3)
    supplier_max = models.PositiveIntegerField(default=5)
    least_fit = models.FloatField(default=0.4, help_text="Pairs that fit less (0 to 1) do not meet.")
    reply_by = models.DateField()
    is_invented = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0, help_text="How often the timetable was published.")
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["state", "held_on"], name="event_list")]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> object:
        """The title in the reader's language."""
        return words(self, "title")

    @property
    def place(self) -> object:
        """Where it is, in the reader's language."""
        return words(self, "place")

    @property
    def clock(self) -> Clock:
        """When its meetings begin and end."""
        return Clock(
            self.held_on, self.starts_at, self.ends_at, self.meeting_minutes, self.change_minutes, self.breaks, self.time_zone
        )

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(EventState(self.state).label)


class Invitation(Stateful):
    """A need with its owner, or a supplier, asked to come to an event; limits of its own, where it has some."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitations")
    side = models.CharField(max_length=10, choices=Side.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="event_invitations")
    scenario = models.ForeignKey(Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="event_invitations")
    min_meetings = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: as the event says.")
    max_meetings = models.PositiveIntegerField(null=True, blank=True)
    away = models.JSONField(
        default=list, blank=True, help_text="When they cannot, like 09:00-09:20; times, as the clock may change."
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField()

    class Meta:
        ordering = ["event", "side", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "scenario"], name="a_need_is_invited_once"),
            models.UniqueConstraint(
                fields=["event", "organisation"], condition=models.Q(side="supplier"), name="a_supplier_is_invited_once"
            ),
            models.CheckConstraint(
                condition=models.Q(side="owner", scenario__isnull=False) | models.Q(side="supplier", scenario__isnull=True),
                name="owners_come_with_a_need",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.scenario or self.organisation}"

    def get_state_display(self) -> str:
        """The state's word in the reader's language."""
        return str(InvitationState(self.state).label)


class EventConflict(models.Model):
    """A declared conflict of interest: this supplier does not meet this owner at this event."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="conflicts")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    declared_by = models.CharField(max_length=200)
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["event", "id"]
        constraints = [models.UniqueConstraint(fields=["event", "owner", "supplier"], name="a_conflict_is_declared_once")]


class Allocation(_Requested):
    """One run that decides who meets whom and when: what was asked for, how far it is, and what came of it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="allocations")
    method = models.CharField(max_length=60, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    progress = models.CharField(max_length=20, blank=True)
    is_fair = models.BooleanField(default=False)
    input_sha256 = models.CharField(max_length=64, blank=True)
    weights_version = models.PositiveIntegerField(default=0)
    objective = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    is_optimal = models.BooleanField(default=False)
    worst_off = models.FloatField(null=True, blank=True)
    price_of_fairness = models.FloatField(null=True, blank=True)
    pair_count = models.PositiveIntegerField(default=0)
    excluded = models.JSONField(default=list, help_text="Pairs that may not meet: scenario, supplier, and why.")
    unmet = models.JSONField(default=list, help_text="Codes of the needs that meet nobody.")
    certificate = models.JSONField(default=dict, help_text="Prices of needs and suppliers that prove the bound.")

    class Meta:
        ordering = ["event", "-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=models.Q(state__in=["queued", "running"]), name="one_open_allocation"
            )
        ]


class Meeting(models.Model):
    """One need and one supplier at one table at one time, and what came of it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="meetings")
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="meetings")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="meetings")
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="meetings")
    slot = models.IntegerField()
    table = models.PositiveIntegerField()
    score = models.FloatField(null=True, blank=True)
    is_locked = models.BooleanField(default=False, help_text="A person fixed it; another run keeps it.")
    outcome = models.CharField(max_length=20, choices=MeetingOutcome.choices, blank=True)
    note = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["event", "slot", "table", "id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "scenario", "supplier"], name="a_pair_meets_once"),
            models.UniqueConstraint(fields=["event", "scenario", "slot"], name="a_need_meets_one_at_a_time"),
            models.UniqueConstraint(fields=["event", "supplier", "slot"], name="a_supplier_meets_one_at_a_time"),
            models.UniqueConstraint(fields=["event", "table", "slot"], name="a_table_seats_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario} × {self.supplier}"
