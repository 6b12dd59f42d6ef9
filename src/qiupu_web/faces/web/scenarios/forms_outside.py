"""The forms of other cities' lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qiupu_web.faces.web.forms import OnceForm, uploaded_bytes
from qiupu_web.faces.web.scenarios.reading_outside import COLUMNS
from qiupu_web.parties.enums import Field, OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.scenarios.bridge import field_of
from qiupu_web.scenarios.enums import OutsideKind
from qiupu_web.scenarios.models import OutsideRow

NEW = "new"


class OutsideListForm(OnceForm):
    """A published list with its source."""

    kind = forms.ChoiceField(label=gettext_lazy("A list of"), choices=OutsideKind.choices)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100)
    title = forms.CharField(label=gettext_lazy("Title, as published"), max_length=300)
    publisher = forms.CharField(label=gettext_lazy("Published by"), required=False, max_length=200)
    published_on = forms.DateField(
        label=gettext_lazy("Published on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    address = forms.URLField(
        label=gettext_lazy("Address of the publication"),
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Where anybody can see the original."),
    )
    file = forms.FileField(
        label=gettext_lazy("Excel or csv file"),
        help_text=gettext_lazy("The table stands on the first sheet, with its header in the first row."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv"}),
    )
    is_invented = forms.BooleanField(label=gettext_lazy("Invented for demonstration"), required=False)

    def clean_file(self) -> UploadedFile[bytes]:
        """Read the bytes, unless the file is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        self.data_bytes = uploaded_bytes(file, settings.UPLOAD_MAX_BYTES)
        return file

    def words(self) -> dict[str, Any]:
        """Return what the use case takes, but the file."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"form_key", "file"}}


class OutsideMappingForm(OnceForm):
    """Which column of the file is which of ours."""

    def __init__(self, *args: Any, headers: Sequence[str], mapping: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = get_language() or "en"
        for column in COLUMNS:
            self.fields[column.name] = forms.ChoiceField(
                label=column.title(lang),
                choices=[("", _("not in the file")), *((header, header) for header in headers)],
                required=column.is_needed,
                initial=mapping.get(column.name, ""),
                help_text=column.note(lang),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse one column of the file for two of ours."""
        found = super().clean() or {}
        taken: set[str] = set()
        for column in COLUMNS:
            header = found.get(column.name)
            if header and header in taken:
                self.add_error(column.name, _("This column of the file is chosen twice."))
            taken.add(header or "")
        return found

    def mapping(self) -> dict[str, str]:
        """Return our column to the file's column."""
        return {column.name: self.cleaned_data[column.name] for column in COLUMNS if self.cleaned_data[column.name]}


class ConfirmForm(OnceForm):
    """Whose entry it becomes, and of which field."""

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind, if it is registered"), choices=OrganisationKind.choices, initial=OrganisationKind.COMPANY
    )
    field = forms.ChoiceField(label=gettext_lazy("Field"))

    def __init__(self, *args: Any, row: OutsideRow, alike: Sequence[Organisation], **kwargs: Any) -> None:
        proposed = row.field or field_of(f"{row.title}\n{row.body}")
        kwargs["initial"] = {"organisation": str(alike[0].pk) if alike else NEW, "field": proposed}
        super().__init__(*args, **kwargs)
        known = [(str(one.pk), str(one)) for one in alike]
        new = (NEW, _("register “%(name)s”") % {"name": row.organisation_name})
        self.fields["organisation"].choices = [*known, new]  # type: ignore[attr-defined]  # a ChoiceField
        empty = [] if proposed else [("", _("none was recognised; choose"))]
        self.fields["field"].choices = [*empty, *Field.choices]  # type: ignore[attr-defined]  # as above
        self.alike = {str(one.pk): one for one in alike}

    def words(self) -> dict[str, Any]:
        """Return what the use case takes."""
        given = self.cleaned_data
        known = self.alike.get(given["organisation"])
        return {"field": given["field"], "organisation": known, "organisation_kind": given["kind"]}


class DeclineForm(OnceForm):
    """Why a row does not come in."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
