"""Local weights as an optional second reader: a folder with an ONNX model that points at where an answer begins and ends (UIE).

The rules read first. What the model adds is kept only where it stands in the text, is long enough to be a name, and says
something that the rules left open; it is marked by a low confidence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from qiupu.agreements.dates import find_dates
from qiupu.agreements.folding import fold
from qiupu.agreements.organisations_zh import role_of as role_zh
from qiupu.agreements.press_en import role_of as role_en
from qiupu.agreements.reading import Dates, Party, Reading, Value
from qiupu.agreements.wordpieces import Pieces, Vocabulary
from qiupu.errors import N_, FileError, InputError, MissingExtra

CONFIDENCE = 0.55
"""The most that a value of a local model is trusted: no own bench has measured the weights that an office brings."""
LEAST = 0.5
PROMPTS = {
    "zh": {"party": "签约方", "signed": "签署日期"},
    "en": {"party": "contracting party", "signed": "date of signing"},
}


@dataclass(frozen=True)
class Tagged:
    """A passage that a model points at: half-open offsets and how sure it is, 0 to 1."""

    start: int
    end: int
    score: float


class Tagger(Protocol):
    """Something that finds the passages that answer a prompt."""

    def find(self, text: str, prompt: str) -> Sequence[Tagged]:
        """Return the passages of ``text`` that ``prompt`` asks for."""
        ...


def with_tagger(reading: Reading, tagger: Tagger) -> Reading:
    """Return the reading with the parties and the signing date that the tagger found and the rules did not."""
    prompts = PROMPTS[reading.language]
    parties = list(reading.parties)
    if len(parties) < 2:
        for one in tagger.find(reading.text, prompts["party"]):
            party = _party(reading, one)
            if party and not any(_known(party, other) for other in parties):
                parties.append(party)
    dates = reading.dates
    if dates.signed is None:
        dates = _dated(reading, tagger.find(reading.text, prompts["signed"]))
    return replace(reading, parties=tuple(sorted(parties, key=lambda party: party.start)), dates=dates)


def _party(reading: Reading, one: Tagged) -> Party | None:
    quote = reading.text[one.start : one.end]
    name = " ".join(quote.split())
    if len(name) < 2 or one.score < LEAST or quote != quote.strip():
        return None
    role = role_zh(name) if reading.language == "zh" else role_en(name)
    return Party(name=name, role=role, quote=quote, start=one.start, end=one.end, confidence=min(CONFIDENCE, round(one.score, 2)))


def _known(party: Party, other: Party) -> bool:
    overlapping = party.start < other.end and other.start < party.end
    return overlapping or party.name in (other.name, *other.aliases) or other.name in party.name


def _dated(reading: Reading, found: Sequence[Tagged]) -> Dates:
    for one in sorted(found, key=lambda tagged: -tagged.score):
        if one.score < LEAST:
            break
        dates = find_dates(fold(reading.text), max(0, one.start - 2), min(len(reading.text), one.end + 2))
        if dates:
            start, end = dates[0].start, dates[0].end
            value = Value(
                value=dates[0].value, quote=reading.text[start:end], start=start, end=end, confidence=min(CONFIDENCE, one.score)
            )
            return replace(reading.dates, signed=value)
    return reading.dates


@dataclass(frozen=True)
class PointerModel:
    """An ONNX model with ``start`` and ``end`` probabilities for every piece of "prompt, text"."""

    session: Any
    vocabulary: Vocabulary
    longest: int

    def find(self, text: str, prompt: str) -> Sequence[Tagged]:
        """Return the passages; a long text is read window by window, each overlapping the last by a quarter."""
        pieces = self.vocabulary.cut(text)
        asked = self.vocabulary.cut(prompt)
        room = self.longest - len(asked.ids) - 3
        found: dict[tuple[int, int], Tagged] = {}
        for first in range(0, max(1, len(pieces.ids)), max(1, room * 3 // 4)):
            for one in self._window(asked, pieces, first, min(len(pieces.ids), first + room)):
                found.setdefault((one.start, one.end), one)
        return sorted(found.values(), key=lambda one: one.start)

    def _window(self, asked: Pieces, pieces: Pieces, first: int, last: int) -> list[Tagged]:
        cls, sep = self.vocabulary.ids["[CLS]"], self.vocabulary.ids["[SEP]"]
        ids = np.array([[cls, *asked.ids, sep, *pieces.ids[first:last], sep]], dtype=np.int64)
        lead = len(asked.ids) + 2
        given = {
            "input_ids": ids,
            "token_type_ids": np.array([[0] * lead + [1] * (ids.shape[1] - lead)], dtype=np.int64),
            "position_ids": np.arange(ids.shape[1], dtype=np.int64)[None],
            "attention_mask": np.ones_like(ids),
        }
        wanted = [one.name for one in self.session.get_inputs()]
        begin, finish = self.session.run(None, {name: given[name] for name in wanted})[:2]
        begins, ends = (np.asarray(row).reshape(-1)[lead : lead + last - first] for row in (begin, finish))
        found = []
        for i in np.flatnonzero(begins >= LEAST):
            later = [int(j) for j in np.flatnonzero(ends >= LEAST) if j >= i]
            if later:
                a, b = pieces.places[first + int(i)][0], pieces.places[first + later[0]][1]
                found.append(Tagged(a, b, float(min(begins[i], ends[later[0]]))))
        return found


def load_tagger(folder: Path) -> Tagger:
    """Load weights: ``model.onnx``, ``vocab.txt`` (one piece a line) and, optionally, ``config.json`` with ``max_length``.

    Raises
    ------
    FileError
        When a file is missing or is not what it should be.
    MissingExtra
        When onnxruntime is not installed.
    InputError
        When the model asks for inputs that this reader does not give, as GLiNER's do.
    """
    model, words = folder / "model.onnx", folder / "vocab.txt"
    for path in (model, words):
        if not path.is_file():
            raise FileError(
                N_("The folder of weights holds no {name}."),
                cure=N_("Give a folder with model.onnx and vocab.txt, as UIE is exported, or read without it."),
                file=str(folder), code="weights", name=path.name,
            )  # fmt: skip
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtra.of("onnx", "qiupu read --weights") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        config = json.loads((folder / "config.json").read_text("utf-8")) if (folder / "config.json").is_file() else {}
        longest = int(config.get("max_length", 512))
        vocabulary = Vocabulary.of(words.read_text(encoding="utf-8"))
    except Exception as error:  # onnxruntime raises classes of its own that share no base
        raise FileError(
            N_("The weights cannot be loaded ({kind})."),
            cure=N_("Export the model again as ONNX, or read without it."),
            file=str(folder), code="weights", kind=type(error).__name__,
        ) from error  # fmt: skip
    unknown = sorted({one.name for one in session.get_inputs()} - {"input_ids", "token_type_ids", "position_ids", "attention_mask"})
    if unknown:
        raise InputError(
            N_("The model asks for {inputs}, which this reader does not give."),
            cure=N_("Use weights that point at beginning and end, as UIE's do, or read without it."),
            code="weights", inputs=", ".join(unknown),
        )  # fmt: skip
    return PointerModel(session, vocabulary, longest)
