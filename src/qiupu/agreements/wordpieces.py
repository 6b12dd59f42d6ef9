"""Cut a text into the pieces that a model of the BERT family knows, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from qiupu.errors import N_, InputError

WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+|[^\w\s]|_")
LONGEST = 100


@dataclass(frozen=True)
class Pieces:
    """The numbers of the pieces and their half-open offsets."""

    ids: tuple[int, ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Vocabulary:
    """The pieces by number; a piece inside a word begins with ``##``."""

    ids: Mapping[str, int]

    def __post_init__(self) -> None:
        missing = [piece for piece in ("[CLS]", "[SEP]", "[UNK]") if piece not in self.ids]
        if missing:
            raise InputError(
                N_("The vocabulary has no {pieces}."),
                cure=N_("Give the vocab.txt that belongs to the model."),
                code="weights",
                pieces=", ".join(missing),
            )

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """Read one piece a line."""
        return cls({line.strip(): i for i, line in enumerate(text.splitlines())})

    def cut(self, text: str) -> Pieces:
        """Return the pieces of a text, the longest known beginning first; an unknown word is one piece."""
        ids: list[int] = []
        places: list[tuple[int, int]] = []
        for match in WORD.finditer(text):
            word = match.group()
            lower = word.lower()
            for number, start, end in self._word(lower if len(lower) == len(word) else word, match.start()):
                ids.append(number)
                places.append((start, end))
        return Pieces(tuple(ids), tuple(places))

    def _word(self, word: str, place: int) -> list[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = []
        at = 0
        while at < len(word) <= LONGEST:
            stop = next((b for b in range(len(word), at, -1) if ("##" if at else "") + word[at:b] in self.ids), at)
            if stop == at:
                break
            found.append((self.ids[("##" if at else "") + word[at:stop]], place + at, place + stop))
            at = stop
        return found if found and at == len(word) else [(self.ids["[UNK]"], place, place + len(word))]
