"""ONNX entries: what is refused before it runs, and what happens when it runs."""

import io

import numpy as np
import polars as pl
import pytest

from qiupu.errors import FileError, TableError
from qiupu.files import Table
from qiupu.sandbox import Limits, RunSpec
from qiupu.sandbox.inputs import model_inputs
from qiupu.sandbox.intake import take_model
from qiupu.sandbox.onnx_model import check_onnx

onnx = pytest.importorskip("onnx", reason="the extra 'onnx' builds the models of these tests")
helper, F, I64 = onnx.helper, onnx.TensorProto.FLOAT, onnx.TensorProto.INT64


def value(name, shape, kind=F):
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes, inputs=None, outputs=None, constants=(), metadata=None, opsets=(("", 18),)):
    graph = helper.make_graph(
        nodes, "g", inputs or [value("x", ["n", 2])], outputs or [value("y", ["n"])], [helper.make_tensor(*c) for c in constants]
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid(*pair) for pair in opsets], ir_version=9)
    helper.set_model_props(made, metadata or {})
    return made


def row_sums():
    return model([helper.make_node("ReduceSum", ["x", "axes"], ["y"], keepdims=0)], constants=[("axes", I64, [1], [1])])


TABLE = Table(pl.DataFrame({"id": ["a", "b", "007"], "u": [1.0, 2.0, 3.5], "v": [10, 20, 30]}), "x.csv", "")


def run(runner, made, table=TABLE, **changes):
    data = made if isinstance(made, bytes) else made.SerializeToString()
    limits = Limits(**{"seconds": 30, "memory_mb": 512, "disk_mb": 32, "threads": 1, **changes})
    return runner.run(RunSpec("onnx", take_model(data, name="m.onnx"), model_inputs(table), limits))


def frame_of(result):
    assert result.state == "done", (result.code, result.stderr)
    return pl.read_csv(io.BytesIO(result.output), schema_overrides={"id": pl.String})


def test_a_model_predicts(runner):
    frame = frame_of(run(runner, row_sums()))

    assert frame.columns == ["id", "prediction"]
    assert frame["id"].to_list() == ["a", "b", "007"]
    assert frame["prediction"].to_list() == [11.0, 22.0, 33.5]


def test_probabilities_take_the_classes_of_the_metadata(native):
    made = model(
        [helper.make_node("Softmax", ["x"], ["probabilities"], axis=1)],
        outputs=[value("probabilities", ["n", 2])],
        metadata={"classes": "sound, sick"},
    )

    frame = frame_of(run(native, made))

    assert frame.columns == ["id", "p:sound", "p:sick"]
    # softmax of (1, 10): exp(-9) / (1 + exp(-9)) = 1.2339e-4
    assert frame["p:sound"][0] == pytest.approx(1.2339e-4, rel=1e-3)


def test_named_outputs_keep_their_names(native):
    nodes = [
        helper.make_node("ReduceSum", ["x", "axes"], ["score"], keepdims=1),
        helper.make_node("Greater", ["score", "bar"], ["high"]),
        helper.make_node("Cast", ["high"], ["alarm"], to=I64),
    ]
    outputs = [value("score", ["n", 1]), value("alarm", ["n", 1], I64)]
    made = model(nodes, outputs=outputs, constants=[("axes", I64, [1], [1]), ("bar", F, [1], [20.0])])

    frame = frame_of(run(native, made))

    assert frame.columns == ["id", "score", "alarm"]
    assert frame["alarm"].to_list() == [0, 1, 1]


def test_a_model_of_fixed_batch(native):
    """Batch 2 over 3 rows: the last batch is filled up and cut."""
    made = model(
        [helper.make_node("ReduceSum", ["x", "axes"], ["y"], keepdims=0)],
        inputs=[value("x", [2, 2])],
        outputs=[value("y", [2])],
        constants=[("axes", I64, [1], [1])],
    )
    assert frame_of(run(native, made))["prediction"].to_list() == [11.0, 22.0, 33.5]


@pytest.mark.parametrize(
    "inputs",
    [
        [value("x", ["n", 3])],
        [value("x", ["n", 2], onnx.TensorProto.DOUBLE)],
        [value("x", ["n", 2, 1])],
        [value("x", ["n", 2]), value("z", ["n", 2])],
    ],
    ids=["columns", "type", "rank", "two"],
)
def test_another_input_is_told(native, inputs):
    made = model(
        [helper.make_node("Identity", ["x"], ["y"])],
        inputs=inputs,
        outputs=[value("y", None, inputs[0].type.tensor_type.elem_type)],
    )

    result = run(native, made)

    assert (result.state, result.code) == ("supplier-error", "onnx-input")


def test_rows_that_do_not_fit_are_told(native):
    made = model([helper.make_node("ReduceSum", ["x"], ["y"], keepdims=0)], outputs=[value("y", [])])

    assert run(native, made).code == "onnx-output"


def test_an_endless_loop_is_stopped_by_the_limit(runner):
    """``Loop`` without a trip count whose condition stays true: legal ONNX, and only a clock ends it."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["go_on"]), helper.make_node("Identity", ["state"], ["state_on"])],
        "body",
        [value("i", [], I64), value("go", [], onnx.TensorProto.BOOL), value("state", None)],
        [value("go_on", [], onnx.TensorProto.BOOL), value("state_on", None)],
    )
    made = model(
        [helper.make_node("Loop", ["", "yes", "x"], ["y"], body=body)],
        outputs=[value("y", None)],
        constants=[("yes", onnx.TensorProto.BOOL, [], [True])],
    )

    result = run(runner, made, cpu_seconds=1, seconds=8)

    assert (result.state, result.code) == ("timed-out", "cpu-limit")


def test_a_model_that_asks_for_too_much_memory(native):
    made = model(
        [
            helper.make_node("ConstantOfShape", ["shape"], ["big"]),
            helper.make_node("ReduceSum", ["big"], ["total"], keepdims=0),
            helper.make_node("ReduceSum", ["x", "axes"], ["sums"], keepdims=0),
            helper.make_node("Add", ["sums", "total"], ["y"]),
        ],
        constants=[("shape", I64, [1], [400_000_000]), ("axes", I64, [1], [1])],
    )

    result = run(native, made, memory_mb=256)

    assert result.state == "supplier-error"
    assert result.code in ("memory-limit", "onnx-failed", "onnx-unreadable")


def refusal(made):
    with pytest.raises(FileError) as caught:
        check_onnx(made if isinstance(made, bytes) else made.SerializeToString())
    return caught.value.code


def external(location):
    made = row_sums()
    tensor = made.graph.initializer[0]
    tensor.ClearField("int64_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    return made


@pytest.mark.parametrize("location", ["/etc/passwd", "../../input/features.npy", "weights.bin"])
def test_external_data_are_refused(location):
    assert refusal(external(location)) == "onnx-external"


def test_external_data_deep_inside_are_refused():
    inner = external("labels.csv").graph
    made = model(
        [helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)],
        constants=[("c", onnx.TensorProto.BOOL, [], [True])],
    )
    assert refusal(made) == "onnx-external"

    tensor = helper.make_tensor("t", F, [1], [1.0])
    tensor.external_data.add(key="location", value="x")
    assert refusal(model([helper.make_node("Constant", [], ["y"], value=tensor)])) == "onnx-external"

    sparse = onnx.SparseTensorProto(values=tensor, indices=helper.make_tensor("i", I64, [1], [0]), dims=[3])
    assert refusal(model([helper.make_node("Constant", [], ["y"], sparse_value=sparse)])) == "onnx-external"


def test_custom_operators_are_refused():
    assert refusal(model([helper.make_node("Evil", ["x"], ["y"], domain="com.evil")])) == "onnx-custom"
    assert refusal(model([helper.make_node("Identity", ["x"], ["y"])], opsets=(("", 18), ("com.microsoft", 1)))) == "onnx-custom"
    made = row_sums()
    made.functions.append(
        helper.make_function("", "F", ["a"], ["b"], [helper.make_node("Identity", ["a"], ["b"])], made.opset_import)
    )
    assert refusal(made) == "onnx-custom"


def test_what_is_no_model_is_refused():
    for data in (b"x", b"\xff" * 100, b"\x80\x04.", b"PK\3\4", row_sums().SerializeToString()[:-9], b"\x3a\xff\xff\xff\xff\x0f"):
        assert refusal(data) == "onnx-damaged"
    nested = b""
    for _ in range(200):  # graph -> node -> attribute -> graph ...: a message may nest without end
        for key in (0x32, 0x2A, 0x0A):  # attribute.g = 6, node.attribute = 5, graph.node = 1
            size = len(nested)
            length = bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14])
            nested = bytes([key]) + length + nested
    size = len(nested)
    assert refusal(b"\x3a" + bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14]) + nested) == "onnx-too-deep"


def test_honest_models_pass():
    check_onnx(row_sums().SerializeToString())
    tree = model(
        [helper.make_node("Scaler", ["x"], ["y"], domain="ai.onnx.ml", offset=[0.0], scale=[1.0])],
        opsets=(("", 18), ("ai.onnx.ml", 3)),
    )
    check_onnx(tree.SerializeToString())


def test_the_inputs_of_a_model():
    table = Table(pl.DataFrame({"id": ["1", "2"], "b": [True, None], "a": [1, 2]}), "x.csv", "")

    made = model_inputs(table)

    features = np.load(io.BytesIO(made["features.npy"]))
    assert features.dtype == np.float32
    np.testing.assert_array_equal(features, [[1, 1], [np.nan, 2]])
    assert made["keys.csv"] == b"id\n1\n2\n"


@pytest.mark.parametrize("frame", [{"id": ["a"]}, {"x": [1.0]}, {"id": [], "x": []}, {"id": ["a"], "x": ["word"]}])
def test_a_table_that_no_model_can_take(frame):
    with pytest.raises(TableError):
        model_inputs(Table(pl.DataFrame(frame), "x.csv", ""))
