"""Stored files as downloads: always saved by the browser, never shown by it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from qiupu_web.base.blobs import load
from qiupu_web.base.models import StoredFile


def attachment(file: StoredFile) -> HttpResponse:
    """Answer with a file under the name that it came with."""
    response = HttpResponse(load(file.sha256), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
