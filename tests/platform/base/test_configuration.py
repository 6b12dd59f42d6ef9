"""A setting that cannot be: one sentence in one language."""

from __future__ import annotations

import re

import pytest

from qiupu.errors import InputError
from qiupu_web.configuration import SETTINGS, load

WRONG = [one for one in SETTINGS if one.parse is int]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", [one.name for one in WRONG])
def test_a_wrong_setting_is_explained_in_the_readers_language(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load({name: "many"})
    english, chinese = caught.value.message("en"), caught.value.message("zh-hans")
    (setting,) = [one for one in WRONG if one.name == name]
    assert setting.help in english
    assert not HAN.search(english)
    assert setting.help not in chinese
    assert "docs/operate.zh.md：" in chinese
    # the setting's own words follow the address of the page, in Chinese
    assert HAN.search(chinese.split("docs/operate.zh.md：")[1])
