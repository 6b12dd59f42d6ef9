"""Find the command, run it, and turn errors into a sentence and an exit status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points

from qiupu import __version__
from qiupu.cli.output import Output
from qiupu.errors import N_, QiupuError
from qiupu.wording import language_of_terminal, translate

ENGINE_COMMANDS = {
    "read": "qiupu.cli.read",
    "match": "qiupu.cli.match",
    "allocate": "qiupu.cli.allocate",
    "check": "qiupu.cli.check",
    "score": "qiupu.cli.score",
    "board": "qiupu.cli.board",
    "decide": "qiupu.cli.decide",
    "run": "qiupu.cli.run",
    "receipt": "qiupu.cli.receipt",
}
"""The engines' commands; others come by the entry point ``qiupu.commands`` (name = module)."""


def commands() -> dict[str, str]:
    """Return every command's name and the module that holds it."""
    found = dict(ENGINE_COMMANDS)
    for point in entry_points(group="qiupu.commands"):
        found.setdefault(point.name, point.value)
    return found


def build_parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """Build the parser; only the chosen command's module is imported."""
    parser = argparse.ArgumentParser(prog="qiupu", description="From a signed agreement to proven projects.")
    parser.add_argument("--version", action="version", version=f"qiupu {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module_name in commands().items():
        if chosen is not None and name != chosen:
            subparsers.add_parser(name, add_help=False)
            continue
        module = importlib.import_module(module_name)
        words = translate(module.HELP, language_of_terminal())
        sub = subparsers.add_parser(name, help=words, description=words)
        module.add_arguments(sub)
        if not getattr(module, "PLAIN", False):
            sub.add_argument("--json", action="store_true", help="print one JSON document to standard output")
        sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 the answer is no, 2 bad input, 3 a fault of ours."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen = words[0] if words and words[0] in commands() else None
    lang = language_of_terminal()
    try:
        args = build_parser(chosen).parse_args(words)
        out = Output(json=getattr(args, "json", False), lang=lang)
        return int(args.run(args, out) or 0)
    except QiupuError as error:
        print(f"qiupu: {error.message(lang)}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(translate(N_("qiupu: stopped"), lang), file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("QIUPU_DEBUG"):
            raise
        text = translate(
            N_("qiupu: a fault of ours ({kind}: {error}). Set QIUPU_DEBUG=1 to see where, and please report it."), lang
        )
        print(text.format(kind=type(error).__name__, error=error), file=sys.stderr)
        return 3
