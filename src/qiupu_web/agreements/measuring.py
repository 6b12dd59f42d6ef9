"""Ways to measure a commitment, by field, in words that a unit can answer to. They are proposals; a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qiupu_web.parties.enums import Field


@dataclass(frozen=True)
class Measure:
    """One way to measure, in both languages."""

    zh: str
    en: str


ANY_FIELD = (
    Measure("到期前投入使用，当月有活跃用户数", "In operation by the due date, with the month's number of active users"),
    Measure("按期通过新数据验收的项目数", "Projects accepted on fresh data by the due date"),
)
BY_FIELD: Mapping[str, tuple[Measure, ...]] = {
    Field.CITY: (
        Measure("事项平均办理时长较上年缩短的百分比", "Share by which the mean handling time fell against last year"),
        Measure(
            "自动识别事件的查准率与查全率，以盲测为准",
            "Precision and recall of events found, as a blind trial measures them",
        ),
        Measure("接入平台的部门数与数据集数", "Departments and data sets connected to the platform"),
    ),
    Field.MANUFACTURING: (
        Measure("质检漏检率，以盲测为准", "Share of defects missed by inspection, as a blind trial measures it"),
        Measure("单位产品能耗较上年下降的百分比", "Share by which energy per unit of product fell against last year"),
        Measure("完成智能化改造并投产的产线数", "Production lines converted and running"),
    ),
    Field.TOURISM: (
        Measure("景区日客流预测误差（MASE），以盲测为准", "Error of daily visitor forecasts (MASE), as a blind trial measures it"),
        Measure("过夜游客人次较上年增长的百分比", "Growth of overnight visitors against last year"),
        Measure("高峰日平均排队分钟数", "Mean minutes in a queue on peak days"),
    ),
    Field.CULTURE: (
        Measure("完成数字化并公开可查的藏品或文献件数", "Objects or documents digitised and open to search"),
        Measure("数字展陈的年参观人次", "Visits to the digital exhibition in the year"),
    ),
    Field.AGRICULTURE: (
        Measure("覆盖的种植面积（亩）与农户数", "Area covered, in mu, and number of farms"),
        Measure("亩产或等级率预测误差，以盲测为准", "Error of forecasts of yield or grade, as a blind trial measures it"),
        Measure("病虫害识别的宏平均 F1，以盲测为准", "Macro F1 of recognising pests and diseases, as a blind trial measures it"),
    ),
}


def measures_of(field: str) -> tuple[Measure, ...]:
    """Return the usual measures of a field, those of any field last."""
    return (*BY_FIELD.get(field, ()), *ANY_FIELD)
