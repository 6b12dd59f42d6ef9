"""Secrets at rest: unreadable without the key, and bound to what they belong to."""

from __future__ import annotations

import pytest

from qiupu.errors import PlatformError
from qiupu_web.base.sealing import lock, unlock


def test_what_is_locked_comes_back_and_cannot_be_read() -> None:
    locked = lock("https://hook/?key=秘密", "webhook:1:address")
    assert "hook" not in locked
    assert unlock(locked, "webhook:1:address") == "https://hook/?key=秘密"
    assert lock("same", "a") != lock("same", "a")
    assert lock("", "a") == unlock("", "a") == ""


def test_a_text_that_was_moved_or_altered_is_refused() -> None:
    locked = lock("word", "webhook:1:secret")
    for text, owner in ((locked, "webhook:2:secret"), (locked[:-8] + "AAAAAAA=", "webhook:1:secret"), ("?", "webhook:1:secret")):
        with pytest.raises(PlatformError, match="cannot be read"):
            unlock(text, owner)
