"""Pages of projects: both languages, who sees and does what, the drawing, forms wrong or sent twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW

from qiupu_web.faces.web.projects.drawing import draw
from qiupu_web.parties.actors import Actor
from qiupu_web.projects import usecases
from qiupu_web.projects.models import Milestone, Project
from qiupu_web.projects.rules import PROJECT

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 one page"
SignIn = Callable[..., Client]


def address(name: str, *args: object, lang: str = "en") -> str:
    with override(lang):
        return reverse(f"projects:{name}", args=args)


def a_project(office: Actor | None = None) -> Project:
    office = office or factories.actor("office")
    scenario = factories.scenario(state="matching", commitment=factories.commitment(state="confirmed"))
    row = usecases.create_project(
        actor=office, now=NOW, scenario=scenario, supplier=factories.organisation(kind="startup"), budget_cny=300_000,
        starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
    )  # fmt: skip
    for number, month in enumerate((4, 8, 12), 1):
        usecases.add_milestone(
            actor=office, now=NOW, project=row, title_en=f"Step {number}", title_zh=f"第{number}步", due_on=date(2026, month, 1),
            payment_cny=100_000,
        )  # fmt: skip
    return row


def move(row: Project, *states: str) -> None:
    for state in states:
        usecases.move_project(actor=factories.actor("office"), now=NOW, project=row, to=state)


@pytest.mark.parametrize("lang, words", [("en", "0 of 3 milestones met"), ("zh-hans", "3 个里程碑，已完成 0 个")])
def test_the_page_in_both_languages(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    row = a_project()
    sign_in("office")
    page = client.get(address("detail", row.code, lang=lang)).content.decode()
    assert words in page
    assert page.count("<h1") == 1
    assert client.get(address("list", lang=lang)).status_code == 200
    assert client.get(address("edit", row.code, lang=lang)).status_code == 200
    assert client.get(address("create", row.scenario.code, lang=lang)).status_code == 200


def test_before_the_order_only_those_who_take_part_see_it(client: Client, sign_in: SignIn) -> None:
    row = a_project()
    assert client.get(address("detail", row.code)).status_code == 404
    assert row.code not in client.get(address("list")).content.decode()
    sign_in("supplier", row.supplier)
    assert client.get(address("detail", row.code)).status_code == 200
    client.logout()
    move(row, "selected", "approved", "ordered")
    assert client.get(address("detail", row.code)).status_code == 200
    assert row.code in client.get(address("list")).content.decode()


def test_the_drawing_by_hand() -> None:
    def milestone(number: int, due: date, state: str = "scheduled") -> Milestone:
        return Milestone(number=number, due_on=due, state=state)

    # 100 days: day 0 is 1 January, day 25 is 26 January, day 75 is 17 March, day 100 is 11 April
    rows = [milestone(1, date(2026, 1, 26), "met"), milestone(2, date(2026, 3, 17)), milestone(3, date(2026, 4, 11))]
    found = draw(date(2026, 1, 1), date(2026, 4, 11), rows, date(2026, 3, 22))
    assert found is not None
    assert [(one.x, one.width, one.tone) for one in found.stretches] == [
        (0.0, 250.0, "met"), (250.0, 500.0, "late"), (750.0, 250.0, "planned"),
    ]  # fmt: skip
    assert found.today_x == 800.0
    assert found.ticks == (310.0, 590.0, 900.0)  # 1 February is day 31, 1 March day 59, 1 April day 90
    assert draw(None, None, rows[:1], date(2026, 1, 1)) is None
    late = draw(date(2026, 1, 1), date(2026, 4, 11), rows, date(2026, 5, 1))
    assert late is not None
    assert late.today_x is None


def test_from_evidence_to_countersignature(client: Client, sign_in: SignIn) -> None:
    row = a_project()
    move(row, "selected", "approved", "ordered", "building")
    where = address("add_evidence", row.code, 1)
    assert client.post(where, {"note": "x"}).status_code == 403
    sign_in("supplier", row.supplier)
    empty = client.post(where, {"note": " "})
    assert empty.status_code == 400
    assert "or add a document" in empty.content.decode()
    wrong = client.post(where, {"note": "Kept note", "document": SimpleUploadedFile("a.pdf", b"nothing")})
    assert "not what its name says" in wrong.content.decode()
    assert "Kept note" in wrong.content.decode()
    for _ in range(2):
        client.post(where, {"note": "Runs", "document": SimpleUploadedFile("a.pdf", PDF), "form_key": "once"})
    evidence = row.milestones.all()[0].evidence.get()
    file = address("evidence_file", row.code, evidence.pk)
    assert client.get(file).status_code == 200
    assert client.post(address("countersign", row.code, 1), {"verdict": "met"}).status_code == 403
    client.logout()
    assert client.get(file).status_code == 404
    sign_in("owner", row.scenario.owner)
    assert "Say what is missing." in client.post(address("countersign", row.code, 1), {"verdict": "not-met"}).content.decode()
    client.post(address("countersign", row.code, 1), {"verdict": "met"})
    assert "1 of 3 milestones met" in client.get(address("detail", row.code)).content.decode()


def test_steps_and_reasons(client: Client, sign_in: SignIn) -> None:
    row = a_project()
    sign_in("owner", row.scenario.owner)
    client.post(address("move", row.code), {"to": "selected"})
    row.refresh_from_db()
    assert row.state == "selected"
    assert client.post(address("move", row.code), {"to": "purchased"}).status_code == 400
    assert "Choose a reason." in client.post(address("move", row.code), {"to": "terminated"}).content.decode()
    assert client.get(address("move", row.code)).status_code == 405
    page = client.get(address("detail", row.code)).content.decode()
    assert '<li class="now" aria-current="step">selected</li>' in page


def test_owner_makes_plans_and_money_adds_up(client: Client, sign_in: SignIn) -> None:
    scenario = factories.scenario(state="matching")
    supplier = factories.organisation(kind="startup")
    assert client.get(address("create", scenario.code)).status_code == 403
    sign_in("owner", scenario.owner)
    client.post(address("create", scenario.code), {"supplier": supplier.pk, "title_en": "Gate forecast", "budget_cny": "100000"})
    row = Project.objects.get()
    over = client.post(address("add_milestone", row.code), {"title_en": "Too much", "payment_cny": "100001"})
    assert over.status_code == 400
    assert "100,001 yuan" in over.content.decode()
    client.post(address("add_milestone", row.code), {"title_en": "Run", "payment_cny": "100000", "due_on": "2027-01-31"})
    assert row.milestones.get().due_on == date(2027, 1, 31)
    bad = client.post(address("edit", row.code), {"title_en": "Gate forecast", "budget_cny": "100000", "paid_cny": "200000"})
    assert bad.status_code == 400


def test_the_same_number_of_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    row = a_project()
    move(row, "selected", "approved", "ordered")
    client.get(address("list"))
    with django_assert_max_num_queries(5) as one:
        client.get(address("list"))
    with django_assert_max_num_queries(12) as page:
        client.get(address("detail", row.code))
    for _ in range(2):
        move(a_project(), "selected", "approved", "ordered")
    usecases.add_milestone_evidence(
        actor=factories.actor("supplier", row.supplier),
        now=NOW,
        milestone=row.milestones.all()[0],
        note="x",
        document=PDF,
        name="a.pdf",
    )
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(address("list"))
    with django_assert_max_num_queries(len(page.captured_queries) + 1):  # the documents of the evidence, all at once
        client.get(address("detail", row.code))


def upload(name: str, head: str, rows: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join([head, *rows]).encode())


def in_acceptance(**scenario: object) -> Project:
    found = factories.scenario(state="building", **scenario)
    return Project.objects.create(
        code="gate", title_en="Gate", title_zh="闸口", scenario=found, supplier=factories.organisation(kind="startup"),
        created_at=NOW, **PROJECT.begin("acceptance", NOW),
    )  # fmt: skip


@pytest.mark.parametrize("lang, words", [("en", "0.940 on 100 fresh items"), ("zh-hans", "在 100 项新数据上为 0.940")])
def test_measured_again_on_fresh_data(client: Client, sign_in: SignIn, lang: str, words: str) -> None:
    row = in_acceptance(metric="accuracy", bar=0.8, direction="higher")
    where = address("record_acceptance", row.code, lang=lang)
    assert client.post(where).status_code == 403
    sign_in("owner", row.scenario.owner)
    assert address("record_acceptance", row.code) in client.get(address("detail", row.code)).content.decode()
    assert client.post(where, {}).status_code == 400
    truth = [f"f{i},{i % 2}" for i in range(100)]
    wrong = client.post(
        where, {"truth": upload("t.csv", "id,target", truth), "predictions": upload("p.csv", "id,prediction", truth[:-1])}
    )
    assert wrong.status_code == 400
    assert "f99" in wrong.content.decode()
    said = [f"f{i},{(i + (i < 6)) % 2}" for i in range(100)]
    for _ in range(2):
        files = {"truth": upload("t.csv", "id,target", truth), "predictions": upload("p.csv", "id,prediction", said)}
        assert client.post(where, {**files, "form_key": "once"}).status_code == 302
    assert row.acceptances.get().verdict == "pass"
    page = client.get(address("detail", row.code, lang=lang)).content.decode()
    assert words in page
    assert row.acceptances.get().truth_sha256 in page


def test_a_waiver_by_the_office(client: Client, sign_in: SignIn) -> None:
    row = in_acceptance(metric="", bar=None, direction="", waiver="A hotline cannot be measured so")
    where = address("waive_acceptance", row.code)
    sign_in("owner", row.scenario.owner)
    page = client.get(address("detail", row.code)).content.decode()
    assert "records why nothing is measured" in page
    assert where not in page
    assert client.post(where, {"reason": "x"}).status_code == 403
    sign_in("office")
    assert where in client.get(address("detail", row.code)).content.decode()
    assert client.post(where, {"reason": ""}).status_code == 400
    client.post(where, {"reason": "No ground truth for a hotline"})
    assert "No ground truth for a hotline" in client.get(address("detail", row.code)).content.decode()
