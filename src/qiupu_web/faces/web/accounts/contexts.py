"""What the templates of these pages are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qiupu_web.faces.web.accounts.forms import AccountForm, DecisionForm, TokenForm
from qiupu_web.parties.models import ApiToken, Membership, Organisation, SignUp, User


@dataclass(frozen=True)
class Account:
    """One's own account. ``secret`` is a token that was just made: shown this once."""

    user: User
    form: AccountForm
    memberships: Sequence[Membership]
    acting_as: int | None
    has_second_step: bool
    tokens: Sequence[ApiToken]
    token_form: TokenForm | None
    secret: str


@dataclass(frozen=True)
class SignUps:
    """The requests for an account."""

    waiting: Sequence[SignUp]
    decided: Sequence[SignUp]


@dataclass(frozen=True)
class Decision:
    """One request, which organisations may be the one that it names, and others with these words in their name."""

    row: SignUp
    form: DecisionForm
    twins: Sequence[Organisation]
    similar: Sequence[Organisation]
