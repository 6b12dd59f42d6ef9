"""A credit code with a wrong check character is a row error of the table, and the other rows come in."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.factories import NOW

from qiupu.errors import InputError
from qiupu_web.faces.web.exchange import usecases
from qiupu_web.faces.web.exchange.columns import organisation
from qiupu_web.parties.models import Organisation
from qiupu_web.parties.usecases import merge_organisations

pytestmark = pytest.mark.django_db
GOOD = "9" + "0" * 16 + "N"
TABLE = f"类型,中文名称,统一社会信用代码\n企业,甲公司,{GOOD}\n企业,乙公司,{GOOD[:-1]}P\n企业,丙公司,123\n"


def test_the_row_and_the_column_are_named_in_both_languages():
    office = make.actor("office")
    batch = usecases.upload_table(actor=office, now=NOW, kind="organisations", data=TABLE.encode(), name="table.csv")
    usecases.try_table(actor=office, now=NOW, batch=batch, mapping=batch.mapping)
    assert [(one["row"], one["column"]) for one in batch.faults] == [(3, "统一社会信用代码"), (4, "统一社会信用代码")]
    assert "校验" in batch.faults[0]["text_zh"]
    assert "check character" in batch.faults[0]["text_en"]
    assert "3 characters" in batch.faults[1]["text_en"]
    assert batch.faults[1]["cure_zh"]
    usecases.import_table(actor=office, now=NOW, batch=batch)
    assert list(Organisation.objects.filter(name_zh__endswith="公司").values_list("credit_code", flat=True)) == [GOOD]


def test_a_merged_name_in_a_table_means_the_one_that_stayed():
    office, kept, merged = make.actor("office"), make.organisation("kept"), make.organisation("merged", name_zh="旧名")
    merge_organisations(actor=office, now=NOW, kept=kept, merged=merged)
    assert organisation("merged") == kept
    assert organisation("kept") == kept
    with pytest.raises(InputError):
        organisation("旧名")  # a name alone is not enough: somebody else may have it by now
