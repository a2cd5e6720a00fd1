"""Payroll's changes and people's writes, told in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from schedulepop.accounts.models import AuditEntry
from schedulepop.sync.models import Change, Run
from schedulepop.web.users import history


def told(verb: str, *fields: dict[str, Any], sees_pay: bool = False) -> history.Event:
    return history.from_change(
        Change(verb=verb, fields=list(fields), run=Run(pk=1, number=7, finished_at=now())), sees_pay=sees_pay
    )


def field(name: str, old: object, new: object, why: str = "payroll", **params: str) -> dict[str, Any]:
    return {"field": name, "old": old, "new": new, "why": why, "params": params}


YEAR = now().year  # days of this year are told without it
PHONE = field("phone", "+15155550171", "+15155550178", "local_edit", editor="Ann on Call", on=f"{YEAR}-11-16")
CASES = [
    (told("create", field("duty", None, "RN"), field("zone", None, "East")), "was added", "", "", "RN, East"),
    (told("create", field("hire_date", None, str((now() - timedelta(days=3)).date()))), "joined", "", "", ""),
    (told("create", field("hire_date", None, str((now() + timedelta(days=3)).date()))), "joined", "", "", ""),
    (told("create", field("hire_date", None, "2009-05-04")), "was added", "", "", ""),
    (
        told("update", PHONE),
        "phone is payroll’s again",
        "(515) 555-0171",
        "(515) 555-0178",
        "Ann on Call had changed it on Nov 16",
    ),
    (told("update", field("zone", "East", "West")), "primary zone changed", "East", "West", ""),
    (told("update", field("status", "active", "fmla")), "status changed", "Active", "FMLA", ""),
    (
        told("update", field("zone", "A", "B"), field("cms_code", "7", "6")),
        "has 2 changes",
        "",
        "",
        "Primary zone and CMS labor code",
    ),
    (
        told(
            "update",
            field("ends_on", None, f"{YEAR}-11-30", "dates"),
            field("termination_date", None, f"{YEAR}-11-30"),
        ),
        "leaves on Nov 30",
        "",
        "",
        "",
    ),
    (
        told("deactivate", field("status", "active", "terminated")),
        "can no longer sign in",
        "Active",
        "Terminated",
        "",
    ),
    (
        told("deactivate", field("status", "active", "inactive", "missing_here")),
        "can no longer sign in",
        "Active",
        "Inactive",
        "Payroll has this person at other locations only",
    ),
    (
        told("deactivate", field("status", "active", "terminated", "missing")),
        "can no longer sign in",
        "Active",
        "Terminated",
        "Payroll does not have this person any more",
    ),
    (told("reactivate", field("status", "terminated", "active")), "is back", "Terminated", "Active", ""),
    (told("update", field("pay_rate", "18.00", "31.50")), "changed", "", "", ""),
    (
        told("update", field("pay_rate", "18.00", "31.50"), sees_pay=True),
        "pay rate changed",
        "$18.00",
        "$31.50",
        "",
    ),
]


@pytest.mark.parametrize(("line", "title", "old", "new", "detail"), CASES, ids=[case[1] for case in CASES])
def test_a_change_of_payroll(line: history.Event, title: str, old: str, new: str, detail: str) -> None:
    assert (line.title, line.old, line.new, line.detail) == (title, old, new, detail)
    assert line.from_payroll


def test_a_write_of_a_person_names_its_writer() -> None:
    entry = AuditEntry(
        verb="edited",
        door="web",
        by="Marisol Tate",
        actor_id=5,
        changes=[{"field": "phone", "old": "+15155550171", "new": ""}],
    )
    line, own = history.from_audit(entry), history.from_audit(entry, reader=5)
    assert line is not None
    assert own is not None
    assert (line.title, line.old, line.new) == ("Marisol Tate changed the phone", "(515) 555-0171", "blank")
    assert own.title == "You changed the phone"


def test_the_operator_is_called_so_and_the_sync_is_told_by_its_changes() -> None:
    entry = AuditEntry(
        verb="added_extra_duty",
        door="cli",
        by="cli:root",
        changes=[{"field": "duty", "old": None, "new": "CNA"}],
    )
    line = history.from_audit(entry)
    assert line is not None
    assert (line.title, line.detail, line.by) == ("Extra duty added", "CNA", "The operator (root)")
    assert history.from_audit(AuditEntry(verb="x", door="sync", by="sync run 7")) is None
