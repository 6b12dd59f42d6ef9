"""What the templates of these pages are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qiupu_web.agreements.models import Agreement, Commitment, Statement
from qiupu_web.capabilities.models import Capability
from qiupu_web.faces.web.pages.funnel import Bar
from qiupu_web.scenarios.models import Scenario


@dataclass(frozen=True)
class Sentence:
    """One sentence of the agreement and the furthest that it came."""

    statement: Statement
    quote: str
    lang: str
    stage: str
    stage_label: str
    commitments: Sequence[Commitment]


@dataclass(frozen=True)
class Home:
    """The home page."""

    agreement: Agreement | None
    bars: Sequence[Bar]
    sentences: Sequence[Sentence]
    sentence_count: int
    opportunities: Sequence[Scenario]
    opportunity_count: int
    capabilities: Sequence[Capability]
    benchmarks: Sequence[Scenario]
