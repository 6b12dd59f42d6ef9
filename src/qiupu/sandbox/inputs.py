"""Turn an entry and an input table into a run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl

from qiupu.errors import N_, FileError, TableError
from qiupu.files import Table, read_table
from qiupu.sandbox.intake import entry_kind, take_code, take_model
from qiupu.sandbox.spec import Limits, RunSpec

KEY_COLUMNS = ("id", "series", "time", "query", "item")
"""Columns that identify a row; a model does not see them, and they lead its output."""


def model_inputs(table: Table) -> dict[str, bytes | Path]:
    """Return what the model's program reads: ``keys.csv`` and ``features.npy`` (float32 ``[n, d]``, columns in the table's order).

    Raises
    ------
    TableError
        When there is no key, no feature, or a feature that is not a number. An empty cell becomes NaN, which the model must handle.
    """
    frame = table.frame
    keys = [name for name in KEY_COLUMNS if name in frame.columns]
    features = [name for name in frame.columns if name not in KEY_COLUMNS]
    if not keys or not features or frame.height == 0:
        raise TableError(
            N_("A model needs a table with a column such as id, at least one column of numbers, and rows."),
            file=table.name,
            code="model-input",
        )
    for name in features:
        if not (frame.schema[name].is_numeric() or frame.schema[name] in (pl.Boolean, pl.Null)):
            raise TableError(
                N_("The column {name} is not a column of numbers."),
                cure=N_("A model takes numbers only; turn the column into numbers, or send code."),
                file=table.name,
                column=name,
                code="not-numeric",
                name=name,
            )
    array = frame.select(pl.col(features).cast(pl.Float32)).to_numpy()
    binary = io.BytesIO()
    np.save(binary, np.ascontiguousarray(array, dtype=np.float32), allow_pickle=False)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows(frame.select(pl.col(keys).cast(pl.String).fill_null("")).iter_rows())
    return {"features.npy": binary.getvalue(), "keys.csv": text.getvalue().encode()}


def files_of(path: Path) -> dict[str, bytes | Path]:
    """Return what code reads: one file under its own name, or every plain file of a folder by relative path.

    Raises
    ------
    FileError
        When there is nothing to read.
    """
    if path.is_file():
        return {path.name: path}
    # A link is followed by nobody: what it names was not meant to be given.
    found: dict[str, bytes | Path] = {
        str(item.relative_to(path)): item for item in sorted(path.rglob("*")) if item.is_file() and not item.is_symlink()
    }
    if not found:
        raise FileError(N_("There is no such file, or the folder is empty."), file=str(path), code="missing")
    return found


def spec_of(entry: Path, source: Path, *, limits: Limits) -> RunSpec:
    """Return the run of an entry (``.zip``, ``.py`` or ``.onnx``) over an input file or folder.

    Raises
    ------
    FileError
        When the entry is not one of these, or is refused by the intake.
    """
    kind = entry_kind(entry.name)
    if kind is None:
        raise FileError(
            N_("An entry of type {suffix} cannot be run."),
            cure=N_("Give a zip with predict.py, a single .py file, or an .onnx model."),
            file=entry.name,
            code="entry-type",
            suffix=entry.suffix or "?",
        )
    if kind == "code":
        return RunSpec("code", take_code(entry, name=entry.name), files_of(source), limits)
    table = read_table(source, text_columns=KEY_COLUMNS)
    return RunSpec("onnx", take_model(entry, name=entry.name), model_inputs(table), limits)
