"""An owner opens a trial from one spreadsheet. The file holds the answers, so between two pages it waits in the vault."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from qiupu.errors import N_, FileError, NotFound
from qiupu_web.base.audit import touched, usecase
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.models import Scenario
from qiupu_web.trials import bridge, vault
from qiupu_web.trials.models import Trial
from qiupu_web.trials.usecases.drafting import add_data, draft_trial


@usecase("trials.keep_spreadsheet")
def keep_spreadsheet(*, actor: Actor, now: datetime, scenario: Scenario, data: bytes, name: str) -> str:
    """Keep an owner's spreadsheet in the vault for a day, until its columns are named; return its token.

    The file must be readable as a table. Nothing but an encrypted file is written. The scenario's owner, its unit and stewards may.
    """
    require(actor, "trials.add_data", scenario.owner_id, scenario.owner.parent_id)
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise FileError(
            N_("The file is larger than {limit} MB."),
            cure=N_("Send a smaller one."),
            file=name,
            column="file",
            limit=settings.UPLOAD_MAX_BYTES >> 20,
        )
    bridge.columns_of(data, name)
    token = f"{scenario.pk}-{secrets.token_urlsafe(12).replace('-', '_')}"
    vault.stow_spreadsheet(token, name, data, now=now)
    touched(scenario, spreadsheet="kept")
    return token


def spreadsheet(*, actor: Actor, token: str) -> tuple[Scenario, str, bytes]:
    """Return a kept spreadsheet's scenario, name and bytes, to those who may add data for it; to others it does not exist."""
    number = token.partition("-")[0]
    scenario = Scenario.objects.select_related("owner").filter(pk=int(number) if number.isdigit() else 0).first()
    if scenario is None or re.fullmatch(r"[\w-]{4,60}", token) is None:
        raise NotFound(N_("There is no such file any more."), cure=N_("Upload it again."), code="spreadsheet")
    require(actor, "trials.add_data", scenario.owner_id, scenario.owner.parent_id)
    name, data = vault.open_spreadsheet(token)
    return scenario, name, data


@usecase("trials.open_from_spreadsheet")
def open_from_spreadsheet(
    *, actor: Actor, now: datetime, token: str, mapping: bridge.Mapping, question: Mapping[str, Any], metrics: list[str]
) -> Trial:
    """Make a trial of a kept spreadsheet: draft it, divide and check its data; then stewards seal it.

    ``question`` holds what ``draft_trial`` takes. The spreadsheet leaves the vault's waiting room. Who may draft and add data may.
    """
    scenario, name, data = spreadsheet(actor=actor, token=token)
    tables = bridge.arrange(data, name, mapping)
    trial = draft_trial(actor=actor, now=now, scenario=scenario, kind=mapping.kind, **question)
    task: dict[str, Any] = {"metrics": metrics}
    if mapping.group and mapping.kind != "forecast":
        task["group"] = "group"
    add_data(
        actor=actor, now=now, trial=trial, task=task, truth=tables.truth, inputs=tables.inputs, history=tables.history,
        data_card={"file": name, "rows": tables.rows},
    )  # fmt: skip
    vault.drop_spreadsheet(token)
    return trial
