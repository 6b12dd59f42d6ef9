"""Short ways to run a program under small limits."""

from pathlib import Path

from qiupu.sandbox import Limits, RunSpec


def limits(**changes):
    """Small limits, so that floods end soon."""
    base = {"seconds": 20, "cpu_seconds": 20, "memory_mb": 256, "disk_mb": 16, "files": 2000, "processes": 32}
    return Limits(**{**base, "output_mb": 1, "log_kb": 64, "threads": 1, **changes})


def run_with(runner, code, inputs=None, extra=None, **changes):
    spec = RunSpec("code", {"predict.py": code.encode(), **(extra or {})}, inputs or {}, limits(**changes))
    return runner.run(spec)


def running_inside(name):
    """Return the sandboxed processes, seen from the host, whose last word is ``name``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().rstrip(b"\0").split(b"\0")
        except OSError:
            continue
        if words[0].startswith(b"/opt/python/") and words[-1] == name.encode():
            found.append(path)
    return found
