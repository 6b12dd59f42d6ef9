"""Bring a text in, say who its parties are here, and join it to its translation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.agreements import bridge
from qiupu_web.agreements.enums import Disposition, TextKind
from qiupu_web.agreements.models import Agreement, AgreementParty, Statement
from qiupu_web.agreements.rules import Placed, free_code, pair
from qiupu_web.agreements.sources import reconcile, sentences_of
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

SAME_NOTE = "= "
"""How the note of a sentence begins that another source says too; after it stands agreement#number."""


def add_agreement(
    *,
    actor: Actor,
    now: datetime,
    kind: str = "",
    code: str = "",
    text: str | None = None,
    data: bytes | None = None,
    name: str = "",
    part: int | None = None,
    title_zh: str = "",
    title_en: str = "",
    is_invented: bool = False,
    is_public: bool = True,
    party_organisations: Mapping[str, Organisation] | None = None,
    partner: Organisation | None = None,
) -> Agreement:
    """Read a pasted text or a file and keep it (see ``record_agreement``); reading is done before anything is written.

    An empty ``kind`` is told from the text. ``part`` says which agreement is meant where one text holds several, counted from 1.

    Raises
    ------
    InputError
        When neither or both of ``text`` and ``data`` are given, or the reader finds no agreement.
    Conflict
        When the same text is here already; the sentence names it.
    """
    require(actor, "agreements.read_agreement")
    if bool(text and text.strip()) == (data is not None):
        raise InputError(N_("Give a text or a file, one of the two."), column="text", code="text-or-file")
    read = bridge.read_file(data, name, part) if data is not None else bridge.read_text(text or "", part)
    return record_agreement(
        actor=actor,
        now=now,
        read=read,
        kind=kind or (TextKind.AGREEMENT if read.kind == "agreement" else TextKind.REPORT),
        code=code,
        source=data,
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        is_invented=is_invented,
        is_public=is_public,
        party_organisations=party_organisations or {},
        partner=partner,
    )


@usecase("agreements.read_agreement")
def record_agreement(
    *,
    actor: Actor,
    now: datetime,
    read: bridge.ReadText,
    kind: str,
    code: str = "",
    source: bytes | None = None,
    name: str = "",
    title_zh: str = "",
    title_en: str = "",
    is_invented: bool = False,
    is_public: bool = True,
    party_organisations: Mapping[str, Organisation] | None = None,
    partner: Organisation | None = None,
) -> Agreement:
    """Keep a text with its parties and statements.

    Must hold: the text is new. Writes: the source file, the agreement, its parties (with their organisations, by
    ``party_organisations`` from any form of the name, else by an equal name), its statements. May: the exchange office.
    """
    require(actor, "agreements.read_agreement")
    if kind not in TextKind.values:
        raise InputError(N_("“{kind}” is no kind of text."), column="kind", kind=kind)
    sha256 = hashlib.sha256(read.text.encode()).hexdigest()
    same = Agreement.objects.filter(text_sha256=sha256).first()
    if same is not None:
        raise Conflict(
            N_("This text is here already, as “{title}” ({existing})."),
            cure=N_("Open that one; the same text is kept once."),
            code="same-text",
            title=str(same),
            existing=same.code,
        )
    agreement = Agreement.objects.create(
        code=code or free_code(f"agreement-{now:%Y%m%d}", Agreement.objects.values_list("code", flat=True)),
        kind=kind,
        title_zh=title_zh,
        title_en=title_en,
        language=read.language[:10],
        text=read.text,
        source=keep(source, name=name or "agreement", now=now) if source is not None else None,
        reading=read.reading,
        signed_on=read.signed_on,
        is_invented=is_invented,
        is_public=is_public,
        engine_version=read.engine_version,
        text_sha256=sha256,
        added_at=now,
        added_by_id=actor.user_id,
    )
    parties = _parties(agreement, read, party_organisations or {}, partner)
    statements = [Statement(agreement=agreement, number=number, **vars(one)) for number, one in enumerate(read.statements, start=1)]
    Statement.objects.bulk_create(statements)
    touched(agreement, sha256=sha256, parties=[party.name for party in parties], statements=len(statements))
    return agreement


def _parties(
    agreement: Agreement, read: bridge.ReadText, given: Mapping[str, Organisation], partner: Organisation | None
) -> list[AgreementParty]:
    found = {party.name: party for party in read.parties}
    used: set[str] = set()
    rows = []
    for party in found.values():
        key = next((name for name in party.names if name in given), None)
        organisation = given[key] if key else _named(party.names)
        used |= set(party.names)
        rows.append(_party(agreement, party.name, party.role, organisation, partner))
    taken = {row.organisation_id for row in rows if row.organisation_id}
    for name, organisation in given.items():
        if name not in used and organisation.pk not in taken:
            rows.append(_party(agreement, name, "", organisation, partner))
            taken.add(organisation.pk)
    AgreementParty.objects.bulk_create(rows)
    return rows


def _party(
    agreement: Agreement, name: str, role: str, organisation: Organisation | None, partner: Organisation | None
) -> AgreementParty:
    is_partner = partner is not None and organisation is not None and organisation.pk == partner.pk
    return AgreementParty(agreement=agreement, name=name[:200], role=role[:30], organisation=organisation, is_partner=is_partner)


def _named(names: tuple[str, ...]) -> Organisation | None:
    """Find the one active organisation that bears one of the names exactly; two would be a guess."""
    rows = Organisation.objects.filter(is_active=True)
    found = {*rows.filter(name_zh__in=names)[:2], *rows.filter(name_en__in=names)[:2]}
    return found.pop() if len(found) == 1 else None


@usecase("agreements.edit_agreement")
def edit_agreement(
    *, actor: Actor, now: datetime, agreement: Agreement, kind: str, title_zh: str, title_en: str, is_public: bool
) -> None:
    """Mend what the office wrote about a text; the text itself never changes.

    Must hold: it keeps a title. Writes: the text's kind, titles and who may read it. May: the exchange office.
    """
    require(actor, "agreements.edit_agreement")
    if kind not in TextKind.values:
        raise InputError(N_("“{kind}” is no kind of text."), column="kind", kind=kind)
    if not (title_zh.strip() or title_en.strip()):
        raise InputError(N_("A text needs a title in at least one language."), column="title_zh", code="no-title")
    changed(agreement, kind=kind, title_zh=title_zh.strip(), title_en=title_en.strip(), is_public=is_public)


@usecase("agreements.link_party")
def link_party(
    *, actor: Actor, now: datetime, party: AgreementParty, organisation: Organisation | None, is_partner: bool = False
) -> None:
    """Say which organisation a party is. Must hold: no commitment of the agreement is confirmed yet. May: the exchange office."""
    require(actor, "agreements.link_party")
    if party.agreement.statements.filter(commitments__confirmations__isnull=False).exists():
        raise Conflict(
            N_("Commitments of this agreement are confirmed already, so its parties stay as they are."), code="confirmed"
        )
    changed(party, organisation=organisation, is_partner=is_partner)


@usecase("agreements.link_twins")
def link_twins(*, actor: Actor, now: datetime, agreement: Agreement, twin: Agreement) -> int:
    """Join a text with its translation and pair their statements; return how many pairs were found.

    Must hold: two texts in two languages, neither joined to a third. Writes: both texts, the pairs;
    of approval steps those of ``agreement`` stand. May: the exchange office.
    """
    require(actor, "agreements.link_twins")
    if agreement.pk == twin.pk or agreement.language == twin.language:
        raise Conflict(N_("A translation is another text, in another language."), code="same-language")
    for one, other in ((agreement, twin), (twin, agreement)):
        if one.twin_id not in (None, other.pk):
            raise Conflict(N_("“{title}” is joined to another text already."), code="joined", title=str(one))
    changed(agreement, twin=twin)
    changed(twin, twin=agreement)
    if agreement.approval_steps.exists():  # one breakdown, one way of approval
        twin.approval_steps.all().delete()
    ours = {one.pk: one for one in agreement.statements.order_by("number")}
    theirs = {one.pk: one for one in twin.statements.order_by("number")}
    pairs = pair([_placed(one) for one in ours.values()], [_placed(one) for one in theirs.values()])
    for mine, yours in pairs.items():
        ours[mine].twin, theirs[yours].twin = theirs[yours], ours[mine]
    Statement.objects.bulk_update([*ours.values(), *theirs.values()], ["twin"])
    touched(agreement, pairs=len(pairs))
    return len(pairs)


def _placed(one: Statement) -> Placed:
    return Placed(one.pk, one.clause, one.strength == "fact")


@usecase("agreements.link_sources")
def link_sources(*, actor: Actor, now: datetime, agreement: Agreement, main: Agreement | None) -> int:
    """Say that a text is another source of an agreement that is worked with; return how many sentences say the same.

    A sentence that the other text has too, and from which nothing was drawn here, is noted as said elsewhere; one that
    differs stays for a person to decide. ``main`` None takes it all back. Must hold: two texts in one language, ``main``
    is no further source itself. Writes: the text, its sentences. May: the exchange office.
    """
    require(actor, "agreements.link_sources")
    if main is not None and (main.pk == agreement.pk or main.language != agreement.language):
        raise Conflict(N_("Another source is another text in the same language; a translation is joined instead."), code="language")
    if main is not None and (main.same_as_id is not None or agreement.other_sources.exists()):
        raise Conflict(N_("One of the two texts is a source of a third already; take that back first."), code="chain")
    note = SAME_NOTE
    back = agreement.statements.filter(disposition=Disposition.SAME, disposition_note__startswith=note)
    back.update(disposition=Disposition.WAITING, disposition_note="")
    changed(agreement, same_as=main)
    if main is None:
        return 0
    pairs = reconcile(sentences_of(agreement), sentences_of(main))
    numbers = {pair.ours: pair.theirs for pair in pairs if pair.is_equal}
    same = [one for one in agreement.statements.filter(disposition=Disposition.WAITING) if one.number in numbers]
    for one in same:
        one.disposition, one.disposition_note = Disposition.SAME, f"{note}{main.code}#{numbers[one.number]}"
    Statement.objects.bulk_update(same, ["disposition", "disposition_note"])
    touched(agreement, same_as=main.code, same=len(same))
    return len(same)
