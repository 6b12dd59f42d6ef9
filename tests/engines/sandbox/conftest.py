"""Runners for the attacks: as root and as an ordinary user, with control groups and with the watchdog."""

import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiupu.errors import SandboxUnavailable
from qiupu.sandbox import find_runtime, open_sandbox
from qiupu.sandbox.command import find_bwrap

ROOT = Path(__file__).resolve().parents[3]
REQUIRED = os.environ.get("QIUPU_REQUIRE_SANDBOX") == "1"
SERVER = """
import pickle, sys
from qiupu.errors import SandboxUnavailable
from qiupu.sandbox import open_sandbox
try:
    runner = open_sandbox(sys.argv[1])
    answer = runner.tier
except SandboxUnavailable as error:
    answer = error.message()
while True:
    sys.stdout.buffer.write(pickle.dumps(answer)); sys.stdout.buffer.flush()
    try:
        spec = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    answer = runner.run(spec[0](*spec[1]))
"""


def unavailable(reason):
    """Skip with the reason; where the sandbox is required (CI), fail."""
    (pytest.fail if REQUIRED else pytest.skip)(f"no sandbox: {reason}")


@dataclass
class OrdinaryUser:
    """A runner in another process, which is nobody. Our own pickles, from our own child."""

    process: subprocess.Popen
    tier: str

    def run(self, spec):
        fields = (spec.kind, dict(spec.files), dict(spec.inputs), spec.limits)
        pickle.dump((type(spec), fields), self.process.stdin)
        self.process.stdin.flush()
        return pickle.load(self.process.stdout)


def as_nobody(command):
    """Return ``command`` as the user nobody, with closed folders above what it needs (such as /root) opened to it alone."""
    runtime = find_runtime()
    needed = {Path(sys.base_prefix), Path(sys.prefix), ROOT, runtime.packages.parents[2], runtime.prefix}
    words = [find_bwrap(), "--dev-bind", "/", "/"]
    closed = {parent for path in needed for parent in path.parents if not parent.stat().st_mode & 0o001}
    for parent in sorted(closed):
        words += ["--perms", "0755", "--tmpfs", str(parent)]
    for path in sorted(needed):
        above = sorted(parent for parent in path.parents if closed & set(parent.parents))
        words += [word for parent in above for word in ("--perms", "0755", "--dir", str(parent))]
        if closed & set(path.parents):
            words += ["--ro-bind", str(path), str(path)]
    drop = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
    return [*words, "--cap-add", "ALL", "--", *drop, "--", *command]


@pytest.fixture(scope="session")
def open_folder():
    """A folder that every account on the host can read: only the sandbox keeps an entry out of it."""
    with tempfile.TemporaryDirectory(prefix="qiupu-open-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def ordinary_user():
    if os.geteuid() != 0:
        pytest.skip("already an ordinary user: the other runners are")
    command = as_nobody([sys.executable, "-c", SERVER, str(find_runtime().packages.parents[2])])
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
    )
    try:
        answer = pickle.load(process.stdout)
        if not answer.startswith("bubblewrap/"):
            unavailable(answer)
        yield OrdinaryUser(process, answer)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="session")
def native():
    try:
        return open_sandbox()
    except SandboxUnavailable as error:
        return unavailable(error.message())


@pytest.fixture(scope="session")
def watched():
    try:
        return open_sandbox(use_cgroups=False)
    except SandboxUnavailable as error:
        return unavailable(error.message())


@pytest.fixture(params=["native", "ordinary_user"])
def runner(request):
    """The best tier of this account, then an ordinary user's."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["native", "watched", "ordinary_user"])
def any_runner(request):
    """Every tier: for what the tiers stop by different means."""
    return request.getfixturevalue(request.param)
