"""``qiupu manage backup``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from qiupu_web.base.backup import write_backup


class Command(BaseCommand):
    """Write one archive of database, files and vault; the keys apart."""

    help = "Write one archive of database, files and vault; with --keys the keys into a second one, to be kept elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("target", type=Path, help="file to write, such as qiupu-2026-11-22.tar.gz")
        parser.add_argument("--keys", type=Path, help="file to write the keys to")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and print the counts."""
        manifest = write_backup(options["target"], keys=options["keys"], now=timezone.now())
        total = sum(manifest["counts"].values())
        self.stdout.write(f"{options['target']}: {total} rows, audit record {manifest['audit']['number']}")
        if options["keys"] is None:
            self.stderr.write("The keys are not in it: without them the vault cannot be opened. Write them apart with --keys FILE.")
