"""Every test has its own home folder; the platform's tests run on SQLite, or on PostgreSQL when DATABASE_URL names one."""

from __future__ import annotations

import importlib
import importlib.util
import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOME = tempfile.mkdtemp(prefix="qiupu-test-")
os.environ["QIUPU_HOME"] = HOME
os.environ["QIUPU_ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["EMAIL_URL"] = "memory://"
os.environ["QIUPU_LANG"] = "en"
# Not in pyproject.toml: pytest-django would read the settings before the lines above, and tests would write into the real home.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
if importlib.util.find_spec("django") is not None:  # the engines' tests run without the platform too
    importlib.import_module("django").setup()


def _is_ours(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse every connection to another machine: no test may need one, and no page may make one."""
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not _is_ours(arguments[1][0]):
        raise AssertionError(f"a connection to {arguments[1]} was tried")
    if event == "socket.getaddrinfo" and not _is_ours(arguments[0]):
        raise AssertionError(f"the name {arguments[0]!r} was looked up")


sys.addaudithook(_stay_at_home)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests run last."""
    items.sort(key=lambda item: ("browser" in item.keywords, "slow" in item.keywords))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave nothing behind."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Take the audit triggers off the test database: tests empty tables. The triggers' own test puts them on."""
    with django_db_blocker.unblock():
        from django.db import connection  # Django is not set up when this file is imported

        from qiupu_web.base import triggers  # as above

        with connection.schema_editor() as editor:
            triggers.remove(editor)
        from django.conf import settings  # as above

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of accounts are made


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Outside a request the language is whatever the test before left; begin each test in English."""
    if importlib.util.find_spec("django") is None:
        yield
        return
    from django.utils import translation  # the engines' tests run without the platform too

    with translation.override("en"):
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of public benchmark data, when QIUPU_SHARED names it."""
    folder = os.environ.get("QIUPU_SHARED")
    if not folder:
        pytest.skip("needs the public benchmark data: set QIUPU_SHARED to their folder")
    return Path(folder)
