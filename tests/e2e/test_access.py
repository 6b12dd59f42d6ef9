"""Every page, in both languages, light and dark, phone and desktop: no violation that axe finds, nothing wider than the screen.

Pages are found by following links, as a reader would: a few for each view that a role can reach.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils.translation import override
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
LEAST_PUBLIC, PER_VIEW = 20, 2
UNLINKED = ("trials/how-decided/", "account/password/reset/", "nothing-here/")
"""Public pages that no other page needs to link to."""
BY_FORM = {"office": ["agreements/agreement-zh/breakdown/together/?act=break_down&numbers=22&numbers=23"]}
"""Pages that a form leads to, not a link."""
NOT_PAGES = {"account_logout", "accounts:logout"}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LINK = re.compile(r"""<a\s[^>]*?href="(/[^"#]*)""")
LOOKS = (("zh-hans", 1280, "light"), ("zh-hans", 390, "dark"), ("en", 1280, "dark"), ("en", 390, "light"))


def _view_of(path: str) -> str | None:
    with override("en"):
        try:
            return resolve(path).view_name
        except Resolver404:
            return None


def _pages(asked: Any, address: str, seeds: Iterable[str]) -> dict[str, set[str]]:
    """Follow links from the seeds; return for each view that answers with a page some paths, without their language."""
    waiting, seen, found = deque(f"/en/{seed}" for seed in seeds), set[str](), defaultdict[str, set[str]](set)
    while waiting:
        path = urlsplit(waiting.popleft()).path
        view = _view_of(path)
        if view is None or path in seen or view in NOT_PAGES or not path.startswith("/en/") or len(found[view]) == PER_VIEW:
            continue
        seen.add(path)
        answer = asked.get(f"{address}{path}", max_redirects=5)
        arrived = urlsplit(answer.url).path
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found[_view_of(arrived) or view].add(arrived.removeprefix("/en/"))
        waiting.extend(LINK.findall(answer.text()))
    return found


def _problems(page: Any, address: str) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    page.goto(address)
    found = Axe().run(page, options=RULES)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    lines = [f"{address} {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
    return [*lines, *([f"{address} is {wide} px wider than the screen"] if wide > 0 else [])]


def _look(browser: Any, site: Site, paths: Iterable[str], looks: Iterable[tuple[str, int, str]], **given: Any) -> list[str]:
    found = []
    for lang, width, scheme in looks:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True, **given)
        page = context.new_page()
        found += [line for path in paths for line in _problems(page, f"{site.address}/{lang}/{path}")]
        context.close()
    return found


@pytest.fixture(scope="module")
def public(site: Site, browser: Any) -> dict[str, set[str]]:
    """What a visitor reaches, by view."""
    context = browser.new_context()
    found = _pages(context.request, site.address, ["", *UNLINKED])
    context.close()
    return found


@pytest.mark.parametrize("look", LOOKS, ids=["-".join(map(str, look)) for look in LOOKS])
def test_public_pages(site: Site, browser: Any, public: dict[str, set[str]], look: tuple[str, int, str]) -> None:
    paths = sorted(set().union(*public.values()))
    assert len([view for view in public if public[view]]) >= LEAST_PUBLIC
    assert _look(browser, site, [*paths, "nothing-here/"], [look]) == []


@pytest.mark.parametrize("role", ["administrator", "auditor", "office", "owner", "steward", "supplier", "unit"])
def test_pages_behind_the_sign_in(
    site: Site, browser: Any, sign_in: Callable[..., Any], public: dict[str, set[str]], role: str
) -> None:
    context = sign_in(role).context
    mine = _pages(context.request, site.address, ["my-work/", "account/me/", ""])
    inside = sorted(path for view, paths in mine.items() if not public[view] for path in paths) + list(BY_FORM.get(role, ()))
    assert inside
    looks = (("zh-hans", 390, "dark"), ("en", 1280, "light"))
    assert _look(browser, site, inside, looks, storage_state=context.storage_state()) == []
