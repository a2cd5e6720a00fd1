"""Maple Grove and Maple Creek, and plans for them in a line or two: what the tests of apply share."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory.models import Membership
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change, Integration, Issue, Link, Run
from schedulepop.sync.plan.frames.changes import CHANGE, FIELD
from schedulepop.sync.plan.frames.feed import FINGERPRINT, PROBLEM
from schedulepop.sync.plan.frames.outcomes import HOLD, RECORD, empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.questions import LINK
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS
from schedulepop.sync.run.apply import Applied, apply
from tests import made

TODAY = date(2026, 11, 16)
LINKS = LINK
ANN: dict[str, Any] = {
    "verb": "create",
    "source_id": "001",
    "situation": "new",
    "removal": False,
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "ann@example.com",
    "phone": "+15155550101",
    "status": "active",
    "employee_number": "9001",
    "hire_date": date(2024, 3, 4),
    "pay_rate": 182_500,
    "pay_unit": "hour",
    "pay_currency": "USD",
    "cms_code": 7,
}


class House:
    """Maple Grove and Maple Creek, with an integration that has run before."""

    def __init__(self) -> None:
        self.org = made.organization()
        self.grove, self.creek = (
            made.location(self.org, "Maple Grove"),
            made.location(self.org, "Maple Creek"),
        )
        self.rn, self.lpn = made.duty(self.grove, "RN"), made.duty(self.grove, "LPN")
        self.east, self.west = made.zone(self.grove, "East"), made.zone(self.grove, "West")
        self.creek_rn = made.duty(self.creek, "RN")
        self.integration = Integration.objects.create(
            organization=self.org, name="Payroll", slug="payroll", connector="file"
        )
        self.runs = 0

    def run(self) -> Run:
        self.runs += 1
        return Run.objects.create(
            organization=self.org,
            integration=self.integration,
            number=self.runs,
            trigger="manual",
            local_date=TODAY,
            requested_by="test",
        )

    def member(self, *, source_id: str = "001", link: bool = True, **more: Any) -> Membership:
        """Ann Lee at Maple Grove: payroll's, active, RN in East, linked."""
        user = made.user(self.org, "Ann Lee", email="ann@example.com", phone="+15155550101")
        values = {
            "status": "active",
            "payroll_owned": True,
            "is_primary": True,
            "employee_number": "9001",
            "hire_date": date(2024, 3, 4),
            "duty": self.rn,
            "zone": self.east,
            **more,
        }
        member = made.membership(user, self.grove, **values)
        if link:
            Link.objects.create(
                organization=self.org, integration=self.integration, source_id=source_id, user=user
            )
        return member

    def apply(self, plan: Plan, **more: Any) -> Applied:
        with transaction.atomic():
            return apply(
                plan, run=more.pop("run", None) or self.run(), now=more.pop("now", made.NOON), **more
            )


def frame(rows: list[dict[str, Any]], schema: Any) -> pl.DataFrame:
    return pl.DataFrame(
        [{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row"
    )


def plan(*changes: dict[str, Any], problems: list[dict[str, Any]] | None = None, **more: Any) -> Plan:
    """A plan of these changes; `told` of a change is {field: (old, new)}."""
    rows = [{"change_no": n, **change} for n, change in enumerate(changes)]
    told = [
        {
            "change_no": row["change_no"],
            "field": field,
            "old": old,
            "new": new,
            "why": row.get("why", "payroll"),
        }
        for row in rows
        for field, (old, new) in row.get("told", {}).items()
    ]
    values: dict[str, Any] = {
        "records": empty(RECORD),
        "changes": frame(rows, CHANGE),
        "fields": frame(told, FIELD),
        "problems": frame(problems or [], PROBLEM),
        "holds": empty(HOLD),
        "missing": empty(SNAPSHOT_SCHEMAS["missing"]),
        "links": empty(LINKS),
        "codes": pl.DataFrame(),
        "fingerprints": empty(FINGERPRINT),
        "counts": {},
        "columns": {},
        "unknown_columns": (),
        "blank": {},
        "today": TODAY,
    }
    return Plan(**{**values, **more})


def change(
    member: Membership, verb: str = "update", *, told: dict[str, Any], **target: Any
) -> dict[str, Any]:
    """A change of an existing membership: its state now, with `target` over it."""
    primary = member.duties.filter(duty_id=member.primary_duty_id).first()
    now = {
        "first_name": member.user.first_name,
        "last_name": member.user.last_name,
        "email": member.user.email or None,
        "phone": member.user.phone or None,
        "employee_number": member.employee_number or None,
        "status": member.status,
        "hire_date": member.hire_date,
        "original_hire_date": member.original_hire_date,
        "termination_date": member.termination_date,
        "leave_end": member.leave_end,
        "cms_code": member.cms_code,
        "pay_rate": primary and primary.pay_rate,
        "pay_unit": (primary and primary.pay_unit) or None,
        "pay_currency": (primary and primary.pay_currency) or None,
        "duty_id": member.primary_duty_id,
        "zone_id": member.primary_zone_id,
        "ends_on": member.ends_on,
    }
    return {
        "verb": verb,
        "source_id": "001",
        "situation": "linked",
        "removal": False,
        "user_id": member.user_id,
        "membership_id": member.pk,
        "location_id": member.location_id,
        "told": told,
        **now,
        **target,
    }


def written() -> dict[str, int]:
    """How many rows each table of an apply has."""
    return {
        m.__name__: m.objects.count() for m in (User, Membership, Link, Change, AuditEntry, Message, Issue)
    }
