"""What containment this machine can give, found by trying it; without it nothing is run."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from qiupu.errors import N_, SandboxUnavailable
from qiupu.sandbox.bubblewrap import BubblewrapRunner
from qiupu.sandbox.cgroups import find_home
from qiupu.sandbox.command import find_bwrap
from qiupu.sandbox.runtime import Runtime, find_runtime
from qiupu.sandbox.seccomp import filter_program
from qiupu.sandbox.spec import Limits, RunResult, RunSpec

_SELF_CHECK = b"""
import os, socket, sys
facts = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
found = []
if 0 in (*os.getresuid(), *os.getresgid()) or os.getgroups() not in ([], [65534]):
    found.append("user")
if int(facts["CapEff"], 16) or int(facts["CapPrm"], 16) or facts["NoNewPrivs"].strip() != "1":
    found.append("capabilities")
if facts["Seccomp"].strip() != "2":
    found.append("seccomp")
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.append("network")
except OSError:
    pass
if [line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:]] != ["lo"]:
    found.append("interfaces")
for path in ("/entry/x", "/input/x", "/x", "/opt/x", "/dev/x", "/usr/x"):
    try:
        open(path, "w")
        found.append("writable " + path)
    except OSError:
        pass
if len([name for name in os.listdir("/proc") if name.isdigit()]) > 4:
    found.append("processes")
open(sys.argv[4], "w").write("found\\n" + "".join(line + "\\n" for line in found))
"""


@dataclass(frozen=True)
class Probe:
    """The outcome of a probe.

    Attributes
    ----------
    tier : str or None
        What contains runs here; None when nothing can.
    error : SandboxUnavailable or None
        Why not and the cure, in both languages (``error.message(lang)``).
    """

    tier: str | None
    error: SandboxUnavailable | None

    @property
    def is_available(self) -> bool:
        """Whether entries can be run."""
        return self.error is None


def probe(runtime: str | Path | None = None) -> Probe:
    """Return what containment can be had here. Takes about a tenth of a second; never raises for a missing sandbox."""
    try:
        return Probe(open_sandbox(runtime).tier, None)
    except SandboxUnavailable as error:
        return Probe(None, error)


def open_sandbox(runtime: str | Path | None = None, *, folder: Path | None = None, use_cgroups: bool = True) -> BubblewrapRunner:
    """Return a runner that has been seen to contain.

    Parameters
    ----------
    runtime : path, optional
        The environment of entries; see ``find_runtime``.
    folder : Path, optional
        Where runs are staged.
    use_cgroups : bool
        False forces the watchdog, as on a machine that delegates no control group.

    Raises
    ------
    SandboxUnavailable
        When a part is missing or the kernel refuses. It is never replaced by something weaker.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable(
            N_("Entries can be run on Linux only; this is {system}."),
            cure=N_("Run Qiupu on a Linux machine or in a Linux virtual machine. Prediction files need no sandbox."),
            code="not-linux",
            system=platform.system() or sys.platform,
        )
    found: Runtime = find_runtime(runtime)
    filter_program()
    home = find_home() if use_cgroups else None
    runner = BubblewrapRunner(find_bwrap(), found, home, folder)
    spec = RunSpec("code", {"predict.py": _SELF_CHECK}, {}, Limits(seconds=20, memory_mb=256, disk_mb=4, processes=16))
    result = runner.run(spec)
    if result.state != "done" or result.output is None:
        raise _refusal(result)
    holes = result.output.decode("utf-8", "replace").split("\n")[1:-1]
    if holes:
        raise SandboxUnavailable(
            N_("The sandbox starts here, but does not hold: {holes}."),
            cure=N_("Please report this with the versions of the kernel and of bubblewrap. Nothing will be run."),
            code="does-not-hold",
            holes=", ".join(holes),
        )
    return runner


def _refusal(result: RunResult) -> SandboxUnavailable:
    reason = " ".join(result.stderr.split())[-300:] or result.code
    return SandboxUnavailable(N_("The sandbox cannot start here: {reason}."), cure=_cure(), code="cannot-start", reason=reason)


def _cure() -> str:
    if _says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") and os.geteuid() != 0:
        return N_(
            "AppArmor forbids user name spaces. Allow them: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or install "
            "a profile for bwrap."
        )
    if (_says("/proc/sys/kernel/unprivileged_userns_clone", "0") or _says("/proc/sys/user/max_user_namespaces", "0")) and (
        os.geteuid() != 0
    ):
        return N_(
            "User name spaces are switched off. Allow them: sysctl kernel.unprivileged_userns_clone=1 "
            "user.max_user_namespaces=10000, or run the worker as root."
        )
    if os.geteuid() == 0:
        return N_(
            "In a container, give it what name spaces need: --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt "
            "apparmor=unconfined --security-opt systempaths=unconfined; or run the worker on the machine itself."
        )
    return N_(
        "Allow unprivileged user name spaces for this account, or run the worker as root. The account must be able to read the "
        "runtime and the interpreter that it links to."
    )


def _says(path: str, value: str) -> bool:
    try:
        return Path(path).read_text().strip() == value
    except OSError:
        return False
