"""Who acts: a person in a role for an organisation, a unit by a one-time link, a program by a token, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Everything that permission and audit need to know. ``only`` narrows what the role may do (link, token)."""

    role: str
    name: str
    user_id: int | None = None
    organisation_id: int | None = None
    organisation_code: str = ""
    via: str = "web"
    only: frozenset[str] | None = None

    def audit_fields(self) -> dict[str, str]:
        """Return what an audit record keeps of the actor."""
        return {
            "actor_id": "" if self.user_id is None else str(self.user_id),
            "actor_name": self.name,
            "organisation_code": self.organisation_code,
            "role": self.role,
            "via": self.via,
        }

    @property
    def is_visitor(self) -> bool:
        """Whether nobody is signed in."""
        return self.role == "visitor"


VISITOR = Actor(role="visitor", name="visitor")


def system(name: str = "qiupu") -> Actor:
    """Return the actor of work that nobody pressed a button for: deadlines, scoring, the demo."""
    return Actor(role="system", name=name, via="system")
