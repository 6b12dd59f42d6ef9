"""Receipts: a signed record that lets anybody verify a score offline, with the public key got elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qiupu.errors import N_, FileError, InputError
from qiupu.wording import translate

FORMAT = "qiupu-receipt/1"
NEEDED = ("trial", "entry_sha256", "truth_hash", "task_sha256", "metric", "value", "seed", "version")


def canonical(value: object) -> bytes:
    """Return the one way to write a JSON value: sorted keys, no blanks, UTF-8, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def new_key() -> tuple[bytes, bytes]:
    """Return a fresh private and public key (PEM). The only function here that draws on the system's randomness."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, public_key_of(private)


def public_key_of(private_key: bytes) -> bytes:
    """Return the public key (PEM) of a private key (PEM)."""
    return (
        _private(private_key).public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def fingerprint(public_key: bytes) -> str:
    """Return the first 16 hexadecimal digits of the hash of a public key."""
    raw = _public(public_key).public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _private(data: bytes) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise FileError(N_("This is no private key."), cure=N_("Give an Ed25519 key in PEM form."), code="key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise FileError(N_("This is no Ed25519 key."), cure=N_("Give an Ed25519 key in PEM form."), code="key")
    return key


def _public(data: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, TypeError) as error:
        raise FileError(N_("This is no public key."), cure=N_("Give the key file of the site, in PEM form."), code="key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise FileError(N_("This is no Ed25519 key."), cure=N_("Give an Ed25519 key in PEM form."), code="key")
    return key


@dataclass(frozen=True)
class Receipt:
    """What was signed, and the signature. ``key`` names the key; a key inside a receipt proves nothing."""

    payload: Mapping[str, Any]
    signature: str
    key: str

    def as_dict(self) -> dict[str, object]:
        """For a file."""
        return {"format": FORMAT, "payload": dict(self.payload), "signature": self.signature, "key": self.key}

    def as_json(self) -> str:
        """Return the file's text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"


@dataclass(frozen=True)
class ReceiptCheck:
    """One thing that was looked at. ``ok`` is ``None`` where nothing was given to compare with."""

    code: str
    ok: bool | None
    template: str

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {"code": self.code, "ok": self.ok, "text": translate(self.template, lang)}


@dataclass(frozen=True)
class ReceiptReport:
    """The answer of ``verify_receipt``: valid when the signature holds and nothing that was compared differs."""

    checks: tuple[ReceiptCheck, ...]

    @property
    def valid(self) -> bool:
        """Whether the receipt stands."""
        return self.checks[0].ok is True and all(check.ok is not False for check in self.checks)

    def as_dict(self, lang: str = "en") -> dict[str, object]:
        """For programs."""
        return {"valid": self.valid, "checks": [check.as_dict(lang) for check in self.checks]}


def salted_hash(sha256: str, salt: str | None) -> str:
    """Return the hash that is published of a secret file: with a salt, so that 30 labels cannot be tried out.

    Parameters
    ----------
    sha256 : str
        Hash of the file's bytes.
    salt : str, optional
        Hexadecimal digits, kept sealed; without it the plain hash.
    """
    if salt is None:
        return sha256
    return hashlib.sha256(bytes.fromhex(salt) + bytes.fromhex(sha256)).hexdigest()


def sign_receipt(payload: Mapping[str, Any], private_key: bytes) -> Receipt:
    """Sign a record.

    Parameters
    ----------
    payload : mapping
        JSON values; ``trial, entry_sha256, truth_hash, task_sha256, metric, value, seed, version`` at least;
        usually also ``low, high, level, method, verdict, bar, n, issued_at, manifest_sha256``.
    private_key : bytes
        PEM.

    Raises
    ------
    InputError
        When something that is needed is missing, or a value is no JSON.
    """
    missing = [name for name in NEEDED if name not in payload]
    if missing:
        raise InputError(
            N_("The receipt lacks {names}."), cure=N_("Give every needed value."), code="receipt", names=", ".join(missing)
        )
    key = _private(private_key)
    try:
        message = canonical({"format": FORMAT, "payload": dict(payload)})
    except (TypeError, ValueError) as error:
        raise InputError(N_("The receipt holds a value that is no JSON."), code="receipt") from error
    signature = base64.b64encode(key.sign(message)).decode()
    return Receipt(json.loads(canonical(dict(payload))), signature, fingerprint(public_key_of(private_key)))


def read_receipt(data: bytes, *, name: str = "receipt.json") -> Receipt:
    """Read a receipt's file.

    Raises
    ------
    FileError
        When it is no receipt.
    """
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    good = isinstance(found, dict) and found.get("format") == FORMAT and isinstance(found.get("payload"), dict)
    if not good or not isinstance(found.get("signature"), str):
        raise FileError(
            N_("This is no receipt of Qiupu."),
            cure=N_("Give the .json file that the trial's page offers."),
            file=name,
            code="receipt",
        )
    return Receipt(found["payload"], found["signature"], str(found.get("key", "")))


def verify_receipt(
    receipt: Receipt,
    public_key: bytes,
    *,
    truth_sha256: str | None = None,
    entry_sha256: str | None = None,
    task_sha256: str | None = None,
    salt: str | None = None,
) -> ReceiptReport:
    """Check a receipt offline.

    Parameters
    ----------
    receipt : Receipt
    public_key : bytes
        PEM, got from the site or its notice, never from the receipt.
    truth_sha256, entry_sha256, task_sha256 : str, optional
        Hashes of files at hand, compared where given.
    salt : str, optional
        The salt of the truth's hash, once it has been published.
    """
    message = canonical({"format": FORMAT, "payload": dict(receipt.payload)})
    try:
        _public(public_key).verify(base64.b64decode(receipt.signature, validate=True), message)
        signed = True
    except (InvalidSignature, ValueError):
        signed = False
    checks = [ReceiptCheck("signature", signed, N_("the signature belongs to this key and this record"))]
    comparisons = (
        ("entry", entry_sha256, "entry_sha256", N_("the entry is the file that was scored")),
        ("task", task_sha256, "task_sha256", N_("the task is the one that was sealed")),
    )
    for code, given, key, template in comparisons:
        checks.append(ReceiptCheck(code, None if given is None else given == receipt.payload.get(key), template))
    same = None if truth_sha256 is None else salted_hash(truth_sha256, salt) == receipt.payload.get("truth_hash")
    checks.append(ReceiptCheck("truth", same, N_("the truth is the one that was sealed")))
    return ReceiptReport(tuple(checks))
