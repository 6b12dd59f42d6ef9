"""Supply meets demand: rank, explain, allocate, and measure whether it helps."""

from qiupu.matching.allocate import Allocation, allocate
from qiupu.matching.evaluate import Decision, Figures, evaluate, figures
from qiupu.matching.explore import Exploration
from qiupu.matching.feasibility import Names
from qiupu.matching.fit import Weights
from qiupu.matching.index import Index, rank, rank_needs
from qiupu.matching.items import FEATURES, Capability, Need, Record
from qiupu.matching.learn import Change, Refit, refit_weights
from qiupu.matching.overtime import Comparison, Evaluation, Window, evaluate_decisions
from qiupu.matching.results import Answer, Contribution, Excluded, Match, Note, Passage, Ranking
from qiupu.matching.schedule import Meeting, Slots, Timetable, schedule
from qiupu.matching.store import open_index, save_index

__all__ = [
    "FEATURES",
    "Allocation",
    "Answer",
    "Capability",
    "Change",
    "Comparison",
    "Contribution",
    "Decision",
    "Evaluation",
    "Excluded",
    "Exploration",
    "Figures",
    "Index",
    "Match",
    "Meeting",
    "Names",
    "Need",
    "Note",
    "Passage",
    "Ranking",
    "Record",
    "Refit",
    "Slots",
    "Timetable",
    "Weights",
    "Window",
    "allocate",
    "evaluate",
    "evaluate_decisions",
    "figures",
    "open_index",
    "rank",
    "rank_needs",
    "refit_weights",
    "save_index",
    "schedule",
]
