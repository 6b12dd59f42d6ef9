"""Parties of an English text: names in the preamble, on the cover and above the signatures, each with its defined term."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from qiupu.agreements.party_words_en import (
    ALIAS,
    ANCHOR,
    BODY,
    CUT_AFTER_SUFFIX,
    DESCRIBED,
    DESCRIPTOR_BEFORE,
    DIRECT,
    DOCUMENT,
    DOING,
    FRAGMENT,
    GENERIC_ROLE,
    GENERIC_TERM,
    HARD_SUFFIX,
    LEADING_ROLE,
    LOCATED,
    NAME,
    NEVER,
    PLACE,
    QUOTED,
    SHIFT,
    SIGNED_BY,
    SIGNING,
    SOURCE,
    STARTS,
    STOP,
    SUFFIX,
    SUFFIXED,
)


@dataclass(frozen=True)
class Candidate:
    """A possible party with what speaks for it; ``features`` are numbers between 0 and 1."""

    name: str
    start: int
    end: int
    aliases: tuple[str, ...]
    features: tuple[float, ...]


FEATURE_NAMES = (
    "bias", "suffix", "all_caps", "document_word", "single_word", "person", "many_words", "the", "digit", "generic",
    "start_ok", "anchor", "signature", "distance", "rank", "after_anchor", "after_and",
    "alias", "described", "located", "in_title", "in_signature", "repeats", "alias_used", "no_anchor", "a",
    "one_strong", "two_strong", "form_of_earlier", "after_descriptor", "alias_direct",
    "acts", "role_alias", "own_line",
)  # fmt: skip
PAIRED = [
    FEATURE_NAMES.index(name)
    for name in (
        "suffix", "alias", "described", "located", "start_ok", "in_signature", "after_anchor", "single_word", "no_anchor", "anchor",
        "signature", "after_and", "in_title", "repeats", "rank", "generic",
        "two_strong", "one_strong", "form_of_earlier", "acts", "role_alias",
    )
]  # fmt: skip


def preamble(text: str) -> tuple[int, int, bool]:
    """Return where the parties are introduced, and whether an introducing word was found."""
    limit = min(len(text), 14_000)
    best: tuple[float, int] | None = None
    for match in ANCHOR.finditer(text, 0, limit):
        before, after = text[max(0, match.start() - 260) : match.start()], text[match.end() : match.end() + 700]
        score = 0.0
        score += 2 * bool(re.search(r"(?i)\b(?:made|entered|executed|dated|effective|concluded|signed|is)\b", before[-160:]))
        score += 1.5 * bool(re.search(r"(?i)agreement|contract|amendment|memorandum", before))
        score += 1.5 * bool(ALIAS.search(after))
        score += 1.0 * bool(re.search(r"(?i)by\s+and|between:", match.group()))
        score += 1.0 * bool(SUFFIXED.search(after[:200]))
        score -= 3 * bool(re.search(r"(?i)\bcertain\b|relationship|difference|\bdispute|\bdispatch", before[-60:]))
        score -= 2.0 * (not re.match(r"[\s:,(\d)\"]*(?:the\s+)?(?:\([a-z0-9]\)\s*)?[A-Z0-9a-z]*[A-Z]", after))
        score -= match.start() / 6000
        if best is None or score > best[0]:
            best = (score, match.end())
    if best is None or best[0] < 1.5:
        return 0, min(len(text), 2500), False
    start = best[1]
    stop = STOP.search(text, start + 40, min(len(text), start + 3500))
    return start, stop.start() if stop else min(len(text), start + 1600), True


def regions(text: str) -> list[tuple[int, int, str]]:
    """Return where names are looked for: behind the introducing word, at the head, and above the signatures."""
    start, end, anchored = preamble(text)
    found = [(start, end, "anchor")] if anchored else []
    stop = STOP.search(text, 200, 3000)
    found.append((0, min(stop.start() if stop else 2000, 2500, len(text)), "head"))
    signing = [m.end() for m in SIGNING.finditer(text)]
    tail = next((place for place in signing if place > len(text) * 0.2), max(0, len(text) - 3500))
    found.append((tail, min(len(text), tail + 3500), "signature"))
    return found


def candidates(text: str) -> list[Candidate]:
    """Return every capitalised name in the regions with its features, the introduction first."""
    areas = regions(text)
    squashed = {kind: _squash(text[a:b]) for a, b, kind in areas}
    title = _squash(text[: min(areas[0][0] if areas[0][2] == "anchor" else 600, 1500)])
    whole = _squash(text)
    doing = Counter(" ".join(match.group("who").lower().split()) for match in DOING.finditer(text))
    found: list[Candidate] = []
    seen: set[str] = set()
    strong = 0
    for start, end, kind in areas:
        count = 0
        for match in NAME.finditer(text, start, end):
            for left, right in _pieces(text, match.start(), match.end()):
                name = text[left:right]
                key = _squash(name)
                if not _is_possible(name, key) or key in seen or any(key in {_squash(a) for a in old.aliases} for old in found):
                    continue
                if SOURCE.search(text[max(0, left - 90) : left]):
                    continue
                if kind == "signature" and not SIGNED_BY.match(text[right : right + 240]):
                    continue
                seen.add(key)
                aliases, described, located = _follows(text, right, end)
                features = (
                    *_features_of_name(name, key),
                    *_features_of_place(text, left, start, kind, count),
                    float(bool(aliases)),
                    float(described),
                    float(located),
                    float(key in title),
                    float(key in squashed["signature"]),
                    min(1.0, whole.count(key) / 5),
                    float(any(whole.count(_squash(alias)) >= 4 for alias in aliases)),
                    float("anchor" not in squashed),
                    float(bool(re.match(r"\s*,?\s*(?:a|an)\s", text[right : right + 12]))),
                    float(strong == 1),
                    float(strong >= 2),
                    float(any(_overlap(name, old.name) for old in found)),
                    float(bool(DESCRIPTOR_BEFORE.search(text[max(0, left - 60) : left]))),
                    float(bool(DIRECT.match(text[right : right + 40]))),
                    min(1.0, _deeds(text, name, aliases, doing) / 5),
                    float(any(GENERIC_ROLE.match(alias) for alias in aliases)),
                    float(_own_line(text, left, right)),
                )
                count += 1
                strong += (
                    kind == "anchor" and bool(aliases or described or located) and features[FEATURE_NAMES.index("start_ok")] > 0
                )
                found.append(Candidate(" ".join(name.split()), left, right, aliases, features))
    return found


def _deeds(text: str, name: str, aliases: tuple[str, ...], doing: Counter[str]) -> int:
    """How often the text says that it shall or will do something, by an alias, the whole name or its telling words."""
    forms = {re.sub(r"(?i)^the\s+", "", form).lower() for form in (*aliases, name)}
    bare = re.split(rf",|\s+{HARD_SUFFIX}\b", name)[0].lower()
    forms |= {bare, bare.split()[0] if bare.split() and len(bare.split()[0]) > 3 else bare}
    return sum(doing[form] for form in forms)


def _own_line(text: str, left: int, right: int) -> bool:
    """Whether a name stands alone on its line."""
    start, end = text.rfind("\n", 0, left) + 1, text.find("\n", right)
    rest = text[start:left] + text[right : end if end >= 0 else len(text)]
    return len(rest.strip(" ,.:_")) < 4


def _overlap(name: str, other: str) -> bool:
    """Whether two names begin with the same telling word."""
    a, b = (re.sub(r"(?i)^the\s+", "", one).lower().split() for one in (name, other))
    return a[0].strip(",.") == b[0].strip(",.") and len(a[0]) > 2


def _is_possible(name: str, key: str) -> bool:
    if (
        re.fullmatch(rf"(?:the\s+)?(?:{HARD_SUFFIX}\.?[\s,]*)+", name)
        or GENERIC_ROLE.match(re.sub(r"'s$", "", name))
        or FRAGMENT.match(name)
        or re.search(r"\s(?:By|Address|Name)$", name)
    ):
        return False
    return (
        len(key) >= 2
        and not NEVER.match(name)
        and not PLACE.match(name.strip())
        and not key.isdigit()
        and (not re.match(r"\d{3,} ", name) or bool(re.search(rf"{HARD_SUFFIX}\.?$", name)))
    )


def _features_of_name(name: str, key: str) -> tuple[float, ...]:
    words = name.split()
    suffixed = bool(SUFFIXED.search(name))
    return (
        1.0,
        float(suffixed),
        float(name.upper() == name),
        float(bool(DOCUMENT.search(name)) or key in ("llc", "inc", "ltd", "corp", "company", "limited")),
        float(len(words) == 1),
        float(2 <= len(words) <= 3 and not suffixed and name.upper() != name),
        float(len(words) > 7),
        float(bool(re.match(r"[Tt]he\s", name)) and not suffixed),
        float(any(char.isdigit() for char in name)),
        float(bool(GENERIC_ROLE.match(name))),
    )


def _features_of_place(text: str, left: int, start: int, kind: str, count: int) -> tuple[float, ...]:
    anchored = kind == "anchor"
    return (
        float(bool(STARTS.search(text[max(0, left - 24) : left]))),
        float(anchored),
        float(kind == "signature"),
        min(1.0, (left - start) / 1200),
        min(1.0, count / 10),
        float(left - start < 12 and anchored),
        float(bool(re.search(r"\band\s+(?:\(\w\)\s*)?$", text[max(0, left - 12) : left]))),
    )


def _squash(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a run of capitalised words at "and" where it joins two names rather than stands inside one."""
    shift = SHIFT.search(text, start, end)
    if shift:
        gap = shift.span("gap") if shift.group("gap") else shift.span("gap2")
        return [*_pieces(text, start, gap[0]), *_pieces(text, gap[1], end)]
    cut_here = CUT_AFTER_SUFFIX.search(text, start, end) or re.compile(r"\b(?:AGREEMENT|Agreement|CONTRACT)\b(?=\s)").search(
        text, start, end
    )
    if cut_here and cut_here.end() < end:
        rest = cut_here.end() + len(text[cut_here.end() : end]) - len(text[cut_here.end() : end].lstrip(" ,.\n"))
        return [*_pieces(text, start, cut_here.end()), *(_pieces(text, rest, end) if rest < end else [])]
    for match in re.finditer(r"\s+(?:and|AND|And)\s+(?:the\s+)?", text[start:end]):
        left, right = text[start : start + match.start()], text[start + match.end() : end]
        if not _and_inside(left, right):
            return [(start, start + match.start()), *_pieces(text, start + match.end(), end)]
    return [_trimmed(text, start, end)]


def _and_inside(left: str, right: str) -> bool:
    """Whether an "and" stands inside one name, as in Savings and Loan."""
    if re.match(
        r"(?i)(?:savings|trust|life|bank|research|development|sons|co\b|trading|mining|sciences?)$", left.rsplit(maxsplit=1)[-1]
    ) and re.match(
        r"(?i)(?:loan|trust|savings|sons|co\b|development|technology|trading|casualty|annuity|commercialization)", right
    ):
        return True
    if re.search(rf"\b(?:the\s+)?{BODY}\s+of\s+[A-Z]\w+$", left) or (
        re.match(rf"[A-Z]\w+\s+{BODY}\b", right) and len(left.split()) <= 2
    ):
        return True
    if re.search(r"(?i)\b(?:annuity|savings)$", left) and re.match(r"(?i)(?:life|loan)\b", right):
        return True
    unlike = SUFFIXED.search(left) or re.search(r"\d{4}", left) or not SUFFIXED.search(right)
    return not unlike and len(left.split()) <= 2 and len(right.split()) <= 3


LEAD = re.compile(
    r"(?:(?:19|20)\d\d(?=\s+[A-Z])|[Aa]dministrator for|f/k/a|by|By|BY|and|And|AND|between|Between|BETWEEN|among|AMONG|"
    r"The Parties|Parties|PARTIES)\s+"
)
TAIL = re.compile(r"\s+(?:Party [A-D]|PARTY [A-D]|Phone|Fax|Name|Title|Address|Date|By|BY)$")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of a name without the words before and behind it that are none of it."""
    lead = LEAD.match(text, start, end)
    left = lead.end() if lead else start
    leading = LEADING_ROLE.match(text, left, end)
    if leading and SUFFIXED.search(text, leading.end(), end):
        left = leading.end()
    tail = TAIL.search(text[left:end])
    right = end - (len(tail.group()) if tail else 0)
    while right > left and text[right - 1] in "-'/ ":
        right -= 1
    if text[right - 1] == "." and not SUFFIXED.search(text[max(left, right - 12) : right]):
        right -= 1
    return left, right


def _follows(text: str, end: int, limit: int) -> tuple[tuple[str, ...], bool, bool]:
    """Look behind a name: its defined terms, whether it is described as a body, whether it is placed."""
    rest = text[end : min(limit + 80, end + 700)]
    described = bool(DESCRIBED.match(rest))
    located = bool(LOCATED.match(rest))
    match = ALIAS.search(rest)
    aliases: tuple[str, ...] = ()
    if match:
        between = rest[: match.start()]
        crossing = re.search(r"(?:;|,?\s+and)\s+(?:\(\d\)\s*)?(?:the\s+)?[A-Z][\w.&]*[^,]{0,60},?\s+" + SUFFIX + r"\b", between)
        if not crossing and len(between) < 450 and (described or located or len(between.strip(" ,")) < 60):
            terms = QUOTED.findall(match.group()) or ([match.group(2)] if match.group(2) else [])
            aliases = tuple(" ".join(term.split()).rstrip(",") for term in terms if not GENERIC_TERM.match(term.strip()))[:4]
    return aliases, described, located


def expand(features: np.ndarray) -> np.ndarray:
    """Add the products of pairs of the first dozen features, shape ``(n, k)`` to ``(n, k + pairs)``."""
    few = features[:, PAIRED]
    pairs = [few[:, i] * few[:, j] for i in range(len(PAIRED)) for j in range(i)]
    return np.column_stack([features, *pairs])
