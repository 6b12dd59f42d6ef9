"""Local weights as a second reader: a tiny hand-made model that points at known pieces, and folders that are not right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qiupu.agreements import load_tagger, read, with_tagger
from qiupu.agreements.wordpieces import Vocabulary
from qiupu.errors import FileError, InputError

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "松", "岭", "茶", "业", "合", "作", "协", "议", "签", "署", "日", "期", "约", "方"]
PIECES += ["tea", "##house", "guild", "shop", "contracting", "party", "date", "of", "signing"]


def make_folder(folder: Path, first: str, last: str, *, inputs: tuple[str, ...] = ("input_ids", "attention_mask")) -> Path:
    """Write a model whose answers begin at the piece ``first`` and end at the piece ``last``."""
    from onnx import TensorProto, helper

    given = [helper.make_tensor_value_info(name, TensorProto.INT64, [1, "n"]) for name in inputs]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "n"]) for name in ("start_prob", "end_prob")]
    nodes, constants = [], []
    for name, piece in (("start", first), ("end", last)):
        constants.append(helper.make_tensor(f"{name}_id", TensorProto.INT64, [1], [PIECES.index(piece)]))
        nodes.append(helper.make_node("Equal", [inputs[0], f"{name}_id"], [f"is_{name}"]))
        nodes.append(helper.make_node("Cast", [f"is_{name}"], [f"{name}_prob"], to=TensorProto.FLOAT))
    graph = helper.make_graph(nodes, "pointer", given, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    return folder


def test_pieces_keep_their_places_and_unknown_words_are_one_piece() -> None:
    vocabulary = Vocabulary.of("\n".join(PIECES))
    text = "Teahouse x茶"
    pieces = vocabulary.cut(text)
    # Teahouse is tea + ##house; x is unknown; 茶 is a piece of its own
    assert [text[a:b] for a, b in pieces.places] == ["Tea", "house", "x", "茶"]
    assert pieces.ids == (PIECES.index("tea"), PIECES.index("##house"), 1, PIECES.index("茶"))


def test_a_party_that_the_rules_left_open_is_added_with_its_quote_and_a_low_confidence(tmp_path: Path) -> None:
    text = "松岭茶业 签署 合作协议 。双方将合作。"
    plain = read(text, "zh")
    assert plain.parties == ()
    reading = with_tagger(plain, load_tagger(make_folder(tmp_path / "w", "松", "业")))
    (party,) = reading.parties
    assert (party.name, text[party.start : party.end], party.confidence) == ("松岭茶业", "松岭茶业", 0.55)


def test_a_long_text_is_read_window_by_window(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "w", "松", "业")
    (folder / "config.json").write_text(json.dumps({"max_length": 24}), encoding="utf-8")
    text = "合作协议。" * 40 + "松岭茶业签署协议。"
    reading = with_tagger(read(text, "zh"), load_tagger(folder))
    assert [party.start for party in reading.parties] == [200]


def test_what_the_rules_found_stays(tmp_path: Path) -> None:
    text = "青岚市人民政府与星衡智能科技有限公司2024年5月1日签署合作协议,支持松岭茶业发展。"
    plain = read(text)
    assert with_tagger(plain, load_tagger(make_folder(tmp_path / "w", "松", "业"))) == plain


def test_a_folder_without_the_model_or_with_a_broken_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"holds no model\.onnx"):
        load_tagger(tmp_path)
    folder = make_folder(tmp_path / "w", "松", "业")
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(FileError, match="cannot be loaded"):
        load_tagger(folder)
    (folder / "vocab.txt").unlink()
    with pytest.raises(FileError, match=r"holds no vocab\.txt"):
        load_tagger(folder)


def test_a_model_of_another_kind_is_refused_with_the_way_out(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "w", "松", "业", inputs=("input_ids", "words_mask"))
    with pytest.raises(InputError, match="words_mask") as caught:
        load_tagger(folder)
    assert "UIE" in caught.value.cure()


def test_without_the_runtime_the_command_names_the_extra(tmp_path: Path) -> None:
    """A Python that finds no onnxruntime: an empty module of that name stands in its place and cannot be imported."""
    folder = make_folder(tmp_path / "w", "松", "业")
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
    (tmp_path / "text.txt").write_text("松岭茶业签署合作协议。双方将合作。", encoding="utf-8")
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from qiupu.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), "read", str(tmp_path / "text.txt"), "--weights", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "qiupu[onnx]" in done.stderr
