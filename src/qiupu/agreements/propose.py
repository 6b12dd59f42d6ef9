"""Proposals for the breakdown of a statement: the unit whose remit fits, and how one could measure it. A person decides."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from qiupu.agreements.fields import propose_field
from qiupu.agreements.folding import fold
from qiupu.agreements.languages import ENGLISH
from qiupu.agreements.quantities import counts_in, money_in
from qiupu.text.words import CHINESE_STOP, has_segmenter, words_of
from qiupu.wording import N_

_STOP = "their both parties party agreement under cooperation jointly work city municipal bureau department"
STOP = ENGLISH | frozenset(_STOP.split())
_STOP_HAN = (
    "双方 合作 开展 推动 推进 建设 工作 负责 提供 支持 协议 进行 加强 发展 我市 全市 市人 人民 政府 相关 有关 以及 管理 服务"
)
STOP_HAN = frozenset(_STOP_HAN.split())
MEASURES: tuple[tuple[str, str, str], ...] = (
    (r"培训|人才|train|talent|intern", "people-trained", N_("people trained, with a list of names and dates")),
    (r"投资|资金|基金|授信|invest|fund|financ|lend", "money-paid-in", N_("money paid in by the due date, with vouchers")),
    (
        r"企业.{0,6}落户|引进|上下游|招引|attract|ecosystem partners|supporting firms",
        "firms-settled",
        N_("firms that registered and began work"),
    ),
    (
        r"平台|系统|中心|platform|system|cent(?:re|er)\b",
        "in-operation",
        N_("in operation by the due date, with active users in the month"),
    ),
    (r"场景|数据|开放|scenario|data|open", "published", N_("scenarios or data sets published, each with an owner")),
    (
        r"识别|预测|检测|质检|准确率|accuracy|forecast|detect|inspection",
        "trial-metric",
        N_("the metric of a blind trial against its acceptance bar"),
    ),
    (r"会议|联席|例会|专班|meeting|committee|task force", "meetings-held", N_("meetings held, with minutes")),
    (r"项目|试点|project|pilot", "projects-accepted", N_("projects accepted on fresh data")),
    (r"协调|保障|营商|环境|服务|support|environment", "requests-answered", N_("share of firms' requests answered in time")),
)


@dataclass(frozen=True)
class UnitProposal:
    """A unit with a score from 0 to 1 and the words that its remit and the statement share."""

    unit_id: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class MeasureProposal:
    """A way to measure; ``sentence`` is an English template to translate, ``target`` what the statement itself gives."""

    code: str
    sentence: str
    target: str | None


def terms(text: str) -> list[str]:
    """Return the words of English and Chinese text that carry meaning; pairs of characters where no dictionary cuts Chinese."""
    folded = fold(text).lower()
    words = [_stem(word) for word in re.findall(r"[a-z][a-z-]{2,}", folded) if word not in STOP]
    han = (word.key for run in re.findall(r"[\u4e00-\u9fff]{2,}", folded) for word in words_of(run, stop=False))
    return words + [word for word in han if len(word) > 1 and word not in STOP_HAN and word not in CHINESE_STOP]


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ers?|ed|es|s|al|ism)$", "", word) if len(word) > 5 else word.removesuffix("s")


def propose_units(statement: str, units: Sequence[tuple[str, str]], *, top: int = 3) -> tuple[UnitProposal, ...]:
    """Rank units by how much of the statement their remits cover; rare words count more.

    Parameters
    ----------
    statement : str
    units : sequence of (unit_id, remit text)
    top : int
        At most so many are returned; a unit that shares nothing is never proposed.

    Returns
    -------
    tuple of UnitProposal
        Best first, equal scores by ``unit_id``. The score is the cosine of tf-idf vectors over the remits given.
    """
    remits = [(unit_id, Counter(terms(remit))) for unit_id, remit in units]
    spread = Counter(word for _, remit in remits for word in remit)
    weight = {word: math.log(1 + len(remits) / count) for word, count in spread.items()}
    wanted = Counter(word for word in terms(statement) if word in weight)
    size = math.sqrt(sum((count * weight[word]) ** 2 for word, count in wanted.items()))
    ranked = []
    for (unit_id, remit), (_, remit_text) in zip(remits, units, strict=True):
        shared = [word for word in wanted if word in remit]
        length = math.sqrt(sum(((1 + math.log(count)) * weight[word]) ** 2 for word, count in remit.items()))
        product = sum(wanted[word] * weight[word] ** 2 * (1 + math.log(remit[word])) for word in shared)
        if shared and size and length:
            reasons = whole_words(sorted(shared, key=lambda word: (-weight[word], word)), statement, remit_text)
            ranked.append(UnitProposal(unit_id, round(product / size / length, 4), reasons[:5]))
    return tuple(sorted(ranked, key=lambda one: (-one.score, one.unit_id))[:top])


def whole_words(shared: Sequence[str], statement: str, remit: str) -> tuple[str, ...]:
    """Return the shared words as one reads them: no part of a longer one, pairs joined to the longest run in both texts."""
    if not has_segmenter():
        both = [fold(text).lower() for text in (statement, remit)]
        shared = list(dict.fromkeys(_longest_run(word, *both) for word in shared))
    return tuple(word for word in shared if not any(word != other and word in other for other in shared))


def _longest_run(pair: str, text: str, other: str) -> str:
    """Return the longest run of Chinese characters of one text that holds the pair and stands in the other."""
    best = pair
    for run in re.findall(r"[\u4e00-\u9fff]{3,}", text) if re.match(r"[\u4e00-\u9fff]", pair) else ():
        for match in re.finditer(pair, run):
            start, end = match.span()
            while end < len(run) and run[start : end + 1] in other:
                end += 1
            while start > 0 and run[start - 1 : end] in other:
                start -= 1
            best = max(best, run[start:end], key=len)
    return best


def propose_measures(statement: str) -> tuple[MeasureProposal, ...]:
    """Return ways to measure that a statement's words suggest, in the order of how early they are mentioned."""
    folded = fold(statement)
    language = "zh" if re.search(r"[\u4e00-\u9fff]", folded) else "en"
    amounts = money_in(folded, 0, len(folded)) or counts_in(folded, 0, len(folded), language)
    target = amounts[0].value if amounts else None
    found = []
    for pattern, code, sentence in MEASURES:
        match = re.search(pattern, folded, re.IGNORECASE)
        if match:
            found.append((match.start(), MeasureProposal(code, sentence, target)))
    return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].code)))


__all__ = ["MeasureProposal", "UnitProposal", "propose_field", "propose_measures", "propose_units"]
