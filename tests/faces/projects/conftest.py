"""A signed-in reader for the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests import factories

from qiupu_web.parties.models import Organisation


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Client]:
    """Return a function that signs somebody in, in a role for an organisation."""

    def run(role: str, organisation: Organisation | None = None) -> Client:
        client.force_login(factories.member(role, organisation).user)
        return client

    return run
