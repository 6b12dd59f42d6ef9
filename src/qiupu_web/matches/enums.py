"""Words of matches."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MatchState(models.TextChoices):
    """What people made of a suggestion."""

    SUGGESTED = "suggested", _("suggested")
    INTRODUCED = "introduced", _("introduced")
    INTERESTED = "interested", _("interested")
    MET = "met", pgettext_lazy("match", "met")
    CHOSEN = "chosen", _("chosen")
    DECLINED = "declined", _("declined")
    LAPSED = "lapsed", _("no reply in time")
    STALE = "stale", _("replaced by a newer ranking")


class DeclineReason(models.TextChoices):
    """Why a match went no further."""

    NOT_FITTING = "not-fitting", _("does not fit the need")
    TOO_DEAR = "too-dear", _("too dear")
    NO_CAPACITY = "no-capacity", _("no capacity now")
    TOO_FAR = "too-far", _("too far away")
    NO_PROOF = "no-proof", _("not proven")
    OTHER = "other", _("another reason")


class RequestState(models.TextChoices):
    """The life of a request to rank, which a worker serves."""

    QUEUED = "queued", _("waits for a worker")
    RUNNING = "running", _("is being computed")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class EventState(models.TextChoices):
    """The life of a matchmaking event."""

    DRAFT = "draft", _("draft")
    INVITING = "inviting", _("inviting")
    ALLOCATED = "allocated", _("meetings allocated")
    PUBLISHED = "published", _("timetable published")
    HELD = "held", pgettext_lazy("event", "held")
    CLOSED = "closed", pgettext_lazy("event", "closed")
    CANCELLED = "cancelled", pgettext_lazy("event", "cancelled")


class CancelReason(models.TextChoices):
    """Why an event does not take place."""

    TOO_FEW = "too-few", _("too few take part")
    NO_PLACE = "no-place", _("no place to meet")
    POSTPONED = "postponed", _("postponed to another event")
    SAFETY = "safety", _("weather or safety")
    OTHER = "other", _("another reason")


class Side(models.TextChoices):
    """Which side of the table somebody sits on."""

    OWNER = "owner", _("owner of a need")
    SUPPLIER = "supplier", _("supplier")


class InvitationState(models.TextChoices):
    """What became of an invitation to an event."""

    INVITED = "invited", _("invited")
    ACCEPTED = "accepted", _("comes")
    DECLINED = "declined", _("does not come")
    WITHDRAWN = "withdrawn", _("invitation withdrawn")


class AbsenceReason(models.TextChoices):
    """Why somebody does not come, or is not to come."""

    NO_TIME = "no-time", _("no time that day")
    NOT_FITTING = "not-fitting", _("the event does not fit")
    TOO_FAR = "too-far", _("too far away")
    CONFLICT = "conflict", _("conflict of interest")
    MISTAKE = "mistake", _("invited by mistake")
    OTHER = "other", _("another reason")


class MeetingOutcome(models.TextChoices):
    """What came of a meeting."""

    MET = "met", pgettext_lazy("meeting", "met")
    FOLLOW_UP = "follow-up", _("met, and goes on")
    OWNER_ABSENT = "owner-absent", _("the owner did not come")
    SUPPLIER_ABSENT = "supplier-absent", _("the supplier did not come")


class WeightsState(models.TextChoices):
    """The life of a set of weights."""

    CANDIDATE = "candidate", _("candidate")
    IN_USE = "in-use", _("in use")
    RETIRED = "retired", _("used before")
    DROPPED = "dropped", _("not adopted")


class JudgementKind(models.TextChoices):
    """What is asked of the recorded decisions."""

    EVALUATE = "evaluate", _("how good the ranking is")
    REFIT = "refit", _("refitted weights")
