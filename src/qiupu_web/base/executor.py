"""The seam for heavy maps: a pool of processes now, a cluster's executor later, with the same code. Never untrusted code."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from django.conf import settings


@contextmanager
def open_executor(workers: int | None = None) -> Iterator[Executor]:
    """Yield an executor whose functions must be importable by name and whose arguments can be pickled."""
    size = workers or settings.CONFIG["QIUPU_POOL"]
    with ProcessPoolExecutor(max_workers=size, mp_context=get_context("spawn")) as pool:
        yield pool
