"""The parties of an English contract out of the candidates, by weights that were fitted to labelled contracts."""

from __future__ import annotations

import difflib
import json
import re
from functools import cache
from pathlib import Path

import numpy as np

from qiupu.agreements.calibration import calibrated
from qiupu.agreements.parties_en import FEATURE_NAMES, Candidate, candidates, expand
from qiupu.agreements.party_words_en import SUFFIXED
from qiupu.agreements.press_en import role_of
from qiupu.agreements.reading import Party
from qiupu.agreements.undersigned_en import undersigned

WEIGHTS = Path(__file__).parent / "data" / "party_weights.json"
CUT = 0.65
"""Below this raw probability a name is no party, but for the second of two."""
DEFINED = 0.66
"""The least probability of a name that stands right behind "between" or "and" and gets a defined term."""
LEAST = 0.25
"""An agreement has two parties: below the cut, the likeliest fill up to two, but never below this."""


@cache
def _model() -> tuple[np.ndarray, dict[str, list[float]]]:
    """Return the weights and the table that turns raw probabilities into shares of right names."""
    model = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array(model["weights"], dtype=float), model["calibration"]


def chances(found: list[Candidate]) -> list[float]:
    """Return the probability of each candidate to be a party."""
    if not found:
        return []
    rows = np.array([one.features for one in found])
    likely = 1 / (1 + np.exp(-(expand(rows) @ _model()[0])))
    column = {name: rows[:, i] > 0 for i, name in enumerate(FEATURE_NAMES)}
    defined = column["anchor"] & column["alias_direct"] & (column["after_anchor"] | column["after_and"])
    defined &= ~(column["document_word"] | column["after_descriptor"] | column["digit"] | column["generic"])
    return [float(p) for p in np.where(defined, np.maximum(likely, DEFINED), likely)]


def choose(found: list[Candidate], chance: list[float], cut: float = CUT) -> list[tuple[Candidate, float, list[str]]]:
    """Return the likely candidates with their probability and aliases, forms of one name merged, in the order of the text."""
    picked = sorted(((one, p) for one, p in zip(found, chance, strict=True) if p >= LEAST), key=lambda pair: -pair[1])
    kept: list[tuple[Candidate, float, list[str]]] = []
    for one, p in picked:
        if p < cut and len(kept) > 1:
            break
        twin = next((entry for entry in kept if _is_form_of(one, entry[0])), None)
        if twin is None:
            kept.append((one, p, list(one.aliases)))
        elif SUFFIXED.search(one.name) and not SUFFIXED.search(twin[0].name) and len(one.name) > len(twin[0].name):
            kept[kept.index(twin)] = (one, twin[1], [*twin[2], twin[0].name])
        elif one.name.lower() != twin[0].name.lower():
            twin[2].append(one.name)
    whole = [_fullest(entry, found) for entry in kept]
    return sorted(whole, key=lambda entry: entry[0].start)


def _fullest(entry: tuple[Candidate, float, list[str]], found: list[Candidate]) -> tuple[Candidate, float, list[str]]:
    """Give a party that was picked by its initials or first word the full name that stands elsewhere, above a signature say."""
    one, p, aliases = entry
    if SUFFIXED.search(one.name):
        return entry
    short = _plain(one.name)
    for other in found:
        full = _plain(other.name)
        begins = SUFFIXED.search(other.name) and len(short) > 2 and full.startswith(short + " ")
        if other is not one and (begins or one.name.upper() in _initials(other.name)):
            return other, p, [*aliases, one.name]
    return entry


def parties_of_contract(text: str) -> tuple[Party, ...]:
    """Return the parties of an English contract in the order of the text."""
    labelled = _labelled(text)
    if len(labelled) > 1:
        return labelled
    signers = undersigned(text)
    if signers:
        return tuple(
            Party(
                name=" ".join(one.name.split()), role=role_of(one.name), quote=text[one.start : one.end],
                start=one.start, end=one.end, confidence=0.9,
            )
            for one in signers
        )  # fmt: skip
    found = candidates(text)
    return tuple(
        Party(
            name=one.name, role=role_of(one.name), aliases=tuple(dict.fromkeys(aliases)), label=aliases[0] if aliases else None,
            quote=text[one.start : one.end], start=one.start, end=one.end, confidence=calibrated(p, _model()[1]),
        )
        for one, p, aliases in choose(found, chances(found))
    )  # fmt: skip


LABELLED = re.compile(
    r"(?:^|\n)[ \t]*(?P<label>Party [A-E]|First Party|Second Party|The (?:Buyer|Seller|Client|Supplier))[ "
    r"\t]*(?:\([^()\n]{1,40}\))?[ \t]*:[ \t]*(?P<name>[^\n;]{3,90})",
    re.IGNORECASE,
)
BETWEEN_LINES = re.compile(
    r"(?:^|\n)[ \t]*(?:Between|And|BETWEEN|AND)[ \t]*:[ \t]*(?P<name>[^\n;(]{3,90}?)[ "
    r"\t]*\((?:the\s+)?\"(?P<label>[^\"\n]{1,30})\"\)"
)


def _labelled(text: str) -> tuple[Party, ...]:
    """Return parties that stand behind a label: "Party A: ..." or "Between: ... ("Party A")"."""
    parties: dict[str, Party] = {}
    for match in (*LABELLED.finditer(text), *BETWEEN_LINES.finditer(text)):
        start, end = match.span("name")
        name = re.split(r"\s{3,}|,\s+(?:a|an|having|with|located)\s|\s*\(|\s+Party B", text[start:end])[0].rstrip(" ,")
        name = name if re.search(r"(?:Ltd|Inc|Co|Corp)\.$", name) else name.rstrip(".")
        label = match.group("label").strip()
        if len(name) < 3 or label.lower() in parties or not re.match(r"(?:[Tt]he\s+)?[A-Z0-9]", name):
            continue
        parties[label.lower()] = Party(
            name=name, role=role_of(name), aliases=(label,), label=label, quote=text[start : start + len(name)], start=start,
            end=start + len(name), confidence=0.95,
        )  # fmt: skip
    return tuple(sorted(parties.values(), key=lambda party: party.start))


def _is_form_of(one: Candidate, other: Candidate) -> bool:  # noqa: PLR0911  a list of cases, from the surest to the weakest
    """Whether a less likely candidate is another form of a likelier one; two that are both defined are two."""
    plain, known = _plain(one.name), _plain(other.name)
    if one.name.lower() in {alias.lower() for alias in other.aliases}:
        return True
    if one.aliases and other.aliases and {a.lower() for a in one.aliases}.isdisjoint(a.lower() for a in other.aliases):
        return False
    if plain == known or one.name.upper() in _initials(other.name) or other.name.upper() in _initials(one.name):
        return True
    short, long = sorted((plain, known), key=len)
    both_full = bool(SUFFIXED.search(one.name)) and bool(SUFFIXED.search(other.name))
    if not both_full and len(short) >= 3 and (long + " ").startswith(short + " "):
        return True
    if len(plain) > 5 and not SUFFIXED.search(one.name) and (known.endswith(" " + plain) or plain.startswith(known)):
        return True
    if long.endswith(" " + short) and len(short) >= 4 and one.features[FEATURE_NAMES.index("signature")] > 0:
        return True
    return len(short) >= 8 and difflib.SequenceMatcher(
        None, short.replace(" ", ""), long.replace(" ", ""), autojunk=False
    ).ratio() > (0.93 if both_full else 0.9)


def _initials(name: str) -> set[str]:
    """Return what a name may be shortened to by its first letters, with its legal form and without."""
    words = [word for word in re.findall(r"[A-Za-z]+", name) if word.lower() not in ("of", "the", "and", "for")]
    bare = [word for word in _plain(name).split() if word[0].isalpha()]
    return {"".join(word[0] for word in some).upper() for some in (words, bare) if len(some) > 2}


def _plain(name: str) -> str:
    name = re.sub(r"[.,]", "", name.lower())
    return " ".join(re.sub(r"\b(?:the|inc|incorporated|corp|corporation|ltd|limited|llc|lp|company|co|plc)\b", " ", name).split())
