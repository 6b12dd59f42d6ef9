"""``qiupu manage restore``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from qiupu_web.base.backup import read_backup


class Command(BaseCommand):
    """Restore an archive into an empty installation."""

    help = "Restore an archive into an empty installation, and prove counts and audit chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from."""
        parser.add_argument("source", type=Path)
        parser.add_argument("--keys", type=Path, help="the keys' archive")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore and print the counts."""
        manifest = read_backup(options["source"], keys=options["keys"])
        total = sum(manifest["counts"].values())
        self.stdout.write(f"restored {total} rows; the audit chain is whole up to record {manifest['audit']['number']}")
