"""The API: OpenAPI at /api/openapi.json, a page of its operations at /api/docs. No connection to anywhere else."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from qiupu import __version__
from qiupu.errors import N_, InputError, NotAllowed, NotFound, QiupuError
from qiupu_web.faces.api import events, reading, registers, writing
from qiupu_web.faces.api.asking import router

log = logging.getLogger("qiupu.api")
DESCRIPTION = (
    "Read agreements with what became of every sentence, commitments, needs, capabilities, trials, boards, projects "
    "with their risks and benefits, matchmaking events and organisations; "
    "write what a token's scopes allow. Too many requests in a minute are answered with 429 and "
    "Retry-After. Errors carry a code, a sentence and a cure in the language of Accept-Language."
)

api = NinjaAPI(title="Qiupu", version=__version__, description=DESCRIPTION, docs_url=None, urls_namespace="api")
api.add_router("", router)
PARTS = (reading, events, registers, writing)
"""The modules whose operations the router has; imported for them."""


def _answer(request: HttpRequest, error: QiupuError) -> HttpResponse:
    status = 401 if error.code in {"token", "sign-in"} else error.http_status
    if status >= 500:
        log.error("%s", error, exc_info=error)
    answer = api.create_response(request, error.as_dict(get_language() or "en"), status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    answer["Cache-Control"] = "no-store"
    return answer


@api.exception_handler(QiupuError)
def _ours(request: HttpRequest, error: QiupuError | type[QiupuError]) -> HttpResponse:
    return _answer(request, error)  # type: ignore[arg-type]  # ninja gives the instance


@api.exception_handler(AuthenticationError)
def _no_token(request: HttpRequest, error: Any) -> HttpResponse:
    wanted = NotAllowed(
        N_("This needs a token."), cure=N_("Make one on your account page and send it as: Authorization: Bearer <token>")
    )
    wanted.code = "token"
    return _answer(request, wanted)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Any) -> HttpResponse:
    return _answer(request, NotFound(N_("There is nothing at this address."), cure=N_("See /api/docs."), code="not-found"))


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: Any) -> HttpResponse:
    first = error.errors[0] if error.errors else {"loc": (), "msg": "?"}
    place = ".".join(str(part) for part in first["loc"][1:] if part != "given")
    wrong = InputError(
        N_("What was sent does not have the expected form: {reason}."),
        cure=N_("See /api/docs."),
        column=place or None,
        code="form",
        reason=first["msg"],
    )
    return _answer(request, wrong)


def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer unknown addresses below /api/ in the API's own form."""
    return _missing(request, None)


@dataclass(frozen=True)
class Operation:
    """One line of the page of operations."""

    method: str
    path: str
    summary: str
    needs_token: bool
    parameters: str


@dataclass(frozen=True)
class Group:
    """Operations about one thing."""

    name: str
    operations: list[Operation]


def _operations() -> list[Group]:
    found: dict[str, list[Operation]] = {}
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, facts in methods.items():
            names = [one["name"] for one in facts.get("parameters", []) if one["in"] == "query"]
            line = Operation(
                method=method.upper(),
                path=path,
                summary=facts.get("description", facts["summary"]),
                needs_token=facts["operationId"].startswith("qiupu_web_faces_api_writing"),
                parameters=", ".join(names),
            )
            found.setdefault(facts.get("tags", [""])[0], []).append(line)
    return [Group(name, lines) for name, lines in sorted(found.items())]


def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation, from the OpenAPI description itself."""
    return render(request, "pages/api.html", {"groups": _operations(), "version": __version__})
