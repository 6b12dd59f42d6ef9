"""``qiupu read``: an agreement or a report of its signing to structure."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from qiupu.agreements import Endpoint, Reading, load_tagger, read, read_document, with_endpoint, with_tagger
from qiupu.cli.output import Output
from qiupu.errors import N_, FileError, InputError
from qiupu.wording import translate

HELP = N_("read an agreement or a report of its signing: parties, dates, fields, and who promised what")

WORDS = {
    "duty": N_("duty"), "hope": N_("hope"), "fact": N_("fact"), "government": N_("government"), "company": N_("company"),
    "university": N_("university"), "other": N_("other"), "signatory": N_("signatory"), "speaker": N_("speaker"),
    "attendee": N_("attendee"), "host": N_("host"), "reporter": N_("reporter"), "smart-city": N_("smart city"),
    "smart-manufacturing": N_("smart manufacturing"), "smart-tourism": N_("smart tourism"), "culture": N_("culture"),
    "agriculture": N_("agriculture"),
}  # fmt: skip
"""The words of the normal forms, for the table; JSON keeps the forms themselves."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("text", metavar="TEXT", help="txt, md, docx or pdf; - reads standard input")
    parser.add_argument("--lang", choices=("auto", "zh", "en"), default="auto", help="the text's language")
    parser.add_argument(
        "--part", type=int, metavar="N", help="which agreement to read where one text holds several, counted from 1"
    )
    parser.add_argument(
        "--endpoint",
        metavar="URL",
        help="an OpenAI-compatible endpoint that may add statements; kept only where the quote is found",
    )
    parser.add_argument(
        "--weights",
        metavar="FOLDER",
        type=Path,
        help="local weights (model.onnx and vocab.txt, as UIE is exported) that may fill in what the rules left open",
    )
    parser.add_argument("--model", default="", help="the endpoint's model")


def run(args: argparse.Namespace, out: Output) -> int:
    """Read and print."""
    if args.text == "-":
        data, name = sys.stdin.buffer.read(), ""
    else:
        path = Path(args.text)
        try:
            data, name = path.read_bytes(), path.name
        except OSError as error:
            raise FileError(
                N_("The file cannot be opened ({reason})."),
                cure=N_("Check its name and that you may read it."),
                file=args.text,
                code="unreadable",
                reason=error.strerror or type(error).__name__,
            ) from error
    reading = _read(read_document(data, name).text, args)
    if args.weights:
        reading = with_tagger(reading, load_tagger(args.weights))
    if args.endpoint:
        reading = with_endpoint(reading, Endpoint(args.endpoint, args.model, key=os.environ.get("QIUPU_ENDPOINT_KEY", "")))
    if out.json:
        out.document(reading.as_dict())
        return 0
    _show(reading, out)
    return 0


def _read(text: str, args: argparse.Namespace) -> Reading:
    """Read a text; say how to choose here where it holds several agreements."""
    try:
        return read(text, args.lang, args.part)
    except InputError as error:
        if error.code == "several-agreements":
            error.cure_template = N_("Read them one by one with --part NUMBER, or give each a file of its own.")
        raise


def _show(reading: Reading, out: Output) -> None:
    def word(form: str | None) -> str | None:
        return translate(WORDS.get(form, form), out.lang) if form else None

    dates = reading.dates
    out.table(
        [N_("party"), N_("role"), N_("also called")],
        [(party.name, word(party.role), "; ".join(party.aliases)) for party in reading.parties],
    )
    print()
    values = (
        (N_("signed"), dates.signed), (N_("reported"), dates.reported), (N_("effective"), dates.effective),
        (N_("expires"), dates.expires),
        (N_("governing law"), reading.governing_law), (N_("duration"), reading.duration),
    )  # fmt: skip
    out.table([N_("what"), N_("value")], [(translate(what, out.lang), value.value if value else None) for what, value in values])
    print()
    out.table(
        [N_("person"), N_("for"), N_("title"), N_("part")],
        [(person.name, person.organisation, person.title, word(person.part)) for person in reading.people],
    )
    print()
    out.table(
        [N_("strength"), N_("who owes"), N_("field"), N_("due"), N_("said by"), N_("quote")],
        [(word(one.strength), one.debtor, word(one.field), one.due, one.speaker, one.quote) for one in reading.statements],
    )
