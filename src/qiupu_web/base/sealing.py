"""Short secrets that the platform must be able to use again (addresses of chats, signing words), encrypted at rest.

The key lies with the other keys, apart from database and backup. Each text is bound to what it belongs to.
"""

from __future__ import annotations

import base64
import os
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from qiupu.errors import N_, PlatformError
from qiupu_web.configuration import secret_of

_NONCE = 12


def _cipher() -> AESGCM:
    key = secret_of(settings.CONFIG, "secrets.key", lambda: base64.b64encode(os.urandom(32)).decode())
    return AESGCM(base64.b64decode(key))


def lock(text: str, belongs_to: str) -> str:
    """Return what may be stored in place of ``text``; empty stays empty."""
    if not text:
        return ""
    nonce = os.urandom(_NONCE)
    return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), belongs_to.encode())).decode()


def unlock(locked: str, belongs_to: str) -> str:
    """Return the text again.

    Raises
    ------
    PlatformError
        When the key is another one than it was locked with, or the text was moved or altered.
    """
    if not locked:
        return ""
    try:
        data = base64.b64decode(locked, validate=True)
        return _cipher().decrypt(data[:_NONCE], data[_NONCE:], belongs_to.encode()).decode()
    except (InvalidTag, NotBase64, ValueError) as error:
        raise PlatformError(
            N_("A stored secret cannot be read with the key of this installation."),
            cure=N_("Restore the keys that belong to this database, or set the secret again."),
            code="secret-unreadable",
        ) from error
