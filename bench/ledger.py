"""What a long ledger costs: ``python -m bench.ledger [--rows 5000]``.

Builds one agreement with that many sentences, each broken down into a commitment of 40 units with evidence and money, in a
temporary SQLite database, and asks for its pages in this process: the filtered list of commitments, the agreement's own page,
its workshop, scorecard and benefits ledger. Each figure is the median of the requests after the first, in the processor time
of the page; the number of queries is compared with that of an agreement a hundredth as long. The words carry no meaning.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.figures import show

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATES = ("on-track", "at-risk", "overdue", "met", "broken-down", "confirmed")
FIELDS = ("smart-city", "smart-manufacturing", "smart-tourism", "culture", "agriculture")
REPEATS = 7
FILTER_MS, PAGE_MS = 200, 500


def fill(code: str, rows: int) -> None:
    """Write one agreement of ``rows`` sentences, ten a paragraph, and a commitment for each but the last ten."""
    from qiupu_web.agreements.models import Agreement, AgreementParty, Commitment, Evidence, MoneyEntry, Statement
    from qiupu_web.agreements.rules import COMMITMENT
    from qiupu_web.parties.models import Organisation

    units = [
        Organisation.objects.get_or_create(
            code=f"unit-{n}", defaults={"kind": "unit", "name_zh": f"单位{n}", "name_en": f"Unit {n}"}
        )[0]
        for n in range(40)
    ]
    sentences = [f"Party A shall open hall {n} of district {n % 17} for visitors and machines." for n in range(rows)]
    text, spans = "", []
    for number, sentence in enumerate(sentences):
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence + ("\n\n" if number % 10 == 9 else " ")
    agreement = Agreement.objects.create(
        code=code, kind="agreement", title_en=f"Agreement of {rows} sentences", language="en", text=text, engine_version="bench",
        text_sha256=f"{rows:064d}", added_at=NOW, is_invented=True,
    )  # fmt: skip
    for number, unit in enumerate(units[:2]):
        AgreementParty.objects.create(agreement=agreement, organisation=unit, name=unit.name_en, is_partner=bool(number))
    waiting = rows - 10
    said = Statement.objects.bulk_create(
        Statement(
            agreement=agreement, number=n, start=start, end=end, quote=text[start:end], strength="duty" if n % 3 else "hope",
            clause=str(n // 100), disposition="broken-down" if n <= waiting else "waiting",
        )
        for n, (start, end) in enumerate(spans, 1)
    )  # fmt: skip
    drawn = Commitment.objects.bulk_create(
        Commitment(
            code=f"{code}-{one.number}", statement=one, title_zh=f"开放展厅 {one.number}", title_en=f"Open hall {one.number}",
            field=FIELDS[one.number % 5], lead_unit=units[one.number % 40], debtor=units[one.number % 2],
            creditor=units[1 - one.number % 2], due_on=(NOW + timedelta(days=one.number % 400)).date(), created_at=NOW,
            **COMMITMENT.begin(STATES[one.number % len(STATES)], NOW),
        )
        for one in said[:waiting]
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(
            commitment=one, kind="milestone", key=f"milestone:{one.code}", title_en="A milestone", recorded_at=NOW, recorded_by="x"
        )
        for one in drawn[::2]
    )
    MoneyEntry.objects.bulk_create(
        MoneyEntry(commitment=one, kind="agreed", amount_cny=1000, on=NOW.date(), recorded_at=NOW, recorded_by="x")
        for one in drawn[::4]
    )


def measure(client: Any, path: str) -> tuple[float, int]:
    """Return the median milliseconds of processor time of a page, and its queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    times = []
    for _ in range(REPEATS):
        begun = time.process_time()
        status = client.get(path).status_code
        times.append(1000 * (time.process_time() - begun))
        if status != 200:
            raise SystemExit(f"{path}: {status}")
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return statistics.median(times), len(queries)


def pages(client: Any, rows: int, small: int) -> None:
    """Print a figure for each page."""
    ledger = "/en/agreements/commitments/"
    for words, query in (
        ("by state", "?state=overdue"),
        ("by field and unit", "?field=culture&unit=unit-3"),
        ("by word", "?q=hall+district"),
        ("by state and word", "?state=at-risk&q=hall"),
    ):
        took, queries = measure(client, ledger + query)
        show(f"{rows} commitments filtered {words}", f"{took:.0f} ms, {queries} queries", f"< {FILTER_MS} ms", took < FILTER_MS)
    for words, path in (
        ("agreement's page", "/en/agreements/{}/"),
        ("agreement's page in the middle", "/en/agreements/{}/?page=3"),
        ("scorecard", "/en/agreements/{}/scorecard/"),
        ("benefits ledger", "/en/agreements/{}/ledger/"),
        ("workshop", "/en/agreements/{}/breakdown/?show=all"),
    ):
        took, queries = measure(client, path.format("long"))
        _took, fewer = measure(client, path.format("short"))
        met = took < PAGE_MS and queries == fewer
        show(
            f"{words}, {rows} commitments",
            f"{took:.0f} ms, {queries} queries ({fewer} with {small})",
            f"< {PAGE_MS} ms, constant queries",
            met,
        )


def main() -> int:
    """Fill a temporary database, measure, leave nothing behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--quick", action="store_true", help="500 rows")
    args = parser.parse_args()
    rows = 500 if args.quick else args.rows
    with tempfile.TemporaryDirectory(prefix="qiupu-ledger-") as home:
        os.environ.pop("DATABASE_URL", None)
        os.environ["QIUPU_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.test import Client

        call_command("migrate", verbosity=0)
        small = max(rows // 100, 20)
        fill("long", rows)
        fill("short", small)
        client = Client(headers={"host": "127.0.0.1", "accept-language": "en"})
        client.force_login(_office())
        pages(client, rows, small)
        from django.db import connections

        connections.close_all()
    return 0


def _office() -> Any:
    from qiupu_web.parties.models import Membership, Organisation, User

    user = User.objects.create_user("office@example.org", "not-used", name_en="Office")
    office = Organisation.objects.create(code="office", kind="office", name_en="Office")
    Membership.objects.create(user=user, organisation=office, role="office")
    return user


if __name__ == "__main__":
    sys.exit(main())
