"""What the API gives. Every field is named here, so nothing that a model gains becomes public by itself.

Titles and texts come in both languages; an empty string means that there is none. A missing number is null.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from ninja import Schema

from qiupu_web.trials.queries import version_shown

T = TypeVar("T")


class Page(Schema, Generic[T]):
    """One page of a list."""

    items: list[T]
    count: int
    page: int
    pages: int


class Problem(Schema):
    """An error: a fixed code, the sentence and the cure in the language of Accept-Language, and where it is."""

    code: str
    message: str
    cure: str
    file: str | None = None
    row: int | None = None
    column: str | None = None


class OrganisationLine(Schema):
    """An organisation in a list."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    region: str
    is_invented: bool


class OrganisationCard(OrganisationLine):
    """One organisation."""

    remit_zh: str
    remit_en: str
    founded_on: date | None
    website: str


class CommitmentLine(Schema):
    """A commitment in a list."""

    code: str
    agreement: str
    statement: int
    title_zh: str
    title_en: str
    field: str
    state: str
    lead_unit: str | None
    due_on: date | None

    @staticmethod
    def resolve_agreement(row: Any) -> str:
        """Give the agreement's code."""
        return str(row.statement.agreement.code)

    @staticmethod
    def resolve_statement(row: Any) -> int:
        """Give the statement's number in its text."""
        return int(row.statement.number)

    @staticmethod
    def resolve_lead_unit(row: Any) -> str | None:
        """Give the lead unit's code."""
        return row.lead_unit.code if row.lead_unit else None


class EvidenceLine(Schema):
    """What shows that a commitment moves."""

    kind: str
    title_zh: str
    title_en: str
    outcome: str
    recorded_at: datetime
    countersigned_at: datetime | None


class CommitmentCard(CommitmentLine):
    """One commitment with its quote and evidence."""

    quote: str
    measure_zh: str
    measure_en: str
    supporting_units: list[str]
    evidence: list[EvidenceLine]

    @staticmethod
    def resolve_quote(row: Any) -> str:
        """Give the sentence that it was drawn from."""
        return str(row.statement.quote)

    @staticmethod
    def resolve_supporting_units(row: Any) -> list[str]:
        """Give the supporting units' codes."""
        return [one.code for one in row.supporting_units.all()]

    @staticmethod
    def resolve_evidence(row: Any) -> list[Any]:
        """Give the evidence in order."""
        return list(row.evidence.all())


class StatementOutcome(Schema):
    """One sentence and what became of it. ``text[start:end]`` is the quote."""

    number: int
    start: int
    end: int
    quote: str
    speaker: str
    strength: str
    field: str
    due: str
    state: str
    commitments: list[str]


class AgreementLine(Schema):
    """A text in a list."""

    code: str
    kind: str
    title_zh: str
    title_en: str
    language: str
    signed_on: str
    is_invented: bool
    text_sha256: str


class AgreementCard(AgreementLine):
    """One text with every sentence and what became of it."""

    text: str
    statements: list[StatementOutcome]


class ScenarioLine(Schema):
    """A need in a list."""

    code: str
    owner: str
    field: str
    title_zh: str
    title_en: str
    state: str
    metric: str
    bar: float | None
    direction: str
    budget_cny: Decimal | None
    decide_by: date | None
    region: str
    is_invented: bool

    @staticmethod
    def resolve_owner(row: Any) -> str:
        """Give the owner's code."""
        return str(row.owner.code)


class ScenarioCard(ScenarioLine):
    """One need."""

    body_zh: str
    body_en: str
    setting_zh: str
    setting_en: str
    data_zh: str
    data_en: str
    waiver: str
    decision_maker_zh: str
    decision_maker_en: str
    budget_route_zh: str
    budget_route_en: str
    published_at: datetime | None


class CapabilityLine(Schema):
    """A capability in a list."""

    code: str
    supplier: str
    field: str
    title_zh: str
    title_en: str
    state: str
    regions: str
    deployment: str
    price_cny: Decimal | None

    @staticmethod
    def resolve_supplier(row: Any) -> str:
        """Give the supplier's code."""
        return str(row.supplier.code)


class ProofLine(Schema):
    """A fact from a trial or a project."""

    kind: str
    key: str
    outcome: str
    recorded_at: datetime


class CapabilityCard(CapabilityLine):
    """One capability."""

    body_zh: str
    body_en: str
    certificates: str
    proofs: list[ProofLine]

    @staticmethod
    def resolve_proofs(row: Any) -> list[Any]:
        """Give the proofs in order."""
        return list(row.proofs.all())


class TrialLine(Schema):
    """A trial in a list."""

    code: str
    scenario: str
    title_zh: str
    title_en: str
    kind: str
    metric: str
    direction: str
    bar: float
    level: float
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    is_demo: bool

    @staticmethod
    def resolve_scenario(row: Any) -> str:
        """Give the scenario's code."""
        return str(row.scenario.code)


class Sealed(Schema):
    """What was sealed, as far as it is public: hashes and counts, never labels."""

    number: int
    n_public: int
    n_feedback: int
    n_final: int
    n_groups_final: int | None
    manifest_sha256: str
    sealed_at: datetime | None


class TrialCard(TrialLine):
    """One trial."""

    bar_rule_zh: str
    bar_rule_en: str
    quota: int
    input_mode: str
    sealed: Sealed | None
    next_step: str
    next_due_on: date | None

    @staticmethod
    def resolve_sealed(row: Any) -> Any:
        """Give the version in force."""
        return version_shown(row)


class BoardLine(Schema):
    """One line of a board. Before the announcement only ``feedback`` is there: a hint, not a verdict."""

    organisation: str
    name_zh: str
    name_en: str
    is_baseline: bool
    feedback: float | None = None
    verdict: str | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    tie_group: int | None = None


class Board(Schema):
    """A board: verdicts with their bounds once announced, before that the best feedback of each organisation."""

    trial: str
    metric: str
    direction: str
    bar: float
    is_announced: bool
    lines: list[BoardLine]


class MilestoneLine(Schema):
    """A checkpoint of a project."""

    number: int
    title_zh: str
    title_en: str
    state: str
    due_on: date | None


class ProjectLine(Schema):
    """A project in a list."""

    code: str
    scenario: str
    supplier: str
    title_zh: str
    title_en: str
    state: str
    starts_on: date | None
    ends_on: date | None
    is_invented: bool

    @staticmethod
    def resolve_scenario(row: Any) -> str:
        """Give the scenario's code."""
        return str(row.scenario.code)

    @staticmethod
    def resolve_supplier(row: Any) -> str:
        """Give the supplier's code."""
        return str(row.supplier.code)


class ProjectCard(ProjectLine):
    """One project."""

    trial: str | None
    budget_cny: Decimal | None
    milestones: list[MilestoneLine]

    @staticmethod
    def resolve_trial(row: Any) -> str | None:
        """Give the trial's code."""
        return row.trial.code if row.trial else None

    @staticmethod
    def resolve_milestones(row: Any) -> list[Any]:
        """Give the milestones in order."""
        return list(row.milestones.all())
