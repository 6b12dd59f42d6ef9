"""Home, and the two addresses without a language."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, get_language_from_request, override

from qiupu_web.agreements.models import Statement
from qiupu_web.faces.web.pages import queries
from qiupu_web.faces.web.pages.contexts import Home, Sentence
from qiupu_web.faces.web.pages.funnel import STAGES, bars, reached

SHOWN = 3


def choose_language(request: HttpRequest) -> HttpResponse:
    """Send the reader to the home page in the language that her browser asks for."""
    with override(get_language_from_request(request)):
        return HttpResponseRedirect(reverse("pages:home"))


def health(request: HttpRequest) -> HttpResponse:
    """Answer whether the site and its database live."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def home(request: HttpRequest) -> HttpResponse:
    """The agreement's sentences, the funnel, and the first of each of the three lists."""
    agreement = queries.shown_agreement()
    facts = queries.facts_of(agreement) if agreement else []
    far = reached(facts)
    owed = queries.owed_sentences(agreement) if agreement else []
    sentences = [_sentence(row, far.get(row.pk, 0)) for row in owed]
    furthest = sorted(sentences, key=lambda one: (-far.get(one.statement.pk, 0), one.statement.number))
    opportunities = queries.open_opportunities()
    context = Home(
        agreement=agreement,
        bars=bars(facts),
        sentences=sorted(furthest[:6], key=lambda one: one.statement.number),
        sentence_count=len(sentences),
        opportunities=list(opportunities[:SHOWN]),
        opportunity_count=opportunities.count(),
        capabilities=queries.shown_capabilities(SHOWN),
        benchmarks=list(queries.benchmark_cases()[:SHOWN]),
    )
    return render(request, "pages/home.html", {"home": context})


def _sentence(statement: Statement, place: int) -> Sentence:
    """Tell of a sentence in the reader's language, when the text has a twin in it."""
    code, label = STAGES[place]
    wanted = (get_language() or "en")[:2]
    words = statement
    if statement.agreement.language[:2] != wanted and statement.twin is not None:
        words = statement.twin
    return Sentence(statement, words.quote, words.agreement.language, code, str(label), list(statement.commitments.all()))
