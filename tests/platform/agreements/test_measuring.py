"""Ways to measure: every field has some, in both languages; the sentence's own words suggest more."""

import pytest

from qiupu_web.agreements import bridge
from qiupu_web.agreements.measuring import ANY_FIELD, BY_FIELD, measures_of
from qiupu_web.parties.enums import Field


@pytest.mark.parametrize("field", Field.values)
def test_every_field_has_measures_in_both_languages(field: str) -> None:
    found = measures_of(field)
    assert len(found) >= 4
    assert len(set(found)) == len(found)
    assert all(one.zh and one.en for one in found)


def test_without_a_field_the_general_ones_remain() -> None:
    assert measures_of("") == ANY_FIELD
    assert set(BY_FIELD) == set(Field.values)


def test_a_sentence_suggests_its_own_measure_with_its_number() -> None:
    zh, en = _first("乙方将培训500名人才。")
    assert "500" in zh
    assert en.startswith("people trained")
    assert bridge.propose_measures("The weather is fine.") == ()


def _first(text: str) -> tuple[str, str]:
    one = bridge.propose_measures(text)[0]
    return one.zh, one.en


def test_similar_needs_shared_words() -> None:
    others = [(1, "Forecast visitors of the mountain"), (2, "Train farmers")]
    found = bridge.similar("The Firm shall forecast visitors.", others)
    assert [one.unit_id for one in found] == [1]
    assert found[0].reasons
