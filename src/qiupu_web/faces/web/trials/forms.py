"""Forms of trials."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.web.forms import OnceForm, uploaded_bytes
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials.enums import EntryKind, InputMode, NextStep, ObjectionState, TaskKind, VoidReason
from qiupu_web.trials.rules import LARGEST_ENTRY_MB, SUFFIXES

LARGEST_PRACTICE_MB = 20
LARGEST_RECEIPT_MB = 1


class PressForm(OnceForm):
    """A single button."""


class _FileForm(OnceForm):
    limit_mb = LARGEST_ENTRY_MB

    def clean_file(self) -> tuple[bytes, str]:
        """Read the file, unless it is too large; return its bytes and name."""
        file = self.cleaned_data["file"]
        return uploaded_bytes(file, self.limit_mb << 20), str(file.name)


class PracticeForm(_FileForm):
    """Score a file for the public sample."""

    limit_mb = LARGEST_PRACTICE_MB
    file = forms.FileField(
        label=_("Your predictions for the public sample"),
        help_text=_("csv, xlsx or parquet, joined by id. The file is scored and forgotten; nothing is kept."),
    )


class EntryForm(_FileForm):
    """Enter a trial."""

    kind = forms.ChoiceField(label=_("What you send"), choices=EntryKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Predictions: csv, xlsx, parquet. Model: onnx. Code: zip with predict.py at its top, or one .py file. At most 50 MB."
        ),
    )
    name_en = forms.CharField(
        label=_("Name of the entry, in English"),
        max_length=200,
        required=False,
        help_text=_("Shown on the board. One language will do."),
    )
    name_zh = forms.CharField(label=_("Name of the entry, in Chinese"), max_length=200, required=False)
    capability = forms.ModelChoiceField(
        label=_("Which of your capabilities it shows"),
        queryset=Capability.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("A pass becomes proof on its page."),
    )
    accept_terms = forms.BooleanField(
        label=_("I have read the terms above and accept them for this entry."),
        error_messages={"required": _("The terms of the trial must be accepted.")},
    )

    def __init__(self, *args: Any, takes_predictions: bool, capabilities: QuerySet[Capability], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [choice for choice in EntryKind.choices if takes_predictions or choice[0] != EntryKind.PREDICTIONS]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["kind"].initial = choices[0][0]
        self.fields["capability"].queryset = capabilities  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["file"].widget.attrs["accept"] = ",".join(suffix for one in SUFFIXES.values() for suffix in one)


class ReceiptForm(OnceForm):
    """Check a receipt."""

    file = forms.FileField(label=_("Receipt (.json)"))
    entry = forms.FileField(label=_("The entry’s file, to compare"), required=False)
    key = forms.FileField(
        label=_("Public key (.pem), if it is another site’s"),
        required=False,
        help_text=_("Without one, this site’s key is taken. A key inside a receipt proves nothing."),
    )

    def contents(self, name: str) -> bytes | None:
        """Return an upload's bytes; None when there is none."""
        file = self.cleaned_data.get(name)
        return None if file is None else uploaded_bytes(file, (LARGEST_ENTRY_MB if name == "entry" else LARGEST_RECEIPT_MB) << 20)


class ObjectionForm(OnceForm):
    """Object to a result."""

    text = forms.CharField(label=_("What you object to, and why"), widget=forms.Textarea, max_length=5000)


class AnswerForm(OnceForm):
    """Decide an objection."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(one.value, one.label) for one in (ObjectionState.UPHELD, ObjectionState.DECLINED, ObjectionState.INVALID)],
    )
    answer = forms.CharField(label=_("Reasons"), widget=forms.Textarea, max_length=5000)


class InterestForm(OnceForm):
    """Say whether one has an interest."""

    has_conflict = forms.ChoiceField(
        label=_("Do you, your family or your employer gain or lose by who wins this trial?"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("What it is"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class OpenForm(OnceForm):
    """Open for entries."""

    closes_on = forms.DateField(
        label=_("Last day for entries"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class VoidForm(OnceForm):
    """Declare a trial void."""

    reason = forms.ChoiceField(label=_("Reason"), choices=VoidReason.choices)
    note = forms.CharField(label=_("Note for everybody"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ConcludeForm(OnceForm):
    """End a trial and say what comes next."""

    next_step = forms.ChoiceField(
        label=_("What happens next"),
        choices=[("", "–"), *NextStep.choices],
        required=False,
        help_text=_("Needed when the data do not decide."),
    )
    next_owner = forms.ModelChoiceField(
        label=_("Who does it"), queryset=Organisation.objects.none(), required=False, empty_label="–"
    )
    next_due_on = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_owner"].queryset = organisations  # type: ignore[attr-defined]  # a ModelChoiceField


class SpreadsheetForm(_FileForm):
    """The first step of opening a trial: which need, which file."""

    limit_mb = settings.UPLOAD_MAX_BYTES >> 20
    scenario = forms.ModelChoiceField(label=_("Need"), queryset=Scenario.objects.none(), empty_label=None)
    file = forms.FileField(
        label=_("Spreadsheet with past cases and their true answers"),
        help_text=_("One row for each case: what was known beforehand, and what turned out. xlsx, csv or parquet."),
    )

    def __init__(self, *args: Any, scenarios: QuerySet[Scenario], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scenario"].queryset = scenarios  # type: ignore[attr-defined]  # a ModelChoiceField


class QuestionForm(OnceForm):
    """The second step: what the columns are, what is measured, where the bar lies."""

    kind = forms.ChoiceField(
        label=_("What is to be told"),
        choices=[
            (TaskKind.CLASSIFICATION, _("which class a case belongs to")),
            (TaskKind.REGRESSION, _("a number for each case")),
            (TaskKind.FORECAST, _("the coming values of a series")),
            (TaskKind.ANOMALY, _("what is out of the ordinary (answers 0 or 1)")),
            (TaskKind.RETRIEVAL, _("which items answer a question (0: not at all)")),
        ],
    )
    target = forms.ChoiceField(
        label=_("Column with the true answer"), help_text=_("It is divided into a public and two hidden parts.")
    )
    identifier = forms.ChoiceField(
        label=_("Column with the case’s number"), required=False, help_text=_("None: cases get random numbers, which is safest.")
    )
    group = forms.ChoiceField(
        label=_("Column of what belongs together"),
        required=False,
        help_text=_("Such as the site, the farm, the machine: one site’s cases then stay in one part."),
    )
    series = forms.ChoiceField(label=_("Column with the series’ name"), required=False, help_text=_("Forecasts only."))
    time = forms.ChoiceField(label=_("Column with the time"), required=False, help_text=_("Forecasts only; needed there."))
    query = forms.ChoiceField(label=_("Column with the question"), required=False, help_text=_("Search only; needed there."))
    item = forms.ChoiceField(
        label=_("Column with the candidate item"),
        required=False,
        help_text=_("Search only: one row for each question and candidate, with 0 in the answer where it does not fit."),
    )
    metric = forms.ChoiceField(label=_("How success is measured"))
    bar = forms.FloatField(
        label=_("Acceptance bar"), help_text=_("A solution passes when it is shown, at 95%, to reach this value.")
    )
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=300, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    bar_rule_zh = forms.CharField(label=_("Why this bar, in Chinese"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    bar_rule_en = forms.CharField(label=_("Why this bar, in English"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    quota = forms.IntegerField(label=_("Entries for each supplier"), initial=10, min_value=1, max_value=100)
    input_mode = forms.ChoiceField(label=_("Hidden cases"), choices=InputMode.choices, initial=InputMode.RELEASED)
    closes_on = forms.DateField(
        label=_("Last day for entries"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    SECTIONS = (
        (_("The question"), ("kind", "target")),
        (_("The other columns"), ("identifier", "group", "series", "time", "query", "item")),
        (_("Metric and bar"), ("metric", "bar", "bar_rule_zh", "bar_rule_en")),
        (_("The trial"), ("title_zh", "title_en", "quota", "input_mode", "closes_on")),
    )

    def __init__(self, *args: Any, columns: list[str], metrics: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, name) for name in columns]
        self.fields["target"].choices = named  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("identifier", "group", "series", "time", "query", "item"):
            self.fields[name].choices = [("", _("none")), *named]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["metric"].choices = metrics  # type: ignore[attr-defined]  # a ChoiceField

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """Return the form in the order in which one thinks about a trial."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind of task needs."""
        given = super().clean() or self.cleaned_data
        if given.get("kind") == TaskKind.FORECAST and not given.get("time"):
            self.add_error("time", _("A forecast needs the column with the time."))
        if given.get("kind") == TaskKind.RETRIEVAL:
            for name in ("query", "item"):
                if not given.get(name):
                    self.add_error(name, _("A search needs the column with the question and the one with the candidate."))
        if not (given.get("title_zh") or given.get("title_en")):
            self.add_error("title_zh", _("Give a title in one language at least."))
        return given
