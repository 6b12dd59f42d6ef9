"""Run all tests on SQLite, then the platform's tests on PostgreSQL when ``TEST_DATABASE_URL`` answers; say so when it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = ["tests/platform", "tests/faces"]


def run(label: str, words: list[str], **environment: str) -> int:
    """Run pytest once; tests that need the machine for themselves (browser, slow) come after the parallel ones."""
    print(f"\n== tests on {label}", flush=True)
    return subprocess.call([sys.executable, "-m", "pytest", *words], cwd=ROOT, env={**os.environ, **environment})


def postgres_answers(address: str) -> str:
    """Return an empty text when the server answers, else the reason."""
    import psycopg

    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return ""


def main() -> int:
    """Run every part, even after a failure; the exit status is the first failure's."""
    extra = sys.argv[1:]
    quick = ["-n", "2", "--dist", "loadfile", "-m", "not browser and not slow", *extra]
    alone = ["-m", "browser or slow", *extra]
    without_database = {"DATABASE_URL": ""}
    results = [run("SQLite", quick, **without_database), run("SQLite, one by one", alone, **without_database)]
    address = os.environ.get("TEST_DATABASE_URL", "")
    reason = postgres_answers(address) if address else "TEST_DATABASE_URL is not set"
    if reason:
        print(f"\n== PostgreSQL skipped: {reason}", flush=True)
        if os.environ.get("QIUPU_REQUIRE_POSTGRES"):
            results.append(1)
    else:
        results.append(
            run("PostgreSQL", [*PLATFORM, "-n", "2", "--dist", "loadfile", "-m", "not browser", *extra], DATABASE_URL=address)
        )
    return next((status for status in results if status), 0)


if __name__ == "__main__":
    sys.exit(main())
