"""One agreement from two sources: recognised, compared, noted, taken back; several agreements in one text; no agreement."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import NOW

from qiupu.errors import Conflict, InputError
from qiupu_web.agreements import usecases
from qiupu_web.agreements.models import Agreement
from qiupu_web.agreements.sources import Pair, Sentence, likely_same, reconcile
from qiupu_web.parties.actors import Actor

TWO = """COOPERATION AGREEMENT

This Agreement is made between the City of Alder ("Party A") and Birch Systems Ltd. ("Party B").

Party A shall open a hall by May 1, 2027.

In witness whereof the parties have signed.

MAINTENANCE AGREEMENT

This Agreement is made between the City of Alder ("Party A") and Cedar Works Ltd. ("Party B").

Party B shall repair the lamps of the bridge by June 30, 2027.

In witness whereof the parties have signed.
"""


@pytest.fixture
def office() -> Actor:
    return factories.actor("office", factories.organisation("exchange", kind="office"))


def a_text(*quotes: str, **fields: object) -> Agreement:
    row = factories.agreement(text=" ".join(quotes), **fields)
    at = 0
    for number, quote in enumerate(quotes, 1):
        factories.statement(row, number=number, start=at, end=at + len(quote), quote=quote)
        at += len(quote) + 1
    return row


def test_sentences_are_paired_equal_first_then_nearest() -> None:
    ours = [Sentence(1, "The City opens a hall."), Sentence(2, "Six pilots run by May."), Sentence(3, "Only here.")]
    theirs = [Sentence(7, "Six pilots run by June."), Sentence(8, "the city opens  a hall"), Sentence(9, "Zzz qqq.")]
    # 1 and 8 differ by case and blanks alone; 2 and 7 share 12 of 18 pairs of letters; 3 and 9 share none
    assert reconcile(ours, theirs) == (Pair(1, 8, True), Pair(2, 7, False), Pair(3, None, False), Pair(None, 9, False))
    assert reconcile([], theirs[:1]) == (Pair(None, 7, False),)
    twice = [Sentence(1, "Same."), Sentence(2, "Same.")]
    assert reconcile(twice, twice[:1]) == (Pair(1, 1, True), Pair(2, None, False))


@pytest.mark.django_db
def test_a_second_source_is_recognised_and_noted(office: Actor) -> None:
    main = a_text("The City shall open a hall.", "The Firm shall train 300 people.", "Both hope to grow.")
    second = a_text("The City shall open a hall.", "The Firm shall train 500 people.", "Both hope to grow!", "A new line here.")
    a_text("Nothing of this.", "Is like that.", "Both hope to grow.")
    # 2 of the shorter text's 3 sentences are the same; the third text shares 1 of 3 and is not named
    assert [(one.agreement, one.equal, one.of) for one in likely_same(second)] == [(main, 2, 3)]
    assert usecases.link_sources(actor=office, now=NOW, agreement=second, main=main) == 2
    found = [(one.disposition, one.disposition_note) for one in second.statements.all()]
    assert found == [("same", f"= {main.code}#1"), ("waiting", ""), ("same", f"= {main.code}#3"), ("waiting", "")]
    assert {one.disposition for one in main.statements.all()} == {"waiting"}
    usecases.link_sources(actor=office, now=NOW, agreement=second, main=None)
    assert {one.disposition for one in second.statements.all()} == {"waiting"}
    assert second.same_as is None


@pytest.mark.django_db
def test_what_was_broken_down_already_is_left_as_it_is(office: Actor) -> None:
    main, second = a_text("The City shall open a hall."), a_text("The City shall open a hall.")
    drawn = second.statements.get()
    usecases.break_down(actor=office, now=NOW, statement=drawn, lead_unit=factories.organisation(kind="unit"), title_en="x")
    assert usecases.link_sources(actor=office, now=NOW, agreement=second, main=main) == 0
    drawn.refresh_from_db()
    assert drawn.disposition == "broken-down"


@pytest.mark.django_db
def test_sources_do_not_chain_and_are_of_one_language(office: Actor) -> None:
    one, two, three = (a_text("The City shall open a hall.") for _ in range(3))
    usecases.link_sources(actor=office, now=NOW, agreement=two, main=one)
    for agreement, main, words in (
        (three, two, "source of a third"),
        (one, three, "source of a third"),
        (one, one, "another text in the same language"),
        (three, a_text("开放大厅。", language="zh"), "another text in the same language"),
    ):
        with pytest.raises(Conflict, match=words):
            usecases.link_sources(actor=office, now=NOW, agreement=agreement, main=main)


@pytest.mark.django_db
def test_two_agreements_in_one_text_are_read_one_by_one(office: Actor) -> None:
    with pytest.raises(InputError, match=r"holds 2 agreements: 1\. COOPERATION AGREEMENT; 2\. MAINTENANCE AGREEMENT"):
        usecases.add_agreement(actor=office, now=NOW, kind="agreement", text=TWO, title_en="Both")
    with pytest.raises(InputError, match="no agreement number 3"):
        usecases.add_agreement(actor=office, now=NOW, kind="agreement", text=TWO, title_en="Both", part=3)
    assert not Agreement.objects.exists()
    first, second = (
        usecases.add_agreement(actor=office, now=NOW, kind="agreement", text=TWO, title_en=f"Part {part}", part=part)
        for part in (1, 2)
    )
    assert "hall" in first.text
    assert "lamps" not in first.text
    assert second.text.startswith("MAINTENANCE AGREEMENT")
    for row in (first, second):
        assert row.statements.exists()
        assert all(row.text[one.start : one.end] == one.quote for one in row.statements.all())


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["The weather will be fine tomorrow, with light winds from the south.", "   \n  x"])
def test_no_agreement_at_all_is_said_and_nothing_kept(office: Actor, text: str) -> None:
    with pytest.raises(InputError):
        usecases.add_agreement(actor=office, now=NOW, kind="agreement", text=text, title_en="Weather")
    assert not Agreement.objects.exists()
