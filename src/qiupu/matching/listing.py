"""From points to a list: order, exclusions, newcomers' places, reasons and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiupu.errors import N_
from qiupu.matching.dense import Matrix, Shape, language_means
from qiupu.matching.explain import MAX_REQUIREMENTS, MAX_SENTENCES, Parts, answers_of, centred_sentences, cut, parts_of
from qiupu.matching.explore import Exploration, newcomers_to_show
from qiupu.matching.fit import SENTENCES, Fit, Side, fit, tidy
from qiupu.matching.items import FEATURES, Capability, Need
from qiupu.matching.pool import Pool, Query, Relevance
from qiupu.matching.results import Excluded, Match, Note, Ranking
from qiupu.matching.said import Said
from qiupu.text import Embedder, Sentence, language_of, plain

Item = Need | Capability
Numbers = NDArray[np.floating[Any]]
EXCLUDED_SHOWN = 50
SENTENCE_CHARS = 600


@dataclass(frozen=True)
class Asked:
    """The asking items with their texts, queries and structure."""

    items: list[Item]
    texts: list[str]
    queries: list[Query]
    side: Side


@dataclass(frozen=True)
class Chosen:
    """Places in a relevance that are listed, in order, with their points; ``lifted`` are the numbers of newcomers' places."""

    places: NDArray[np.int64]
    points: list[float]
    lifted: frozenset[int]


@dataclass(frozen=True)
class Held:
    """What an index has built: its items by id with their texts, the pool of the texts, and the structure."""

    items: list[Item]
    texts: list[str]
    pool: Pool
    side: Side

    @cached_property
    def holds_needs(self) -> bool:
        """Whether the items are needs."""
        return bool(self.items) and isinstance(self.items[0], Need)

    @cached_property
    def newcomers(self) -> NDArray[np.bool_]:
        """Which items are capabilities of newcomers."""
        return np.array(
            [isinstance(one, Capability) and one.record is not None and one.record.is_newcomer for one in self.items], dtype=bool
        )


@dataclass(frozen=True)
class Listing:
    """What a list is made from, and how it is asked for."""

    held: Held
    embedder: Embedder | None
    fields: frozenset[str] | None
    top: int
    explain: int
    exploration: Exploration
    seed: int


def list_matches(listing: Listing, asked: Asked) -> tuple[Ranking, ...]:
    """Return one ranking per asking item."""
    rankings = []
    for begin in range(0, len(asked.items), 256):
        chunk = range(begin, min(begin + 256, len(asked.items)))
        answers = listing.held.pool.ask([asked.queries[place] for place in chunk])
        rankings += [_ranking(listing, asked, place, answer) for place, answer in zip(chunk, answers, strict=True)]
    return _explained(listing, asked, rankings)


def _ranking(listing: Listing, asked: Asked, place: int, relevance: Relevance) -> Ranking:
    one = asked.items[place]
    relevance = relevance.weighed(asked.side.weights, with_meaning=listing.embedder is not None)
    rows = relevance.rows
    fitting = fit(asked.side, place, listing.held.side, asking_is_need=isinstance(one, Need), rows=rows)
    points: Numbers
    if fitting.is_silent:
        points = np.round(relevance.points.astype(np.float64), 5)
        order = np.argsort(-points, kind="stable")
    else:
        summed = relevance.points + fitting.points.sum(axis=0) + fitting.record
        points = np.round(summed.astype(np.float64), 5)
        order = np.flatnonzero(~fitting.forbidden.any(axis=0) & ~fitting.own)
        order = order[np.argsort(-points[order], kind="stable")]  # rows stand by id, so equal points do as well
    places, lifted = _with_newcomers(listing, one.id, rows[order], points[order])
    chosen = Chosen(order[places], points[order[places]].tolist(), lifted)
    matches = _matches(listing, one.id, relevance, fitting, chosen)
    excluded = () if fitting.is_silent else _excluded(listing, one.id, fitting, rows)
    return Ranking(one.id, matches, excluded, _notes(listing, one, asked.texts[place], matches))


def _with_newcomers(listing: Listing, about: str, rows: NDArray[np.int64], points: Numbers) -> tuple[list[int], frozenset[int]]:
    """Return the places in order, with the newcomers that are lifted to the end of the list."""
    top = min(listing.top, len(rows))
    if listing.exploration.share == 0 or not listing.held.newcomers.any():
        return list(range(top)), frozenset()
    ids = [listing.held.items[row].id for row in rows[: top + 200]]
    flags = listing.held.newcomers[rows[: top + 200]].tolist()
    lifted = newcomers_to_show(
        about, ids, points[: top + 200].tolist(), flags, top=top, seed=listing.seed, exploration=listing.exploration
    )
    kept = top - len(lifted)
    return [*range(kept), *lifted], frozenset(range(kept, top))


def _matches(listing: Listing, about: str, relevance: Relevance, fitting: Fit, chosen: Chosen) -> tuple[Match, ...]:
    places = chosen.places
    said = Said(
        relevance.meaning[places] if listing.embedder is not None else None,
        relevance.words[places],
        relevance.language[places],
        None if fitting.is_silent else fitting.states[:, places],
        None if fitting.is_silent else fitting.points[:, places],
        None if fitting.is_silent else fitting.record[places],
        chosen.lifted,
    ).shares
    names = [listing.held.items[row].id for row in relevance.rows[places].tolist()]
    if listing.held.holds_needs:
        pairs = zip(names, repeat(about), chosen.points, strict=False)
    else:
        pairs = zip(repeat(about), names, chosen.points, strict=False)
    return tuple(
        Match(need, capability, points, said, number, None, number in chosen.lifted)
        for number, (need, capability, points) in enumerate(pairs)
    )


def _excluded(listing: Listing, about: str, fitting: Fit, rows: NDArray[np.int64]) -> tuple[Excluded, ...]:
    """Return what a demand excluded, the first fifty by id."""
    found = []
    for number in np.flatnonzero(fitting.forbidden.any(axis=0))[:EXCLUDED_SHOWN].tolist():
        feature = FEATURES[int(np.argmax(fitting.forbidden[:, number]))]
        other = listing.held.items[rows[number]].id
        need, capability = (other, about) if listing.held.holds_needs else (about, other)
        found.append(Excluded(need, capability, feature, SENTENCES[feature, False]))
    return tuple(found)


def _notes(listing: Listing, one: Item, text: str, matches: Sequence[Match]) -> tuple[Note, ...]:
    notes = []
    if language_of(text) == "none":
        notes.append(Note("no-text", N_("The text has no words, so only the structure decides.")))
    elif len(text) >= 20_000:
        notes.append(Note("long-text", N_("The text is very long; only its beginning was read.")))
    if listing.embedder is None:
        notes.append(Note("words-only", N_("Ranked by words alone: no model of meaning is in use.")))
    fields = ((one.field,) if one.field else ()) if isinstance(one, Need) else one.fields
    for field in fields if listing.fields is not None else ():
        if field not in (listing.fields or ()):
            notes.append(
                Note("unknown-field", N_("The field {field} is not known; it is compared as it is written."), (("field", field),))
            )
    if listing.held.side.count["field"].any():
        notes += [
            Note("field-nowhere", N_("Nothing that is compared here names the field {field}."), (("field", field),))
            for field in fields
            if ("field", tidy(field)) not in listing.held.side.known
        ]
    if not matches:
        notes.append(Note("all-excluded", N_("Everything was excluded by what is demanded; see the exclusions.")))
    return tuple(notes)


def _explained(listing: Listing, asked: Asked, rankings: Sequence[Ranking]) -> tuple[Ranking, ...]:
    """Add the answers sentence by sentence; each text is cut and embedded once."""
    if listing.explain < 1:
        return tuple(rankings)
    row_of = {one.id: row for row, one in enumerate(listing.held.items)}
    asked_is_need = bool(asked.items) and isinstance(asked.items[0], Need)
    listed = {
        row_of[match.capability if asked_is_need else match.need]
        for ranking in rankings
        for match in ranking.ranked[: listing.explain]
    }
    asking = _cut_all(
        asked.items, asked.texts, range(len(asked.texts)), listing, limit=MAX_REQUIREMENTS if asked_is_need else MAX_SENTENCES
    )
    pooled = _cut_all(
        listing.held.items, listing.held.texts, sorted(listed), listing, limit=MAX_SENTENCES if asked_is_need else MAX_REQUIREMENTS
    )
    done = []
    for place, ranking in enumerate(rankings):
        matches = list(ranking.ranked)
        for number, match in enumerate(matches[: listing.explain]):
            other = pooled[row_of[match.capability if asked_is_need else match.need]]
            need, capability = (asking[place], other) if asked_is_need else (other, asking[place])
            matches[number] = replace(match, answers=answers_of(need, capability, listing.held.pool.rarity))
        done.append(replace(ranking, ranked=tuple(matches)))
    return tuple(done)


def _cut(item: Item, text: str, limit: int) -> tuple[Sentence, ...]:
    """Return the sentences; the title of a need with a body is a headline, not a requirement."""
    found = cut(text, limit=limit + 1)
    if isinstance(item, Need) and len(found) > 1 and found[0].end <= len(plain(item.title, limit=500)):
        found = found[1:]
    return found[:limit]


def _cut_all(
    items: Sequence[Item], texts: Sequence[str], places: Sequence[int], listing: Listing, *, limit: int
) -> Mapping[int, Parts]:
    """Cut texts into sentences, with the vectors of all in one call."""
    sentences = {place: _cut(items[place], texts[place], limit) for place in places}
    if listing.embedder is None:
        return {place: parts_of(found, None) for place, found in sentences.items()}
    quick = listing.embedder.for_sentences
    shape = Shape.of(quick)
    flat = [one for place in places for one in sentences[place]]
    vectors: Matrix = quick.encode([one.text[:SENTENCE_CHARS] for one in flat], "passage")
    languages = np.array([language_of(one.text) for one in flat], dtype=np.str_)
    means = language_means(shape, vectors, languages)
    centred = centred_sentences(flat, vectors, shape, means) if flat else vectors
    parts, begin = {}, 0
    for place in places:
        end = begin + len(sentences[place])
        parts[place] = parts_of(sentences[place], centred[begin:end])
        begin = end
    return parts
