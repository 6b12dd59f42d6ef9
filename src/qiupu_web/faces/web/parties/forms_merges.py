"""The forms by which two organisations become one, or are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiupu_web.faces.templatetags.qiupu import day
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.parties.forms import OrganisationForm
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.usecases.merges import CHOSEN

NOTHING = "–"


def labels() -> dict[str, str]:
    """Return what each value of an organisation is called on its form."""
    return {name: str(OrganisationForm.base_fields[name].label) for name in CHOSEN}


def shown(row: Organisation, name: str) -> str:
    """Return a value of an organisation as a person reads it; a dash when there is none."""
    return in_words(name, getattr(row, name))


def in_words(name: str, value: Any) -> str:
    """Return a value as it is kept (a date or a kind also as its code) as a person reads it; a dash when there is none."""
    if name == "is_invented":
        return _("yes") if value else _("no")
    if not value:
        return NOTHING
    if name == "kind":
        return str(OrganisationKind(value).label)
    if name == "founded_on":
        return day(date.fromisoformat(value) if isinstance(value, str) else value)
    return str(value)


def told(row: Organisation, name: str) -> str:
    """Return a value as a choice says it: in words also when there is none."""
    value = shown(row, name)
    return _("nothing told") if value == NOTHING else value


class MergeForm(OnceForm):
    """For each value in which the two differ, whose is kept."""

    def __init__(self, *args: Any, kept: Organisation, merged: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles: Mapping[str, str] = labels()
        self.differing = [name for name in CHOSEN if getattr(kept, name) != getattr(merged, name)]
        for name in self.differing:
            is_told = bool(getattr(kept, name)) or not getattr(merged, name)
            self.fields[name] = forms.ChoiceField(
                label=titles[name],
                choices=[(which, told(row, name)) for which, row in (("kept", kept), ("merged", merged))],
                initial="kept" if is_told else "merged",
                widget=forms.RadioSelect,
            )

    def taken(self) -> list[str]:
        """Return the values that come from the one that goes."""
        return [name for name in self.differing if self.cleaned_data[name] == "merged"]


class DifferentForm(OnceForm):
    """Why two organisations are two."""

    note = forms.CharField(
        label=gettext_lazy("Why they are two"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Kept with the answer, for whoever asks again."),
    )


class PressForm(OnceForm):
    """A single button."""
