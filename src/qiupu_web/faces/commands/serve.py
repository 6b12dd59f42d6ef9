"""``qiupu serve``: the site and its worker, watched until they are stopped."""

from __future__ import annotations

import argparse
import os
import sys

from qiupu.cli.output import Output
from qiupu.errors import N_

HELP = N_("serve the site with its worker")
PLAIN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 127.0.0.1 is this machine only")
    parser.add_argument("--port", type=int, default=8000)


def is_local(host: str) -> bool:
    """Return whether only this machine reaches the address."""
    return host in ("127.0.0.1", "localhost")


def run(args: argparse.Namespace, out: Output) -> int:
    """Check first, then start and watch."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
    if is_local(args.host):  # links in mails and messages lead to this port, unless the operator names another address
        os.environ.setdefault("QIUPU_BASE_URL", f"http://{args.host}:{args.port}")
    import django  # engines' commands must not pay for Django

    django.setup()
    from qiupu_web.faces.commands import readiness, supervisor  # they need Django set up

    readiness.require_free_port(args.host, args.port)
    readiness.require_database()
    readiness.require_no_demo_accounts(args.host)
    readiness.prepare_database()
    for line in readiness.warnings(args.host):
        print(line, file=sys.stderr)
    out.line(N_("Qiupu is at http://{host}:{port}/ (stop with Ctrl+C)"), host=args.host, port=args.port)
    return supervisor.watch(args.host, args.port)
