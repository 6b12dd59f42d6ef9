"""The index: items go in and out one by one, rankings come out; on disk it can be deleted, and rebuilds what is damaged.

The order of adding does not matter: items stand by their id, and everything derived is computed from all of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qiupu.errors import N_, InputError
from qiupu.matching.dense import Matrix, Shape, Stacked
from qiupu.matching.explore import Exploration
from qiupu.matching.fit import Side, Weights
from qiupu.matching.items import Capability, Need, check_unique
from qiupu.matching.listing import Asked, Held, Listing, list_matches
from qiupu.matching.pool import Pool, Query
from qiupu.matching.results import Note, Ranking
from qiupu.matching.terms import Terms, terms_of
from qiupu.text import Embedder

Item = Need | Capability


@dataclass(frozen=True, slots=True)
class _Entry:
    text: str
    terms: Terms
    vector: Matrix | None


class Index:
    """A pool of capabilities to be asked by needs, or of needs to be asked by capabilities.

    Parameters
    ----------
    items : iterable of Need or of Capability
        All of one kind.
    embedder : Embedder, optional
        Without one, words alone decide (and the ranking says so).
    weights : Weights, optional
        Points of the structured features.
    fields : collection of str, optional
        The codes of fields that exist; another code is noted, never dropped in silence.
    """

    def __init__(
        self,
        items: Iterable[Item] = (),
        *,
        embedder: Embedder | None = None,
        weights: Weights | None = None,
        fields: Iterable[str] | None = None,
    ) -> None:
        self.embedder = embedder
        self.weights = weights or Weights()
        self.fields = None if fields is None else frozenset(fields)
        self.items: dict[str, Item] = {}
        self._entries: dict[str, _Entry] = {}
        self._built: Held | None = None
        self.add(items)

    def __len__(self) -> int:
        return len(self.items)

    def add(self, items: Iterable[Item], *, vectors: Matrix | None = None) -> None:
        """Add items, or put a new version in place of an old one; only texts that changed are read and embedded again.

        Parameters
        ----------
        vectors : array of shape (len(items), sum(embedder.spans)), optional
            The texts' vectors, when the caller has them.

        Raises
        ------
        InputError
            When an id stands twice, or needs and capabilities are mixed.
        """
        new = list(items)
        check_unique([one.id for one in new])
        kinds = {type(one) for one in new} | {type(one) for one in itertools.islice(self.items.values(), 1)}
        if len(kinds) > 1:
            raise InputError(N_("An index holds needs or capabilities, not both."), cure=N_("Use two."), code="mixed-index")
        texts = [one.text for one in new]
        stale = [
            place for place, one in enumerate(new)
            if one.id not in self._entries or self._entries[one.id].text != texts[place]
        ]  # fmt: skip
        if vectors is None and self.embedder is not None and stale:
            fresh: Matrix | None = self.embedder.encode([texts[place] for place in stale], "passage")
        else:
            fresh = None if vectors is None else vectors[stale]
        for number, place in enumerate(stale):
            vector = None if fresh is None else fresh[number].astype(np.float16, copy=False)
            self._entries[new[place].id] = _Entry(texts[place], terms_of(texts[place]), vector)
        self.items.update({one.id: one for one in new})
        self._built = None

    def restore(self, item: Item, terms: Terms, vector: Matrix | None) -> None:
        """Put in an item whose terms and vector are known already (from ``qiupu.matching.store``)."""
        self.items[item.id] = item
        self._entries[item.id] = _Entry(item.text, terms, vector)
        self._built = None

    def entries(self) -> Iterator[tuple[str, str, Terms, Matrix | None]]:
        """Yield id, text, terms and vector of each item, by id."""
        for name in sorted(self._entries):
            entry = self._entries[name]
            yield name, entry.text, entry.terms, entry.vector

    def remove(self, ids: Iterable[str]) -> None:
        """Take items out; an id that is not there is no error."""
        for one in ids:
            self.items.pop(one, None)
            self._entries.pop(one, None)
        self._built = None

    def build(self) -> None:
        """Compute what ranking needs; called by itself when something has changed."""
        if self._built is not None:
            return
        ids = sorted(self.items)
        entries = [self._entries[one] for one in ids]
        shape = None if self.embedder is None else Shape.of(self.embedder)
        vectors = None if shape is None or not entries else Stacked([entry.vector for entry in entries], shape.size)
        items = [self.items[one] for one in ids]
        pool = Pool([entry.terms for entry in entries], shape, vectors)
        self._built = Held(
            items, [entry.text for entry in entries], pool, Side(items, self.weights, texts=[entry.text for entry in entries])
        )

    def rank(
        self,
        asking: Sequence[Item],
        *,
        top: int = 10,
        explain: int | None = None,
        exploration: Exploration | None = None,
        seed: int = 0,
        vectors: Matrix | None = None,
    ) -> tuple[Ranking, ...]:
        """Rank the pool for each asking item.

        Parameters
        ----------
        asking : sequence
            Needs when the index holds capabilities, and the reverse.
        top : int
            How many are listed, >= 1.
        explain : int, optional
            How many of them are explained sentence by sentence; all when ``None``.
        exploration : Exploration, optional
            Bounds for showing newcomers; the defaults when ``None``.
        seed : int
            Decides which newcomer is shown.
        vectors : array, optional
            The asking texts' vectors (kind ``query``), when the caller has them.

        Returns
        -------
        tuple of Ranking
            One per asking item, in the order given; equal points stand in order of id. What can say nothing (an empty text,
            an empty pool) comes back with a note, not as a bare empty list.

        Raises
        ------
        InputError
            When ``top`` is below 1, an id stands twice, or the asking items are of the pool's own kind.
        """
        self._check_asking(asking, top)
        self.build()
        assert self._built is not None  # noqa: S101 - build() has just set it; for the type checker
        held = self._built
        if not held.items:
            note = Note("empty-pool", N_("There is nothing to choose from."))
            return tuple(Ranking(one.id, (), (), (note,)) for one in asking)
        texts = [one.text for one in asking]
        if vectors is None and self.embedder is not None:
            vectors = self.embedder.encode(texts, "query")
        queries = [Query(terms_of(text), None if vectors is None else vectors[place]) for place, text in enumerate(texts)]
        listing = Listing(
            held=held,
            embedder=self.embedder,
            fields=self.fields,
            top=top,
            explain=top if explain is None else explain,
            exploration=exploration or Exploration(),
            seed=seed,
        )
        asked = Asked(list(asking), texts, queries, Side(asking, self.weights, like=held.side, texts=texts))
        return list_matches(listing, asked)

    def _check_asking(self, asking: Sequence[Item], top: int) -> None:
        if top < 1:
            raise InputError(N_("At least one place must be listed."), cure=N_("Choose 1 or more."), code="top")
        check_unique([one.id for one in asking])
        held = {type(one) for one in itertools.islice(self.items.values(), 1)}
        if held & {type(one) for one in asking}:
            raise InputError(
                N_("Needs are ranked for capabilities and capabilities for needs, not for their own kind."),
                cure=N_("Ask with the other side."),
                code="same-kind",
            )


def rank(
    needs: Sequence[Need],
    capabilities: Sequence[Capability],
    *,
    top: int = 10,
    embedder: Embedder | None = None,
    weights: Weights | None = None,
    fields: Iterable[str] | None = None,
    explain: int | None = None,
    exploration: Exploration | None = None,
    seed: int = 0,
) -> tuple[Ranking, ...]:
    """Rank capabilities for each need; see ``Index.rank`` for the parameters, and keep an ``Index`` to ask more than once."""
    index = Index(capabilities, embedder=embedder, weights=weights, fields=fields)
    return index.rank(needs, top=top, explain=explain, exploration=exploration, seed=seed)


def rank_needs(
    capabilities: Sequence[Capability],
    needs: Sequence[Need],
    *,
    top: int = 10,
    embedder: Embedder | None = None,
    weights: Weights | None = None,
    fields: Iterable[str] | None = None,
    explain: int | None = None,
    seed: int = 0,
) -> tuple[Ranking, ...]:
    """Rank needs for each capability: what a supplier could answer, and what it lacks."""
    index = Index(needs, embedder=embedder, weights=weights, fields=fields)
    return index.rank(capabilities, top=top, explain=explain, exploration=Exploration(share=0), seed=seed)
