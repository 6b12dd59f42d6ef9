"""Rows for tests, made the short way; use cases are tested by calling them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from qiupu_web.agreements.models import Agreement, AgreementParty, Commitment, Statement
from qiupu_web.agreements.rules import COMMITMENT
from qiupu_web.capabilities.models import Capability
from qiupu_web.capabilities.rules import CAPABILITY
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.models import Membership, Organisation, User
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import SCENARIO

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_count = itertools.count(1)


def organisation(code: str = "", *, kind: str = "company", **fields: Any) -> Organisation:
    """Make an organisation."""
    code = code or f"org-{next(_count)}"
    return Organisation.objects.create(code=code, kind=kind, **{"name_zh": f"机构{code}", "name_en": f"Org {code}", **fields})


def member(role: str, org: Organisation | None = None, **fields: Any) -> Membership:
    """Make a person with a role in an organisation; her password is ``correct-horse``."""
    org = org or organisation(kind={"office": "office", "unit": "unit"}.get(role, "company"))
    user = User.objects.create_user(
        f"user{next(_count)}@example.org", "correct-horse", name_zh="张三", name_en="Zhang San", **fields
    )
    return Membership.objects.create(user=user, organisation=org, role=role)


def actor(role: str, org: Organisation | None = None, **fields: Any) -> Actor:
    """Make a person and return her as an actor."""
    one = member(role, org)
    return Actor(
        role=role,
        name=one.user.name,
        user_id=one.user_id,
        organisation_id=one.organisation_id,
        organisation_code=one.organisation.code,
        **fields,
    )


def agreement(**fields: Any) -> Agreement:
    """Make an agreement with one party pair and no statements."""
    n = next(_count)
    text = fields.pop("text", f"The Company shall deliver service {n}. The City hopes to grow.")
    row = Agreement.objects.create(
        **{
            "code": f"agreement-{n}",
            "kind": "agreement",
            "title_zh": "合作协议",
            "title_en": "Cooperation agreement",
            "language": "en",
            "text": text,
            "engine_version": "test",
            "text_sha256": f"{n:064d}",
            "added_at": NOW,
            **fields,
        }
    )
    AgreementParty.objects.create(agreement=row, organisation=organisation(kind="office"), name=f"City {n}", role="government")
    AgreementParty.objects.create(agreement=row, organisation=organisation(kind="partner"), name=f"Firm {n}", is_partner=True)
    return row


def statement(of: Agreement | None = None, **fields: Any) -> Statement:
    """Make a statement."""
    of = of or agreement()
    number = of.statements.count() + 1
    end = of.text.find(".") + 1 or len(of.text)
    return Statement.objects.create(
        **{"agreement": of, "number": number, "start": 0, "end": end, "quote": of.text[:end], "strength": "duty", **fields}
    )


def commitment(of: Statement | None = None, *, state: str = "broken-down", **fields: Any) -> Commitment:
    """Make a commitment in a state."""
    of = of or statement()
    n = next(_count)
    return Commitment.objects.create(
        **{
            "code": f"commitment-{n}",
            "statement": of,
            "title_zh": f"承诺{n}",
            "title_en": f"Commitment {n}",
            "field": "smart-city",
            "created_at": NOW,
            **COMMITMENT.begin(state, NOW),
            **fields,
        }
    )


def capability(supplier: Organisation | None = None, *, state: str = "published", **fields: Any) -> Capability:
    """Make a capability in a state."""
    n = next(_count)
    return Capability.objects.create(
        **{
            "code": f"capability-{n}",
            "supplier": supplier or organisation(kind="startup"),
            "field": "smart-tourism",
            "title_zh": f"能力{n}",
            "title_en": f"Capability {n}",
            "body_zh": "按小时预测客流。",
            "body_en": "Forecasts visitor flow by the hour.",
            "created_at": NOW,
            "updated_at": NOW,
            **CAPABILITY.begin(state, NOW),
            **fields,
        }
    )


def scenario(owner: Organisation | None = None, *, state: str = "published", **fields: Any) -> Scenario:
    """Make a scenario in a state, complete enough to be published."""
    n = next(_count)
    return Scenario.objects.create(
        **{
            "code": f"scenario-{n}",
            "owner": owner or organisation(kind="company"),
            "field": "smart-tourism",
            "title_zh": f"场景{n}",
            "title_en": f"Scenario {n}",
            "body_zh": "需要提前两周预测客流。",
            "body_en": "Visitor flow must be known two weeks ahead.",
            "metric": "mase",
            "bar": 0.8,
            "direction": "lower",
            "decision_maker_zh": "运营科科长",
            "decision_maker_en": "Head of operations",
            "budget_cny": 300_000,
            "budget_route_zh": "直接采购",
            "budget_route_en": "Direct purchase",
            "published_at": NOW,
            "created_at": NOW,
            "updated_at": NOW,
            **SCENARIO.begin(state, NOW),
            **fields,
        }
    )
