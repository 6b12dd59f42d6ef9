"""Forms that are sent once, keep what was typed, and show errors of ours beside Django's."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qiupu.errors import InputError, QiupuError
from qiupu_web.base.blobs import DISK_FULL
from qiupu_web.base.models import Submission


class OnceForm(forms.Form):
    """A form with a hidden one-time key. ``send`` acts at the first press of the button and repeats its answer at the second."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=False)
    template_name = "pages/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = uuid.uuid4().hex

    def send(self, act: Callable[[], str]) -> HttpResponse | None:
        """Run ``act`` (one use case; it returns the address to go to) once.

        Returns a redirect, or None when ``act`` raised an error of ours: then the form carries its sentence and is
        shown again with everything that was typed. Errors of permission pass through.
        """
        key = self.cleaned_data.get("form_key") or uuid.uuid4().hex
        try:
            with transaction.atomic():
                submission = Submission.objects.create(key=key, at=timezone.now())
                submission.location = act()
                submission.save(update_fields=["location"])
        except IntegrityError:
            done = Submission.objects.filter(key=key).first()
            if done is None:
                raise
            return HttpResponseRedirect(done.location)
        except QiupuError as error:
            if not isinstance(error, InputError) and error.http_status != 409 and error.code != DISK_FULL:
                raise
            self.add_error_of_ours(error)
            return None
        return HttpResponseRedirect(submission.location)

    def add_error_of_ours(self, error: QiupuError) -> None:
        """Show an error's sentence and cure at its field, or above the form."""
        column = error.where.column
        self.add_error(column if column in self.fields else None, error.message(get_language() or "en"))


def unchosen(choices: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return choices with "choose" before them, so that nothing is said by whoever passes a field over."""
    return [("", gettext_lazy("please choose")), *choices]


def uploaded_bytes(file: UploadedFile[Any], limit: int) -> bytes:
    """Return an upload's bytes; refuse one that is larger than ``limit`` bytes before reading it."""
    if file.size is not None and file.size > limit:
        raise forms.ValidationError(
            _("The file is larger than %(limit)s MB. Send a smaller one.") % {"limit": limit // 1024 // 1024}
        )
    return bytes(file.read())


def refuse_get(request: HttpRequest) -> HttpResponse | None:
    """Return 405 for anything but POST."""
    return None if request.method == "POST" else HttpResponse(status=405, headers={"Allow": "POST"})
