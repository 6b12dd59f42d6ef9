"""A file of predictions is looked at in the browser, before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _look(supplier: Any, path: Path) -> dict[str, str]:
    """Choose a file and return what is said of it, by code."""
    supplier.set_input_files("form.sheet input[type=file]", [])
    supplier.set_input_files("form.sheet input[type=file]", str(path))
    supplier.wait_for_selector("[data-file-check]:not([hidden]) [data-found]")
    lines = supplier.locator("[data-found]")
    return {lines.nth(i).get_attribute("data-found"): lines.nth(i).inner_text() for i in range(lines.count())}


def test_a_file_is_looked_at_before_it_is_sent(site: Any, sign_in: Any, tmp_path: Path) -> None:
    supplier = sign_in("supplier")
    code = next(one["id"] for one in site.story["trials"] if one["verdict"] == "open")
    supplier.goto(f"{site.address}/en/trials/{code}/")
    with supplier.expect_download() as download:
        supplier.locator("a", has_text="Example entry").click()
    good = pl.read_csv(download.value.path(), infer_schema=False)
    answer = good.columns[-1]
    sent: list[str] = []
    supplier.on("request", lambda request: sent.append(request.method))
    supplier.goto(f"{site.address}/en/trials/{code}/enter/")

    good.write_csv(tmp_path / "good.csv")
    said = _look(supplier, tmp_path / "good.csv")
    assert set(said) == {"good"}
    assert f"{good.height} rows" in said["good"]

    pl.concat([good.slice(3), good.slice(5, 1)]).write_csv(tmp_path / "short.csv")
    said = _look(supplier, tmp_path / "short.csv")
    assert said["missing"].startswith("3 items have no answer")
    # Three rows less, one more at the end: the repeated one stands in row n - 3 + 2.
    assert f"(rows {good.height - 1})" in said["twice"]

    keys = good.columns[:-1]
    strange = good.head(1).with_columns(pl.lit("nobody").alias(keys[0]))
    pl.concat([good, strange]).write_csv(tmp_path / "extra.csv")
    assert f"(rows {good.height + 2})" in _look(supplier, tmp_path / "extra.csv")["extra"]

    good.rename({answer: "guess"}).write_csv(tmp_path / "column.csv")
    assert _look(supplier, tmp_path / "column.csv")["columns"] == f"These columns are missing: {answer}."

    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00\xff")
    assert "encoding" in _look(supplier, tmp_path / "odd.csv")
    assert set(sent) == {"GET"}, "nothing was sent"
