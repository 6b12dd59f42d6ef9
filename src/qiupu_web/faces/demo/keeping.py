"""What was kept since: evidence, its countersignature, and commitments that are met; sentences that owe nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from docx import Document

from qiupu_web.agreements import usecases as agreements
from qiupu_web.agreements.enums import Disposition
from qiupu_web.faces.demo.city import City

KEPT = (
    (
        "C-01",
        "lanjing",
        datetime(2026, 4, 28, 2, 0, tzinfo=UTC),
        "场景办设立与场景经理人名单",
        "Office set up; list of scenario managers",
    ),
    (
        "C-09",
        "exchange-office",
        datetime(2026, 5, 25, 2, 0, tzinfo=UTC),
        "乙方能力清单及佐证目录",
        "Party B's capability list with its evidence",
    ),
    ("C-02", "lanjing", datetime(2026, 6, 26, 2, 0, tzinfo=UTC), "首批应用场景机会清单", "First opportunity list"),
)
LEADS = {"C-01": "exchange-office", "C-02": "exchange-office", "C-09": "lanjing"}
OWES_NOTHING = ("1.2", "1.3", "5.1", "5.2", "6.2")
"""Clauses that say how the parties work together, not what one owes the other."""


def paper(zh: str, en: str) -> bytes:
    """Return a Word file that says what it shows, and that it is invented."""
    page = Document()
    page.add_heading(f"{zh} / {en}", level=1)
    page.add_paragraph("为演示而虚构。Invented for demonstration.")
    stream = BytesIO()
    page.save(stream)
    return stream.getvalue()


def noted(city: City) -> None:
    """Say of the sentences that owe nothing that they are noted."""
    office = city.actor("office")
    for name in ("zh", "en"):
        for statement in city.texts[f"agreement.{name}"].statements.filter(clause__in=("", *OWES_NOTHING), commitments=None):
            if statement.disposition == Disposition.WAITING:
                agreements.dispose_statement(
                    actor=office, now=city.clock.tick(), statement=statement, disposition=Disposition.NOTED
                )


def kept(city: City) -> None:
    """Bring evidence, let the other side countersign it, and close what is met."""
    office = city.actor("office")
    for code, other, at, zh, en in KEPT:
        commitment = city.commitments[code]
        commitment.refresh_from_db()
        mine = city.speaker_for(LEADS[code])
        evidence = agreements.add_document_evidence(
            actor=mine,
            now=city.clock.jump(at),
            commitment=commitment,
            data=paper(zh, en),
            name=f"{code.lower()}.docx",
            title_zh=zh,
            title_en=en,
        )
        agreements.countersign_evidence(actor=city.speaker_for(other), now=city.clock.tick(60), evidence=evidence)
        commitment.refresh_from_db()
        agreements.settle_commitment(actor=office, now=city.clock.tick(60), commitment=commitment, met=True)
