"""Attend a running sandbox: read its three pipes under caps, look at its use, and end it at a limit."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field

from qiupu.sandbox.cgroups import Cgroup
from qiupu.sandbox.judge import Observed
from qiupu.sandbox.spec import Code, Limits
from qiupu.sandbox.watch import descendants, disk_use, sample

_TAIL = 16_384
_HEADER = 256
_LOOK = 0.02
_PIPE = 1 << 16


@dataclass
class _Log:
    """One of the program's two logs: counts all, keeps the tail."""

    seen: int = 0
    tail: bytearray = field(default_factory=bytearray)

    def add(self, data: bytes) -> None:
        self.seen += len(data)
        self.tail += data
        if len(self.tail) > 2 * _TAIL:
            del self.tail[:-_TAIL]

    def text(self) -> str:
        return bytes(self.tail[-_TAIL:]).decode("utf-8", "replace")


@dataclass
class _Attendance:
    process: subprocess.Popen[bytes]
    limits: Limits
    group: Cgroup | None
    logs: tuple[_Log, _Log] = field(default_factory=lambda: (_Log(), _Log()))
    report: bytearray = field(default_factory=bytearray)
    peak: int = 0

    def broken_pipe_limit(self) -> Code | None:
        """Return the limit that what was read exceeds."""
        if any(log.seen > self.limits.log_kb * 1024 for log in self.logs):
            return "log-limit"
        return "output-limit" if len(self.report) > self.limits.output_bytes + _HEADER else None

    def look(self) -> Code | None:
        """Take a sample; return the limit that it exceeds."""
        cap, disk_size = self.limits.memory_mb << 20, self.limits.disk_mb << 20
        if self.group is not None:
            used = self.group.used_bytes() or 0
            threads, tree = 0, descendants(self.process.pid)
            files = disk_use(tree[0], disk_size)[0] if tree else None
        else:
            usage = sample(self.process.pid, exact_above=cap, disk_size=disk_size)
            used, threads, files = usage.memory_bytes, usage.threads, usage.files
        self.peak = max(self.peak, used)
        if used > cap or (self.group is not None and self.group.memory_refused()):
            return "memory-limit"
        if threads > self.limits.processes + 3:
            return "process-limit"
        return "disk-limit" if files is not None and files > self.limits.files else None


def attend(process: subprocess.Popen[bytes], report_fd: int, limits: Limits, group: Cgroup | None) -> Observed:
    """Wait for the end or for a limit; the sandbox and all in it are gone when this returns."""
    state = _Attendance(process, limits, group)
    stopped: Code | None = None
    try:
        stopped = _loop(state, report_fd, time.monotonic() + limits.seconds)
    finally:
        _end(process, descendants(process.pid))
    return Observed(
        stopped=stopped,
        report=bytes(state.report),
        stdout=state.logs[0].text(),
        stderr=state.logs[1].text(),
        peak_bytes=state.peak or None,
        memory_refused=group is not None and group.memory_refused(),
        processes_refused=group is not None and group.processes_refused(),
        status=process.returncode,
    )


def _loop(state: _Attendance, report_fd: int, deadline: float) -> Code | None:
    assert state.process.stdout is not None  # noqa: S101  # opened with pipes
    assert state.process.stderr is not None  # noqa: S101  # opened with pipes
    sinks = {
        state.process.stdout.fileno(): state.logs[0].add,
        state.process.stderr.fileno(): state.logs[1].add,
        report_fd: state.report.extend,
    }
    next_look = time.monotonic() + _LOOK
    with selectors.DefaultSelector() as selector:
        for fd in sinks:
            selector.register(fd, selectors.EVENT_READ)
        while selector.get_map():
            now = time.monotonic()
            if now >= deadline:
                return "time-limit"
            if now >= next_look:
                stopped = state.look()
                if stopped:
                    return stopped
                # A tenth of the time at most goes into looking, however large the tree.
                next_look = time.monotonic() + max(_LOOK, 9 * (time.monotonic() - now))
            for key, _ in selector.select(max(0.0, min(next_look, deadline) - time.monotonic())):
                data = os.read(key.fd, _PIPE)
                if data:
                    sinks[key.fd](data)
                else:
                    selector.unregister(key.fd)
            stopped = state.broken_pipe_limit()
            if stopped:
                return stopped
    with suppress(subprocess.TimeoutExpired):
        state.process.wait(max(0.0, deadline - time.monotonic()))
    return None if state.process.returncode is not None else "time-limit"


def _end(process: subprocess.Popen[bytes], tree: list[int]) -> None:
    """End bubblewrap; its init dies with it, and with the init all in its process name space."""
    if process.poll() is None:
        for pid in tree[:1]:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
