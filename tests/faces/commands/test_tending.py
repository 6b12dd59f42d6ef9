"""What the demo lays before people: one doubtful pair, one brochure, one list of another city; all of it marked as invented."""

from __future__ import annotations

import pytest

from qiupu_web.capabilities.models import Brochure, Capability
from qiupu_web.faces.demo.city import City, people
from qiupu_web.faces.demo.tending import tended
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.queries import suspected
from qiupu_web.scenarios.models import OutsideList, Scenario
from qiupu_web.scenarios.queries import outside_rows

pytestmark = pytest.mark.django_db


def test_everything_waits_and_is_marked():
    city = City()
    people(city)
    assert suspected() == ()  # the city's own organisations are all different
    tended(city)
    (pair,) = suspected()
    rows = Organisation.objects.filter(pk__in=[pair.left, pair.right])
    assert sorted(row.code for row in rows) == ["chizhou-yuexi", "yuexi-data"]
    assert all(row.is_invented for row in rows)
    assert OutsideList.objects.get().is_invented
    assert [row.ref for row in outside_rows()] == ["YT-01", "YT-02", "YT-03"]
    assert [row.field for row in outside_rows()] == ["smart-tourism", "smart-city", "agriculture"]
    brochure = Brochure.objects.get()
    assert "虚构" in brochure.file_name
    assert (brochure.title, brochure.field) == ("月溪数据：客流预测服务", "smart-tourism")
    assert set(brochure.sentences.values_list("state", flat=True)) == {"waiting"}
    assert brochure.sentences.count() == 5  # neither the title nor the telephone number
    assert not Capability.objects.exists()
    assert not Scenario.objects.exists()
