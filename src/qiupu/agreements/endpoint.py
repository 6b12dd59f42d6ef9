"""An OpenAI-compatible endpoint as an optional second reader. It is asked only when the office has set one.

Nothing of its answer is believed: a value is kept only where its quote stands in the text, letter by letter.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from typing import Any

from qiupu.agreements.reading import STRENGTHS, Quoted, Reading, Statement
from qiupu.errors import N_, InputError, PlatformError

TASK = (
    "List every sentence of the text in which somebody owes or hopes to do something. Answer with one JSON object "
    '{"statements": [{"quote": exact words of the text, "debtor": who should act, as written in the text, '
    '"strength": "duty" or "hope", "speaker": whose words, or null}]}. Copy quotes exactly; invent nothing.'
)
CONFIDENCE = 0.55
PIECE = 12_000


@dataclass(frozen=True)
class Endpoint:
    """Where to ask: the base address up to ``/v1``, the model, the key, and how long to wait in seconds."""

    url: str
    model: str
    key: str = ""
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise InputError(N_("The endpoint's address must begin with http:// or https://."), code="endpoint")


def with_endpoint(reading: Reading, endpoint: Endpoint) -> Reading:
    """Return the reading with the statements that the endpoint found and the rules did not.

    Raises
    ------
    PlatformError
        When the endpoint does not answer or answers something else than was asked for.
    """
    text = reading.text
    answers: list[dict[str, Any]] = []
    for start in range(0, len(text), PIECE):
        answers += _ask(endpoint, text[start : start + PIECE])
    return add_answers(reading, answers)


def add_answers(reading: Reading, answers: list[dict[str, Any]]) -> Reading:
    """Return the reading with those answers whose quote and debtor stand in the text and that say something new."""
    text = reading.text
    statements = list(reading.statements)
    for answer in answers:
        quote, debtor, strength = answer.get("quote"), answer.get("debtor"), answer.get("strength")
        if not isinstance(quote, str) or not quote.strip() or strength not in STRENGTHS or strength == "fact":
            continue
        start = text.find(quote)
        if start < 0:
            continue
        end = start + len(quote)
        known = [one for one in statements if one.start < end and start < one.end]
        if not isinstance(debtor, str) or not debtor:
            continue
        place = text.find(debtor)
        if place < 0 or any(one.strength != "fact" for one in known):
            continue
        speaker = answer.get("speaker")
        party = next((p for p in reading.parties if debtor in (p.name, *p.aliases)), None)
        statements = [one for one in statements if not (start <= one.start and one.end <= end)]
        statements.append(
            Statement(
                quote=quote, start=start, end=end, strength=strength, debtor=party.name if party else debtor,
                debtors=(party.name,) if party else (), speaker=speaker if isinstance(speaker, str) and speaker in text else None,
                confidence=CONFIDENCE, evidence=(("debtor", Quoted(quote=debtor, start=place, end=place + len(debtor))),),
            )
        )  # fmt: skip
    return replace(reading, statements=tuple(sorted(statements, key=lambda one: (one.start, one.end))))


def _ask(endpoint: Endpoint, text: str) -> list[dict[str, Any]]:
    body = {
        "model": endpoint.model,
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "messages": [{"role": "system", "content": TASK}, {"role": "user", "content": text}],
    }
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {})
    request = urllib.request.Request(  # noqa: S310  the address was checked to be http(s) when the endpoint was made
        endpoint.url.rstrip("/") + "/chat/completions", json.dumps(body).encode(), headers
    )
    try:
        with urllib.request.urlopen(request, timeout=endpoint.timeout_s) as answer:  # noqa: S310  as above
            content = json.load(answer)["choices"][0]["message"]["content"]
        statements = json.loads(content)["statements"]
    except (urllib.error.URLError, TimeoutError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise PlatformError(
            N_("The endpoint at {url} gave no usable answer ({kind})."),
            cure=N_("Check its address, model and key, or read without it: the rules need no endpoint."),
            code="endpoint",
            url=endpoint.url,
            kind=type(error).__name__,
        ) from error
    return [one for one in statements if isinstance(one, dict)] if isinstance(statements, list) else []
