"""The forms of the exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qiupu_web.faces.templatetags.qiupu import moment
from qiupu_web.faces.web.exchange.conflicts import FILE, ONLINE
from qiupu_web.faces.web.exchange.kinds import Kind
from qiupu_web.faces.web.forms import OnceForm, uploaded_bytes
from qiupu_web.parties.models import Organisation


class UploadForm(OnceForm):
    """A table to bring in."""

    file = forms.FileField(
        label=_("Excel or csv file"),
        help_text=_("The table stands on the first sheet, with its header in the first row."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Read the bytes, unless the file is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        self.data_bytes = uploaded_bytes(file, settings.UPLOAD_MAX_BYTES)
        return file


class MappingForm(OnceForm):
    """Which column of the file is which of ours."""

    def __init__(self, *args: Any, kind: Kind, headers: Sequence[str], mapping: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = get_language() or "en"
        self.kind = kind
        for column in kind.columns:
            self.fields[column.name] = forms.ChoiceField(
                label=column.title(lang),
                choices=[("", _("not in the file")), *((header, header) for header in headers)],
                required=False,
                initial=mapping.get(column.name, ""),
                help_text=column.note(lang),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse one column of the file for two of ours."""
        found = super().clean() or {}
        taken: dict[str, str] = {}
        for column in self.kind.columns:
            header = found.get(column.name)
            if header and header in taken:
                self.add_error(column.name, _("This column of the file is chosen twice."))
            elif header:
                taken[header] = column.name
        return found

    def mapping(self) -> dict[str, str]:
        """Return our column to the file's column."""
        return {column.name: self.cleaned_data[column.name] for column in self.kind.columns if self.cleaned_data[column.name]}


class ConflictForm(OnceForm):
    """Values that were changed in the file and on line: which one stands."""

    def __init__(self, *args: Any, kind: Kind, conflicts: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = get_language() or "en"
        names = {row.code: str(row) for row in Organisation.objects.filter(code__in={one["by"] for one in conflicts})}
        self.keys = [one["key"] for one in conflicts]
        for one in conflicts:
            column = kind.column(one["name"])
            online = _("Keep what stands on line: “%(value)s” (changed by %(who)s, %(when)s)") % {
                "value": column.shown(one["online_text"], lang) or _("empty"),
                "who": names.get(one["by"], one["by"]),
                "when": moment(datetime.fromisoformat(one["at"])),
            }
            file = _("Take the file's: “%(value)s”") % {"value": column.shown(one["file_text"], lang) or _("empty")}
            self.fields[one["key"]] = forms.ChoiceField(
                label=_("Row %(row)s, %(code)s: %(column)s")
                % {"row": one["row"], "code": one["code"], "column": column.title(lang)},
                choices=[(ONLINE, online), (FILE, file)],
                widget=forms.RadioSelect,
            )

    def takes(self) -> dict[str, str]:
        """Return what was chosen by conflict."""
        return {key: self.cleaned_data[key] for key in self.keys}


class PressForm(OnceForm):
    """A single button."""
