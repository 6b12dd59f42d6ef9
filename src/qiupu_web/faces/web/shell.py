"""What every page needs around it: the site's name, the rooms, the other language, the actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu_web.faces.web.actors import actor_of


@dataclass(frozen=True)
class Room:
    """One entry of the navigation."""

    name: str
    address: str
    is_here: bool


ROOMS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("pages:home", lambda: _("Overview")),
    ("agreements:list", lambda: _("Agreements")),
    ("scenarios:list", lambda: _("Opportunities")),
    ("capabilities:list", lambda: _("Capabilities")),
    ("scenarios:benchmarks", lambda: _("Benchmarks")),
    ("trials:list", lambda: _("Trials")),
    ("projects:list", lambda: _("Projects")),
)


@lru_cache(maxsize=16)
def _rooms(lang: str) -> list[tuple[str, str]]:
    """Return name and address of each room; both are of the language that is active."""
    return [(label(), reverse(name)) for name, label in ROOMS]


def _in_other_language(request: HttpRequest, lang: str, other: str) -> str:
    """Return the page's address in the other language: the prefix is all that differs."""
    here, there = f"/{lang}/", f"/{other}/"
    address = request.get_full_path()
    return there + address[len(here) :] if address.startswith(here) else str(translate_url(address, other))


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the page's frame."""
    lang = get_language() or settings.LANGUAGE_CODE
    other = "en" if lang.startswith("zh") else "zh-hans"
    path = request.path
    home = _rooms(lang)[0][1]
    rooms = [
        Room(name, address, path == address or (address != home and path.startswith(address))) for name, address in _rooms(lang)
    ]
    if sum(room.is_here for room in rooms) > 1:  # the benchmark list lies below the opportunities' address
        longest = max((room for room in rooms if room.is_here), key=lambda room: len(room.address))
        rooms = [Room(room.name, room.address, room is longest) for room in rooms]
    return {
        "site_name": settings.SITE_NAMES.get(lang, settings.SITE_NAMES["en"]),
        "rooms": tuple(rooms),
        "other_language": dict(settings.LANGUAGES)[other],
        "other_language_code": other,
        "other_language_address": _in_other_language(request, lang, other),
        "actor": actor_of(request),
        "is_demo": settings.CONFIG["QIUPU_DEMO"],
    }
