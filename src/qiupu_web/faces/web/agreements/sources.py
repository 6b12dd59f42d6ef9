"""Bring a text in; another source of the same agreement is recognised, compared, joined or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from qiupu_web.agreements import queries, usecases
from qiupu_web.agreements.enums import TextKind
from qiupu_web.agreements.models import Agreement
from qiupu_web.agreements.sources import Likely, Pair, Sentence, likely_same, reconcile, sentences_of
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.agreements.adding_forms import AddForm, EditForm
from qiupu_web.faces.web.agreements.forms import SourceForm
from qiupu_web.faces.web.agreements.views import load
from qiupu_web.parties.permissions import require

MOST_SHOWN = 200


@dataclass(frozen=True)
class Beside:
    """Two sentences beside each other; one of them may be missing."""

    ours: Sentence | None
    theirs: Sentence | None


@dataclass(frozen=True)
class SourcesPage:
    """A text, the one that it is compared with, and where they differ."""

    agreement: Agreement
    likely: Sequence[Likely]
    main: Agreement | None
    equal: int
    differing: Sequence[Beside]
    only_ours: Sequence[Beside]
    only_theirs: Sequence[Beside]


def _page(agreement: Agreement, main: Agreement | None) -> SourcesPage:
    likely = likely_same(agreement)
    main = main or (likely[0].agreement if likely else None)
    if main is None:
        return SourcesPage(agreement, likely, None, 0, (), (), ())
    ours = {one.number: one for one in sentences_of(agreement)}
    theirs = {one.number: one for one in sentences_of(main)}
    pairs = reconcile([*ours.values()], [*theirs.values()])

    def beside(rows: Sequence[Pair]) -> list[Beside]:
        return [Beside(ours.get(one.ours or 0), theirs.get(one.theirs or 0)) for one in rows[:MOST_SHOWN]]

    open_ = [one for one in pairs if not one.is_equal]
    return SourcesPage(
        agreement=agreement,
        likely=likely,
        main=main,
        equal=len(pairs) - len(open_),
        differing=beside([one for one in open_ if one.ours and one.theirs]),
        only_ours=beside([one for one in open_ if one.theirs is None]),
        only_theirs=beside([one for one in open_ if one.ours is None]),
    )


def sources(request: HttpRequest, code: str) -> HttpResponse:
    """Compare a text with one that is likely of the same agreement (or with a chosen one), and join the two."""
    agreement, actor = load(request, code), actor_of(request)
    require(actor, "agreements.link_sources")
    others = queries.visible_agreements(actor).filter(language=agreement.language).exclude(pk=agreement.pk)
    chosen = others.filter(code=request.GET.get("with", "")).first() or agreement.same_as
    form = SourceForm(request.POST or None, others=others)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            main = form.cleaned_data["main"]
            same = usecases.link_sources(actor=actor, now=timezone.now(), agreement=agreement, main=main)
            if main is None:
                messages.success(request, _("The two texts are apart again."))
            else:
                messages.success(request, _("%(n)d sentences say the same and are noted so; the rest waits for you.") % {"n": same})
            return reverse("agreements:detail", args=[code])

        sent = form.send(act)
        if sent is not None:
            return sent
    context = {"page": _page(agreement, chosen), "form": form, "others": others.defer("text", "reading")[:100]}
    return render(request, "agreements/sources.html", context, status=400 if form.errors else 200)


def after_adding(request: HttpRequest, row: Agreement) -> str:
    """Return where to go after a text was added: to the comparison when it looks like one that is here."""
    likely = likely_same(row)
    if not likely:
        return reverse("agreements:detail", args=[row.code])
    one = likely[0]
    words = _("This looks like “%(title)s”: %(equal)d of %(of)d sentences are the same, word for word.")
    messages.warning(request, words % {"title": one.agreement.title, "equal": one.equal, "of": one.of})
    return reverse("agreements:sources", args=[row.code])


def add_agreement(request: HttpRequest) -> HttpResponse:
    """Paste a text or send a file; bad input keeps what was typed."""
    actor = actor_of(request)
    require(actor, "agreements.read_agreement")
    form = AddForm(request.POST or None, request.FILES or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        content, name = data["file"] or (None, "")

        def act() -> str:
            row = usecases.add_agreement(
                actor=actor,
                now=timezone.now(),
                kind=data["kind"],
                text=data["text"] if content is None else None,
                data=content,
                name=name,
                part=data["part"],
                title_zh=data["title_zh"],
                title_en=data["title_en"],
                is_invented=data["is_invented"],
                is_public=data["is_public"],
            )
            if not data["kind"]:
                _say_what_it_was_taken_for(request, row)
            return after_adding(request, row)

        sent = form.send(act)
        if sent is not None:
            return sent
    return render(request, "agreements/add.html", {"form": form}, status=400 if form.errors else 200)


def _say_what_it_was_taken_for(request: HttpRequest, row: Agreement) -> None:
    if row.kind == TextKind.REPORT:
        said = _("It was taken for a report of a signing: it tells of one as the press does.")
    else:
        said = _("It was taken for the agreement itself: it speaks of its parties and what they agree.")
    address = reverse("agreements:edit", args=[row.code])
    messages.info(request, format_html('{} <a href="{}">{}</a>', said, address, _("Change it, if that is wrong")))


def edit_agreement(request: HttpRequest, code: str) -> HttpResponse:
    """Mend the kind, the titles or the readers of a text."""
    agreement, actor = load(request, code), actor_of(request)
    require(actor, "agreements.edit_agreement")
    back = reverse("agreements:detail", args=[code])
    form = EditForm.of(request.POST or None, agreement)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            usecases.edit_agreement(actor=actor, now=timezone.now(), agreement=agreement, **form.told())
            messages.success(request, _("What is written about the text is changed."))
            return back

        sent = form.send(act)
        if sent is not None:
            return sent
    context = {"title": _("Title, kind and readers of the text"), "form": form, "back": back, "back_words": agreement.title}
    return render(request, "agreements/act.html", context, status=400 if form.errors else 200)
