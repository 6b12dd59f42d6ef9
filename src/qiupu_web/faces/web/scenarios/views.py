"""The opportunity list, the benchmark list, and one scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu_web.agreements.models import Commitment
from qiupu_web.base.bilingual import pick
from qiupu_web.base.models import AuditRecord
from qiupu_web.faces.notices.news import NARROW
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import build_listing
from qiupu_web.faces.web.projects.registers import taken_over, takers_of
from qiupu_web.faces.web.scenarios.contexts import (
    ScenarioFormPage,
    ScenarioList,
    ScenarioPage,
    deeds_of,
    history_of,
    measure_of,
    row_of,
    wanted_of,
)
from qiupu_web.faces.web.scenarios.forms import PressForm, ReturnForm, ScenarioForm, WithdrawForm
from qiupu_web.matches.queries import matches_of_scenario
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import Field, OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may, require
from qiupu_web.projects.models import Project
from qiupu_web.scenarios import queries, usecases
from qiupu_web.scenarios.enums import ScenarioState
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import BENCHMARK_STATES, OPEN_TO_OWNER, PUBLIC_STATES
from qiupu_web.scenarios.templates import template_for, templates
from qiupu_web.trials.models import Trial
from qiupu_web.trials.rules import HIDDEN_STATES

OWNER_KINDS = (OrganisationKind.UNIT, OrganisationKind.COMPANY, OrganisationKind.UNIVERSITY, OrganisationKind.ASSOCIATION)
INSIDERS = ("office", "auditor", "administrator")
Act = Callable[[Actor, Scenario, dict[str, Any]], object]


def opportunity_list(request: HttpRequest) -> HttpResponse:
    """Published scenarios, with search and filters."""
    return _list(request, queries.opportunities(), is_benchmark=False)


def benchmark_list(request: HttpRequest) -> HttpResponse:
    """Accepted scenarios, for others to copy."""
    return _list(request, queries.benchmark_cases(), is_benchmark=True)


def _list(request: HttpRequest, rows: QuerySet[Scenario], *, is_benchmark: bool) -> HttpResponse:
    states = BENCHMARK_STATES if is_benchmark else [one for one in PUBLIC_STATES if one not in BENCHMARK_STATES]
    places = [(one, one) for one in queries.regions(states)]
    listing = build_listing(
        request,
        queries.for_lists(rows),
        search=queries.named,
        filters={
            "field": (_("Field"), Field.choices, NARROW["field"]),
            **({"region": (_("Place"), places, NARROW["region"])} if places else {}),
            "state": (_("State"), [(one.value, one.label) for one in states], NARROW["state"]),
            "measured": (_("Success"), [("yes", _("measured by a bar")), ("no", _("not measurable"))], NARROW["measured"]),
        },
        all_label=_("all"),
    )
    actor = actor_of(request)
    takers = takers_of(listing.page) if is_benchmark else {}
    shown = [row_of(row, takers.get(row.pk, ())) for row in listing.page]
    may_save = not is_benchmark and may(actor, "parties.save_search", actor.organisation_id)
    context = ScenarioList(listing, shown, is_benchmark, may(actor, "scenarios.draft", actor.organisation_id), may_save)
    return render(request, "scenarios/list.html", {"list": context, "listing": listing})


def my_scenarios(request: HttpRequest) -> HttpResponse:
    """Everything of the actor's organisation, drafts too; for the office what waits for it first."""
    actor = actor_of(request)
    require(actor, "scenarios.draft", actor.organisation_id)
    rows = (
        Scenario.objects.exclude(state__in=PUBLIC_STATES).order_by("state_due_at", "id")
        if actor.role == "office"
        else queries.own_scenarios(actor.organisation_id or 0)
    )
    listing = build_listing(
        request,
        rows.select_related("owner"),
        search=queries.named,
        filters={"state": (_("State"), ScenarioState.choices, lambda found, value: found.filter(state=value))},
        all_label=_("all"),
    )
    return render(request, "scenarios/mine.html", {"listing": listing, "is_office": actor.role == "office"})


def scenario_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One scenario."""
    return _page(request, _visible(request, code))


def _visible(request: HttpRequest, code: str) -> Scenario:
    return get_object_or_404(queries.visible_to(actor_of(request)), code=code)


def _page(request: HttpRequest, scenario: Scenario, problem: OnceForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    matches = matches_of_scenario(scenario)
    is_inside = actor.role in INSIDERS or (actor.organisation_id is not None and actor.organisation_id == scenario.owner_id)
    records = AuditRecord.objects.filter(target_type="scenarios.scenario", target_id=str(scenario.pk))
    template = template_for(scenario.metric, scenario.field) if scenario.metric else None
    wanted = wanted_of(scenario)
    context = ScenarioPage(
        scenario=scenario,
        measure=measure_of(scenario),
        bar_rule=pick(template.bar_zh, template.bar_en) if template else None,
        matches=list(matches[:3]),
        match_count=matches.count(),
        trials=list(Trial.objects.filter(scenario=scenario).exclude(state__in=HIDDEN_STATES).order_by("code")),
        projects=list(Project.objects.filter(scenario=scenario).exclude(state="candidate").select_related("supplier")),
        taken_over=taken_over(scenario, actor),
        history=history_of(list(records.order_by("number")[:200])),
        wanted=wanted,
        missing_count=sum(not one.is_met for one in wanted),
        is_inside=is_inside,
        deeds=deeds_of(actor, scenario),
        problem=problem,
    )
    return render(request, "scenarios/detail.html", {"page": context, "row": scenario}, status=400 if problem else 200)


def new_scenario(request: HttpRequest) -> HttpResponse:
    """Write down a need."""
    actor = actor_of(request)
    require(actor, "scenarios.draft", actor.organisation_id)
    owners = Organisation.objects.filter(is_active=True, kind__in=OWNER_KINDS).order_by("code")
    if actor.role != "office":
        owners = Organisation.objects.filter(pk=actor.organisation_id or 0)
    template = templates().get(request.GET.get("template", ""))
    form = ScenarioForm(request.POST or None, owners=owners, commitments=_open_commitments(), template=template)

    def act() -> str:
        row = usecases.draft_scenario(actor=actor, now=timezone.now(), owner=form.cleaned_data["owner"], **form.words())
        return reverse("scenarios:detail", args=[row.code])

    if request.method == "POST" and form.is_valid():
        done = form.send(act)
        if done is not None:
            return done
    return _form_page(request, form, None, template.code if template else "")


def edit_scenario(request: HttpRequest, code: str) -> HttpResponse:
    """Change the words of a scenario."""
    actor, scenario = actor_of(request), _visible(request, code)
    require(actor, "scenarios.edit", scenario.owner_id)
    form = ScenarioForm(
        request.POST or None, owners=Organisation.objects.none(), commitments=_open_commitments(), scenario=scenario
    )

    def act() -> str:
        usecases.edit_scenario(actor=actor, now=timezone.now(), scenario=scenario, **form.words())
        return reverse("scenarios:detail", args=[scenario.code])

    if request.method == "POST" and form.is_valid():
        done = form.send(act)
        if done is not None:
            return done
    return _form_page(request, form, scenario, "")


def _form_page(request: HttpRequest, form: ScenarioForm, scenario: Scenario | None, chosen: str) -> HttpResponse:
    template = templates().get(chosen)
    is_draft = scenario is None or scenario.state in OPEN_TO_OWNER
    context = ScenarioFormPage(
        form=form,
        scenario=scenario,
        templates=list(templates().values()) if scenario is None else [],
        chosen=template,
        chosen_title=pick(template.title_zh, template.title_en) if template else None,
        chosen_what=pick(template.what_zh, template.what_en) if template else None,
        chosen_bar=pick(template.bar_zh, template.bar_en) if template else None,
        wanted=wanted_of(scenario) if scenario is not None and is_draft else [],
        is_draft=is_draft,
    )
    return render(request, "scenarios/form.html", {"page": context, "form": form}, status=400 if form.errors else 200)


def _open_commitments() -> QuerySet[Commitment]:
    return Commitment.objects.exclude(state__in=("waived", "amended", "met")).order_by("code")


def _press(request: HttpRequest, code: str, form: OnceForm, act: Act) -> HttpResponse:
    """Do one thing with a scenario and go back to its page; on a refusal show the page with the reason."""
    scenario = _visible(request, code)

    def run() -> str:
        words = {name: value for name, value in form.cleaned_data.items() if name != "form_key"}
        act(actor_of(request), scenario, words)
        return reverse("scenarios:detail", args=[code])

    done = form.send(run) if form.is_valid() else None
    if done is not None:
        return done
    scenario.refresh_from_db()
    return _page(request, scenario, problem=form)


def _button(request: HttpRequest, code: str, usecase: Callable[..., object]) -> HttpResponse:
    """Do what a button without fields asks for."""
    return _press(
        request, code, PressForm(request.POST), lambda actor, row, _words: usecase(actor=actor, now=timezone.now(), scenario=row)
    )


@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """Hand in."""
    return _button(request, code, usecases.submit_scenario)


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Put on the list."""
    return _button(request, code, usecases.publish_scenario)


@require_POST
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    """Return to the owner."""
    return _press(
        request,
        code,
        ReturnForm(request.POST),
        lambda actor, row, words: usecases.return_scenario(actor=actor, now=timezone.now(), scenario=row, **words),
    )


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take back."""
    return _press(
        request,
        code,
        WithdrawForm(request.POST),
        lambda actor, row, words: usecases.withdraw_scenario(actor=actor, now=timezone.now(), scenario=row, **words),
    )


@require_POST
def reconfirm(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the need still stands."""
    return _button(request, code, usecases.reconfirm_scenario)


@require_POST
def hold_up(request: HttpRequest, code: str) -> HttpResponse:
    """Make an accepted scenario a benchmark case."""
    return _press(
        request,
        code,
        PressForm(request.POST),
        lambda actor, row, _words: usecases.move_scenario(
            actor=actor, now=timezone.now(), scenario=row, to=ScenarioState.BENCHMARK
        ),
    )
