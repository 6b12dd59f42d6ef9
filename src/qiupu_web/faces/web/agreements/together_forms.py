"""Forms for several sentences at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from qiupu_web.agreements.enums import Disposition
from qiupu_web.agreements.models import Commitment
from qiupu_web.faces.web.agreements.forms import UNITS, DateInput, organisations
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation

NO_FIELD = "none"


class SeveralForm(OnceForm):
    """Some ticked rows; they are drawn by the page, beside what they are."""

    picks: ClassVar[str] = "numbers"
    numbers = forms.TypedMultipleChoiceField(label=_("Sentences"), coerce=int, error_messages={"required": _("Tick at least one.")})

    def __init__(self, *args: Any, choices: Sequence[Any], ticked: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.picks].choices = [(one, one) for one in choices]  # type: ignore[attr-defined]  # a choice field
        self.fields[self.picks].initial = ticked

    @property
    def ticked(self) -> frozenset[str]:
        """Rows that are ticked, as first proposed or as last sent."""
        return frozenset(str(one) for one in self[self.picks].value() or ())

    @property
    def asked(self) -> list[forms.BoundField]:
        """Return what is asked for all rows together, in order."""
        return [one for one in self.visible_fields() if one.name != self.picks]

    @property
    def problems(self) -> list[str]:
        """What is wrong with the rows, or with the whole."""
        return [str(one) for one in (*self.non_field_errors(), *self[self.picks].errors)]


class BreakTogetherForm(SeveralForm):
    """One lead unit for several sentences; a date and a field when they are the same for all."""

    lead_unit = forms.ModelChoiceField(
        label=_("Lead unit"), queryset=Organisation.objects.none(), help_text=_("It answers for every one of them.")
    )
    supporting_units = forms.ModelMultipleChoiceField(
        label=_("Supporting units"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=DateInput(), help_text=_("Left empty, each keeps the date that its sentence names.")
    )
    field = forms.ChoiceField(label=_("Field"), required=False, choices=[("", _("each as proposed")), *Field.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead_unit", "supporting_units"):
            self.fields[name].queryset = organisations(*UNITS)  # type: ignore[attr-defined]  # a field of model choices

    def shared(self) -> dict[str, Any]:
        """Return what the use case takes beside the rows."""
        return {name: self.cleaned_data[name] for name in ("lead_unit", "supporting_units", "due_on", "field")}


class DisposeTogetherForm(SeveralForm):
    """Several sentences owe nothing, for one reason."""

    disposition = forms.ChoiceField(
        label=_("What they are"),
        choices=[(one.value, one.label) for one in (Disposition.NOTED, Disposition.SAME, Disposition.WAITING)],
    )
    note = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who reads the text sees it. Only letting them wait again needs none."),
    )


class EditTogetherForm(SeveralForm):
    """Another lead unit, date or field for several commitments."""

    picks: ClassVar[str] = "commitments"
    numbers = None  # type: ignore[assignment]  # this is how Django drops an inherited field
    commitments = forms.MultipleChoiceField(label=_("Commitments"), error_messages={"required": _("Tick at least one.")})
    lead_unit = forms.ModelChoiceField(
        label=_("Lead unit"), queryset=Organisation.objects.none(), required=False, empty_label=_("each keeps its own")
    )
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=DateInput(), help_text=_("Left empty, each keeps its own date.")
    )
    field = forms.ChoiceField(
        label=_("Field"),
        required=False,
        choices=[("", _("each keeps its own")), (NO_FIELD, _("no single field")), *Field.choices],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead_unit"].queryset = organisations(*UNITS)  # type: ignore[attr-defined]  # a field of model choices

    def given(self) -> dict[str, Any]:
        """Return what is to change; what was left empty is not in it."""
        typed = {name: self.cleaned_data[name] for name in ("lead_unit", "due_on", "field") if self.cleaned_data[name]}
        return {**typed, "field": ""} if typed.get("field") == NO_FIELD else typed


def chosen(rows: Sequence[Commitment], codes: Sequence[str]) -> list[Commitment]:
    """Return the rows that were ticked."""
    return [row for row in rows if row.code in codes]
