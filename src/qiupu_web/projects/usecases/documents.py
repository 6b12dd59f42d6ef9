"""Documents of the contract: kept once under their hash, checked to be what their name says."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from qiupu.errors import N_, Conflict, InputError
from qiupu_web.base.audit import touched, usecase
from qiupu_web.base.blobs import keep
from qiupu_web.base.file_types import content_type_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import require
from qiupu_web.projects.enums import DocumentKind
from qiupu_web.projects.models import ContractDocument, Project


@usecase("projects.add_document")
def add_document(
    *,
    actor: Actor,
    now: datetime,
    project: Project,
    document: bytes,
    name: str,
    kind: str,
    signed_on: date | None = None,
    note: str = "",
    is_invented: bool = False,
) -> ContractDocument:
    """Keep a document of the contract, also after the project has ended.

    Must hold: it is what its name says; it is not among the project's documents yet. Writes: the file, its row. May: the exchange
    office, the owner, the supplier.
    """
    require(actor, "projects.add_document", project.scenario.owner_id, project.supplier_id)
    if kind not in DocumentKind.values:
        raise InputError(N_("“{value}” is not one of the choices."), column="kind", value=kind)
    content_type = content_type_of(document, name)
    sha256 = hashlib.sha256(document).hexdigest()
    if project.documents.filter(document_id=sha256).exists():
        raise Conflict(N_("This document is among the contract's already."), code="same-file")
    row = ContractDocument.objects.create(
        project=project,
        document=keep(document, name=name, now=now, content_type=content_type),
        name=name[-200:],
        kind=kind,
        signed_on=signed_on,
        note=note.strip(),
        is_invented=is_invented,
        added_at=now,
        added_by=actor.name,
        added_by_organisation_id=actor.organisation_id,
    )
    touched(project, document=sha256, name=row.name, kind=kind, signed_on=signed_on)
    return row
