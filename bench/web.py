"""What the platform costs: ``python -m bench.web [--quick] [--only demo,pages,queue,install]``.

demo     the demo's work to a site that answers; then memory of site and worker at rest, and whether the site holds a model
pages    with 10,000 synthetic scenarios and as many capabilities beside the demo city (written in bulk, words without meaning):
         requests a second and p95 at 150 offered, 20 readers, nobody signed in, nothing cached, the load made on the same
         machine; constant query counts. On SQLite, and on PostgreSQL when TEST_DATABASE_URL answers (a database of its own)
queue    1,000 queued csv entries, scored and on the board, by one worker
install  size of a plain install

The machine's load average stands beside each figure of time: with other work on it, figures of time say little. The processor
time of a page is what the site itself used, so it holds on a busy machine too.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.figures import show
from bench.served import ROOT, Site, environment, load, models_held, pss_megabytes, run, served

PARTS = ("demo", "pages", "queue", "install")
REST_S = 20.0
LISTS = ("/en/opportunities/", "/zh-hans/capabilities/", "/en/trials/")
OFFERED, P95_MS, CORES = 150, 150, 2


def busy() -> str:
    """Return how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f}"


def build_demo(env: dict[str, str]) -> float:
    """Build the demo city; return the seconds until its command has ended."""
    begun = time.perf_counter()
    run(["-m", "qiupu.cli", "demo", "--no-serve", "--json"], env)
    return time.perf_counter() - begun


def demo(home: Path) -> None:
    """Time the demo, then look at memory."""
    env = environment(home)
    seconds = build_demo(env)
    with served(env) as site:
        total = seconds + site.seconds_to_start
        show("demo: nothing to a site that answers", f"{total:.1f} s ({busy()})", "< 90 s", total < 90)
        for path in LISTS:
            site.ask(path)
        time.sleep(REST_S)
        memory(site)


def memory(site: Site) -> None:
    """Print the memory of the whole tree at rest, and what the site's processes hold of models."""
    each = {pid: pss_megabytes(pid) for pid in site.tree()}
    pages = sum(each[pid] for pid in site.site_processes())
    total = sum(each.values())
    show("memory of site and worker at rest (PSS)", f"{total:.0f} MB, the site {pages:.0f}", "< 700 MB", total < 700)
    held = sorted({name for pid in site.site_processes() for name in models_held(pid)})
    show("models that the site's processes hold", ", ".join(held) or "none", "none", not held)


def trial_pages(site: Site) -> list[str]:
    """Return the addresses of the demo's trials, as its list names them; decided ones only, since they show the most."""
    words = site.ask("/en/trials/").decode().split('class="head" href="')[1:]
    addresses = [word.split('"', 1)[0] for word in words]
    return [address for address in addresses if b"/receipts/" in site.ask(address)]


def pages(home: Path, label: str, database: str, *, rows: int, seconds: float) -> None:
    """Fill, serve and measure the pages on one database."""
    env = environment(home, database)
    run(["-m", "bench.synthetic", "--rows", str(rows)], env)
    with served(env) as site:
        trials = trial_pages(site)
        kinds = {
            "opportunity list": [f"/en/opportunities/?page={n}" for n in range(1, 26)],
            "opportunity list, by field": ["/zh-hans/opportunities/?field=culture", "/en/opportunities/?field=smart-tourism"],
            "capability list": [f"/en/capabilities/?page={n}" for n in range(1, 26)],
            "trial list": ["/en/trials/", "/zh-hans/trials/"],
            "trial page": trials,
        }
        for name, paths in kinds.items():
            load(site, paths, seconds=1.0)  # warm
            most = load(site, paths, seconds=seconds)
            calm = load(site, paths, seconds=seconds, rate=OFFERED)
            figure = f"{label}: {name}"
            cpu = f"{most['cpu_ms_each']:.1f} ms of processor each, {busy()}"
            show(f"{figure}, requests a second", f"{most['per_second']:.0f} ({cpu})", ">= 150", most["per_second"] >= OFFERED)
            kept_up = calm["per_second"] >= 0.97 * OFFERED
            met = kept_up and calm["p95_ms"] < P95_MS
            shown = f"{calm['p95_ms']:.0f} ms" if kept_up else f"{calm['p95_ms']:.0f} ms, only {calm['per_second']:.0f}/s kept up"
            show(f"{figure}, p95 at {OFFERED}/s offered", f"{shown} ({busy()})", f"< {P95_MS} ms", met)
        for name, path in (("search", "/en/opportunities/?q=fewer"), ("last page", "/en/opportunities/?page=9999")):
            found = load(site, [path], seconds=seconds)
            show(f"{label}: opportunity list, {name}, requests a second", f"{found['per_second']:.0f}")
    counts(env, label, trials)


def counts(env: dict[str, str], label: str, trials: list[str]) -> None:
    """Print the queries of lists with one row and with twenty, and of trial pages with few and many entries."""
    pairs = {
        "opportunity list": ("/en/opportunities/?q=bench-need-00001", "/en/opportunities/"),
        "capability list": ("/en/capabilities/?q=bench-offer-00001", "/en/capabilities/"),
    }
    asked = [path for pair in pairs.values() for path in pair]
    found: dict[str, int] = json.loads(run(["-m", "bench.page_queries", *asked, *trials], env).splitlines()[-1])
    for name, (one, many) in pairs.items():
        show(
            f"{label}: queries of the {name}, 1 and 20 rows", f"{found[one]} and {found[many]}", "equal", found[one] == found[many]
        )
    numbers = sorted({found[path] for path in trials})
    words = " or ".join(str(number) for number in numbers)
    show(f"{label}: queries of the {len(trials)} decided trials' pages", words, "equal", len(numbers) == 1 and numbers[0] > 0)


@contextlib.contextmanager
def own_database() -> Iterator[str]:
    """Make a database beside the one that TEST_DATABASE_URL names, and drop it after; an empty address when none answers."""
    address = os.environ.get("TEST_DATABASE_URL", "")
    if not address:
        yield ""
        return
    import psycopg

    name = f"qiupu_bench_{os.getpid()}"
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        print(f"PostgreSQL left out: {str(error).splitlines()[0]}", file=sys.stderr)
        yield ""
        return
    with connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def queue(home: Path, *, entries: int) -> None:
    """Time one worker over queued entries."""
    env = environment(home)
    run(["-m", "qiupu.cli", "manage", "migrate", "-v0"], env)
    run(["-m", "bench.queue_entries", "--fill", str(entries)], env)
    begun = time.perf_counter()
    run(["-m", "qiupu.cli", "worker", "--batch"], env)
    seconds = time.perf_counter() - begun
    found: dict[str, int] = json.loads(run(["-m", "bench.queue_entries", "--read"], env).splitlines()[-1])
    complete = found["scored"] == found["on_board"] == entries
    scored = f"{seconds:.1f} s for {found['on_board']:,} ({busy()})"
    limit = 60 * entries / 1000
    show(
        f"{entries:,} queued csv entries scored and on the board, one worker",
        scored,
        f"< {limit:.0f} s",
        complete and seconds < limit,
    )


def install(home: Path) -> None:
    """Measure a plain install: the locked requirements of the engines and the package itself, without extras."""
    place = home / "plain"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = str(place / "bin" / "python")
    locked = ["--require-hashes", "-r", str(ROOT / "requirements" / "base.txt")]
    uv = shutil.which("uv")
    words = (
        [uv, "pip", "install", "-q", "--link-mode=copy", "--python", python]
        if uv
        else [sys.executable, "-m", "pip", "--python", python]
    )
    words += [] if uv else ["install", "-q", "--disable-pip-version-check"]
    subprocess.run([*words, *locked], check=True)
    packages = next(place.glob("lib/*/site-packages"))
    shutil.copytree(ROOT / "src" / "qiupu", packages / "qiupu")
    shutil.copytree(ROOT / "src" / "qiupu_web", packages / "qiupu_web")
    subprocess.run([python, "-m", "compileall", "-q", str(packages)], check=False, stdout=subprocess.DEVNULL)
    size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6
    answer = subprocess.run([python, "-m", "qiupu.cli", "--help"], capture_output=True, text=True, check=False)
    show("plain install, compiled", f"{size:.0f} MB", "< 400 MB", size < 400 and answer.returncode == 0)


def main() -> int:
    """Run the parts asked for, each in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rows, shorter runs, no PostgreSQL: shows that it runs")
    parser.add_argument("--only", default=",".join(PARTS))
    args = parser.parse_args()
    wanted = args.only.split(",")
    rows, seconds, entries = (1000, 2.0, 100) if args.quick else (10_000, 10.0, 1000)
    work: dict[str, Any] = {"queue": lambda home: queue(home, entries=entries), "install": install}
    with tempfile.TemporaryDirectory(prefix="qiupu-bench-") as name:
        home = Path(name)
        if "demo" in wanted:
            demo(home / "demo")
        if "pages" in wanted:
            if "demo" not in wanted:
                build_demo(environment(home / "demo"))
            pages(home / "demo", "SQLite", "", rows=rows, seconds=seconds)
            with own_database() if not args.quick else contextlib.nullcontext("") as database:
                if database:
                    build_demo(environment(home / "postgres", database))
                    pages(home / "postgres", "PostgreSQL", database, rows=rows, seconds=seconds)
        for part, measure in work.items():
            if part in wanted:
                (home / part).mkdir()
                measure(home / part)
    return 0


if __name__ == "__main__":
    sys.exit(main())
