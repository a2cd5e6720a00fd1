"""Law: apply does to the tables what the User List in memory does, for cases of `cases/` (every third, all: each).

The User List of a case is written into the database with the same ids; every plan of the case goes to both, and
afterwards both hold the same people, memberships, further duties and zones, rates and employment periods.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from schedulepop.accounts.models import User
from schedulepop.directory.models import (
    Duty,
    EmploymentPeriod,
    Location,
    Membership,
    MembershipDuty,
    MembershipZone,
    Zone,
)
from schedulepop.employee import NEXT_PAY
from schedulepop.sync.models import Integration, Link
from tests import made
from tests.scale import reach
from tests.sync.plan import case_answers, case_directory, casebook
from tests.sync.plan.memory import UserList
from tests.sync.plan.renumbering import as_stored
from tests.sync.run.apply.apply_house import House

pytestmark = pytest.mark.django_db

RATE = ("pay_rate", "pay_unit", "pay_currency")
DATES = ("hire_date", "original_hire_date", "leave_end", "ends_on")
CASES = [
    path
    for path in casebook.found()
    if any(
        word in path.name
        for word in (
            "job",
            "pay",
            "rate",
            "raise",
            "rehire",
            "transfer",
            "location",
            "start",
            "end",
            "leave",
            "midnight",
            "duty",
            "upcoming",
            "withdrawn",
            "duties",
            "termination",
            "ids",
            "return",
        )
    )
]


class Tables(House):
    """The organization of the cases, with the same ids as in memory."""

    def __init__(self, now: UserList) -> None:
        self.org = made.organization()
        for pk, name in now.frame.locations.select("location_id", "name").iter_rows():
            Location.objects.create(pk=pk, organization=self.org, name=name, timezone="America/New_York")
        for kind, model in (("duty", Duty), ("zone", Zone)):
            codes = getattr(now.frame, f"{kind}_codes")
            for place, code, pk, name in codes.select("location_id", "code", "id", "name").iter_rows():
                model.objects.create(pk=pk, organization=self.org, location_id=place, name=name).codes.create(
                    location_id=place, code=code
                )
        self.integration = Integration.objects.create(
            organization=self.org, name="Payroll", slug="payroll", connector="file", state="active"
        )
        self.runs = 0
        for person in now.people:
            self.person(now, person)
        for table in ("accounts_user", "directory_membership", "directory_duty", "directory_zone"):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, 300)", [table]
                )

    def person(self, now: UserList, person: dict[str, Any]) -> None:
        pk = person["user_id"]
        user = User.objects.create(
            pk=pk,
            organization=self.org,
            username=f"user{pk}",
            first_name=person["first_name"] or "",
            last_name=person["last_name"] or "",
            email=person["email"] or "",
            phone=person["phone"] or "",
            local=bool(person["local"]),
        )
        for member in (m for m in now.members if m["user_id"] == pk):
            days = {name: member.get(name) for name in (*DATES, "termination_date")}
            row = Membership.objects.create(
                pk=member["membership_id"],
                organization=self.org,
                user=user,
                location_id=member["location_id"],
                status=member["status"],
                payroll_owned=member["payroll_owned"],
                is_primary=member["is_primary"],
                employee_number=member.get("employee_number") or "",
                **days,
            )
            self.parts(row, member, [e for e in now.extras if e["membership_id"] == row.pk])
        for source_id in (s for s, user_id in now.links.items() if user_id == pk):
            Link.objects.create(
                organization=self.org,
                integration=self.integration,
                source_id=source_id,
                user=user,
                further=pk in Link.objects.values_list("user_id", flat=True),
            )

    def parts(self, row: Membership, member: dict[str, Any], extras: list[dict[str, Any]]) -> None:
        owned = {"by_payroll": row.payroll_owned, "by_manager": not row.payroll_owned}
        for part in ({**member, **owned, "zone_id": None}, {**member, **owned, "duty_id": None}, *extras):
            if part.get("duty_id"):
                paid = {name: part.get(name) for name in ("pay_rate", "next_pay_rate", "next_pay_on")}
                units = {name: part.get(name) or "" for name in (*RATE[1:], *NEXT_PAY[1:3])}
                MembershipDuty.objects.create(
                    membership=row,
                    location_id=row.location_id,
                    duty_id=part["duty_id"],
                    **paid,
                    **units,
                    by_payroll=part["by_payroll"],
                    by_manager=part["by_manager"],
                )
            elif part.get("zone_id"):
                MembershipZone.objects.create(
                    membership=row,
                    location_id=row.location_id,
                    zone_id=part["zone_id"],
                    by_payroll=part["by_payroll"],
                    by_manager=part["by_manager"],
                )
        row.primary_duty_id, row.primary_zone_id = member.get("duty_id"), member.get("zone_id")
        row.save()

    def told(self) -> list[tuple[Any, ...]]:
        """Every membership with its person, as the other side tells it."""
        ids = dict(
            Link.objects.filter(retired_at=None).order_by("source_id").values_list("user_id", "source_id")
        )
        rows = []
        for row in Membership.objects.select_related("user", "primary_duty", "primary_zone"):
            user = row.user
            primary = row.duties.filter(duty=row.primary_duty_id).first()
            extras = [
                (d.duty.name, d.by_payroll, d.by_manager, d.pay_rate, d.next_pay_rate, d.next_pay_on)
                for d in row.duties.exclude(duty=row.primary_duty_id)
            ]
            extras += [
                (z.zone.name, z.by_payroll, z.by_manager, None, None, None)
                for z in row.zones.exclude(zone=row.primary_zone_id)
            ]
            rows.append(
                (
                    ids.get(user.pk, str(user.pk)),
                    user.first_name,
                    user.last_name,
                    user.email or None,
                    user.phone or None,
                    row.location_id,
                    row.status,
                    row.payroll_owned,
                    row.is_primary,
                    *(getattr(row, n) for n in DATES),
                    row.primary_duty and row.primary_duty.name,
                    row.primary_zone and row.primary_zone.name,
                    *((primary and getattr(primary, n)) or None for n in (*RATE, *NEXT_PAY)),
                    sorted(extras, key=str),
                )
            )
        return sorted(rows, key=str)


def told(now: UserList) -> list[tuple[Any, ...]]:
    """Every membership in memory with its person."""
    ids = {user: source_id for source_id, user in sorted(now.links.items())}
    names = {kind: dict(getattr(now.frame, f"{kind}_names").iter_rows()) for kind in ("duty", "zone")}
    people = {person["user_id"]: person for person in now.people}
    rows = []
    for row in now.members:
        user = people[row["user_id"]]
        extras = [
            (
                names["duty"][e["duty_id"]] if e.get("duty_id") else names["zone"][e["zone_id"]],
                e["by_payroll"],
                e["by_manager"],
                e.get("pay_rate"),
                e.get("next_pay_rate"),
                e.get("next_pay_on"),
            )
            for e in now.extras
            if e["membership_id"] == row["membership_id"]
        ]
        rows.append(
            (
                ids.get(user["user_id"], str(user["user_id"])),
                user["first_name"],
                user["last_name"],
                user["email"],
                user["phone"],
                row["location_id"],
                row["status"],
                row["payroll_owned"],
                bool(row["is_primary"]),
                *(row.get(n) for n in DATES),
                names["duty"].get(row.get("duty_id")),
                names["zone"].get(row.get("zone_id")),
                *(row.get(n) for n in (*RATE, *NEXT_PAY)),
                sorted(extras, key=str),
            )
        )
    return sorted(rows, key=str)


@pytest.mark.parametrize("path", CASES[:: reach(3, 1)], ids=lambda path: path.name)
def test_apply_and_the_reference_agree(path: Path) -> None:
    case = casebook.opened(path)
    now = case_directory.user_list(case)
    tables = Tables(now)
    assert tables.told() == told(now), "the case as written down"
    for day in case.days:
        case_answers.answer(case, day, now)
        drawn = casebook.draw(case, day, now, sha256=day.feed)
        tables.apply(drawn)
        now.apply(drawn)
        assert tables.told() == told(now)
        assert EmploymentPeriod.objects.count() == len(now.periods)
        as_stored(now)
