"""What a run returns, what it sees, what survives a fault of the machine."""

import os
import subprocess
import sys
import threading
import time
from typing import get_args

import pytest
from tests.engines.sandbox.conftest import ROOT, as_nobody
from tests.engines.sandbox.running import limits, run_with, running_inside

from qiupu.errors import InputError, SandboxUnavailable
from qiupu.sandbox import WORDS, BubblewrapRunner, Code, Limits, RunResult, RunSpec, bucket_of, open_sandbox, probe
from qiupu.sandbox.judge import Observed, count_rows, judge
from qiupu.sandbox.runtime import find_runtime
from qiupu.wording import translate

pytestmark = pytest.mark.sandbox
COPY = "import sys\nopen(sys.argv[4], 'w').write(open('/input/x.csv').read())\n"


def test_a_run_returns_its_predictions_and_its_use(any_runner):
    result = run_with(any_runner, COPY, inputs={"x.csv": b"id,prediction\na,1\nb,2\n"})

    assert (result.state, result.code, result.rows, result.exit_status) == ("done", "ok", 2, 0)
    assert result.output == b"id,prediction\na,1\nb,2\n"
    assert result.tier == any_runner.tier
    assert 0 < result.seconds < 20
    assert 1 < result.peak_mb <= 256


def test_the_logs_are_kept_by_their_tails(runner):
    result = run_with(runner, "import sys\nprint('a' * 40_000 + 'end')\nprint('oops', file=sys.stderr)\nsys.exit(3)")

    assert (result.state, result.code, result.exit_status) == ("supplier-error", "exit-status", 3)
    assert result.stdout.endswith("end\n")
    assert len(result.stdout) == 16_384
    assert result.stderr == "oops\n"


def test_memory_is_measured(any_runner):
    program = "import sys, time\nx = b'x' * (100 << 20)\ntime.sleep(0.3)\nopen(sys.argv[4], 'w').write('id\\n1\\n')\n"

    result = run_with(any_runner, program)

    assert result.state == "done"
    assert 100 <= result.peak_mb <= 130


def test_what_an_entry_finds(runner):
    program = """
import os, sys, pathlib
facts = {"cwd": os.getcwd(), "entry": sorted(os.listdir(".")), "inputs": sorted(str(p) for p in pathlib.Path("/input").rglob("*")),
         "env": sorted(os.environ), "host": os.uname().nodename, "root": sorted(os.listdir("/"))}
open(sys.argv[4], "w").write(repr(facts))
"""
    result = run_with(runner, program, inputs={"a.csv": b"1", "deep/b.csv": b"2"}, extra={"model/weights.bin": b"0"})

    facts = eval(result.output)  # our own program wrote it
    assert facts["cwd"] == "/entry"
    assert facts["entry"] == ["model", "predict.py"]
    assert facts["inputs"] == ["/input/a.csv", "/input/deep", "/input/deep/b.csv"]
    assert facts["host"] == "sandbox"
    assert set(facts["root"]) <= {"dev", "entry", "input", "lib", "lib64", "opt", "proc", "tmp", "usr"}
    assert not [name for name in facts["env"] if name.startswith(("QIUPU", "SSH", "AWS", "USER", "VIRTUAL"))]


def test_the_documented_packages_work(native):
    """Numbers, tables, learning, processes in parallel: the filter of system calls must let honest work through."""
    program = """
import argparse, numpy as np, polars as pl, scipy.stats, multiprocessing, subprocess, sys, tempfile, threading, asyncio
from sklearn.linear_model import Ridge
options = argparse.ArgumentParser(); options.add_argument("--input"); options.add_argument("--output")
options = options.parse_args()
frame = pl.read_csv(options.input + "/x.csv")
model = Ridge(alpha=1e-9).fit(frame.select("x").to_numpy(), frame["y"].to_numpy())
def square(x): return x * x
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(square, [2, 3]) == [4, 9]
assert subprocess.run([sys.executable, "-c", "print(7)"], capture_output=True, check=True).stdout == b"7\\n"
asyncio.run(asyncio.sleep(0))
frame.select("id", prediction=pl.Series(model.predict(frame.select("x").to_numpy())).round(6)).write_csv(options.output)
"""
    result = run_with(native, program, inputs={"x.csv": b"id,x,y\na,1,3\nb,2,5\nc,3,7\n"}, memory_mb=1024, seconds=60)

    assert result.state == "done", result.stderr
    assert result.output == b"id,prediction\na,3.0\nb,5.0\nc,7.0\n"


def test_inputs_from_files_are_copied(runner, open_folder):
    source = open_folder / "table.csv"
    source.write_text("id,prediction\n1,1\n")

    result = run_with(runner, COPY, inputs={"x.csv": source})

    assert result.output == b"id,prediction\n1,1\n"


def test_runs_side_by_side_do_not_meet(native):
    program = """
import os, sys, time
open("/tmp/mine", "w").write(sys.argv[0]); time.sleep(0.3)
others = [p for p in os.listdir("/proc") if p.isdigit()]
open(sys.argv[4], "w").write(f"n\\n{len(others)} {sorted(os.listdir('/tmp'))}\\n")
"""
    results = []
    threads = [threading.Thread(target=lambda: results.append(run_with(native, program))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {result.output for result in results} == {b"n\n3 ['mine', 'output.csv']\n"}


def test_nothing_is_left_on_the_host(native, tmp_path):
    runner = BubblewrapRunner(native.bwrap, native.runtime, native.cgroups, tmp_path)
    before = len(os.listdir("/proc/self/fd"))

    for program in (COPY, "import time; time.sleep(9)"):
        run_with(runner, program, inputs={"x.csv": b"a\n1\n"}, seconds=0.4)

    assert not list(tmp_path.iterdir())
    assert len(os.listdir("/proc/self/fd")) == before
    if native.cgroups:
        assert not list(native.cgroups.memory.glob(f"qiupu-{os.getpid()}-*"))


HOLD = """
import sys
from pathlib import Path
from typing import get_args
from qiupu.sandbox import BubblewrapRunner, Limits, RunSpec, open_sandbox
r = open_sandbox()
r = BubblewrapRunner(r.bwrap, r.runtime, r.cgroups, Path(sys.argv[1]))
print("ready", flush=True)
program = "import os, sys\\nos.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', %r])" % sys.argv[2]
r.run(RunSpec("code", {"predict.py": program.encode()}, {}, Limits(seconds=60)))
"""


def test_a_killed_worker_takes_its_run_with_it(native, tmp_path):
    """kill -9 of the worker: the sandbox dies with it, and the next run clears what it left."""
    name = f"orphan{os.getpid()}"
    worker = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path), name], stdout=subprocess.PIPE)
    try:
        assert worker.stdout.readline() == b"ready\n"
        assert _within(10, lambda: running_inside(name))
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()

    assert _within(5, lambda: not running_inside(name))
    (left,) = tmp_path.iterdir()
    os.utime(left, (0, 0))
    runner = BubblewrapRunner(native.bwrap, native.runtime, native.cgroups, tmp_path)
    assert run_with(runner, COPY, inputs={"x.csv": b"a\n1\n"}).state == "done"
    assert not list(tmp_path.iterdir())
    open_sandbox()
    if native.cgroups:
        assert not list(native.cgroups.memory.glob(f"qiupu-{worker.pid}-*"))


def _within(seconds, condition):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_full_disk_is_a_fault_of_ours_and_not_the_entrys(native):
    """Staged on a real file system of 1 MB, an input of 4 MB does not fit: the state says so, and nothing is raised."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system to fill")
    program = (
        "from pathlib import Path\nfrom qiupu.sandbox import *\nr = open_sandbox()\n"
        "r = BubblewrapRunner(r.bwrap, r.runtime, r.cgroups, Path('/mnt'))\n"
        "x = r.run(RunSpec('code', {'predict.py': b'pass'}, {'big': bytes(4 << 20)}))\n"
        "print(x.state, x.code, x.stderr, list(Path('/mnt').iterdir()))"
    )
    full = [native.bwrap, "--dev-bind", "/", "/", "--size", "1048576", "--tmpfs", "/mnt", "--cap-add", "ALL"]

    done = subprocess.run([*full, "--", sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.stdout == "platform-error host-failed OSError: No space left on device []\n", done.stderr


def test_a_sandbox_that_does_not_start_is_a_fault_of_ours(native):
    broken = BubblewrapRunner("/bin/false", native.runtime, native.cgroups)

    result = run_with(broken, "pass")

    assert (result.state, result.code) == ("platform-error", "sandbox-failed")
    assert result.hidden_view().code == "platform"


def test_a_missing_bubblewrap_is_a_fault_of_ours(native):
    result = run_with(BubblewrapRunner("/nowhere/bwrap", native.runtime, None), "pass")

    assert (result.state, result.code) == ("platform-error", "host-failed")


def test_the_probe_says_the_tier(native):
    found = probe()

    assert found.is_available
    assert found.tier == native.tier
    assert found.tier.startswith("bubblewrap/root/" if os.geteuid() == 0 else "bubblewrap/user/")


REFUSALS = """
from qiupu.sandbox import probe
found = probe()
print(found.tier, found.error and found.error.code)
print(found.error and found.error.message("zh"))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can switch user name spaces off for a test")
def test_without_user_namespaces_it_refuses_and_prints_the_cure(native):
    """An ordinary user where the kernel forbids user name spaces: no weaker mode, but a sentence."""
    forbid = [native.bwrap, "--dev-bind", "/", "/", "--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--"]
    command = as_nobody([*forbid, sys.executable, "-c", REFUSALS])

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env={"PATH": os.environ["PATH"]})

    first, second = done.stdout.splitlines()
    assert first == "None cannot-start", done.stderr
    assert "命名空间" in second


def test_a_runtime_that_is_missing_or_ours_or_leaks_is_refused(tmp_path, monkeypatch):
    with pytest.raises(SandboxUnavailable, match="is not there") as missing:
        open_sandbox(tmp_path / "nothing")
    assert "qiupu.sandbox.runtime" in missing.value.cure()

    with pytest.raises(SandboxUnavailable, match="own environment"):
        find_runtime(sys.prefix)

    good = find_runtime()
    leaky = tmp_path / "leaky"
    (leaky / "lib" / f"python{good.version}" / "site-packages" / "river").mkdir(parents=True)
    (leaky / "bin").mkdir()
    (leaky / "bin" / "python").symlink_to(good.executable)
    (leaky / "pyvenv.cfg").write_text(f"home = {good.prefix / 'bin'}\n")
    with pytest.raises(SandboxUnavailable, match="river"):
        find_runtime(leaky)

    (leaky / "bin" / "python").unlink()
    monkeypatch.setenv("QIUPU_RUNTIME", str(leaky))
    with pytest.raises(SandboxUnavailable, match="incomplete"):
        find_runtime()


def test_the_runtime_is_not_ours():
    assert find_runtime().packages.is_relative_to(ROOT / ".venv-runtime") or os.environ.get("QIUPU_RUNTIME")


@pytest.mark.parametrize(
    "changes", [{"seconds": 0}, {"memory_mb": 1}, {"processes": 1}, {"output_mb": 0}, {"seconds": float("nan")}, {"threads": 0}]
)
def test_limits_out_of_range_are_refused(changes):
    with pytest.raises(InputError, match="Choose a value from"):
        Limits(**changes)


@pytest.mark.parametrize("name", ["../x", "/x", "a/../b", "a//b", "", "a\\b", "c:x", "a\0b", "a\nb", "x" * 300, "./a", "a/"])
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(InputError, match="plain relative path"):
        RunSpec("code", {"predict.py": b""}, {name: b""})


def test_an_entry_without_its_main_file_is_refused():
    with pytest.raises(InputError, match=r"no predict\.py"):
        RunSpec("code", {"main.py": b""}, {})
    with pytest.raises(InputError, match=r"no model\.onnx"):
        RunSpec("onnx", {"predict.py": b""}, {})


def test_a_result_cannot_contradict_itself():
    with pytest.raises(ValueError, match="state done"):
        RunResult("done", "ok", "t", 1.0)
    with pytest.raises(ValueError, match="state supplier-error"):
        RunResult("supplier-error", "crashed", "t", 1.0, output=b"x")


def test_every_code_has_a_sentence_in_both_languages():
    assert set(get_args(Code)) == set(WORDS)
    assert all(translate(words, "zh") != words for words in WORDS.values())


def test_buckets_are_coarse():
    expected = {0: "<1min", 59.9: "<1min", 60: "<10min", 599: "<10min", 600: "<1h", 3600: ">=1h"}
    assert {seconds: bucket_of(seconds) for seconds in expected} == expected


@pytest.mark.parametrize(
    "report",
    [
        b"started\nexit=0 cpu=0.100 maxrss_kb=10 output=ok size=5\n1234",  # shorter than it says
        b"started\nexit=0 cpu=0.100 maxrss_kb=10 output=ok size=5\n123456",  # longer
        b"started\nexit=0 cpu=nan maxrss_kb=10 output=ok size=5\n12345",
        b"started\nexit=0 cpu=0.100 maxrss_kb=10 output=missing size=0\nx",
        b"started\n" + b"\0" * 1000,
        b"started\n",
    ],
)
def test_a_report_that_does_not_add_up_is_the_entrys_fault(report):
    seen = Observed(None, report, "", "", None, False, False, 0)

    result = judge(RunSpec("code", {"predict.py": b""}, {}, limits()), seen, tier="t", seconds=1.0)

    assert (result.state, result.code) == ("supplier-error", "no-report")


def test_rows_are_lines_below_the_header():
    assert count_rows(b"id,p\na,1\r\nb,2\n\n") == 2
    assert count_rows(b"id,p") == 0
