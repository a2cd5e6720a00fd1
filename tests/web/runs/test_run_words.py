"""What a run says about itself, state by state: the consequence first, and what stays safe."""

from __future__ import annotations

import dataclasses

import pytest

from schedulepop.sync.run.headline import Code, Headline
from schedulepop.web.runs import hold_figures, words
from schedulepop.web.runs.waiting import Waiting
from schedulepop.web.runs.words import RunSummary
from schedulepop.web.shell.words import value_words

NIGHT = RunSummary(
    number=431,
    state="applied",
    rest="waiting",
    preview=False,
    first_sync=False,
    stage="",
    counts={"read": 197, "created": 3, "updated": 11, "reactivated": 1, "transferred": 1, "held": 9},
    waiting=Waiting(removals=9),
    suspect="Oak Hill",
    read_at="at 2:14 this morning",
    may_approve=True,
    headline=Headline(Code.FEED_HELD),
)
CLEAR = Headline(Code.MATCHES)


def but(**changes):
    return dataclasses.replace(NIGHT, **changes)


def test_held_removals_lead_with_the_consequence():
    assert words.title(NIGHT) == "Nine removals are waiting for you"
    assert words.lead(NIGHT) == (
        "Nobody has lost sign-in. Run 431 read 197 records from payroll at 2:14 this morning, "
        "applied 16 changes, and put these nine on hold because Oak Hill looks wrong."
    )


def test_whoever_cannot_decide_is_not_told_that_it_waits_for_them():
    assert words.title(but(may_approve=False)) == "Nine removals are waiting for a decision"


def test_one_is_said_in_the_singular():
    alone = but(waiting=Waiting(creates=1))
    assert words.title(alone) == "One new person is waiting for you"
    assert alone.waiting.button == "1 new person"
    assert alone.waiting.consequence == "One person joins the User List."


def test_a_mixture_names_both():
    assert Waiting(removals=9, creates=1).noun == "nine removals and one new person"
    assert Waiting(removals=9, creates=1).button == "10 changes"
    assert Waiting(others=40).noun == "40 changes"


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"rest": "none", "headline": CLEAR}, "16 people changed, as payroll has them"),
        (
            {"rest": "none", "headline": CLEAR, "counts": {"read": 9, "unchanged": 9}},
            "The User List already matched payroll",
        ),
        ({"rest": "discarded"}, "Nine removals were discarded"),
        (
            {"rest": "none", "counts": {"read": 0}, "waiting": Waiting()},
            "Payroll’s file is on hold",
        ),
        (
            {
                "state": "planned",
                "rest": "none",
                "first_sync": True,
                "counts": {"read": 207, "created": 207},
                "waiting": Waiting(),
            },
            "207 people would join the User List",
        ),
        (
            {
                "state": "planned",
                "rest": "none",
                "counts": {"read": 5},
                "waiting": Waiting(),
                "headline": CLEAR,
            },
            "Nothing would change",
        ),
        (
            {"rest": "none", "counts": {"read": 9}, "headline": Headline(Code.QUESTIONS, 2)},
            "Two questions are open",
        ),
        ({"rest": "none", "undoes": 430}, "16 people are as before run 430"),
        ({"state": "queued", "rest": "none"}, "Waiting to start"),
        ({"state": "running", "rest": "none", "stage": "guard"}, "Looking for anything unusual…"),
        ({"state": "failed", "rest": "none"}, "Payroll could not be read"),
        ({"state": "skipped", "rest": "none"}, "This file was skipped"),
        ({"state": "superseded", "rest": "none"}, "A newer run has replaced this one"),
        ({"state": "discarded", "rest": "none"}, "This plan was discarded"),
        ({"state": "undone", "rest": "none"}, "This run was undone"),
    ],
)
def test_titles(changes, title):
    assert words.title(but(**changes)) == title
    assert words.lead(but(**changes))


def test_a_manager_is_told_which_part_they_see():
    assert words.lead(but(place="Oak Hill")) == "This is the part of run 431 that concerns Oak Hill."


def test_counts_in_words_leave_out_what_is_usual():
    said = words.counts_line("applied", {"read": 197, "created": 3, "unchanged": 167, "held": 9})
    assert said == "3 joined, 9 held"
    assert words.counts_line("planned", {"created": 3}) == "3 would join"


def test_a_partly_held_run_does_not_look_done():
    assert words.badge("applied", "waiting") == ("warn", "Partly held")
    assert words.badge("applied") == ("ok", "Applied")


def test_guards_are_told_in_figures_people_understand():
    assert (
        hold_figures.hold_title("removals_location", 9.0, "Oak Hill")
        == "Nine people at Oak Hill would lose sign-in"
    )
    assert hold_figures.limit_words("removals_location", 2.4) == "limit is 3"
    assert hold_figures.figure("column_blank", 0.62) == "62%"
    assert hold_figures.figure("column_gone", 1.0) == ""


@pytest.mark.parametrize(
    ("field", "raw", "said"),
    [
        ("status", "leave_of_absence", "Leave of absence"),
        ("phone", "+15155550178", "(515) 555-0178"),
        ("hire_date", "2020-12-07", "Dec 7, 2020"),
        ("pay_rate", "1234.5", "$1,234.50"),
        ("pay_unit", "two_weeks", "two weeks"),
        ("last_name", "Eastman", "Eastman"),
        ("email", None, "blank"),
    ],
)
def test_values(field, raw, said):
    assert value_words(field, raw, sees_pay=True) == said


def test_pay_is_hidden_from_those_without_the_grant():
    assert value_words("pay_rate", "24.50", sees_pay=False) == "hidden"


def test_the_message_to_payroll_says_what_was_seen_and_what_to_do():
    text = hold_figures.message_to_payroll(
        "Maple Health",
        ["Nine people at Oak Hill would lose sign-in"],
        ["Aurelio Finch"],
        "at 2:14 this morning",
    )
    assert "Nine people at Oak Hill" in text
    assert "Aurelio Finch" in text
    assert "has changed nothing" in text


def test_a_run_of_the_dates_read_nothing():
    by_date = but(
        only_dates=True, rest="none", waiting=Waiting(), headline=CLEAR, counts={"read": 2, "deactivated": 2}
    )
    assert words.lead(by_date).startswith("Run 431 looked at what fell due by date")
    assert "payroll" not in words.lead(by_date).partition(",")[0]
