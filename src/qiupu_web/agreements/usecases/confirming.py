"""Both parties confirm: on line, by a one-time link, or by a stamped scan of the printed form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.agreements.enums import CommitmentState, ConfirmedBy
from qiupu_web.agreements.models import Commitment, Confirmation
from qiupu_web.agreements.queries import open_step
from qiupu_web.agreements.rules import COMMITMENT, check_code
from qiupu_web.agreements.usecases.evidence import light_up
from qiupu_web.base.audit import touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.base.file_types import SCANS, content_type_of
from qiupu_web.base.models import StoredFile
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

S = CommitmentState


def _parties_of(commitment: Commitment) -> dict[int, Organisation]:
    rows = commitment.statement.agreement.parties.filter(organisation__isnull=False).select_related("organisation")
    return {row.organisation.pk: row.organisation for row in rows if row.organisation is not None}


@usecase("agreements.confirm")
def confirm(*, actor: Actor, now: datetime, commitment: Commitment) -> None:
    """A party confirms a commitment; when every party of the agreement that is an organisation here has, it is confirmed.

    Must hold: broken down or accepted, and approved at every step; the actor's organisation is a party and has not
    confirmed yet. Writes: the confirmation, perhaps the state. May: the parties.
    """
    parties = _parties_of(commitment)
    require(actor, "agreements.confirm", *parties)
    party = parties.get(actor.organisation_id or 0)
    if party is None:
        raise NotAllowed(N_("Only a party of the agreement confirms."), code="no-party")
    how = ConfirmedBy.LINK if actor.via == "link" else ConfirmedBy.ONLINE
    _confirm(commitment, party, parties, how=how, by=actor.name, now=now)


def _confirm(
    commitment: Commitment,
    party: Organisation,
    parties: dict[int, Organisation],
    *,
    how: str,
    by: str,
    now: datetime,
    scan: StoredFile | None = None,
) -> None:
    if not COMMITMENT.allows(commitment.state, S.CONFIRMED):
        raise Conflict(
            N_("The commitment {number} cannot be confirmed now: it is “{state}”."),
            code="wrong-state",
            number=commitment.code,
            state=commitment.get_state_display(),
        )
    step = open_step(commitment)
    if step is not None:
        raise Conflict(
            N_("{number} still waits for approval by {unit} (step {step})."),
            cure=N_("The parties confirm once every step has approved."),
            code="not-approved",
            number=commitment.code,
            unit=str(step.organisation),
            step=step.number,
        )
    _row, is_new = Confirmation.objects.get_or_create(
        commitment=commitment, party=party, defaults={"how": how, "by": by, "at": now, "scan": scan}
    )
    if not is_new:
        raise Conflict(
            N_("{party} has confirmed {number} already."), code="confirmed-already", party=str(party), number=commitment.code
        )
    touched(commitment, confirmed_by=party.code, how=how, scan=scan.sha256 if scan else None)
    done = set(commitment.confirmations.values_list("party_id", flat=True))
    if done >= set(parties):
        COMMITMENT.move(commitment, S.CONFIRMED, now=now)
        light_up(commitment, now)


def form_contents(commitments: Sequence[Commitment]) -> list[dict[str, object]]:
    """Return what a confirmation form says of each commitment; its check code is computed from it."""
    return [
        {
            "code": row.code,
            "quote": row.statement.quote,
            "title_zh": row.title_zh,
            "title_en": row.title_en,
            "lead_unit": row.lead_unit.code if row.lead_unit else "",
            "due_on": row.due_on.isoformat() if row.due_on else "",
            "measure_zh": row.measure_zh,
            "measure_en": row.measure_en,
        }
        for row in sorted(commitments, key=lambda row: row.code)
    ]


@usecase("agreements.record_scan")
def record_scan(
    *,
    actor: Actor,
    now: datetime,
    commitments: Sequence[Commitment],
    party: Organisation,
    scan: bytes,
    name: str,
    form_code: str = "",
) -> None:
    """The office records a stamped form that a party has sent: who recorded it, when, and the scan's hash are kept.

    Must hold: the scan is a pdf or picture; the party is a party of each commitment's agreement and has not
    confirmed; each is approved at every step; ``form_code``, when given, is the check code of these commitments as they
    are now. Writes: the file, the confirmations, perhaps states. May: the exchange office.
    """
    require(actor, "agreements.record_scan")
    if not commitments:
        raise InputError(N_("Choose the commitments that the form lists."), column="commitments", code="none")
    if form_code and form_code.strip().upper() != check_code(form_contents(commitments)):
        raise Conflict(
            N_("The check code does not fit: the form lists other commitments, or they were changed after it was printed."),
            cure=N_("Print the form again and have that one stamped."),
            code="check-code",
        )
    kind = content_type_of(scan, name, SCANS)
    file = keep(scan, name=name, now=now, content_type=kind)
    for commitment in commitments:
        parties = _parties_of(commitment)
        if party.pk not in parties:
            raise InputError(N_("{party} is not a party of the agreement of {number}."), party=str(party), number=commitment.code)
        _confirm(commitment, party, parties, how=ConfirmedBy.SCAN, by=actor.name, now=now, scan=file)
