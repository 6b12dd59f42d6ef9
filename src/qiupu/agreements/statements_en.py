"""Statements of an English text: sentence by sentence, who should do what, as a duty or as a hope, and whose words these are."""

from __future__ import annotations

import re
from dataclasses import replace

from qiupu.agreements.actors import Cast
from qiupu.agreements.debtors_en import debtor_en, details_en
from qiupu.agreements.layout import Paragraph, Span, sentences
from qiupu.agreements.reading import Person, Statement
from qiupu.agreements.scene import FACT, Details, Scene, State, Verdict, actor_of, assemble

SOFT = (
    r"strive|explore|seek|endeavou?r|aim|try|attempt|look (?:into|at|forward)|work towards?|consider|study|"
    r"examine|use (?:its |their )?(?:best|reasonable|all reasonable) (?:efforts|endeavours)|"
    r"actively|encourage|jointly explore|gradually|promote|push for|discuss|do (?:its|their) best|make "
    r"(?:every|all) efforts?"
)
WISH = re.compile(
    rf"\b(?:hop(?:e|es|ed|ing)\s+(?:to|that|for|the|\w+\s+(?:will|can|to))|hopes?\b|strives?\s+to|"
    rf"striving\s+to|(?:will|shall|would|to|should)\s+(?:also\s+|jointly\s+|both\s+|together\s+)?(?:{SOFT})\b|"
    r"aims?\s+(?:to|at)|aiming\s+(?:to|at)|intends?\s+to|intention\s+(?:to|of)|plans?\s+to|planning\s+to|"
    r"it\s+is\s+(?:hoped|expected|planned|intended|anticipated)\s+(?:that|to)|expects?\s+(?:to|that|the\s+(?:compan|cit|part|universit|two|count|firm)\w+)|is\s+expected\s+to|are\s+expected\s+to|looks?\s+forward\s+to|"
    r"looking\s+forward\s+to|"
    r"wish(?:es)?\s+to|would\s+like\s+to|seeks?\s+to|explores?\b|endeavou?rs?\s+to|aspires?\s+to|"
    r"is\s+willing\s+to|are\s+willing\s+to|is\s+ready\s+to|are\s+ready\s+to|wants?\s+to|encourages?\b|"
    r"may\s+(?:explore|consider|jointly)|"
    r"can\s+become|could\b|desires?\s+to|proposes?\s+to|welcomes\b)",
    re.IGNORECASE,
)
DUTY = re.compile(
    r"\b(?:shall|must|will(?!\s+be\s+(?:held|signed))|agrees?\s+(?:to|that)|agreed\s+to|undertakes?\s+(?:to|"
    r"that)?|undertook\s+to|commits?\s+(?:itself\s+|themselves\s+)?to|committed\s+to|commit\s+to|"
    r"pledge[sd]?\s+to|pledge[sd]?\b|"
    r"promise[sd]?\s+to|covenants?\s+(?:to|that)|(?:is|are|be)\s+responsible\s+for|(?:is|are)\s+obliged\s+to|"
    r"(?:is|are)\s+(?:required|asked|requested|instructed)\s+to|(?:is|are)\s+to\s+(?=[a-z]+\b)|guarantees?\s+(?:to|that)|ensures?\s+that|"
    r"vowed\s+to|"
    r"takes?\s+(?:on\s+)?responsibility\s+for|(?<=[a-z] )would(?!\s+(?:like|be\s+able))|has\s+the\s+(?:duty|"
    r"obligation)\s+to|should|may\s+not|cannot|we'll)\b",
    re.IGNORECASE,
)
SAID_BEFORE = re.compile(
    r"^[^\"]{0,160}?\b(?:said|says|stated|stressed|noted|added|pointed\s+out|emphasi[sz]ed|explained|confirmed|declared|"
    r"told\s+(?:the\s+)?\w+|remarked|expressed\s+(?:his|her|the)\s+hope|believes|"
    r"expressed)\b(?:[^,\".]{0,40}?)?(?:\s+that\b|[,:]\s*\"?|\s+(?=the|both|it|they|\w))"
)
SAID_AFTER = re.compile(r"\"\s*,?\s*(?:said|says|added|noted|he\s+said|she\s+said|stressed|according to)")
PRONOUN = re.compile(
    r"(?i)^\W*(?:he|she)\s+(?:also\s+|further\s+|then\s+)?(?:said|added|noted|hoped|hopes|stressed|expressed|"
    r"stated|called|explained|promised|pledged)"
)
SIGNED = re.compile(r"(?i)\b(?:signed|inked|sealed|concluded|entered\s+into|announced|launched|reached|unveiled)\b[^.;]*$")
"""What was signed "to promote" something tells its purpose, which nobody promises with these words."""
PASSIVE = re.compile(r"(?i)\s+(?:be\s+(?:deemed|construed|governed|held|considered)|have\s+the\s+meaning)")
ITEM = re.compile(r"\s*(?:\(?[a-zA-Z0-9]{1,4}\)|[a-z]\.|[-*•●])\s")
OPENING = re.compile(r"\b(?:will|shall|must|agrees?\s+to|undertakes?\s+to)\s*[:–—-]?\s*$")
HEADING = re.compile(r"(?i)\b(?:obligations?|responsibilit\w+|duties|commitments?|contributions?|role|undertakings?)\b")


def statements_en(text: str, parts: list[Paragraph], cast: Cast, people: tuple[Person, ...], kind: str) -> tuple[Statement, ...]:
    """Return the statements in the order of the text."""
    scene, state = Scene(text, cast, people, kind), State()
    found: list[Statement] = []
    listing = False
    for part in parts:
        body = text[part.start : part.end]
        if _opens_list(scene, state, part):
            listing = not HEADING.search(body)
            continue
        if part.heading or (listing and not ITEM.match(body)):
            state.heading, listing = None, False
        if part.heading:
            continue
        _turns(scene, state, part)
        for span in sentences(text, part):
            for piece in _pieces(text, span, cast):
                one = _statement(scene, state, piece)
                if one is not None:
                    found.append(one)
    return tuple(found)


def _opens_list(scene: Scene, state: State, part: Paragraph) -> bool:
    """Take note of a line that governs what stands below it: "Duties of the Council", "The Council will"."""
    body = scene.text[part.start : part.end]
    if (part.heading or (len(body) < 70 and body.rstrip().endswith(":"))) and HEADING.search(body):
        actors = scene.cast.find(scene.text, part.start, part.end)
        state.heading = actors[0] if actors else None
        return True
    opening = OPENING.search(scene.text, part.start, part.end) if part.end - part.start < 90 else None
    if opening is None:
        return False
    actor = debtor_en(scene, state, part.start, part.end, DUTY.search(scene.text, opening.start(), part.end))
    state.heading = actor or state.heading
    return True


def _turns(scene: Scene, state: State, part: Paragraph) -> None:
    """Forget at a new paragraph what does not carry over: who acted last, whose heading it was, who spoke."""
    body = scene.text[part.start : part.end]
    if not re.match(r"\W|\(?[a-z0-9ivx]{1,3}[.)]", body):
        state.last = None
        if scene.kind == "agreement":
            state.heading = state.heading if part.number else None
    if scene.kind != "agreement" and not body.startswith('"'):
        state.speaker, state.speaker_actor = None, None


def _pieces(text: str, span: Span, cast: Cast) -> list[Span]:
    """Cut "X will ..., and Y will ..." into two statements."""
    starts = [span.start]
    for match in re.finditer(
        r"(?:,\s*(?:and|while|whereas)\s+|;\s*(?:and\s+)?|\s+while\s+|\s+and\s+|,\s+)", text[span.start : span.end]
    ):
        place = span.start + match.end()
        actor = cast.pattern.match(text, place, span.end)
        if not actor:
            continue
        near = text[actor.end() : min(span.end, actor.end() + 40)]
        verb = re.match(r"\s+(?:also\s+|jointly\s+|hereby\s+|in turn\s+)?", near)
        rest = near[verb.end() if verb else 0 :]
        before = text[starts[-1] : place]
        if (
            (DUTY.match(rest) or WISH.match(rest))
            and (DUTY.search(before) or WISH.search(before))
            and not re.search(r"(?i)\b(?:if|when|unless|that)\b[^,]*$", before)
        ):
            starts.append(place)
    ends = [*starts[1:], span.end]
    return [Span(a, b) for a, b in zip(starts, ends, strict=True)]


def _statement(scene: Scene, state: State, span: Span) -> Statement | None:
    text = scene.text
    start, end = span.start, span.end
    number = re.match(
        r"(?!(?:Mr|Ms|Mrs|Dr|Prof|St|Hon|Sir)\.)(?:\(?[a-zA-Z0-9ivx]{1,4}[.)]|\d+(?:\.\d+)+\.?|[-*•#]+)\s+", text[start:end]
    )
    start += number.end() if number and number.end() < end - start else 0
    while start < end and text[start] in " ,;\n":
        start += 1
    while end > start and text[end - 1] in " ,;\n":
        end -= 1
    if len(re.findall(r"\w+", text[start:end])) < 3:
        return None
    begin = _speech(scene, state, start, end)
    verdict = _strength(text, begin, end, state)
    if verdict.strength == "fact" or re.match(r"(?i)whereas\b|recital|in order to\b[^,]*$", text[start:end]):
        return assemble(scene, state, (start, end), replace(verdict, strength="fact", mark=None), None, Details())
    actor = debtor_en(scene, state, begin, end, verdict.mark)
    return assemble(scene, state, (start, end), verdict, actor, details_en(scene, (start, end), begin, verdict.mark, actor))


def _speech(scene: Scene, state: State, start: int, end: int) -> int:
    """Take note of who speaks; return where the spoken words begin."""
    text = scene.text
    body = text[start:end]
    said = SAID_BEFORE.match(body)
    found = _named(scene.people, text, start, end)
    if found is not None:
        named, place = found
        begin = _named_speech(body, place - start, said)
        if begin is not None:
            state.speaks(named.name, actor_of(named, scene.cast))
            return start + begin
    if found is not None and found[1] - start < 3:
        state.subject = found[0]
    elif PRONOUN.match(body) and state.subject and not state.speaker:
        state.speaks(state.subject.name, actor_of(state.subject, scene.cast))
    if state.speaker and PRONOUN.match(body):
        return start + (said.end() if said and not re.search(r"hop|call|promis|pledg", said.group()) else 0)
    if state.speaker and (body.startswith('"') or SAID_AFTER.search(body)):
        return start
    actor = scene.cast.pattern.match(text, start, end)
    if actor and said and re.match(r"\s+(?:said|stated|noted|added)\b", text[actor.end() : end]):
        resolved = scene.cast.resolve(actor.group(), actor.start(), actor.end())
        state.speaks(resolved.name, resolved)
        return start + said.end()
    state.speaker, state.speaker_actor = None, None
    return start


def _named_speech(body: str, place: int, said: re.Match[str] | None) -> int | None:
    """Return where the words of a person named at ``place`` begin; None when the person does not speak here."""
    behind = SAID_AFTER.search(body) or re.search(r",\s*(?:said|according to)\s+[A-Z]", body)
    if (
        behind
        or (place > 20 and re.search(r"\"[^\"]*$", body))
        or re.search(
            r"\b(?:said|says|added|"
            r"noted)\s+(?:\w+\s+){0,3}$",
            body[:place],
        )
    ):
        return 0
    if said and place < said.end():
        return said.end()
    wishing = re.search(r"\b(?:hopes?|hoped|expressed|called|promised|pledged|vowed|believes)\b", body)
    return wishing.start() if wishing and place < wishing.start() else None


def _named(people: tuple[Person, ...], text: str, start: int, end: int) -> tuple[Person, int] | None:
    """Return the first known person of the sentence, by full name or by the last word of it."""
    best: tuple[int, Person] | None = None
    for person in people:
        if person.part == "reporter":
            continue
        match = re.compile(rf"\b(?:{'|'.join(map(re.escape, _forms(person, people)))})\b").search(text, start, end)
        if match and (best is None or match.start() < best[0]):
            best = (match.start(), person)
    return (best[1], best[0]) if best else None


def _forms(person: Person, people: tuple[Person, ...]) -> list[str]:
    """Return a name in full and by surname: the last word, or the first where no other person has it, as in Chinese names."""
    first, *_, last = person.name.split()
    others = {word for other in people if other.name != person.name for word in other.name.split()}
    return [person.name, last, *([first] if first not in others and len(first) > 1 else [])]


def _strength(text: str, start: int, end: int, state: State) -> Verdict:
    wish, duty = WISH.search(text, start, end), DUTY.search(text, start, end)
    if wish and wish.group().lower().startswith("to ") and SIGNED.search(text, start, wish.start()):
        wish = None
    if wish and (not duty or wish.start() <= duty.start()):
        return Verdict("hope", 0.88, wish)
    if duty and duty.group().lower() == "would" and state.speaker is None:
        return Verdict("fact", 0.6)
    if duty:
        return Verdict("duty", 0.6 if PASSIVE.match(text[duty.end() : duty.end() + 24]) else 0.88, duty)
    return Verdict("duty", 0.6) if state.heading is not None else FACT
