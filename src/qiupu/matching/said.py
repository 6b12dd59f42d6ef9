"""Why each match of a list has its points: kept as short arrays for the whole list, put into words when somebody reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qiupu.errors import N_
from qiupu.matching.dense import Matrix
from qiupu.matching.fit import SENTENCES
from qiupu.matching.items import FEATURES
from qiupu.matching.results import Share

MEANING = N_("The texts are close in meaning.")
WORDS = N_("The texts share words.")
LANGUAGE = N_("Each language's best texts are set level.")
RECORD = N_("Trials and accepted projects stand behind it.")
NEWCOMER = N_("It is shown in a place kept for newcomers.")
_SAID = [(name, (SENTENCES[name, False], SENTENCES[name, True])) for name in FEATURES]


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of the points of the listed items, in their order; ``None`` where nothing is known of any."""

    meaning: Matrix | None
    words: Matrix
    language: Matrix
    states: Matrix | None
    structure: Matrix | None
    record: Matrix | None
    lifted: frozenset[int]

    def shares(self, number: int) -> tuple[Share, ...]:
        """Return what each feature gives the item at one place of the list."""
        found: list[Share] = []
        if self.meaning is not None:
            found.append(("meaning", float(self.meaning[number]), MEANING))
        found.append(("words", float(self.words[number]), WORDS))
        if self.language[number]:
            found.append(("language", float(self.language[number]), LANGUAGE))
        if self.states is not None and self.structure is not None:
            for place in np.flatnonzero(self.states[:, number]).tolist():
                name, sentences = _SAID[place]
                is_met = bool(self.states[place, number] > 0)
                found.append((name, float(self.structure[place, number]), sentences[is_met]))
        if self.record is not None and self.record[number]:
            found.append(("record", float(self.record[number]), RECORD))
        if number in self.lifted:
            found.append(("newcomer", 0.0, NEWCOMER))
        return tuple(found)
