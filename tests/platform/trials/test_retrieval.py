"""A trial of a search, from the owner's spreadsheet to the verdicts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests import factories
from tests.factories import NOW
from tests.trials_world import DAY, World

from qiupu.errors import TableError
from qiupu_web.trials import bridge, usecases
from qiupu_web.trials.models import Decision, Score, Trial

pytestmark = pytest.mark.django_db
QUERIES, CANDIDATES = 300, 5
MAPPING = bridge.Mapping("retrieval", "fits", query="question", item="answer")


def sheet() -> pl.DataFrame:
    """300 questions with five candidates each, one of which fits; its text says nothing of that."""
    rng = np.random.default_rng(3)
    rows = []
    for number in rng.permutation(90_000)[:QUERIES]:
        fitting = int(rng.integers(CANDIDATES))
        rows += [
            {
                "question": f"q{number:05d}",
                "answer": f"d{number:05d}-{letter}",
                "fits": int(k == fitting),
                "words": f"text {rng.integers(999)}",
            }
            for k, letter in enumerate("abcde")
        ]
    return pl.DataFrame(rows)


def opened(world: World) -> Trial:
    table = sheet()
    token = usecases.keep_spreadsheet(
        actor=world.owner_actor, now=NOW, scenario=world.scenario, data=table.write_csv().encode(), name="questions.csv"
    )
    question = {"title_zh": "检索", "title_en": "Search", "metric": "mrr", "direction": "higher", "bar": 0.7, "quota": 3}
    trial = usecases.open_from_spreadsheet(
        actor=world.owner_actor, now=NOW, token=token, mapping=MAPPING, question=question, metrics=["mrr"]
    )
    world.declare(trial)
    for steward in (world.steward, world.second):
        usecases.approve_seal(actor=steward, now=NOW, trial=trial)
    return usecases.open_trial(actor=world.steward, now=NOW, trial=trial, closes_at=NOW + 365 * DAY)


def answers(hidden: bytes, *, right: bool) -> bytes:
    """All candidates of the hidden questions, the fitting one first or drawn at random."""
    asked = pl.read_csv(hidden).select("query", "item")
    known = sheet().select(query="question", item="answer", fits="fits")
    rng = np.random.default_rng(9)
    noise = rng.random(asked.height)
    frame = asked.join(known, on=["query", "item"], how="left", maintain_order="left")
    score = frame["fits"].to_numpy() + 0.5 * noise if right else noise
    return frame.select("query", "item").with_columns(score=pl.Series(score)).write_csv().encode()


def test_a_search_from_the_spreadsheet_to_the_verdicts() -> None:
    world = World()
    trial = opened(world)
    version = trial.versions.get()
    # The usual shares, counted in questions: a fifth public, three tenths feedback, half final.
    assert version.n_public + version.n_feedback + version.n_final == QUERIES
    hidden = bridge.stored(version.hidden_inputs_id)
    assert pl.read_csv(hidden).columns == ["query", "item", "words"]  # candidates and their texts, not what fits
    assert pl.read_csv(hidden).height == CANDIDATES * (version.n_feedback + version.n_final)
    other = factories.organisation()
    good = world.score(world.enter(trial, answers(hidden, right=True)))
    weak = world.score(
        world.enter(trial, answers(hidden, right=False), actor=factories.actor("supplier", other), organisation=other)
    )
    assert (good.state, weak.state) == ("scored", "scored")
    assert Score.objects.get(entry=good, split="feedback").value == 1.0
    world.announced(trial)
    verdicts = {one.entry_id: one for one in Decision.objects.all()}
    assert (verdicts[good.pk].verdict, verdicts[good.pk].value) == ("pass", 1.0)
    # One of five at random: (1 + 1/2 + 1/3 + 1/4 + 1/5) / 5 = 0.457, far below 0.7.
    assert verdicts[weak.pk].verdict == "fail"
    assert verdicts[weak.pk].value == pytest.approx(0.457, abs=0.08)
    assert (verdicts[good.pk].n, verdicts[good.pk].method) == (version.n_final, "betting")


def test_a_sheet_of_nothing_but_answers_is_refused() -> None:
    with pytest.raises(TableError, match="Every row is relevant"):
        bridge.arrange(sheet().filter(pl.col("fits") == 1).write_csv().encode(), "questions.csv", MAPPING)
