"""Words of capabilities."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CapabilityState(models.TextChoices):
    """The life of a capability."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Deployment(models.TextChoices):
    """Where it can run."""

    CLOUD = "cloud", _("cloud")
    ON_PREMISES = "on-premises", _("on the owner's premises")
    EDGE = "edge", _("on devices")
    ANY = "any", _("anywhere")


class SentenceState(models.TextChoices):
    """What a supplier made of a sentence of its brochure."""

    WAITING = "waiting", _("waits for a decision")
    KEPT = "kept", _("keep as it stands")
    EDITED = "edited", _("keep in other words")
    DROPPED = "dropped", _("leave out")
