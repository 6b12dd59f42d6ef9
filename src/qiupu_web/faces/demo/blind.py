"""The city's blind trials: drafted, sealed by two people, entered, scored by the worker, decided, concluded."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
from django.utils import timezone

from qiupu.errors import SandboxUnavailable
from qiupu_web.faces.demo.city import City, Say
from qiupu_web.faces.demo.sources import TrialSource, trials
from qiupu_web.parties.actors import Actor
from qiupu_web.trials import usecases
from qiupu_web.trials.enums import NextStep
from qiupu_web.trials.models import Decision, Trial

CARD = (
    "package",
    "dataset",
    "source_zh",
    "source_en",
    "licence_zh",
    "licence_en",
    "changes_zh",
    "changes_en",
    "note_zh",
    "note_en",
)
REFERENCE = "exchange-office"
"""The organisation whose entries are naive rules, not offers."""


@dataclass(frozen=True)
class Built:
    """A trial and the data that its entries are made from."""

    source: TrialSource
    trial: Trial
    data: dict[str, Any]

    @property
    def stays_open(self) -> bool:
        """Whether a newcomer can still enter it."""
        return bool(self.source.about.get("stays_open"))


def sealed(city: City, say: Say) -> list[Built]:
    """Draft the trials, give them their data, and let two stewards seal them."""
    first, second = city.actors("steward")[:2]
    found = []
    for source in trials():
        say(source.about["title_zh"])
        data = source.make.build()
        scenario = city.scenarios[source.about["scenario"]]
        about, bar = source.about, source.about["bar"]
        trial = usecases.draft_trial(
            actor=first,
            now=city.clock.tick(),
            scenario=scenario,
            code=source.code,
            title_zh=about["title_zh"],
            title_en=about["title_en"],
            kind=about["task"]["kind"],
            metric=about["task"]["primary"],
            direction=bar["direction"],
            bar=float(bar["value"]),
            bar_rule_zh=bar["rule_zh"],
            bar_rule_en=bar["rule_en"],
            quota=10,
            input_mode=about.get("inputs_mode", "released"),
            is_demo=True,
        )
        _give_data(trial, first, city, data)
        for steward in (first, second):
            usecases.declare_interest(actor=steward, now=city.clock.tick(), trial=trial, has_conflict=False)
            usecases.approve_seal(actor=steward, now=city.clock.tick(), trial=trial)
        found.append(Built(source, trial, data))
    return found


def _give_data(trial: Trial, actor: Actor, city: City, data: dict[str, Any]) -> None:
    keys = [name for name in data["split"].columns if name != "split"]
    truth = data["truth"].join(data["split"], on=keys, how="left", maintain_order="left")
    tables = data["tables"]
    name = next(one for one in tables["hidden"] if one != "history.csv")
    shown = data["public_sample"].select(tables["hidden"][name].columns)
    inputs = pl.concat([shown, tables["hidden"][name]])
    usecases.add_data(
        actor=actor,
        now=city.clock.tick(),
        trial=trial,
        task=data["task"],
        truth=_csv(truth),
        inputs=_csv(inputs),
        history=_csv(data["history"]) if data.get("history") is not None else None,
        data_card={name: data["card"].get(name, "") for name in CARD},
        seed=int(data.get("seed", 0)),
        columns=tuple(data["trial"].get("inputs", {}).get("columns", ())),
    )


def _csv(frame: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    frame.write_csv(stream)
    return stream.getvalue()


def entered(city: City, built: list[Built], say: Say) -> list[str]:
    """Open the trials and send their entries; return what could not be sent, and why."""
    steward = city.actors("steward")[0]
    refused = []
    city.clock.jump(timezone.now() - timedelta(days=20))
    for one in built:
        days = 45 if one.stays_open else 1
        usecases.open_trial(actor=steward, now=city.clock.tick(), trial=one.trial, closes_at=timezone.now() + timedelta(days=days))
    city.clock.jump(timezone.now())
    for one in built:
        say(one.source.about["title_zh"])
        for entry in one.source.make.entries(one.data):
            try:
                _enter(city, one.trial, entry)
            except SandboxUnavailable as error:
                refused.append(f"{one.trial.code}/{entry['name']}: {error.message()}")
    return refused


def _enter(city: City, trial: Trial, entry: dict[str, Any]) -> None:
    is_baseline = bool(entry["is_naive"])
    supplier = city.organisations[entry["supplier"]]
    actor = city.actor("office") if entry["supplier"] == REFERENCE else city.speaker_for(entry["supplier"])
    data, name = _artifact(entry)
    usecases.submit_entry(
        actor=actor,
        now=city.clock.jump(timezone.now()),
        trial=trial,
        organisation=supplier,
        kind=entry["kind"],
        data=data,
        name=name,
        name_zh=entry["title_zh"],
        name_en=entry["title_en"],
        capability=city.capabilities.get(entry.get("capability", "")),
        accept_terms=True,
        is_baseline=is_baseline,
    )


def _artifact(entry: dict[str, Any]) -> tuple[bytes, str]:
    if entry["kind"] == "predictions":
        return _csv(entry["frame"]), f"{entry['name']}.csv"
    if entry["kind"] == "onnx":
        return entry["model"], f"{entry['name']}.onnx"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(entry["files"].items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return stream.getvalue(), f"{entry['name']}.zip"


def unsealed(city: City, built: list[Built]) -> None:
    """Close the trials, but for the one that stays open, and let two stewards open the final labels, which queues the decisions."""
    first, second = city.actors("steward")[:2]
    for one in built:
        if one.stays_open:
            continue
        one.trial.refresh_from_db()
        usecases.close_trial(actor=first, now=city.clock.jump(timezone.now()), trial=one.trial)
        for steward in (first, second):
            usecases.approve_unseal(actor=steward, now=city.clock.tick(0), trial=one.trial)


def concluded(city: City, built: list[Built]) -> None:
    """Review, announce, wait out objections (a demonstration need not), and say what follows."""
    steward, office = city.actors("steward")[0], city.actor("office")
    for one in built:
        if one.stays_open:
            continue
        trial = one.trial
        trial.refresh_from_db()
        usecases.review_trial(actor=steward, now=city.clock.jump(timezone.now()), trial=trial)
        usecases.announce_trial(actor=office, now=city.clock.tick(0), trial=trial)
        usecases.open_objections(actor=steward, now=city.clock.tick(0), trial=trial)
        verdicts = set(Decision.objects.filter(entry__trial=trial, entry__is_baseline=False).values_list("verdict", flat=True))
        plan = one.source.about["next"]
        step = {"next_step": NextStep.FRESH_ITEMS} if "pass" not in verdicts and "undecided" in verdicts else {}
        usecases.conclude_trial(
            actor=office,
            now=city.clock.tick(0),
            trial=trial,
            next_owner=city.organisations.get(plan["owner"]),
            next_due_on=(timezone.now() + timedelta(days=int(plan["within_days"]))).date(),
            **step,
        )
