"""Forms of agreements and commitments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext_lazy as _

from qiupu_web.agreements.enums import MoneyKind, OverrideReason, SettleReason
from qiupu_web.agreements.models import Commitment
from qiupu_web.agreements.usecases.evidence import BY_HAND
from qiupu_web.faces.web.forms import OnceForm, unchosen, uploaded_bytes
from qiupu_web.parties.enums import Field, OrganisationKind
from qiupu_web.parties.models import Organisation

UNITS = (OrganisationKind.UNIT, OrganisationKind.OFFICE, OrganisationKind.PARTNER, OrganisationKind.COMPANY)


def organisations(*kinds: str) -> QuerySet[Organisation]:
    """Active organisations, of some kinds or all."""
    first = Case(*(When(kind=kind, then=number) for number, kind in enumerate(UNITS)), default=len(UNITS))
    rows = Organisation.objects.filter(is_active=True).order_by(first, "code")
    return rows.filter(kind__in=kinds) if kinds else rows


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class FileField(forms.FileField):
    """A file, read into bytes and its name; too large ones are refused before they are read."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return (bytes, name), or None."""
        file = super().clean(data, initial)
        return (uploaded_bytes(file, settings.UPLOAD_MAX_BYTES), file.name) if file else None


class CommitmentForm(OnceForm):
    """Who answers for it, by when, measured how."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=300, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    lead_unit = forms.ModelChoiceField(
        label=_("Lead unit"), queryset=Organisation.objects.none(), help_text=_("The one that answers for it.")
    )
    supporting_units = forms.ModelMultipleChoiceField(
        label=_("Supporting units"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    due_on = forms.DateField(label=_("Due"), required=False, widget=DateInput())
    measure_zh = forms.CharField(
        label=_("How it is measured, in Chinese"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What will be counted, and which number means that it is done."),
    )
    measure_en = forms.CharField(
        label=_("How it is measured, in English"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field = forms.ChoiceField(label=_("Field"), required=False, choices=[("", _("no single field")), *Field.choices])
    debtor = forms.ModelChoiceField(label=_("Who owes it"), queryset=Organisation.objects.none(), required=False)
    creditor = forms.ModelChoiceField(label=_("To whom"), queryset=Organisation.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = organisations(*UNITS)
        for name in ("lead_unit", "supporting_units", "debtor", "creditor"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]  # a field of model choices

    def clean(self) -> dict[str, Any]:
        """Want a title."""
        data = super().clean() or {}
        if not data.get("title_zh") and not data.get("title_en"):
            self.add_error("title_zh", _("Give a title in at least one language."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what the use cases take."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("form_key", "note")}


class AmendForm(CommitmentForm):
    """The same, with a reason."""

    note = forms.CharField(label=_("Why it is amended"), widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("note",)

    def values(self) -> dict[str, Any]:
        """Return what the use case takes; supporting units stay as they are."""
        return {name: value for name, value in super().values().items() if name != "supporting_units"}


def typed_of(row: Commitment) -> dict[str, Any]:
    """Return a commitment's values as a form's initial ones."""
    names = ("title_zh", "title_en", "lead_unit", "due_on", "measure_zh", "measure_en", "field", "debtor", "creditor")
    return {**{name: getattr(row, name) for name in names}, "supporting_units": list(row.supporting_units.all())}


class AnswerForm(OnceForm):
    """The lead unit's answer."""

    accept = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("We take it on")), ("no", _("We return it, and say why"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    due_on = forms.DateField(
        label=_("Another date"),
        required=False,
        widget=DateInput(),
        help_text=_("Only when you can do it by another date than the one above."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def clean(self) -> dict[str, Any]:
        """Returning needs a reason."""
        data = super().clean() or {}
        if data.get("accept") is False and not data.get("note", "").strip():
            self.add_error("note", _("Say why it is returned, so that the office can mend it."))
        return data


class LinkForm(OnceForm):
    """Send a one-time link."""

    sent_to = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Leave it empty to copy the link into a message of your own.")
    )


class EvidenceForm(OnceForm):
    """A document that shows it moving."""

    title = forms.CharField(label=_("What it shows"), max_length=300)
    file = FileField(label=_("Document"), help_text=_("PDF, Word, Excel or a picture."))


class MoneyForm(OnceForm):
    """Money of a commitment."""

    kind = forms.ChoiceField(
        label=_("What happened to the money"),
        choices=unchosen(MoneyKind.choices),
        help_text=_("Agreed: a text names the amount. Paid in: it has arrived. Landed: it has been spent or invested here."),
    )
    amount_cny = forms.DecimalField(label=_("Amount in yuan"), min_value=0, max_digits=16, decimal_places=2)
    on = forms.DateField(label=_("On"), widget=DateInput())
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    document = FileField(
        label=_("Document"), required=False, help_text=_("Needed for money paid in or landed. PDF, Word, Excel or a picture.")
    )


class StrikeForm(OnceForm):
    """Strike an entry of money out."""

    note = forms.CharField(label=_("Why the entry is wrong"), widget=forms.Textarea(attrs={"rows": 3}))


class OverrideForm(OnceForm):
    """Set a light by hand."""

    state = forms.ChoiceField(label=_("Light"), choices=unchosen([(one.value, one.label) for one in BY_HAND]))
    reason = forms.ChoiceField(label=_("Reason"), choices=unchosen(OverrideReason.choices))
    note = forms.CharField(
        label=_("Why, in a sentence"), help_text=_("It is public, beside the light."), widget=forms.Textarea(attrs={"rows": 3})
    )
    until_on = forms.DateField(label=_("Until"), widget=DateInput(), help_text=_("90 days at most; then the rule decides again."))


class SettleForm(OnceForm):
    """Close a commitment."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=unchosen([("met", _("met")), *SettleReason.choices]))
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ScanForm(OnceForm):
    """A stamped form that a party has sent."""

    party = forms.ModelChoiceField(label=_("Which party stamped it"), queryset=Organisation.objects.none())
    form_code = forms.CharField(
        label=_("Check code"),
        max_length=20,
        required=False,
        help_text=_("As printed on the form; it shows that nothing was changed since."),
    )
    commitments = forms.ModelMultipleChoiceField(
        label=_("Commitments on the form"), queryset=Commitment.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    scan = FileField(label=_("Scan"), help_text=_("PDF, PNG or JPEG."))


class TwinForm(OnceForm):
    """The same text in the other language."""

    twin = forms.ModelChoiceField(label=_("The same text in the other language"), queryset=Organisation.objects.none())


class PartyForm(OnceForm):
    """Which organisation a party is."""

    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none(), required=False)
    is_partner = forms.BooleanField(label=_("It is the agreement's partner"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations()  # type: ignore[attr-defined]  # a field of model choices


class SourceForm(OnceForm):
    """Of which text this one is another source; empty takes it back."""

    main = forms.ModelChoiceField(label=_("The text that is worked with"), queryset=Organisation.objects.none(), required=False)

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["main"].queryset = others  # type: ignore[attr-defined]  # a field of model choices
