"""``qiupu run``: run an entry in the sandbox and keep its predictions."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from qiupu.cli.output import Output
from qiupu.errors import N_, FileError
from qiupu.sandbox import WORDS, Limits, RunResult, open_sandbox
from qiupu.sandbox.inputs import spec_of

HELP = N_("run an entry (zip with predict.py, .py or ONNX) in the sandbox")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``qiupu run``."""
    base = Limits()
    parser.add_argument("entry", type=Path, help="the entry: .zip with predict.py, .py, or .onnx")
    parser.add_argument("input", type=Path, help="what it reads: a table, or for code also a folder")
    parser.add_argument("--out", type=Path, required=True, help="where the predictions go")
    parser.add_argument("--seconds", type=float, default=base.seconds, help="wall time (default %(default)s)")
    parser.add_argument("--memory-mb", type=int, default=base.memory_mb, help="memory (default %(default)s)")
    parser.add_argument("--disk-mb", type=int, default=base.disk_mb, help="temporary files (default %(default)s)")
    parser.add_argument("--output-mb", type=float, default=base.output_mb, help="predictions (default %(default)s)")
    parser.add_argument("--processes", type=int, default=base.processes, help="processes and threads (default %(default)s)")
    parser.add_argument("--runtime", type=Path, help="the runtime's folder (default: QIUPU_RUNTIME, else .venv-runtime)")


def run(args: argparse.Namespace, out: Output) -> int:
    """Run it; exit status 0 done, 2 the entry's fault, 3 the machine's."""
    limits = Limits(
        seconds=args.seconds,
        memory_mb=args.memory_mb,
        disk_mb=args.disk_mb,
        output_mb=args.output_mb,
        processes=args.processes,
    )
    spec = spec_of(args.entry, args.input, limits=limits)
    result = open_sandbox(args.runtime).run(spec)
    if result.output is not None:
        _keep(result.output, args.out)
    _answer(result, out)
    return {"done": 0, "platform-error": 3}.get(result.state, 2)


def _keep(output: bytes, path: Path) -> None:
    """Write beside and rename, so that a full disk leaves no half file."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(output)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise FileError(
            N_("The predictions cannot be written: {error}."), file=str(path), code="unwritable", error=error.strerror
        ) from error


def _answer(result: RunResult, out: Output) -> None:
    if result.state != "done":
        out.note(WORDS[result.code])
        tail = result.stderr.strip() or result.stdout.strip()
        if tail:
            print("\n".join(tail.splitlines()[-15:]), file=sys.stderr)
    document = {
        "state": result.state,
        "code": result.code,
        "tier": result.tier,
        "seconds": result.seconds,
        "peak_mb": result.peak_mb,
        "rows": result.rows,
    }
    if out.json:
        out.document(document)
    else:
        out.table(("state", "code", "tier", "seconds", "peak_mb", "rows"), [tuple(document.values())])
