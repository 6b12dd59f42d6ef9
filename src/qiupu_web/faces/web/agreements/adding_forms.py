"""Forms by which a text comes in and by which what the office wrote about it is mended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qiupu.errors import QiupuError
from qiupu_web.agreements.enums import TextKind
from qiupu_web.agreements.models import Agreement
from qiupu_web.agreements.queries import visible_agreements
from qiupu_web.faces.web.agreements.forms import FileField
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.parties.actors import Actor


class TitledForm(OnceForm):
    """A form that wants a title in one language at least."""

    title_zh = forms.CharField(
        label=_("Title in Chinese"), max_length=300, required=False, help_text=_("A title in one language is enough.")
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Want a title."""
        data = super().clean() or {}
        if not data.get("title_zh") and not data.get("title_en"):
            self.add_error("title_zh", _("Give a title in at least one language."))
        return data


class AddForm(TitledForm):
    """Bring a text in. Which agreement of several is asked only when a text turns out to hold several."""

    part = forms.IntegerField(label=_("Which agreement of the text"), required=False, min_value=1, widget=forms.HiddenInput())
    kind = forms.ChoiceField(
        label=_("Kind of text"),
        choices=[("", _("told from the text")), *TextKind.choices],
        required=False,
        help_text=_("The next page says what it was taken for; you can change it there."),
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Paste the whole text, Chinese or English. Or leave this empty and choose a file."),
    )
    file = FileField(label=_("File"), required=False, help_text=_("Word, PDF with a text layer, txt or md."))
    is_public = forms.BooleanField(label=_("Everybody may read it"), required=False, initial=True)
    is_invented = forms.BooleanField(label=_("It is invented for demonstration"), required=False)
    field_order = ("part", "text", "file", "title_zh", "title_en", "kind", "is_public", "is_invented")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean(self) -> dict[str, Any]:
        """Want a title, and a text or a file."""
        data = super().clean()
        if "file" in data and "text" in data and bool(data["text"].strip()) == bool(data["file"]):
            self.add_error("text", _("Give a text or a file, one of the two."))
        return data

    def add_error_of_ours(self, error: QiupuError) -> None:
        """Lead to the text that is here already, and offer the agreements of a text that holds several."""
        if error.code == "same-text":
            self._lead_to(error)
        elif error.code == "several-agreements":
            self._offer(error.params["parts"])  # type: ignore[arg-type]  # the reader gives a tuple of titles
        else:
            super().add_error_of_ours(error)

    def _lead_to(self, error: QiupuError) -> None:
        row = visible_agreements(self.actor).filter(code=error.params["existing"]).first()
        if row is None:
            self.add_error(None, _("This text is here already, but is not open to you. Ask the exchange office."))
            return
        address = reverse("agreements:detail", args=[row.code])
        words = error.sentence(get_language() or "en")
        self.add_error(None, format_html('{} <a href="{}">{}</a>', words, address, _("Open the text that is here")))

    def _offer(self, titles: tuple[str, ...]) -> None:
        is_chinese = (get_language() or "en").startswith("zh")
        said = _("The text holds %(count)d agreements. Choose the one to read now; add the others after it in the same way.")
        words = [str(said) % {"count": len(titles)}]
        if self.cleaned_data.get("file"):
            words.append(str(_("Choose the file once more, too.")))
        choices = [(number, f"{number}. {title}") for number, title in enumerate(titles, 1)]
        self.fields["part"].widget = forms.RadioSelect(choices=choices)
        self.fields["part"].required = True  # from now on one has to be chosen
        self.add_error("part", ("" if is_chinese else " ").join(words))


class EditForm(TitledForm):
    """Mend what was written about a text."""

    kind = forms.ChoiceField(label=_("Kind of text"), choices=TextKind.choices)
    is_public = forms.BooleanField(label=_("Everybody may read it"), required=False)
    field_order = ("kind", "title_zh", "title_en", "is_public")

    @classmethod
    def of(cls, data: Any, row: Agreement) -> EditForm:
        """Return the form of a text, filled with what stands there now."""
        names = ("kind", "title_zh", "title_en", "is_public")
        return cls(data, initial={name: getattr(row, name) for name in names})

    def told(self) -> dict[str, Any]:
        """Return what the use case is given."""
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}
