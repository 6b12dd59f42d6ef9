"""What the templates of other cities' lists are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qiupu_web.faces.web.exchange.contexts import Fault
from qiupu_web.faces.web.forms import OnceForm
from qiupu_web.faces.web.listing import Listing
from qiupu_web.faces.web.scenarios.forms import PressForm
from qiupu_web.faces.web.scenarios.forms_outside import ConfirmForm, DeclineForm, OutsideListForm, OutsideMappingForm
from qiupu_web.scenarios.models import OutsideList, OutsideRow


@dataclass(frozen=True)
class Elsewhere:
    """Rows of other cities' lists that nobody confirmed."""

    listing: Listing[OutsideRow]
    may_decide: bool


@dataclass(frozen=True)
class OutsideLists:
    """The lists that were brought in, and the form for one more."""

    lists: Sequence[OutsideList]
    form: OutsideListForm


@dataclass(frozen=True)
class OutsideListPage:
    """One list: its columns and faults before it comes in, its rows afterwards."""

    outside: OutsideList
    headers: Sequence[str]
    preview: Sequence[Sequence[str]]
    row_count: int
    good_count: int
    faults: Sequence[Fault]
    rows: Sequence[OutsideRow]
    mapping: OutsideMappingForm | None
    bring_in: PressForm | None
    undo: PressForm | None
    problem: OnceForm | None = None


@dataclass(frozen=True)
class OutsideRowPage:
    """One row, and what the office may do with it."""

    row: OutsideRow
    confirm: ConfirmForm | None
    decline: DeclineForm | None
    reopen: PressForm | None
    problem: OnceForm | None = None
