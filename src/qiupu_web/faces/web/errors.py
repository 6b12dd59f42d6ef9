"""Errors as pages: what was wrong, where, what to do, in the reader's language, with the right status."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu.errors import QiupuError

log = logging.getLogger("qiupu.web")


def error_page(request: HttpRequest, *, status: int, title: str, sentence: str, cure: str = "") -> HttpResponse:
    """Return the page of an error; ``back`` is where the reader came from, on this site only."""
    return render(
        request, "pages/error.html", {"status": status, "title": title, "sentence": sentence, "cure": cure}, status=status
    )


class ErrorsInTheReadersLanguage:
    """Turn an error of ours that no view has handled into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; an address that takes only what a form sends is told to whoever opens it like a page."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content or request.method != "GET":
            return response
        page = error_page(
            request,
            status=HTTPStatus.METHOD_NOT_ALLOWED,
            title=_("No page of its own"),
            sentence=_("This address only takes what a form sends."),
            cure=_("Go back to the page with the form, and send it again from there."),
        )
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of an error of ours; leave the rest to Django."""
        if not isinstance(exception, QiupuError):
            return None
        if exception.http_status >= 500:
            log.error("%s", exception, exc_info=exception)
        lang = get_language() or "en"
        titles = {400: _("This cannot be used"), 403: _("Not allowed"), 404: _("Not found"), 409: _("Not now")}
        where = exception.where.text(lang)
        sentence = f"{where}: {exception.sentence(lang)}" if where else exception.sentence(lang)
        return error_page(
            request,
            status=exception.http_status,
            title=titles.get(exception.http_status, _("A fault of ours")),
            sentence=sentence,
            cure=exception.cure(lang),
        )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page."""
    return error_page(
        request,
        status=404,
        title=_("Not found"),
        sentence=_("There is no page at this address."),
        cure=_("Check it, or search."),
    )


def fault(request: HttpRequest) -> HttpResponse:
    """Something broke on our side."""
    return error_page(
        request,
        status=500,
        title=_("A fault of ours"),
        sentence=_("Something broke on our side. Nothing was half-written."),
        cure=_("Try again; if it stays, tell the operator the time that it happened."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key has run out or cookies are off."""
    return error_page(
        request,
        status=403,
        title=_("The form has expired"),
        sentence=_("The page was open for too long, or the browser keeps no cookies."),
        cure=_("Go back, reload the page, and send it again; what you typed is still in the form."),
    )
