"""The plan of one project as an Excel file, in the shape in which it can be brought in again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from qiupu_web.faces.web.actors import actor_of
from qiupu_web.faces.web.exchange.kinds.milestones import MILESTONES
from qiupu_web.faces.web.exchange.sheets import workbook
from qiupu_web.faces.web.projects.views import load
from qiupu_web.parties.permissions import require

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plan_file(request: HttpRequest, code: str) -> HttpResponse:
    """Take out the milestones of a project with their dates and payments; for those who may take tables out."""
    row, actor = load(request, code), actor_of(request)
    require(actor, "exchange.export", row.scenario.owner_id, row.supplier_id)
    rows = [MILESTONES.read(one) for one in MILESTONES.rows().filter(project=row)]
    data = workbook(MILESTONES, rows, get_language() or "en")
    name = f"{row.code}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
