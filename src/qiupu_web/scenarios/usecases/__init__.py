"""Everything that may be done with scenarios, and with the published lists of other cities."""

from qiupu_web.scenarios.usecases.course import (
    draft_scenario,
    edit_scenario,
    lapse_overdue,
    lapse_scenario,
    move_scenario,
    publish_scenario,
    reconfirm_scenario,
    return_scenario,
    submit_scenario,
    withdraw_scenario,
)
from qiupu_web.scenarios.usecases.outside import (
    add_outside_list,
    bring_in_outside_list,
    confirm_outside_row,
    decline_outside_row,
    map_outside_list,
    reopen_outside_row,
    undo_outside_list,
)

__all__ = [
    "add_outside_list",
    "bring_in_outside_list",
    "confirm_outside_row",
    "decline_outside_row",
    "draft_scenario",
    "edit_scenario",
    "lapse_overdue",
    "lapse_scenario",
    "map_outside_list",
    "move_scenario",
    "publish_scenario",
    "reconfirm_scenario",
    "reopen_outside_row",
    "return_scenario",
    "submit_scenario",
    "undo_outside_list",
    "withdraw_scenario",
]
