"""What is kept of a project while it is built: a risk, a benefit that nobody has measured yet, the contract. All invented."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.utils import timezone
from docx import Document

from qiupu_web.faces.demo.city import City
from qiupu_web.parties.actors import Actor
from qiupu_web.projects import usecases as projects
from qiupu_web.projects.models import Project


def watched(city: City, project: Project, owner: Actor) -> None:
    """Write down a risk, a benefit to be measured after the season, and keep the contract, each marked as invented."""
    today = timezone.localdate()
    risk = projects.add_risk(
        actor=city.speaker_for(project.supplier.code),
        now=city.clock.tick(0),
        project=project,
        title_zh="雨天入园口计数器漏计（为演示而虚构）",
        title_en="Gate counters miss visitors in the rain (invented)",
        likelihood="medium",
        impact="high",
        keeper=project.supplier,
        due_on=today + timedelta(days=25),
        measures_zh="加装防雨罩，雨天每日人工抽查一次",
        measures_en="Covers on the counters, one count by hand on each rainy day",
    )
    projects.move_risk(actor=owner, now=city.clock.tick(0), risk=risk, to="treated")
    projects.add_benefit(
        actor=owner,
        now=city.clock.tick(0),
        project=project,
        title_zh="旺季入园平均排队时间（为演示而虚构）",
        title_en="Mean wait at the gates in the season (invented)",
        unit_zh="分钟",
        unit_en="minutes",
        direction="lower",
        baseline=38,
        expected=25,
        due_on=today + timedelta(days=230),
    )
    projects.add_document(
        actor=owner,
        now=city.clock.tick(0),
        project=project,
        document=_contract(project),
        name=f"{project.code}.docx",
        kind="contract",
        signed_on=today,
        is_invented=True,
    )


def _contract(project: Project) -> bytes:
    page = Document()
    page.add_heading(f"{project.title_zh} / {project.title_en}", level=1)
    page.add_paragraph("为演示而虚构，不是真实合同。Invented for demonstration; not a real contract.")
    stream = BytesIO()
    page.save(stream)
    return stream.getvalue()
