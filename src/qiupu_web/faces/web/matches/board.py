"""A scenario manager's board: what waits, by state, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiupu.errors import N_, NotAllowed
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.matches.forms import PressForm
from qiupu_web.matches import queries, usecases
from qiupu_web.matches.enums import MatchState
from qiupu_web.matches.models import Match
from qiupu_web.matches.rules import ON_THE_BOARD
from qiupu_web.parties.enums import Role
from qiupu_web.parties.permissions import may

MOST = 30
"""Cards of a column; the number of all stands above it."""


@dataclass(frozen=True)
class Card:
    """One match on the board."""

    match: Match
    is_late: bool
    remind: PressForm | None


@dataclass(frozen=True)
class Column:
    """One state: what has to be done in it, and its cards."""

    code: str
    title: str
    task: str
    cards: Sequence[Card]
    count: int
    late: int


@dataclass(frozen=True)
class Board:
    """The page."""

    columns: Sequence[Column]
    only_mine: bool
    may_choose: bool
    late: int
    problem: OnceForm | None = None


def board(request: HttpRequest) -> HttpResponse:
    """Show what waits."""
    return _page(request)


def _page(request: HttpRequest, problem: OnceForm | None = None) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    if actor.role not in (Role.OFFICE, Role.OWNER, Role.UNIT) or actor.organisation_id is None:
        raise NotAllowed(N_("The board is the exchange office's and the owners'."), cure=N_("Sign in as one of them."), code="role")
    only_mine = request.GET.get("mine") == "yes"
    rows = queries.board_matches(actor, only_mine=only_mine)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    late = dict(rows.filter(state_due_at__lt=now).order_by().values_list("state").annotate(n=Count("pk")))
    columns = []
    for state in ON_THE_BOARD:
        cards = [
            Card(
                row,
                row.state_due_at is not None and row.state_due_at < now,
                PressForm(auto_id=f"id_remind_{row.pk}_%s")
                if state == MatchState.INTRODUCED and may(actor, "matches.remind", row.scenario.owner_id)
                else None,
            )
            for row in rows.filter(state=state)[:MOST]
        ]
        columns.append(Column(state.value, str(state.label), task_of(state), cards, counts.get(state, 0), late.get(state, 0)))
    context = Board(columns, only_mine, actor.role == Role.OFFICE, sum(late.values()), problem)
    return render(request, "matches/board.html", {"page": context}, status=400 if problem else 200)


def task_of(state: MatchState) -> str:
    """Return what has to be done in a state."""
    return {
        MatchState.INTRODUCED: _("The supplier replies; remind it in time."),
        MatchState.LAPSED: _("No reply came: introduce again, or another one."),
        MatchState.INTERESTED: _("Bring the two together."),
        MatchState.MET: _("The owner decides: choose or decline."),
        MatchState.CHOSEN: _("Make the contract, or open a trial."),
    }[state]


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind the supplier of an introduction."""
    match = get_object_or_404(queries.with_parties(Match.objects.all()), pk=pk)
    form = PressForm(request.POST)

    def act() -> str:
        usecases.remind_supplier(actor=actor_of(request), now=timezone.now(), match=match)
        return reverse("matches:board")

    done = form.send(act) if form.is_valid() else None
    return done or _page(request, problem=form)
