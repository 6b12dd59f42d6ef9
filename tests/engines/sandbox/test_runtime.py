"""Building the runtime without a network, from a folder of wheels and a hash-locked list."""

import hashlib
import zipfile

import pytest
from tests.engines.sandbox.running import run_with

from qiupu.errors import PlatformError
from qiupu.sandbox import find_runtime, open_sandbox, runtime_setup
from qiupu.sandbox.runtime import locked_requirements


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "wheels" / "tiny-1.0-py3-none-any.whl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny.py", "ANSWER = 42\n")
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "tiny.py,,\n")
    return path


def test_a_runtime_is_built_offline_and_runs(wheel, tmp_path, native):
    lock = tmp_path / "lock.txt"
    lock.write_text(f"tiny==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")

    runtime = runtime_setup(tmp_path / "rt", requirements=lock, find_links=wheel.parent)

    assert runtime == find_runtime(tmp_path / "rt")
    program = "import sys, tiny\nopen(sys.argv[4], 'w').write(f'x\\n{tiny.ANSWER}\\n')\n"
    assert run_with(open_sandbox(tmp_path / "rt"), program).output == b"x\n42\n"


def test_a_wheel_with_another_hash_is_refused(wheel, tmp_path, capfd):
    lock = tmp_path / "lock.txt"
    lock.write_text(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(PlatformError, match="could not be built"):
        runtime_setup(tmp_path / "rt", requirements=lock, find_links=wheel.parent)


def test_the_lock_names_what_is_documented():
    words = locked_requirements().read_text()
    for name in ("numpy", "onnxruntime", "polars", "scikit-learn", "scipy"):
        assert f"\n{name}==" in f"\n{words}"
    assert "--hash=sha256:" in words
