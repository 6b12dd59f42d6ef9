"""How long a monthly report takes: ``python -m bench.reports [--commitments 300] [--times 5]``.

Builds an agreement with its commitments, evidence and projects in a database of its own (the embedded one, in a temporary
folder), then asks the site for page, Word, Excel and PDF as a browser would. The first request of each counts too. Beside the
seconds of the clock stand those of the processor (the mean), which other work on the machine does not lengthen.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from datetime import timedelta

from bench.figures import show

KINDS = ("report", "report_word", "report_excel", "report_pdf", "leader_word", "leader_pdf")
PAST = ("report", "report_pdf")
"""Asked for last month too."""
LIMIT_S = 3.0
PROJECTS = 10


def build(n: int) -> str:
    """Write an agreement of n commitments, each with evidence; every thirtieth has a project of four milestones."""
    from django.utils import timezone

    from qiupu_web.agreements.models import Agreement, Commitment, Evidence, Statement
    from qiupu_web.agreements.rules import COMMITMENT
    from qiupu_web.agreements.usecases import refresh_lights
    from qiupu_web.parties.actors import system
    from qiupu_web.parties.models import Organisation
    from qiupu_web.projects.models import Milestone, Project
    from qiupu_web.projects.rules import MILESTONE, PROJECT
    from qiupu_web.scenarios.models import Scenario
    from qiupu_web.scenarios.rules import SCENARIO

    now = timezone.now()
    begun = now - timedelta(days=60)
    sentences = [f"The Company shall deliver service {number}." for number in range(n)]
    agreement = Agreement.objects.create(
        code="large", kind="agreement", title_zh="大型合作协议", title_en="Large agreement", language="en",
        text=" ".join(sentences), engine_version="bench", text_sha256="0" * 64, added_at=begun,
    )  # fmt: skip
    unit = Organisation.objects.create(code="unit", kind="unit", name_zh="文化和旅游局", name_en="Bureau of culture and tourism")
    states = ("confirmed", "on-track", "at-risk", "overdue", "met")
    for number, words in enumerate(sentences, 1):
        said = Statement.objects.create(agreement=agreement, number=number, start=0, end=len(words), quote=words, strength="duty")
        row = Commitment.objects.create(
            code=f"large-{number}", statement=said, lead_unit=unit, created_at=begun,
            title_zh=f"第{number}项服务在旺季前上线并稳定运行",
            title_en=f"Service {number} is on line before the season and runs without interruption", field="smart-tourism",
            due_on=(now + timedelta(days=number - 100)).date(), measure_zh="连续三个月可用率", measure_en="Three months available",
            **COMMITMENT.begin(states[number % len(states)], begun),
        )  # fmt: skip
        Evidence.objects.create(
            commitment=row, kind="document", key=f"file:{number}", title_zh="上线报告", title_en="Report", recorded_by="bench",
            recorded_at=now - timedelta(days=number % 60),
        )  # fmt: skip
        if number % (n // PROJECTS or 1) == 0:
            scenario = Scenario.objects.create(
                code=f"need-{number}", owner=unit, commitment=row, title_zh="场景", title_en="Need", created_at=begun,
                updated_at=begun, **SCENARIO.begin("building", begun),
            )  # fmt: skip
            project = Project.objects.create(
                code=f"project-{number}", scenario=scenario, supplier=unit, title_zh="项目", title_en="Project", created_at=begun,
                starts_on=begun.date(), ends_on=(now + timedelta(days=200)).date(), **PROJECT.begin("building", begun),
            )  # fmt: skip
            for place in range(1, 5):
                Milestone.objects.create(
                    project=project, number=place, title_zh="里程碑", title_en="Milestone",
                    due_on=(begun + timedelta(days=40 * place)).date(), **MILESTONE.begin("scheduled", begun),
                )  # fmt: skip
    refresh_lights(actor=system("bench"), now=now)  # so that a past month has changes to take back
    return agreement.code


def cpu_s() -> float:
    """Seconds of CPU so far, of this process and of the programs that it ran to their end."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commitments", type=int, default=300)
    parser.add_argument("--times", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qiupu-bench-") as home:
        os.environ |= {"QIUPU_HOME": home, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "qiupu_web.settings"}
        import django

        django.setup()
        from django.core.management import call_command
        from django.test import Client
        from django.urls import reverse
        from django.utils import timezone
        from django.utils.translation import override

        from qiupu_web.faces.web.pages.months import Month

        call_command("migrate", verbosity=0)
        last = Month.of(timezone.now()).previous.key
        code, client = build(args.commitments), Client(headers={"host": "127.0.0.1"})
        for lang in ("zh-hans", "en"):
            for name, query in [*((name, "") for name in KINDS), *((name, f"?month={last}") for name in PAST)]:
                with override(lang):
                    address = reverse(f"pages:{name}", args=[code]) + query
                times, size, worked = [], 0, cpu_s()
                for _ in range(args.times):
                    begin = time.perf_counter()
                    response = client.get(address)
                    size = len(response.getvalue())
                    times.append(time.perf_counter() - begin)
                    if response.status_code != 200:
                        raise SystemExit(f"{address}: {response.status_code}")
                slowest, worked = max(times), (cpu_s() - worked) / args.times
                show(
                    f"{name} of {args.commitments} commitments{', last month' if query else ''}, {lang}",
                    f"{slowest:.2f} s slowest, {sorted(times)[len(times) // 2]:.2f} s median, {worked:.2f} s of CPU, "
                    f"{size / 1024:.0f} kB",
                    f"< {LIMIT_S:.0f} s",
                    slowest < LIMIT_S,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
