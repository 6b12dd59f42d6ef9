"""``qiupu demo``: build the demo city from nothing, run the chain, then serve it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from qiupu.cli.output import Output
from qiupu.errors import N_, Conflict
from qiupu_web.configuration import load

HELP = N_("build the demo city from nothing, run the chain, then serve it")
MARK = "demo-city"
ROLES = ("office", "unit", "owner", "supplier", "steward", "auditor", "administrator")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether and where to serve."""
    parser.add_argument("--no-serve", action="store_true", help="build only")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on; this machine only")
    parser.add_argument("--port", type=int, default=8000)


def run(args: argparse.Namespace, out: Output) -> int:
    """Build, print the chain, and serve unless told not to."""
    os.environ["QIUPU_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
    _clear(load().home)
    import django  # engines' commands must not pay for Django

    django.setup()
    from qiupu_web.faces.commands import readiness, serve  # they need Django set up
    from qiupu_web.faces.demo import story

    if not args.no_serve:
        readiness.require_free_port(args.host, args.port)
    readiness.require_database()
    readiness.prepare_database()
    _require_empty()
    (load().home / MARK).write_text("The demo city; `qiupu demo` builds it anew.\n", encoding="utf-8")
    told = story.tell(lambda words: print(f"… {words}", file=sys.stderr, flush=True))
    found = story.summary(told)
    if out.json:
        out.document(found)
    else:
        _print(found, out)
    return 0 if args.no_serve else serve.run(args, out)


def _clear(home: Path) -> None:
    """Remove an earlier demo city; leave everything else alone."""
    import shutil  # beside its only use

    if not (home / MARK).exists():
        return
    for name in ("files", "vault", "cache"):
        shutil.rmtree(home / name, ignore_errors=True)
    for path in [*home.glob("qiupu.sqlite3*"), home / MARK]:
        path.unlink(missing_ok=True)


def _require_empty() -> None:
    from qiupu_web.parties.models import Organisation  # needs Django set up

    if Organisation.objects.exists():
        raise Conflict(
            N_("There is an installation here already, which the demonstration must not touch."),
            cure=N_("Choose an empty folder: QIUPU_HOME=/tmp/qiupu-demo qiupu demo"),
            code="not-empty",
        )


def _print(found: dict[str, Any], out: Output) -> None:
    out.table(("step", "count"), list(found["counts"].items()))
    print()
    rows = [
        (
            trial["id"],
            trial["metric"],
            trial["bar"],
            entry["name"],
            entry["value"],
            entry["verdict"] or entry["state"],
            trial["verdict"],
        )
        for trial in found["trials"]
        for entry in trial["entries"]
    ]
    out.table(("trial", "metric", "bar", "entry", "value", "verdict", "outcome"), rows)
    print()
    for line in found["refused"]:
        out.line(N_("not run: {line}"), line=line)
    template = N_("Built in {seconds} s. Accounts (this machine only), password {password}:")
    out.line(template, seconds=found["seconds"]["total"], password=found["password"])
    firsts = {role: next((one for one in found["accounts"] if one["role"] == role), None) for role in ROLES}
    out.table(("role", "account", "acts for"), [tuple(one.values()) for one in firsts.values() if one is not None])
