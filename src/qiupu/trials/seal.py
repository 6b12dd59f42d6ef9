"""The seal: one record, with one hash, of everything that may not change once entries come in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from qiupu import __version__
from qiupu.errors import N_, InputError
from qiupu.trials.receipt import canonical, salted_hash
from qiupu.trials.splits import PARTS, Split
from qiupu.trials.task import Task
from qiupu.trials.truth import Truth

FORMAT = "qiupu-seal/1"
LEAST_SALT = 16
TIE_RULE = "entries not separated by paired resampling at 95% share a group"


@dataclass(frozen=True)
class SealManifest:
    """What was sealed. Hashes of hidden things are salted; the salt itself is not in it."""

    task: dict[str, object]
    task_sha256: str
    truth_hash: str
    split_hashes: dict[str, str]
    split_counts: dict[str, int]
    inputs: dict[str, str]
    bar: float
    level: float
    quota: int
    seed: int
    scorer_version: str
    tie_rule: str
    rules: dict[str, object]

    def as_dict(self) -> dict[str, object]:
        """For programs and for the trial's page."""
        return {
            "format": FORMAT,
            "task": self.task,
            "task_sha256": self.task_sha256,
            "truth_hash": self.truth_hash,
            "split_hashes": self.split_hashes,
            "split_counts": self.split_counts,
            "inputs": self.inputs,
            "bar": self.bar,
            "level": self.level,
            "quota": self.quota,
            "seed": self.seed,
            "scorer_version": self.scorer_version,
            "tie_rule": self.tie_rule,
            "rules": self.rules,
        }

    @property
    def sha256(self) -> str:
        """The hash that names the seal."""
        return hashlib.sha256(canonical(self.as_dict())).hexdigest()


def task_sha256(task: Task) -> str:
    """Return the hash of what a task says, however its file is laid out."""
    return hashlib.sha256(canonical(task.as_dict())).hexdigest()


def seal_manifest(
    task: Task,
    truth: Truth,
    parts: Split,
    *,
    salt: str,
    bar: float,
    quota: int,
    seed: int,
    level: float = 0.95,
    inputs: dict[str, str] | None = None,
    rules: dict[str, object] | None = None,
) -> SealManifest:
    """Return the record of a trial's seal.

    Parameters
    ----------
    salt : str
        At least 32 hexadecimal digits from a good source, kept in the vault.
    bar, quota, seed, level
        What decides: fixed before the first entry.
    inputs : dict, optional
        Name and sha256 of each file that entries read.
    rules : dict, optional
        Terms, dates, released or withheld inputs: whatever JSON else must stay.

    Raises
    ------
    InputError
        When the salt is too short, or the split speaks of other items than the truth.
    """
    try:
        is_long = len(bytes.fromhex(salt)) >= LEAST_SALT
    except ValueError:
        is_long = False
    if not is_long:
        raise InputError(
            N_("The salt is too short."), cure=N_("Draw at least {least} random bytes."), code="salt", least=LEAST_SALT
        )
    units = {unit for part in PARTS for unit in parts.units(part)}
    if units != set(truth.units):
        raise InputError(N_("The split and the truth speak of different items."), cure=N_("Split this truth."), code="split")
    return SealManifest(
        task=task.as_dict(),
        task_sha256=task_sha256(task),
        truth_hash=salted_hash(truth.sha256, salt),
        split_hashes={part: _units_hash(parts.units(part), salt) for part in PARTS},
        split_counts={part: len(parts.units(part)) for part in PARTS},
        inputs=dict(inputs or {}),
        bar=float(bar),
        level=level,
        quota=quota,
        seed=seed,
        scorer_version=__version__,
        tie_rule=TIE_RULE,
        rules=dict(rules or {}),
    )


def _units_hash(units: tuple[str, ...], salt: str) -> str:
    return salted_hash(hashlib.sha256(canonical(sorted(units))).hexdigest(), salt)
