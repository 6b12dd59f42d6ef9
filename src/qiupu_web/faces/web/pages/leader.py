"""The leader's page as a Word file: one sheet; long titles are cut, so that it stays one."""

from __future__ import annotations

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from qiupu_web.faces.templatetags.qiupu import day
from qiupu_web.faces.web.pages.paper import GREY, blank, bytes_of, funnel, funnel_job, line, pictures
from qiupu_web.faces.web.pages.report import Leader

LONGEST = 40
"""Characters of a title; sixteen lines of two such titles fit on a sheet below the funnel."""


def leader_docx(page: Leader) -> bytes:
    """Return the Word file of the page in the reader's language."""
    document = blank()
    line(document, _cut(page.agreement), size=17, bold=True)
    made_up = " · " + _("invented for demonstration") if page.agreement.is_invented else ""
    line(document, _("What became of it · %(span)s") % {"span": page.span} + made_up, colour=GREY)
    line(document, _("How far its sentences came"), size=13, bold=True)
    (drawn,) = pictures([funnel_job(page.bars)], page.today)
    funnel(document, page.bars, drawn)
    line(document, _("What changed in the month"), size=13, bold=True)
    for item in page.news:
        line(document, f"· {day(item.recorded_at)}  {_cut(item.commitment.title)}: {_cut(item.title)}")
    if not page.news:
        line(document, _("Nothing was recorded."), colour=GREY)
    if page.news_more:
        line(document, _("and %(n)d more") % {"n": page.news_more}, colour=GREY)
    line(document, _("What decays"), size=13, bold=True)
    for one in page.decaying:
        unit = one.lead_unit or "–"
        line(document, f"· {_cut(one.title)}: {one.get_state_display()}, {_('due %(day)s') % {'day': day(one.due_on)}}, {unit}")
    if not page.decaying:
        line(document, _("Nothing is overdue or at risk."), colour=GREY)
    if page.decaying_more:
        line(document, _("and %(n)d more") % {"n": page.decaying_more}, colour=GREY)
    return bytes_of(document, str(page.agreement))


def _cut(words: object) -> str:
    return Truncator(str(words)).chars(LONGEST)
