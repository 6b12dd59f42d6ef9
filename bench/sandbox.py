"""What the sandbox costs: the same program bare and sandboxed, in turns. ``python bench/sandbox.py [--repeats 21] [--json]``.

The target: median of sandboxed minus bare below 100 ms, for each tier that this machine can give.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from qiupu.sandbox import Limits, RunSpec, find_runtime, open_sandbox

PROGRAM = b"import sys\nopen(sys.argv[4], 'w').write('id,prediction\\n1,2\\n')\n"
TARGET_MS = 100.0
BARE = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1", "PYTHONHASHSEED": "0"}


def bare(python, folder):
    """Return the seconds of the program without a sandbox, by the runtime's own interpreter."""
    output = folder / "out.csv"
    began = time.perf_counter()
    subprocess.run(
        [python, "predict.py", "--input", folder, "--output", output], cwd=folder, check=True, env=BARE, capture_output=True
    )
    return time.perf_counter() - began


def sandboxed(runner, spec):
    """Return the seconds of the same under the runner."""
    began = time.perf_counter()
    result = runner.run(spec)
    if result.state != "done":
        raise SystemExit(f"the run failed: {result.code}: {result.stderr}")
    return time.perf_counter() - began


def measure(repeats):
    """Return one row for each tier."""
    python = str(find_runtime().packages.parents[2] / "bin" / "python")
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "predict.py").write_bytes(PROGRAM)
        spec = RunSpec("code", {"predict.py": PROGRAM}, {}, Limits(seconds=30, memory_mb=256, disk_mb=16))
        runners = {runner.tier: runner for runner in (open_sandbox(use_cgroups=True), open_sandbox(use_cgroups=False))}
        for tier, runner in runners.items():
            pairs = [(bare(python, folder), sandboxed(runner, spec)) for _ in range(repeats)]
            extra = sorted(1000 * (inside - outside) for outside, inside in pairs)
            rows.append(
                {
                    "tier": tier,
                    "repeats": repeats,
                    "bare_ms": round(1000 * statistics.median(outside for outside, _ in pairs), 1),
                    "sandboxed_ms": round(1000 * statistics.median(inside for _, inside in pairs), 1),
                    "overhead_ms": round(statistics.median(extra), 1),
                    "overhead_p90_ms": round(extra[int(0.9 * (len(extra) - 1))], 1),
                    "target_ms": TARGET_MS,
                }
            )
    return rows


def main():
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = measure(args.repeats)
    if args.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("  ".join(f"{key}={value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
