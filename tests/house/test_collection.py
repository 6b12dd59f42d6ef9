"""The tests themselves: the same ones are found whenever and wherever they are collected."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TICK_S = 2.1
"""Archives keep times in steps of two seconds: a name made from one changes with the clock."""


def _start(seed: int) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.slow
def test_names_of_tests_hang_neither_on_the_clock_nor_on_hashing() -> None:
    """Parallel workers refuse to run when each finds other names."""
    first = _start(1)
    time.sleep(TICK_S)
    second = _start(2)
    found = [[line for line in run.communicate(timeout=120)[0].splitlines() if "::" in line] for run in (first, second)]
    assert first.returncode == second.returncode == 0, found
    assert found[0] == found[1]
    assert len(found[0]) > 1000
