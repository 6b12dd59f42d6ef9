"""Forms of organisations and their members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiupu_web.faces.web.forms import OnceForm, unchosen
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind, Role
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.queries import visible_to
from qiupu_web.parties.rules import GIVERS, may_give


class OrganisationForm(OnceForm):
    """What is told about an organisation; the office sets more than its members."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    name_zh = forms.CharField(label=_("Name in Chinese"), required=False, max_length=200)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=200, help_text=_("One of the two is enough."))
    remit_zh = forms.CharField(
        label=_("Remit or business, in Chinese"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    remit_en = forms.CharField(
        label=_("Remit or business, in English"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    region = forms.CharField(label=_("Region"), required=False, max_length=100)
    founded_on = forms.DateField(
        label=_("Founded on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        required=False,
        max_length=18,
        help_text=_("18 characters, as on the business licence."),
    )
    address = forms.CharField(label=_("Address"), required=False, max_length=300)
    website = forms.URLField(label=_("Web site"), required=False, assume_scheme="https")
    parent = forms.ModelChoiceField(label=_("Part of"), queryset=Organisation.objects.none(), required=False, empty_label="–")
    code = forms.SlugField(
        label=_("Code"),
        required=False,
        max_length=60,
        help_text=_("Its word in addresses and files; made from the name when empty."),
    )
    is_invented = forms.BooleanField(label=_("Invented for demonstration"), required=False)
    is_active = forms.BooleanField(label=_("Takes part now"), required=False)

    def __init__(self, *args: Any, actor: Actor, row: Organisation | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in self.base_fields if name not in {"form_key", "parent"}}
            kwargs["initial"]["parent"] = row.parent_id
        super().__init__(*args, **kwargs)
        parents = visible_to(actor).filter(is_active=True)
        self.fields["parent"].queryset = parents.exclude(pk=row.pk) if row else parents  # type: ignore[attr-defined]  # a ModelChoiceField
        left_out = ["is_active"] if row is None else ["code"]
        if actor.role not in GIVERS:
            left_out += ["kind", "parent", "is_invented", "is_active"]
        for name in left_out:
            self.fields.pop(name, None)
        if row is None:  # a kind is a choice, never what happens to stand first
            self.fields["kind"].choices = unchosen(OrganisationKind.choices)  # type: ignore[attr-defined]  # a ChoiceField

    def told(self) -> dict[str, Any]:
        """Return what the use case is given."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}


class MemberForm(OnceForm):
    """Letting somebody act for the organisation."""

    email = forms.EmailField(label=_("Mail address of the account"), help_text=_("The person must have an account already."))
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = [(role.value, role.label) for role in Role if may_give(actor.role, role)]
        self.fields["role"].choices = unchosen(given)  # type: ignore[attr-defined]  # a ChoiceField
