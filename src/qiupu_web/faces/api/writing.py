"""A few writes, by tokens whose scopes name them. Each is one use case, the same that the page calls."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Status
from ninja.files import UploadedFile

from qiupu.errors import N_, FileError, InputError, NotFound
from qiupu_web.capabilities.usecases import register_capability
from qiupu_web.faces.api import sending, shapes
from qiupu_web.faces.api.asking import WRITE, asker, own_id, own_organisation, router
from qiupu_web.parties.permissions import require
from qiupu_web.scenarios.usecases import draft_scenario
from qiupu_web.trials.enums import EntryKind
from qiupu_web.trials.models import Entry
from qiupu_web.trials.queries import trials_visible_to
from qiupu_web.trials.usecases import submit_entry


@router.get("/me", auth=WRITE, response=sending.Me, tags=["account"])
def me(request: HttpRequest) -> Any:
    """What this token acts as, and what it may write."""
    actor = asker(request)
    return {
        "role": actor.role,
        "name": actor.name,
        "organisation": actor.organisation_code,
        "scopes": sorted(actor.only or ()),
    }


@router.post("/scenarios", auth=WRITE, response={201: shapes.ScenarioCard}, tags=["scenarios"])
def draft(request: HttpRequest, given: sending.NewScenario) -> Any:
    """Write down a need of one's own organisation as a draft. Scope: scenarios.draft."""
    actor = asker(request)
    require(actor, "scenarios.draft", actor.organisation_id)
    row = draft_scenario(actor=actor, now=timezone.now(), owner=own_organisation(actor), **given.dict())
    return Status(201, row)


@router.post("/capabilities", auth=WRITE, response={201: shapes.CapabilityCard}, tags=["capabilities"])
def register(request: HttpRequest, given: sending.NewCapability) -> Any:
    """Register a capability of one's own organisation as a draft. Scope: capabilities.register."""
    actor = asker(request)
    require(actor, "capabilities.register", actor.organisation_id)
    row = register_capability(actor=actor, now=timezone.now(), supplier=own_organisation(actor), **given.dict())
    return Status(201, row)


@router.post("/trials/{code}/entries", auth=WRITE, response={201: sending.EntryLine}, tags=["trials"])
def enter(
    request: HttpRequest,
    code: str,
    *,
    file: File[UploadedFile],
    kind: Form[str],
    accept_terms: Form[bool] = False,
    name_zh: Form[str] = "",
    name_en: Form[str] = "",
) -> Any:
    """Enter a trial with a file: predictions, onnx or code. Scope: trials.enter."""
    actor = asker(request)
    require(actor, "trials.enter", actor.organisation_id)
    trial = trials_visible_to(actor).filter(code=code).first()
    if trial is None:
        raise NotFound(N_("There is no “{word}” here."), cure=N_("Look it up in the list."), code="not-found", word=code[:80])
    if kind not in EntryKind.values:
        raise InputError(
            N_("There is no kind of entry “{kind}”."), cure=N_("Choose one of: {kinds}."), column="kind", kind=kind,
            kinds=", ".join(EntryKind.values),
        )  # fmt: skip
    if file.size is not None and file.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES >> 20
        raise FileError(N_("The file is larger than {limit} MB."), cure=N_("Send a smaller one."), code="too-large", limit=limit)
    row = submit_entry(
        actor=actor,
        now=timezone.now(),
        trial=trial,
        organisation=own_organisation(actor),
        kind=kind,
        data=file.read(),
        name=file.name or "entry",
        name_zh=name_zh,
        name_en=name_en,
        accept_terms=accept_terms,
    )
    return Status(201, row)


@router.get("/trials/{code}/entries", auth=WRITE, response=list[sending.EntryLine], tags=["trials"])
def own_entries(request: HttpRequest, code: str) -> Any:
    """One's own organisation's entries to a trial, the newest first: how they stand."""
    actor = asker(request)
    require(actor, "trials.read_entry", actor.organisation_id)
    rows = Entry.objects.filter(trial__code=code, organisation_id=own_id(actor)).select_related("trial")
    return list(rows.order_by("-created_at", "-pk"))
