"""Forms of the account, of asking for one and of deciding about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Role
from qiupu_web.parties.models import Membership, Organisation
from qiupu_web.parties.queries import visible_to
from qiupu_web.parties.rules import ASKED_FOR_ROLES, may_give

SCOPES = (
    ("trials.enter", _("enter trials")),
    ("scenarios.draft", _("draft scenarios")),
    ("capabilities.register", _("register capabilities")),
)
"""What a program may be allowed to write; reading is always in."""


def _words(label: Any, *, required: bool = True, longest: int = 200, **fields: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=longest, **fields)


class AccountForm(OnceForm):
    """One's own name and language."""

    name_zh = _words(_("Name in Chinese"), required=False, longest=100)
    name_en = _words(_("Name in English"), required=False, longest=100)
    language = forms.ChoiceField(
        label=_("Language of mails and after sign-in"),
        required=False,
        choices=[("", _("as the browser asks")), *settings.LANGUAGES],
    )


class TokenForm(OnceForm):
    """A new token."""

    name = _words(_("What it is for"), longest=100)
    membership = forms.ModelChoiceField(label=_("Acts as"), queryset=Membership.objects.none(), empty_label=None)
    scopes = forms.MultipleChoiceField(
        label=_("May also"),
        required=False,
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Reading is always in. Give no more than the program needs."),
    )
    days = forms.IntegerField(label=_("Days until it ends"), initial=90, min_value=1, max_value=366)

    def __init__(self, *args: Any, memberships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = memberships  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["membership"].label_from_instance = (  # type: ignore[attr-defined]  # as above
            lambda row: f"{row.organisation} · {row.get_role_display()}"
        )


class SignUpForm(OnceForm):
    """Asking for an account."""

    name_zh = _words(_("Your name in Chinese"), required=False, longest=100)
    name_en = _words(_("Your name in English"), required=False, longest=100, help_text=_("One of the two is enough."))
    email = forms.EmailField(label=_("Mail address"), help_text=_("You sign in with it."))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; a few words are better than signs."),
    )
    organisation_name = _words(_("Organisation"), help_text=_("Your bureau, company, start-up or institute, by its full name."))
    role = forms.ChoiceField(label=_("You come as"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What you want to do here"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in ASKED_FOR_ROLES]  # type: ignore[attr-defined]  # a ChoiceField


class DecisionForm(OnceForm):
    """Approving or declining a request."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("approve", _("open the account")), ("decline", _("decline"))], widget=forms.RadioSelect
    )
    organisation = forms.ModelChoiceField(
        label=_("Belongs to"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("a new organisation with the name given"),
        help_text=_("Look first whether it is registered already."),
    )
    role = forms.ChoiceField(label=_("Role"))
    reason = forms.CharField(
        label=_("Reason, when declined"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("The person reads it in a mail."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = visible_to(actor).filter(is_active=True)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["role"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (role.value, role.label) for role in Role if may_give(actor.role, role)
        ]
