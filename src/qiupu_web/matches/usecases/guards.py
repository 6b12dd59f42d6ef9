"""What several use cases of events ask first."""

from __future__ import annotations

from qiupu.errors import N_, NotAllowed
from qiupu_web.matches.models import Event
from qiupu_web.matches.queries.conflicts import has_stake
from qiupu_web.parties.actors import Actor


def require_no_stake(actor: Actor, event: Event) -> None:
    """Raise ``NotAllowed`` when the person also acts for the agreement's partner or for a supplier who comes.

    The partner has the same rights as any other supplier, so nobody of its own seats the tables.
    """
    if actor.user_id is not None and has_stake(actor.user_id, event):
        raise NotAllowed(
            N_("You also act for the agreement's partner or for a supplier of this event, so you do not arrange its meetings."),
            cure=N_("Ask a colleague of the exchange office who has no stake."),
            code="stake",
        )
