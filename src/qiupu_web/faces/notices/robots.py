"""The forms in which chats and programs take a message. Formats as WeCom and DingTalk document their group robots."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from qiupu_web.base.transport import Answer
from qiupu_web.parties.enums import WebhookKind

WECOM_BYTES, DINGTALK_BYTES = 4096, 18_000
"""What the robots take in one message (DingTalk: 20,000, less the frame around it)."""
MARKUP = str.maketrans("\\`*_[]<>#", "＼＇＊＿［］＜＞＃")
"""Signs of markup and what stands in their place: robots differ in what they let escape."""


@dataclass(frozen=True)
class Message:
    """One message as it goes out."""

    address: str
    data: bytes
    headers: dict[str, str]


def plain(text: str) -> str:
    """Return a text in which nothing counts as markup, on one line."""
    return " ".join(text.split()).translate(MARKUP)


def markdown(title: str, lines: Sequence[Sequence[str]], limit: int) -> str:
    """Return title and lines as markdown of at most ``limit`` bytes; what does not fit is counted, never cut in the middle."""
    text = f"**{plain(title)}**"
    for place, (words, address) in enumerate(lines):
        safe = quote(address, safe=":/?&=%#-._~")
        line = f"\n- [{plain(words)}]({safe})" if address else f"\n\n{plain(words)}"
        rest = "\n" + _("and %(n)d more") % {"n": len(lines) - place}
        if len((text + line).encode()) > limit - len(rest.encode()) - 1:
            return text + rest
        text += line
    return text


def message_for(
    kind: str, *, address: str, secret: str, title: str, lines: Sequence[Sequence[str]], key: str, now: datetime
) -> Message:
    """Return the message in the form that the other side takes, signed when there is a secret."""
    if kind == WebhookKind.WECOM:
        return Message(address, _json({"msgtype": "markdown", "markdown": {"content": markdown(title, lines, WECOM_BYTES)}}), {})
    if kind == WebhookKind.DINGTALK:
        body = {"msgtype": "markdown", "markdown": {"title": title, "text": markdown(title, lines, DINGTALK_BYTES)}}
        return Message(address + dingtalk_signature(secret, now, first="?" not in address) if secret else address, _json(body), {})
    data = _json({"key": key, "title": title, "lines": [{"text": words, "address": where} for words, where in lines]})
    signed = {"X-Qiupu-Signature": "sha256=" + hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()} if secret else {}
    return Message(address, data, signed)


def dingtalk_signature(secret: str, now: datetime, *, first: bool = False) -> str:
    """Return what DingTalk wants behind the address: the time in milliseconds and its HMAC-SHA256 under the secret."""
    moment = str(int(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{'?' if first else '&'}timestamp={moment}&sign={quote(base64.b64encode(digest).decode(), safe='')}"


def problem_in(kind: str, answer: Answer) -> str:
    """Return why the other side did not take the message; empty when it did. The robots say so in the body, with status 200."""
    if not 200 <= answer.status < 300:
        return f"HTTP {answer.status}"
    if kind in {WebhookKind.WECOM, WebhookKind.DINGTALK}:
        body = answer.body if isinstance(answer.body, dict) else {}
        if body.get("errcode") != 0:
            return f"errcode {body.get('errcode', '–')}: {str(body.get('errmsg', ''))[:200]}"
    return ""


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
