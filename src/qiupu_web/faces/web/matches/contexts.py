"""What the templates of matches are given; every coordinate of a drawing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.matches.forms import DeclineForm, PressForm, ReplyForm
from qiupu_web.faces.web.matches.lacks import Lacks, lacks_from
from qiupu_web.matches.enums import MatchState, RequestState
from qiupu_web.matches.models import Match, NeedSearch, Ranking, RankingRequest
from qiupu_web.matches.rules import MATCH
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.permissions import may
from qiupu_web.scenarios.models import Scenario
from qiupu_web.scenarios.rules import RANKABLE_STATES

INSIDERS = ("office", "auditor", "administrator")
WIDTH = 240
MIDDLE = 120


@dataclass(frozen=True)
class Piece:
    """A part of a sentence; marked where words of requirement and answer meet."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Answer:
    """One requirement and the sentence that answers it; no pieces when there is no evidence.

    ``lang_note`` and ``evidence_note`` say in which language a quote is, when that is not the reader's.
    """

    requirement: Sequence[Piece]
    lang: str
    lang_note: str
    evidence: Sequence[Piece]
    evidence_lang: str
    evidence_note: str


@dataclass(frozen=True)
class Share:
    """What one feature added or took: a bar left or right of the middle line."""

    name: str
    sentence: str
    points: str
    x: float
    width: float
    is_negative: bool


@dataclass(frozen=True)
class Ranked:
    """One match in a table."""

    match: Match
    answered: int
    asked: int
    best: str
    score_width: float
    is_newcomer: bool
    shows_state: bool


@dataclass(frozen=True)
class ScenarioMatches:
    """The ranked table of a scenario."""

    scenario: Scenario
    rows: Sequence[Ranked]
    ranking: Ranking | None
    request: RankingRequest | None
    is_waiting: bool
    problem_text: str
    rank_form: OnceForm | None


@dataclass(frozen=True)
class Deeds:
    """What this reader may do with this match now."""

    introduce: OnceForm | None
    reply: ReplyForm | None
    met: OnceForm | None
    chosen: OnceForm | None
    decline: DeclineForm | None

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return any((self.introduce, self.reply, self.met, self.chosen, self.decline))


@dataclass(frozen=True)
class MatchPage:
    """One match."""

    match: Match
    answers: Sequence[Answer]
    answered: int
    shares: Sequence[Share]
    is_inside: bool
    deeds: Deeds
    lacks: Lacks | None
    middle: int = MIDDLE
    width: int = WIDTH


@dataclass(frozen=True)
class Waiting:
    """What waits: for a supplier its introductions, for owners and the office what they have to act on."""

    rows: Sequence[Match]
    is_supplier: bool


def is_inside(actor: Actor, match: Match) -> bool:
    """Return whether somebody may see what people decided."""
    own = (match.scenario.owner_id, match.capability.supplier_id)
    return actor.role in INSIDERS or (actor.organisation_id is not None and actor.organisation_id in own)


def sees_lacks(actor: Actor, match: Match) -> bool:
    """Return whether somebody is told what the supplier lacks: the supplier itself, and the office that advises it."""
    return actor.role in INSIDERS or (actor.organisation_id is not None and actor.organisation_id == match.capability.supplier_id)


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """Cut a sentence at its marks; overlapping marks are joined and places outside the text ignored."""
    found, at = [], 0
    for start, end in sorted(spans):
        first, last = max(start, at), min(end, len(text))
        if first >= last:
            continue
        if first > at:
            found.append(Piece(text[at:first], False))
        found.append(Piece(text[first:last], True))
        at = last
    return [*found, Piece(text[at:], False)] if at < len(text) or not found else found


def requirements_in(reasons: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the requirements in the reader's language, or in the other one when there are none."""
    rows = [one for one in reasons if one.get("kind") == "requirement"]
    lang = "zh" if (get_language() or "en").startswith("zh") else "en"
    return [one for one in rows if one.get("lang") == lang] or rows


def requirements_of(match: Match) -> list[dict[str, Any]]:
    """Return a match's requirements in the reader's language."""
    return requirements_in(match.reasons)


def lacks_of(reasons: Sequence[dict[str, Any]]) -> Lacks:
    """Return what a supplier would have to show or change."""
    return lacks_from(requirements_in(reasons), reasons, get_language() or "en")


def answers_of(match: Match) -> list[Answer]:
    """Return each requirement with its answer, words that meet marked."""
    found = []
    for one in requirements_of(match):
        spans = one.get("spans", [])
        found.append(
            Answer(
                pieces(one["requirement"], [(span[0], span[1]) for span in spans]),
                str(one.get("lang", "")),
                quoted_in(str(one.get("lang", ""))),
                pieces(one["evidence"], [(span[2], span[3]) for span in spans]) if one.get("evidence") else [],
                str(one.get("evidence_lang", "")),
                quoted_in(str(one.get("evidence_lang", ""))),
            )
        )
    return found


def quoted_in(lang: str) -> str:
    """Return the words that mark a quote in another language than the reader's; empty for her own."""
    if not lang or (get_language() or "en").startswith(lang):
        return ""
    return {"zh": _("original in Chinese"), "en": _("original in English")}.get(lang, _("in its original language"))


def feature_name(code: str) -> str:
    """Return a feature's name."""
    names = {
        "meaning": _("Meaning"),
        "words": _("Words"),
        "language": _("Language"),
        "field": _("Field"),
        "budget": _("Budget"),
        "region": _("Place"),
        "deployment": _("Deployment"),
        "certificates": _("Certificates"),
        "capacity": _("Capacity"),
        "quantity": _("Size"),
        "record": _("Proof"),
        "newcomer": _("Newcomer"),
    }
    return names.get(code, code)


def shares_of(match: Match) -> list[Share]:
    """Return what each feature contributed, as bars of one scale."""
    rows = [one for one in match.reasons if one.get("kind") == "feature"]
    most = max((abs(one["points"]) for one in rows), default=0) or 1
    key = "text_zh" if (get_language() or "en").startswith("zh") else "text_en"
    found = []
    for one in rows:
        width = round(abs(one["points"]) / most * (MIDDLE - 4), 1)
        is_negative = one["points"] < 0
        x = MIDDLE - width if is_negative else MIDDLE
        sign = "−" if is_negative else "+"
        points = f"{sign}{abs(one['points']):.2f}"
        found.append(Share(feature_name(one["feature"]), one[key], points, round(x, 1), width, is_negative))
    return found


def ranked_row(match: Match, actor: Actor) -> Ranked:
    """Return one line of a ranked table."""
    rows = requirements_of(match)
    features = [one for one in match.reasons if one.get("kind") == "feature"]
    best = max(features, key=lambda one: one["points"], default=None)
    key = "text_zh" if (get_language() or "en").startswith("zh") else "text_en"
    return Ranked(
        match=match,
        answered=sum(bool(one.get("evidence")) for one in rows),
        asked=len(rows),
        best=best[key] if best else "",
        score_width=round(max(0.0, min(1.0, match.score)) * 100, 1),
        is_newcomer=any(one.get("feature") == "newcomer" for one in features),
        shows_state=is_inside(actor, match) or match.state == MatchState.CHOSEN,
    )


def is_waiting(request: RankingRequest | NeedSearch | None) -> bool:
    """Return whether a run is under way."""
    return request is not None and request.state in (RequestState.QUEUED, RequestState.RUNNING)


def rank_form_of(actor: Actor, scenario: Scenario) -> OnceForm | None:
    """Return the button that asks for a ranking, where it may be asked for."""
    allowed = scenario.state in RANKABLE_STATES and may(actor, "matches.request_ranking", scenario.owner_id)
    return PressForm() if allowed else None


def deeds_of(actor: Actor, row: Match) -> Deeds:
    """Return what somebody may do with a match in its present state."""
    owner, supplier = row.scenario.owner_id, row.capability.supplier_id

    def form(action: str, whose: int, to: str, kind: type[OnceForm], name: str) -> Any:
        return kind(auto_id=f"id_{name}_%s") if MATCH.allows(row.state, to) and may(actor, action, whose) else None

    open_here = row.scenario.state in RANKABLE_STATES
    reply = row.state == MatchState.INTRODUCED and may(actor, "matches.reply", supplier)
    return Deeds(
        introduce=form("matches.introduce", owner, MatchState.INTRODUCED, PressForm, "introduce") if open_here else None,
        reply=ReplyForm(auto_id="id_reply_%s") if reply else None,
        met=form("matches.decide", owner, MatchState.MET, PressForm, "met"),
        chosen=form("matches.decide", owner, MatchState.CHOSEN, PressForm, "chosen"),
        decline=form("matches.decide", owner, MatchState.DECLINED, DeclineForm, "decline"),
    )
