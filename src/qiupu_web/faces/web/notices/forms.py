"""Forms of notices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.enums import Rhythm, WebhookKind
from qiupu_web.parties.models import Organisation


class RhythmForm(OnceForm):
    """How often the digest comes."""

    rhythm = forms.ChoiceField(label=_("The digest comes"), choices=Rhythm.choices, widget=forms.RadioSelect)


class SearchForm(OnceForm):
    """The name of a search that is saved."""

    name = forms.CharField(label=_("Name of the search"), max_length=120, help_text=_("It says why a scenario is told to you."))
    q = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    field = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    state = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    measured = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    region = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)


class HookForm(OnceForm):
    """A webhook. Address and secret are written only: they are never shown again."""

    organisation = forms.ModelChoiceField(
        label=_("Of which organisation or unit"), queryset=Organisation.objects.none(), empty_label=None
    )
    name = forms.CharField(
        label=_("Name of the chat or program"),
        max_length=120,
        help_text=_("As people know the chat, for example “Tourism bureau, duty group”."),
    )
    kind = forms.ChoiceField(
        label=_("What stands at the other end"), choices=WebhookKind.choices, initial=WebhookKind.WECOM, widget=forms.RadioSelect
    )
    address = forms.CharField(
        label=_("Address (webhook)"),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
        help_text=_("Copy it from the robot's settings in the chat. It begins with https:// and is not shown again."),
    )
    secret = forms.CharField(
        label=_("Secret for signing"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("DingTalk calls it 加签 and it begins with SEC; WeCom has none; a program checks our signature with it."),
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=settings.LANGUAGES)
    tells = forms.MultipleChoiceField(
        label=_("What is told"),
        required=False,
        initial=["tells_work", "tells_news"],
        choices=[
            ("tells_work", _("what is late or due within a week, and on Mondays all that waits")),
            ("tells_news", _("new scenarios that members' saved searches find")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, organisations: Any = None, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisations is None:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]  # a ModelChoiceField
        if not is_new:
            del self.fields["kind"]
            self.fields["address"].required = False
            self.fields["address"].help_text = _("Leave it empty to keep the present one; it cannot be shown.")
            self.fields["secret"].help_text = _("Leave it empty to keep the present one; it cannot be shown.")
