"""Who should act in an English statement, and what it says beside: what, how much, until when, to whom."""

from __future__ import annotations

import re

from qiupu.agreements.actors import BOTH_EN, Actor, Cast
from qiupu.agreements.dates import find_dates
from qiupu.agreements.quantities import counts_in, money_in, spans_in
from qiupu.agreements.scene import Details, Scene, State

CONDITION = re.compile(
    r"(?i)^\s*(?:\"|\(?[a-z0-9ivx]{1,4}[.)]\s+|(?:if|when|where|unless|upon|in the event|subject to|after|"
    r"before|within|during|under|in accordance with|according to|for|by|in|on|as|pursuant to|through|with|to|"
    r"meanwhile|moreover|furthermore|in addition|specifically|first|second|third|finally|next|at the same "
    r"time|going forward|looking ahead)\b[^,]{0,140},\s*)+"
)
WE = re.compile(
    r"(?i)\b(?:we|(?:our|his|her|their)\s+(?:company|firm|city|county|university|college|school|team|group|"
    r"government|institute|bank))\b"
)
SUBJECT = re.compile(
    r"(?:^|,\s+|\band\s+|\bthat\s+|;\s*|\"\s*)(?:[Tt]he\s+)?(?P<who>[A-Z][\w&'.-]*(?:\s+(?:of\s+|and\s+|"
    r"the\s+|for\s+)*[A-Z][\w&'.-]*){0,7})\s*(?:\([^()]{1,40}\)\s*)?(?:,[^,]{2,60},\s*)?(?:also\s+|jointly\s+|"
    r"both\s+|hereby\s+|further\s+|each\s+)?$"
)
NOT_ACTOR = re.compile(
    r"(?i)^(?:we|i|he|she|our|they|his|her|you|this|the|these|such|no|all|any|agreement|memorandum|contract|"
    r"section|article|it(?!\s+(?:department|office|team|division))|term|notice|ceremony|event|project|platform|plan|cooperation|partnership|in|on|under|"
    r"there|each|signing|effective date|exhibit|schedule|confidential information|january|february|march|"
    r"april|may|june|july|august|september|october|november|december)\b|agreement$|date$"
)
CREDITOR = re.compile(
    r"\b(?:to|for|with|assist|support|help|provide|pay|give|grant|offer|reimburse|indemnify|notify|"
    r"supply)\s+(?=(?:the\s+)?[A-Z])"
)
DATE_HINT = re.compile(
    r"20\d\d|\b(?:[Bb]y|[Bb]efore|[Uu]ntil|"
    r"than)\s+(?:the\s+)?(?:end\s+of\s+)?\d{0,2}\s?(?:[JFMASON"
    r"D][a-z]{2})"
)
WITHIN = re.compile(r"(?i)\b(?:within|no\s+later\s+than)\s+(?:the\s+(?:first|next|coming)\s+|a\s+period\s+of\s+)?")


def debtor_en(scene: Scene, state: State, start: int, end: int, mark: re.Match[str] | None) -> Actor | None:
    """Return who should act between two offsets; ``mark`` is the word of duty or hope. None when nobody can be told."""
    text = scene.text
    if mark is None:
        return state.heading
    condition = CONDITION.match(text[start : mark.start()])
    head = start + (condition.end() if condition and condition.end() < mark.start() - start else 0)
    hoped = _hoped_for(scene, mark, end)
    if hoped is not None:
        return state.remember(hoped)
    before = _subjects(text, scene.cast, head, mark.start())
    if before is None and state.speaker and re.match(r"(?i)hop|expect|encourag|looks?\s+forward|welcom", mark.group()):
        following = scene.cast.find(text, mark.start(), min(end, mark.end() + 60))
        return state.remember(_merged(text, scene.cast, following) if following else scene.cast.everybody())
    return state.remember(before or _subject_by_shape(text, head, mark.start())) or _implied(scene, state, head, mark.start())


def _hoped_for(scene: Scene, mark: re.Match[str], end: int) -> Actor | None:
    """Return the one of whom something is hoped: "hopes SenseCloud will invest"."""
    if not re.match(r"(?i)hop|expect|wish", mark.group()):
        return None
    behind = re.compile(r"\w+\s+(?:that\s+)?").match(scene.text, mark.start(), end)
    actor = scene.cast.pattern.match(scene.text, behind.end(), end) if behind else None
    if actor is None or not re.match(r"\s+(?:will|can|would|could|to)\b", scene.text[actor.end() : actor.end() + 12]):
        return None
    return scene.cast.resolve(actor.group(), actor.start(), actor.end())


def _subject_by_shape(text: str, head: int, limit: int) -> Actor | None:
    """A capitalised name right before the verb, which is no party: The Science and Technology Bureau."""
    subject = SUBJECT.search(text[head:limit])
    if subject is None or NOT_ACTOR.search(subject.group("who")):
        return None
    name = " ".join(subject.group("who").split())
    return Actor(name, (), head + subject.start("who"), head + subject.end("who")) if " " in name or name.isupper() else None


def _implied(scene: Scene, state: State, head: int, limit: int) -> Actor | None:
    """We are the speaker's side, they all parties, it who acted last; without a subject the heading's party."""
    text = scene.text[head:limit]
    if WE.search(text) and state.speaker_actor is not None:
        return state.remember(state.speaker_actor)
    if re.match(r"(?i)\W*(?:they|the two)\b", text):
        return state.remember(scene.cast.everybody())
    if re.match(r"(?i)\W*(?:it|the (?:company|firm|university))\b", text) and state.last is not None:
        return state.last
    if re.match(r"(?i)\W*(?:this|the)\s+(?:mou|memorandum|agreement|contract|letter|term)\b", text):
        return None
    if limit - head <= 2 or re.fullmatch(r"\W*(?:and|also|then|or)?\W*", text):
        return state.heading or state.last or state.speaker_actor
    return state.heading


def _subjects(text: str, cast: Cast, start: int, limit: int) -> Actor | None:
    """Return the actor whose verb stands at ``limit``: the nearest before it that is no object of a preposition."""
    actors = [
        actor
        for actor in cast.find(text, start, limit)
        if not re.search(
            r"(?i)\b(?:of|by|to|with|for|from|between|against|upon|on|in|into|under|at|than)\s+(?:the\s+|both\s+|"
            r"each\s+of\s+)?$",
            text[max(start, actor.start - 18) : actor.start],
        )
        and not re.match(r"'s?\s|'\s", text[actor.end : actor.end + 3])
        and not text[actor.start : actor.end].endswith("'s")
    ]
    if not actors:
        return None
    near = [actor for actor in actors if limit - actor.end < 60] or actors[:1]
    if limit - near[-1].end > 110:
        return None
    run = [near[-1]]
    for actor in reversed(actors[: actors.index(near[-1])]):
        if re.fullmatch(r"(?:\s*,?\s*and\s+(?:the\s+)?|\s*,\s*)", text[actor.end : run[0].start]):
            run.insert(0, actor)
        else:
            break
    return _merged(text, cast, run)


def _merged(text: str, cast: Cast, run: list[Actor]) -> Actor:
    first = run[0]
    kept = [first]
    for actor in run[1:]:
        if re.fullmatch(r"(?:\s*,?\s*and\s+(?:the\s+)?|\s*,\s*)", text[kept[-1].end : actor.start]):
            kept.append(actor)
        else:
            break
    if len(kept) == 1 or re.fullmatch(BOTH_EN, first.name, re.IGNORECASE):
        return first
    names = tuple(dict.fromkeys(name for actor in kept for name in actor.names or (actor.name,)))
    together = len(names) > 1 and set(names) == {party.name for party in cast.parties}
    return Actor("both parties" if together else " and ".join(names), names, first.start, kept[-1].end)


def details_en(scene: Scene, place: tuple[int, int], begin: int, mark: re.Match[str] | None, actor: Actor | None) -> Details:
    """Return the details between the offsets of ``place``; the spoken words begin at ``begin``."""
    text, (start, end) = scene.text, place
    amounts = money_in(text, start, end) or counts_in(text, begin, end, "en")
    action, thing = _action(text, mark, end) if mark is not None else (None, None)
    return Details(
        creditor=_creditor(text, mark, end, scene.cast, actor) if mark is not None else None,
        action=action,
        object=thing,
        due=due_en(text, start, end),
        quantity=amounts[0] if amounts else None,
    )


def _creditor(text: str, mark: re.Match[str], end: int, cast: Cast, actor: Actor | None) -> str | None:
    for match in CREDITOR.finditer(text, mark.end(), end):
        found = cast.pattern.match(text, match.end(), end)
        if found:
            creditor = cast.resolve(found.group(), found.start(), found.end())
            if actor is None or creditor.name != actor.name:
                return creditor.name
    return None


def _action(text: str, mark: re.Match[str], end: int) -> tuple[str | None, str | None]:
    match = re.compile(
        r"\s*(?:that\s+\w+\s+will\s+)?(?:(?:also|jointly|both|then|not|promptly|actively|together|further|hereby|"
        r"each|to|be|first)\s+)*(?P<verb>[a-z]+)\b"
    ).match(text, mark.end(), end)
    if not match:
        return None, None
    verb = text[match.start("verb") : match.end("verb")]
    stop = re.search(r"[,.;]\s|[.;]$", text[match.end() : end])
    thing = text[match.end() : match.end() + stop.start() if stop else end].strip(' .;"')
    return verb, " ".join(thing.split())[:200] or None


def due_en(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """Return until when: a date after by, before or no later than, or a span after within."""
    for one in find_dates(text, start, end) if DATE_HINT.search(text, start, end) else ():
        before = text[max(start, one.start - 40) : one.start]
        ending = re.search(r"(?i)end\s+of", text[one.start : one.end])
        if ending or re.search(
            r"(?i)\b(?:by|before|no\s+later\s+than|not\s+later\s+than|until|on\s+or\s+before|prior\s+to|"
            r"by\s+the\s+end\s+of|end\s+of|deadline\s+of|in)\s+(?:the\s+)?(?:end\s+of\s+)?$",
            before,
        ):
            value = f"{one.value}-12-31" if len(one.value) == 4 and re.search(r"(?i)end\s+of\s+$", before) else one.value
            return value, one.start, one.end
    for cue in WITHIN.finditer(text, start, end):
        for span in spans_in(text, cue.end(), min(end, cue.end() + 40), "en")[:1]:
            if span.start - cue.end() < 16:
                return span.value, span.start, span.end
    return None
