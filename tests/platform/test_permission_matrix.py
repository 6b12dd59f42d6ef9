"""The permission matrix, cell by cell; and every use case asks it before it does anything."""

from __future__ import annotations

import csv
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from tests.factories import NOW, scenario

from qiupu.errors import NotAllowed
from qiupu_web.base.audit import USE_CASES
from qiupu_web.parties.actors import VISITOR, Actor, system
from qiupu_web.parties.permissions import FILE, ROLES, matrix, may, require
from qiupu_web.projects.usecases import record_acceptance
from qiupu_web.trials.usecases import submit_entry

OWN, OTHER = 7, 8
with FILE.open(encoding="utf-8", newline="") as stream:
    ROWS = list(csv.DictReader(stream))
CELLS = [(row["action"], role, row[role]) for row in ROWS for role in ROLES]

# Every use case registers itself when its module is imported.
for one in apps.get_app_configs():
    if one.name.startswith("qiupu_web."):
        for name in ("usecases", "queries"):
            if importlib.util.find_spec(f"{one.name}.{name}"):
                module = importlib.import_module(f"{one.name}.{name}")
                for part in pkgutil.iter_modules(getattr(module, "__path__", [])):
                    importlib.import_module(f"{module.__name__}.{part.name}")
for part in pkgutil.iter_modules(importlib.import_module("qiupu_web.faces.web.exchange").__path__):
    importlib.import_module(f"qiupu_web.faces.web.exchange.{part.name}")

OPEN_TO_VISITORS = {"parties.sign_up"}
"""What anybody may do who is not signed in."""
ENTRANCES = {"trials.enter": submit_entry, "projects.record_acceptance": record_acceptance}
"""Use cases that are private to a function which asks, looks at the files, and only then writes."""
REAL_ROWS: dict[str, Callable[[], dict[str, Any]]] = {
    "trials.open_from_spreadsheet": lambda: {"token": f"{scenario().pk}-abcdefgh"},
}
"""What a use case must find before it can know whose thing it is."""
NEVER_ASKED = {"trials.read_hidden"}
"""Stands in the matrix to be read by people: nobody may, and no use case gives hidden labels out."""
HELD_BY_A_LINK = {"parties.redeem_link"}
"""Asked by who holds the link, not by a role; refused below to everybody else."""


def _actor(role: str, **fields: Any) -> Actor:
    return Actor(role=role, name="x", user_id=1, organisation_id=OWN, organisation_code="x", **fields)


def test_the_file_has_a_cell_for_every_role_and_no_row_twice() -> None:
    assert [row["action"] for row in ROWS] == list(dict.fromkeys(row["action"] for row in ROWS))
    assert {cell for _action, _role, cell in CELLS} <= {"yes", "own", "no"}
    assert all(set(row) == {"action", *ROLES} for row in ROWS)


@pytest.mark.parametrize("action, role, cell", CELLS, ids=[f"{action}-{role}" for action, role, _cell in CELLS])
def test_each_cell_is_what_is_answered(action: str, role: str, cell: str) -> None:
    actor = VISITOR if role == "visitor" else _actor(role)
    assert may(actor, action, OWN) is (cell == "yes" or (cell == "own" and role != "visitor"))
    assert may(actor, action, OTHER) is (cell == "yes")
    assert may(actor, action) is (cell == "yes")
    assert may(actor, action, None) is (cell == "yes")
    if cell == "no":
        with pytest.raises(NotAllowed):
            require(actor, action, OWN)


@pytest.mark.parametrize("action", sorted(matrix()))
def test_a_link_or_token_narrows_and_never_widens(action: str) -> None:
    area = action.split(".", 1)[0]
    for role in ROLES[1:]:
        plain = may(_actor(role), action, OWN)
        assert may(_actor(role, only=frozenset({action})), action, OWN) is plain
        assert may(_actor(role, only=frozenset({f"{area}.*"})), action, OWN) is plain
        assert not may(_actor(role, only=frozenset()), action, OWN)
        assert not may(_actor(role, only=frozenset({"elsewhere.*"})), action, OWN)


def test_the_system_may_do_everything() -> None:
    assert all(may(system(), action) for action in matrix())


def test_nobody_but_the_system_reads_hidden_labels_or_writes_scores() -> None:
    for action in ("trials.read_hidden", "trials.record_feedback", "trials.decide_entries", "trials.claim_entry"):
        assert set(matrix()[action].values()) == {"no"}


def test_auditors_and_administrators_do_not_trade() -> None:
    # Who watches, and who runs the machine, neither needs nor supplies.
    for role in ("auditor", "administrator"):
        for action in ("scenarios.draft", "capabilities.register", "trials.enter", "matches.decide", "projects.create"):
            assert matrix()[action][role] == "no"


class Anything:
    """Stands for any row: whatever is asked of it is another one, and it belongs to nobody."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return Anything()

    def __iter__(self) -> Any:
        return iter(())

    def __str__(self) -> str:
        return "anything"


def _given(function: Callable[..., Any], actor: Actor) -> dict[str, Any]:
    wanted = inspect.signature(function).parameters
    given: dict[str, Any] = {}
    for name, parameter in wanted.items():
        if name == "actor":
            given[name] = actor
        elif name == "now":
            given[name] = NOW
        elif parameter.kind is not inspect.Parameter.VAR_KEYWORD and parameter.default is inspect.Parameter.empty:
            given[name] = Anything()
    return given


def test_the_use_cases_are_known() -> None:
    assert len(USE_CASES) > 60
    areas = {action.split(".", 1)[0] for action in USE_CASES}
    assert areas >= {"parties", "agreements", "capabilities", "scenarios", "matches", "trials", "projects"}


@pytest.mark.parametrize("action", sorted(USE_CASES))
@pytest.mark.django_db
def test_every_use_case_asks_before_it_does_anything(action: str) -> None:
    function = ENTRANCES.get(action, USE_CASES[action])
    real = REAL_ROWS.get(action, dict)()
    refused = [VISITOR, *(_actor(role) for role in ROLES[1:] if matrix().get(action, {}).get(role) == "no")]
    if action in OPEN_TO_VISITORS:
        refused.remove(VISITOR)
    for actor in refused:
        with pytest.raises(NotAllowed):
            function(**{**_given(function, actor), **real})


@pytest.mark.parametrize("action", sorted(HELD_BY_A_LINK))
@pytest.mark.django_db
def test_what_a_link_holds_is_refused_to_every_role(action: str) -> None:
    for role in ROLES[1:]:
        with pytest.raises(NotAllowed):
            USE_CASES[action](**_given(USE_CASES[action], _actor(role)))


def test_every_row_of_the_matrix_is_asked_for_somewhere() -> None:
    root = FILE.parent.parent
    source = "".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py"))
    unasked = [action for action in matrix() if f'"{action}"' not in source]
    assert set(unasked) == NEVER_ASKED
