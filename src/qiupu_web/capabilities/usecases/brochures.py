"""From a brochure to a draft: read, decided sentence by sentence by the supplier, and only then made a capability."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base import blobs
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.capabilities.bridge import LONGEST, read_file
from qiupu_web.capabilities.enums import SentenceState
from qiupu_web.capabilities.models import Brochure, BrochureSentence, Capability
from qiupu_web.capabilities.usecases.offers import register_capability
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import require

TAKEN = (SentenceState.KEPT, SentenceState.EDITED)


@usecase("capabilities.read_brochure")
def read_brochure(*, actor: Actor, now: datetime, supplier: Organisation, data: bytes, name: str) -> Brochure:
    """Read a brochure into sentences that wait for the supplier's decision; nothing of it is published.

    Must hold: a docx or pdf with text that holds sentences. Writes: the file, the brochure, its sentences.
    Who: the supplier's members, the exchange office.
    """
    require(actor, "capabilities.read_brochure", supplier.pk)
    found = read_file(data, name)
    row = Brochure.objects.create(
        supplier=supplier,
        file=blobs.keep(data, name=name, now=now),
        file_name=name[-200:],
        title=found.title,
        field=found.field,
        language=found.language,
        pages=found.pages,
        left_out=found.left_out,
        engine_version=found.engine_version,
        added_at=now,
        added_by=actor.name,
    )
    BrochureSentence.objects.bulk_create(
        BrochureSentence(brochure=row, number=number, quote=one.quote, page=one.page, language=one.language)
        for number, one in enumerate(found.sentences, 1)
    )
    touched(row, supplier=supplier.code, file=name, sentences=len(found.sentences), left_out=found.left_out)
    return row


@usecase("capabilities.decide_sentences")
def decide_sentences(*, actor: Actor, now: datetime, brochure: Brochure, decisions: Mapping[int, tuple[str, str]]) -> Brochure:
    """Confirm, edit or drop sentences; ``decisions`` holds, by number, a state and the supplier's words.

    Must hold: no capability was drafted yet; an edited sentence has words. Writes: the sentences. Who: the supplier's members.
    """
    require(actor, "capabilities.decide_sentences", brochure.supplier_id)
    _require_open(brochure)
    rows = {row.number: row for row in brochure.sentences.all()}
    touched(brochure)
    for number, (state, words) in sorted(decisions.items()):
        row = rows.get(number)
        if row is None or state not in SentenceState.values:
            raise InputError(N_("Sentence {number} cannot be decided like this."), code="sentence", number=number)
        kept, text = _decided(row, state, words)
        if (row.state, row.text) != (kept, text):
            changed(row, state=kept, text=text, decided_at=now, decided_by_id=actor.user_id)
    return brochure


def _decided(row: BrochureSentence, state: str, words: str) -> tuple[str, str]:
    """Return the state and the supplier's own words; an edit that changes nothing keeps the sentence as it stands."""
    text = " ".join(words.split())
    if state != SentenceState.EDITED:
        return state, ""
    if not 0 < len(text) <= LONGEST:
        raise InputError(
            N_("Sentence {number} needs words, at most {limit} characters."),
            cure=N_("Write it, or keep or drop what the brochure says."),
            column=f"text_{row.number}",
            code="words",
            number=row.number,
            limit=LONGEST,
        )
    return (SentenceState.KEPT.value, "") if text == row.quote else (state, text)


@usecase("capabilities.draft_from_brochure")
def draft_from_brochure(
    *, actor: Actor, now: datetime, brochure: Brochure, field: str, title_zh: str = "", title_en: str = ""
) -> Capability:
    """Make a draft of the sentences that were confirmed or edited, each under its language; publishing is another step.

    Must hold: every sentence is decided, at least one stays, no capability was drafted yet; else as for registering.
    Writes: the capability as a draft, the brochure. Who: the supplier's members.
    """
    require(actor, "capabilities.draft_from_brochure", brochure.supplier_id)
    _require_open(brochure)
    rows = list(brochure.sentences.all())
    waiting = sum(row.state == SentenceState.WAITING for row in rows)
    if waiting:
        raise Conflict(
            N_("{n} sentences still wait for your decision."),
            cure=N_("Keep, edit or drop each of them; what nobody confirmed is not published."),
            code="waiting",
            n=waiting,
        )
    kept = [row for row in rows if row.state in TAKEN]
    if not kept:
        raise Conflict(
            N_("No sentence is left to say what you do."), cure=N_("Keep or edit at least one of them."), code="none-kept"
        )
    capability = register_capability(
        actor=actor,
        now=now,
        supplier=brochure.supplier,
        field=field,
        title_zh=title_zh,
        title_en=title_en,
        body_zh="\n".join(row.words for row in kept if row.language == "zh"),
        body_en="\n".join(row.words for row in kept if row.language != "zh"),
    )
    changed(brochure, capability=capability)
    return capability


@usecase("capabilities.discard_brochure")
def discard_brochure(*, actor: Actor, now: datetime, brochure: Brochure) -> None:
    """Put a brochure away with its undecided sentences; the record says that it was there.

    Must hold: no capability was drafted from it. Writes: the brochure goes. Who: the supplier's members, the exchange office.
    """
    require(actor, "capabilities.discard_brochure", brochure.supplier_id)
    _require_open(brochure)
    touched(brochure, removed=brochure.file_name, sha256=brochure.file_id)
    brochure.delete()


def _require_open(brochure: Brochure) -> None:
    if brochure.capability_id is not None:
        raise Conflict(
            N_("A capability was drafted from this brochure already."), cure=N_("Change the capability itself."), code="drafted"
        )
