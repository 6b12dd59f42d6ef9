"""A limit to requests a minute, for each token and for each address, so that one program cannot starve the others.

It stands before everything else of the API, so that guessing tokens is limited too. Counts are kept as hashes in one small
file that all processes share (``base.counting``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language

from qiupu.errors import N_, NotAllowed
from qiupu_web.base.counting import MinuteCounts

PREFIX = "/api/"
MINUTE_S = 60


class TooManyRequests(NotAllowed):
    """More requests in a minute than the site allows."""

    http_status = HTTPStatus.TOO_MANY_REQUESTS.value


def address_of(request: HttpRequest) -> str:
    """Return the reader's address; behind proxies it is what the outermost trusted one wrote."""
    proxies = settings.CONFIG["QIUPU_PROXIES"]
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies > 0 and len(passed) >= proxies:
        return str(passed[-proxies])
    return str(request.META.get("REMOTE_ADDR", ""))


def limits_of(request: HttpRequest) -> list[tuple[str, int]]:
    """Return what a request counts for, and how many a minute are allowed; 0 is no limit and is not counted."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    wanted = [(f"address:{address_of(request)}", settings.CONFIG["QIUPU_API_PER_ADDRESS"])]
    if scheme.lower() == "bearer" and token.strip():
        wanted.append((f"token:{token.strip()}", settings.CONFIG["QIUPU_API_PER_TOKEN"]))
    return [(name, limit) for name, limit in wanted if limit > 0]


class ApiThrottle:
    """Answer 429 with Retry-After when a limit is passed; let everything else through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        limits = limits_of(request)
        now = int(time.time())
        counts = _counts().add([name for name, _limit in limits], now // MINUTE_S)
        passed = [limit for count, (_name, limit) in zip(counts, limits, strict=True) if count > limit]
        return _refusal(min(passed), MINUTE_S - now % MINUTE_S) if passed else self.get_response(request)


def _counts() -> MinuteCounts:
    return MinuteCounts(settings.HOME / "cache" / "api-requests.bin")


def _refusal(limit: int, wait_s: int) -> HttpResponse:
    error = TooManyRequests(
        N_("More than {limit} requests came within a minute."),
        cure=N_("Wait {wait_s} seconds, then ask more slowly."),
        code="too-many-requests",
        limit=limit,
        wait_s=wait_s,
    )
    answer = JsonResponse(error.as_dict(get_language() or "en"), status=error.http_status)
    answer["Retry-After"] = str(wait_s)
    answer["Cache-Control"] = "no-store"
    return answer
