"""Start the site and its workers as children, start again what dies, and stop them together."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from types import FrameType

from django.conf import settings

log = logging.getLogger("qiupu.serve")
FIRST_PAUSE_S, LONGEST_PAUSE_S, CALM_S, PATIENCE_S = 0.5, 30.0, 60.0, 15.0


@dataclass
class Child:
    """One watched process. The pause before it is started again doubles while it keeps dying young."""

    name: str
    words: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_S
    due: float = 0.0

    def start(self) -> None:
        """Start it, in the group of this process."""
        # One thread for linear algebra: site and workers share the machine, and waiting threads would only burn it.
        environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **os.environ, "QIUPU_SUPERVISED": str(os.getpid())}
        self.process = subprocess.Popen(self.words, env=environment)
        self.started = time.monotonic()

    def look(self) -> None:
        """Start it again when it has died and its pause is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            status = self.process.returncode
            self.pause = FIRST_PAUSE_S if now - self.started > CALM_S else min(self.pause * 2, LONGEST_PAUSE_S)
            self.due, self.process = now + self.pause, None
            log.warning("%s ended with status %s; it starts again in %.1f s", self.name, status, self.pause)
        if self.process is None and now >= self.due:
            self.start()


def children(host: str, port: int) -> list[Child]:
    """Return the site and the workers."""
    site = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(settings.CONFIG["QIUPU_PROCESSES"]),
        "--blocking-threads", str(settings.CONFIG["QIUPU_THREADS"]), "--no-ws",
        "--log-level", "warning", "--workers-kill-timeout", "10", "qiupu_web.wsgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "qiupu.cli", "worker"]
    return [Child("site", site), *[Child(f"worker {i + 1}", worker) for i in range(settings.CONFIG["QIUPU_WORKERS"])]]


class _Stop(Exception):
    pass


def _stop(signum: int, frame: FrameType | None) -> None:
    raise _Stop


def watch(host: str, port: int) -> int:
    """Run until a signal comes; then end the children, first kindly."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    watched = children(host, port)
    try:
        while True:
            for child in watched:
                child.look()
            time.sleep(0.3)
    except _Stop:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end(watched)


def end(watched: list[Child]) -> None:
    """Ask every child to end; kill those that do not within the patience."""
    living = [child.process for child in watched if child.process is not None]
    for process in living:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_S
    for process in living:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
