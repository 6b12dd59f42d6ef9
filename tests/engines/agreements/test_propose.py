"""Proposals for the breakdown, and the optional endpoint whose answers must be proven by quotes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from qiupu.agreements import Endpoint, add_answers, propose_field, propose_measures, propose_units, read, with_endpoint
from qiupu.errors import InputError, PlatformError

UNITS = [
    ("tourism", "负责旅游景区管理、客流监测、文化遗产保护"),
    ("farming", "负责农业生产、水稻和茶叶种植、农田灌溉"),
    ("industry", "负责工业企业、智能制造、产业链招商"),
]
TEXT = "青岚市人民政府与星衡智能科技有限公司签署合作协议。星衡智能的团队届时进驻青岚。"


def test_the_unit_whose_remit_shares_most_words_is_proposed_first_with_its_reasons() -> None:
    ranked = propose_units("双方将开展水稻灌溉试点", UNITS)
    assert [one.unit_id for one in ranked] == ["farming"]
    assert set(ranked[0].reasons) >= {"水稻", "灌溉"}
    assert 0 < ranked[0].score <= 1


def test_reasons_are_whole_words() -> None:
    pytest.importorskip("rjieba", reason="Chinese is cut into words by the extra `match`; without it the longest shared runs serve")
    remits = [("tourism", "负责旅游景区管理、客流预警"), ("data", "统筹公共数据开放")]
    (first, *_) = propose_units("为重点景区建设客流预测平台,开放公共数据", remits[:1])
    assert set(first.reasons) == {"客流", "景区"}  # never 流预
    assert "公共数据" in propose_units("开放公共数据", remits)[0].reasons


def test_a_unit_that_shares_nothing_is_not_proposed() -> None:
    assert propose_units("召开新闻发布会", UNITS) == ()
    assert propose_units("水稻", []) == ()


def test_english_remits_match_other_forms_of_a_word() -> None:
    units = [("a", "scenic areas and visitors"), ("b", "farming and irrigation")]
    assert [one.unit_id for one in propose_units("The parties will forecast visitor numbers of the scenic area", units)] == ["a"]


@pytest.mark.parametrize(
    "text,field",
    [
        ("建设城市大脑", "smart-city"),
        ("水稻灌溉试点", "agriculture"),
        ("predictive maintenance of production lines", "smart-manufacturing"),
        ("fair price", None),
    ],
)
def test_a_field_is_proposed_only_where_a_word_of_it_stands(text: str, field: str | None) -> None:
    assert propose_field(text) == field


def test_a_measure_takes_its_target_from_the_statement() -> None:
    first = propose_measures("每年培训人工智能人才200名")[0]
    assert (first.code, first.target) == ("people-trained", "200 名")


@pytest.mark.parametrize("city", ["市政府", "城市"])
def test_a_government_is_no_mention_of_the_smart_city(city: str) -> None:
    assert propose_field(f"{city}与企业签约") is None


def test_an_answer_is_kept_only_where_its_quote_and_debtor_stand_in_the_text() -> None:
    reading = read(TEXT)
    answers = [
        {"quote": "星衡智能的团队届时进驻青岚。", "debtor": "星衡智能", "strength": "duty", "speaker": None},
        {"quote": "星衡智能将投资一百亿元。", "debtor": "星衡智能", "strength": "duty"},  # nobody said so
        {"quote": "签署合作协议", "debtor": "市场监管局", "strength": "duty"},  # nobody of that name
        {"quote": 7, "debtor": None, "strength": "duty"},
    ]
    added = [one for one in add_answers(reading, answers).statements if one.strength == "duty"]
    assert [(one.quote, one.debtor) for one in added] == [("星衡智能的团队届时进驻青岚。", "星衡智能科技有限公司")]


@contextmanager
def serving(content: str) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_endpoint_is_asked_and_its_answer_checked() -> None:
    answer = json.dumps(
        {"statements": [{"quote": "星衡智能的团队届时进驻青岚。", "debtor": "星衡智能", "strength": "duty", "speaker": None}]}
    )
    with serving(answer) as url:
        reading = with_endpoint(read(TEXT), Endpoint(url, "any"))
    assert any(one.strength == "duty" for one in reading.statements)


def test_an_endpoint_that_talks_nonsense_is_an_error_of_the_platform() -> None:
    with serving("I cannot do that.") as url, pytest.raises(PlatformError) as caught:
        with_endpoint(read(TEXT), Endpoint(url, "any"))
    assert "地址" in caught.value.message("zh")


def test_an_endpoint_needs_a_web_address() -> None:
    with pytest.raises(InputError):
        Endpoint("file:///etc/passwd", "any")
