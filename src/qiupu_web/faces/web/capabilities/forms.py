"""The form of a capability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from qiupu_web.capabilities.enums import Deployment
from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.rules import EDITABLE
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation


class CapabilityForm(OnceForm):
    """What a supplier tells about one capability."""

    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Organisation.objects.none(), empty_label=None)
    field = forms.ChoiceField(label=_("Field"), choices=Field.choices)
    title_zh = forms.CharField(
        label=_("Title in Chinese"), required=False, max_length=300, help_text=_("At least one of the two titles.")
    )
    title_en = forms.CharField(label=_("Title in English"), required=False, max_length=300)
    body_zh = forms.CharField(
        label=_("What it does, in Chinese"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One claim a sentence. Matching quotes the sentence that answers a requirement, so plain facts count."),
    )
    body_en = forms.CharField(
        label=_("What it does, in English"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    regions = forms.CharField(
        label=_("Where it is offered"), required=False, max_length=200, help_text=_("By semicolons; empty means everywhere.")
    )
    deployment = forms.ChoiceField(label=_("Where it can run"), choices=Deployment.choices, initial=Deployment.ANY)
    certificates = forms.CharField(label=_("Certificates"), required=False, max_length=300, help_text=_("By semicolons."))
    price_cny = forms.DecimalField(
        label=_("Usual price in yuan"),
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text=_("Leave it empty when it depends."),
    )

    def __init__(self, *args: Any, suppliers: QuerySet[Organisation], capability: Capability | None = None, **kwargs: Any) -> None:
        if capability is not None:
            kwargs["initial"] = {name: getattr(capability, name) for name in EDITABLE}
        super().__init__(*args, **kwargs)
        if capability is None:
            self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]  # a ModelChoiceField
        else:
            del self.fields["supplier"]

    def words(self) -> dict[str, Any]:
        """Return what a use case takes."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name in EDITABLE}

    def rows(self) -> list[Sequence[BoundField]]:
        """Return the fields by rows."""
        first = [("supplier",)] if "supplier" in self.fields else []
        plan = [
            *first,
            ("field", "deployment"),
            ("title_zh", "title_en"),
            ("body_zh", "body_en"),
            ("regions", "certificates"),
            ("price_cny",),
        ]
        return [[self[name] for name in row] for row in plan]


class PressForm(OnceForm):
    """A single button."""
