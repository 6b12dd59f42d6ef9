"""Forms of approvals and stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiupu_web.agreements.models import ApprovalStep, Commitment
from qiupu_web.agreements.usecases.approving import MOST_STEPS, Approver
from qiupu_web.faces.web.agreements.forms import UNITS, DateInput, organisations
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.models import Membership, Organisation, User
from qiupu_web.parties.permissions import matrix

APPROVING = tuple(role for role, cell in matrix()["agreements.decide_approval"].items() if cell != "no")


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's field takes no type when it runs
    """A person in a role for a unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the unit first, so that the list is read by unit."""
        return f"{obj.organisation} · {obj.user} · {obj.get_role_display()}"


class StepsForm(OnceForm):
    """Who approves, in order: for each step a unit, or one person of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.filter(is_active=True, user__is_active=True, role__in=APPROVING)
        for number in range(1, MOST_STEPS + 1):
            self.fields[f"unit_{number}"] = forms.ModelChoiceField(
                label=_("Step %(n)d: unit") % {"n": number},
                queryset=organisations(*UNITS),
                required=False,
                empty_label=_("no such step"),
            )
            self.fields[f"member_{number}"] = PersonChoice(
                label=_("Step %(n)d: one person of it") % {"n": number},
                queryset=people.select_related("organisation", "user").order_by("organisation__code", "id"),
                required=False,
                empty_label=_("anybody who acts for the unit"),
            )

    @staticmethod
    def of(steps: Sequence[ApprovalStep]) -> dict[str, Any]:
        """Return the initial values for steps as they are."""
        found: dict[str, Any] = {}
        for step in steps:
            found |= {f"unit_{step.number}": step.organisation_id, f"member_{step.number}": step.member_id}
        return found

    def approvers(self) -> list[Approver]:
        """Return units and people in order; a step left empty is left out; a person alone names her unit too."""
        found: list[Approver] = []
        for number in range(1, MOST_STEPS + 1):
            unit: Organisation | None = self.cleaned_data[f"unit_{number}"]
            member: Membership | None = self.cleaned_data[f"member_{number}"]
            if unit or member:
                found.append((unit or member.organisation, member))  # type: ignore[union-attr]  # one of the two is there
        return found


class DecideForm(OnceForm):
    """Approve or return several commitments."""

    commitments = forms.ModelMultipleChoiceField(
        label=_("Commitments"), queryset=Commitment.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    approve = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Approve")), ("no", _("Return to the office, and say why"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        initial="yes",
    )
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, rows: Sequence[Commitment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["commitments"]
        found = Commitment.objects.filter(pk__in=[row.pk for row in rows]).select_related("statement__agreement").order_by("code")
        field.queryset = found  # type: ignore[attr-defined]  # a field of model choices
        field.initial = [row.pk for row in rows]

    def clean(self) -> dict[str, Any]:
        """Returning needs a comment."""
        data = super().clean() or {}
        if data.get("approve") is False and not data.get("comment", "").strip():
            self.add_error("comment", _("Say why it is returned, so that the office can mend it."))
        return data


class ColleagueChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's field takes no type when it runs
    """A person by name; two of one name are told apart by their addresses."""

    def label_from_instance(self, obj: Any) -> str:
        """Name her, with her address."""
        return f"{obj} · {obj.email}"


class StandInForm(OnceForm):
    """Name who stands in: a colleague from the list, or somebody of another organisation by e-mail."""

    member = forms.ModelChoiceField(label=_("For which of your roles"), queryset=Membership.objects.none(), empty_label=None)
    colleague = ColleagueChoice(
        label=_("Who stands in"), queryset=User.objects.none(), required=False, empty_label=_("somebody of another organisation")
    )
    email = forms.EmailField(
        label=_("E-mail of who stands in"),
        required=False,
        help_text=_("Only for somebody of another organisation: her address here."),
    )
    from_on = forms.DateField(label=_("From"), widget=DateInput())
    until_on = forms.DateField(label=_("Until, that day included"), widget=DateInput())

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if members:
            mine = [(one.organisation_id, one.user_id) for one in members]
            beside = Membership.objects.filter(is_active=True, organisation_id__in=[unit for unit, _user in mine])
            people = User.objects.filter(is_active=True, pk__in=beside.values("user_id")).exclude(pk=mine[0][1])
            self.fields["member"].queryset = members  # type: ignore[attr-defined]  # a field of model choices
            self.fields["colleague"].queryset = people.order_by("name_zh", "name_en", "pk")  # type: ignore[attr-defined]  # the same

    def clean(self) -> dict[str, Any]:
        """Find the person; one of the two ways names her."""
        data = super().clean() or {}
        colleague, email = data.get("colleague"), data.get("email")
        if "colleague" in self.errors or "email" in self.errors:
            return data
        if bool(colleague) == bool(email):
            self.add_error("colleague", _("Choose a colleague, or give the e-mail of somebody else; one of the two."))
            return data
        found = colleague or User.objects.filter(email__iexact=email, is_active=True).first()
        if found is None:
            self.add_error("email", _("Nobody else with an active account has this address."))
        return {**data, "stand_in": found}
