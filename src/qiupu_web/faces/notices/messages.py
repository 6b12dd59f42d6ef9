"""A thing as a plain message that people paste into a chat: what it is, who, until when, where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qiupu_web.agreements.enums import CommitmentState
from qiupu_web.agreements.models import Commitment
from qiupu_web.faces.notices.composing import whole
from qiupu_web.faces.templatetags.qiupu import cny, day, remaining
from qiupu_web.faces.web.pages.work import Item
from qiupu_web.scenarios.models import Scenario

MOST = 30
OVER = (CommitmentState.MET, CommitmentState.WAIVED, CommitmentState.AMENDED)


def _site() -> str:
    return str(settings.SITE_NAMES.get(get_language() or "en", settings.SITE_NAMES["en"]))


def _lines(*pairs: tuple[str, object]) -> list[str]:
    """Write what is known as “name: value”; what is missing has no line."""
    return [_("%(name)s: %(value)s") % {"name": name, "value": value} for name, value in pairs if value not in (None, "")]


def _until(due: date | None, *, is_over: bool = False) -> str:
    """Write a deadline and how long is left; nothing is left or late of what is done."""
    if due is None:
        return ""
    return day(due) if is_over else f"{day(due)} ({remaining(due)})"


def commitment_message(row: Commitment) -> str:
    """Return a commitment as a message."""
    unit = row.lead_unit.name if row.lead_unit else ""
    lines = [
        f"[{_site()}] {_('Commitment')} {row.code}",
        str(row.title),
        *_lines(
            (_("Lead unit"), str(unit)),
            (_("Due"), _until(row.due_on, is_over=row.state in OVER)),
            (_("Measured by"), str(row.measure)),
            (_("State"), row.get_state_display()),
        ),
        whole(reverse("agreements:commitment", args=[row.code])),
    ]
    return "\n".join(lines)


def scenario_message(row: Scenario) -> str:
    """Return a scenario as a message."""
    lines = [
        f"[{_site()}] {_('Need')} {row.code}",
        str(row.title),
        *_lines(
            (_("Owner"), str(row.owner.name)),
            (_("Field"), settings.FIELD_NAMES.get(row.field, "")),
            (_("Budget ceiling"), cny(row.budget_cny) if row.budget_cny is not None else ""),
            (_("Decided by"), day(row.decide_by) if row.decide_by else ""),
            (_("State"), row.get_state_display()),
        ),
        whole(reverse("scenarios:detail", args=[row.code])),
    ]
    return "\n".join(lines)


def work_message(items: Sequence[Item]) -> str:
    """Return what waits as a message: the most urgent first, at most ``MOST``."""
    head = ngettext("%(n)d thing waits", "%(n)d things wait", len(items)) % {"n": len(items)}
    lines = [f"[{_site()}] {head}"]
    for place, item in enumerate(items[:MOST], 1):
        late = f"{_('late')} · " if item.is_late else ""
        until = f" · {_until(item.due)}" if item.due else ""
        what = _("%(name)s: %(value)s") % {"name": item.thing, "value": item.task}
        lines.append(f"{place}. {late}{what}{until}")
    if len(items) > MOST:
        lines.append(_("and %(n)d more") % {"n": len(items) - MOST})
    lines.append(whole(reverse("pages:my_work")))
    return "\n".join(lines)
