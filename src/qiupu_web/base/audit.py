"""Use cases leave one record each: who did what, what it changed, chained by hash.

::

    @usecase("scenarios.publish")
    def publish_scenario(*, actor, scenario, now): ...

The decorator opens one transaction and writes one record when the outermost use case has succeeded; a use case
that is called by another becomes a part of the outer one's record. Inside, ``changed`` and ``touched`` say what happened.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import connection, models, transaction

from qiupu_web.base.models import AuditRecord

P = ParamSpec("P")
R = TypeVar("R")
GENESIS = "0" * 64
LOCK = 7_131_825  # any fixed number: PostgreSQL's advisory lock that keeps the chain single file
USE_CASES: dict[str, Callable[..., Any]] = {}
"""Every use case by its action; tests walk over it."""


class Auditable(Protocol):
    """What an actor must tell about itself."""

    def audit_fields(self) -> dict[str, str]:
        """Return actor_id, actor_name, organisation_code, role and via."""
        ...


@dataclass
class _Open:
    action: str
    target: models.Model | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    children: list[_Open] = field(default_factory=list)


_open: ContextVar[_Open | None] = ContextVar("open_use_case", default=None)


def usecase(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a use case: one transaction, one audit record. It must take ``actor`` and ``now`` by keyword."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            outer = _open.get()
            mine = _Open(action)
            token = _open.set(mine)
            try:
                with transaction.atomic():
                    result = function(*args, **kwargs)
                    if outer is None:
                        _write(mine, kwargs["actor"], kwargs["now"])  # type: ignore[arg-type]  # every use case takes both
                    else:
                        outer.children.append(mine)
            finally:
                _open.reset(token)
            return result

        USE_CASES[action] = run
        run.action = action  # type: ignore[attr-defined]  # read by tests and by the permission matrix
        return run

    return wrap


def touched(target: models.Model, **facts: object) -> None:
    """Say which thing the use case is about, with facts worth keeping. The first one named is the record's target."""
    here = _open.get()
    if here is None:
        raise RuntimeError("touched() outside a use case")
    if here.target is None:
        here.target = target
    here.changes.append({"thing": _name(target), **{key: _plain(value) for key, value in facts.items()}})


def changed(target: models.Model, **fields: object) -> None:
    """Set fields on a row, save them, and keep before and after in the record."""
    before = {name: getattr(target, name) for name in fields}
    for name, value in fields.items():
        setattr(target, name, value)
    target.save(update_fields=[*fields])
    differing = {
        name: [_plain(before[name]), _plain(value)] for name, value in fields.items() if _plain(before[name]) != _plain(value)
    }
    touched(target, **{"changed": differing} if differing else {})


def _name(target: models.Model) -> str:
    return f"{target._meta.label_lower}:{target.pk}"


def _plain(value: object) -> Any:
    if isinstance(value, models.Model):
        return _name(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _tree(part: _Open) -> list[dict[str, Any]]:
    nested = [{"action": child.action, "changes": _tree(child)} for child in part.children]
    return [*part.changes, *nested]


def _write(part: _Open, actor: Auditable, now: datetime) -> AuditRecord:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = AuditRecord.objects.order_by("-number").values("number", "hash").first()
    target = part.target
    record = AuditRecord(
        number=(last["number"] if last else 0) + 1,
        at=now,
        action=part.action,
        **actor.audit_fields(),
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:300] if target is not None else "",
        changes=_tree(part),
        previous_hash=last["hash"] if last else GENESIS,
    )
    record.hash = digest(record)
    record.save()
    return record


def digest(record: AuditRecord) -> str:
    """Return the hash that a record must carry, from its contents and the previous record's hash."""
    body = {
        "number": record.number,
        "at": record.at.timestamp(),
        "action": record.action,
        "actor": [record.actor_id, record.actor_name, record.organisation_code, record.role, record.via],
        "target": [record.target_type, record.target_id, record.target_label],
        "changes": record.changes,
        "previous": record.previous_hash,
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_links() -> Iterator[int]:
    """Yield the numbers of records that do not follow from the one before; none when the chain is whole."""
    previous, expected = GENESIS, 1
    for record in AuditRecord.objects.order_by("number").iterator():
        if record.number != expected or record.previous_hash != previous or record.hash != digest(record):
            yield record.number
        previous, expected = record.hash, record.number + 1
