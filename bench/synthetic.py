"""Fill the database that the environment names with synthetic rows: ``python -m bench.synthetic --rows 10000``.

The words are put together from a few dozen phrases and carry no meaning; the shapes (lengths, states, how many owners and
proofs) are those of a large city's lists. Rows are written in bulk, beside the use cases: they are load, not history.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

# Each line: Chinese, then English.
WHERE = """景区入口 park gates
稻田 paddy fields
铸造车间 the foundry
热线 the hotline
古镇 the old town
茶园 tea gardens
仓库 warehouses"""
WHAT = """客流预测 visitor forecasts
设备异常预警 early fault warnings
缺陷识别 defect recognition
来电量预测 call forecasts
病害识别 leaf disease recognition
文物检索 search in archives
排班建议 rota proposals"""
HOW = """提前两周给出 two weeks ahead
误报率低于百分之五 fewer than one false alarm in twenty
每小时更新 renewed every hour
在本地部署 on the owner's own machine
给出依据 with its reasons
由值班人员确认 confirmed by the person on duty"""
REGIONS = ("", "贵池区", "东至县", "石台县", "青阳县", "九华山风景区", "江南产业集中区")
STATES = ("published",) * 12 + ("matching",) * 3 + ("on-trial",) * 2
STATES += ("negotiating", "selected", "building", "accepted", "benchmark", "lapsed", "draft")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BATCH = 500


def sentence(rng: random.Random, n: int) -> tuple[str, str]:
    zh, en = [], []
    for _ in range(n):
        (where_zh, where_en), (what_zh, what_en), (how_zh, how_en) = (_pick(rng, one) for one in (WHERE, WHAT, HOW))
        zh.append(f"{where_zh}需要{what_zh}，{how_zh}。")
        en.append(f"For {where_en} we need {what_en}, {how_en}.")
    return "".join(zh), " ".join(en)


def _pick(rng: random.Random, lines: str) -> tuple[str, str]:
    zh, en = rng.choice(lines.splitlines()).split(" ", 1)
    return zh, en


def fill(rows: int, seed: int = 0) -> None:
    """Write owners, suppliers, scenarios, capabilities and proofs."""
    from qiupu_web.capabilities.models import Capability, Proof
    from qiupu_web.parties.models import Organisation
    from qiupu_web.scenarios.models import Scenario

    rng = random.Random(seed)
    owners = _organisations(Organisation, "bench-owner", "company", max(1, rows // 25))
    suppliers = _organisations(Organisation, "bench-supplier", "startup", max(1, rows // 10))
    Scenario.objects.bulk_create((_scenario(Scenario, rng, i, owners) for i in range(rows)), batch_size=BATCH)
    made = Capability.objects.bulk_create([_capability(Capability, rng, i, suppliers) for i in range(rows)], batch_size=BATCH)
    proofs = [
        Proof(capability=row, kind="verdict", key=f"bench-{i}", outcome=rng.choice(("pass", "fail", "undecided")), recorded_at=NOW)
        for i, row in enumerate(made)
        if i % 5 == 0
    ]
    Proof.objects.bulk_create(proofs, batch_size=BATCH)


def _organisations(model: Any, stem: str, kind: str, n: int) -> list[Any]:
    rows = [
        model(code=f"{stem}-{i}", kind=kind, name_zh=f"虚构机构{i}", name_en=f"Invented firm {i}", is_invented=True)
        for i in range(n)
    ]
    return list(model.objects.bulk_create(rows, batch_size=BATCH))


def _words(rng: random.Random, i: int) -> dict[str, Any]:
    title, body = sentence(rng, 1), sentence(rng, 6)
    fields = ("smart-city", "smart-manufacturing", "smart-tourism", "culture", "agriculture")
    return {
        "field": rng.choice(fields),
        "title_zh": f"{title[0]}（{i}）",
        "title_en": f"{title[1]} ({i})",
        "body_zh": body[0],
        "body_en": body[1],
        "state_since": NOW,
        "state_due_at": NOW + timedelta(days=900),
        "created_at": NOW,
        "updated_at": NOW,
    }


def _scenario(model: Any, rng: random.Random, i: int, owners: list[Any]) -> Any:
    measured = rng.random() < 0.9
    return model(
        code=f"bench-need-{i:05d}",
        owner=rng.choice(owners),
        state=STATES[i % len(STATES)],
        state_owner="office",
        setting_zh=sentence(rng, 3)[0],
        setting_en=sentence(rng, 3)[1],
        data_zh=sentence(rng, 2)[0],
        data_en=sentence(rng, 2)[1],
        metric=rng.choice(("mase", "accuracy", "mae")) if measured else "",
        bar=round(rng.uniform(0.5, 0.95), 2) if measured else None,
        direction="lower" if measured else "",
        waiver="" if measured else "not measurable",
        decision_maker_zh="运营科科长",
        decision_maker_en="Head of operations",
        budget_cny=rng.randrange(5, 200) * 10_000,
        budget_route_zh="直接采购",
        budget_route_en="Direct purchase",
        decide_by=(NOW + timedelta(days=rng.randrange(30, 400))).date(),
        region=REGIONS[i % len(REGIONS)],
        is_invented=True,
        published_at=NOW,
        **_words(rng, i),
    )


def _capability(model: Any, rng: random.Random, i: int, suppliers: list[Any]) -> Any:
    return model(
        code=f"bench-offer-{i:05d}",
        supplier=rng.choice(suppliers),
        state="draft" if i % 12 == 0 else "published",
        deployment=rng.choice(("any", "on-premises", "cloud")),
        regions="池州;合肥",
        certificates="ISO 9001",
        price_cny=rng.randrange(5, 200) * 10_000,
        **_words(rng, i),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000, help="scenarios, and as many capabilities")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiupu_web.settings")
    import django

    django.setup()
    fill(args.rows)
    from django.db import connection

    if connection.vendor == "postgresql":  # its autovacuum would count the rows within a minute; the load does not wait for it
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return 0


if __name__ == "__main__":
    sys.exit(main())
