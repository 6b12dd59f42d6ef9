"""``qiupu manage remove_demo_accounts``: close the accounts whose password is public."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from qiupu_web.parties.actors import system
from qiupu_web.parties.usecases import close_demo_accounts


class Command(BaseCommand):
    """Close them; what they did stays in the records."""

    help = "Close the accounts of the demonstration; what they did stays in the records."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the use case and print the count."""
        count = close_demo_accounts(actor=system("operator"), now=timezone.now())
        self.stdout.write(f"{count} accounts closed")
