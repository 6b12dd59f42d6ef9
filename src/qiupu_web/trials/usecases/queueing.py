"""Put work into the queue, in the transaction of the use case that asks for it."""

from __future__ import annotations

from django.utils.module_loading import import_string

TASKS = "qiupu_web.trials.tasks"
# By name: tasks call use cases, so use cases cannot import tasks.


def enqueue_entry(entry_id: int) -> None:
    """Queue the scoring of an entry. Twice does no harm: the lease lets one worker in."""
    import_string(f"{TASKS}.score_entry").enqueue(entry_id)


def enqueue_decision(trial_id: int) -> None:
    """Queue the final scoring of a trial. Twice does no harm: a trial is decided once."""
    import_string(f"{TASKS}.decide_trial").enqueue(trial_id)
