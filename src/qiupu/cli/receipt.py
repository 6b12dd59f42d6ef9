"""``qiupu receipt verify RECEIPT --key FILE``: exit 0 when the receipt stands."""

from __future__ import annotations

import argparse
from pathlib import Path

from qiupu.cli.output import Output
from qiupu.errors import N_, FileError
from qiupu.files import sha256_of
from qiupu.trials import load_task, read_receipt, task_sha256, verify_receipt
from qiupu.wording import translate

HELP = N_("verify the signed record of a score, offline")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("verb", choices=("verify",))
    parser.add_argument("receipt", help="the .json file")
    parser.add_argument("--key", required=True, help="the site's public key (PEM), got from the site, not from the receipt")
    parser.add_argument("--truth", help="the truth file, to compare")
    parser.add_argument("--entry", help="the entry file, to compare")
    parser.add_argument("--task", help="the task file, to compare")
    parser.add_argument("--salt", help="the salt of the truth's hash, once published (hexadecimal)")


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the command."""
    receipt = read_receipt(_bytes(args.receipt), name=args.receipt)
    found = verify_receipt(
        receipt,
        _bytes(args.key),
        truth_sha256=sha256_of(_bytes(args.truth)) if args.truth else None,
        entry_sha256=sha256_of(_bytes(args.entry)) if args.entry else None,
        task_sha256=task_sha256(load_task(Path(args.task))) if args.task else None,
        salt=args.salt,
    )
    if out.json:
        out.document(found.as_dict(out.lang) | {"payload": dict(receipt.payload)})
    else:
        marks = {True: N_("yes"), False: N_("NO"), None: N_("not compared")}
        for check in found.checks:
            out.line("{mark}  {text}", mark=_said(marks[check.ok], out), text=check.as_dict(out.lang)["text"])
        out.line(N_("The receipt stands.") if found.valid else N_("The receipt does not stand."))
    return 0 if found.valid else 1


def _said(template: str, out: Output) -> str:
    return translate(template, out.lang)


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise FileError(
            N_("The file cannot be opened: {reason}."),
            cure=N_("Check the path and its permissions."),
            file=path,
            code="unreadable",
            reason=error.strerror or "?",
        ) from error
