"""What can be done with projects: begin, plan, move, show, countersign, accept; risks, benefits, documents, replication."""

from qiupu_web.projects.usecases.accepting import record_acceptance, waive_acceptance
from qiupu_web.projects.usecases.benefits import add_benefit, drop_benefit, measure_benefit, review_benefit
from qiupu_web.projects.usecases.documents import add_document
from qiupu_web.projects.usecases.planning import (
    EDITABLE,
    MILESTONE_FIELDS,
    add_milestone,
    create_project,
    edit_milestone,
    edit_project,
    move_project,
)
from qiupu_web.projects.usecases.replicating import CARRIED, replicate_project
from qiupu_web.projects.usecases.risks import RISK_FIELDS, add_risk, edit_risk, move_risk
from qiupu_web.projects.usecases.showing import add_milestone_evidence, countersign_milestone

__all__ = [
    "CARRIED",
    "EDITABLE",
    "MILESTONE_FIELDS",
    "RISK_FIELDS",
    "add_benefit",
    "add_document",
    "add_milestone",
    "add_milestone_evidence",
    "add_risk",
    "countersign_milestone",
    "create_project",
    "drop_benefit",
    "edit_milestone",
    "edit_project",
    "edit_risk",
    "measure_benefit",
    "move_project",
    "move_risk",
    "record_acceptance",
    "replicate_project",
    "review_benefit",
    "waive_acceptance",
]
