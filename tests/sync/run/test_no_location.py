"""An organization that has no location yet: its first preview says what to map, and places nobody."""

from __future__ import annotations

import pytest

from schedulepop.accounts.models import User
from schedulepop.directory.models import Duty, Location, Zone

pytestmark = pytest.mark.django_db
HEAD = "Employee ID,First Name,Last Name,Hire Date,Term Date"
WHO = "1,Ines,Calloway,2021-01-10,"
FEEDS = {
    "with a status": (f"{HEAD},Status,Location", f"{WHO},Active,CP"),
    "by dates": (f"{HEAD},Location", f"{WHO},CP"),
    "ended": (f"{HEAD},Status,Location", f"{WHO}2022-01-10,Terminated,CP"),
    "of no location": (f"{HEAD},Status", f"{WHO},Active"),
    "header only": (f"{HEAD},Status,Location",),
}


@pytest.mark.parametrize("lines", FEEDS.values(), ids=FEEDS)
def test_a_preview_without_any_location(payroll, lines) -> None:
    for model in (Duty, Zone, Location):
        model.objects.all().delete()
    before = User.objects.count()
    payroll.path.write_text("\n".join([*lines, ""]))
    run = payroll.runs(preview=True)
    assert run.state == "planned", (run.state, run.error_code, run.error)
    assert run.counts["created"] == 0
    assert run.counts["held"] + run.counts["excluded"] == len(lines) - 1
    assert User.objects.count() == before
