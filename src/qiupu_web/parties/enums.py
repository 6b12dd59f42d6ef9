"""Kinds of organisations and the roles that a person may act in."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    OFFICE = "office", _("Exchange office")
    UNIT = "unit", _("Unit of the city")
    COMPANY = "company", _("Company")
    STARTUP = "startup", _("Start-up")
    UNIVERSITY = "university", _("University")
    ASSOCIATION = "association", _("Association")
    PARTNER = "partner", _("Agreement partner")


class Role(models.TextChoices):
    """What a person may act as, for an organisation."""

    OFFICE = "office", _("Exchange office")
    UNIT = "unit", _("Unit")
    OWNER = "owner", _("Owner of a need")
    SUPPLIER = "supplier", _("Supplier")
    STEWARD = "steward", _("Trial steward")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class SignUpState(models.TextChoices):
    """Where a request for an account stands."""

    FILED = "filed", _("waits for approval")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")


class Field(models.TextChoices):
    """The five fields."""

    CITY = "smart-city", _("Smart city")
    MANUFACTURING = "smart-manufacturing", _("Smart manufacturing")
    TOURISM = "smart-tourism", _("Smart tourism")
    CULTURE = "culture", _("Culture")
    AGRICULTURE = "agriculture", _("Agriculture")


class Rhythm(models.TextChoices):
    """How often the digest comes."""

    DAILY = "daily", _("every day on which something is new or comes due")
    WEEKLY = "weekly", _("on Mondays")
    OFF = "off", _("never")


class DigestState(models.TextChoices):
    """What became of a digest."""

    CLAIMED = "claimed", pgettext_lazy("notice", "being sent")
    SENT = "sent", pgettext_lazy("notice", "sent")
    FAILED = "failed", pgettext_lazy("notice", "not sent")


class SearchKind(models.TextChoices):
    """What a saved search goes by."""

    WORDS = "words", _("words and filters")
    MATCHES = "matches", _("matches of your capabilities")


class WebhookKind(models.TextChoices):
    """What the other side understands."""

    WECOM = "wecom", _("WeCom group robot")
    DINGTALK = "dingtalk", _("DingTalk group robot")
    JSON = "json", _("a program (JSON)")


class DeliveryState(models.TextChoices):
    """What became of a message to a webhook."""

    WAITING = "waiting", pgettext_lazy("notice", "waits")
    TRYING = "trying", pgettext_lazy("notice", "being sent")
    SENT = "sent", pgettext_lazy("notice", "taken")
    FAILED = "failed", pgettext_lazy("notice", "given up")
