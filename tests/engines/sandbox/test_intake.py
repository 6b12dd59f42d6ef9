"""What is uploaded is refused or taken in, and never believed."""

import io
import pickle
import stat
import struct
import zipfile
import zlib

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiupu.errors import FileError, QiupuError, TableError
from qiupu.sandbox.intake import (
    ArchiveLimits,
    PredictionLimits,
    entry_kind,
    read_archive,
    take_code,
    take_predictions,
)


def packed(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def refusal(data, **limits):
    with pytest.raises(FileError) as caught:
        read_archive(data, limits=ArchiveLimits(**limits))
    assert caught.value.cure() or caught.value.code == "empty"
    return caught.value.code


def test_an_honest_archive():
    data = packed(
        [("predict.py", "pass"), ("models/", ""), ("models/模型.bin", b"\0" * 99), ("__MACOSX/._x", "x"), (".DS_Store", "x")]
    )

    assert take_code(data, name="entry.zip") == {"predict.py": b"pass", "models/模型.bin": b"\0" * 99}


@pytest.mark.parametrize(
    "name", ["../predict.py", "/etc/passwd", "a/../../x", "C:/x", "a\\..\\x", "a//b", "./x", "x" * 300, "/".join("a" * 20)]
)
def test_names_that_lead_elsewhere(name):
    assert refusal(packed([("predict.py", ""), (name, "x")])) == "name"


def test_a_name_that_ends_early():
    """``zipfile`` cuts a name at NUL: what the header says and what is used would differ."""
    assert refusal(packed([("predict.pyXevil", "x")]).replace(b"predict.pyXevil", b"predict.py\0evil")) == "name"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices(kind):
    info = zipfile.ZipInfo("link")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    assert refusal(packed([("predict.py", ""), (info, "/etc/passwd")])) == "not-a-file"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("é", "e\u0301"), ("a", "a/b")])
def test_names_that_fall_together(names):
    assert refusal(packed([(name, "x") for name in names])) == "repeated"


def bomb(gigabytes):
    """Return a member of ``gigabytes`` of zeros in a few megabytes: one compressed piece, repeated after full flushes."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = press.compress(bytes(1 << 24)) + press.flush(zlib.Z_FULL_FLUSH)
    body = piece * (gigabytes * 64) + press.flush(zlib.Z_FINISH)
    name = b"predict.py"
    head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, 0, len(body), 1000, len(name), 0) + name + body
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, 0, len(body), 1000, len(name), 0, 0, 0, 0, 0, 0) + name
    return head + entry + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(head), 0)


def test_ten_gigabytes_in_ten_megabytes_are_not_unpacked():
    """The header says 1,000 bytes; whichever way the lie comes out, it ends early."""
    assert refusal(bomb(10)) in ("ratio", "unpacks-too-large", "damaged")


def test_a_bomb_that_tells_its_size():
    assert refusal(packed([("predict.py", bytes(30 << 20))])) == "ratio"
    assert refusal(packed([("a", bytes(5 << 20)), ("b", bytes(5 << 20))], zipfile.ZIP_STORED), total_mb=8) == "unpacks-too-large"
    # many members that each stay below the size where the ratio is looked at
    assert refusal(packed([(str(n), bytes(1 << 20)) for n in range(5)])) == "ratio"


def test_members_that_overlap():
    """The quine-like bomb: two entries of the directory point to one body."""
    data = bytearray(packed([("a", b"x" * 999), ("b", b"x" * 999)], zipfile.ZIP_STORED))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    struct.pack_into("<L", data, second + 42, 0)
    assert refusal(bytes(data)) == "overlap"


def test_too_many_members():
    many = packed([(f"f{n}", "") for n in range(60)])
    assert refusal(many, members=50) == "too-many-members"
    assert refusal(many, members=5) == "too-many-members"  # told from the end record alone


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods(method):
    assert refusal(packed([("predict.py", "x" * 100)], method)) == "method"


def test_encrypted():
    data = bytearray(packed([("predict.py", "x")]))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + place] |= 1
    assert refusal(bytes(data)) == "encrypted"


CUT_SHORT = packed([(zipfile.ZipInfo("a"), "b" * 999)])[:-30]
NO_ZIP = {
    "two-letters": b"PK",
    "pickle": b"\x80\x04.",
    "text": b"x" * 1000,
    "an-end-alone": b"PK\5\6" + bytes(10),
    "cut-short": CUT_SHORT,
}


@pytest.mark.parametrize("data", NO_ZIP.values(), ids=NO_ZIP)
def test_what_is_no_zip(data):
    assert refusal(data) in ("not-a-zip", "damaged")


def test_a_damaged_member():
    data = bytearray(packed([("predict.py", bytes(range(256)) * 20)]))
    data[60] ^= 0xFF
    assert refusal(bytes(data)) == "damaged"


def test_too_large_or_empty_or_missing(tmp_path):
    large = tmp_path / "large.zip"
    large.touch()
    with large.open("r+b") as stream:
        stream.truncate(3 << 20)
    with pytest.raises(FileError, match="larger than 2 MB"):
        read_archive(large, limits=ArchiveLimits(archive_mb=2))
    assert refusal(b"") == "empty"
    with pytest.raises(FileError, match="cannot be read"):
        read_archive(tmp_path / "gone.zip")


def test_a_folder_around_the_program_is_explained():
    with pytest.raises(FileError, match="not the folder"):
        take_code(packed([("entry/predict.py", "")]), name="entry.zip")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_is_a_sentence(data):
    """Whatever bytes are changed, either the archive is read or ``FileError`` says why not."""
    honest = bytearray(packed([("predict.py", "print(1)" * 30), ("a/b", "c")]))
    for _ in range(data.draw(st.integers(1, 4))):
        honest[data.draw(st.integers(0, len(honest) - 1))] = data.draw(st.integers(0, 255))
    try:
        files = read_archive(bytes(honest))
    except FileError:
        return
    assert all(not name.startswith("/") and ".." not in name.split("/") for name in files)


class Poison:
    def __reduce__(self):
        return (pytest.fail, ("unpickled outside the sandbox",))


def test_nothing_is_unpickled_on_the_way_in():
    poison = pickle.dumps(Poison())
    assert take_code(packed([("predict.py", ""), ("model.pkl", poison)]), name="e.zip")["model.pkl"] == poison
    for name in ("p.csv", "p.parquet", "p.xlsx", "p.jsonl"):
        with pytest.raises(QiupuError):
            take_predictions(poison, name=name)


def test_kinds():
    assert [entry_kind(name) for name in ("a.zip", "A.ONNX", "x.py", "p.csv", "x")] == ["code", "onnx", "code", None, None]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_predictions_are_read(suffix):
    frame = pl.DataFrame({"id": ["a", "b"], "prediction": [1.5, 2.5]})
    buffer = io.BytesIO()
    {"csv": frame.write_csv, "parquet": frame.write_parquet, "xlsx": frame.write_excel}[suffix](buffer)

    table = take_predictions(buffer.getvalue(), name=f"p.{suffix}")

    assert table.frame["prediction"].to_list() == [1.5, 2.5]


def test_a_parquet_file_of_many_equal_rows_is_not_unpacked():
    """20,000,000 equal rows take a few kilobytes packed; the footer alone is read."""
    buffer = io.BytesIO()
    pl.select(id=pl.repeat(1, 20_000_000, dtype=pl.Int8)).write_parquet(buffer, compression="zstd")
    assert len(buffer.getvalue()) < 100_000
    with pytest.raises(FileError, match="more than 5000000 rows"):
        take_predictions(buffer.getvalue(), name="p.parquet")


def test_a_workbook_that_is_a_bomb():
    data = packed([("xl/worksheets/sheet1.xml", bytes(40 << 20)), ("[Content_Types].xml", "x")])
    with pytest.raises(FileError, match="unpacks to more than 8 MB"):
        take_predictions(data, name="p.xlsx", limits=PredictionLimits(unpacked_mb=8))


def test_too_many_columns():
    data = (",".join(f"c{n}" for n in range(30)) + "\n" + ",".join("1" * 30) + "\n").encode()
    with pytest.raises((FileError, TableError), match="more than"):
        take_predictions(data, name="p.csv", limits=PredictionLimits(columns=20))
