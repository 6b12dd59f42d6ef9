"""What is told to whom without her looking: digests by mail, saved searches, and webhooks of an organisation's chat."""

from __future__ import annotations

from django.db import models

from qiupu_web.parties.enums import DeliveryState, DigestState, Rhythm, SearchKind, WebhookKind


class DigestChoice(models.Model):
    """How often a person wants the digest; without a row it is the rhythm that the site sets."""

    user = models.OneToOneField("parties.User", on_delete=models.CASCADE, related_name="digest_choice")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["user_id"]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.rhythm}"


class Digest(models.Model):
    """One mail to one account on one day. It is claimed before it is sent, so that a killed worker never sends a second one.

    ``keys`` names what it tells and how urgent each thing was (``stage``), so that the next one knows what is new.
    """

    user = models.ForeignKey("parties.User", on_delete=models.CASCADE, related_name="digests")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=DigestState.choices)
    keys = models.JSONField(default=dict)
    problem = models.CharField(max_length=200, blank=True)
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "user_id"]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_digest_an_account_and_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


class DigestRun(models.Model):
    """One day's round over all accounts, once it is complete."""

    day = models.DateField(unique=True)
    finished_at = models.DateTimeField()
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0, help_text="Accounts for which there was nothing to say.")

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


class SavedSearch(models.Model):
    """What a supplier wants to hear of: words and filters of the opportunity list, or matches of its capabilities."""

    user = models.ForeignKey("parties.User", on_delete=models.CASCADE, related_name="saved_searches")
    organisation = models.ForeignKey("parties.Organisation", on_delete=models.CASCADE, related_name="saved_searches")
    kind = models.CharField(max_length=10, choices=SearchKind.choices, default=SearchKind.WORDS)
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=200, blank=True)
    filters = models.JSONField(default=dict, help_text="Filter of the list to its value.")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="Scenarios published after this are new on the page.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "saved searches"

    def __str__(self) -> str:
        return self.name


class Told(models.Model):
    """A new scenario was told once, to a person by mail or to a webhook; nothing is told twice."""

    user = models.ForeignKey("parties.User", null=True, blank=True, on_delete=models.CASCADE, related_name="told")
    webhook = models.ForeignKey("parties.Webhook", null=True, blank=True, on_delete=models.CASCADE, related_name="told")
    key = models.CharField(max_length=80)
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["told_at", "id"]
        verbose_name_plural = "told"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], condition=models.Q(user__isnull=False), name="told_a_person_once"),
            models.UniqueConstraint(
                fields=["webhook", "key"], condition=models.Q(webhook__isnull=False), name="told_a_webhook_once"
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, webhook__isnull=True) | models.Q(user__isnull=True, webhook__isnull=False),
                name="told_to_one_of_both",
            ),
        ]


class Webhook(models.Model):
    """Where an organisation's chat, or a program of it, wants to be told. Address and secret are kept encrypted and never shown."""

    organisation = models.ForeignKey("parties.Organisation", on_delete=models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=WebhookKind.choices)
    host = models.CharField(max_length=255, help_text="All that is shown of the address: the rest opens the chat.")
    address_sealed = models.TextField()
    secret_sealed = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    tells_work = models.BooleanField(default=True)
    tells_news = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("parties.User", null=True, on_delete=models.SET_NULL, related_name="webhooks_made")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["organisation_id", "name", "id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.host})"


class Delivery(models.Model):
    """One message to one webhook: tried until it is taken, at most so often; the last answer is kept."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=80, help_text="What it tells; a webhook gets each once.")
    title = models.CharField(max_length=200)
    lines = models.JSONField(default=list, help_text="Text and address of each line.")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(
        null=True, blank=True, help_text="When it is tried (again); while it is tried, when the attempt is given up."
    )
    last_status = models.PositiveIntegerField(
        null=True, blank=True, help_text="HTTP status of the last answer; none when none came."
    )
    last_problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "key"], name="one_delivery_a_message")]
        indexes = [models.Index(fields=["state", "next_at"], name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.webhook}: {self.key}"
