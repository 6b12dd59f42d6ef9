"""Vectors kept by the hash of what they were computed from: model, kind and text; one SQLite file in the caller's folder."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_CHUNK = 400


class VectorCache:
    """A cache that may be deleted at any time.

    Each write is one transaction, so a crash leaves the file as it was before; a file that is damaged all the same
    is set aside as ``*.damaged`` and a new one is begun, since everything in it can be computed again.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / "vectors.sqlite3"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=20)

    def _prepare(self) -> None:
        with closing(self._connect()) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")

    def _begin_anew(self, error: sqlite3.DatabaseError) -> None:
        """Set a damaged file aside, with the journal that belongs to it; what is only busy or forbidden is raised."""
        if isinstance(error, sqlite3.OperationalError):
            raise error
        self.path.replace(self.path.with_suffix(".damaged"))
        for name in ("-journal", "-wal", "-shm"):
            self.path.with_name(self.path.name + name).unlink(missing_ok=True)
        self._prepare()

    @staticmethod
    def key(model: str, kind: str, text: str) -> bytes:
        """Return the key of one vector."""
        return hashlib.sha256(f"{model}\0{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def get(self, keys: Sequence[bytes], dimension: int) -> dict[bytes, Vectors]:
        """Return the vectors that are there; one of another length counts as absent."""
        wanted = list(dict.fromkeys(keys))
        try:
            return self._read(wanted, dimension)
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)
            return {}

    def _read(self, wanted: list[bytes], dimension: int) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with closing(self._connect()) as connection:
            for begin in range(0, len(wanted), _CHUNK):
                part = wanted[begin : begin + _CHUNK]
                marks = ",".join("?" * len(part))
                rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part)  # noqa: S608 - only question marks
                for key, blob in rows:
                    if len(blob) == 4 * dimension:
                        found[key] = np.frombuffer(blob, dtype="<f4").astype(np.float32)
        return found

    def put(self, pairs: Sequence[tuple[bytes, Vectors]]) -> None:
        """Keep vectors, in one transaction."""
        rows = [(key, np.ascontiguousarray(vector, dtype="<f4").tobytes()) for key, vector in pairs]
        try:
            self._write(rows)
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)
            self._write(rows)

    def _write(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        with closing(self._connect()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)

    def __len__(self) -> int:
        with closing(self._connect()) as connection:
            return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
