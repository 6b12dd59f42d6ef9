"""Words of scenarios."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScenarioState(models.TextChoices):
    """The life of a scenario."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    PUBLISHED = "published", _("published")
    MATCHING = "matching", _("matching")
    ON_TRIAL = "on-trial", _("on trial")
    NEGOTIATING = "negotiating", _("negotiating")
    SELECTED = "selected", _("selected")
    CONTRACTED = "contracted", _("contracted")
    BUILDING = "building", _("building")
    ACCEPTED = "accepted", _("accepted")
    BENCHMARK = "benchmark", _("benchmark case")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("lapsed")
    NO_TAKER = "no-taker", _("no taker")
    TERMINATED = "terminated", _("terminated")


class Direction(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher", _("higher is better")
    LOWER = "lower", _("lower is better")


class ExitReason(models.TextChoices):
    """Why a scenario ended before its time."""

    NEED_GONE = "need-gone", _("the need is gone")
    NO_BUDGET = "no-budget", _("no budget")
    NO_DATA = "no-data", _("no data")
    SOLVED = "solved", _("solved in another way")
    NO_SUPPLIER = "no-supplier", _("nobody offered")
    NONE_PASSED = "none-passed", _("nobody passed the trial")
    NOT_RECONFIRMED = "not-reconfirmed", _("not re-confirmed in time")
    OTHER = "other", _("another reason")


class ReturnReason(models.TextChoices):
    """Why the office sends a scenario back."""

    UNCLEAR = "unclear", _("it is not clear what is needed")
    NOT_MEASURABLE = "not-measurable", _("success cannot be measured like this")
    NO_DATA = "no-data", _("no data to test with")
    NO_ROUTE = "no-route", _("the way to a purchase is not settled")
    DUPLICATE = "duplicate", _("it is on the list already")
    OTHER = "other", _("another reason")


class OutsideKind(models.TextChoices):
    """What a list of another city is a list of."""

    OPPORTUNITIES = "opportunities", _("opportunities")
    CAPABILITIES = "capabilities", _("capabilities")


class OutsideState(models.TextChoices):
    """What became of a row of another city's list."""

    WAITING = "waiting", _("not confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
