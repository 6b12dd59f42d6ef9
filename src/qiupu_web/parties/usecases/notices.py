"""Digests by mail, and saved searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from qiupu.errors import N_, Conflict, InputError, NotAllowed
from qiupu_web.base.audit import changed, touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import DigestState, Rhythm, SearchKind
from qiupu_web.parties.models import Digest, DigestChoice, DigestRun, SavedSearch, Told, User
from qiupu_web.parties.permissions import require
from qiupu_web.parties.rules_notices import FILTERS, KEY, LONGEST_NAME, MOST_SEARCHES, MOST_SEEN, SEEN


def _require_self(actor: Actor, user_id: int) -> None:
    if actor.user_id != user_id and actor.role != "system":
        raise NotAllowed(N_("Notices are chosen by the person herself."), code="not-own")


@usecase("parties.choose_digest")
def choose_digest(*, actor: Actor, now: datetime, user: User, rhythm: str) -> DigestChoice:
    """Say how often one wants the digest.

    Must hold: a rhythm of the list. Writes: the choice. Who: the person herself, also by the link of a digest.
    """
    require(actor, "parties.choose_digest")
    _require_self(actor, user.pk)
    if rhythm not in Rhythm.values:
        raise InputError(N_("There is no rhythm “{rhythm}”."), cure=N_("Choose one of the list."), column="rhythm", rhythm=rhythm)
    row, made = DigestChoice.objects.get_or_create(user=user, defaults={"rhythm": rhythm, "changed_at": now})
    if made:
        touched(row, rhythm=rhythm)
    else:
        changed(row, rhythm=rhythm, changed_at=now)
    return row


@usecase("parties.claim_digest")
def claim_digest(*, actor: Actor, now: datetime, user: User, day: date, stages: Mapping[str, str], news: Sequence[str]) -> Digest:
    """Take the one digest that an account may get on a day, before it is sent.

    Must hold: none was taken, or it surely failed. Writes: the digest, and the news as told. Who: the system.
    """
    require(actor, "parties.claim_digest")
    keys = {"stages": dict(stages), "news": list(news)}
    claimed = {"state": DigestState.CLAIMED, "keys": keys, "problem": "", "claimed_at": now, "finished_at": None}
    try:
        with transaction.atomic():
            row = Digest.objects.create(user=user, day=day, **claimed)
    except IntegrityError:
        taken = Digest.objects.filter(user=user, day=day, state=DigestState.FAILED).update(**claimed)
        if not taken:
            raise Conflict(N_("This account's digest of the day was taken already."), code="claimed") from None
        row = Digest.objects.get(user=user, day=day)
    Told.objects.bulk_create([Told(user=user, key=key, told_at=now) for key in news], ignore_conflicts=True)
    touched(row, things=len(stages), news=len(news))
    return row


@usecase("parties.record_digest")
def record_digest(*, actor: Actor, now: datetime, digest: Digest, problem: str = "") -> Digest:
    """Keep what became of a digest.

    Must hold: it was claimed. Writes: sent; or not sent and why, and its news count as untold again. Who: the system.
    """
    require(actor, "parties.record_digest")
    state = DigestState.FAILED if problem else DigestState.SENT
    changed(digest, state=state, problem=problem[:200], finished_at=now)
    if problem:
        Told.objects.filter(user_id=digest.user_id, key__in=digest.keys["news"], told_at=digest.claimed_at).delete()
    return digest


@usecase("parties.finish_digests")
def finish_digests(*, actor: Actor, now: datetime, day: date, sent: int, failed: int, silent: int) -> DigestRun:
    """Keep that a day's round over all accounts is complete. Writes: the round. Who: the system."""
    require(actor, "parties.finish_digests")
    counts = {"finished_at": now, "sent": sent, "failed": failed, "silent": silent}
    row, _made = DigestRun.objects.update_or_create(day=day, defaults=counts)
    touched(row, sent=sent, failed=failed, silent=silent)
    return row


@usecase("parties.save_search")
def save_search(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    kind: str = SearchKind.WORDS,
    query: str = "",
    filters: Mapping[str, str] | None = None,
) -> SavedSearch:
    """Keep a search of the opportunity list, or ask for the matches of one's capabilities.

    Must hold: a name; filters of the list; not the same search twice, not more than ``MOST_SEARCHES``.
    Writes: the search; what is published from now on is new. Who: members of a supplier, each for herself.
    """
    require(actor, "parties.save_search", actor.organisation_id)
    if actor.user_id is None or actor.organisation_id is None:
        raise NotAllowed(N_("A search is saved by a person for her organisation."), code="not-own")
    kept = {key: str(value) for key, value in sorted((filters or {}).items()) if key in FILTERS and value}
    words = " ".join(query.split())[:200]
    if kind not in SearchKind.values:
        raise InputError(N_("There is no such kind of search."), cure=N_("Choose one of the list."), column="kind")
    if not name.strip():
        raise InputError(N_("Give the search a name."), column="name", code="name")
    mine = list(SavedSearch.objects.filter(user_id=actor.user_id, organisation_id=actor.organisation_id, ended_at__isnull=True))
    if any((one.kind, one.query, one.filters) == (kind, words, kept) for one in mine):
        raise Conflict(N_("You have saved this search already."), cure=N_("It is on the page of your notices."), code="saved")
    if len(mine) >= MOST_SEARCHES:
        raise Conflict(
            N_("You have {most} saved searches, which is the most."), cure=N_("End one first."), code="many", most=MOST_SEARCHES
        )
    row = SavedSearch.objects.create(
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        kind=kind,
        name=name.strip()[:LONGEST_NAME],
        query=words,
        filters=kept,
        created_at=now,
        seen_at=now,
    )
    touched(row, kind=kind, query=words, filters=kept)
    return row


@usecase("parties.end_search")
def end_search(*, actor: Actor, now: datetime, search: SavedSearch) -> SavedSearch:
    """End a saved search: nothing more is told of it. Writes: the search. Who: the person herself, also by a digest's link."""
    require(actor, "parties.end_search", search.organisation_id)
    _require_self(actor, search.user_id)
    if search.ended_at is None:
        changed(search, ended_at=now)
    return search


@usecase("parties.see_news")
def see_news(*, actor: Actor, now: datetime, keys: Sequence[str]) -> int:
    """Put new scenarios of the page away as seen.

    Must hold: keys of scenarios, at most ``MOST_SEEN``. Writes: that they were seen; they are never new on the page again.
    Who: members of a supplier, each for herself.
    """
    require(actor, "parties.see_news", actor.organisation_id)
    if actor.user_id is None:
        raise NotAllowed(N_("A search is saved by a person for her organisation."), code="not-own")
    kept = sorted({key for key in keys if KEY.fullmatch(key)})[:MOST_SEEN]
    rows = [Told(user_id=actor.user_id, key=f"{SEEN}{key}", told_at=now) for key in kept]
    Told.objects.bulk_create(rows, ignore_conflicts=True)
    own = actor.organisation_id or 0
    first = SavedSearch.objects.filter(user_id=actor.user_id, organisation_id=own, ended_at__isnull=True).first()
    if first is not None:
        touched(first, seen=len(kept))
    return len(kept)
