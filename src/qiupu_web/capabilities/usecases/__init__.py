"""Everything that may be done with capabilities and the brochures that they are drafted from."""

from qiupu_web.capabilities.usecases.brochures import decide_sentences, discard_brochure, draft_from_brochure, read_brochure
from qiupu_web.capabilities.usecases.offers import (
    edit_capability,
    publish_capability,
    record_proof,
    register_capability,
    withdraw_capability,
)

__all__ = [
    "decide_sentences",
    "discard_brochure",
    "draft_from_brochure",
    "edit_capability",
    "publish_capability",
    "read_brochure",
    "record_proof",
    "register_capability",
    "withdraw_capability",
]
