"""The forms of matches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.matches.enums import DeclineReason


class PressForm(OnceForm):
    """A single button."""


class ReplyForm(OnceForm):
    """What a supplier answers to an introduction."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("We are interested")), ("no", _("Not this time"))],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("Why not"),
        choices=[("", _("only when you decline")), *DeclineReason.choices],
        required=False,
    )
    note = forms.CharField(
        label=_("A word to the owner"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason when the answer is no."""
        found = super().clean() or {}
        if found.get("answer") == "no" and not found.get("reason"):
            self.add_error("reason", _("Say why, so that the owner learns from it."))
        return found


class DeclineForm(OnceForm):
    """Why an owner goes no further with a supplier."""

    reason = forms.ChoiceField(label=_("Reason"), choices=DeclineReason.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(OnceForm):
    """A reason in words."""

    note = forms.CharField(label=_("Why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, is_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = is_needed
