"""The main job in a real browser, by the people who do it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.e2e.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SignIn = Callable[..., Any]


def _press(page: Any, selector: str) -> None:
    """Press a button that sends a form, and wait for the answer."""
    with page.expect_navigation():
        page.locator(selector).last.click()


def test_a_visitor_reads_what_became_of_a_sentence(site: Site, page: Any) -> None:
    page.goto(f"{site.address}/en/")
    assert "proven" in page.inner_text("h1")
    page.click("text=Read the whole text")
    sentence = page.locator("text=blind trial on hourly visitor forecasts").first
    sentence.wait_for()
    page.locator("main a", has_text="Blind trial on hourly visitor forecasts").first.click()
    body = page.inner_text("main")
    assert "concluded" in body or "verdict" in body.lower()


def test_the_same_page_in_the_other_language(site: Site, page: Any) -> None:
    page.goto(f"{site.address}/en/trials/visitors/")
    page.click("header a[lang=zh-hans]")
    assert page.url.endswith("/zh-hans/trials/visitors/")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert "验收线" in page.inner_text("main")


def test_the_office_breaks_a_hope_down_and_the_unit_answers_by_a_link(site: Site, page: Any, sign_in: SignIn) -> None:
    office = sign_in("office")
    office.goto(f"{site.address}/en/agreements/agreement-zh/breakdown/")
    office.locator("a[href*='/breakdown/']", has_text=re.compile("break down", re.IGNORECASE)).last.click()
    office.wait_for_selector("form.sheet")
    office.fill("input[name=title_en]", "Bring partner firms to one street in the old town")
    office.select_option("select[name=lead_unit]", index=3)
    office.fill("input[name=due_on]", "2027-06-30")
    office.fill("textarea[name=measure_en]", "Five firms have opened an office")
    _press(office, "form.sheet button.btn")
    office.wait_for_url("**/commitments/**")
    office.locator("a[href$='/send/']").first.click()
    _press(office, "form.sheet button.btn")
    address = office.inner_text("p.hash").strip()

    page.goto(address.replace(re.match(r"https?://[^/]+", address)[0], site.address))  # type: ignore[index]  # an address
    assert "Bring partner firms" in page.inner_text("main")
    page.locator("input[name=accept]").first.check()
    _press(page, "form.sheet button.btn")
    assert page.locator("form.sheet").count() == 0
    assert "expired" not in page.inner_text("main")
    page.goto(address.replace(re.match(r"https?://[^/]+", address)[0], site.address))  # type: ignore[index]  # an address
    assert "used" in page.inner_text("main")


def test_an_owner_publishes_a_need_through_the_office(site: Site, sign_in: SignIn) -> None:
    owner = sign_in("owner")
    owner.goto(f"{site.address}/en/opportunities/new/")
    owner.fill("input[name=title_en]", "Count empty seats on shuttle buses")
    owner.fill("textarea[name=body_en]", "Know ten minutes ahead how many seats are free on each shuttle.")
    _press(owner, "main form[method=post].sheet button.btn")
    owner.wait_for_selector("h1:has-text('Count empty seats')")
    address = owner.url
    assert "decide" in owner.inner_text("main").lower(), "the page says what is still missing"
    owner.goto(address + "edit/")
    owner.select_option("select[name=metric]", "mae")
    owner.fill("input[name=bar]", "2")
    owner.fill("input[name=decision_maker_en]", "Head of transport")
    owner.fill("input[name=budget_route_en]", "Direct purchase")
    owner.fill("input[name=budget_cny]", "90000")
    _press(owner, "main form[method=post].sheet button.btn")
    owner.wait_for_selector("h1:has-text('Count empty seats')")
    _press(owner, "form[action$='/submit/'] button")
    office = sign_in("office")
    office.goto(address)
    _press(office, "form[action$='/publish/'] button")
    office.goto(f"{site.address}/en/opportunities/?q=shuttle+buses")
    assert "Count empty seats" in office.inner_text("main")


def _spreadsheet() -> bytes:
    rows = 900
    frame = pl.DataFrame({"x1": [i % 17 for i in range(rows)], "x2": [(i * 7) % 23 for i in range(rows)]}).with_columns(
        ((pl.col("x1") * 3 + pl.col("x2")) % 2).cast(pl.String).replace_strict({"0": "good", "1": "bad"}).alias("outcome")
    )
    stream = io.BytesIO()
    frame.write_excel(stream)
    return stream.getvalue()


def test_from_a_spreadsheet_to_a_scored_entry(site: Site, page: Any, sign_in: SignIn, tmp_path: Path) -> None:
    """An owner opens a trial, two stewards seal it, a supplier enters and reads the board; nobody else sees the entry."""
    (tmp_path / "cases.xlsx").write_bytes(_spreadsheet())
    owner = sign_in("owner")
    owner.goto(f"{site.address}/en/trials/new/?scenario=sc-08")
    owner.set_input_files("input[name=file]", str(tmp_path / "cases.xlsx"))
    _press(owner, "form.sheet button.btn")
    owner.wait_for_selector("select[name=target]")
    owner.select_option("select[name=kind]", "classification")
    owner.select_option("select[name=target]", "outcome")
    owner.select_option("select[name=metric]", "accuracy")
    owner.fill("input[name=bar]", "0.9")
    owner.fill("input[name=title_en]", "Sort good from bad")
    _press(owner, "form.sheet button.btn")
    owner.wait_for_url("**/check/")
    assert "Handed to the stewards" in owner.inner_text("main")
    code = owner.url.rstrip("/").split("/")[-2]

    for start in ("steward.one", "steward.two"):
        steward = sign_in("steward", start)
        steward.goto(f"{site.address}/en/trials/{code}/stewards/")
        steward.locator("form[action$='/interest/'] [name=has_conflict][value=no]").check()
        _press(steward, "form[action$='/interest/'] button")
        _press(steward, "form[action$='/seal/'] button")
    steward.goto(f"{site.address}/en/trials/{code}/stewards/")
    _press(steward, "form[action$='/open/'] button")

    supplier = sign_in("supplier")
    _enter(supplier, site, code, tmp_path)
    entry_address = supplier.url
    supplier.wait_for_selector(".state:has-text('scored')", timeout=120_000)

    page.goto(f"{site.address}/en/trials/{code}/")
    assert "Sort good from bad" in page.inner_text("h1")
    answer = page.goto(entry_address)
    assert answer.status in {403, 404}, "an entry is private to its organisation and the stewards"


def _enter(supplier: Any, site: Site, code: str, folder: Path) -> None:
    supplier.goto(f"{site.address}/en/trials/{code}/")
    with supplier.expect_download() as download:
        supplier.locator("a", has_text="Hidden items: inputs").click()
    inputs = pl.read_csv(download.value.path())
    guess = inputs.select(
        "id", ((pl.col("x1") * 3 + pl.col("x2")) % 2).cast(pl.String).replace_strict({"0": "good", "1": "bad"}).alias("prediction")
    )
    guess.write_csv(folder / "entry.csv")
    supplier.goto(f"{site.address}/en/trials/{code}/enter/")
    supplier.locator("input[name=kind][value=predictions]").check()
    supplier.set_input_files("input[name=file]", str(folder / "entry.csv"))
    supplier.fill("input[name=name_en]", "The rule itself")
    supplier.check("input[name=accept_terms]")
    _press(supplier, "form.sheet button.btn")
    supplier.wait_for_url("**/entries/**")


def test_a_supplier_is_refused_what_is_hidden(site: Site, sign_in: SignIn) -> None:
    supplier = sign_in("supplier", "lanjing")
    for path in (
        "trials/visitors/stewards/",
        "audit/",
        "account/sign-ups/",
        "agreements/agreement-zh/breakdown/",
        "agreements/add/",
    ):
        assert supplier.goto(f"{site.address}/en/{path}").status in {403, 404}, path
    for what in ("final", "feedback", "truth", "vault", "labels"):
        assert supplier.goto(f"{site.address}/en/trials/visitors/files/{what}").status == 404, what


def test_a_visitor_scores_a_file_against_the_public_sample(site: Site, page: Any, tmp_path: Path) -> None:
    page.goto(f"{site.address}/en/trials/visitors/")
    with page.expect_download() as download:
        page.locator("a", has_text="Public sample: answers").click()
    truth = pl.read_csv(download.value.path())
    truth.select("series", "time", pl.col("target").alias("prediction")).write_csv(tmp_path / "mine.csv")
    page.set_input_files("form input[type=file]", str(tmp_path / "mine.csv"))
    _press(page, "button:has-text('Measure it')")
    assert re.search(r"\b0(\.0+)?\b", page.inner_text("main")), "a perfect forecast has no error"


def test_pages_work_without_javascript(site: Site, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site.address}/")
    assert page.url.endswith("/zh-hans/")
    page.goto(f"{site.address}/zh-hans/opportunities/")
    page.fill("input[name=q]", "客流")
    page.click("form.controls button")
    assert "客流" in page.inner_text("main")
    context.close()
