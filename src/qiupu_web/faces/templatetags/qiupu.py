"""Small pieces of pages: words in two languages, fields, states, money, numbers that may be missing, deadlines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from inspect import signature
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Parser, Token
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu_web.agreements.bridge import due_in_words, in_words
from qiupu_web.base.bilingual import Words
from qiupu_web.base.bilingual import words as words_of

register = template.Library()


class QuickTag(template.Node):
    """A tag with positional arguments and nothing else. Lists write them by the hundred; Django's own way takes twice the time."""

    def __init__(self, write: Callable[..., SafeString | str], words: Sequence[FilterExpression]) -> None:
        self.write, self.words = write, words

    def render(self, context: template.Context) -> str:
        """Write it, escaped unless it is marked as safe."""
        found = self.write(*[one.resolve(context) for one in self.words])
        return conditional_escape(found) if context.autoescape else str(found)


def quick_tag(write: Callable[..., SafeString | str]) -> Callable[..., SafeString | str]:
    """Register a function as a tag: ``{% name one two %}``."""

    def read(parser: Parser, token: Token) -> QuickTag:
        words = [parser.compile_filter(word) for word in token.split_contents()[1:]]
        if len(words) != len(signature(write).parameters):
            raise template.TemplateSyntaxError(f"{token.contents}: wrong number of arguments")
        return QuickTag(write, words)

    register.tag(write.__name__, read)
    return write


TONES = {
    "pass": "pass", "passed": "pass", "met": "pass", "accepted": "pass", "benchmark": "pass", "on-track": "pass",
    "confirmed": "pass", "published": "pass", "scored": "pass", "chosen": "pass", "operating": "pass", "purchased": "pass",
    "fail": "fail", "overdue": "fail", "none-passed": "fail", "supplier-error": "fail", "timed-out": "fail", "invalid": "fail",
    "platform-error": "fail", "not-met": "fail", "terminated": "fail", "void": "fail",
    "high": "fail", "happened": "fail", "medium": "undecided", "treated": "undecided", "measured": "undecided", "reviewed": "pass",
    "undecided": "undecided", "at-risk": "undecided", "returned": "undecided", "partially-met": "undecided",
}  # fmt: skip
MARKUP = re.compile(r"^\s*(?:#{1,6}|>)\s*", re.MULTILINE)
MARKS = {"pass": "●", "undecided": "◐", "fail": "○", "plain": "·"}


@quick_tag
def bi(row: object, name: str) -> SafeString | str:
    """Write a bilingual field; when the reader's language is missing, the other one, marked with its language."""
    lang = get_language() or "en"
    return _marked(words_of(row, name, lang), lang)


@register.filter
def marked(value: object) -> SafeString | str:
    """Write ``Words`` with their language when it is not the page's."""
    return _marked(value, get_language() or "en") if isinstance(value, Words) else str(value)


def _marked(found: Words, lang: str) -> SafeString | str:
    if not found.text or lang.startswith(found.lang):
        return found.text
    return format_html('<span lang="{}">{}</span>', found.lang, found.text)


@quick_tag
def field_tag(code: str) -> SafeString | str:
    """Write a field with its colour, shape and name; nothing when there is none."""
    return _field(code, get_language()) if code else ""


@lru_cache(maxsize=256)
def _field(code: str, lang: str | None) -> SafeString:  # the name is in the language, so both make the key
    short = code.removeprefix("smart-")
    return format_html('<span class="field {}">{}</span>', short, settings.FIELD_NAMES.get(code, code))


@quick_tag
def state_tag(row: Any) -> SafeString:
    """Write the state of a row with a life cycle: a mark, a tone and the word."""
    return _tone(row.state, f"{row.get_state_display()}")


@quick_tag
def tone_tag(code: str, label: str) -> SafeString:
    """Write any word with the mark and tone of its code."""
    return _tone(code, f"{label}")


@lru_cache(maxsize=1024)
def _tone(code: str, label: str) -> SafeString:
    tone = TONES.get(code, "plain")
    return format_html('<span class="state {}"><span aria-hidden="true">{}</span> {}</span>', tone, MARKS[tone], label)


@quick_tag
def invented() -> SafeString:
    """Write the mark of things made up for demonstration."""
    return _invented(get_language())


@lru_cache(maxsize=16)
def _invented(lang: str | None) -> SafeString:  # the word is in the language
    return format_html('<span class="invented">{}</span>', _("invented"))


@quick_tag
def options(choices: Sequence[Any]) -> SafeString:
    """Write the options of a filter: things with a value, a label, and whether they are chosen."""
    return _options(tuple((one.value, one.label, one.is_chosen) for one in choices))


@lru_cache(maxsize=1024)
def _options(choices: tuple[tuple[str, str, bool], ...]) -> SafeString:
    rows = [(value, mark_safe(" selected") if chosen else "", label) for value, label, chosen in choices]
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.filter
def cny(value: Decimal | float | None) -> str:
    """Write money: 万 and 亿 in Chinese, thousands in English; a dash when it is missing."""
    if value is None:
        return "–"
    amount = Decimal(value)
    if not (get_language() or "en").startswith("zh"):
        return f"CNY {amount:,.0f}"
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if abs(amount) >= size:
            return f"{(amount / size).quantize(Decimal('0.01')).normalize():,f} {unit}元"
    return f"{amount:,.0f} 元"


@register.filter
def figure(value: float | None, digits: int = 3) -> str:
    """Write a measured number; a dash when it is missing."""
    return "–" if value is None else f"{value:.{digits}f}"


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date as the language does; a dash when there is none."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _day(value, get_language() or "en")


@lru_cache(maxsize=4096)
def _day(value: date, lang: str) -> str:
    return date_format(value, "Y年n月j日" if lang.startswith("zh") else "j F Y")


@register.filter
def part_day(value: str) -> str:
    """Write a date as far as a text gave it: 2024-12-24, 2024-12, 2024, without a year --12-24, or a span such as P10D."""
    lang = get_language() or "en"
    if value.startswith("P"):
        return due_in_words(value, lang)
    if value.startswith("--"):
        known = date_format(date.fromisoformat(f"2000{value[1:]}"), "n月j日" if lang.startswith("zh") else "j F")
        return _("%(day)s (the text gives no year)") % {"day": known}
    if len(value) == len("2024-12"):
        return date_format(date.fromisoformat(f"{value}-01"), "Y年n月" if lang.startswith("zh") else "F Y")
    return day(date.fromisoformat(value)) if len(value) == len("2024-12-24") else value


@register.filter
def quantity(value: str) -> str:
    """Write what a text counts or pays, from its normal form: 5,000 万元 or CNY 50 million; empty when it says nothing."""
    return in_words(value, get_language() or "en")


@register.filter
def in_row(names: Sequence[str]) -> str:
    """Write names one after the other as the language does."""
    return ("、" if (get_language() or "en").startswith("zh") else ", ").join(names)


@register.filter
def unmarked(quote: str) -> str:
    """Write a quote without the signs by which its file marks a heading (#) or a remark (>)."""
    return MARKUP.sub("", quote)


@register.filter
def moment(value: datetime | None) -> str:
    """Write an instant; a dash when there is none."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M}"


@register.filter
def remaining(value: datetime | date | None) -> str:
    """Write how long until a deadline, or how long it has passed."""
    if value is None:
        return _("no deadline")
    today = timezone.localdate()
    days = ((timezone.localtime(value).date() if isinstance(value, datetime) else value) - today).days
    if days == 0:
        return _("due today")
    return _("%(days)d days left") % {"days": days} if days > 0 else _("%(days)d days over") % {"days": -days}


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """Return the page's query with some values changed; None drops one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"
