"""A small trial for tests: 400 items, label = whether x is above one half, so that x itself answers all."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from tests import factories
from tests.factories import NOW

from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials import tasks, usecases
from qiupu_web.trials.models import Entry, Trial

DAY = timedelta(days=1)
SIZES = {"public": 80, "feedback": 120, "final": 200}


def truth_frame(sizes: dict[str, int] = SIZES) -> pl.DataFrame:
    """Items whose id tells nothing; x and y are drawn with a fixed seed."""
    parts = [part for part, n in sizes.items() for _ in range(n)]
    n = len(parts)
    rng = np.random.default_rng(2026)
    ids = [f"i{number:05d}" for number in rng.permutation(10_000)[:n]]
    x, y = rng.random(n).round(4).tolist(), rng.random(n).round(4).tolist()
    target = ["yes" if value > 0.5 else "no" for value in x]
    return pl.DataFrame({"id": ids, "target": target, "split": parts, "x": x, "y": y})


def truth_csv(frame: pl.DataFrame | None = None) -> bytes:
    frame = truth_frame() if frame is None else frame
    return frame.select("id", "target", "split").write_csv().encode()


def inputs_csv(frame: pl.DataFrame | None = None) -> bytes:
    """x is blurred so that no single input column gives the label away."""
    frame = truth_frame() if frame is None else frame
    # The health check calls a column that orders all labels a leak, so the signal is split over two columns.
    frame = frame.with_columns(a=(pl.col("x") + pl.col("y") * 2).round(4), b=(pl.col("y") * 2).round(4))
    return frame.select("id", "a", "b").write_csv().encode()


def predictions(wrong_every: int = 0, *, part: str = "hidden", frame: pl.DataFrame | None = None) -> bytes:
    """Right answers, every k-th one turned around."""
    frame = truth_frame() if frame is None else frame
    frame = frame.filter(pl.col("split") != "public" if part == "hidden" else pl.col("split") == "public")
    answers = frame["target"].to_list()
    if wrong_every:
        other = {"yes": "no", "no": "yes"}
        answers = [other[value] if i % wrong_every == 0 else value for i, value in enumerate(answers)]
    return pl.DataFrame({"id": frame["id"], "prediction": answers}).write_csv().encode()


PREDICT = """
import argparse, csv, pathlib
p = argparse.ArgumentParser(); p.add_argument("--input", type=pathlib.Path); p.add_argument("--output", type=pathlib.Path)
a = p.parse_args()
print("reading", a.input)
rows = list(csv.DictReader(open(a.input / "inputs.csv")))
with open(a.output, "w") as out:
    out.write("id,prediction\\n")
    for row in rows:
        x = float(row["a"]) - float(row["b"])
        out.write(row["id"] + "," + ("yes" if x > 0.5 else "no") + "\\n")
"""


def program(source: str = PREDICT) -> bytes:
    """A zip with predict.py."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("predict.py", source)
    return stream.getvalue()


class World:
    """Everybody who takes part in one trial."""

    def __init__(self, **scenario: Any) -> None:
        self.owner: Organisation = factories.organisation()
        self.owner_actor: Actor = factories.actor("owner", self.owner)
        self.steward = factories.actor("steward", factories.organisation(kind="office"))
        self.second = factories.actor("steward", factories.organisation(kind="unit"))
        self.auditor = factories.actor("auditor", factories.organisation(kind="unit"))
        self.office = factories.actor("office")
        self.supplier_org: Organisation = factories.organisation(kind="startup")
        self.supplier = factories.actor("supplier", self.supplier_org)
        self.scenario: Scenario = factories.scenario(
            self.owner, **{"metric": "accuracy", "bar": 0.8, "direction": "higher", **scenario}
        )

    def draft(self, **fields: Any) -> Trial:
        return usecases.draft_trial(
            **{
                "actor": self.owner_actor, "now": NOW, "scenario": self.scenario, "title_zh": "测试", "title_en": "A trial",
                "kind": "classification", "metric": "accuracy", "direction": "higher", "bar": 0.8, "quota": 3, **fields,
            }
        )  # fmt: skip

    def with_data(self, **fields: Any) -> Trial:
        trial = self.draft(**fields)
        usecases.add_data(
            actor=self.owner_actor,
            now=NOW,
            trial=trial,
            task={"metrics": ["accuracy", "macro_f1"]},
            truth=truth_csv(),
            inputs=inputs_csv(),
            data_card={"note_en": "made up", "note_zh": "虚构"},
            seed=7,
        )
        return trial

    def declare(self, trial: Trial) -> None:
        for actor in (self.steward, self.second, self.auditor, self.office):
            usecases.declare_interest(actor=actor, now=NOW, trial=trial, has_conflict=False)

    def sealed(self, **fields: Any) -> Trial:
        trial = self.with_data(**fields)
        self.declare(trial)
        usecases.approve_seal(actor=self.steward, now=NOW, trial=trial)
        usecases.approve_seal(actor=self.second, now=NOW, trial=trial)
        trial.refresh_from_db()
        return trial

    def open(self, **fields: Any) -> Trial:
        trial = self.sealed(**fields)
        return usecases.open_trial(actor=self.steward, now=NOW, trial=trial, closes_at=NOW + 3650 * DAY)

    def enter(self, trial: Trial, data: bytes | None = None, **fields: Any) -> Entry:
        return usecases.submit_entry(
            **{
                "actor": self.supplier, "now": NOW + DAY, "trial": trial, "organisation": self.supplier_org,
                "kind": "predictions", "data": predictions() if data is None else data, "name": "mine.csv", "name_en": "Mine",
                "accept_terms": True, **fields,
            }
        )  # fmt: skip

    def score(self, entry: Entry) -> Entry:
        tasks.score_entry.call(entry.pk)
        entry.refresh_from_db()
        return entry

    def decide(self, trial: Trial, now: datetime = NOW + 40 * DAY) -> Trial:
        """Close, unseal by two, decide."""
        usecases.close_trial(actor=self.steward, now=now, trial=trial)
        usecases.approve_unseal(actor=self.steward, now=now, trial=trial)
        usecases.approve_unseal(actor=self.auditor, now=now, trial=trial)
        tasks.decide_trial.call(trial.pk)
        trial.refresh_from_db()
        return trial

    def announced(self, trial: Trial, now: datetime = NOW + 41 * DAY) -> Trial:
        self.decide(trial)
        usecases.review_trial(actor=self.auditor, now=now, trial=trial)
        usecases.announce_trial(actor=self.office, now=now, trial=trial)
        return trial
