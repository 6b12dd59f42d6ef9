"""An index on disk: one file, written whole or not at all; whatever is damaged, old or missing is computed again."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import numpy as np

from qiupu.matching.dense import Matrix
from qiupu.matching.index import Index, Item
from qiupu.matching.terms import Bag, Terms
from qiupu.text import Embedder, has_lexicon, has_segmenter

FORMAT = 1


def save_index(index: Index, folder: str | Path) -> Path:
    """Write the index's texts, terms and vectors; readers see the old file or the new one, never a part."""
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    target, draft = path / "index.sqlite3", path / f"index.{os.getpid()}.draft"
    draft.unlink(missing_ok=True)
    _sweep(path)
    with closing(sqlite3.connect(draft)) as connection, connection:
        connection.execute("CREATE TABLE made (by TEXT NOT NULL)")
        connection.execute("INSERT INTO made VALUES (?)", (_signature(index.embedder),))
        connection.execute(
            "CREATE TABLE entries (id TEXT PRIMARY KEY, digest TEXT, language TEXT, own TEXT, shared TEXT, vector BLOB)"
        )
        connection.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", _rows(index))
    with draft.open("rb+") as stream:
        os.fsync(stream.fileno())
    draft.replace(target)
    folder_of = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder_of)  # the new name is on the disk as well
    finally:
        os.close(folder_of)
    return target


def _sweep(path: Path) -> None:
    """Remove the drafts of processes that are gone: they were killed while they wrote."""
    for draft in sorted(path.glob("index.*.draft*")):
        process = draft.name.split(".")[1]
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            draft.unlink(missing_ok=True)
        except (PermissionError, ValueError):
            continue


def open_index(
    folder: str | Path, items: Iterable[Item], *, embedder: Embedder | None = None, fields: Iterable[str] | None = None
) -> tuple[Index, int]:
    """Return an index of exactly these items, and how many of them had to be read anew.

    The items are the truth; the file only saves work. Entries whose text has changed, files of another version, and damaged
    files are passed over.
    """
    kept = _load(Path(folder) / "index.sqlite3", embedder)
    index = Index(embedder=embedder, fields=fields)
    given = list(items)
    fresh = [one for one in given if (one.id, _digest(one.text)) not in kept]
    for one in given:
        entry = kept.get((one.id, _digest(one.text)))
        if entry is not None:
            index.restore(one, *entry)
    index.add(fresh)
    return index, len(fresh)


def _rows(index: Index) -> Iterable[tuple[object, ...]]:
    for name, text, terms, vector in index.entries():
        blob = None if vector is None else np.ascontiguousarray(vector, dtype="<f2").tobytes()
        yield name, _digest(text), terms.language, json.dumps(dict(terms.own.pairs())), json.dumps(dict(terms.shared.pairs())), blob


def _load(path: Path, embedder: Embedder | None) -> dict[tuple[str, str], tuple[Terms, Matrix | None]]:
    if not path.exists():
        return {}
    found: dict[tuple[str, str], tuple[Terms, Matrix | None]] = {}
    size = 0 if embedder is None else sum(embedder.spans)
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            if connection.execute("SELECT by FROM made").fetchone() != (_signature(embedder),):
                return {}
            for name, digest, language, own, shared, blob in connection.execute("SELECT * FROM entries"):
                vector = None if blob is None else np.frombuffer(blob, dtype="<f2")
                if (0 if vector is None else len(vector)) == size:
                    found[name, digest] = (Terms(language, Bag(json.loads(own)), Bag(json.loads(shared))), vector)
    except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError):
        return {}
    return found


def _signature(embedder: Embedder | None) -> str:
    return f"{FORMAT} {'-' if embedder is None else embedder.name} words={has_segmenter()} lexicon={has_lexicon()}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
