"""The seal's manifest and the signed receipts."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from qiupu.trials import (
    fingerprint,
    load_task,
    load_truth,
    new_key,
    public_key_of,
    read_receipt,
    salted_hash,
    seal_manifest,
    sign_receipt,
    split_of,
    task_sha256,
    verify_receipt,
)
from qiupu.wording import translate
from qiupu_web.base.blobs import load
from qiupu_web.configuration import secret_of
from qiupu_web.trials.bridge.facts import FinalRow, Question, ReceiptAnswer, ReceiptCheck, Sealed, VersionFacts
from qiupu_web.trials.bridge.preparing import table_of, units_of
from qiupu_web.trials.models import Entry, Trial, TrialVersion

FEEDBACK_LABELS = "feedback labels (salted)"
FINAL_LABELS = "final labels (salted)"


def seal(question: Question, *, version: VersionFacts, rules: dict[str, Any], labels: dict[str, bytes]) -> Sealed:
    """Return the manifest of a version: hashes of its public files, salted hashes of hidden labels, and what decides."""
    task = load_task(version.task)
    parts = {"public": load(version.public_truth), **labels}
    truths = {part: table_of(data, f"{part}.csv") for part, data in parts.items()}
    body = b"".join(data if part == "public" else data.split(b"\n", 1)[1] for part, data in parts.items())
    past = None if version.history is None else table_of(load(version.history), "history.csv")
    whole = load_truth(task, table_of(body, "truth.csv"), history=past)
    pairs = [(unit, part) for part, table in truths.items() for unit in units_of(task, table).unique(maintain_order=True)]
    salts = {name: secrets.token_hex(32) for name in ("truth", "feedback", "final")}
    inputs = {
        name: sha
        for name, sha in (
            ("public.csv", version.public_truth),
            ("public-inputs.csv", version.public_inputs),
            ("inputs.csv", version.hidden_inputs),
            ("history.csv", version.history),
            (FEEDBACK_LABELS, salted_hash(sha256(labels["feedback"]).hexdigest(), salts["feedback"])),
            (FINAL_LABELS, salted_hash(sha256(labels["final"]).hexdigest(), salts["final"])),
        )
        if sha is not None
    }
    manifest = seal_manifest(
        task,
        whole,
        split_of(pairs),  # type: ignore[arg-type]  # the parts are the three words
        salt=salts["truth"],
        bar=question.bar,
        quota=question.quota,
        seed=version.seed,
        level=question.level,
        inputs=inputs,
        rules=rules,
    )
    return Sealed(manifest.as_dict(), manifest.sha256, salts)


def receipt_facts(trial: Trial, version: TrialVersion, entry: Entry, row: FinalRow, now: datetime) -> dict[str, Any]:
    """Return what a receipt says about one entry."""
    return {
        "trial": trial.code,
        "trial_version": version.number,
        "entry": f"{entry.organisation.code}/{entry.number}",
        "entry_kind": entry.kind,
        "organisation": entry.organisation.code,
        "entry_sha256": entry.artifact_id,
        "predictions_sha256": row.predictions_sha256,
        "truth_hash": version.manifest["inputs"][FINAL_LABELS],
        "task_sha256": task_sha256(load_task(version.task)),
        "manifest_sha256": version.manifest_sha256,
        "metric": trial.metric,
        "direction": trial.direction,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "level": trial.level,
        "bar": trial.bar,
        "verdict": row.verdict,
        "n": row.n,
        "n_needed": row.n_needed,
        "method": row.method,
        "rank": [row.rank_low, row.rank_high],
        "seed": version.seed,
        "version": version.manifest["scorer_version"],
        "issued_at": now.isoformat(),
    }


def sign(payload: dict[str, Any]) -> dict[str, Any]:
    """Sign a receipt with the installation's key."""
    return sign_receipt(payload, _private_key()).as_dict()


def public_key() -> tuple[str, str]:
    """Return the installation's public key (PEM) and its fingerprint."""
    pem = public_key_of(_private_key())
    return pem.decode(), fingerprint(pem)


def _private_key() -> bytes:
    return secret_of(settings.CONFIG, "receipt.key", _new_private_key).encode()


def _new_private_key() -> str:
    return new_key()[0].decode()


def sign_deletion(facts: dict[str, Any]) -> dict[str, Any]:
    """Sign the record that a program was deleted, with the installation's key."""
    key = load_pem_private_key(_private_key(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the receipts' key is no Ed25519 key")
    message = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return {
        "format": "qiupu-deletion/1",
        "payload": facts,
        "signature": b64encode(key.sign(message)).decode(),
        "key": public_key()[1],
    }


def receipt_text(receipt: dict[str, Any]) -> str:
    """Return a receipt's file."""
    return json.dumps(receipt, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def verify(data: bytes, *, key: bytes | None = None, entry: bytes | None = None) -> ReceiptAnswer:
    """Check a receipt against this installation's key, or another one, and an entry's file where given.

    Raises
    ------
    FileError
        When it is no receipt or no key.
    """
    receipt = read_receipt(data)
    report = verify_receipt(
        receipt, key or public_key()[0].encode(), entry_sha256=None if entry is None else sha256(entry).hexdigest()
    )
    checks = tuple(
        ReceiptCheck(one.code, one.ok, translate(one.template, "zh-hans"), translate(one.template, "en"))
        for one in report.checks
        if one.ok is not None
    )
    return ReceiptAnswer(report.valid, checks, dict(receipt.payload), receipt.key)
