"""The home page tells of one agreement: the one that the city works on most."""

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import NOW

from qiupu_web.faces.web.pages.queries import shown_agreement

pytestmark = pytest.mark.django_db


def test_a_newer_agreement_with_less_work_does_not_push_the_main_one_aside() -> None:
    main = factories.agreement()
    for _ in range(2):
        factories.commitment(factories.statement(main))
    newer = factories.agreement(added_at=NOW + timedelta(days=1))
    factories.commitment(factories.statement(newer))
    assert shown_agreement() == main


def test_of_equals_the_newest_is_shown_and_never_a_private_one() -> None:
    older, newer = factories.agreement(), factories.agreement(added_at=NOW + timedelta(days=1))
    for one in (older, newer):
        factories.statement(one)
    factories.commitment(factories.statement(factories.agreement(is_public=False)))
    assert shown_agreement() == newer
