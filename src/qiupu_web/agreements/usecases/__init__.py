"""What can be done with agreements and commitments."""

from qiupu_web.agreements.usecases.approving import (
    acts_at,
    decide_approval,
    end_stand_in,
    name_stand_in,
    set_approval_steps,
    stands_in_at,
)
from qiupu_web.agreements.usecases.breakdown import (
    amend_commitment,
    answer_breakdown,
    break_down,
    dispose_statement,
    edit_commitment,
    record_answer,
)
from qiupu_web.agreements.usecases.confirming import confirm, form_contents, record_scan
from qiupu_web.agreements.usecases.evidence import (
    add_document_evidence,
    countersign_evidence,
    end_override,
    involved,
    light_of,
    override_light,
    override_of,
    record_evidence,
    refresh_lights,
    settle_commitment,
)
from qiupu_web.agreements.usecases.money import record_money, strike_money
from qiupu_web.agreements.usecases.texts import (
    add_agreement,
    edit_agreement,
    link_party,
    link_sources,
    link_twins,
    record_agreement,
)
from qiupu_web.agreements.usecases.together import Draft, break_down_together, dispose_together, edit_together

__all__ = [
    "Draft",
    "acts_at",
    "add_agreement",
    "add_document_evidence",
    "amend_commitment",
    "answer_breakdown",
    "break_down",
    "break_down_together",
    "confirm",
    "countersign_evidence",
    "decide_approval",
    "dispose_statement",
    "dispose_together",
    "edit_agreement",
    "edit_commitment",
    "edit_together",
    "end_override",
    "end_stand_in",
    "form_contents",
    "involved",
    "light_of",
    "link_party",
    "link_sources",
    "link_twins",
    "name_stand_in",
    "override_light",
    "override_of",
    "record_agreement",
    "record_answer",
    "record_evidence",
    "record_money",
    "record_scan",
    "refresh_lights",
    "set_approval_steps",
    "settle_commitment",
    "stands_in_at",
    "strike_money",
]
