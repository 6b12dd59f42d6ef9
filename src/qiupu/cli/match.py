"""``qiupu match``: rank capabilities for each need, with every reason."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from pathlib import Path

from qiupu.cli.output import Output
from qiupu.errors import N_, MissingExtra
from qiupu.files import Table, read_table
from qiupu.matching import Exploration, Index, Ranking
from qiupu.matching.tables import TEXT_COLUMNS, capabilities_of, needs_of
from qiupu.text import Embedder, VectorCache, cached, load_embedder

HELP = N_("Rank capabilities for each need, and say why.")
EXPLAINED = 5000
"""Pairs that are explained sentence by sentence unless told otherwise."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "needs", metavar="NEEDS", help="csv, xlsx or jsonl with id and text (or title, body); - reads standard input"
    )
    parser.add_argument("capabilities", metavar="CAPABILITIES", help="the same for capabilities")
    parser.add_argument("--top", type=int, default=10, help="how many are listed for each need")
    parser.add_argument(
        "--explain", type=int, default=None, metavar="N", help="how many of them are explained sentence by sentence"
    )
    parser.add_argument("--reverse", action="store_true", help="rank needs for each capability")
    parser.add_argument("--explore", type=float, default=0.1, metavar="SHARE", help="share of places for newcomers, 0 to 0.5")
    parser.add_argument("--vectors", default="auto", help="auto, bundled, none, a model folder, or https://host/v1#model")
    parser.add_argument("--cache", type=Path, default=None, metavar="DIR", help="folder for vectors that were computed")
    parser.add_argument("--no-cache", action="store_true", help="keep no vectors")
    parser.add_argument("--seed", type=int, default=0)


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the command."""
    needs = needs_of(_table(args.needs))
    capabilities = capabilities_of(_table(args.capabilities))
    embedder = _embedder(args, out)
    asking, pool = (capabilities, needs) if args.reverse else (needs, capabilities)
    explain = args.explain
    if explain is None:
        explain = min(args.top, max(1, EXPLAINED // len(asking)))
        if explain < args.top:
            out.note(
                N_("The first {count} of each list are explained sentence by sentence; --explain asks for more."), count=explain
            )
    if embedder is not None:
        out.note(
            N_("Reading {count} texts by meaning; vectors that are in the cache are not computed again."),
            count=len(needs) + len(capabilities),
        )
    index = Index(pool, embedder=embedder)
    rankings = index.rank(asking, top=args.top, explain=explain, exploration=Exploration(share=args.explore), seed=args.seed)
    if out.json:
        out.document(_document(rankings, out.lang, args, embedder))
    else:
        _print(rankings, out, reverse=args.reverse)
    return 0


def _table(source: str) -> Table:
    if source != "-":
        return read_table(source, text_columns=TEXT_COLUMNS)
    data = sys.stdin.buffer.read()
    name = "stdin.jsonl" if data.lstrip()[:1] == b"{" else "stdin.csv"
    return read_table(data, name=name, text_columns=TEXT_COLUMNS)


def _embedder(args: argparse.Namespace, out: Output) -> Embedder | None:
    try:
        embedder = load_embedder("bundled" if args.vectors == "auto" else args.vectors, key=os.environ.get("QIUPU_VECTORS_KEY", ""))
    except MissingExtra as error:
        if args.vectors != "auto":
            raise
        out.note(N_("Ranked by words alone: {reason}"), reason=error.message(out.lang))
        return None
    if embedder is None or args.no_cache:
        return embedder
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    try:
        return cached(embedder, VectorCache(args.cache or home / "qiupu"))
    except (OSError, sqlite3.OperationalError):
        if args.cache is not None:
            raise
        return embedder  # a home that cannot be written to: slower, not wrong


def _document(rankings: tuple[Ranking, ...], lang: str, args: argparse.Namespace, embedder: Embedder | None) -> dict[str, object]:
    about, other = ("capability", "need") if args.reverse else ("need", "capability")
    results = [
        {
            about: ranking.about,
            "ranked": [
                {
                    other: getattr(match, other),
                    "score": match.score,
                    "points": match.points,
                    "newcomer": match.is_newcomer_slot,
                    "lacks": None if match.answers is None else list(match.lacks),
                    "reasons": match.reasons(lang),
                }
                for match in ranking.ranked
            ],
            "excluded": [
                {other: getattr(one, other), "feature": one.feature, "text": one.sentence(lang)} for one in ranking.excluded
            ],
            "notes": [{"code": note.code, "text": note.sentence(lang)} for note in ranking.notes],
        }
        for ranking in rankings
    ]
    return {"results": results, "vectors": None if embedder is None else embedder.name, "seed": args.seed, "top": args.top}


def _print(rankings: tuple[Ranking, ...], out: Output, *, reverse: bool) -> None:
    rows: list[tuple[object, ...]] = []
    for ranking in rankings:
        for place, match in enumerate(ranking.ranked, 1):
            other = match.need if reverse else match.capability
            best = max(match.contributions, key=lambda one: one.points).sentence(out.lang)
            found = "–" if match.answers is None else f"{len(match.answers) - len(match.lacks)}/{len(match.answers)}"
            rows.append((ranking.about, place, other, f"{match.score:.3f}", found, best))
        rows += [
            (ranking.about, "×", one.need if reverse else one.capability, "", "", one.sentence(out.lang))
            for one in ranking.excluded
        ]
    first, second = (N_("capability"), N_("need")) if reverse else (N_("need"), N_("capability"))
    out.table([first, "#", second, N_("score"), N_("answered"), N_("best reason")], rows)
    for ranking in rankings:
        for note in ranking.notes:
            print(f"{ranking.about}: {note.sentence(out.lang)}", file=sys.stderr)
