"""Hidden labels: encrypted at rest, outside the database, with two keys that no backup holds.

The *feedback* key opens the feedback labels, withheld inputs and kept outputs while a trial is open or being closed.
The *final* key opens the final labels and the salts, and only after two different people have recorded their approval
to unseal. ``trials.usecases`` is the only importer. Nothing read here may reach a log, an error, an audit record or a page.

Whoever is root on the machine can read the keys: the threat model says so, and no software can change it.
"""

from __future__ import annotations

import base64
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from qiupu.errors import N_, Conflict, NotFound, PlatformError
from qiupu_web.base.blobs import write_whole
from qiupu_web.configuration import secret_of
from qiupu_web.trials.enums import TrialState
from qiupu_web.trials.models import Entry, SealApproval, TrialVersion

FEEDBACK = "feedback"
FINAL = "final"
INPUTS = "inputs"
SALTS = "salts"
KEY_OF = {FEEDBACK: FEEDBACK, INPUTS: FEEDBACK, FINAL: FINAL, SALTS: FINAL}
FEEDBACK_STATES = (TrialState.OPEN, TrialState.CLOSED)
APPROVALS_NEEDED = 2
KEPT = timedelta(days=1)
"""How long a spreadsheet waits for its columns to be named."""
_NONCE = 12


def stow(version: TrialVersion, part: str, data: bytes) -> None:
    """Encrypt a hidden part of a version that is not sealed yet.

    Raises
    ------
    Conflict
        When the version is sealed: what was sealed is never replaced.
    """
    if version.sealed_at is not None:
        raise Conflict(N_("This version is sealed; its data cannot be replaced."), code="sealed")
    _write(_place(version, part), KEY_OF[part], data)


def open_feedback(version: TrialVersion) -> bytes:
    """Return the feedback labels, while the trial is open or being closed."""
    return _open_for_feedback(version, FEEDBACK)


def open_inputs(version: TrialVersion) -> bytes:
    """Return withheld inputs, for runs in the sandbox only."""
    return _open_for_feedback(version, INPUTS)


def open_final(version: TrialVersion) -> bytes:
    """Return the final labels, after two different people approved it."""
    _require_unsealed(version)
    return _read(_place(version, FINAL), FINAL)


def read_for_sealing(version: TrialVersion, part: str) -> bytes:
    """Return hidden labels for their salted hashes, before the version is sealed."""
    if version.sealed_at is not None:
        raise Conflict(N_("This version is sealed; its data cannot be replaced."), code="sealed")
    return _read(_place(version, part), KEY_OF[part])


def open_salts(version: TrialVersion) -> bytes:
    """Return the salts of the label hashes, after two different people approved it."""
    _require_unsealed(version)
    return _read(_place(version, SALTS), FINAL)


def stow_output(entry: Entry, version: TrialVersion, attempt: int, data: bytes) -> None:
    """Keep the predictions of one attempt, so that the final split is scored on the same run."""
    _write(_output(entry, version, attempt), FEEDBACK, data)


def open_output(entry: Entry, version: TrialVersion, attempt: int) -> bytes:
    """Return the predictions of an attempt."""
    return _read(_output(entry, version, attempt), FEEDBACK)


def stow_memory(version: TrialVersion, root_id: int, data: bytes) -> None:
    """Keep what the Ladder remembers of a group of organisations; it is made from hidden labels."""
    _write(_folder(version) / "ladder" / f"{root_id}.bin", FEEDBACK, data)


def open_memory(version: TrialVersion, root_id: int) -> bytes:
    """Return what the Ladder remembers of a group of organisations."""
    return _read(_folder(version) / "ladder" / f"{root_id}.bin", FEEDBACK)


def stow_spreadsheet(token: str, name: str, data: bytes, *, now: datetime) -> None:
    """Keep an owner's spreadsheet until its columns are named; what is older than a day is swept out."""
    folder = Path(settings.HOME) / "vault" / "waiting"
    for old in folder.glob("*.bin"):
        if old.stat().st_mtime < (now - KEPT).timestamp():
            old.unlink(missing_ok=True)
    _write(folder / f"{token}.bin", FINAL, name.encode()[:200] + b"\0" + data)


def open_spreadsheet(token: str) -> tuple[str, bytes]:
    """Return a waiting spreadsheet's name and bytes."""
    path = Path(settings.HOME) / "vault" / "waiting" / f"{token}.bin"
    if not path.exists():
        raise NotFound(N_("There is no such file any more."), cure=N_("Upload it again."), code="spreadsheet")
    name, _, data = _read(path, FINAL).partition(b"\0")
    return name.decode(errors="replace"), data


def drop_spreadsheet(token: str) -> None:
    """Forget a waiting spreadsheet."""
    (Path(settings.HOME) / "vault" / "waiting" / f"{token}.bin").unlink(missing_ok=True)


def _open_for_feedback(version: TrialVersion, part: str) -> bytes:
    state = type(version.trial).objects.values_list("state", flat=True).get(pk=version.trial_id)
    if version.sealed_at is None or state not in FEEDBACK_STATES:
        raise Conflict(N_("The hidden data of this trial are closed in its present state."), code="vault-closed")
    return _read(_place(version, part), KEY_OF[part])


def _require_unsealed(version: TrialVersion) -> None:
    people = SealApproval.objects.filter(version=version, what="unseal").values_list("user_id", flat=True)
    if len(set(people)) < APPROVALS_NEEDED:
        raise Conflict(
            N_("The final data open only after two different people have approved it."),
            cure=N_("A second steward, the auditor or another unit has to approve the unsealing."),
            code="vault-sealed",
        )


def _folder(version: TrialVersion) -> Path:
    return Path(settings.HOME) / "vault" / f"{version.trial_id}-{version.trial.code}" / f"v{version.number}"


def _place(version: TrialVersion, part: str) -> Path:
    return _folder(version) / f"{part}.bin"


def _output(entry: Entry, version: TrialVersion, attempt: int) -> Path:
    return _folder(version) / "outputs" / f"{entry.pk}-{attempt}.bin"


def _cipher(which: str) -> AESGCM:
    key = secret_of(settings.CONFIG, f"vault-{which}.key", lambda: base64.b64encode(os.urandom(32)).decode())
    return AESGCM(base64.b64decode(key))


def _bound(path: Path) -> bytes:
    """Return what ties a ciphertext to its place, so that files cannot be exchanged: trial, version and part."""
    return "/".join(path.relative_to(Path(settings.HOME) / "vault").parts).encode()


def _write(path: Path, which: str, data: bytes) -> None:
    nonce = os.urandom(_NONCE)
    write_whole(path, nonce + _cipher(which).encrypt(nonce, data, _bound(path)))


def _read(path: Path, which: str) -> bytes:
    try:
        sealed = path.read_bytes()
    except FileNotFoundError as error:
        raise PlatformError(
            N_("The vault has lost a part of this trial."), cure=N_("Restore the vault from the backup."), code="vault-missing"
        ) from error
    try:
        return _cipher(which).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(path))
    except InvalidTag as error:
        raise PlatformError(
            N_("The vault's key does not fit, or a file of the vault was changed."),
            cure=N_("Put the keys of this installation back into the keys' folder."),
            code="vault-key",
        ) from error
