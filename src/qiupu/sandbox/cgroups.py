"""A control group for one run, version 2 where it is delegated, else version 1, else none.

Only groups below our own are made. ``QIUPU_CGROUP`` names another version-2 folder that was delegated to us.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_numbers = itertools.count()


@dataclass(frozen=True)
class CgroupHome:
    """Where groups may be made: one folder for version 2, one for each controller for version 1."""

    version: Literal[1, 2]
    memory: Path
    pids: Path


@dataclass(frozen=True)
class Cgroup:
    """One run's group."""

    version: Literal[1, 2]
    memory: Path
    pids: Path

    @property
    def joins(self) -> tuple[str, ...]:
        """The files into which a process writes 0 to join."""
        return tuple(dict.fromkeys(str(folder / "cgroup.procs") for folder in (self.memory, self.pids)))

    def used_bytes(self) -> int | None:
        """Return anonymous memory and files in memory, without the page cache; None when it cannot be read."""
        names = ("anon", "shmem") if self.version == 2 else ("total_rss", "total_shmem")
        facts = _facts(self.memory / "memory.stat")
        return sum(facts.get(name, 0) for name in names) if facts else None

    def memory_refused(self) -> bool:
        """Return whether the kernel killed a process for its memory."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        return _facts(self.memory / name).get("oom_kill", 0) > 0

    def processes_refused(self) -> bool:
        """Return whether a process or thread was refused."""
        return _facts(self.pids / "pids.events").get("max", 0) > 0

    def remove(self) -> None:
        """Kill what is left and remove the group; it may take the kernel a moment."""
        for folder in dict.fromkeys((self.memory, self.pids)):
            for _ in range(200):
                try:
                    folder.rmdir()
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    _kill_members(folder)
                    time.sleep(0.005)


def _kill_members(folder: Path) -> None:
    with suppress(OSError, ValueError):
        for pid in (folder / "cgroup.procs").read_text().split():
            os.kill(int(pid), 9)


def _facts(path: Path) -> Mapping[str, int]:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.split() for line in lines)
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def find_home(proc: Path = Path("/proc/self"), environ: Mapping[str, str] = os.environ) -> CgroupHome | None:
    """Return where groups can be made on this machine, found by trying; None when they cannot."""
    for home in _candidates(proc, environ):
        _sweep(home)
        try:
            group = make_group(home, memory_bytes=64 << 20, processes=8)
        except OSError:
            continue
        group.remove()
        return home
    return None


def _sweep(home: CgroupHome) -> None:
    """Remove the groups of a platform that was killed; a group with a process in it stays."""
    for folder in {home.memory, home.pids}:
        for path in folder.glob("qiupu-*-*"):
            owner = path.name.split("-")[1]
            if owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
                with suppress(OSError):
                    path.rmdir()


def _candidates(proc: Path, environ: Mapping[str, str]) -> list[CgroupHome]:
    mounts = _mounts(proc)
    groups = dict(line.split(":", 2)[1:] for line in _lines(proc / "cgroup") if line.count(":") >= 2)
    found = []
    chosen = environ.get("QIUPU_CGROUP")
    unified = Path(chosen) if chosen else _folder(mounts.get(""), groups.get(""))
    if unified is not None:
        for folder in (unified, *([] if chosen else [unified.parent])):
            if _hands_down(folder):
                found.append(CgroupHome(2, folder, folder))
    by_controller = {name: path for names, path in groups.items() for name in names.split(",") if name}
    memory, pids = (_folder(mounts.get(name), by_controller.get(name)) for name in ("memory", "pids"))
    if memory is not None and pids is not None:
        found.append(CgroupHome(1, memory, pids))
    return found


def _hands_down(folder: Path) -> bool:
    """Return whether a version-2 folder gives memory and pids to its children; ask the kernel for it where it does not yet.

    A folder that was delegated to us has the controllers at hand but passes none on until somebody writes so, and the
    kernel refuses while a process is in the folder itself (``cgroup-v2.rst``, no internal processes). systemd's
    ``DelegateSubgroup=`` puts the worker one level below, so that the service's own folder is free for it.
    """
    wanted = {"memory", "pids"}
    if wanted <= set(" ".join(_lines(folder / "cgroup.subtree_control")).split()):
        return True
    if not wanted <= set(" ".join(_lines(folder / "cgroup.controllers")).split()):
        return False
    try:
        (folder / "cgroup.subtree_control").write_text("+memory +pids")
    except OSError:
        return False
    return True


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def _mounts(proc: Path) -> dict[str, tuple[str, str]]:
    """Return (root, mount point) by controller; version 2 under the empty name."""
    found: dict[str, tuple[str, str]] = {}
    for line in _lines(proc / "mountinfo"):
        before, _, after = line.partition(" - ")
        words, kind = before.split(), after.split()
        if len(words) < 5 or len(kind) < 3:
            continue
        if kind[0] == "cgroup2":
            found.setdefault("", (words[3], words[4]))
        elif kind[0] == "cgroup":
            for option in kind[2].split(","):
                found.setdefault(option, (words[3], words[4]))
    return found


def _folder(mount: tuple[str, str] | None, group: str | None) -> Path | None:
    if mount is None or group is None:
        return None
    root, point = mount
    inner = group[len(root) :] if root != "/" and group.startswith(root) else group
    return Path(point) / inner.lstrip("/")


def make_group(home: CgroupHome, *, memory_bytes: int, processes: int) -> Cgroup:
    """Make a group with its limits.

    Raises
    ------
    OSError
        When the kernel or the permissions refuse.
    """
    name = f"qiupu-{os.getpid()}-{next(_numbers)}"
    group = Cgroup(home.version, home.memory / name, home.pids / name)
    try:
        for folder in dict.fromkeys((group.memory, group.pids)):
            folder.mkdir()
        if home.version == 2:
            (group.memory / "memory.max").write_text(str(memory_bytes))
            (group.memory / "memory.oom.group").write_text("1")
            _if_there(group.memory / "memory.swap.max", "0")
        else:
            (group.memory / "memory.limit_in_bytes").write_text(str(memory_bytes))
            _if_there(group.memory / "memory.memsw.limit_in_bytes", str(memory_bytes))
        (group.pids / "pids.max").write_text(str(processes))
    except OSError:
        group.remove()
        raise
    return group


def _if_there(path: Path, value: str) -> None:
    if path.exists():
        path.write_text(value)
