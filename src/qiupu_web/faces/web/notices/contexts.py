"""What the templates of these pages are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qiupu_web.faces.notices.composing import Letter
from qiupu_web.faces.notices.news import News
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.models import Delivery, SavedSearch, Webhook


@dataclass(frozen=True)
class SearchRow:
    """A saved search, in words, and where its list is."""

    row: SavedSearch
    name: str
    words: str
    address: str


@dataclass(frozen=True)
class Mine:
    """The page of one's notices."""

    form: OnceForm
    is_mail_set: bool
    letter: Letter
    preview: str
    searches: Sequence[SearchRow]
    may_search: bool
    follows_matches: bool
    may_hook: bool


@dataclass(frozen=True)
class NewSearch:
    """The page on which a search gets its name."""

    form: OnceForm
    words: str


@dataclass(frozen=True)
class NewForYou:
    """The section of my work."""

    news: Sequence[News]
    has_searches: bool


@dataclass(frozen=True)
class WebhookRow:
    """A webhook and what became of its latest message; ``problem`` says why it was not taken."""

    row: Webhook
    latest: Delivery | None
    tone: str
    problem: str


@dataclass(frozen=True)
class Webhooks:
    """The list."""

    rows: Sequence[WebhookRow]
    is_for_all: bool
    is_private_allowed: bool


@dataclass(frozen=True)
class WebhookForm:
    """Adding or changing one."""

    form: OnceForm
    row: Webhook | None


@dataclass(frozen=True)
class Off:
    """The page behind the link of a mail: what it ends."""

    is_known: bool
    is_done: bool
    search: SavedSearch | None
    email: str
