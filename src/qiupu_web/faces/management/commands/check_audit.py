"""``qiupu manage check_audit``."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from qiupu_web.base.audit import broken_links
from qiupu_web.base.models import AuditRecord


class Command(BaseCommand):
    """Prove the chain of audit records; exit 1 when it is broken."""

    help = "Prove the chain of audit records; exit status 1 when it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the first broken record, or the count."""
        broken = next(broken_links(), None)
        if broken is not None:
            self.stderr.write(f"the chain is broken at record {broken}")
            sys.exit(1)
        self.stdout.write(f"the chain is whole: {AuditRecord.objects.count()} records")
