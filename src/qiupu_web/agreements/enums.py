"""Words of agreements, statements and commitments."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TextKind(models.TextChoices):
    """What kind of text it is."""

    REPORT = "report", _("Report")
    AGREEMENT = "agreement", _("Agreement")


class Strength(models.TextChoices):
    """How binding a statement is."""

    DUTY = "duty", _("duty")
    HOPE = "hope", _("hope")
    FACT = "fact", _("fact")


class Disposition(models.TextChoices):
    """What the office made of a statement."""

    WAITING = "waiting", _("waits for breakdown")
    BROKEN_DOWN = "broken-down", _("broken down")
    NOTED = "noted", _("noted, nothing owed")
    SAME = "same", _("said elsewhere too")


class CommitmentState(models.TextChoices):
    """The life of a commitment."""

    BROKEN_DOWN = "broken-down", _("broken down")
    RETURNED = "returned", _("returned by the unit")
    ACCEPTED = "accepted", _("accepted by the unit")
    CONFIRMED = "confirmed", _("confirmed")
    LINKED = "linked", _("linked")
    ON_TRACK = "on-track", _("on track")
    AT_RISK = "at-risk", _("at risk")
    OVERDUE = "overdue", _("overdue")
    PARTIALLY_MET = "partially-met", _("partially met")
    MET = "met", _("met")
    WAIVED = "waived", _("waived")
    AMENDED = "amended", _("amended")


class UnitAnswer(models.TextChoices):
    """What a lead unit says to what it shall answer for."""

    ACCEPT = "accept", _("accept")
    RETURN = "return", _("return")


class ConfirmedBy(models.TextChoices):
    """How a party confirmed."""

    ONLINE = "online", _("on line")
    LINK = "link", _("by one-time link")
    SCAN = "scan", _("by stamped scan")


class EvidenceKind(models.TextChoices):
    """What shows that a commitment moves. Recorded by downstream concepts through one use case."""

    SCENARIO = "scenario", _("scenario published")
    MATCH = "match", _("supplier matched")
    TRIAL = "trial", _("on trial")
    VERDICT = "verdict", _("verdict of a trial")
    PROJECT = "project", _("project")
    MILESTONE = "milestone", _("milestone met")
    ACCEPTANCE = "acceptance", _("accepted on fresh data")
    DOCUMENT = "document", _("document")


class SettleReason(models.TextChoices):
    """Why a commitment ends without being met, or only in part."""

    PARTIAL = "partial", _("met in part")
    BOTH_AGREED = "both-agreed", _("both parties agreed to drop it")
    CIRCUMSTANCES = "circumstances", _("circumstances have changed")
    DONE_OTHERWISE = "done-otherwise", _("reached in another way")
    OTHER = "other", _("another reason")


class MoneyKind(models.TextChoices):
    """How far money of a commitment has come."""

    AGREED = "agreed", _("agreed")
    PAID_IN = "paid-in", _("paid in")
    LANDED = "landed", _("landed")


class OverrideReason(models.TextChoices):
    """Why a light is set by hand."""

    SEEN_ON_SITE = "seen-on-site", _("work is seen on site, its document follows")
    KNOWN_DELAY = "known-delay", _("a delay is known that the rule cannot see")
    DATE_MOVES = "date-moves", _("another date is agreed, its amendment follows")
    OTHER = "other", _("another reason")
