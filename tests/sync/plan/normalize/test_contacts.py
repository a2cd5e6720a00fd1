"""Email addresses and phone numbers of records: what is read, and what is said of the rest."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan import trial
from schedulepop.sync.plan.normalize import contacts_of
from schedulepop.sync.plan.policy import Mapping
from tests import saying
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, codes, one, understand


@pytest.mark.parametrize(
    ("written", "value", "code"),
    [
        ("none@example.org", None, "email_placeholder"),
        ("N/A", None, "needs_contact"),
        ("#REF!", None, "needs_contact"),
        ("0", None, "needs_contact"),
        ("ann at example", None, "email_unreadable"),
        ("", None, "needs_contact"),
    ],
)
def test_emails_nobody_can_write_to(written: str, value: str | None, code: str) -> None:
    found = understand(f"{ID_AND_NAME}\n1,Ann,Lee,MN,{written}\n")
    assert found.records["email"][0] is value
    assert codes(found) == [code]
    assert not found.records["clean"][0]


def test_personal_values_are_masked_in_findings() -> None:
    found = understand("Employee ID,Name,Location,Email,Phone\n1,Ann Lee,MN,ann@lee@example.org,12345678\n")
    assert found.problems.select("code", "value").rows() == [
        ("email_unreadable", "a…@example.org"),
        ("phone_unreadable", "…78"),
    ]
    assert "12345678" not in "".join(saying.problems(found.problems))


def test_of_several_addresses_none_is_taken_and_each_is_masked() -> None:
    found = understand(f'{ID_AND_NAME}\n1,Ann,Lee,MN,"ann@example.org; lee@example.net"\n')
    assert found.records["email"].to_list() == [None]
    assert found.problems.select("code", "reason", "value").rows() == [
        ("email_unreadable", "email_several", "a…@example.org, l…@example.net")
    ]
    assert "several addresses" in saying.problems(found.problems)[0]


def test_people_who_left_need_no_email() -> None:
    found = understand(f"{ID_AND_NAME},Status\n1,Ann,Lee,MN,,Terminated\n2,Bo,Ray,MN,,Active\n")
    assert found.problems.select("code", "row").rows() == [("needs_contact", 3)]


def test_without_an_email_column_it_is_said_once() -> None:
    found = understand("Employee ID,Name,Location\n1,Ann Lee,MN\n2,Bo Ray,MN\n")
    assert found.problems.select("code", "row").rows() == [("needs_contact", None)]
    assert found.records["clean"].to_list() == [True, True]


@pytest.mark.parametrize("written", ["(312) 555-0142 x12", "312-555-0142 ext. 12", "312.555.0142 #12"])
def test_a_phones_extension_is_kept(written: str) -> None:
    assert one("Work Phone", written, "phone", "clean") == ("+13125550142x12", True)


def test_what_the_feed_carries_of_a_few_people() -> None:
    feed = b"Employee ID,First Name,Last Name,Email\n7,Ann,Lee,Ann@Example.org\n8,Bo,Ray,bo@example.org\n"
    carried = contacts_of(trial.profile_file(feed, name="feed.csv"), Mapping(), ["7"])
    assert carried.rows() == [("7", "Ann@example.org", None)]
    nameless = trial.profile_file(b"First Name,Last Name\nAnn,Lee\n", name="feed.csv")
    assert contacts_of(nameless, Mapping(), ["7"]).is_empty()
