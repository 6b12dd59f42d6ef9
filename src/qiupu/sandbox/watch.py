"""What a run uses, read from ``/proc``: the memory tier of last resort, and the count of files everywhere."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """A sample. ``None`` where it could not be read."""

    memory_bytes: int
    threads: int
    files: int | None
    disk_bytes: int | None


def descendants(pid: int) -> list[int]:
    """Return the processes below ``pid``, parents first; one that ends meanwhile is left out."""
    found, waiting = [], [pid]
    by_scan = None if os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children") else _parents()
    while waiting:
        parent = waiting.pop(0)
        children = _children(parent) if by_scan is None else by_scan.get(parent, [])
        found += children
        waiting += children
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    except OSError:
        pass
    return found


def _parents() -> dict[int, list[int]]:
    """For a kernel without ``children`` files: every process by its parent."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        stat = _stat(int(name)) if name.isdigit() else None
        if stat is not None:
            parents.setdefault(int(stat[1]), []).append(int(name))
    return parents


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text[text.rindex(")") + 2 :].split()  # state, ppid, ...: a program's name may hold spaces and brackets


def sample(pid: int, *, exact_above: int, disk_size: int) -> Usage:
    """Return what the tree below ``pid`` uses.

    Resident sizes are summed first; they count shared pages twice, so that only when they exceed ``exact_above`` bytes the
    slower proportional sizes are read. ``disk_size`` is that of each temporary file system, in bytes.
    """
    tree = descendants(pid)
    resident = threads = 0
    for member in tree:
        stat = _stat(member)
        if stat is not None:
            threads += int(stat[17])
            resident += int(stat[21]) * _PAGE
    if resident > exact_above:
        resident = sum(_proportional(member) for member in tree)
    files, disk = disk_use(tree[0], disk_size) if tree else (None, None)
    return Usage(resident + (disk or 0), threads, files, disk)


def _proportional(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    stat = _stat(pid)
    return int(stat[21]) * _PAGE if stat else 0


def disk_use(pid: int, size: int) -> tuple[int | None, int | None]:
    """Return (files, bytes) on the sandbox's temporary file systems, or None while they are not there.

    They are known by their ``size`` in bytes. The paths are resolved below the sandbox's own root, which is read-only there,
    so that no link can lead out of it.
    """
    files = used = 0
    try:
        for name in ("tmp", "dev/shm"):
            facts = os.statvfs(f"/proc/{pid}/root/{name}")
            if facts.f_blocks * facts.f_frsize != size:
                return None, None
            files += facts.f_files - facts.f_ffree
            used += (facts.f_blocks - facts.f_bfree) * facts.f_frsize
    except OSError:
        return None, None
    return files, used
