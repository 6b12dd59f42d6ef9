"""Templates of metric and bar."""

from __future__ import annotations

from qiupu_web.scenarios.bridge import metric_codes, metric_title
from qiupu_web.scenarios.templates import template_for, templates


def test_tourism_and_manufacturing_have_templates_and_every_metric_can_decide():
    fields = {one.field for one in templates().values()}
    assert {"smart-tourism", "smart-manufacturing"} <= fields
    assert {one.metric for one in templates().values()} <= set(metric_codes())


def test_a_metric_is_explained_by_its_own_field_first():
    assert template_for("mase", "smart-city").field == "smart-city"
    assert template_for("mase", "culture").metric == "mase"
    assert template_for("happiness", "culture") is None


def test_a_metric_of_the_owners_own_is_its_own_name():
    assert metric_title("happiness", "zh") == "happiness"
    assert metric_title("mase", "en") == "Mean absolute scaled error"
