"""A process that is killed while it writes leaves a store that is whole, and a cache that is damaged is begun anew."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from qiupu.matching import Capability, Index, Need, open_index, save_index
from qiupu.text import VectorCache

ROUNDS = 6
WRITER = """
import sys
from qiupu.matching import Capability, Index, save_index
pools = [[Capability(f"c{place}", "", f"{word} {place}") for place in range(400)] for word in ("rice", "tea")]
indices = [Index(pool) for pool in pools]
print("ready", flush=True)
while True:
    for index in indices:
        save_index(index, sys.argv[1])
"""
CACHER = """
import sys
import numpy as np
from qiupu.text import VectorCache
cache = VectorCache(sys.argv[1])
print("ready", flush=True)
place = 0
while True:
    cache.put([(VectorCache.key("m", "query", str(place + one)), np.full(64, place + one, dtype=np.float32)) for one in range(50)])
    place += 50
"""


def killed_while_writing(program: str, folder: Path, after_s: float) -> None:
    child = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    time.sleep(after_s)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()


def test_an_index_is_the_old_one_or_the_new_one(tmp_path):
    rng = random.Random(5)
    pools = [[Capability(f"c{place}", "", f"{word} {place}") for place in range(400)] for word in ("rice", "tea")]
    expected = [Index(pool).rank([Need("n", "", "rice 7")]) for pool in pools]
    for _ in range(ROUNDS):
        killed_while_writing(WRITER, tmp_path, 0.05 + rng.random() / 4)
        fresh = []
        for pool, listed in zip(pools, expected, strict=True):
            index, new = open_index(tmp_path, pool)
            fresh.append(new)
            assert index.rank([Need("n", "", "rice 7")]) == listed
        assert sorted(fresh) in ([0, 400], [400, 400])  # one of the two whole, or nothing written yet; never a part
    save_index(Index(pools[0]), tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["index.sqlite3"]  # the drafts of the dead are gone


def test_a_cache_keeps_what_was_written_before(tmp_path):
    rng = random.Random(6)
    for _ in range(ROUNDS):
        killed_while_writing(CACHER, tmp_path, 0.05 + rng.random() / 4)
        cache = VectorCache(tmp_path)
        keys = [VectorCache.key("m", "query", str(place)) for place in range(200)]
        found = cache.get(keys, 64)
        assert all(np.array_equal(found[key], np.full(64, place)) for place, key in enumerate(keys) if key in found)
        assert len(cache) % 50 == 0
    assert not list(tmp_path.glob("*.damaged"))


@pytest.mark.parametrize("write", [False, True])
def test_a_cache_that_is_damaged_inside_is_begun_anew(tmp_path, write):
    cache = VectorCache(tmp_path)
    pairs = [(VectorCache.key("m", "query", str(place)), np.full(64, place, dtype=np.float32)) for place in range(2000)]
    cache.put(pairs)
    body = bytearray(cache.path.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)  # the header stays: it opens, and fails when it is read
    cache.path.write_bytes(bytes(body))
    if write:
        cache.put(pairs[:3])
        assert len(cache) == 3
    else:
        assert cache.get([key for key, _ in pairs], 64) == {}
        assert len(cache) == 0
    assert (tmp_path / "vectors.damaged").exists()
