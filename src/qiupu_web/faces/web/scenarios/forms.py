"""The forms of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiupu_web.agreements.models import Commitment
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.scenarios import metrics
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.enums import Direction, ExitReason, ReturnReason
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import EDITABLE
from qiupu_web.scenarios.templates import Template


@dataclass(frozen=True)
class Section:
    """A part of a long form: its heading, a sentence, and the fields by rows."""

    title: str
    hint: str
    rows: Sequence[Sequence[BoundField]]
    metrics: Sequence[metrics.Group] = ()


def _text(label: Any, *, help_text: Any = "", long: bool = False, limit: int = 300) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput()
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=20_000 if long else limit, widget=widget)


class ScenarioForm(OnceForm):
    """What an owner tells about a need; only field and title must be there to keep a draft."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Organisation.objects.none(), empty_label=None)
    field = forms.ChoiceField(label=_("Field"), choices=Field.choices)
    title_zh = _text(_("Title in Chinese"), help_text=_("At least one of the two titles."))
    title_en = _text(_("Title in English"))
    body_zh = _text(
        _("What is needed, in Chinese"),
        long=True,
        help_text=_("One requirement a sentence: matching answers each sentence by itself."),
    )
    body_en = _text(_("What is needed, in English"), long=True)
    setting_zh = _text(_("Where it will work, in Chinese"), long=True)
    setting_en = _text(_("Where it will work, in English"), long=True)
    data_zh = _text(_("What data there are, in Chinese"), long=True)
    data_en = _text(_("What data there are, in English"), long=True)
    metric = forms.ChoiceField(
        label=_("Metric"), choices=metrics.choices, required=False, help_text=_("What each one means stands below.")
    )
    own_metric = _text(
        _("Name of another metric"),
        limit=40,
        help_text=_("Only when the list lacks it. The platform cannot compute it in a trial."),
    )
    direction = forms.ChoiceField(
        label=_("Which way is better"),
        choices=[("", _("as the metric says")), *Direction.choices],
        required=False,
        help_text=_("To be chosen for another metric only."),
    )
    bar = forms.FloatField(
        label=_("Acceptance bar"),
        required=False,
        help_text=_("The value that a solution must be shown to reach. Set it before anybody enters."),
    )
    waiver = _text(
        _("Why success cannot be measured"),
        long=True,
        help_text=_("Only instead of metric and bar. It will be shown to everybody."),
    )
    decision_maker_zh = _text(_("Who decides, in Chinese"), limit=200, help_text=_("A post, such as the head of operations."))
    decision_maker_en = _text(_("Who decides, in English"), limit=200)
    budget_cny = forms.DecimalField(label=_("Budget ceiling in yuan"), required=False, max_digits=14, decimal_places=2)
    decide_by = forms.DateField(
        label=_("Decided by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    budget_route_zh = _text(
        _("How it is bought after success, in Chinese"), help_text=_("Such as: a paid pilot of six months, then a tender.")
    )
    budget_route_en = _text(_("How it is bought after success, in English"))
    region = _text(_("Place"), limit=100)
    commitment = forms.ModelChoiceField(
        label=_("Commitment that it fulfils"), queryset=Commitment.objects.none(), required=False, empty_label=_("none")
    )

    def __init__(
        self,
        *args: Any,
        owners: QuerySet[Organisation],
        commitments: QuerySet[Commitment],
        scenario: Scenario | None = None,
        template: Template | None = None,
        **kwargs: Any,
    ) -> None:
        if scenario is not None:
            kwargs["initial"] = {name: getattr(scenario, name) for name in EDITABLE}
        elif template is not None:
            kwargs["initial"] = {"field": template.field, "metric": template.metric, "direction": template.direction}
        kwargs["initial"] = _with_metric(kwargs.get("initial", {}))
        super().__init__(*args, **kwargs)
        if scenario is None:
            self.fields["owner"].queryset = owners  # type: ignore[attr-defined]  # a ModelChoiceField
        else:
            del self.fields["owner"]
        self.fields["commitment"].queryset = commitments  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """Take the owner's own metric where it is chosen, and the direction from the metric where none is."""
        found = super().clean() or {}
        own, is_own = found.get("own_metric", "").strip(), found.get("metric") == metrics.OWN
        if is_own and not own:
            self.add_error("own_metric", _("Name the metric, or choose one of the list."))
        if own and not is_own:
            self.add_error("own_metric", _("Choose “another metric” as well, or leave this empty."))
        found["metric"] = own if is_own else found.get("metric", "")
        found["direction"] = found.get("direction") or metrics.direction_of(found["metric"])
        return found

    def chosen_metric(self) -> metrics.Meaning | None:
        """Return what the metric that stands in the form means."""
        return metrics.meaning_of(str(self["metric"].value() or ""))

    def words(self) -> dict[str, Any]:
        """Return what a use case takes."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name in EDITABLE}

    def sections(self) -> list[Section]:
        """Return the form in the order in which one thinks about a need."""
        first = (("owner",), ("field", "region")) if "owner" in self.fields else (("field", "region"),)
        plan = (
            (
                gettext("What is needed"),
                gettext("Either language will do to begin with; the list shows both."),
                (*first, ("title_zh", "title_en"), ("body_zh", "body_en")),
            ),
            (
                gettext("How success is measured"),
                gettext("A metric with a bar, or a reason why there is none."),
                (("metric", "own_metric"), ("bar", "direction"), ("waiver",)),
                metrics.groups(),
            ),
            (
                gettext("What one gets for passing"),
                gettext("Suppliers decide by this whether to come."),
                (("budget_cny", "decide_by"), ("budget_route_zh", "budget_route_en"), ("decision_maker_zh", "decision_maker_en")),
            ),
            (
                gettext("Setting and data"),
                gettext("What a supplier would find on the spot, and what can be tested with."),
                (("setting_zh", "setting_en"), ("data_zh", "data_en"), ("commitment",)),
            ),
        )
        return [
            Section(title, hint, [[self[name] for name in row] for row in rows], more[0] if more else ())
            for title, hint, rows, *more in plan
        ]


def _with_metric(initial: dict[str, Any]) -> dict[str, Any]:
    """Return what the form begins with: an own metric in its own field, no direction where the metric says it already."""
    metric, direction = initial.get("metric", ""), metrics.direction_of(initial.get("metric", ""))
    if metric and not direction:
        return initial | {"metric": metrics.OWN, "own_metric": metric}
    return initial | {"direction": ""} if direction and direction == initial.get("direction") else initial


class PressForm(OnceForm):
    """A single button."""


class ReturnForm(OnceForm):
    """Why the office sends a scenario back."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ReturnReason.choices)
    note = _text(_("What to change"), long=True)


class WithdrawForm(OnceForm):
    """Why a scenario is taken back."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ExitReason.choices)
    note = _text(_("Note"), long=True)
