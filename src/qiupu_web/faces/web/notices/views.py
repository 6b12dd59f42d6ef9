"""One's own notices: the digest, saved searches, and the link that ends them."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qiupu_web.faces.notices.composing import letter_for
from qiupu_web.faces.notices.letters import read_off_token, text_of
from qiupu_web.faces.web.actors import actor_for, actor_of
from qiupu_web.faces.web.notices.contexts import Mine, NewSearch, Off, SearchRow
from qiupu_web.faces.web.notices.forms import RhythmForm, SearchForm
from qiupu_web.parties import usecases
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.enums import Field, Rhythm, SearchKind
from qiupu_web.parties.models import SavedSearch, User
from qiupu_web.parties.permissions import may, require
from qiupu_web.parties.queries_notices import is_mail_set, memberships_to_tell, open_searches, rhythm_of
from qiupu_web.scenarios.enums import ScenarioState


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def words_of(row: SavedSearch) -> str:
    """Return what a search looks for, in words."""
    if row.kind == SearchKind.MATCHES:
        return _("Scenarios in whose ranking a capability of your organisation stands among the first five")
    labels: dict[str, dict[str, Any]] = {
        "field": dict(Field.choices),
        "state": dict(ScenarioState.choices),
        "measured": {"yes": _("measured by a bar"), "no": _("not measurable")},
    }
    parts = [row.query] if row.query else []
    parts += [str(labels.get(name, {}).get(value, value)) for name, value in row.filters.items()]
    return " · ".join(parts) or _("everything that is published")


def _search_row(row: SavedSearch) -> SearchRow:
    given = {"q": row.query, **row.filters}
    query = urlencode({name: value for name, value in given.items() if value})
    if row.kind == SearchKind.MATCHES:
        return SearchRow(row, capfirst(str(SearchKind.MATCHES.label)), words_of(row), "")
    return SearchRow(row, row.name, words_of(row), f"{reverse('scenarios:list')}?{query}")


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Show what is told to one and how; POST changes the rhythm of the digest."""
    user, actor = _user(request), actor_of(request)
    form = RhythmForm(request.POST or None, initial={"rhythm": rhythm_of(user)})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            chosen = form.cleaned_data["rhythm"]
            usecases.choose_digest(actor=actor, now=timezone.now(), user=user, rhythm=chosen)
            messages.success(request, _("The digest comes: %(rhythm)s.") % {"rhythm": Rhythm(chosen).label})
            return reverse("notices:mine")

        answer = form.send(act)
        if answer is not None:
            return answer
    searches = list(open_searches(user))
    letter = letter_for(user, timezone.now())
    context = Mine(
        form=form,
        is_mail_set=is_mail_set(),
        letter=letter,
        preview=text_of(letter, is_preview=True) if letter.lines or letter.news else "",
        searches=[_search_row(row) for row in searches],
        may_search=may(actor, "parties.save_search", actor.organisation_id),
        follows_matches=any(row.kind == SearchKind.MATCHES for row in searches),
        may_hook=may(actor, "parties.add_webhook", actor.organisation_id),
    )
    return render(request, "notices/mine.html", {"mine": context}, status=400 if form.is_bound else 200)


@login_required
def new_search(request: HttpRequest) -> HttpResponse:
    """Save the search that the opportunity list shows: GET asks for its name."""
    actor = actor_of(request)
    require(actor, "parties.save_search", actor.organisation_id)
    given = request.POST if request.method == "POST" else request.GET
    filters = {name: given.get(name, "") for name in ("field", "state", "measured", "region") if given.get(name)}
    draft = SavedSearch(kind=SearchKind.WORDS, query=given.get("q", "").strip(), filters=filters)
    words = words_of(draft)
    form = SearchForm(request.POST or None, initial={"name": words[:120], "q": draft.query, **filters})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            name = form.cleaned_data["name"]
            usecases.save_search(actor=actor, now=timezone.now(), name=name, query=draft.query, filters=filters)
            messages.success(request, _("Saved. What is published from now on and fits is told to you."))
            return reverse("notices:mine") + "#searches"

        answer = form.send(act)
        if answer is not None:
            return answer
    return render(request, "notices/new_search.html", {"search": NewSearch(form, words)}, status=400 if form.is_bound else 200)


@login_required
@require_POST
def follow_matches(request: HttpRequest) -> HttpResponse:
    """Be told of the scenarios for which one's capabilities rank high."""
    name = _("Matches of our capabilities")
    usecases.save_search(actor=actor_of(request), now=timezone.now(), name=name, kind=SearchKind.MATCHES)
    messages.success(request, _("Saved. What is published from now on and fits is told to you."))
    return HttpResponseRedirect(reverse("notices:mine") + "#searches")


@login_required
@require_POST
def end_search(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's saved searches, whatever role one acts in now."""
    row = get_object_or_404(SavedSearch.objects.select_related("organisation"), pk=pk, user=_user(request))
    usecases.end_search(actor=_holder(row.user, row.organisation_id, "supplier"), now=timezone.now(), search=row)
    messages.success(request, _("Nothing more is told of “%(name)s”.") % {"name": row.name})
    return HttpResponseRedirect(reverse("notices:mine") + "#searches")


@login_required
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Put the new scenarios that the page showed away."""
    usecases.see_news(actor=actor_of(request), now=timezone.now(), keys=request.POST.getlist("key"))
    return HttpResponseRedirect(reverse("pages:my_work"))


def _holder(user: User, organisation_id: int | None = None, role: str = "") -> Actor:
    """Return the person as who ends what is told to her: in a role of hers that fits, else by the system in her name."""
    for one in memberships_to_tell(user):
        if (not role or one.role == role) and organisation_id in (None, one.organisation_id):
            return actor_for(one)
    return system("unsubscribe")


@csrf_exempt  # mail programs post here without a page of ours (RFC 8058); the signed token is what allows it
def off(request: HttpRequest, token: str) -> HttpResponse:
    """End the digest or one saved search by the link of a mail, without signing in. GET asks, POST does it."""
    subject = read_off_token(token)
    if subject is None:
        return render(request, "notices/off.html", {"off": Off(False, False, None, "")}, status=404)
    user = subject if isinstance(subject, User) else subject.user
    if request.method == "POST":
        if isinstance(subject, User):
            usecases.choose_digest(actor=_holder(user), now=timezone.now(), user=user, rhythm=Rhythm.OFF)
        else:
            usecases.end_search(actor=_holder(user, subject.organisation_id, "supplier"), now=timezone.now(), search=subject)
    search = subject if isinstance(subject, SavedSearch) else None
    context = Off(True, request.method == "POST", search, _masked(user.email))
    return render(request, "notices/off.html", {"off": context})


def _masked(email: str) -> str:
    """Return an address so that its owner knows it and nobody else learns it."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}"
