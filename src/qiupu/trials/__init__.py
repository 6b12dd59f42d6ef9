"""Blind trials: read a task, its truth and entries; score, rank and decide; check, split, seal and sign.

::

    task = load_task(Path("task.toml"))                      # or a dict
    truth = load_truth(task, read_table("truth.csv", text_columns=TEXT_COLUMNS))
    entry = load_entry(task, truth, read_table("entry.csv", text_columns=TEXT_COLUMNS))
    score(task, truth, entry, seed=1)                        # Score
    decide(task, truth, entry, bar=0.9)                      # Decision
    board(task, truth, [entry, ...], bar=0.9)                # Board
    final = truth.keep(split(task, truth, seed=1).units("final"))
    decide(task, final, entry, bar=0.9)                      # on a part: the entry follows the truth
"""

from qiupu.trials.board import Board, BoardRow, Unscored, board
from qiupu.trials.decide import Decision, decide, items_needed, survive_holm
from qiupu.trials.entry import Entry, load_entry
from qiupu.trials.findings import CheckReport, Finding
from qiupu.trials.health import check
from qiupu.trials.ladder import Ladder, LadderAnswer, contributions
from qiupu.trials.measure import answers_of, sample_of
from qiupu.trials.personal import PersonalFinding, find_personal, personal_columns
from qiupu.trials.receipt import (
    Receipt,
    ReceiptReport,
    fingerprint,
    new_key,
    public_key_of,
    read_receipt,
    salted_hash,
    sign_receipt,
    verify_receipt,
)
from qiupu.trials.score import INTERVAL, MetricScore, Score, method_title, score
from qiupu.trials.seal import SealManifest, seal_manifest, task_sha256
from qiupu.trials.sizing import items_planned
from qiupu.trials.splits import PARTS, Split, split, split_of
from qiupu.trials.task import ENTRY_COLUMNS, TEXT_COLUMNS, TRUTH_COLUMNS, Task, load_task, task_schema
from qiupu.trials.truth import Truth, group_title, load_truth

__all__ = [
    "ENTRY_COLUMNS",
    "INTERVAL",
    "PARTS",
    "TEXT_COLUMNS",
    "TRUTH_COLUMNS",
    "Board",
    "BoardRow",
    "CheckReport",
    "Decision",
    "Entry",
    "Finding",
    "Ladder",
    "LadderAnswer",
    "MetricScore",
    "PersonalFinding",
    "Receipt",
    "ReceiptReport",
    "Score",
    "SealManifest",
    "Split",
    "Task",
    "Truth",
    "Unscored",
    "answers_of",
    "board",
    "check",
    "contributions",
    "decide",
    "find_personal",
    "fingerprint",
    "group_title",
    "items_needed",
    "items_planned",
    "load_entry",
    "load_task",
    "load_truth",
    "method_title",
    "new_key",
    "personal_columns",
    "public_key_of",
    "read_receipt",
    "salted_hash",
    "sample_of",
    "score",
    "seal_manifest",
    "sign_receipt",
    "split",
    "split_of",
    "survive_holm",
    "task_schema",
    "task_sha256",
    "verify_receipt",
]
