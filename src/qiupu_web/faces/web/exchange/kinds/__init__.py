"""The tables that can be brought in and taken out."""

from qiupu_web.faces.web.exchange.kinds.capabilities import CAPABILITIES
from qiupu_web.faces.web.exchange.kinds.commitments import COMMITMENTS
from qiupu_web.faces.web.exchange.kinds.kind import Kind, Words
from qiupu_web.faces.web.exchange.kinds.milestones import MILESTONES, PROJECTS
from qiupu_web.faces.web.exchange.kinds.organisations import ORGANISATIONS
from qiupu_web.faces.web.exchange.kinds.scenarios import BENCHMARKS, SCENARIOS

KINDS: dict[str, Kind] = {
    one.code: one for one in (ORGANISATIONS, CAPABILITIES, SCENARIOS, BENCHMARKS, COMMITMENTS, PROJECTS, MILESTONES)
}
"""In the order in which they are best brought in."""

__all__ = ["KINDS", "Kind", "Words"]
