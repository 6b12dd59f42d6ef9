"""Between rows and the matching engine: the only rooms of this app that import ``qiupu``'s engines."""

from qiupu_web.matches.bridge.allocations import plan_event
from qiupu_web.matches.bridge.judging import builtin_weights, judge_rankings, refit
from qiupu_web.matches.bridge.rankings import compute_ranking, need_of, offer_of
from qiupu_web.matches.bridge.reverse import find_needs

__all__ = ["builtin_weights", "compute_ranking", "find_needs", "judge_rankings", "need_of", "offer_of", "plan_event", "refit"]
