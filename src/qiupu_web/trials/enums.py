"""Words of trials, entries and decisions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrialState(models.TextChoices):
    """The life of a trial."""

    DRAFT = "draft", _("draft")
    DATA_CHECK = "data-check", _("data check")
    SEALED = "sealed", _("sealed")
    PRACTICE = "practice", _("practice")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    SCORED = "scored", _("scored")
    REVIEW = "review", _("in review")
    ANNOUNCED = "announced", _("announced")
    OBJECTIONS = "objections", _("objections")
    PASSED = "passed", _("concluded: passed")
    NONE_PASSED = "none-passed", _("concluded: none passed")
    UNDECIDED = "undecided", _("concluded: undecided")
    VOID = "void", _("void")


class TaskKind(models.TextChoices):
    """What is to be predicted."""

    FORECAST = "forecast", _("forecast")
    ANOMALY = "anomaly", _("anomaly detection")
    CLASSIFICATION = "classification", _("classification")
    REGRESSION = "regression", _("regression")
    RETRIEVAL = "retrieval", _("retrieval")


class InputMode(models.TextChoices):
    """Whether suppliers see the inputs of the hidden items."""

    RELEASED = "released", _("inputs are released, labels are hidden")
    WITHHELD = "withheld", _("inputs and labels are hidden; only models and code may enter")


class Split(models.TextChoices):
    """Which part of the data."""

    PUBLIC = "public", _("public sample")
    FEEDBACK = "feedback", _("feedback")
    FINAL = "final", _("final")


class EntryKind(models.TextChoices):
    """What was submitted."""

    PREDICTIONS = "predictions", _("predictions")
    ONNX = "onnx", _("ONNX model")
    CODE = "code", _("code")


class EntryState(models.TextChoices):
    """The life of an entry."""

    UPLOADED = "uploaded", _("uploaded")
    QUEUED = "queued", _("queued")
    VALIDATING = "validating", _("being checked")
    RUNNING = "running", _("running")
    SCORED = "scored", _("scored")
    INVALID = "invalid", _("invalid")
    SUPPLIER_ERROR = "supplier-error", _("error of the entry")
    TIMED_OUT = "timed-out", _("timed out")
    PLATFORM_ERROR = "platform-error", _("error of the platform")
    CANCELLED = "cancelled", _("cancelled")


class Verdict(models.TextChoices):
    """Is the bar met?"""

    PASS = "pass", _("pass")
    FAIL = "fail", _("fail")
    UNDECIDED = "undecided", _("undecided")


class NextStep(models.TextChoices):
    """What follows when the data do not decide."""

    FRESH_ITEMS = "fresh-items", _("test on fresh items")
    PAID_PILOT = "paid-pilot", _("a paid pilot")
    CLOSE = "close", _("close")
    CONTRACT = "contract", _("contract with who passed")


class ObjectionState(models.TextChoices):
    """The life of an objection."""

    DRAFT = "draft", _("draft")
    FILED = "filed", _("filed")
    ANSWERED = "answered", _("answered")
    UPHELD = "upheld", _("upheld")
    DECLINED = "declined", _("declined")
    INVALID = "invalid", _("invalid")


class VoidReason(models.TextChoices):
    """Why a trial counts for nothing."""

    DATA_ERROR = "data-error", _("the data were wrong")
    LEAK = "leak", _("hidden data became known")
    OBJECTION = "objection", _("an objection was upheld")
    NO_ENTRIES = "no-entries", _("nobody entered")
    OTHER = "other", _("another reason")


class CancelReason(models.TextChoices):
    """Why an entry was taken back."""

    SUPPLIER = "supplier", _("taken back by the supplier")
    STEWARD = "steward", _("taken out by a steward")
    PLATFORM = "platform", _("given up after faults of the platform")
    VOID = "void", _("the trial became void")


class ErrorCode(models.TextChoices):
    """The fixed words that a supplier gets about a run over hidden data, and nothing more."""

    FAILED = "failed", _("The program failed on the hidden data. Try it with the public sample.")
    LIMIT = "limit", _("The program needed more time, memory or disk than the trial allows.")
    BAD_OUTPUT = "bad-output", _("The predictions for the hidden data are not one usable row for each item.")
    BAD_FILE = "bad-file", _("The file does not fit the task.")
    PUBLIC_FAILED = "public-failed", _("The program failed on the public sample. Its log is below.")
    UNDEFINED = "undefined", _("The measure has no value for these predictions.")
    NEW_VERSION = "new-version", _("The data of the trial changed, and the file does not fit them. It does not count.")
    PLATFORM = "platform", _("A fault of the platform, not of the entry. It is tried again by itself and does not count.")
