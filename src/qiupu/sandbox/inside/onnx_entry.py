"""Run an ONNX model over one table, inside the sandbox.

Called as ``onnx_entry.py MODEL INPUT_DIR OUTPUT THREADS``. ``INPUT_DIR`` holds ``features.npy`` (float32 ``[n, d]``) and
``keys.csv`` (the columns that identify the rows; they lead the output). Exit status: 65 the model cannot be loaded, 66 its
input is another, 67 its outputs do not fit, 68 it failed.

Outputs: ``[n]`` or ``[n, 1]`` becomes a column, ``[n, k]`` becomes ``p:<class>`` columns whose classes are the model's metadata
``classes`` (separated by commas), else 0 to k-1. The first plain column that has no name of the formats is called ``prediction``.
"""

import csv
import os
import sys
from typing import Any, NoReturn

import numpy as np

Array = np.ndarray[Any, Any]
BATCH = 65_536
NAMES = ("prediction", "score", "alarm", "mean")


def stop(status: int, words: str) -> NoReturn:
    """End with one of the statuses above."""
    print(words, file=sys.stderr, flush=True)
    os._exit(status)


def open_model(path: str, threads: int) -> Any:
    """Load the model with standard operators only."""
    import onnxruntime  # after the input is read, so that bad input is told quickly

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        stop(65, f"the model cannot be loaded: {error}")


def check_input(session: Any, features: Array) -> tuple[str, int | None]:
    """Return the input's name."""
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)" or len(inputs[0].shape) != 2:
        found = ", ".join(f"{item.name}: {item.type}{item.shape}" for item in inputs)
        stop(66, f"expected one input tensor(float)[n, d], found {found}")
    rows, columns = inputs[0].shape
    if isinstance(columns, int) and columns != features.shape[1]:
        stop(66, f"the model takes {columns} columns, the task has {features.shape[1]}")
    return inputs[0].name, rows if isinstance(rows, int) else None


def predict(session: Any, name: str, size: int | None, features: Array) -> list[Array]:
    """Return one array for each output, run in batches of the size that the model takes."""
    parts = []
    step = size or BATCH
    for first in range(0, len(features), step):
        piece = features[first : first + step]
        short = step - len(piece) if size else 0
        if short:
            piece = np.concatenate([piece, np.repeat(piece[-1:], short, axis=0)])
        answers = [np.asarray(answer) for answer in session.run(None, {name: piece})]
        if any(answer.ndim == 0 or len(answer) != len(piece) for answer in answers):
            stop(67, f"expected {len(piece)} rows, found {[answer.shape for answer in answers]}")
        parts.append([answer[: len(answer) - short] for answer in answers])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def columns_of(session: Any, answers: list[Array]) -> dict[str, Array]:
    """Return the output's columns by name."""
    known = session.get_modelmeta().custom_metadata_map
    columns: dict[str, Array] = {}
    unnamed = 0
    for output, answer in zip(session.get_outputs(), answers, strict=True):
        flat = answer.reshape(len(answer), -1)
        if flat.dtype == object and len(flat) and isinstance(flat[0, 0], dict):
            classes = sorted(flat[0, 0])
            flat = np.array([[row[0].get(key, np.nan) for key in classes] for row in flat])
        elif flat.shape[1] == 1:
            fits = output.name in NAMES or output.name.startswith(("q0.", "p:"))
            name = output.name if fits else ("prediction" if unnamed == 0 else output.name)
            unnamed += not fits
            columns[name] = flat[:, 0]
            continue
        else:
            classes = [word.strip() for word in known.get("classes", "").split(",") if word.strip()]
            classes = classes if len(classes) == flat.shape[1] else [str(place) for place in range(flat.shape[1])]
        columns.update({f"p:{key}": flat[:, place] for place, key in enumerate(classes)})
    return columns


def words_of(values: Array) -> list[str]:
    """Return the values as text that reads back to the same float."""
    if values.dtype.kind == "f":
        return [repr(float(value)) for value in values]
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values.tolist()]


def main() -> None:
    """Load, check, predict, write."""
    model, folder, output, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    features = np.load(os.path.join(folder, "features.npy"), allow_pickle=False)
    session = open_model(model, threads)
    name, size = check_input(session, features)
    try:
        answers = predict(session, name, size, features)
    except Exception as error:
        stop(68, f"the model failed: {error}")
    try:
        columns = {key: words_of(values) for key, values in columns_of(session, answers).items()}
    except Exception as error:
        stop(67, f"the outputs do not fit: {error}")
    with open(os.path.join(folder, "keys.csv"), newline="", encoding="utf-8") as stream:
        keys = list(csv.reader(stream))
    with open(output, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*keys[0], *columns])
        writer.writerows([*key, *values] for key, values in zip(keys[1:], zip(*columns.values(), strict=True), strict=True))


main()
