"""The forms by which a brochure becomes a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiupu_web.capabilities.bridge import LONGEST
from qiupu_web.capabilities.enums import SentenceState
from qiupu_web.capabilities.models import Brochure, BrochureSentence
from qiupu_web.faces.web.forms import OnceForm, uploaded_bytes
from qiupu_web.parties.enums import Field
from qiupu_web.parties.models import Organisation

CHOICES = [(one.value, one.label) for one in SentenceState if one != SentenceState.WAITING]


class BrochureForm(OnceForm):
    """A brochure to read."""

    supplier = forms.ModelChoiceField(label=gettext_lazy("Supplier"), queryset=Organisation.objects.none(), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("Brochure"),
        help_text=gettext_lazy("Word (.docx) or pdf with text. A scan has no text and must be recognised (OCR) first."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf"}),
    )

    def __init__(self, *args: Any, suppliers: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_file(self) -> UploadedFile[bytes]:
        """Read the bytes, unless the file is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        self.data_bytes = uploaded_bytes(file, settings.UPLOAD_MAX_BYTES)
        return file


class SentencesForm(OnceForm):
    """For each sentence: keep, other words, leave out; what is not chosen waits on."""

    def __init__(self, *args: Any, rows: Sequence[BrochureSentence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"state_{row.number}"] = forms.ChoiceField(
                label=_("Sentence %(n)d") % {"n": row.number},
                choices=CHOICES,
                required=False,
                initial=row.state,
                widget=forms.RadioSelect,
            )
            self.fields[f"text_{row.number}"] = forms.CharField(
                label=_("In other words"),
                required=False,
                max_length=LONGEST,
                initial=row.text or row.quote,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def decisions(self) -> dict[int, tuple[str, str]]:
        """Return what was chosen, by number; who wrote other words and did not leave the sentence out meant them."""
        found = {}
        for row in self.rows:
            state, text = self.cleaned_data[f"state_{row.number}"], self.cleaned_data[f"text_{row.number}"]
            if text and " ".join(text.split()) != row.words and state != SentenceState.DROPPED:
                state = SentenceState.EDITED.value
            if state:
                found[row.number] = (state, text)
        return found


class DraftForm(OnceForm):
    """What the draft is called, and its field; both are proposed from the brochure."""

    field = forms.ChoiceField(label=gettext_lazy("Field"))
    title_zh = forms.CharField(
        label=gettext_lazy("Title in Chinese"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("At least one of the two titles."),
    )
    title_en = forms.CharField(label=gettext_lazy("Title in English"), required=False, max_length=300)

    def __init__(self, *args: Any, brochure: Brochure, **kwargs: Any) -> None:
        name = "title_zh" if brochure.language == "zh" else "title_en"
        kwargs["initial"] = {"field": brochure.field, name: brochure.title}
        super().__init__(*args, **kwargs)
        empty = [] if brochure.field else [("", _("none was recognised; choose"))]
        self.fields["field"].choices = [*empty, *Field.choices]  # type: ignore[attr-defined]  # a ChoiceField

    def words(self) -> dict[str, str]:
        """Return what the use case takes."""
        return {name: self.cleaned_data[name] for name in ("field", "title_zh", "title_en")}
