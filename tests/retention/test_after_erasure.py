"""After an erasure: what later nights read, what goes years later, and what was told before it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.models import Organization
from schedulepop.retention import holdings, upkeep
from schedulepop.retention.erasure import request
from schedulepop.sync.models import ErasedEmployment, Integration
from schedulepop.sync.run import snapshot
from schedulepop.wording import erasure as words
from tests.retention.test_erasure import LEFT, LUIS, OPERATOR, erase, gone, luis, remembered_here
from tests.sync.conftest import PEOPLE, Payroll, payroll, synced

__all__ = ["gone", "payroll", "remembered_here", "synced"]
pytestmark = pytest.mark.django_db


def test_a_record_of_somebody_erased_does_not_make_a_large_night_read_the_whole_list(
    gone: Payroll, monkeypatch
) -> None:
    Integration.objects.update(policy={"whole_compare_below": 0})
    erase(luis())
    gone.sends(PEOPLE[0], LEFT, *PEOPLE[2:])
    gone.runs()
    whole, load = [], snapshot.load
    monkeypatch.setattr(snapshot, "load", lambda *a, **k: whole.append(k.get("ids") is None) or load(*a, **k))
    gone.sends(PEOPLE[0].replace("0101", "0191"), LEFT, *PEOPLE[2:])
    counts = gone.runs().counts
    assert (counts["updated"], counts["excluded"], counts["created"]) == (1, 1, 0)
    assert whole == [False]
    gone.sends(PEOPLE[0].replace("0101", "0192"), LUIS, *PEOPLE[2:])
    assert gone.runs().counts["created"] == 1, "whoever works again is somebody new, compared with everybody"
    assert whole == [False, True]


def test_an_employment_without_a_last_day_goes_its_years_after_the_erasure(gone: Payroll) -> None:
    erase(luis())
    ErasedEmployment.objects.update(ended_on=None)
    years, day = Organization.objects.get().keep_history_years, timedelta(days=1)
    upkeep.of_all(upkeep.years_before(now(), -years) - 2 * day)
    assert ErasedEmployment.objects.count() == 1
    upkeep.of_all(upkeep.years_before(now(), -years) + 2 * day)
    assert ErasedEmployment.objects.count() == 0


def test_the_preview_looks_into_some_files_and_says_how_many_more(gone: Payroll, monkeypatch) -> None:
    everything = request.preview(luis(), actor=OPERATOR)
    assert (everything.goes["payroll files"], everything.unread) == (4, 0)
    monkeypatch.setattr(holdings, "FILES_AT_ONCE", 1)
    some = request.preview(luis(), actor=OPERATOR)
    assert (some.goes["payroll files"], some.unread) == (1, 3)
    assert words.goes(some.goes, some.unread)[-1] == "their rows in 3 more kept payroll files"


def test_one_of_a_kind_is_said_as_one() -> None:
    assert words.goes({"memberships": 1, "letters": 2, "user": 1, "kept apart": 1}) == [
        "1 place on the User List",
        "2 letters",
        "the account",
        "kept apart once",
    ]
    assert all(words.goes({title: count}) for title in words.SECTIONS for count in (1, 2))
