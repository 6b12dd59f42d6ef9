"""Pictures of the real pages: build the demo city, serve it, and photograph it into ``docs/pictures`` (needs Chromium).

``python tools/pictures.py``                 the README's pictures
``python tools/pictures.py --all FOLDER``    every page, desktop and phone, both languages, light and dark, to look at
``--site ADDRESS``                           photograph a site that is served already
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
PAGES = {
    "home": "",
    "agreement": "agreements/agreement-zh/",
    "opportunities": "opportunities/",
    "opportunity": "opportunities/sc-01/",
    "benchmarks": "opportunities/benchmarks/",
    "capabilities": "capabilities/",
    "capability": "capabilities/cap-01/",
    "matches": "matches/scenario/sc-01/",
    "trials": "trials/",
    "trial": "trials/visitors/",
    "board": "trials/sensors/",
    "projects": "projects/",
    "organisations": "organisations/",
    "leader": "leader/agreement-zh/",
    "sign-in": "account/login/",
    "sign-up": "account/sign-up/",
}
SHOWN = (("home", "en"), ("home", "zh-hans"), ("agreement", "zh-hans"), ("agreement", "en"), ("trial", "en"), ("trial", "zh-hans"))


@contextlib.contextmanager
def served() -> Iterator[str]:
    """Build a demo city in a folder of its own and serve it."""
    with tempfile.TemporaryDirectory(prefix="qiupu-pictures-") as home:
        environment = {**os.environ, "QIUPU_HOME": home, "DATABASE_URL": "", "QIUPU_DEMO": "1"}
        command = [sys.executable, "-m", "qiupu.cli"]
        subprocess.run([*command, "demo", "--no-serve"], env=environment, check=True, stdout=subprocess.DEVNULL)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(200):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
                    break
                time.sleep(0.3)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _shoot(browser: Any, url: str, target: Path, *, width: int, dark: bool, whole: bool) -> dict[str, Any]:
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    answer = page.goto(url)
    page.screenshot(path=str(target), full_page=whole)
    wide = page.evaluate("document.documentElement.scrollWidth") - width
    context.close()
    return {"picture": target.name, "status": answer.status, "overflow": max(0, wide)}


def main() -> int:
    """Photograph, and print a line a picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path)
    parser.add_argument("--site", default="")
    args = parser.parse_args()
    chromium = os.environ.get("QIUPU_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium is needed: install it, or name it by QIUPU_CHROMIUM", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, contextlib.nullcontext(args.site) if args.site else served() as address:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        if args.all:
            args.all.mkdir(parents=True, exist_ok=True)
            for name, path in PAGES.items():
                for lang in ("zh-hans", "en"):
                    for width, dark in ((1280, False), (390, False), (1280, True)):
                        target = args.all / f"{name}.{lang}.{width}{'.dark' if dark else ''}.png"
                        line = _shoot(browser, f"{address}/{lang}/{path}", target, width=width, dark=dark, whole=True)
                        print(json.dumps(line), flush=True)
        else:
            folder = ROOT / "docs" / "pictures"
            for name, lang in SHOWN:
                target = folder / f"{name}.{lang}.png"
                print(json.dumps(_shoot(browser, f"{address}/{lang}/{PAGES[name]}", target, width=1280, dark=False, whole=False)))
            phone = folder / "trial.phone.png"
            print(json.dumps(_shoot(browser, f"{address}/zh-hans/{PAGES['trial']}", phone, width=390, dark=False, whole=False)))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
