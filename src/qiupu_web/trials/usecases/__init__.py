"""Everything that may be done with trials, entries, approvals and objections. The only room with a door to the vault."""

from qiupu_web.trials.usecases.concluding import (
    announce_trial,
    answer_objection,
    conclude_trial,
    delete_program,
    file_objection,
    open_objections,
    review_trial,
)
from qiupu_web.trials.usecases.deciding import decide_entries, final_entries, measure_final
from qiupu_web.trials.usecases.drafting import add_data, draft_trial
from qiupu_web.trials.usecases.entering import cancel_entry, entries_counted, examine_file, name_final_entry, submit_entry
from qiupu_web.trials.usecases.guards import family_of, version_in_force
from qiupu_web.trials.usecases.queueing import enqueue_decision as queue_decision
from qiupu_web.trials.usecases.scoring import (
    advance_entry,
    claim_entry,
    hidden_keys,
    keep_output,
    measure_feedback,
    record_failure,
    record_feedback,
    renew_lease,
    requeue_entry,
)
from qiupu_web.trials.usecases.sealing import (
    approve_seal,
    approve_unseal,
    close_trial,
    declare_interest,
    open_trial,
    start_practice,
    void_trial,
)
from qiupu_web.trials.usecases.spreadsheets import keep_spreadsheet, open_from_spreadsheet, spreadsheet

__all__ = [
    "add_data",
    "advance_entry",
    "announce_trial",
    "answer_objection",
    "approve_seal",
    "approve_unseal",
    "cancel_entry",
    "claim_entry",
    "close_trial",
    "conclude_trial",
    "decide_entries",
    "declare_interest",
    "delete_program",
    "draft_trial",
    "entries_counted",
    "examine_file",
    "family_of",
    "file_objection",
    "final_entries",
    "hidden_keys",
    "keep_output",
    "keep_spreadsheet",
    "measure_feedback",
    "measure_final",
    "name_final_entry",
    "open_from_spreadsheet",
    "open_objections",
    "open_trial",
    "queue_decision",
    "record_failure",
    "record_feedback",
    "renew_lease",
    "requeue_entry",
    "review_trial",
    "spreadsheet",
    "start_practice",
    "submit_entry",
    "version_in_force",
    "void_trial",
]
