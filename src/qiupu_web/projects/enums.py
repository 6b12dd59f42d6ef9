"""Words of projects."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProjectState(models.TextChoices):
    """The life of a project."""

    CANDIDATE = "candidate", _("candidate")
    SELECTED = "selected", _("selected")
    APPROVED = "approved", _("approved")
    ORDERED = "ordered", _("ordered")
    BUILDING = "building", _("building")
    TRIAL_RUN = "trial-run", _("trial run")
    ACCEPTANCE = "acceptance", _("acceptance")
    PURCHASED = "purchased", _("purchased")
    SCALED = "scaled", _("scaled")
    OPERATING = "operating", _("operating")
    REVIEWED = "reviewed", _("reviewed")
    SUSPENDED = "suspended", _("suspended")
    CHANGED = "changed", _("changed")
    TERMINATED = "terminated", _("terminated")


class MilestoneState(models.TextChoices):
    """The life of a milestone."""

    SCHEDULED = "scheduled", _("scheduled")
    PARTIALLY_MET = "partially-met", pgettext_lazy("milestone", "partially met")
    MET = "met", pgettext_lazy("milestone", "met")
    NOT_MET = "not-met", _("not met")


class MoveReason(models.TextChoices):
    """Why a project was suspended, changed or ended before its time, or a milestone not met."""

    SUPPLIER = "supplier", _("the supplier does not deliver")
    OWNER = "owner", _("the owner is not ready")
    BUDGET = "budget", _("the budget has changed")
    NEED = "need", _("the need has changed")
    NOT_REACHED = "not-reached", _("what was agreed is not reached")
    AGREED = "agreed", _("agreed by both sides")
    OTHER = "other", _("another reason")


class AcceptanceVerdict(models.TextChoices):
    """Is the bar met on fresh data, or was nothing to be measured?"""

    PASS = "pass", pgettext_lazy("acceptance", "passed")
    FAIL = "fail", pgettext_lazy("acceptance", "failed")
    UNDECIDED = "undecided", pgettext_lazy("acceptance", "undecided")
    WAIVED = "waived", pgettext_lazy("acceptance", "waived")


class Degree(models.TextChoices):
    """How likely something is, or how much it would matter."""

    LOW = "low", pgettext_lazy("degree", "low")
    MEDIUM = "medium", pgettext_lazy("degree", "medium")
    HIGH = "high", pgettext_lazy("degree", "high")


class RiskState(models.TextChoices):
    """The life of a risk."""

    OPEN = "open", pgettext_lazy("risk", "open")
    TREATED = "treated", pgettext_lazy("risk", "being dealt with")
    HAPPENED = "happened", pgettext_lazy("risk", "has happened")
    CLOSED = "closed", pgettext_lazy("risk", "closed")


class RiskReason(models.TextChoices):
    """Why a risk has left the register, or what it has come to."""

    AVOIDED = "avoided", _("avoided by what was done")
    PASSED = "passed-by", _("can no longer happen")
    ACCEPTED = "borne", _("borne knowingly")
    DELAY = "delay", _("it cost time")
    COST = "cost", _("it cost money")
    QUALITY = "quality", _("it cost quality")
    OTHER = "other", _("another reason")


class BenefitState(models.TextChoices):
    """The life of a benefit."""

    EXPECTED = "expected", _("not measured yet")
    MEASURED = "measured", pgettext_lazy("benefit", "measured")
    REVIEWED = "reviewed", pgettext_lazy("benefit", "measured and reviewed")
    DROPPED = "dropped", pgettext_lazy("benefit", "no longer pursued")


class DropReason(models.TextChoices):
    """Why a benefit is no longer pursued."""

    NOT_MEASURABLE = "not-measurable", _("it cannot be measured after all")
    NOT_SOUGHT = "not-sought", _("the owner no longer seeks it")
    ENDED = "ended", _("the project has ended")
    OTHER = "other", _("another reason")


class DocumentKind(models.TextChoices):
    """What a document of the contract is."""

    CONTRACT = "contract", _("contract")
    SUPPLEMENT = "supplement", _("supplement or change")
    SUSPENSION = "suspension", _("suspension")
    TERMINATION = "termination", _("termination")
    ACCEPTANCE = "acceptance", _("acceptance certificate")
    INVOICE = "invoice", _("invoice or proof of payment")
    OTHER = "other", _("another document")
