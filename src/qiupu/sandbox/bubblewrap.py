"""The runner: stage the files, start bubblewrap, watch it, and say what came of it."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from qiupu.sandbox.cgroups import Cgroup, CgroupHome, make_group
from qiupu.sandbox.command import Stage, arguments
from qiupu.sandbox.judge import Observed, judge
from qiupu.sandbox.runtime import Runtime
from qiupu.sandbox.seccomp import filter_program
from qiupu.sandbox.spec import RunResult, RunSpec
from qiupu.sandbox.streams import attend

_runs = itertools.count()
_FIRST_UID = 0x6000_0000
_PREFIX = "qiupu-run-"


class Runner(Protocol):
    """Whatever can run an entry and contain it."""

    @property
    def tier(self) -> str:
        """What contains the runs, for the page that says so."""
        ...

    def run(self, spec: RunSpec) -> RunResult:
        """Run an entry; never raises for what the entry does."""
        ...


@dataclass(frozen=True)
class BubblewrapRunner:
    """Runs entries under bubblewrap. Get one from ``open_sandbox``, which shows first that it contains.

    Attributes
    ----------
    bwrap : str
        The program.
    runtime : Runtime
    cgroups : CgroupHome or None
        Where groups are made; None for the watchdog.
    folder : Path or None
        Where runs are staged; the system's temporary folder when None.
    is_root : bool
        As root the run becomes a user of its own; else a user name space is made.
    """

    bwrap: str
    runtime: Runtime
    cgroups: CgroupHome | None
    folder: Path | None = None
    is_root: bool = field(default_factory=lambda: os.geteuid() == 0)

    @property
    def tier(self) -> str:
        """For example ``bubblewrap/root/cgroup1``, ``bubblewrap/user/watchdog``."""
        memory = f"cgroup{self.cgroups.version}" if self.cgroups else "watchdog"
        return f"bubblewrap/{'root' if self.is_root else 'user'}/{memory}"

    def run(self, spec: RunSpec) -> RunResult:
        """Run an entry to its end or to a limit.

        Never raises for what the entry does; a fault of the machine is the state ``platform-error``. Time is the machine's, so
        that ``seconds`` and ``peak_mb`` differ from run to run.
        """
        began = time.monotonic()
        try:
            with staged(spec, self.folder, is_root=self.is_root) as stage, self._group(spec) as group:
                observed = self._observe(spec, stage, group)
        except OSError as error:
            seconds = time.monotonic() - began
            return RunResult(
                "platform-error", "host-failed", self.tier, seconds, stderr=f"{type(error).__name__}: {error.strerror}"
            )
        return judge(spec, observed, tier=self.tier, seconds=time.monotonic() - began)

    @contextmanager
    def _group(self, spec: RunSpec) -> Iterator[Cgroup | None]:
        if self.cgroups is None:
            yield None
            return
        # Three more: bubblewrap, its init and the supervisor are in the group.
        group = make_group(self.cgroups, memory_bytes=spec.limits.memory_mb << 20, processes=spec.limits.processes + 3)
        try:
            yield group
        finally:
            group.remove()

    def _observe(self, spec: RunSpec, stage: Stage, group: Cgroup | None) -> Observed:
        report_read, report_write = os.pipe2(os.O_CLOEXEC)
        try:
            try:
                process = self._start(arguments(spec, stage, self.runtime, report_fd=report_write), report_write, group)
            finally:
                os.close(report_write)
            return attend(process, report_read, spec.limits, group)
        finally:
            os.close(report_read)

    def _start(self, words: list[str], report_fd: int, group: Cgroup | None) -> subprocess.Popen[bytes]:
        """Start bubblewrap with nothing of our environment, and with its options where no entry can read them."""
        cut = words.index("--")
        options = b"".join(os.fsencode(word) + b"\0" for word in words[:cut])
        with _memory_file(options) as options_fd, _memory_file(filter_program()) as filter_fd:
            command = [self.bwrap, "--args", str(options_fd), "--seccomp", str(filter_fd), *words[cut:]]
            return subprocess.Popen(
                _joining(group, command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                pass_fds=(options_fd, filter_fd, report_fd),
                start_new_session=True,
            )


def _joining(group: Cgroup | None, command: list[str]) -> list[str]:
    """Let the process join the group before it becomes bubblewrap, so that nothing runs outside."""
    if group is None:
        return command
    joins = group.joins
    script = "".join(f'echo 0 >"${i + 1}" && ' for i in range(len(joins))) + f'shift {len(joins)} && exec "$@"'
    return ["/bin/sh", "-c", script, "sh", *joins, *command]


@contextmanager
def _memory_file(data: bytes) -> Iterator[int]:
    fd = os.memfd_create("qiupu", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(fd), "wb") as stream:
            stream.write(data)
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)


@contextmanager
def staged(spec: RunSpec, parent: Path | None, *, is_root: bool) -> Iterator[Stage]:
    """Copy the entry and its inputs into a private folder that nobody can write to, and remove it afterwards."""
    sweep(parent)
    root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    lock = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        entry, inputs = root / "entry", root / "input"
        _fill(entry, spec.files)
        _fill(inputs, spec.inputs)
        # One user for each run: runs cannot signal one another, and each has its own count of processes.
        uid = _FIRST_UID + (os.getpid() * 64 + next(_runs) % 64) % 0x1000_0000 if is_root else -1
        yield Stage(entry, inputs, uid)
    finally:
        shutil.rmtree(root, ignore_errors=True)
        os.close(lock)


def sweep(parent: Path | None) -> None:
    """Remove what a killed platform left behind; a living run holds a lock on its folder."""
    for path in Path(parent or tempfile.gettempdir()).glob(_PREFIX + "*"):
        with suppress(OSError):
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - os.fstat(fd).st_mtime > 60:
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(fd)


def _fill(folder: Path, files: Mapping[str, bytes | Path]) -> None:
    folder.mkdir(mode=0o755)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            with content.open("rb") as source, target.open("xb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
        target.chmod(0o444)
    for path, folders, _ in os.walk(folder):
        os.chmod(path, 0o755)  # noqa: S103  # the run's user must read it; the folder above is private
        for name in folders:
            os.chmod(os.path.join(path, name), 0o755)  # noqa: S103  # as above
