"""Who is there, what was said, what is needed, who can do what: the city's tables through the use cases."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from qiupu_web.agreements import usecases as agreements
from qiupu_web.agreements.models import Agreement, Commitment, Statement
from qiupu_web.capabilities import usecases as capabilities
from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.demo.sources import day, flag, money, rows, text
from qiupu_web.parties import usecases as parties
from qiupu_web.parties.actors import Actor, system
from qiupu_web.parties.models import Membership, Organisation, User
from qiupu_web.scenarios import usecases as scenarios
from qiupu_web.scenarios.models import Scenario

SYSTEM = system("demo")
SIGNED = datetime(2026, 3, 19, 1, 0, tzinfo=UTC)
Say = Callable[[str], None]


@dataclass
class Clock:
    """The story's own time: each step is a little later than the one before, so that the records stand in order."""

    now: datetime = SIGNED

    def tick(self, minutes: int = 3) -> datetime:
        """Go on by minutes and return the time."""
        self.now += timedelta(minutes=minutes)
        return self.now

    def jump(self, to: datetime) -> datetime:
        """Go on to a moment; never back."""
        self.now = max(self.now + timedelta(minutes=1), to)
        return self.now


@dataclass
class City:
    """What has been built so far."""

    clock: Clock = field(default_factory=Clock)
    password: str = field(default_factory=lambda: f"chizhou-{secrets.token_hex(3)}")
    organisations: dict[str, Organisation] = field(default_factory=dict)
    accounts: list[tuple[str, str, str]] = field(default_factory=list)
    members: dict[str, Membership] = field(default_factory=dict)
    agreement: Agreement | None = None
    texts: dict[str, Agreement] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)

    def actor(self, role: str, organisation: str = "") -> Actor:
        """Return the first person with a role (for an organisation), as an actor."""
        for one in self.members.values():
            if one.role == role and (not organisation or one.organisation.code == organisation):
                return _actor(one)
        raise LookupError(f"nobody is {role} for {organisation or 'anybody'}")

    def actors(self, role: str) -> list[Actor]:
        """Return everybody with a role, as actors."""
        return [_actor(one) for one in self.members.values() if one.role == role]

    def speaker_for(self, organisation: str) -> Actor:
        """Return whoever acts for an organisation, in any of its roles."""
        for one in self.members.values():
            if one.organisation.code == organisation and one.role in {"unit", "owner", "supplier", "office"}:
                return _actor(one)
        raise LookupError(f"nobody acts for {organisation}")


def _actor(one: Membership) -> Actor:
    organisation = one.organisation
    return Actor(
        role=one.role,
        name=one.user.name,
        user_id=one.user_id,
        organisation_id=organisation.pk,
        organisation_code=organisation.code,
        via="demo",
    )


def people(city: City) -> None:
    """Register organisations, units, and the demo's accounts."""
    for row in rows("organisations.csv"):
        city.organisations[row["code"]] = parties.create_organisation(
            actor=SYSTEM,
            now=city.clock.tick(),
            code=row["code"],
            kind=row["kind"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            remit_zh=row["remit_zh"],
            remit_en=row["remit_en"],
            region=row["region"],
            founded_on=day(row["founded_on"]),
            is_invented=flag(row["is_invented"]),
        )
    template = User(email="template@chizhou.example")
    template.set_password(city.password)  # one slow hash for all of the demo's accounts
    for row in rows("people.csv"):
        user, made = User.objects.get_or_create(
            email=row["email"],
            defaults={"name_zh": row["name_zh"], "name_en": row["name_en"], "password": template.password, "is_demo": True},
        )
        organisation = city.organisations[row["organisation"]]
        city.members[f"{row['email']} {row['role']}"] = parties.add_member(
            actor=SYSTEM, now=city.clock.tick(), organisation=organisation, user=user, role=row["role"]
        )
        if made:
            city.accounts.append((row["role"], row["email"], str(organisation)))


def said(city: City) -> None:
    """Read the report and the agreement, each in both languages; the Chinese agreement is the one that is broken down."""
    office = city.actor("office")
    parties_of = {"甲方": city.organisations["city"], "乙方": city.organisations["lanjing"]}
    made = city.texts
    for name, kind, invented in (("report", "report", False), ("agreement", "agreement", True)):
        for lang in ("en", "zh"):
            words = text(f"{name}.{lang}.md")
            title = words.lstrip().split("\n", 1)[0].lstrip("# ").strip()
            made[f"{name}.{lang}"] = agreements.add_agreement(
                actor=office,
                now=city.clock.tick(),
                code=f"{name}-{lang}",
                kind=kind,
                data=words.encode(),
                name=f"{name}.{lang}.md",
                is_invented=invented,
                party_organisations=parties_of if invented else None,
                partner=city.organisations["lanjing"] if invented else None,
                title_zh=title if lang == "zh" else "",
                title_en=title if lang == "en" else "",
            )
        agreements.link_twins(actor=office, now=city.clock.tick(), agreement=made[f"{name}.zh"], twin=made[f"{name}.en"])
    city.agreement = made["agreement.zh"]


def broken_down(city: City) -> None:
    """Turn sentences into commitments, let the lead units answer and the parties confirm."""
    office = city.actor("office")
    assert city.agreement is not None  # noqa: S101  # `said` comes first
    found = list(city.agreement.statements.all())
    for row in rows("breakdown.csv"):
        statement = _statement(found, row["statement_quote_zh"])
        city.commitments[row["code"]] = agreements.break_down(
            actor=office,
            now=city.clock.tick(),
            statement=statement,
            code=row["code"].lower(),
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            field=row["field"],
            lead_unit=city.organisations[row["lead_unit"]],
            supporting_units=[city.organisations[code] for code in row["supporting_units"].split(";") if code],
            due_on=day(row["due_on"]),
            measure_zh=row["measure_zh"],
            measure_en=row["measure_en"],
            debtor=city.organisations.get(row["debtor"]),
            creditor=city.organisations.get(row["creditor"]),
        )
    city.clock.jump(SIGNED + timedelta(days=6))
    for row in rows("breakdown.csv"):
        _confirm(city, city.commitments[row["code"]], row)


def _statement(found: Iterable[Statement], quote: str) -> Statement:
    for statement in found:
        if quote in statement.quote or statement.quote in quote:
            return statement
    raise LookupError(f"no statement holds: {quote}")


def _confirm(city: City, commitment: Commitment, row: dict[str, str]) -> None:
    confirmed = [code for code in row["confirm"].split(";") if code]
    if not confirmed:
        return
    lead = city.speaker_for(row["lead_unit"])
    if lead.role in {"unit", "owner"}:
        agreements.answer_breakdown(actor=lead, now=city.clock.tick(), commitment=commitment, accept=True)
    for code in confirmed:
        agreements.confirm(actor=city.speaker_for(code), now=city.clock.tick(), commitment=commitment)


def offered(city: City) -> None:
    """Register and publish the capabilities."""
    for row in rows("capabilities.csv"):
        supplier = city.organisations[row["supplier"]]
        actor = city.speaker_for(row["supplier"])
        capability = capabilities.register_capability(
            actor=actor,
            now=city.clock.tick(),
            supplier=supplier,
            code=row["code"].lower(),
            field=row["field"],
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            body_zh=row["body_zh"],
            body_en=row["body_en"],
            regions=row["regions"],
            deployment=row["deployment"] or "any",
            certificates=row["certificates"],
            price_cny=money(row["price_cny"]),
        )
        capabilities.publish_capability(actor=actor, now=city.clock.tick(), capability=capability)
        city.capabilities[row["code"]] = capability
    # One supplier follows what will be published, so that its work shows new scenarios.
    follower = city.actor("supplier")
    parties.save_search(actor=follower, now=city.clock.tick(), name="文旅 · Tourism", filters={"field": "smart-tourism"})


def needed(city: City) -> None:
    """Draft, submit and publish the scenarios."""
    office = city.actor("office")
    both = ("title", "body", "setting", "data", "decision_maker", "budget_route")
    for row in rows("scenarios.csv"):
        owner = city.speaker_for(row["owner"])
        scenario = scenarios.draft_scenario(
            actor=owner,
            now=city.clock.tick(),
            owner=city.organisations[row["owner"]],
            code=row["code"].lower(),
            commitment=city.commitments.get(row["commitment"]),
            field=row["field"],
            metric=row["metric"],
            bar=float(row["bar"]) if row["bar"] else None,
            direction=row["direction"],
            waiver=" / ".join(filter(None, (row["waiver_zh"], row["waiver_en"]))),
            budget_cny=money(row["budget_cny"]),
            decide_by=day(row["decide_by"]),
            region=row["region"],
            is_invented=True,
            **{f"{name}_{lang}": row[f"{name}_{lang}"] for name in both for lang in ("zh", "en")},
        )
        scenarios.submit_scenario(actor=owner, now=city.clock.tick(), scenario=scenario)
        scenarios.publish_scenario(actor=office, now=city.clock.tick(), scenario=scenario)
        city.scenarios[row["code"]] = scenario


def reconfirmed(city: City) -> None:
    """Let the owners say that their needs still stand; who is silent for ninety days drops off the list."""
    for scenario in city.scenarios.values():
        owner = city.speaker_for(scenario.owner.code)
        scenarios.reconfirm_scenario(actor=owner, now=city.clock.tick(), scenario=scenario)
