"""What the agreement brought so far in money, and who approves what is still open; all of it invented and said to be so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from qiupu_web.agreements import queries
from qiupu_web.agreements import usecases as agreements
from qiupu_web.faces.demo.city import City
from qiupu_web.faces.demo.keeping import paper
from qiupu_web.faces.demo.sources import rows

APPROVER, STAND_IN = "city", "finance-department"
COMMENT = "与年度预算一致，同意。（为演示而虚构）Fits the year's budget (invented)."


def accounted(city: City) -> None:
    """Record the money of three commitments; what was paid in or has landed comes with a document."""
    for row in rows("money.csv"):
        commitment = city.commitments[row["code"]]
        commitment.refresh_from_db()
        needs_paper = row["kind"] != "agreed"
        agreements.record_money(
            actor=city.speaker_for(row["by"]),
            now=city.clock.tick(),
            commitment=commitment,
            kind=row["kind"],
            amount_cny=Decimal(row["amount_cny"]),
            on=date.fromisoformat(row["on"]),
            note=f"{row['note_zh']} {row['note_en']}",
            data=paper(row["note_zh"], row["note_en"]) if needs_paper else None,
            name=f"{row['code'].lower()}-{row['kind']}.docx" if needs_paper else "",
        )


def approved(city: City) -> None:
    """Let the city government approve what is not confirmed yet; its liaison is away, so a stand-in decides one of them."""
    office, agreement = city.actor("office"), city.agreement
    assert agreement is not None  # noqa: S101  # it was read in the second chapter
    approver = city.organisations[APPROVER]
    agreements.set_approval_steps(actor=office, now=city.clock.tick(), agreement=agreement, approvers=[(approver, None)])
    away = next(one for one in city.members.values() if one.organisation_id == approver.pk)
    deputy = next(one for one in city.members.values() if one.organisation.code == STAND_IN)
    today = timezone.localdate()
    agreements.name_stand_in(
        actor=city.speaker_for(APPROVER),
        now=city.clock.tick(),
        member=away,
        stand_in=deputy.user,
        from_on=timezone.localdate(city.clock.now),
        until_on=today + timedelta(days=30),
    )
    acting, now = city.speaker_for(STAND_IN), city.clock.tick()
    waiting = queries.waiting_for_approval(acting, timezone.localdate(now)).first()
    if waiting is not None:
        agreements.decide_approval(actor=acting, now=now, commitment=waiting, approve=True, comment=COMMENT)
