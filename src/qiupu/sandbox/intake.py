"""Take in what is uploaded: archives of code, models, prediction files. Nothing here runs, imports or unpickles any of it."""

from __future__ import annotations

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from qiupu.errors import N_, FileError
from qiupu.files import Table, read_table
from qiupu.sandbox.onnx_model import check_onnx
from qiupu.sandbox.spec import is_plain_path

_END = b"PK\x05\x06"
_PIECE = 1 << 18


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold.

    Attributes
    ----------
    archive_mb, member_mb, total_mb : int
        Size of the file, of each member unpacked, of all members unpacked.
    members : int
        Number of members, folders included.
    ratio : int
        Unpacked size over packed size, of each member above 1 MB and of the whole.
    """

    archive_mb: int = 200
    member_mb: int = 200
    total_mb: int = 500
    members: int = 2000
    ratio: int = 200


@dataclass(frozen=True)
class PredictionLimits:
    """What a file of predictions may hold: its size, and for packed types its size unpacked, in MB, rows and columns."""

    file_mb: int = 200
    unpacked_mb: int = 1000
    rows: int = 5_000_000
    columns: int = 2000


def read_archive(source: bytes | Path, *, name: str = "entry.zip", limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    """Unpack a zip into memory, member by member, by what really comes out and not by what its header says.

    Parameters
    ----------
    source : bytes or Path
    name : str
        What errors call it.

    Returns
    -------
    dict of str to bytes
        Files by path. Folders and what file managers add (``__MACOSX``, ``.DS_Store``) are left out.

    Raises
    ------
    FileError
        When it is no zip, too large, too many, packed too tightly, encrypted or damaged, when members overlap, or when a name leads
        elsewhere or a member is not a plain file.
    """
    limits = limits or ArchiveLimits()
    data = read_capped(source, limits.archive_mb, name)
    _check_directory(data, name, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_members(infos, len(data), name, limits)
            return _unpack(archive, infos, name, limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, struct.error, ValueError, OverflowError) as error:
        raise _refused("damaged", N_("The archive is damaged or not a zip file ({error})."), name, error=error) from error


def read_capped(source: bytes | Path, megabytes: int, name: str) -> bytes:
    """Return the bytes, or raise ``FileError`` before reading more than ``megabytes``."""
    if isinstance(source, bytes):
        size, data = len(source), source
    else:
        try:
            with source.open("rb") as stream:
                data = stream.read((megabytes << 20) + 1)
        except OSError as error:
            raise FileError(N_("The file cannot be read: {error}."), file=name, code="unreadable", error=error.strerror) from error
        size = len(data)
    if size > megabytes << 20:
        raise FileError(
            N_("The file is larger than {limit} MB."),
            cure=N_("Leave out what is not needed, or ask the trial's steward for a larger limit."),
            file=name,
            code="too-large",
            limit=megabytes,
        )
    if size == 0:
        raise FileError(N_("The file is empty."), cure=N_("Choose the right file."), file=name, code="empty")
    return data


def _refused(code: str, template: str, name: str, **params: Any) -> FileError:
    cure = N_("Pack the files again as a plain zip (Store or Deflate), with predict.py at the top.")
    return FileError(template, cure=cure, file=name, code=code, **params)


def _check_directory(data: bytes, name: str, limits: ArchiveLimits) -> None:
    """Look at the end record before ``zipfile`` makes an object of every member."""
    place = data.rfind(_END, max(0, len(data) - 65_557))
    if place < 0 or place + 22 > len(data):
        raise _refused("not-a-zip", N_("This is not a zip archive."), name)
    count, size = struct.unpack_from("<HL", data, place + 10)
    if count == 0xFFFF or size > limits.members * 600:
        raise _refused("too-many-members", N_("The archive holds more than {limit} members."), name, limit=limits.members)


def _check_members(infos: list[zipfile.ZipInfo], size: int, name: str, limits: ArchiveLimits) -> None:
    if len(infos) > limits.members:
        raise _refused("too-many-members", N_("The archive holds more than {limit} members."), name, limit=limits.members)
    seen: set[str] = set()
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        path = info.orig_filename.rstrip("/")
        if not is_plain_path(path) or info.orig_filename != info.filename:
            raise _refused("name", N_("The member {member} has a name that leads elsewhere."), name, member=repr(path)[:120])
        plain = unicodedata.normalize("NFC", path).casefold()
        if plain in seen:
            raise _refused("repeated", N_("The member {member} is there twice."), name, member=path)
        seen.add(plain)
        if info.flag_bits & 0x1:
            raise _refused("encrypted", N_("The member {member} is encrypted."), name, member=path)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused("method", N_("The member {member} is packed in a way that is not read here."), name, member=path)
        mode = info.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused("not-a-file", N_("The member {member} is a link or a device, not a file."), name, member=path)
        if info.header_offset < end or info.header_offset + 30 + info.compress_size > size:
            raise _refused("overlap", N_("Members of the archive overlap."), name)
        end = info.header_offset + 30 + info.compress_size


def _unpack(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], name: str, limits: ArchiveLimits) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = packed = 0
    for info in infos:
        if info.is_dir() or _is_clutter(info.filename):
            continue
        content = bytearray()
        packed += info.compress_size
        with archive.open(info) as stream:
            while piece := stream.read(_PIECE):
                content += piece
                total += len(piece)
                if len(content) > limits.member_mb << 20 or total > limits.total_mb << 20:
                    raise _refused(
                        "unpacks-too-large", N_("The archive unpacks to more than {limit} MB."), name, limit=limits.total_mb
                    )
                if len(content) > max(1 << 20, limits.ratio * info.compress_size):
                    raise _refused(
                        "ratio", N_("The member {member} is packed too tightly to be honest."), name, member=info.filename
                    )
        files[info.filename] = bytes(content)
    if total > max(1 << 20, limits.ratio * packed):
        raise _refused("ratio", N_("The archive is packed too tightly to be honest."), name)
    for path in files:
        if any("/".join(path.split("/")[:depth]) in files for depth in range(1, path.count("/") + 1)):
            raise _refused("repeated", N_("The member {member} is there twice."), name, member=path)
    return files


def _is_clutter(path: str) -> bool:
    return path.startswith("__MACOSX/") or path.rsplit("/", 1)[-1] in (".DS_Store", "Thumbs.db")


def take_code(source: bytes | Path, *, name: str, limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    """Return the files of a code entry: a zip with ``predict.py`` at its top, or one Python file.

    Raises
    ------
    FileError
        As ``read_archive``; or when ``predict.py`` is not there.
    """
    limits = limits or ArchiveLimits()
    if name.lower().endswith(".py"):
        return {"predict.py": read_capped(source, limits.member_mb, name)}
    files = read_archive(source, name=name, limits=limits)
    if "predict.py" not in files:
        raise FileError(
            N_("The archive has no predict.py at its top."),
            cure=N_("Pack the contents of the folder, not the folder: predict.py must not lie inside another one."),
            file=name,
            code="no-main-file",
        )
    return files


def take_model(source: bytes | Path, *, name: str, limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    """Return the files of an ONNX entry, after ``check_onnx``.

    Raises
    ------
    FileError
        When it is too large or no model, or when it needs external data or custom operators.
    """
    data = read_capped(source, (limits or ArchiveLimits()).member_mb, name)
    check_onnx(data, name=name)
    return {"model.onnx": data}


def entry_kind(name: str) -> Literal["code", "onnx"] | None:
    """Return what an entry's file name says it is; None for what cannot be run."""
    suffix = Path(name).suffix.lower()
    if suffix == ".onnx":
        return "onnx"
    return "code" if suffix in (".zip", ".py") else None


def take_predictions(source: bytes | Path, *, name: str, limits: PredictionLimits | None = None) -> Table:
    """Read a file of predictions, after a look at how large it is and would become.

    Raises
    ------
    FileError
        When it is larger than the limits, packed or unpacked, or damaged.
    TableError
        When it is no proper table.
    """
    limits = limits or PredictionLimits()
    data = read_capped(source, limits.file_mb, name)
    suffix = Path(name).suffix.lower()
    if suffix == ".xlsx":
        # Not read_archive: the parts of a workbook may be packed tightly, and their names are Excel's own.
        _check_workbook(data, name, limits)
    elif suffix == ".parquet":
        _check_parquet(data, name, limits)
    table = read_table(data, name=name)
    if table.frame.height > limits.rows or table.frame.width > limits.columns:
        raise _too_many(name, limits)
    return table


def _too_many(name: str, limits: PredictionLimits) -> FileError:
    return FileError(
        N_("The table has more than {rows} rows or {columns} columns."),
        cure=N_("Send one row for each item and only the columns that the task names."),
        file=name,
        code="too-many-rows",
        rows=limits.rows,
        columns=limits.columns,
    )


def _check_workbook(data: bytes, name: str, limits: PredictionLimits) -> None:
    archive = ArchiveLimits(limits.file_mb, limits.unpacked_mb, limits.unpacked_mb, 500, 1000)
    _check_directory(data, name, archive)
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as workbook:
            for info in workbook.infolist():
                with workbook.open(info) as stream:
                    while piece := stream.read(_PIECE):
                        total += len(piece)
                        if total > limits.unpacked_mb << 20:
                            raise FileError(
                                N_("The workbook unpacks to more than {limit} MB."),
                                cure=N_("Send the predictions as csv or parquet."),
                                file=name,
                                code="unpacks-too-large",
                                limit=limits.unpacked_mb,
                            )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, struct.error, ValueError, RuntimeError) as error:
        raise FileError(N_("The workbook is damaged ({error})."), file=name, code="damaged", error=error) from error


def _check_parquet(data: bytes, name: str, limits: PredictionLimits) -> None:
    """Read the footer alone: a few bytes of parquet can stand for a billion equal rows."""
    try:
        lazy = pl.scan_parquet(io.BytesIO(data))
        width = len(lazy.collect_schema())
        height = int(lazy.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileError(
            N_("The parquet file is damaged ({error})."),
            cure=N_("Write it again, and send it again."),
            file=name,
            code="damaged",
            error=str(error)[:120],
        ) from error
    if height > limits.rows or width > limits.columns:
        raise _too_many(name, limits)
