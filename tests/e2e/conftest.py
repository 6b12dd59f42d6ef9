"""A served demo city and a real browser. Skips with a reason where no browser can be had."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = (
    os.environ.get("QIUPU_CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
PATIENCE_S = 60


@dataclass(frozen=True)
class Site:
    """A served demo city."""

    address: str
    home: Path
    story: dict[str, Any]

    def email(self, role: str, start: str = "") -> str:
        """Return an account with a role, whose address begins with ``start``."""
        for one in self.story["accounts"]:
            if one["role"] == role and one["email"].startswith(start):
                return str(one["email"])
        raise LookupError(role)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.3)
    raise TimeoutError(f"{address} does not answer")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Build the demo city and serve it with its worker."""
    if served := os.environ.get("QIUPU_E2E_SITE"):  # "address story.json home": a city that a developer has served already
        address, story, home = served.split()
        yield Site(address, Path(home), json.loads(Path(story).read_text(encoding="utf-8")))
        return
    home = tmp_path_factory.mktemp("city")
    environment = {**os.environ, "QIUPU_HOME": str(home), "DATABASE_URL": "", "QIUPU_DEMO": "1", "EMAIL_URL": "console://"}
    command = [sys.executable, "-m", "qiupu.cli"]
    built = subprocess.run([*command, "demo", "--no-serve", "--json"], env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr[-3000:]
    port = _free_port()
    environment |= {"QIUPU_ALLOWED_HOSTS": "127.0.0.1", "QIUPU_BASE_URL": f"http://127.0.0.1:{port}"}
    with (home / "serve.log").open("wb") as log:
        served = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield Site(f"http://127.0.0.1:{port}", home, json.loads(built.stdout))
    finally:
        served.terminate()
        served.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    if CHROMIUM is None:
        if os.environ.get("QIUPU_REQUIRE_BROWSER"):
            pytest.fail("no Chromium was found, and QIUPU_REQUIRE_BROWSER is set")
        pytest.skip("needs Chromium: install it, or name it by QIUPU_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        engine = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield engine
        engine.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of a new visitor; anything that a page logs as an error fails the test."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text) if "Content Security Policy" in message.text else None)
    yield opened
    context.close()
    assert problems == []


@pytest.fixture
def sign_in(site: Site, browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a page for somebody with a role."""
    contexts = []

    def enter(role: str, organisation: str = "") -> Any:
        context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
        contexts.append(context)
        opened = context.new_page()
        opened.goto(f"{site.address}/en/account/login/")
        opened.fill("input[name=login]", site.email(role, organisation))
        opened.fill("input[name=password]", site.story["password"])
        opened.click("main form button")
        opened.wait_for_url("**/my-work/**")
        return opened

    yield enter
    for context in contexts:
        context.close()
