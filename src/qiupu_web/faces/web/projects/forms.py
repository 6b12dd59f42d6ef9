"""Forms of projects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiupu_web.faces.web.agreements.forms import DateInput, FileField
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.models import Organisation
from qiupu_web.projects.enums import MoveReason, ProjectState
from qiupu_web.projects.rules import PROJECT


class Money(forms.DecimalField):
    """An amount in yuan."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_digits=14, decimal_places=2, required=False, **kwargs)


class ProjectForm(OnceForm):
    """Titles, dates and the budget."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=300, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    starts_on = forms.DateField(label=_("Start"), required=False, widget=DateInput())
    ends_on = forms.DateField(label=_("End"), required=False, widget=DateInput())
    budget_cny = Money(label=_("Budget, yuan"))

    def values(self) -> dict[str, Any]:
        """Return what the use case takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}


class CreateForm(ProjectForm):
    """The same, with the supplier."""

    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Organisation.objects.none())
    field_order = ("supplier",)


class EditForm(ProjectForm):
    """The same, with what was committed and paid."""

    committed_cny = Money(label=_("Committed by contract, yuan"))
    paid_cny = Money(label=_("Paid, yuan"))


class MilestoneForm(OnceForm):
    """A checkpoint."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=300, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    due_on = forms.DateField(label=_("Due"), required=False, widget=DateInput())
    payment_cny = Money(label=_("Payment when met, yuan"))

    def clean(self) -> dict[str, Any]:
        """Want a title."""
        data = super().clean() or {}
        if not data.get("title_zh") and not data.get("title_en"):
            self.add_error("title_zh", _("Give a title in at least one language."))
        return data


class EvidenceForm(OnceForm):
    """What shows a milestone met."""

    note = forms.CharField(
        label=_("What was done"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence or a document; one of the two is enough."),
    )
    document = FileField(label=_("Document"), required=False, help_text=_("PDF, Word, Excel or a picture."))

    def clean(self) -> dict[str, Any]:
        """Want a note or a document."""
        data = super().clean() or {}
        if "document" in data and not data.get("note", "").strip() and not data["document"]:
            self.add_error("note", _("Say in a sentence what was done, or add a document."))
        return data


class CountersignForm(OnceForm):
    """Is the milestone met?"""

    verdict = forms.ChoiceField(
        label=_("After looking at the evidence"),
        choices=[("met", pgettext_lazy("milestone", "met")), ("partly", _("partly met")), ("not-met", _("not met"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is missing, when something is."),
    )

    def clean(self) -> dict[str, Any]:
        """What is missing must be said."""
        data = super().clean() or {}
        if data.get("verdict") in ("partly", "not-met") and not data.get("note", "").strip():
            self.add_error("note", _("Say what is missing."))
        return data


class AcceptanceForm(OnceForm):
    """Fresh data, and what the solution said about them."""

    truth = FileField(
        label=_("What really happened"),
        help_text=_("CSV, Excel or Parquet with the columns of the trial's labels, for items that were in no trial."),
    )
    predictions = FileField(
        label=_("What the solution said"), help_text=_("One row for each item, with the columns of an entry of the trial.")
    )
    history = FileField(
        label=_("What came before"),
        required=False,
        help_text=_("Only for forecasts that are measured against the past; without it the trial's own history counts."),
    )


class WaiverForm(OnceForm):
    """Why nothing is measured."""

    reason = forms.CharField(
        label=_("Why nothing can be measured"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who sees the project reads this."),
    )


class MoveForm(OnceForm):
    """The next step of a project."""

    to = forms.ChoiceField(label=_("Next step"))
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", "–"), *MoveReason.choices],
        help_text=_("Only for suspending, changing or ending."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(to, ProjectState(to).label) for to in PROJECT.steps[state].to]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """Leaving the line needs a reason."""
        data = super().clean() or {}
        if data.get("to") in PROJECT.exits and not data.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        return data
