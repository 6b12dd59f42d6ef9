"""Where a registration came from: a party of an agreement that is no organisation here yet, and the page to go back to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from qiupu_web.agreements.models import AgreementParty
from qiupu_web.agreements.queries import visible_agreements
from qiupu_web.agreements.usecases import link_party
from qiupu_web.faces.web.actors import actor_of
from qiupu_web.parties.actors import Actor
from qiupu_web.parties.enums import OrganisationKind
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.permissions import may

HAN = re.compile(r"[\u4e00-\u9fff]")
KINDS = {"company": OrganisationKind.COMPANY, "university": OrganisationKind.UNIVERSITY, "government": OrganisationKind.UNIT}
"""What a party is called in its text, as a kind of organisation; anything else is left to the person."""


@dataclass(frozen=True)
class Return:
    """``address`` is empty when the request names no page of this site; ``party`` is None when no party is meant."""

    address: str = ""
    party: AgreementParty | None = None

    @property
    def initial(self) -> dict[str, str]:
        """What the form comes filled with: the party's name as the text has it."""
        if self.party is None:
            return {}
        name = "name_zh" if HAN.search(self.party.name) else "name_en"
        kind = KINDS.get(self.party.role)
        return {name: self.party.name, **({"kind": kind.value} if kind else {})}

    def link(self, *, actor: Actor, now: datetime, organisation: Organisation) -> None:
        """Say that the party is the organisation that was registered for it."""
        if self.party is not None:
            link_party(actor=actor, now=now, party=self.party, organisation=organisation, is_partner=self.party.is_partner)


def return_of(request: HttpRequest) -> Return:
    """Read the page to go back to and the party from the address; a page of another site is refused."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return Return(wanted if is_ours else "", _party(request))


def _party(request: HttpRequest) -> AgreementParty | None:
    pk, actor = request.GET.get("party", ""), actor_of(request)
    if not (pk.isascii() and pk.isdigit() and len(pk) < 10) or not may(actor, "agreements.link_party"):
        return None
    rows = AgreementParty.objects.filter(organisation=None, agreement__in=visible_agreements(actor).values("pk"))
    return rows.select_related("agreement").filter(pk=pk).first()
