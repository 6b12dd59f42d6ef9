"""``qiupu manage``: the platform's own tools (migrate, backup, restore, ...)."""

from __future__ import annotations

import argparse
import os

from qiupu.cli.output import Output
from qiupu.errors import N_

HELP = N_("tools of the platform: migrate, backup, restore, createuser and more")
PLAIN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take everything that follows as it is."""
    parser.add_argument("words", nargs=argparse.REMAINDER)


def run(args: argparse.Namespace, out: Output) -> int:
    """Hand over to Django's command line."""
    from django.core.management import execute_from_command_line  # engines' commands must not pay for Django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
    execute_from_command_line(["qiupu manage", *args.words])
    return 0
