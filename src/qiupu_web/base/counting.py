"""Counts of events in the running minute, shared by all processes of the site, in one small file of fixed size.

Names are kept as hashes in a table of ``ROWS`` rows (a count-min sketch): a name may be counted too high when others fall on
all of its places, never too low. So a flood of names fills nothing, and no address or token is written down.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import struct
from collections.abc import Sequence
from pathlib import Path

ROWS, PLACES = 2, 1 << 16
CELL = struct.Struct("<II")  # minute, count
SIZE = ROWS * PLACES * CELL.size


class MinuteCounts:
    """The table. A minute that has passed counts as nothing, so nothing is ever swept."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, names: Sequence[str], minute: int) -> list[int]:
        """Count one event for each name and return the counts of this minute."""
        with contextlib.ExitStack() as stack:
            handle = self._open()
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)  # let go by closing
            return [self._add(handle, name, minute) for name in names]

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(handle, SIZE)  # a file with holes: takes room only where something was counted
            return handle

    @staticmethod
    def _add(handle: int, name: str, minute: int) -> int:
        digest = hashlib.sha256(name.encode()).digest()
        counts = []
        for row in range(ROWS):
            place = int.from_bytes(digest[4 * row : 4 * row + 4], "little") % PLACES
            offset = (row * PLACES + place) * CELL.size
            found = os.pread(handle, CELL.size, offset)
            then, count = CELL.unpack(found) if len(found) == CELL.size else (0, 0)
            count = count + 1 if then == minute else 1
            os.pwrite(handle, CELL.pack(minute & 0xFFFFFFFF, min(count, 0xFFFFFFFF)), offset)
            counts.append(count)
        return min(counts)
