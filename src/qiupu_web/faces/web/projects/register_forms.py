"""Forms of risks, benefits, contract documents and replication."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiupu_web.faces.web.agreements.forms import DateInput, FileField
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.projects.enums import Degree, DocumentKind, DropReason, RiskReason, RiskState
from qiupu_web.projects.models import Project
from qiupu_web.projects.rules import RISK
from qiupu_web.scenarios.enums import Direction

OFFICIAL = (OrganisationKind.UNIT, OrganisationKind.OFFICE)


def _text(label: Any, rows: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class RegisterForm(OnceForm):
    """A form whose fields are what the use case takes."""

    def values(self) -> dict[str, Any]:
        """Return what the use case takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}


class RiskForm(RegisterForm):
    """What may go wrong."""

    title_zh = forms.CharField(label=_("What may happen, in Chinese"), max_length=300, required=False)
    title_en = forms.CharField(label=_("What may happen, in English"), max_length=300, required=False)
    likelihood = forms.ChoiceField(label=_("How likely"), choices=Degree.choices, widget=forms.RadioSelect)
    impact = forms.ChoiceField(label=_("How grave"), choices=Degree.choices, widget=forms.RadioSelect)
    keeper = forms.ModelChoiceField(label=_("Who watches it"), queryset=Organisation.objects.none())
    due_on = forms.DateField(label=pgettext_lazy("risk", "Dealt with by"), required=False, widget=DateInput())
    measures_zh = _text(_("What is done against it, in Chinese"), 2)
    measures_en = _text(_("What is done against it, in English"), 2)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = Q(pk__in=(project.supplier_id, project.scenario.owner_id)) | Q(kind__in=OFFICIAL)
        self.fields["keeper"].queryset = Organisation.objects.filter(near, is_active=True)  # type: ignore[attr-defined]  # model choices

    def clean(self) -> dict[str, Any]:
        """Want words."""
        data = super().clean() or {}
        if not data.get("title_zh") and not data.get("title_en"):
            self.add_error("title_zh", _("Say it in at least one language."))
        return data


class RiskMoveForm(RegisterForm):
    """What became of a risk."""

    to = forms.ChoiceField(label=_("What became of it"))
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[("", "–"), *RiskReason.choices],
        help_text=_("Needed when it has happened or is closed."),
    )
    note = _text(_("Note"), 2)

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(to, RiskState(to).label) for to in RISK.steps[state].to]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """What has happened or is closed needs a reason."""
        data = super().clean() or {}
        if data.get("to") in RISK.exits and not data.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        return data


class BenefitForm(RegisterForm):
    """What the project shall bring."""

    title_zh = forms.CharField(label=_("What it brings, in Chinese"), max_length=300, required=False)
    title_en = forms.CharField(label=_("What it brings, in English"), max_length=300, required=False)
    unit_zh = forms.CharField(label=_("Unit in Chinese"), max_length=60, required=False)
    unit_en = forms.CharField(label=_("Unit in English"), max_length=60, required=False)
    direction = forms.ChoiceField(label=_("Which way is better"), choices=Direction.choices, widget=forms.RadioSelect)
    baseline = forms.FloatField(
        label=_("Before the project"), required=False, help_text=_("Leave it empty when nobody has measured it.")
    )
    expected = forms.FloatField(label=_("Expected"), required=False)
    due_on = forms.DateField(label=_("To be measured by"), required=False, widget=DateInput())

    def clean(self) -> dict[str, Any]:
        """Want words and a unit."""
        data = super().clean() or {}
        for name in ("title", "unit"):
            if not data.get(f"{name}_zh") and not data.get(f"{name}_en"):
                self.add_error(f"{name}_zh", _("Say it in at least one language."))
        return data


class MeasureForm(RegisterForm):
    """A measured value."""

    value = forms.FloatField(label=_("Measured value"))
    measured_on = forms.DateField(label=_("Measured on"), widget=DateInput())
    how = forms.CharField(label=_("How it was found"), widget=forms.Textarea(attrs={"rows": 2}))
    document = FileField(label=_("Document"), required=False, help_text=_("PDF, Word, Excel or a picture."))


class ReviewForm(RegisterForm):
    """The value holds."""

    note = _text(_("Note"), 2)


class DropForm(RegisterForm):
    """Why a benefit is no longer pursued."""

    reason = forms.ChoiceField(label=_("Reason"), choices=DropReason.choices)
    note = _text(_("Note"), 2)


class DocumentForm(RegisterForm):
    """A document of the contract."""

    kind = forms.ChoiceField(label=_("What it is"), choices=DocumentKind.choices)
    document = FileField(label=_("Document"), help_text=_("PDF, Word, Excel or a picture."))
    signed_on = forms.DateField(label=_("Signed on"), required=False, widget=DateInput())
    note = _text(_("Note"), 2)


class ReplicateForm(RegisterForm):
    """Who takes the project over."""

    owner = forms.ModelChoiceField(label=_("Who takes it over"), queryset=Organisation.objects.none())
    note = _text(_("What is different there"), 2)

    def __init__(self, *args: Any, project: Project, organisation_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(is_active=True).exclude(pk=project.scenario.owner_id)
        if organisation_id is not None:
            rows = rows.filter(pk=organisation_id)
        self.fields["owner"].queryset = rows  # type: ignore[attr-defined]  # model choices
