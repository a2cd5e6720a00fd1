"""What may be said of list and payroll: every combination of what can be known, and every door's words for it."""

from __future__ import annotations

import itertools
from datetime import datetime

import pytest

from schedulepop.sync.plan.frames.questions import QUESTIONS
from schedulepop.sync.plan.issue_codes import CODES, LEAVES_NOBODY_WRONG, LEAVES_WRONG
from schedulepop.sync.run.headline import (
    Code,
    Facts,
    Feed,
    Headline,
    Source,
    headline,
    open_counts,
    weightiest,
)
from schedulepop.wording import headlines

NOW = datetime(2026, 11, 17, 8, 40)
COUNTS = (0, 1, 3)
EVERYTHING = [
    Facts(*one) for one in itertools.product(Source, Feed, COUNTS, COUNTS, COUNTS)
]  # 8 sources, 6 feeds, 27 counts


def everything_is_well(facts: Facts) -> bool:
    """The only combination in which list and payroll may be called the same."""
    return facts == Facts(Source.FRESH, Feed.APPLIED)


def said(one: Headline, facts: Facts) -> list[str]:
    """Every sentence of every door about this headline."""
    return [
        headlines.home(one.code, one.count, NOW, NOW),
        headlines.home_detail(one.code, "66 people at Maple Grove."),
        headlines.claim("home_changes", one.code),
        headlines.run(one.code, one.count, planned=True),
        headlines.run(one.code, one.count, planned=False),
        *headlines.run_card(one.code, everywhere=True),
        *headlines.run_card(one.code, everywhere=False),
        headlines.rest_of_run(open_too=bool(facts.questions or facts.issues)),
    ]


def test_nothing_open_is_ever_called_the_same() -> None:
    assert len(EVERYTHING) == 8 * 6 * 27
    for facts in EVERYTHING:
        one = headline(facts)
        assert one.matches == everything_is_well(facts), facts
        claimed = {text for text in said(one, facts) if text in headlines.CLAIMS.values()}
        assert bool(claimed) == everything_is_well(facts), (facts, claimed)


def test_every_headline_has_words_at_every_door() -> None:
    for facts in EVERYTHING:
        one = headline(facts)
        sentences = said(one, facts)
        assert all(text or number == 2 for number, text in enumerate(sentences)), facts
        assert not any("{" in text for text in sentences), facts


@pytest.mark.parametrize("source", [one for one in Source if one is not Source.FRESH])
def test_a_source_in_trouble_is_said_before_anything_else(source: Source) -> None:
    for facts in EVERYTHING:
        if facts.source is source:
            assert headline(facts).code == source.value


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(Source.FRESH, Feed.HELD, 3, 1, 1), Headline(Code.FEED_HELD, 3)),
        (Facts(Source.FRESH, Feed.APPLIED, 3, 1, 1), Headline(Code.HELD, 3)),
        (Facts(Source.FRESH, Feed.APPLIED, 0, 1, 3), Headline(Code.QUESTIONS, 1)),
        (Facts(Source.FRESH, Feed.DISCARDED, 0, 0, 3), Headline(Code.ISSUES, 3)),
        (Facts(Source.FRESH, Feed.DISCARDED), Headline(Code.DISCARDED)),
        (Facts(Source.FRESH, Feed.PLANNED), Headline(Code.NEWER_WAITS)),
        (Facts(Source.FRESH, Feed.NONE), Headline(Code.NO_FEED)),
        (Facts(Source.FRESH, Feed.APPLIED), Headline(Code.MATCHES)),
    ],
)
def test_what_matters_most_comes_first(facts: Facts, expected: Headline) -> None:
    assert headline(facts) == expected


def test_of_several_integrations_the_worst_speaks() -> None:
    assert weightiest([Headline(Code.MATCHES), Headline(Code.ISSUES, 2)]) == Headline(Code.ISSUES, 2)
    assert weightiest([]) == Headline(Code.PREPARING)


def test_which_issues_leave_nobody_absent_or_wrong() -> None:
    """All others do: a new code counts until somebody says that it harms nobody."""
    assert set(CODES) == LEAVES_WRONG | LEAVES_NOBODY_WRONG
    warned = {code for code in LEAVES_NOBODY_WRONG if CODES[code].severity == "warn"}
    assert warned == {
        "repeated_header",
        "rows_unusual",
        "id_like_ssn",
        "email_returned",
        "email_shared",
        "needs_contact",
        "several_rates",
    }
    assert set(QUESTIONS) <= LEAVES_WRONG


def test_questions_are_counted_apart() -> None:
    assert open_counts({"found_elsewhere": 2, "unmapped_zone": 1, "needs_contact": 9, "on_hold": 1}) == (2, 1)


@pytest.mark.parametrize(
    ("code", "since", "heading"),
    [
        ("silent", datetime(2026, 11, 15, 2, 14), "Payroll has not answered since Sunday."),
        ("silent", datetime(2026, 11, 8, 2, 14), "Payroll has not answered since November 8."),
        ("failed", datetime(2026, 11, 17, 2, 14), "Payroll could not be read since 2:14 AM."),
        ("old", datetime(2026, 11, 13, 9, 0), "Payroll has sent nothing new since Friday."),
        ("held", NOW, "Nine people are on hold."),
        ("matches", NOW, "Your list matches payroll."),
    ],
)
def test_the_start_page_says_since_when(code: str, since: datetime, heading: str) -> None:
    assert headlines.home(code, 9, since, NOW) == heading
