"""PDF and pictures by the press, a program of its own.

A site process that had loaded Typst and the fonts would keep 100 MB for good (measured), so none does. Words and figures go to the
press as JSON, never as source, so nothing that people wrote is ever run.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import get_language

from qiupu.errors import N_, MissingExtra, PlatformError
from qiupu_web.faces.web.pages import press

TIMEOUT_S = 60
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT")
"""What the press gets of the site's environment; none of its secrets."""
PRESS = threading.Lock()
"""One document at a time in each process of the site: a press takes 150 MB, and anybody may ask for a report."""
log = logging.getLogger("qiupu.web")


@dataclass(frozen=True)
class Job:
    """A form of ``paper_forms``, what it becomes, and what is filled in."""

    form: str
    data: Mapping[str, Any]
    kind: Literal["pdf", "png"] = "pdf"


def typeset(jobs: Sequence[Job], *, at: datetime) -> list[bytes]:
    """Return each job's pages: the same input, the same bytes.

    Raises
    ------
    MissingExtra
        When the machine has no font with Chinese characters (a page of empty boxes would be worse than none), or no Typst.
    PlatformError
        When the press fails or takes longer than a minute.
    """
    lang = "zh" if (get_language() or "en").startswith("zh") else "en"
    work = [{"form": job.form, "kind": job.kind, "data": {"lang": lang, **job.data}} for job in jobs]
    asked = {"folder": settings.FONT_FOLDER, "at": int(at.timestamp()), "jobs": work}
    words = [sys.executable, "-I", press.__file__]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        with PRESS:
            done = subprocess.run(
                words, input=json.dumps(asked).encode(), capture_output=True, timeout=TIMEOUT_S, env=environment, check=False
            )
    except subprocess.TimeoutExpired as error:
        raise _failed("no end after a minute") from error
    if done.returncode == press.NO_FONT:
        raise MissingExtra(
            N_("A PDF needs a font with Chinese characters, and this machine has none."),
            cure=N_(
                "The operator installs one (on Debian: apt-get install fonts-noto-cjk) or names a folder with one in QIUPU_FONTS. "
                "Until then, take the Word or Excel file."
            ),
            code="no-font",
        )
    if done.returncode == press.NOT_INSTALLED:
        raise MissingExtra.of("web", "PDF")
    if done.returncode:
        raise _failed(done.stderr.decode(errors="replace")[-2000:])
    return _parts(done.stdout, len(jobs))


def _failed(why: str) -> PlatformError:
    log.error("the press failed: %s", why)
    return PlatformError(
        N_("The pages could not be set."), cure=N_("Take the Word or Excel file, and tell the operator the time that it happened.")
    )


def _parts(data: bytes, n: int) -> list[bytes]:
    found, place = [], 0
    for _ in range(n):
        (size,) = struct.unpack_from(">Q", data, place)
        found.append(data[place + 8 : place + 8 + size])
        place += 8 + size
    return found
