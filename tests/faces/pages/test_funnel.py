"""The funnel counts sentences by the furthest stage that a dated fact shows."""

from datetime import UTC, datetime

from qiupu_web.faces.web.pages.funnel import STAGES, Fact, bars, counts, stage_of

MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
FACTS = [
    Fact(1, "said", MARCH),
    Fact(2, "said", MARCH),
    Fact(3, "said", MARCH),
    Fact(1, "committed", MARCH),
    Fact(2, "committed", APRIL),
    Fact(1, "passed", MAY),  # sentence 1 came to "passed" by a shorter way: stages between count as reached
]


def test_each_stage_counts_the_sentences_that_came_at_least_so_far() -> None:
    # said: 1, 2, 3; committed: 1, 2; published to passed: 1; contracted and later: none
    assert counts(FACTS) == [3, 2, 1, 1, 1, 1, 0, 0, 0, 0]


def test_counts_at_an_earlier_moment_ignore_later_facts() -> None:
    assert counts(FACTS, by=MARCH) == [3, 1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_bars_tell_what_was_lost_and_what_changed() -> None:
    drawn = {bar.code: bar for bar in bars(FACTS, before=[fact for fact in FACTS if fact.at <= APRIL])}
    assert (drawn["committed"].lost, drawn["published"].lost, drawn["contracted"].lost) == (1, 1, 1)
    assert (drawn["committed"].change, drawn["passed"].change) == (0, 1)
    assert drawn["committed"].width == 200 / 3


def test_nothing_said_draws_empty_bars() -> None:
    assert [bar.width for bar in bars([])] == [0.0] * len(STAGES)


def test_a_verdict_counts_only_when_it_is_a_pass() -> None:
    assert stage_of("verdict", "passed") == "passed"
    assert stage_of("verdict", "undecided") is None
    assert stage_of("document", "") is None
