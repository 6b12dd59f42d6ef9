"""Receipts and seals."""

import copy
import json

import pytest

from qiupu.errors import FileError, InputError
from qiupu.trials import (
    load_task,
    load_truth,
    new_key,
    public_key_of,
    read_receipt,
    salted_hash,
    seal_manifest,
    sign_receipt,
    split,
    task_sha256,
    verify_receipt,
)

SALT = "ab" * 16
PAYLOAD = {
    "trial": "leaf-1",
    "entry_sha256": "e" * 64,
    "truth_hash": salted_hash("a" * 64, SALT),
    "task_sha256": "f" * 64,
    "metric": "accuracy",
    "value": 0.93,
    "seed": 7,
    "version": "0.1.0",
    "title": "叶病",
}


@pytest.fixture(scope="module")
def key():
    return new_key()


def test_a_receipt_goes_out_and_stands(key):
    private, public = key
    receipt = read_receipt(sign_receipt(PAYLOAD, private).as_json().encode())
    report = verify_receipt(receipt, public, entry_sha256="e" * 64, truth_sha256="a" * 64, salt=SALT)
    assert report.valid
    assert {check.code: check.ok for check in report.checks} == {"signature": True, "entry": True, "task": None, "truth": True}
    assert public_key_of(private) == public


@pytest.mark.parametrize("name", sorted(PAYLOAD))
def test_any_change_breaks_it(key, name):
    private, public = key
    document = sign_receipt(PAYLOAD, private).as_dict()
    changed = copy.deepcopy(document)
    changed["payload"][name] = 0.94 if name == "value" else 8 if name == "seed" else "other"
    assert not verify_receipt(read_receipt(json.dumps(changed).encode()), public).valid
    del changed["payload"][name]
    assert not verify_receipt(read_receipt(json.dumps(changed).encode()), public).valid


def test_another_key_another_file_or_another_salt_break_it(key):
    private, public = key
    receipt = sign_receipt(PAYLOAD, private)
    assert not verify_receipt(receipt, new_key()[1]).valid
    assert not verify_receipt(receipt, public, entry_sha256="0" * 64).valid
    assert not verify_receipt(receipt, public, truth_sha256="a" * 64).valid
    assert not verify_receipt(receipt, public, truth_sha256="a" * 64, salt="cd" * 16).valid


def test_the_same_record_has_the_same_signature(key):
    assert sign_receipt(PAYLOAD, key[0]) == sign_receipt(dict(reversed(PAYLOAD.items())), key[0])


def test_what_is_no_receipt_or_key_is_said(key):
    for data in (b"", b"[]", b"{}", b"\xff", json.dumps({"format": "qiupu-receipt/1", "payload": {}}).encode()):
        with pytest.raises(FileError, match="no receipt"):
            read_receipt(data)
    with pytest.raises(FileError, match="key"):
        verify_receipt(sign_receipt(PAYLOAD, key[0]), b"no key")
    with pytest.raises(InputError, match="entry_sha256"):
        sign_receipt({"trial": "x"}, key[0])
    with pytest.raises(InputError, match="JSON"):
        sign_receipt(PAYLOAD | {"value": float("nan")}, key[0])


def test_a_salted_hash_cannot_be_tried_out_without_the_salt():
    assert salted_hash("a" * 64, None) == "a" * 64
    assert salted_hash("a" * 64, SALT) != salted_hash("a" * 64, "cd" * 16)


@pytest.fixture
def sealed(as_table, as_csv):
    task = load_task({"id": "c", "kind": "classification", "metrics": ["accuracy"]})
    frame = {"id": [f"i{k}" for k in range(40)], "target": ["ab"[k % 2] for k in range(40)]}
    truth = load_truth(task, as_table(as_csv(frame)))
    return task, truth, split(task, truth, seed=1)


def test_a_seal_fixes_everything(sealed):
    task, truth, parts = sealed
    manifest = seal_manifest(task, truth, parts, salt=SALT, bar=0.9, quota=10, seed=3, inputs={"x.csv": "1" * 64})
    again = seal_manifest(task, truth, parts, salt=SALT, bar=0.9, quota=10, seed=3, inputs={"x.csv": "1" * 64})
    assert manifest.sha256 == again.sha256
    text = json.dumps(manifest.as_dict())
    assert SALT not in text
    assert truth.sha256 not in text
    assert not any(f'"{unit}"' in text for unit in truth.units)
    for change in ({"bar": 0.91}, {"quota": 11}, {"seed": 4}, {"level": 0.9}, {"salt": "cd" * 16}, {"inputs": {}}):
        options = {"salt": SALT, "bar": 0.9, "quota": 10, "seed": 3, "inputs": {"x.csv": "1" * 64}} | change
        assert seal_manifest(task, truth, parts, **options).sha256 != manifest.sha256
    assert manifest.task_sha256 == task_sha256(task)


def test_a_seal_refuses_a_weak_salt_and_a_foreign_split(sealed):
    task, truth, parts = sealed
    for salt in ("", "abcd", "zz" * 16):
        with pytest.raises(InputError, match="salt"):
            seal_manifest(task, truth, parts, salt=salt, bar=0.9, quota=10, seed=3)
    with pytest.raises(InputError, match="different items"):
        seal_manifest(task, truth.keep(truth.units[:30]), parts, salt=SALT, bar=0.9, quota=10, seed=3)
