"""Look through an ONNX model without running or fully parsing it: no external data, no custom operators.

A model is a protocol buffer. This reader walks its fields in plain Python, which has no memory to corrupt, and goes only into the
messages that matter. Field numbers are those of ``onnx.proto`` (ONNX 1.x, https://onnx.ai/onnx/repo-docs/IR.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qiupu.errors import N_, FileError

STANDARD_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
_DEEPEST = 48
_MOST_NODES = 1_000_000

# message -> {field number: what it is}; what is not named is skipped without being read.
_FIELDS: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 8: "opset", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute", 7: "domain"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "external", 14: "location"},
    "opset": {1: "domain"},
}


def check_onnx(data: bytes, *, name: str = "model.onnx") -> None:
    """Refuse a model that is none, that reads other files, or that needs operators beyond ONNX's own.

    Raises
    ------
    FileError
    """
    try:
        kinds = _walk(memoryview(data), "model", name, 0, [0])
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        raise _refused("onnx-damaged", N_("This is not an ONNX model, or it is damaged."), name) from error
    if "graph" not in kinds or "opset" not in kinds:
        raise _refused("onnx-damaged", N_("This is not an ONNX model, or it is damaged."), name)


def _refused(code: str, template: str, name: str, **params: Any) -> FileError:
    cure = N_("Export the model again: one file, standard operators (domains ai.onnx and ai.onnx.ml), one float32 input [n, d].")
    return FileError(template, cure=cure, file=name, code=code, **params)


def _walk(data: memoryview, message: str, name: str, depth: int, nodes: list[int]) -> set[str]:
    if depth > _DEEPEST:
        raise _refused("onnx-too-deep", N_("The model's graphs are nested too deeply."), name)
    seen: set[str] = set()
    for number, value in _fields(data):
        kind = _FIELDS[message].get(number)
        if kind is None:
            continue
        seen.add(kind)
        if kind in _LEAVES:
            _check_leaf(kind, value, name)
            continue
        nodes[0] += 1
        if nodes[0] > _MOST_NODES:
            raise _refused("onnx-too-large", N_("The model has too many nodes."), name)
        _walk(_bytes(value), kind, name, depth + 1, nodes)
    return seen


_LEAVES = ("external", "location", "domain", "function", "training")


def _check_leaf(kind: str, value: int | memoryview, name: str) -> None:
    if kind == "external" or (kind == "location" and value == 1):
        raise _refused("onnx-external", N_("The model keeps data in other files."), name)
    if kind == "domain":
        domain = _bytes(value).tobytes().decode("utf-8")
        if domain not in STANDARD_DOMAINS:
            raise _refused("onnx-custom", N_("The model uses operators of the domain {domain}."), name, domain=domain[:80])
    elif kind == "function":
        raise _refused("onnx-custom", N_("The model defines functions of its own."), name)
    elif kind == "training":
        raise _refused("onnx-custom", N_("The model carries a training graph."), name)


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number where a message should stand")  # noqa: TRY004  # one error for all damage
    return value


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of one message."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        kind = key & 7
        if key >> 3 == 0:
            raise ValueError("field number 0")
        if kind == 0:
            value, place = _varint(data, place)
            yield key >> 3, value
            continue
        if kind == 2:
            size, place = _varint(data, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"wire type {kind}")
        if place + size > len(data):
            raise ValueError("a field runs past the end")
        yield key >> 3, data[place : place + size]
        place += size


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
        if shift > 63:
            raise ValueError("a number without an end")
