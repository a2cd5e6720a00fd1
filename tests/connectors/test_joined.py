"""What is asked beside a list: granted, refused, and refused only for some."""

from __future__ import annotations

from typing import NoReturn

import pytest

from schedulepop.connectors.contract import NotFoundError, NotGrantedError
from schedulepop.connectors.joined import Joined


def refused() -> NoReturn:
    raise NotGrantedError("Acme does not allow this.")


def missing() -> NoReturn:
    raise NotFoundError("Acme has nothing there.")


def test_what_was_answered_is_granted_whether_or_not_there_was_anything() -> None:
    joined = Joined({"Pay rates", "Phones", "Departments"})
    joined.ask("Pay rates", lambda: "", "")
    joined.ask("Phones", refused, "")
    assert joined.granted == {"Pay rates"}


def test_what_was_refused_is_asked_no_more_and_named() -> None:
    joined = Joined({"Pay rates"})
    assert joined.ask("Pay rates", refused, "") == ""
    assert joined.ask("Pay rates", lambda: "24.50", "") == ""
    assert joined.not_granted == ["Pay rates"]


def test_a_permission_refused_for_some_is_not_granted_at_all() -> None:
    joined = Joined({"Pay rates"})
    assert joined.ask("Pay rates", lambda: "24.50", "") == "24.50"
    assert joined.ask("Pay rates", refused, "") == ""
    assert joined.not_granted == ["Pay rates"]


def test_what_is_no_permission_may_not_be_refused_for_some() -> None:
    joined = Joined({"Pay rates"})
    joined.ask("Custom fields", lambda: "7", "")
    with pytest.raises(NotGrantedError):
        joined.ask("Custom fields", refused, "")


def test_what_is_no_permission_and_refused_from_the_start_is_not_named() -> None:
    joined = Joined({"Pay rates"})
    joined.ask("Custom fields", refused, "")
    assert joined.refused("Custom fields")
    assert joined.not_granted == []


def test_nothing_there_is_an_answer() -> None:
    joined = Joined(())
    assert joined.ask("Custom fields", missing, "none") == "none"
    assert joined.ask("Custom fields", lambda: "7", "none") == "7"
