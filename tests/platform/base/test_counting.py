"""Counts of the running minute: exact over processes, forgotten with the minute, and of fixed size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from qiupu_web.base.counting import SIZE, MinuteCounts

ADD = "import sys; from pathlib import Path; from qiupu_web.base.counting import MinuteCounts\n"
ADD += "counts = MinuteCounts(Path(sys.argv[1]))\n"
ADD += "for _ in range(500): counts.add(['one'], 7)"


def test_names_are_counted_apart_and_minutes_forget(tmp_path: Path) -> None:
    counts = MinuteCounts(tmp_path / "deep" / "counts.bin")
    assert [counts.add(["one", "two"], 7) for _ in range(3)] == [[1, 1], [2, 2], [3, 3]]
    assert counts.add(["one"], 7) == [4]
    assert counts.add(["one", "two"], 8) == [1, 1]


def test_processes_count_together(tmp_path: Path) -> None:
    path = tmp_path / "counts.bin"
    children = [subprocess.Popen([sys.executable, "-c", ADD, str(path)]) for _ in range(3)]
    assert [child.wait(timeout=60) for child in children] == [0, 0, 0]
    assert MinuteCounts(path).add(["one"], 7) == [1501]  # 3 processes x 500, and this one


def test_a_flood_of_names_takes_no_more_room(tmp_path: Path) -> None:
    counts = MinuteCounts(tmp_path / "counts.bin")
    for number in range(2000):
        counts.add([f"name {number}"], 7)
    assert (tmp_path / "counts.bin").stat().st_size == SIZE
    # A name shares both of its places with others of 2,000 at (2000 / 65536)^2 < 0.1 %: a new one counts from 1.
    assert counts.add(["a new one"], 7) == [1]
