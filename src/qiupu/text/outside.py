"""Vectors from what the user brings: a sentence-transformers folder, or an OpenAI-compatible endpoint."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from qiupu.errors import N_, InputError, MissingExtra, PlatformError
from qiupu.text.cache import Vectors


class _OnePart:
    """What both have in common: one part, centred whole."""

    name = ""
    weights = (1.0,)
    centring = (1.0,)

    @property
    def for_sentences(self) -> Any:
        return self

    @cached_property
    def spans(self) -> tuple[int, ...]:
        return (int(self._vectors(["1"], "query").shape[1]),)

    def _vectors(self, texts: Sequence[str], kind: str) -> Vectors:
        raise NotImplementedError

    def encode(self, texts: Sequence[str], kind: Literal["query", "passage"]) -> Vectors:
        """Return one row per text, of length one; a blank text gives zeros."""
        out = np.zeros((len(texts), self.spans[0]), dtype=np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        for begin in range(0, len(filled), 64):
            rows = filled[begin : begin + 64]
            vectors = self._vectors([texts[row] for row in rows], kind)
            length = np.linalg.norm(vectors, axis=1, keepdims=True)
            out[rows] = vectors / np.where(length > 0, length, 1)
        return out


class FolderEmbedder(_OnePart):
    """A model folder of sentence-transformers (installed by the user).

    Raises
    ------
    MissingExtra
        When sentence-transformers is not installed.
    """

    def __init__(self, folder: str) -> None:
        try:
            import sentence_transformers  # type: ignore[import-not-found]
        except ImportError as error:
            raise MissingExtra(
                N_("A model folder needs the package sentence-transformers."),
                cure=N_("Install it with: pip install sentence-transformers"),
                code="embedder",
            ) from error
        self._model = sentence_transformers.SentenceTransformer(folder)
        self.name = f"folder:{Path(folder).name}:{_content(Path(folder))}"

    def _vectors(self, texts: Sequence[str], kind: str) -> Vectors:
        prompt = kind if kind in (getattr(self._model, "prompts", None) or {}) else None
        return np.asarray(self._model.encode(list(texts), prompt_name=prompt, show_progress_bar=False), dtype=np.float32)


def _content(folder: Path) -> str:
    """Return a short hash of a folder's files by name and size: another model in the same place has other vectors."""
    files = sorted((one.relative_to(folder).as_posix(), one.stat().st_size) for one in folder.rglob("*") if one.is_file())
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()[:12]


class RemoteEmbedder(_OnePart):
    """An OpenAI-compatible endpoint, ``https://host/v1#model``.

    Raises
    ------
    InputError
        When the address names no model.
    PlatformError
        When the endpoint does not answer as it should.
    """

    def __init__(self, address: str, *, key: str = "", timeout_s: float = 30.0) -> None:
        url, _, model = address.partition("#")
        if not model:
            raise InputError(
                N_("The address {address} names no model."),
                cure=N_("Write it as https://host/v1#model."),
                code="embedder",
                address=address,
            )
        self._url, self._model, self._key, self._timeout_s = url.rstrip("/") + "/embeddings", model, key, timeout_s
        self.name = f"remote:{url}#{model}"

    def _vectors(self, texts: Sequence[str], kind: str) -> Vectors:
        body = json.dumps({"model": self._model, "input": list(texts)}).encode()
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(self._url, data=body, headers=headers)  # noqa: S310 - http(s) is checked by load_embedder
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310 - as above
                rows = sorted(json.load(answer)["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PlatformError(
                N_("The endpoint for vectors did not answer as it should ({reason})."),
                cure=N_("Check its address, key and model, or choose the bundled models."),
                code="embedder",
                reason=str(error)[:120] or type(error).__name__,
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise PlatformError(
                N_("The endpoint for vectors did not answer as it should ({reason})."),
                cure=N_("Check its address, key and model, or choose the bundled models."),
                code="embedder",
                reason=f"{len(vectors)}/{len(texts)}",
            )
        return vectors
