"""The forms of events."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.matches.enums import AbsenceReason, CancelReason, InvitationState, MeetingOutcome
from qiupu_web.matches.event_rules import EDITABLE, LEAST_FIT, EventPlan, slots_away
from qiupu_web.matches.models import Event, Invitation, Meeting
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.models import Scenario


class PressForm(OnceForm):
    """A single button."""


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


def _number(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, **more)


class EventForm(OnceForm):
    """What an event is, when, and how many can meet."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    place_zh = forms.CharField(label=_("Place in Chinese"), max_length=200)
    place_en = forms.CharField(label=_("Place in English"), max_length=200)
    held_on = _day(_("Day"))
    reply_by = _day(_("Replies by"), help_text=_("Who has not answered by then is left out."))
    starts_at = _time(_("First meeting begins"))
    ends_at = _time(_("Last meeting ends at the latest"))
    meeting_minutes = _number(_("Minutes for a meeting"), initial=20)
    change_minutes = _number(_("Minutes to change tables"), initial=5)
    breaks = forms.CharField(
        label=_("Breaks"), required=False, max_length=200, help_text=_("Like 12:00-13:30, several with semicolons between.")
    )
    tables = _number(_("Tables or rooms"), initial=10)
    need_min = _number(_("Least meetings of a need"), initial=0)
    need_max = _number(_("Most meetings of a need"), initial=3)
    supplier_max = _number(_("Most meetings of a supplier"), initial=5)
    least_fit = forms.FloatField(
        label=_("Least fit of a pair"), initial=LEAST_FIT, help_text=_("0 to 1; pairs that fit less do not meet.")
    )

    def __init__(self, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        if event is not None:
            kwargs["initial"] = {name: getattr(event, name) for name in EDITABLE}
        super().__init__(*args, **kwargs)

    def rows(self) -> list[list[BoundField]]:
        """Return the fields two by two."""
        pairs = (
            ("title_zh", "title_en"), ("place_zh", "place_en"), ("held_on", "reply_by"), ("starts_at", "ends_at"),
            ("meeting_minutes", "change_minutes"), ("breaks", "tables"), ("need_min", "need_max"), ("supplier_max", "least_fit"),
        )  # fmt: skip
        return [[self[name] for name in pair] for pair in pairs]

    def plan(self) -> EventPlan:
        """Return what a use case takes."""
        return EventPlan(**{name: self.cleaned_data[name] for name in EDITABLE})


class _Choice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # it takes no type at run time
    """Rows by title and owner."""

    def label_from_instance(self, obj: Any) -> str:
        """Return a line."""
        return f"{obj.title} · {obj.owner}" if isinstance(obj, Scenario) else str(obj)


class InviteForm(OnceForm):
    """Who is invited: any number of needs and suppliers at once."""

    scenarios = _Choice(
        label=_("Needs with their owners"), queryset=Scenario.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    suppliers = _Choice(
        label=_("Suppliers with a published capability"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, scenarios: QuerySet[Scenario], suppliers: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scenarios"].queryset = scenarios  # type: ignore[attr-defined]  # a model field
        self.fields["suppliers"].queryset = suppliers  # type: ignore[attr-defined]  # a model field

    def clean(self) -> dict[str, Any]:
        """Ask for at least one."""
        found = super().clean() or {}
        if not found.get("scenarios") and not found.get("suppliers") and not self.errors:
            self.add_error(None, _("Nobody is chosen. Tick at least one need or supplier."))
        return found


class AnswerForm(OnceForm):
    """Whether one comes."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=[("yes", _("We come")), ("no", _("We do not come"))], widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(
        label=_("Why not"), choices=[("", _("only when you do not come")), *AbsenceReason.choices], required=False
    )
    away = forms.TypedMultipleChoiceField(
        label=_("Times at which you cannot"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none when you are there all day. No meeting is put into a ticked time."),
    )
    note = forms.CharField(
        label=_("A word to the exchange office"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        slots = invitation.event.clock.slots()
        kwargs["initial"] = {"away": slots_away(slots, invitation.away), **_answered(invitation)}
        super().__init__(*args, **kwargs)
        self.fields["away"].choices = [(one.number, one.span.replace("-", "–")) for one in slots]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """Ask for a reason when the answer is no."""
        found = super().clean() or {}
        if found.get("answer") == "no" and not found.get("reason"):
            self.add_error("reason", _("Say why, so that the office can plan."))
        return found


def _answered(invitation: Invitation) -> dict[str, str]:
    """Return the answer that was given already, to be changed."""
    said = {InvitationState.ACCEPTED: "yes", InvitationState.DECLINED: "no"}.get(InvitationState(invitation.state))
    if said is None:
        return {}
    return {"answer": said, "reason": invitation.reason_code, "note": invitation.reason_note}


class WithdrawForm(OnceForm):
    """Why an invitation is taken back."""

    reason = forms.ChoiceField(label=_("Reason"), choices=AbsenceReason.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)


class LimitsForm(OnceForm):
    """Limits of one participant."""

    low = forms.IntegerField(label=_("Least meetings"), required=False, help_text=_("Empty: as the event says."))
    high = forms.IntegerField(label=_("Most meetings"), required=False)


class ConflictForm(OnceForm):
    """Who must not meet whom."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Organisation.objects.none(), empty_label=None)
    supplier = forms.ModelChoiceField(label=_("Supplier"), queryset=Organisation.objects.none(), empty_label=None)
    reason = forms.CharField(label=_("What the conflict is"), max_length=300)

    def __init__(self, *args: Any, owners: QuerySet[Organisation], suppliers: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]  # a model field
        self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]  # a model field


class CancelForm(OnceForm):
    """Why an event is cancelled."""

    reason = forms.ChoiceField(label=_("Reason"), choices=CancelReason.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)


class NoteForm(OnceForm):
    """A reason in words."""

    note = forms.CharField(label=_("Why"), max_length=500)


class AllocateForm(OnceForm):
    """How meetings are allocated."""

    rule = forms.ChoiceField(
        label=_("What counts"),
        choices=[
            ("total", _("The best total: the sum of how well the pairs fit is as large as can be")),
            ("fair", _("The worst-off first: nobody's best meeting is made worse to make a better-off one better")),
        ],
        initial="total",
        widget=forms.RadioSelect,
    )


class SwapForm(OnceForm):
    """Two meetings that exchange their times and tables."""

    first = forms.ModelChoiceField(label=_("This meeting"), queryset=Meeting.objects.none(), empty_label=None)
    second = forms.ModelChoiceField(label=_("exchanges its time with"), queryset=Meeting.objects.none(), empty_label=None)

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], labels: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            field = self.fields[name]
            field.queryset = meetings  # type: ignore[attr-defined]  # a model field
            field.label_from_instance = lambda one: labels[one.pk]  # type: ignore[attr-defined]  # as above


class OutcomeForm(OnceForm):
    """What came of a meeting."""

    outcome = forms.ChoiceField(label=_("What came of it"), choices=MeetingOutcome.choices, widget=forms.RadioSelect)
    follow_up_on = _day(_("Goes on by"), required=False, help_text=_("Only when the two go on: until when."))
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def words(self) -> dict[str, Any]:
        """Return what a use case takes."""
        return {name: self.cleaned_data[name] for name in ("outcome", "follow_up_on", "note")}
