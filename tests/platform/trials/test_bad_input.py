"""What cannot be used is refused in both languages, with where and what to do; nothing is written or counted."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import polars as pl
import pytest
from django.conf import settings
from tests.factories import NOW
from tests.trials_world import DAY, World, inputs_csv, predictions, truth_csv, truth_frame

from qiupu.errors import Conflict, QiupuError
from qiupu_web.base.models import AuditRecord, StoredFile
from qiupu_web.parties.actors import system
from qiupu_web.trials import bridge, tasks, usecases
from qiupu_web.trials.models import Entry, Score

pytestmark = pytest.mark.django_db
GOOD = predictions()
LINES = GOOD.decode().splitlines()
ITEM, ANSWER = LINES[1].split(",")


def lines(*changed: str) -> bytes:
    return ("\n".join(changed) + "\n").encode()


def parquet(data: bytes = GOOD) -> bytes:
    stream = io.BytesIO()
    pl.read_csv(data).write_parquet(stream)
    return stream.getvalue()


def bomb() -> bytes:
    """Two hundred megabytes of zeros in a few hundred kilobytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("predict.py", "pass\n")
        archive.writestr("zeros.bin", b"\0" * (200 << 20))
    return stream.getvalue()


FILES = {
    "missing": ("mine.csv", lines(*LINES[:-1]), "1 of 320 items are missing", "320 个条目缺少 1 个"),
    "extra": ("mine.csv", lines(*LINES, "nobody,yes"), "items that are not asked for: nobody (rows 322)", "第 322 行"),
    "repeated": ("mine.csv", lines(*LINES[:-1], LINES[1]), f"stand more than once: {ITEM} (rows 2, 321)", f"重复出现：{ITEM}"),
    "class": (
        "mine.csv",
        lines(LINES[0], f"{ITEM},maybe", *LINES[2:]),
        "There is no class maybe (rows 2)",
        "没有类别 maybe（第 2 行）",
    ),
    "empty cell": ("mine.csv", lines(LINES[0], f"{ITEM},", *LINES[2:]), "rows 2", "第 2 行"),
    "encodings": ("mine.csv", GOOD + "甲,yes\n".encode() + "乙,yes\n".encode("gb18030"), "none of the encodings", "编码无法识别"),
    "column": ("mine.csv", GOOD.replace(b"prediction", b"guess"), "The column prediction is missing", "缺少“prediction”列"),
    "parquet": ("mine.parquet", parquet()[:-20], "The parquet file is damaged", "损坏"),
    "workbook": ("mine.xlsx", b"PK\x03\x04" + b"\0" * 200, "", ""),
    "empty": ("mine.csv", b"", "The file is empty", "文件是空的"),
    "bomb": ("mine.zip", bomb(), "", ""),
    "no archive": ("mine.zip", b"not a zip at all", "", ""),
    "no model": ("mine.onnx", b"\0" * 64, "", ""),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_used(case: str) -> None:
    name, data, english, chinese = FILES[case]
    world = World()
    trial = world.open(quota=1)
    files, records = StoredFile.objects.count(), AuditRecord.objects.count()
    kind = {"zip": "code", "onnx": "onnx"}.get(name.rsplit(".", 1)[1], "predictions")
    with pytest.raises(QiupuError) as found:
        world.enter(trial, data, name=name, kind=kind)
    said, said_zh = found.value.message("en"), found.value.message("zh-hans")
    assert english in said
    assert chinese in said_zh
    assert name in said
    assert found.value.cure("en")
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said_zh)
    assert not Entry.objects.exists()
    assert (StoredFile.objects.count(), AuditRecord.objects.count()) == (files, records)
    assert world.score(world.enter(trial)).state == "scored"  # the quota of one was not touched


def test_shuffled_rows_and_another_encoding_are_no_fault() -> None:
    shuffled = pl.read_csv(GOOD).sample(fraction=1, shuffle=True, seed=3).write_csv()
    world = World()
    entry = world.score(world.enter(world.open(), b"\xef\xbb\xbf" + shuffled.replace("\n", "\r\n").encode()))
    assert Score.objects.get(entry=entry, split="feedback").value == 1.0


def test_hidden_items_that_also_stand_in_the_sample_are_pointed_out() -> None:
    """Ten final items are copied, inputs and all, into the public sample under other ids."""
    frame = truth_frame()
    copied = frame.filter(pl.col("split") == "final").head(10).with_columns(pl.col("id") + "c", split=pl.lit("public"))
    whole = pl.concat([frame, copied])
    world = World()
    trial = world.draft()
    data = {"truth": truth_csv(whole), "inputs": inputs_csv(whole)}
    usecases.add_data(actor=world.owner_actor, now=NOW, trial=trial, task={"metrics": ["accuracy"]}, **data)
    (found,) = [one for one in trial.versions.get().findings if one["code"] == "duplicate-rows"]
    assert "20 rows repeat another row" in found["text_en"]  # ten and their copies
    assert "so that no copy lies in another part" in found["advice_en"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in found["text_zh"])


def test_a_clock_that_jumps() -> None:
    """Back by a day, then forward by ten: nothing is scored twice or charged, and what was closed stays closed."""
    world = World()
    trial = world.open(quota=1)
    entry = world.enter(trial)
    worker, lease = system("worker"), timedelta(seconds=settings.CONFIG["QIUPU_LEASE_S"])
    first = usecases.claim_entry(actor=worker, now=NOW + DAY, entry_id=entry.pk, holder="a")
    tasks.watch(NOW)  # the clock went back: the lease seems to last, nobody takes the entry over
    entry.refresh_from_db()
    assert (entry.state, entry.attempt) == ("validating", 1)
    later = NOW + 11 * DAY + lease  # it went forward: the lease seems to have run out
    assert tasks.watch(later) >= 1
    second = usecases.claim_entry(actor=worker, now=later, entry_id=entry.pk, holder="b")
    assert (first, second) == (1, 2)
    version = trial.versions.get()
    entry.refresh_from_db()
    measured = usecases.measure_feedback(version, entry, GOOD, "mine.csv")
    given = {"actor": worker, "entry_id": entry.pk, "version_id": version.pk, "measured": measured}
    assert usecases.record_feedback(now=NOW + DAY, attempt=1, **given) is False  # the first worker comes back from the past
    assert usecases.record_feedback(now=NOW + DAY, attempt=2, **given) is True  # the clock is right again
    entry.refresh_from_db()
    assert (entry.state, entry.quota_returned, usecases.entries_counted(trial, {world.supplier_org.pk})) == ("scored", False, 1)
    usecases.close_trial(actor=world.steward, now=later, trial=trial)
    with pytest.raises(Conflict):
        world.enter(trial, now=NOW)  # before the closing date by its own clock, but the trial is closed
    assert bridge.columns_of(GOOD, "mine.csv")[1] == 320
