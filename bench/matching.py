"""Matching's speed: ranking both ways, 100,000 capabilities, all pairs, an event's allocation; and retrieval (``bench.retrieval``).

``python -m bench.matching [--shared DIR] [--only retrieval,speed,scale,event] [--needs N] [--cache DIR]``

Texts, vectors, fields, prices and regions of the speed figures are synthetic. Each time is given as it passed, with the
processor's time beside it: on a machine that does other things as well the first is the larger.
"""

from __future__ import annotations

import qiupu  # noqa: F401 - before numpy is loaded: it says how the threads of linear algebra wait

# isort: split
import argparse
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from bench import retrieval
from bench.figures import show as figure
from bench.retrieval import timed

from qiupu.matching import Capability, Index, Need, Ranking, Slots, allocate, schedule
from qiupu.text import BundledEmbedder


def synthetic(count: int, seed: int, prefix: str, size: int) -> tuple[list[str], list[str], np.ndarray]:
    """Return ids, texts (drawn from the dictionary's words, half Chinese) and vectors drawn at random: speeds only."""
    from qiupu.text.lexicon import _entries

    rng = np.random.default_rng(seed)
    known = sorted(word for word in _entries() if len(word) == 2 and word >= "\u3400")[::9]
    english = sorted({stem for word in known for sense in _entries()[word] for stem in sense.split() if stem.isalpha()})
    weight = [1 / np.arange(2, len(words) + 2) for words in (known, english)]
    drawn = [rng.choice(len(words), size=(count, 30), p=w / w.sum()) for words, w in zip((known, english), weight, strict=True)]
    texts = [
        "".join(known[one] for one in drawn[0][row]) if row % 2 else " ".join(english[one] for one in drawn[1][row])
        for row in range(count)
    ]
    vectors = np.empty((count, size), dtype=np.float16)
    for begin in range(0, count, 5000):
        block = rng.standard_normal((min(5000, count - begin), size), dtype=np.float32)
        vectors[begin : begin + 5000] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return [f"{prefix}{place:06}" for place in range(count)], texts, vectors


FIELDS = ("smart-city", "smart-manufacturing", "smart-tourism", "culture", "agriculture")


def offers(ids: Sequence[str], texts: Sequence[str]) -> list[Capability]:
    """Return capabilities with a structure that follows from their place in the list: the fit has to be computed for each pair."""
    return [
        Capability(
            name,
            "",
            text,
            fields=(FIELDS[place % 5],),
            price_low_cny=1e5 + place % 97 * 1e4,
            regions=("34", "32", "*")[place % 3 :],
        )
        for place, (name, text) in enumerate(zip(ids, texts, strict=True))
    ]


def wants(ids: Sequence[str], texts: Sequence[str]) -> list[Need]:
    """Return needs with a structure, in the same way."""
    return [
        Need(name, "", text, field=FIELDS[place % 5], budget_cny=3e5 + place % 7 * 1e5, regions=("3417",))
        for place, (name, text) in enumerate(zip(ids, texts, strict=True))
    ]


class Given:
    """An embedder whose vectors the benchmark hands over; it must never be asked itself."""

    name, spans, weights, centring = "synthetic", (384, 512), (1.0, 0.5), (0.8, 1.0)

    @property
    def for_sentences(self) -> Given:
        """The same."""
        return self

    def encode(self, texts: Sequence[str], kind: str) -> np.ndarray:
        """Return zeros."""
        return np.zeros((len(texts), 896), dtype=np.float32)


def speed() -> None:
    """200 needs and 5,000 capabilities, both ways, vectors given; then the time for real vectors."""
    print("\n200 needs x 5,000 capabilities (synthetic texts, vectors and structure)")
    size = sum(Given.spans)
    ids, texts, vectors = synthetic(5000, 1, "c", size)
    capabilities = offers(ids, texts)
    names, asked, asked_vectors = synthetic(200, 2, "n", size)
    needs = wants(names, asked)
    supply, demand = Index(embedder=Given()), Index(embedder=Given())
    with timed("words and terms of all texts"):
        supply.add(capabilities, vectors=vectors)
        demand.add(needs, vectors=asked_vectors)
    with timed("ranked both ways, top 20, nothing explained", 3):
        supply.rank(needs, top=20, explain=0, vectors=asked_vectors)
        demand.rank(capabilities, top=20, explain=0, vectors=vectors)
    embedder = BundledEmbedder()
    for model in embedder.name.split("+"):
        with timed(f"vectors of 100 of the texts by {model}"):
            BundledEmbedder((model,)).encode(texts[:100], "passage")


def milliseconds(label: str, limit: float, ask: Callable[[int], object], count: int) -> None:
    """Print the median and the 95th percentile of times in milliseconds."""
    times, processor = [], []
    for place in range(count):
        begin, begin_cpu = time.perf_counter(), time.process_time()
        ask(place)
        times.append((time.perf_counter() - begin) * 1000)
        processor.append((time.process_time() - begin_cpu) * 1000)
    late, late_cpu = float(np.quantile(times, 0.95)), float(np.quantile(processor, 0.95))
    shown = f"{late:.1f} ms (median {np.median(times):.1f}; {late_cpu:.1f} ms of processor)"
    figure(f"100,000 capabilities: {label}, p95", shown, f"< {limit:g} ms", late < limit)


def scale(needs_count: int) -> None:
    """100,000 capabilities: index, memory, one query, and all pairs."""
    print("\n100,000 capabilities (synthetic texts, vectors and structure)")
    ids, texts, vectors = synthetic(100_000, 3, "c", sum(Given.spans))
    capabilities = offers(ids, texts)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    index = Index(embedder=Given())
    with timed("index", 60):
        index.add(capabilities, vectors=vectors)
        index.build()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figure("100,000 capabilities: peak memory (before the index)", f"{peak:.0f} MB ({before:.0f})", "< 1500 MB", peak < 1500)
    names, asked, asked_vectors = synthetic(needs_count, 4, "n", sum(Given.spans))
    needs = wants(names, asked)
    embedder = BundledEmbedder()
    embedder.encode(["warm"], "query")

    def cached(place: int) -> object:
        return index.rank([needs[place]], top=20, explain=0, vectors=asked_vectors[place : place + 1])

    def cold(place: int) -> object:
        vectors = embedder.encode([needs[place].text[:60]], "query")
        return index.rank([needs[place]], top=20, explain=0, vectors=vectors)

    milliseconds("one query, vectors cached", 30, cached, 100)
    milliseconds("one query, cold (its text of 60 characters read by both models)", 100, cold, 50)
    with timed(f"{needs_count:,} x 100,000, top 20", 300 if needs_count == 10_000 else None):
        rankings: tuple[Ranking, ...] = index.rank(needs, top=20, explain=0, vectors=asked_vectors)
    assert len(rankings) == needs_count
    with timed("one capability changed, and the index ready again"):
        index.add([replace(capabilities[0], body="智能巡检 drone")], vectors=vectors[:1])
        index.build()


def event() -> None:
    """1,000 x 500 event: total utility, then fairness."""
    print("\nAn event of 1,000 needs and 500 suppliers, 500,000 pairs")
    rng = np.random.default_rng(0)
    table = rng.random((1000, 8)) @ rng.random((8, 500)) + rng.random((1000, 500))
    scores = [(f"n{row:04}", f"s{column:03}", float(table[row, column])) for row in range(1000) for column in range(500)]
    for is_fair in (False, True):
        with timed("event 1,000 x 500: fair" if is_fair else "event 1,000 x 500: total utility", None if is_fair else 10):
            answer = allocate(scores, need_min=1, need_max=4, supplier_max=6, fair=is_fair)
        print(f"  sum {answer.objective:.4f}, bound {answer.bound:.4f}, optimal {answer.optimal}")
        print(f"  worst-off {answer.worst_off:.4f}, price of fairness {answer.price_of_fairness}")
    with timed("event 1,000 x 500: total utility with a timetable of 12 slots and 250 tables"):
        slots = Slots(tuple(f"{place:02}" for place in range(1, 13)), tables=250)
        found = schedule(scores, slots=slots, need_min=1, need_max=4, supplier_max=6)
    print(f"  {len(found.meetings)} meetings, sum {found.allocation.objective:.4f}, optimal {found.allocation.optimal}")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder with data/retrieval")
    parser.add_argument("--only", default="retrieval,speed,scale,event")
    parser.add_argument("--needs", type=int, default=10_000, help="needs in the run over all pairs")
    parser.add_argument("--cache", type=Path, help="folder for vectors")
    args = parser.parse_args()
    chosen = args.only.split(",")
    if "retrieval" in chosen:
        retrieval.run(argparse.Namespace(shared=args.shared, cache=args.cache, only="xquad,heldout,demo"))
    if "speed" in chosen:
        speed()
    if "scale" in chosen:
        scale(args.needs)
    if "event" in chosen:
        event()


if __name__ == "__main__":
    main()
